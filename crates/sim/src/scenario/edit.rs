//! What an operator's fault does to a configuration, and the values before and after. Keys are described,
//! never shown.

use std::net::IpAddr;

use ike::crypto::{Cipher, DhGroup, HashAlg};
use ike::keymat::PreSharedKey;
use ike::{Authentication, Config, GroupName, Identity, Policy, Role, TunnelGroup};

use super::Scenario;
use crate::fault::{Change, Fault, MismatchAttribute};

/// Applies an operator's fault and says what it changed; `None` for a fault that is not the operator's.
pub(super) fn apply(scenario: &mut Scenario, fault: &Fault) -> Option<Vec<Change>> {
    let changes = match *fault {
        Fault::PskMismatch { at } => psk_mismatch(scenario, at),
        Fault::MissingTunnelGroup { at } => missing_group(scenario, at),
        Fault::WrongTunnelGroupName { at } => wrong_name(scenario, at),
        Fault::MissingPsk { at } => missing_psk(scenario, at),
        Fault::PolicyMismatch { attribute, at } => policy_mismatch(scenario, attribute, at),
        Fault::IkeDisabled { at } => switch(scenario, at, "ike_enabled", |config| &mut config.ike_enabled),
        Fault::AggressiveModeDisabled => {
            switch(scenario, Role::Responder, "aggressive_mode", |config| &mut config.aggressive_mode)
        }
        Fault::NatTraversalDisabled { at } => {
            switch(scenario, at, "nat_traversal", |config| &mut config.nat_traversal)
        }
        Fault::WrongPeerAddress => wrong_peer(scenario),
        Fault::IdentityMismatch { at } => identity_mismatch(scenario, at),
        _ => return None,
    };
    Some(changes)
}

/// Why an edit could change nothing, for the error.
pub(super) fn why_nothing(fault: &Fault) -> &'static str {
    match fault {
        Fault::PskMismatch { .. } | Fault::MissingPsk { .. } => "no tunnel-group of that peer has a key",
        Fault::MissingTunnelGroup { .. }
        | Fault::WrongTunnelGroupName { .. }
        | Fault::IdentityMismatch { .. } => "that peer has no tunnel-group",
        Fault::PolicyMismatch { attribute: MismatchAttribute::KeyLength, .. } => {
            "a key length can differ only where a policy has AES, and some length must be left that the other side lacks"
        }
        Fault::PolicyMismatch { .. } => "the other side's policies have every value of that attribute",
        _ => "it is so already",
    }
}

fn change(at: Role, what: impl Into<String>, before: impl Into<String>, after: impl Into<String>) -> Change {
    Change { at, what: what.into(), before: before.into(), after: after.into() }
}

fn switch(scenario: &mut Scenario, at: Role, what: &str, field: fn(&mut Config) -> &mut bool) -> Vec<Change> {
    let value = field(&mut scenario.hosts[at]);
    let before = std::mem::replace(value, false);
    if before { vec![change(at, what, "true", "false")] } else { Vec::new() }
}

fn psk_mismatch(scenario: &mut Scenario, at: Role) -> Vec<Change> {
    let others: Vec<PreSharedKey> = scenario.hosts[at.other()]
        .tunnel_groups
        .iter()
        .filter_map(|group| group.pre_shared_key.clone())
        .collect();
    let mut changes = Vec::new();
    for group in &mut scenario.hosts[at].tunnel_groups {
        if let Some(key) = &mut group.pre_shared_key {
            let other = another_key(key, &others);
            let what = format!("tunnel-group {} pre_shared_key", group.name);
            changes.push(change(at, what, describe(key), describe(&other)));
            *key = other;
        }
    }
    changes
}

/// A key one character longer (or, at the greatest length, with another last byte) that nobody has.
fn another_key(key: &PreSharedKey, others: &[PreSharedKey]) -> PreSharedKey {
    let mut bytes = key.as_bytes().to_vec();
    if bytes.len() >= 1024 {
        bytes.pop();
    }
    let candidates = (b'4'..=b'z').map(|last| PreSharedKey::new([bytes.as_slice(), &[last]].concat()));
    let mut fresh = candidates.filter(|candidate| candidate != key && !others.contains(candidate));
    fresh.next().unwrap_or_else(|| key.clone())
}

fn describe(key: &PreSharedKey) -> String {
    let characters = String::from_utf8_lossy(key.as_bytes()).chars().count();
    format!("a key of {characters} characters")
}

fn missing_group(scenario: &mut Scenario, at: Role) -> Vec<Change> {
    let removed = std::mem::take(&mut scenario.hosts[at].tunnel_groups);
    removed
        .iter()
        .map(|group| change(at, format!("tunnel-group {}", group.name), "configured", "absent"))
        .collect()
}

fn wrong_name(scenario: &mut Scenario, at: Role) -> Vec<Change> {
    let wrong = nobodys_addresses(scenario);
    let groups = scenario.hosts[at].tunnel_groups.iter_mut().zip(wrong);
    let renamed = groups.map(|(group, address)| {
        let before = std::mem::replace(&mut group.name, GroupName::Address(address));
        change(at, "tunnel-group", before.to_string(), address.to_string())
    });
    renamed.collect()
}

fn missing_psk(scenario: &mut Scenario, at: Role) -> Vec<Change> {
    let take = |group: &mut TunnelGroup| {
        let before = group.pre_shared_key.take()?;
        Some(change(at, format!("tunnel-group {} pre_shared_key", group.name), describe(&before), "none"))
    };
    scenario.hosts[at].tunnel_groups.iter_mut().filter_map(take).collect()
}

fn policy_mismatch(scenario: &mut Scenario, attribute: MismatchAttribute, at: Role) -> Vec<Change> {
    let others = scenario.hosts[at.other()].policies.clone();
    let edit = |policy: &mut Policy| {
        let (name, before, after) = change_attribute(policy, attribute, &others)?;
        Some(change(at, format!("policy {} {name}", policy.priority), before, after))
    };
    scenario.hosts[at].policies.iter_mut().filter_map(edit).collect()
}

/// Gives a policy a value that no policy of the other side has; `None` where there is none.
fn change_attribute(
    policy: &mut Policy,
    attribute: MismatchAttribute,
    others: &[Policy],
) -> Option<(&'static str, String, String)> {
    let before = policy.clone();
    match attribute {
        MismatchAttribute::Encryption => {
            const CIPHERS: [Cipher; 4] = [Cipher::TripleDes, Cipher::Aes256, Cipher::Des, Cipher::Aes128];
            let lacks =
                |cipher: &Cipher| others.iter().all(|other| other.encryption.wire().0 != cipher.wire().0);
            policy.encryption =
                CIPHERS.into_iter().find(|c| lacks(c) && c.wire().0 != before.encryption.wire().0)?;
            Some(("encryption", before.encryption.name().into(), policy.encryption.name().into()))
        }
        MismatchAttribute::KeyLength => {
            const AES: [Cipher; 3] = [Cipher::Aes128, Cipher::Aes256, Cipher::Aes192];
            let aes = AES.contains(&before.encryption).then_some(AES)?;
            policy.encryption = fresh(aes, before.encryption, others.iter().map(|other| other.encryption))?;
            Some(("encryption", before.encryption.name().into(), policy.encryption.name().into()))
        }
        MismatchAttribute::Hash => {
            const HASHES: [HashAlg; 5] =
                [HashAlg::Md5, HashAlg::Sha1, HashAlg::Sha256, HashAlg::Sha384, HashAlg::Sha512];
            policy.hash = fresh(HASHES, before.hash, others.iter().map(|other| other.hash))?;
            Some(("hash", before.hash.name().into(), policy.hash.name().into()))
        }
        MismatchAttribute::Group => {
            let groups = [DhGroup::Modp1024, DhGroup::Modp1536].into_iter().chain(DhGroup::ALL);
            policy.group = fresh(groups, before.group, others.iter().map(|other| other.group))?;
            Some(("group", before.group.number().to_string(), policy.group.number().to_string()))
        }
        MismatchAttribute::Authentication => {
            let methods = others.iter().map(|other| other.authentication);
            policy.authentication = fresh(Authentication::ALL, before.authentication, methods)?;
            Some(("authentication", before.authentication.name().into(), policy.authentication.name().into()))
        }
        MismatchAttribute::Lifetime => {
            policy.lifetime =
                fresh([28_800, 3600, 43_200], before.lifetime, others.iter().map(|other| other.lifetime))?;
            Some(("lifetime", before.lifetime.to_string(), policy.lifetime.to_string()))
        }
    }
}

/// The first candidate that is neither the value at hand nor among the others'.
fn fresh<T: PartialEq>(
    candidates: impl IntoIterator<Item = T>,
    now: T,
    mut others: impl Iterator<Item = T> + Clone,
) -> Option<T> {
    let others: Vec<T> = others.by_ref().collect();
    candidates.into_iter().find(|candidate| *candidate != now && !others.contains(candidate))
}

/// The initiator calls an address that nobody has, and its tunnel-groups for the peer follow.
fn wrong_peer(scenario: &mut Scenario) -> Vec<Change> {
    let wrong = nobodys_addresses(scenario).next();
    let Some(wrong) = wrong else {
        return Vec::new();
    };
    let at = Role::Initiator;
    let config = &mut scenario.hosts[at];
    let before = std::mem::replace(&mut config.peer, wrong);
    let mut changes = vec![change(at, "peer", before.to_string(), wrong.to_string())];
    for group in config.tunnel_groups.iter_mut().filter(|group| group.name == GroupName::Address(before)) {
        group.name = GroupName::Address(wrong);
        changes.push(change(at, "tunnel-group", before.to_string(), wrong.to_string()));
    }
    changes
}

fn identity_mismatch(scenario: &mut Scenario, at: Role) -> Vec<Change> {
    let sent = scenario.hosts[at.other()].own_identity();
    let names = ["another.example.com", "yet-another.example.com"].map(|name| Identity::Fqdn(name.into()));
    let Some(wanted) = names.into_iter().find(|name| *name != sent) else {
        return Vec::new();
    };
    let insist = |group: &mut TunnelGroup| {
        let before = group.peer_identity.replace(wanted.clone());
        let before = before.map_or_else(|| "any".to_owned(), |identity| identity.to_string());
        change(at, format!("tunnel-group {} peer_identity", group.name), before, wanted.to_string())
    };
    scenario.hosts[at].tunnel_groups.iter_mut().map(insist).collect()
}

/// Documentation addresses (RFC 5737, RFC 3849) that neither a peer nor a NAT nor a tunnel-group has.
fn nobodys_addresses(scenario: &Scenario) -> impl Iterator<Item = IpAddr> + use<> {
    let v4 = scenario.hosts.initiator.address.is_ipv4();
    let roles = Role::BOTH;
    let mut taken: Vec<IpAddr> = roles
        .iter()
        .flat_map(|role| [scenario.hosts[*role].address, scenario.outside_address(*role)])
        .collect();
    for group in roles.iter().flat_map(|role| &scenario.hosts[*role].tunnel_groups) {
        if let GroupName::Address(address) = group.name {
            taken.push(address);
        }
    }
    let numbered = move |n: u16| match (v4, u8::try_from(n)) {
        (true, Ok(n)) => Some(IpAddr::from([192, 0, 2, n])),
        (true, Err(_)) => Some(IpAddr::from([198, 51, 100, 255_u8.wrapping_sub((n % 250) as u8)])),
        (false, _) => Some(IpAddr::from([0x2001, 0xdb8, 0xbad, 0, 0, 0, 0, n])),
    };
    (99..1000).filter_map(numbered).filter(move |address| !taken.contains(address))
}
