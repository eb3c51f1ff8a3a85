//! Crypto maps, access lists, transform sets and PFS: what one side needs of the other's.

use ike::ipsec::Encapsulation;
use ike::{AclLine, MapEntry, Role};
use sim::Setup;
use sim::setup::default_entry;
use vendor::Act;

use super::Task;
use crate::compare::address_seen;

/// The first entry; where none is known, the one that a scenario has by default.
fn entry(setup: &Setup, role: Role) -> MapEntry {
    let host = &setup.hosts[role];
    let first = host.crypto_map.as_ref().and_then(|entries| entries.first()).cloned();
    first.unwrap_or_else(|| default_entry(host.profile, role, address_seen(setup, role)))
}

/// Its entry is in transport mode between networks, which its vendor does not ask for.
fn leaves_transport(setup: &Setup, role: Role) -> bool {
    let (own, host) = (entry(setup, role), &setup.hosts[role]);
    let mut flows = own.flows(host.address, host.peer);
    let nets = flows.any(|flow| !(flow.local.subnet.is_host() && flow.remote.subnet.is_host()));
    let asks = role == Role::Initiator && own.mode == Encapsulation::Transport;
    asks && nets && host.profile.quick_mode.leaves_transport_of_nets.value
}

impl Task {
    /// The access list, as the other side's has to be mirrored here.
    pub(super) fn access_list(setup: &Setup, role: Role) -> Task {
        let peer = address_seen(setup, role);
        // From the other side's: what this side has may be what is wrong. Of all its entries: each has flows of its own.
        let entries = setup.hosts[role.other()].crypto_map.iter().flatten();
        let mut lines: Vec<AclLine> = Vec::new();
        for line in entries.flat_map(|entry| &entry.acl).map(|line| line.mirrored()) {
            if !lines.contains(&line) {
                lines.push(line);
            }
        }
        if lines.is_empty() {
            lines = entry(setup, role.other()).acl.iter().map(|line| line.mirrored()).collect();
        }
        Task::new(setup, role, lines.into_iter().map(|line| Act::Traffic { line, peer }).collect())
    }

    /// The transform sets and the mode of the other side.
    pub(super) fn transform_sets(setup: &Setup, role: Role) -> Task {
        let mut other = entry(setup, role.other());
        if leaves_transport(setup, role) {
            // The other side's may be transport as well: between networks that is no use to this one.
            other.mode = Encapsulation::Tunnel;
        }
        let unlike = entry(setup, role).compress != other.compress;
        let compression = unlike.then_some(Act::Compression(other.compress));
        Task::new(setup, role, [Act::TransformSets(other)].into_iter().chain(compression).collect())
    }

    /// PFS as the other side has it.
    pub(super) fn pfs(setup: &Setup, role: Role) -> Task {
        Task::new(setup, role, vec![Act::Pfs(entry(setup, role.other()))])
    }

    /// Everything that an entry needs.
    pub(super) fn complete(setup: &Setup, role: Role) -> Task {
        Task::new(setup, role, vec![Act::CompleteEntry { peer: address_seen(setup, role) }])
    }

    /// The map on its interface.
    pub(super) fn bind(setup: &Setup, role: Role) -> Task {
        Task::new(setup, role, vec![Act::BindMap])
    }

    /// Ends what there is with the peer.
    pub(super) fn clear(setup: &Setup, role: Role) -> Task {
        Task::new(setup, role, vec![Act::Clear { peer: address_seen(setup, role) }])
    }

    /// Has the initiator begin.
    pub(super) fn begin(setup: &Setup) -> Task {
        let first = entry(setup, Role::Initiator).acl.into_iter().find(|line| line.permit);
        let host = setup.hosts.initiator.address;
        let flow = first.map(|line| line.selectors(host, address_seen(setup, Role::Initiator)));
        Task::new(setup, Role::Initiator, vec![Act::Begin { flow }])
    }
}
