//! Crypto maps, access lists, transform sets and PFS in each device's words.

mod words;

use ike::ipsec::Encapsulation;
use ike::{AclLine, Dialect, MapEntry, Role};
use sim::Setup;
use sim::setup::default_entry;

use super::on;
use crate::compare::address_seen;

/// The first entry; where none is known, the one that a scenario has by default.
fn entry(setup: &Setup, role: Role) -> MapEntry {
    let host = &setup.hosts[role];
    let first = host.crypto_map.as_ref().and_then(|entries| entries.first()).cloned();
    first.unwrap_or_else(|| default_entry(host.profile, role, address_seen(setup, role)))
}

/// Each side's access list as the mirror of the other's.
pub(super) fn access_lists(setup: &Setup) -> Vec<String> {
    let [i, r] = Role::BOTH.map(|role| on(setup, role, access_list(setup, role)));
    [vec!["Mirror the access lists line by line, one side's or the other's:".into()], i, r].concat()
}

/// The access list, as the other side's has to be mirrored here.
fn access_list(setup: &Setup, role: Role) -> Vec<String> {
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
    lines.iter().flat_map(|line| words::acl_line(setup, role, line)).collect()
}

/// The transform sets and the mode of the other side.
pub(super) fn transform_sets(setup: &Setup, role: Role) -> Vec<String> {
    let mut other = entry(setup, role.other());
    let head = format!("Give the {role} a transform set and the mode that the {} has:", role.other());
    let dialect = setup.hosts[role].profile.dialect;
    if leaves_transport(setup, role) {
        // The other side's may be transport as well: between networks that is no use to this one.
        other.mode = Encapsulation::Tunnel;
        let both = |at: Role| on(setup, at, words::transform_sets(setup.hosts[at].profile.dialect, &other));
        let head = "Use tunnel mode on both sides: transport mode is for two hosts alone here:";
        return [vec![head.into()], both(role), both(role.other())].concat();
    }
    let mut lines = words::transform_sets(dialect, &other);
    if entry(setup, role).compress != other.compress {
        lines.extend(words::compression(dialect, other.compress));
    }
    [vec![head], on(setup, role, lines)].concat()
}

/// Its entry is in transport mode between networks, which its vendor does not ask for.
fn leaves_transport(setup: &Setup, role: Role) -> bool {
    let (own, host) = (entry(setup, role), &setup.hosts[role]);
    let nets = own
        .flows(host.address, host.peer)
        .any(|flow| !(flow.local.subnet.is_host() && flow.remote.subnet.is_host()));
    let asks = role == Role::Initiator && own.mode == Encapsulation::Transport;
    asks && nets && host.profile.quick_mode.leaves_transport_of_nets.value
}

/// PFS as the other side has it.
pub(super) fn pfs(setup: &Setup, role: Role) -> Vec<String> {
    let other = entry(setup, role.other());
    let lines = words::pfs(setup.hosts[role].profile.dialect, &other);
    let head = "Have the same PFS group on both sides, or none on both:".into();
    [vec![head], on(setup, role, lines)].concat()
}

/// Everything that an entry needs.
pub(super) fn complete(setup: &Setup, role: Role) -> Vec<String> {
    let peer = address_seen(setup, role);
    match setup.hosts[role].profile.dialect {
        // An entry that lacks one of the three is passed over.
        Dialect::Asa => ["match address VPN", &format!("set peer {peer}"), "set ikev1 transform-set T1"]
            .map(|part| format!("crypto map MAP 10 {part}"))
            .to_vec(),
        Dialect::Ios => vec![
            "crypto map MAP 10 ipsec-isakmp".into(),
            format!(" set peer {peer}"),
            " match address 101".into(),
            " set transform-set T1".into(),
        ],
        Dialect::Strongswan => vec!["children { net { local_ts = ..; remote_ts = .. } }".into()],
        Dialect::Libreswan => vec!["leftsubnet=.. rightsubnet=..".into()],
        Dialect::Plain => vec![format!("complete what is configured for {peer}: networks, peer, proposal")],
    }
}

/// The map on its interface.
pub(super) fn bind(setup: &Setup, role: Role) -> Vec<String> {
    match setup.hosts[role].profile.dialect {
        Dialect::Asa => vec!["crypto map MAP interface outside".into()],
        Dialect::Ios => vec!["interface <outside>".into(), " crypto map MAP".into()],
        // A connection that was not loaded is what comes nearest to a map that is bound nowhere.
        Dialect::Strongswan => vec!["swanctl --load-conns".into()],
        Dialect::Libreswan => vec!["ipsec auto --add <conn>".into()],
        Dialect::Plain => vec!["bind IPsec to the interface that the peer calls".into()],
    }
}

/// Ends what there is with the peer.
pub(super) fn clear(setup: &Setup, role: Role) -> Vec<String> {
    let peer = address_seen(setup, role);
    match setup.hosts[role].profile.dialect {
        Dialect::Asa => vec![format!("clear crypto ipsec sa peer {peer}"), "clear crypto ikev1 sa".into()],
        Dialect::Ios => vec![format!("clear crypto sa peer {peer}"), "clear crypto isakmp".into()],
        Dialect::Strongswan => vec!["swanctl --terminate --ike <conn>".into()],
        Dialect::Libreswan => vec!["ipsec auto --down <conn>".into()],
        Dialect::Plain => vec![format!("clear phase 1 and phase 2 with {peer}")],
    }
}

/// Has the initiator begin.
pub(super) fn begin(setup: &Setup) -> Vec<String> {
    let first = entry(setup, Role::Initiator).acl.into_iter().find(|line| line.permit);
    let host = setup.hosts.initiator.address;
    let flow = first.map(|line| line.selectors(host, address_seen(setup, Role::Initiator)));
    let [source, destination] = match flow {
        Some(flow) => [flow.local, flow.remote].map(|one| one.subnet.to_string()),
        None => ["<inside>", "<far inside>"].map(str::to_owned),
    };
    match setup.hosts.initiator.profile.dialect {
        Dialect::Asa => {
            vec![format!("packet-tracer input inside icmp <host in {source}> 8 0 <host in {destination}>")]
        }
        Dialect::Ios => vec![format!("ping <host in {destination}> source <address in {source}>")],
        Dialect::Strongswan => vec!["swanctl --initiate --child <child>".into()],
        Dialect::Libreswan => vec!["ipsec auto --up <conn>".into()],
        Dialect::Plain => vec![format!("send a packet from {source} to {destination}")],
    }
}
