//! Which entry of a crypto map a child belongs to.

use std::net::IpAddr;

use isakmp::{Identification, Payload, PayloadType};

use crate::config::{Config, MapEntry, MapPart};
use crate::profile::ProxyRule;
use crate::reason::{ChildMismatch, Reason};
use crate::selector::{Selector, Selectors, Subnet};

impl Config {
    /// What keeps this host from asking the peer for a child; `None`: nothing.
    pub(crate) fn cannot_ask(&self) -> Option<Reason> {
        let entries = self.crypto_map.as_ref()?;
        let mut bound = entries.iter().filter(|entry| entry.interface).peekable();
        if bound.peek().is_none() {
            return Some(Reason::MapUnbound);
        }
        let missing = |entry: &MapEntry| {
            // A dynamic entry waits for whoever comes.
            let called = !entry.dynamic && entry.peers.contains(&self.peer);
            entry.missing().or((!called).then_some(MapPart::Peer))
        };
        let lacks: Vec<MapPart> = bound.map_while(missing).collect();
        let all = lacks.len() == entries.iter().filter(|entry| entry.interface).count();
        lacks.first().filter(|_| all).map(|part| Reason::MapIncomplete(*part))
    }

    /// The entries by which this host asks the peer for children.
    pub(crate) fn asking(&self) -> impl Iterator<Item = &MapEntry> {
        let entries = self.crypto_map.iter().flatten();
        entries.filter(|entry| {
            let called = !entry.dynamic && entry.peers.contains(&self.peer);
            entry.interface && called && entry.missing().is_none()
        })
    }

    /// The flows that this host asks a child for, each once.
    pub fn asked_flows(&self) -> Vec<Selectors> {
        let mut flows = Vec::new();
        for flow in self.asking().flat_map(|entry| entry.flows(self.address, self.peer)) {
            if !flows.contains(&flow) {
                flows.push(flow);
            }
        }
        flows
    }

    /// The responder's entry for these packets, and what it takes of them.
    pub(crate) fn entry_for(
        &self,
        offered: &Selectors,
        peer: IpAddr,
        behind_nat: bool,
    ) -> Result<(&MapEntry, Selectors), ChildMismatch> {
        let (mut incomplete, mut own) = (None, Vec::new());
        // In order: a dynamic entry before a static one takes what was meant for that.
        let entries = self.crypto_map.iter().flatten().filter(|entry| entry.interface);
        for entry in entries.filter(|entry| entry.dynamic || entry.peers.contains(&peer)) {
            if let Some(part) = entry.missing() {
                // Passed over, and blamed only where no other entry has lines to compare.
                incomplete.get_or_insert(part);
                continue;
            }
            if entry.dynamic && entry.acl.is_empty() {
                return Ok((entry, *offered));
            }
            let flows: Vec<Selectors> = entry.flows(self.address, peer).collect();
            let rule = self.profile.quick_mode.proxies.value;
            if behind_nat && self.profile.quick_mode.takes_any_behind_nat.value {
                return Ok((entry, *offered));
            }
            if let Some(taken) = flows.iter().find_map(|flow| take(rule, flow, offered)) {
                return Ok((entry, taken));
            }
            own.extend(flows);
        }
        Err(match own.is_empty() {
            true => ChildMismatch::Incomplete(incomplete.unwrap_or(MapPart::Peer)),
            false => ChildMismatch::Proxies { offered: *offered, own },
        })
    }
}

fn take(rule: ProxyRule, own: &Selectors, offered: &Selectors) -> Option<Selectors> {
    match rule {
        ProxyRule::Exact => (own == offered).then_some(*offered),
        ProxyRule::Subset => own.contains(offered).then_some(*offered),
        ProxyRule::Narrows => own.common(offered),
    }
}

/// IDci and IDcr as the initiator has them: local is the initiator's.
///
/// # Errors
/// One without the other, or a form that no access list can have.
pub(super) fn proxies(payloads: &[Payload]) -> Result<Option<Selectors>, Reason> {
    let ids: Vec<&Payload> = payloads.iter().filter(|payload| payload.kind == PayloadType::ID).collect();
    let read = |payload: &Payload| {
        let at = isakmp::body_offset(payloads, PayloadType::ID);
        let id =
            Identification::decode(&payload.body).map_err(|error| Reason::Undecryptable(error.within(at)))?;
        Selector::from_payload(&id).ok_or(Reason::UnsupportedIdentity(id.id_type))
    };
    match ids.as_slice() {
        [] => Ok(None),
        // IDci stands before IDcr, whoever sends them: nothing else tells them apart.
        [local, remote] => Ok(Some(Selectors { local: read(local)?, remote: read(remote)? })),
        _ => Err(Reason::MissingPayload(PayloadType::ID)),
    }
}

/// RFC 2409 5.5: without IDs the child is between the peers' own addresses.
pub(super) fn own_addresses(local: IpAddr, remote: IpAddr) -> Selectors {
    let host = |address| Selector { subnet: Subnet::host(address), protocol: 0, port: 0 };
    Selectors { local: host(local), remote: host(remote) }
}

impl Selectors {
    /// The same, seen from the other side.
    #[must_use]
    pub fn mirrored(self) -> Selectors {
        Selectors { local: self.remote, remote: self.local }
    }

    pub(super) fn payloads(&self) -> [Payload; 2] {
        [self.local, self.remote].map(|one| Payload::new(PayloadType::ID, one.payload().encode()))
    }
}
