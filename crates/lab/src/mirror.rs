//! The configuration that fits the other side's: if any repair of a side helps, this one does.

use ike::{AclLine, Config, GroupName, Identity, MapEntry, Role, TunnelGroup};
use sim::Setup;

/// A side with everything that the other expects of it. Its device, and what is wrong with that, stay.
pub(crate) fn mirrored(setup: &Setup, role: Role) -> Config {
    let (own, other) = (&setup.hosts[role], &setup.hosts[role.other()]);
    let peer = setup.outside_address(role.other());
    let theirs = other.group_by_address(setup.outside_address(role));
    let group = |name| TunnelGroup {
        name,
        pre_shared_key: theirs.and_then(|group| group.pre_shared_key.clone()),
        peer_identity: None,
    };
    Config {
        peer,
        ike_enabled: true,
        aggressive_mode: true,
        nat_traversal: true,
        identity: theirs.and_then(|group| group.peer_identity.clone()).unwrap_or(Identity::OwnAddress),
        policies: other.policies.clone(),
        tunnel_groups: vec![group(GroupName::Address(peer)), group(GroupName::Default)],
        crypto_map: other.crypto_map.as_ref().map(|entries| {
            entries
                .iter()
                .map(|entry| MapEntry {
                    interface: true,
                    peers: vec![peer],
                    acl: entry.acl.iter().map(turned).collect(),
                    dynamic: false,
                    ..entry.clone()
                })
                .collect()
        }),
        ..own.clone()
    }
}

/// The line as the other end writes it.
fn turned(line: &AclLine) -> AclLine {
    AclLine { source: line.destination, destination: line.source, ..*line }
}
