//! What an operator's fault does to a configuration, and the values before and after. Keys are measured, never
//! shown.

mod crypto_map;

use std::net::IpAddr;

use ike::crypto::{Cipher, DhGroup, HashAlg};
use ike::keymat::PreSharedKey;
use ike::{Authentication, Config, GroupName, Identity, Impairment, Policy, PolicyValue, Role, TunnelGroup};

use crate::fault::{Change, Changed, Edit, Fault, MismatchAttribute, OperatorFault, PeerFault, Switch};
use crate::setup::Setup;

impl Setup {
    /// This setup with one more fault; `None` where that fault would change nothing.
    pub fn with_fault(&self, fault: Fault) -> Option<Setup> {
        let mut setup = self.clone();
        setup.add_fault(fault).then_some(setup)
    }

    /// Puts a fault behind the others, and into the hosts what it edits there. False: it changes nothing, and
    /// stands in the list all the same.
    pub fn add_fault(&mut self, fault: Fault) -> bool {
        let index = self.faults.len();
        let acts = match &fault {
            Fault::Operator(operator) => {
                let changes = apply(self, *operator);
                let acts = !changes.is_empty();
                self.edits.extend(acts.then_some((index, changes)));
                acts
            }
            Fault::Peer(PeerFault { at, what, message }) => {
                // A defect is the engine's own, so it goes with what the engine is given.
                self.hosts[*at].impairments.push(Impairment { what: *what, message: *message });
                true
            }
            // Whether one of these ever acts shows only in a run: it counts firings.
            Fault::Path(_) | Fault::Wire(_) | Fault::Clear(_) => true,
        };
        self.faults.push(fault);
        acts
    }
}

/// Applies an operator's fault and says what it changed; empty: nothing.
fn apply(setup: &mut Setup, OperatorFault { at, edit }: OperatorFault) -> Vec<Change> {
    let changed = match edit {
        Edit::PskMismatch => psk_mismatch(setup, at),
        Edit::MissingTunnelGroup => missing_group(setup, at),
        Edit::WrongTunnelGroupName => wrong_name(setup, at),
        Edit::MissingPsk => missing_psk(setup, at),
        Edit::PolicyMismatch(attribute) => policy_mismatch(setup, attribute, at),
        Edit::IkeDisabled => switch_off(&mut setup.hosts[at], Switch::Ike),
        Edit::AggressiveModeDisabled => switch_off(&mut setup.hosts[at], Switch::AggressiveMode),
        Edit::NatTraversalDisabled => switch_off(&mut setup.hosts[at], Switch::NatTraversal),
        Edit::WrongPeerAddress => wrong_peer(setup, at),
        Edit::IdentityMismatch => identity_mismatch(setup, at),
        Edit::TransformMismatch(attribute) => crypto_map::transform(setup, attribute, at),
        Edit::PfsMismatch(how) => crypto_map::pfs(setup, how, at),
        Edit::ProxyMismatch(how) => crypto_map::proxies(setup, how, at),
        Edit::MapIncomplete(part) => crypto_map::incomplete(setup, part, at),
        Edit::MapUnbound => crypto_map::unbound(setup, at),
    };
    changed.into_iter().map(|what| Change { at, what }).collect()
}

fn switch_off(config: &mut Config, switch: Switch) -> Vec<Changed> {
    let value = match switch {
        Switch::Ike => &mut config.ike_enabled,
        Switch::AggressiveMode => &mut config.aggressive_mode,
        Switch::NatTraversal => &mut config.nat_traversal,
    };
    // Off already is no change: a scenario with a fault that does nothing is refused.
    let was_on = std::mem::replace(value, false);
    was_on.then_some(Changed::Switched(switch)).into_iter().collect()
}

fn psk_mismatch(setup: &mut Setup, at: Role) -> Vec<Changed> {
    // Keys of all its groups: the new one must not fit by way of another group.
    let others: Vec<PreSharedKey> = setup.hosts[at.other()]
        .tunnel_groups
        .iter()
        .filter_map(|group| group.pre_shared_key.clone())
        .collect();
    let mut changes = Vec::new();
    for group in &mut setup.hosts[at].tunnel_groups {
        // A group without a key stays so: that is another fault.
        if let Some(key) = &mut group.pre_shared_key {
            let other = another_key(key, &others);
            let (before, after) = (characters(key), Some(characters(&other)));
            changes.push(Changed::Key { group: group.name.clone(), before, after });
            *key = other;
        }
    }
    changes
}

/// A key one character longer (or, at the greatest length, with another last byte) that nobody has.
fn another_key(key: &PreSharedKey, others: &[PreSharedKey]) -> PreSharedKey {
    let mut bytes = key.as_bytes().to_vec();
    // A scenario file takes no longer key, and what was edited is written as one.
    if bytes.len() >= 1024 {
        bytes.pop();
    }
    // From 4 on: the default key cisco123 becomes cisco1234, which can be read out and typed.
    let candidates = (b'4'..=b'z').map(|last| PreSharedKey::new([bytes.as_slice(), &[last]].concat()));
    let mut fresh = candidates.filter(|candidate| candidate != key && !others.contains(candidate));
    fresh.next().unwrap_or_else(|| key.clone())
}

fn characters(key: &PreSharedKey) -> usize {
    // Characters, as somebody counts who compares two lines of configuration.
    String::from_utf8_lossy(key.as_bytes()).chars().count()
}

fn missing_group(setup: &mut Setup, at: Role) -> Vec<Changed> {
    // All of them: the base group, too, would serve the peer.
    let removed = std::mem::take(&mut setup.hosts[at].tunnel_groups);
    removed.into_iter().map(|group| Changed::GroupRemoved(group.name)).collect()
}

fn wrong_name(setup: &mut Setup, at: Role) -> Vec<Changed> {
    // An address each, or two groups were one. The base group too: it would serve the peer.
    let wrong = nobodys_addresses(setup);
    let groups = setup.hosts[at].tunnel_groups.iter_mut().zip(wrong);
    let renamed = groups.map(|(group, address)| {
        let after = GroupName::Address(address);
        let before = std::mem::replace(&mut group.name, after.clone());
        Changed::GroupRenamed { before, after }
    });
    renamed.collect()
}

fn missing_psk(setup: &mut Setup, at: Role) -> Vec<Changed> {
    let take = |group: &mut TunnelGroup| {
        let before = characters(&group.pre_shared_key.take()?);
        Some(Changed::Key { group: group.name.clone(), before, after: None })
    };
    setup.hosts[at].tunnel_groups.iter_mut().filter_map(take).collect()
}

fn policy_mismatch(setup: &mut Setup, attribute: MismatchAttribute, at: Role) -> Vec<Changed> {
    let others = setup.hosts[at.other()].policies.clone();
    let edit = |policy: &mut Policy| {
        let (before, after) = change_attribute(policy, attribute, &others)?;
        Some(Changed::Policy { priority: policy.priority, before, after })
    };
    // Every policy: one that is left would still match.
    setup.hosts[at].policies.iter_mut().filter_map(edit).collect()
}

/// Gives a policy a value that no policy of the other side has; `None` where there is none.
fn change_attribute(
    policy: &mut Policy,
    attribute: MismatchAttribute,
    others: &[Policy],
) -> Option<(PolicyValue, PolicyValue)> {
    let before = policy.clone();
    match attribute {
        MismatchAttribute::Encryption => {
            const CIPHERS: [Cipher; 4] = [Cipher::TripleDes, Cipher::Aes256, Cipher::Des, Cipher::Aes128];
            // By cipher, whatever its key length: a difference in length alone is a fault of its own.
            let lacks = |cipher: &Cipher| {
                others.iter().all(|other| other.encryption.assigned().0 != cipher.assigned().0)
            };
            policy.encryption =
                CIPHERS.into_iter().find(|c| lacks(c) && c.assigned().0 != before.encryption.assigned().0)?;
            Some((PolicyValue::Encryption(before.encryption), PolicyValue::Encryption(policy.encryption)))
        }
        MismatchAttribute::KeyLength => {
            const AES: [Cipher; 3] = [Cipher::Aes128, Cipher::Aes256, Cipher::Aes192];
            // Only AES has lengths to choose from.
            let aes = AES.contains(&before.encryption).then_some(AES)?;
            policy.encryption = fresh(aes, before.encryption, others.iter().map(|other| other.encryption))?;
            Some((PolicyValue::Encryption(before.encryption), PolicyValue::Encryption(policy.encryption)))
        }
        MismatchAttribute::Hash => {
            const HASHES: [HashAlg; 5] =
                [HashAlg::Md5, HashAlg::Sha1, HashAlg::Sha256, HashAlg::Sha384, HashAlg::Sha512];
            policy.hash = fresh(HASHES, before.hash, others.iter().map(|other| other.hash))?;
            Some((PolicyValue::Hash(before.hash), PolicyValue::Hash(policy.hash)))
        }
        MismatchAttribute::Group => {
            // Groups 2 and 5 first: they stand in old configurations, where such a mismatch comes from.
            let groups = [DhGroup::Modp1024, DhGroup::Modp1536].into_iter().chain(DhGroup::ALL);
            policy.group = fresh(groups, before.group, others.iter().map(|other| other.group))?;
            Some((PolicyValue::Group(before.group), PolicyValue::Group(policy.group)))
        }
        MismatchAttribute::Authentication => {
            // Signatures are not built, and need not be: an offer of them alone is refused.
            let methods = others.iter().map(|other| other.authentication);
            policy.authentication = fresh(Authentication::ALL, before.authentication, methods)?;
            let value = PolicyValue::Authentication;
            Some((value(before.authentication), value(policy.authentication)))
        }
        MismatchAttribute::Lifetime => {
            policy.lifetime =
                // It decides nothing: the fault is there to show that the tunnel comes up.
                fresh([28_800, 3600, 43_200], before.lifetime, others.iter().map(|other| other.lifetime))?;
            Some((PolicyValue::Lifetime(before.lifetime), PolicyValue::Lifetime(policy.lifetime)))
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
fn wrong_peer(setup: &mut Setup, at: Role) -> Vec<Changed> {
    let wrong = nobodys_addresses(setup).next();
    let Some(wrong) = wrong else {
        return Vec::new();
    };
    let config = &mut setup.hosts[at];
    let before = std::mem::replace(&mut config.peer, wrong);
    let mut changes = vec![Changed::Peer { before, after: wrong }];
    for peer in config.crypto_map.iter_mut().flatten().flat_map(|entry| &mut entry.peers) {
        // On the device it is `set peer` that says whom to call.
        *peer = if *peer == before { wrong } else { *peer };
    }
    let (before, after) = (GroupName::Address(before), GroupName::Address(wrong));
    // Its key goes along: the address was typed wrong everywhere, and no group is missing.
    for group in config.tunnel_groups.iter_mut().filter(|group| group.name == before) {
        group.name = after.clone();
        changes.push(Changed::GroupRenamed { before: before.clone(), after: after.clone() });
    }
    changes
}

fn identity_mismatch(setup: &mut Setup, at: Role) -> Vec<Changed> {
    let sent = setup.hosts[at.other()].own_identity();
    // Two: the other may send the first one.
    let names = ["another.example.com", "yet-another.example.com"].map(|name| Identity::Fqdn(name.into()));
    let Some(wanted) = names.into_iter().find(|name| *name != sent) else {
        return Vec::new();
    };
    let insist = |group: &mut TunnelGroup| {
        let before = group.peer_identity.replace(wanted.clone());
        Changed::PeerIdentity { group: group.name.clone(), before, after: wanted.clone() }
    };
    setup.hosts[at].tunnel_groups.iter_mut().map(insist).collect()
}

/// Documentation addresses (RFC 5737, RFC 3849) that neither a peer nor a NAT nor a tunnel-group has.
fn nobodys_addresses(setup: &Setup) -> impl Iterator<Item = IpAddr> + use<> {
    let v4 = setup.hosts.initiator.address.is_ipv4();
    let roles = Role::BOTH;
    let mut taken: Vec<IpAddr> =
        roles.iter().flat_map(|role| [setup.hosts[*role].address, setup.outside_address(*role)]).collect();
    for group in roles.iter().flat_map(|role| &setup.hosts[*role].tunnel_groups) {
        // Under the address of a group a stranger would have a key.
        if let GroupName::Address(address) = group.name {
            taken.push(address);
        }
    }
    let numbered = move |n: u16| match (v4, u8::try_from(n)) {
        (true, Ok(n)) => Some(IpAddr::from([192, 0, 2, n])),
        // One documentation net is too small for the 256 groups that a host may have.
        (true, Err(_)) => Some(IpAddr::from([198, 51, 100, 255_u8.wrapping_sub((n % 250) as u8)])),
        (false, _) => Some(IpAddr::from([0x2001, 0xdb8, 0xbad, 0, 0, 0, 0, n])),
    };
    (99..1000).filter_map(numbered).filter(move |address| !taken.contains(address))
}
