//! By which connection a device answers a caller: by addresses first, then, once it knows the caller's identity, a
//! daemon turns to the one that names it (charon's `get_peer_cfg`, pluto's `refine_host_connection`; both seen).

use std::net::IpAddr;

use config::{Connection, Device, Dialect, Identity, Policy, Version};

/// What a caller shows of itself.
pub(super) struct Caller<'c> {
    pub connection: &'c Connection,
    pub identity: Identity,
    /// Its own address, inside any NAT.
    pub address: IpAddr,
    pub offered: &'c [Policy],
}

/// The connections of an answer.
#[derive(Clone, Copy, Default)]
pub(super) struct Answer<'d> {
    /// The one by which it answers message 1.
    pub first: Option<&'d Connection>,
    /// The one that it turns to.
    pub last: Option<&'d Connection>,
    /// How far the two get, in stages; more is better.
    pub depth: usize,
}

/// Which IKE two sides speak with each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spoken {
    /// IKEv1.
    One,
    /// IKEv2.
    Two,
    /// The caller has one, the called side the other.
    Neither,
}

/// What comes of a caller's and a called side's versions.
pub(crate) fn spoken(calls: Version, answers: Version) -> Spoken {
    match (calls, answers) {
        (Version::One, Version::Two) | (Version::Two | Version::Both, Version::One) => Spoken::Neither,
        (Version::Two | Version::Both, _) | (Version::TwoThenOne, Version::Two | Version::Both) => {
            Spoken::Two
        }
        (Version::One | Version::TwoThenOne, _) => Spoken::One,
    }
}

/// Whether both want XAUTH, or neither.
pub(crate) fn xauth_fits(one: &Connection, other: &Connection) -> bool {
    let of = |connection: &Connection| connection.xauth.as_ref().map(|xauth| xauth.value);
    match (of(one), of(other)) {
        (None, None) => true,
        (Some(one), Some(other)) => one != other,
        // The peer of an IOS map with XAUTH is not told of it in its own entry.
        _ => false,
    }
}

/// The connection of a device for a caller at `peer` (outside any NAT) that calls `own`.
pub(super) fn answer<'d>(device: &'d Device, [own, peer]: [IpAddr; 2], caller: &Caller<'_>) -> Answer<'d> {
    among(device, &device.connections_for(peer, own), caller)
}

/// The same, among these connections.
pub(super) fn among<'d>(device: &'d Device, fitting: &[&'d Connection], caller: &Caller<'_>) -> Answer<'d> {
    let pluto = device.dialect == Dialect::Libreswan;
    let before = fitting.iter().copied().map(|c| (policed(device, c, caller), c));
    // Among equals the first: the more specific one, then the one written first.
    let first = before.reduce(|best, next| if next.0 > best.0 { next } else { best }).map(|(_, c)| c);
    let staged = fitting.iter().copied().map(|c| {
        // pluto chooses the proposal before it knows the identity.
        let proposing = if pluto { first.unwrap_or(c) } else { c };
        (depth(device, c, proposing, caller), c)
    });
    let last = staged.reduce(|best, next| if next.0 > best.0 { next } else { best });
    Answer { first, last: last.map(|(_, c)| c), depth: last.map_or(0, |(depth, _)| depth) }
}

/// How many of these come true before one does not: the version, the mode, the method, XAUTH.
fn policed(device: &Device, c: &Connection, caller: &Caller<'_>) -> usize {
    let daemon = !device.dialect.is_cisco();
    let method = |policies: &[Policy]| policies.first().map(|policy| policy.authentication.value.clone());
    let (own, theirs) = (method(device.offered_by(Some(c))), method(caller.offered));
    let stages = [
        spoken(caller.connection.version.value, c.version.value) != Spoken::Neither,
        // An ASA and IOS have one switch for all peers: there the mode chooses no entry.
        !daemon || c.aggressive.is_some() == caller.connection.aggressive.is_some(),
        !daemon || own.is_none() || theirs.is_none() || own == theirs,
        xauth_fits(caller.connection, c),
    ];
    stages.iter().take_while(|stage| **stage).count()
}

/// The same and then the proposals and the identity.
fn depth(device: &Device, c: &Connection, proposing: &Connection, caller: &Caller<'_>) -> usize {
    let before = policed(device, c, caller);
    if before < 4 {
        return before;
    }
    let takes = device.accepted_by(Some(proposing), caller.offered, usize::MAX);
    let meet = takes.iter().any(|taken| caller.offered.iter().any(|offered| offered.same_algorithms(taken)));
    let named = c.accepts(&caller.identity.clone().of(caller.address), caller.address);
    match (meet, named) {
        (false, _) => before,
        (true, false) => before + 1,
        (true, true) => before + 2,
    }
}
