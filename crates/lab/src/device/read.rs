//! A device's lines as the configuration of the side that they are for. What no line of a device says stays as it was:
//! addresses, the mode.

use config::{Child, Device, Group, Key, KeyLine, Owner, Remote};
use ike::config::{AclEnd, Net};
use ike::crypto::{Cipher, DhGroup, HashAlg};
use ike::ipsec::{Encapsulation, TransformSet};
use ike::keymat::PreSharedKey;
use ike::{
    AclLine, Authentication, Config, GroupName, Identity, MapEntry, Policy, Role, Subnet, TunnelGroup,
};
use sim::setup::default_entry;

/// The configuration that a device's lines make of a side.
pub fn read(device: &Device, host: &Config, role: Role) -> Config {
    let first = device.connections.iter().find(|one| one.unbound.is_none());
    let nat_off = first.and_then(|one| one.nat_off.as_ref()).or(device.nat_off.as_ref());
    Config {
        peer: first.and_then(|one| one.remote.address()).unwrap_or(host.peer),
        ike_enabled: device.listens(host.address),
        aggressive_mode: device.aggressive_off.is_none(),
        identity: identity(device, host),
        nat_traversal: nat_off.is_none(),
        policies: device.policies.iter().filter_map(policy).collect(),
        tunnel_groups: device.keys.iter().filter_map(|line| group(line, host)).collect(),
        crypto_map: host.crypto_map.as_ref().map(|entries| crypto_map(device, host, role, entries)),
        ..host.clone()
    }
}

fn identity(device: &Device, host: &Config) -> Identity {
    let name = || device.hostname.clone().unwrap_or_default();
    match (&device.identity.value, &host.identity) {
        // Lines cannot say these: without one about it the side keeps what it has.
        (_, kept @ (Identity::Address(_) | Identity::UserFqdn(_))) if device.identity.at.is_none() => {
            kept.clone()
        }
        (config::Identity::Fqdn(fqdn), _) if fqdn.is_empty() => Identity::Fqdn(match &device.domain {
            Some(domain) => format!("{}.{domain}", name()),
            None => name(),
        }),
        (config::Identity::Fqdn(name), _) => Identity::Fqdn(name.clone()),
        (config::Identity::UserFqdn(name), _) => Identity::UserFqdn(name.clone()),
        (config::Identity::KeyId(name), _) => Identity::KeyId(name.clone().into_bytes()),
        (config::Identity::Address(address), _) => Identity::Address(*address),
        (config::Identity::OwnAddress | config::Identity::Net(..) | config::Identity::Domain(_), _) => {
            Identity::OwnAddress
        }
    }
}

/// A policy whose words ikesim has; the reader has complained of the others.
fn policy(policy: &config::Policy) -> Option<Policy> {
    let authentication =
        Authentication::ALL.into_iter().find(|one| one.name() == policy.authentication.value)?;
    Some(Policy {
        priority: policy.priority.value,
        authentication,
        encryption: Cipher::from_name(&policy.encryption.value)?,
        hash: HashAlg::from_name(&policy.hash.value)?,
        group: DhGroup::from_number(policy.group.value)?,
        lifetime: policy.lifetime.value,
    })
}

/// A key's line as a group. Behind asterisks is the key that the side had.
fn group(line: &KeyLine, host: &Config) -> Option<TunnelGroup> {
    let name = match line.owners.first()? {
        Owner::Net(address, bits) if *bits == if address.is_ipv4() { 32 } else { 128 } => {
            GroupName::Address(*address)
        }
        // The engine knows no groups for networks: the one that the peer is in is meant.
        Owner::Net(..) | Owner::Range(..) => GroupName::Address(host.peer),
        Owner::Anybody => GroupName::Default,
        Owner::Name(name) => GroupName::Name(name.clone()),
        Owner::Identity(_) | Owner::Unknown => return None,
    };
    let before = host.tunnel_groups.iter().find(|group| group.name == name);
    let pre_shared_key = match &line.key {
        Key::Known(secret) => Some(PreSharedKey::new(secret.reveal().to_vec())),
        Key::Masked => before.and_then(|group| group.pre_shared_key.clone()),
        Key::Missing => None,
    };
    Some(TunnelGroup {
        name,
        pre_shared_key,
        peer_identity: before.and_then(|group| group.peer_identity.clone()),
    })
}

fn crypto_map(device: &Device, host: &Config, role: Role, entries: &[MapEntry]) -> Vec<MapEntry> {
    let named = device.connections.iter().flat_map(|connection| {
        let peer = match connection.remote {
            Remote::Address(address) => Some(address),
            Remote::Range(..) | Remote::Anybody | Remote::Unknown(_) => None,
        };
        connection.children.iter().map(move |child| (child, peer, connection.unbound.is_none()))
    });
    // An entry that names no peer makes no connection, and is there all the same.
    let peerless = device.peerless.iter().map(|(_, child)| (child, None, true));
    let mut read: Vec<MapEntry> = Vec::new();
    for (child, peer, interface) in named.chain(peerless) {
        let sequence = child.sequence;
        if let Some(known) = read.iter_mut().find(|entry| entry.sequence == sequence) {
            known.peers.extend(peer);
            continue;
        }
        let before = entries.iter().find(|entry| entry.sequence == sequence).cloned();
        let before = before.unwrap_or_else(|| default_entry(host.profile, role, host.peer));
        let peers = peer.into_iter().collect();
        read.push(entry(child, host, MapEntry { sequence, peers, interface, ..before }));
    }
    read.sort_by_key(|entry| entry.sequence);
    read
}

fn entry(child: &Child, host: &Config, before: MapEntry) -> MapEntry {
    let lines = child.acl.get().into_iter().flat_map(|lines| lines.iter());
    let acl: Vec<AclLine> = lines.map(|line| line.value).collect();
    let sets = child.sets.get().into_iter().flatten();
    // A device's line says an address where a scenario may say whose it is: the same line is kept as it was.
    let same =
        acl.iter().map(|line| addresses(line, host)).eq(before.acl.iter().map(|line| addresses(line, host)));
    MapEntry {
        acl: if same { before.acl.clone() } else { acl },
        transform_sets: sets.filter_map(|set| TransformSet::from_words(&set.value)).collect(),
        mode: if child.transport.is_some() { Encapsulation::Transport } else { Encapsulation::Tunnel },
        pfs: child.pfs.group.and_then(|group| match group {
            Group::Number(number) => DhGroup::from_number(number),
            Group::OfPhase1 => None,
        }),
        lifetime: child.lifetime.as_ref().map_or(before.lifetime, |lifetime| lifetime.value),
        ..before
    }
}

/// A line by addresses alone.
fn addresses(line: &AclLine, host: &Config) -> AclLine {
    let by_address = |end: AclEnd| {
        let net = match end.net {
            Net::Own => Net::Subnet(Subnet::host(host.address)),
            Net::Peer => Net::Subnet(Subnet::host(host.peer)),
            Net::Subnet(_) => end.net,
        };
        AclEnd { net, ..end }
    };
    AclLine { source: by_address(line.source), destination: by_address(line.destination), ..*line }
}
