//! From captures to negotiations: by initiator cookie and addresses, both directions, the same datagram at two
//! places brought together.

pub(super) mod group;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

use capture::Capture;
use ike::observe::{isakmp_of, version_of};
use isakmp::{Cookie, Header, Version};

use super::besides::Besides;
use super::frame::{CapturePoint, Sight};
use super::negotiation::{Emission, Negotiation};

use group::{Groups, Key, MAX_SIGHTS, join_damaged, join_translated, pair};

/// What captures hold.
#[derive(Clone, Debug, Default)]
pub struct Found<'c> {
    /// In the order in which they began.
    pub negotiations: Vec<Negotiation<'c>>,
    /// What there is besides.
    pub besides: Besides,
    /// The first messages of IKEv2.
    version_2: Vec<Sight<'c>>,
}

/// Finds every negotiation.
pub fn find<'c>(captures: &'c [Capture]) -> Found<'c> {
    let mut found = Found::default();
    found.besides.unread = captures.iter().map(|capture| capture.unread).sum();
    let mut groups = Groups::new();
    for (file, capture) in captures.iter().enumerate() {
        for datagram in &capture.datagrams {
            if let Some(sight) = sight((file, captures.len()), datagram, &mut found) {
                // By the initiator's cookie: the responder's is zero at first, and another when it begins anew.
                groups.entry((sight.header.cookies.initiator, pair(sight.ends))).or_default().add(sight);
            }
        }
    }
    // Before groups are joined: an error quotes cookie and addresses as they were on its own wire.
    refuse(&mut groups, captures, &mut found.besides);
    join_translated(&mut groups);
    join_damaged(&mut groups);
    let ends: Vec<Duration> = captures.iter().map(|capture| capture.last).collect();
    for group in groups.into_values() {
        found.negotiations.extend(super::assemble::negotiation(group, &ends));
    }
    let refused = super::version_2::refused(std::mem::take(&mut found.version_2), &ends);
    let judged = refused.iter().map(|one| one.emissions.len() as u64).sum();
    found.besides.version_2 = found.besides.version_2.saturating_sub(judged);
    found.negotiations.extend(refused);
    found.negotiations.sort_by_key(|one| one.emissions.first().map_or(Duration::ZERO, Emission::at));
    found
}

/// ICMP errors go to the negotiation of the cookie that they quote; where they quote no more than ports, to the one that
/// used them last.
fn refuse<'c>(groups: &mut Groups<'c>, captures: &'c [Capture], besides: &mut Besides) {
    // Only errors that quote no cookie need it, and most captures have none.
    let mut by_ends: Option<BTreeMap<_, BTreeMap<Duration, Key>>> = None;
    for (file, capture) in captures.iter().enumerate() {
        for error in &capture.unreachables {
            let ports = [error.about.0.port(), error.about.1.port()];
            if !ports.iter().any(|port| [500, 4500].contains(port)) {
                continue;
            }
            let place = CapturePoint { file, interface: error.interface };
            let quoted = isakmp_of(ports, &error.quoted).and_then(|bytes| bytes.first_chunk());
            let key = match quoted {
                Some(cookie) => Some((Cookie(*cookie), pair(error.about))),
                None => {
                    let known = by_ends.get_or_insert_with(|| used(groups)).get(&(place, error.about));
                    known.and_then(|times| times.range(..=error.at).next_back()).map(|(_, key)| *key)
                }
            };
            match key.and_then(|key| groups.get_mut(&key)) {
                Some(group) => group.refuse(place, error),
                None => besides.icmp += 1,
            }
        }
    }
}

/// When messages went from where to where, and of which negotiation they were.
fn used(groups: &Groups<'_>) -> BTreeMap<(CapturePoint, (SocketAddr, SocketAddr)), BTreeMap<Duration, Key>> {
    let mut used: BTreeMap<_, BTreeMap<Duration, Key>> = BTreeMap::new();
    for (key, sight) in groups.iter().flat_map(|(key, group)| group.sights.iter().map(move |s| (key, s))) {
        used.entry((sight.place, sight.ends)).or_default().insert(sight.at, *key);
    }
    used
}

/// A datagram as a sight, or counted among the rest.
fn sight<'c>(
    (file, files): (usize, usize),
    datagram: &'c capture::Datagram,
    found: &mut Found<'c>,
) -> Option<Sight<'c>> {
    let ports = [datagram.from.port(), datagram.to.port()];
    let Some(bytes) = isakmp_of(ports, &datagram.payload) else {
        found.besides.esp += u64::from(ports.contains(&4500));
        return None;
    };
    let sight = |header| Sight {
        place: CapturePoint { file, interface: datagram.interface },
        frame: datagram.frame,
        one_file: files == 1,
        at: datagram.at,
        ends: (datagram.from, datagram.to),
        bytes,
        cut: datagram.cut,
        ttl: datagram.ttl,
        header,
    };
    let whole = Header::decode(bytes);
    let header = if datagram.cut { whole.or_else(|_| Header::decode(&padded(bytes))) } else { whole };
    match (version_of(bytes).map(Version::major), header) {
        (Some(1), Ok(header)) => Some(sight(header)),
        (Some(2), Ok(header)) => {
            found.besides.version_2 += 1;
            if header.exchange == super::version_2::IKE_SA_INIT && found.version_2.len() < MAX_SIGHTS {
                found.version_2.push(sight(header));
            }
            None
        }
        _ => {
            let count = if datagram.cut { &mut found.besides.cut } else { &mut found.besides.unreadable };
            *count += 1;
            None
        }
    }
}

/// A header whose end is behind the snap length of 68 bytes that tcpdump once had: message id and length alone are lost.
fn padded(bytes: &[u8]) -> Vec<u8> {
    const FLAGS: usize = 20;
    let mut bytes = bytes.to_vec();
    if bytes.len() >= FLAGS {
        bytes.resize(Header::LEN.max(bytes.len()), 0);
    }
    bytes
}
