//! ISAKMP profiles and peers of IOS: whom a crypto map calls as whom.

use std::collections::BTreeMap;
use std::net::IpAddr;

use super::keys::owner;
use crate::cisco::{Block, Reader};
use crate::device::{Connection, Device, Identity, Place, Problem, Remote, Sourced, Xauth};
use crate::index::Index;
use crate::keys::Owner;
use crate::subject::Subject;

/// `crypto isakmp profile`
#[derive(Clone, Debug, Default)]
pub(super) struct Profile {
    pub(super) keyring: Option<Sourced<String>>,
    pub(super) identity: Option<Sourced<Identity>>,
    pub(super) matches: Vec<Sourced<Identity>>,
    /// The VRFs of the interfaces on which it takes a peer, one for each line that names addresses; `None`: the global one.
    pub(super) vrfs: Vec<Option<String>>,
    pub(super) aggressive: Option<Place>,
    /// The line that asks for XAUTH.
    pub(super) asks: Option<Place>,
}

/// A peer with a password for Aggressive Mode, its line, and what to call oneself there.
pub(super) type AggressivePeer = (Remote, Place, Option<Sourced<Identity>>);

/// The first line for a peer counts.
pub(super) fn start_aggressive(device: &mut Device, peers: Vec<AggressivePeer>) {
    let mut ways: BTreeMap<Remote, (Place, Option<Sourced<Identity>>)> = BTreeMap::new();
    for (remote, at, identity) in peers {
        // A line for the same peer without an identity takes nothing away from an earlier one.
        let (_, known) = ways.entry(remote).or_insert((at, None));
        *known = known.take().or(identity);
    }
    for connection in &mut device.connections {
        let Some((at, identity)) = ways.get(&connection.remote) else { continue };
        connection.aggressive.get_or_insert_with(|| at.clone());
        connection.identity = connection.identity.take().or_else(|| identity.clone());
    }
}

/// An initiator knows its isakmp profile from the start: whose keyring, which identity, which mode.
pub(super) fn bind(device: &mut Device, profiles: &BTreeMap<String, Profile>) {
    let index = Index::of(device);
    let vrf = |c: &Connection| index.interface(&device.interfaces, c.local?)?.vrf.as_deref();
    let foreign: Vec<Problem> =
        device.connections.iter().filter_map(|c| foreign(vrf(c)?, c, profiles)).collect();
    for problem in foreign {
        if !device.problems.contains(&problem) {
            device.problems.push(problem);
        }
    }
    for connection in &mut device.connections {
        // Until here the field names the profile.
        let name = connection.keyring.take();
        let Some(profile) = name.and_then(|name| profiles.get(&name.value)) else { continue };
        // A profile takes its peer out of what its map asks all others for.
        connection.keyring.clone_from(&profile.keyring);
        connection.identity.clone_from(&profile.identity);
        connection.expects.clone_from(&profile.matches);
        let asks = profile.asks.clone();
        connection.xauth = asks.map(|at| Sourced::new(Xauth::Server, at));
        connection.aggressive = connection.aggressive.take().or_else(|| profile.aggressive.clone());
    }
}

/// `match identity address A M VRF` names the VRF of the interface that the peer comes in on. Whether a profile without it
/// takes a peer of a front-door VRF no public source says [I].
fn foreign(vrf: &str, c: &Connection, profiles: &BTreeMap<String, Profile>) -> Option<Problem> {
    let profile = profiles.get(&c.keyring.as_ref()?.value)?;
    let at = profile.matches.first()?.at.clone()?;
    let anybody = |identity: &Sourced<Identity>| matches!(identity.value, Identity::Net(_, 0));
    let known =
        profile.vrfs.iter().any(|named| named.as_deref() == Some(vrf)) || profile.matches.iter().any(anybody);
    (!known && !profile.vrfs.is_empty()).then(|| Problem {
        about: Some(Subject::Identity),
        at,
        part: String::new(),
        message: format!("the profile names no peer of VRF {vrf}, in which the interface is"),
        allowed: format!("match identity address PEER MASK {vrf}"),
    })
}

impl Reader {
    /// `crypto isakmp peer`: a password for Aggressive Mode makes the router start with it.
    pub(super) fn aggressive_peer(&mut self, peer: &str, block: &Block<'_>) -> Option<AggressivePeer> {
        let (mut at, mut name) = (None, None);
        for line in &block.body {
            match line.words().as_slice() {
                ["set", "aggressive-mode", "password", key @ ..] => {
                    self.typed_key(line, owner(peer, None), key);
                    at = self.device.keys.last().map(|line| line.at.clone());
                }
                ["set", "aggressive-mode", "client-endpoint", kind, value] => {
                    let place = self.place(line);
                    name = identity(&[kind, value]).map(|identity| Sourced::new(identity, place));
                }
                _ => self.device.skipped += 1,
            }
        }
        // Without a password the router does not start with Aggressive Mode.
        Some((self.remote(peer), at?, name))
    }

    pub(super) fn profile(&mut self, block: &Block<'_>) -> Profile {
        let mut profile = Profile::default();
        for line in &block.body {
            let place = self.place(line);
            match line.words().as_slice() {
                ["keyring", ring] => profile.keyring = Some(Sourced::new((*ring).to_owned(), place)),
                ["self-identity", rest @ ..] => {
                    profile.identity = identity(rest).map(|identity| Sourced::new(identity, place));
                }
                ["match", "identity", rest @ ..] => {
                    profile.vrfs.extend(vrf_of(rest));
                    profile.matches.extend(matched(rest).map(|identity| Sourced::new(identity, place)));
                }
                ["client", "authentication", "list", ..] => profile.asks = Some(place),
                ["initiate", "mode", "aggressive"] => profile.aggressive = Some(place),
                _ => self.device.skipped += 1,
            }
        }
        profile
    }
}

/// The VRF behind an address; a name needs none.
fn vrf_of(words: &[&str]) -> Option<Option<String>> {
    let is_mask = |word: &&&str| word.parse::<IpAddr>().is_err();
    match words {
        ["address", "ipv6", ..] => None,
        ["address", _, rest @ ..] => Some(rest.last().filter(is_mask).map(|vrf| (*vrf).to_owned())),
        _ => None,
    }
}

/// What a profile takes: `address A [MASK] [VRF]`, where 0.0.0.0 is anybody; `address ipv6 A/N`; `host domain NAME`; else
/// as one calls oneself.
fn matched(words: &[&str]) -> Option<Identity> {
    let net = |peer: &str, mask: Option<&str>| match owner(peer, mask) {
        Owner::Net(net, bits) if bits == if net.is_ipv4() { 32 } else { 128 } => Some(Identity::Address(net)),
        Owner::Net(net, bits) => Some(Identity::Net(net, bits)),
        // Kept as a network, so that the other family is not taken too.
        Owner::Anybody => peer.split('/').next()?.parse().ok().map(|any| Identity::Net(any, 0)),
        Owner::Range(..) | Owner::Name(_) | Owner::Identity(_) | Owner::Unknown => None,
    };
    match words {
        ["address", "ipv6", peer, ..] => net(peer, None),
        ["address", peer, rest @ ..] => net(peer, rest.first().copied()),
        ["host", "domain", name] => Some(Identity::Domain((*name).to_owned())),
        words => identity(words),
    }
}

/// `address A [MASK]`, `ipv4-address A`, `fqdn NAME`, `host NAME`, `user NAME`, `user-fqdn NAME`.
pub(super) fn identity(words: &[&str]) -> Option<Identity> {
    match words {
        ["address"] => Some(Identity::OwnAddress),
        ["address" | "ipv4-address", address, ..] => address.parse().ok().map(Identity::Address),
        ["fqdn"] => Some(Identity::Fqdn(String::new())),
        ["fqdn" | "host", name] => Some(Identity::Fqdn((*name).to_owned())),
        ["user" | "user-fqdn", name] => Some(Identity::UserFqdn((*name).to_owned())),
        ["group", name] => Some(Identity::KeyId((*name).to_owned())),
        _ => None,
    }
}
