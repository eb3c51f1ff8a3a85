//! One peer of the file: whom it calls, what it calls itself, its policies and tunnel-groups.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::ops::Range;

use ike::{Config, GroupName, Identity, Policy, Profile, Role, TunnelGroup};
use sim::setup::{DEFAULT_POLICY, default_group};

use super::{Places, bound};
use crate::error::{ErrorKind, Problem};
use crate::faults::Setting;
use crate::file::{GroupTable, Peer, PolicyTable};
use crate::key::KeyText;
use crate::value::{At, IdentityText, address, short, whole, word};
use crate::vocabulary;

/// Bounds that no real device reaches, and that keep a run short.
const MAX_POLICIES: usize = 64;
const MAX_GROUPS: usize = 256;

pub(super) fn config(peer: &Peer, role: Role, setting: Setting, places: &Places) -> Result<Config, Problem> {
    let own = places.own[role];
    let called = called(peer, role, places)?;
    Ok(Config {
        profile: profile(peer)?,
        address: own,
        peer: called,
        mode: setting.mode,
        confirm: setting.confirm,
        ike_enabled: peer.ike_enabled.unwrap_or(true),
        aggressive_mode: peer.aggressive_mode.unwrap_or(true),
        identity: identity(peer)?,
        nat_traversal: peer.nat_traversal.unwrap_or(true),
        policies: policies(peer)?,
        // "address" is what the peer puts into its ID payload: its own address, behind a NAT as well.
        tunnel_groups: groups(peer, called, places.own[role.other()])?,
        // Put in once both hosts are known: one side's map may be the mirror of the other's.
        crypto_map: None,
        impairments: Vec::new(),
    })
}

/// Whom the peer calls: the initiator whom it is told to, the responder nobody.
fn called(peer: &Peer, role: Role, places: &Places) -> Result<IpAddr, Problem> {
    let other = places.outside[role.other()];
    let Some(at) = &peer.peer else {
        return Ok(other);
    };
    let called = address(at, "peer")?;
    if called.is_ipv4() != other.is_ipv4() {
        return Err(Problem::new(&at.span, format!("{called} is of another address family than the peers")));
    }
    Ok(called)
}

fn profile(peer: &Peer) -> Result<&'static Profile, Problem> {
    let Some(at) = &peer.profile else {
        return Ok(vendor::profile::ASA);
    };
    if let Some(profile) = vendor::profile::from_name(&at.value) {
        return Ok(profile);
    }
    let names = vendor::profile::all().map(|profile| profile.name);
    Err(Problem::unknown(&at.span, format!("unknown profile `{}`", short(&at.value)), &at.value, names))
}

fn identity(peer: &Peer) -> Result<Identity, Problem> {
    let Some(At { value, span }) = &peer.identity else {
        return Ok(Identity::OwnAddress);
    };
    match value {
        IdentityText::Word(word) if word == "address" => Ok(Identity::OwnAddress),
        IdentityText::Word(word) => Err(unknown_identity(span, word, "\"address\"")),
        IdentityText::Table(key, text) => named_identity(span, key, text),
    }
}

/// The identity that a tunnel-group insists on; "address" is the peer's own.
fn peer_identity(at: Option<&At<IdentityText>>, peer: IpAddr) -> Result<Option<Identity>, Problem> {
    match at {
        None => Ok(None),
        Some(At { value: IdentityText::Word(word), span }) => match word.as_str() {
            "any" => Ok(None),
            "address" => Ok(Some(Identity::Address(peer))),
            other => Err(unknown_identity(span, other, "\"any\", \"address\"")),
        },
        Some(At { value: IdentityText::Table(key, text), span }) => named_identity(span, key, text).map(Some),
    }
}

fn unknown_identity(span: &Range<usize>, word: &str, words: &str) -> Problem {
    let allowed = format!("allowed: {words}, or a table with one of fqdn, user_fqdn, key_id, address");
    Problem::new(span, format!("unknown identity `{}`", short(word))).help(allowed)
}

fn named_identity(span: &Range<usize>, key: &str, text: &str) -> Result<Identity, Problem> {
    if text.is_empty() || text.len() > 255 {
        return Err(Problem::new(span, format!("an identity of {} bytes", text.len()))
            .kind(ErrorKind::OutOfRange)
            .help("allowed: 1 to 255 bytes"));
    }
    match key {
        "fqdn" => Ok(Identity::Fqdn(text.into())),
        "user_fqdn" => Ok(Identity::UserFqdn(text.into())),
        "key_id" => Ok(Identity::KeyId(text.as_bytes().to_vec())),
        // `address`: the reader lets no fifth key through.
        _ => address(&At { value: text.to_owned(), span: span.clone() }, "identity").map(Identity::Address),
    }
}

/// The policies, best first.
fn policies(peer: &Peer) -> Result<Vec<Policy>, Problem> {
    let Some(tables) = &peer.policy else {
        return Ok(vec![policy(&PolicyTable::default())?]);
    };
    bound(tables, MAX_POLICIES, "policies")?;
    // Lowest number first, as a device sorts them, in whatever order they were typed.
    let mut by_priority = BTreeMap::new();
    for At { value, span } in tables {
        let policy = policy(value)?;
        let priority = policy.priority;
        if by_priority.insert(priority, policy).is_some() {
            let span = value.priority.as_ref().map_or(span, |at| &at.span);
            return Err(Problem::new(span, format!("priority {priority} is taken by an earlier policy"))
                .help("give every policy of a peer its own priority"));
        }
    }
    Ok(by_priority.into_values().collect())
}

fn policy(table: &PolicyTable) -> Result<Policy, Problem> {
    let group = |at: &At<i64>| {
        let message = format!("unknown group {}", at.value);
        let allowed = vocabulary::GROUPS.map(|number| number.to_string()).join(", ");
        vocabulary::group(at.value)
            .ok_or_else(|| Problem::new(&at.span, message).help(format!("allowed: {allowed}")))
    };
    let PolicyTable { priority, authentication, encryption, hash, group: number, lifetime } = table;
    Ok(Policy {
        priority: priority
            .as_ref()
            .map_or(Ok(DEFAULT_POLICY.priority), |at| whole(at, "priority", 1..=65_535))?,
        authentication: authentication.as_ref().map_or(Ok(DEFAULT_POLICY.authentication), |at| {
            word(at, "authentication", &vocabulary::AUTHENTICATIONS)
        })?,
        encryption: encryption
            .as_ref()
            .map_or(Ok(DEFAULT_POLICY.encryption), |at| word(at, "encryption", &vocabulary::CIPHERS))?,
        hash: hash.as_ref().map_or(Ok(DEFAULT_POLICY.hash), |at| word(at, "hash", &vocabulary::HASHES))?,
        group: number.as_ref().map_or(Ok(DEFAULT_POLICY.group), group)?,
        lifetime: lifetime
            .as_ref()
            .map_or(Ok(DEFAULT_POLICY.lifetime), |at| whole(at, "lifetime", 1..=i64::from(u32::MAX)))?,
    })
}

/// The tunnel-groups; by default one for the peer.
fn groups(peer: &Peer, called: IpAddr, others_own: IpAddr) -> Result<Vec<TunnelGroup>, Problem> {
    let Some(tables) = &peer.tunnel_group else {
        return Ok(vec![default_group(called)]);
    };
    bound(tables, MAX_GROUPS, "tunnel-groups")?;
    let mut groups: Vec<TunnelGroup> = Vec::new();
    for At { value, .. } in tables {
        let group = group(value, others_own)?;
        if groups.iter().any(|known| known.name == group.name) {
            let message = format!("tunnel-group {} stands here twice", short(&group.name.to_string()));
            return Err(Problem::new(&value.peer.span, message));
        }
        groups.push(group);
    }
    Ok(groups)
}

fn group(table: &GroupTable, others_own: IpAddr) -> Result<TunnelGroup, Problem> {
    let name = match (table.peer.value.as_str(), table.peer.value.parse()) {
        ("", _) => return Err(Problem::new(&table.peer.span, "a tunnel-group without a name")),
        // What an ASA calls DefaultL2LGroup.
        ("default", _) => GroupName::Default,
        // As a value: an IPv6 address has many spellings.
        (_, Ok(address)) => GroupName::Address(address),
        (name, Err(_)) => GroupName::Name(name.into()),
    };
    let key = table.pre_shared_key.as_ref().map(KeyText::read);
    let peer_identity = peer_identity(table.peer_identity.as_ref(), others_own)?;
    Ok(TunnelGroup { name, pre_shared_key: key.transpose()?, peer_identity })
}
