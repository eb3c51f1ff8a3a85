//! A device's lines as the configuration of the side that they are for. What no line of a device says stays as it was:
//! addresses, the mode, lifetimes of children.

use std::net::IpAddr;

use config::{Connection, Device, Key, KeyLine, Owner, Remote};
use ike::config::{AclEnd, Net};
use ike::crypto::{Cipher, DhGroup, HashAlg};
use ike::ipsec::{Integrity, TransformSet};
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
    let mut read: Vec<MapEntry> = Vec::new();
    for connection in &device.connections {
        let sequence = connection.by.rsplit(' ').next().and_then(|number| number.parse().ok());
        let Some(sequence) = sequence else { continue };
        let peer = match connection.remote {
            Remote::Address(address) => vec![address],
            Remote::Range(..) | Remote::Anybody | Remote::Unknown(_) => Vec::new(),
        };
        if let Some(known) = read.iter_mut().find(|entry| entry.sequence == sequence) {
            known.peers.extend(peer);
            continue;
        }
        let before = entries.iter().find(|entry| entry.sequence == sequence).cloned();
        let before = before.unwrap_or_else(|| default_entry(host.profile, role, host.peer));
        read.push(entry(connection, host, MapEntry { sequence, peers: peer, ..before }));
    }
    // An entry that names no peer makes no connection, and is there all the same.
    let lacking = entries.iter().filter(|entry| read.iter().all(|known| known.sequence != entry.sequence));
    let lacking: Vec<MapEntry> =
        lacking.map(|entry| MapEntry { peers: Vec::new(), dynamic: false, ..entry.clone() }).collect();
    read.extend(lacking);
    read.sort_by_key(|entry| entry.sequence);
    read
}

fn entry(connection: &Connection, host: &Config, before: MapEntry) -> MapEntry {
    let phase_2 = &connection.phase2;
    let group = |number: u16| match number {
        // `set pfs` alone is group 2.
        0 => Some(DhGroup::Modp1024),
        number => DhGroup::from_number(number),
    };
    let nets: Vec<(String, String)> = phase_2.traffic.iter().map(|pair| pair.value.clone()).collect();
    let kept =
        before.acl.iter().filter(|line| line.permit).map(|line| written(line, host)).collect::<Vec<_>>();
    MapEntry {
        interface: connection.unbound.is_none(),
        // Protocols and ports are not read: the list is kept where its networks are the same.
        acl: if nets == kept { before.acl.clone() } else { nets.iter().filter_map(line).collect() },
        transform_sets: phase_2.transforms.iter().filter_map(|set| transform_set(&set.value)).collect(),
        pfs: phase_2.pfs.as_ref().and_then(|pfs| group(pfs.value)),
        ..before
    }
}

/// A line's networks in the reader's canonical form.
fn written(line: &AclLine, host: &Config) -> (String, String) {
    let net = |end: AclEnd| {
        let subnet = match end.net {
            Net::Own => Subnet::host(host.address),
            Net::Peer => Subnet::host(host.peer),
            Net::Subnet(subnet) => subnet,
        };
        if subnet.prefix() == 0 { "any".into() } else { format!("{}/{}", subnet.address(), subnet.prefix()) }
    };
    (net(line.source), net(line.destination))
}

fn line((source, destination): &(String, String)) -> Option<AclLine> {
    let end = |text: &str| {
        let text = if text == "any" { "0.0.0.0/0" } else { text };
        let (address, bits) = text.split_once('/')?;
        let subnet = Subnet::new(address.parse::<IpAddr>().ok()?, bits.parse().ok()?)?;
        Some(AclEnd { net: Net::Subnet(subnet), port: 0 })
    };
    Some(AclLine { permit: true, protocol: 0, source: end(source)?, destination: end(destination)? })
}

/// The reader's canonical words, which lack `-hmac`.
fn transform_set(words: &str) -> Option<TransformSet> {
    let hmacs = || {
        let esp = Integrity::ALL.map(Integrity::esp_word).into_iter();
        esp.chain(Integrity::ALL.into_iter().filter_map(Integrity::ah_word))
    };
    let whole = |word: &str| {
        let hmac = hmacs().find(|hmac| hmac.strip_suffix("-hmac") == Some(word));
        hmac.map_or_else(|| word.to_owned(), str::to_owned)
    };
    TransformSet::from_words(&words.split(' ').map(whole).collect::<Vec<_>>().join(" "))
}
