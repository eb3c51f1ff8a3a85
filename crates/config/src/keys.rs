//! Pre-shared keys: whose they are, which one a device takes, and how they may be shown.

use std::fmt;
use std::net::IpAddr;

use crate::device::{Identity, Place};

/// A key that may be shown by its length alone.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Vec<u8>);

impl Secret {
    pub(crate) fn new(key: impl Into<Vec<u8>>) -> Secret {
        Secret(key.into())
    }

    /// The key itself. Secret.
    pub fn reveal(&self) -> &[u8] {
        &self.0
    }
}

impl Secret {
    /// What stands where a key stood: `<key, 9 characters>`.
    pub fn hidden(&self) -> String {
        hidden(&self.0)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.hidden())
    }
}

/// What stands where a key stood.
pub(crate) fn hidden(key: &[u8]) -> String {
    let (count, unit) = match std::str::from_utf8(key) {
        // In characters where it is text: that is what a person counts.
        Ok(text) => (text.chars().count(), "character"),
        Err(_) => (key.len(), "byte"),
    };
    format!("<key, {count} {unit}{}>", if count == 1 { "" } else { "s" })
}

/// Whether a text stands where a key was: asterisks, as devices print them; a run of X, a word in brackets, or what people
/// write instead.
pub(crate) fn is_mask(text: &str) -> bool {
    const WORDS: [&str; 9] = [
        "removed",
        "redacted",
        "hidden",
        "masked",
        "omitted",
        "censored",
        "sanitized",
        "scrubbed",
        "obfuscated",
    ];
    let word = text.to_ascii_lowercase();
    let runs = |of: &[char]| text.chars().all(|c| of.contains(&c));
    let bracketed = [('<', '>'), ('[', ']'), ('{', '}'), ('(', ')')].into_iter().any(|(open, close)| {
        let inner = text.strip_prefix(open).and_then(|rest| rest.strip_suffix(close));
        inner.is_some_and(|inner| inner.starts_with(|c: char| c.is_ascii_alphabetic() || c == '*'))
    });
    // Short runs of X may be a real key; an asterisk is never more than a mask.
    let stars = !text.is_empty() && runs(&['*', '\u{2022}', '\u{2217}']);
    stars || text.len() > 4 && runs(&['X', 'x', '.']) || bracketed || WORDS.contains(&word.as_str())
}

/// Whether the key itself is in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Key {
    /// It is.
    Known(Secret),
    /// Masked with asterisks, or encrypted (type 6).
    Masked,
    /// There is a group for the peer, and no key in it.
    Missing,
}

/// Whose key it is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Owner {
    /// Addresses with this many leading bits in common with this one; all of them: one address.
    Net(IpAddr, u8),
    /// Addresses from one to another.
    Range(IpAddr, IpAddr),
    /// A name: a group, an address that was masked, an identity of a kind that is not simulated.
    Name(String),
    /// An identity that is no address.
    Identity(Identity),
    /// It stands in a file that is not here: nobody knows.
    Unknown,
    /// Anybody: the base group, a wildcard.
    Anybody,
}

impl Owner {
    pub(crate) fn address(address: IpAddr) -> Owner {
        Owner::Net(address, if address.is_ipv4() { 32 } else { 128 })
    }

    /// How well an address fits: more is better; `None`: not at all.
    fn fits_address(&self, address: IpAddr) -> Option<u16> {
        match self {
            Owner::Net(net, bits) => in_net(address, *net, *bits).then_some(u16::from(*bits) + 1),
            Owner::Anybody => Some(0),
            // A name is looked for apart, in `End::key`.
            Owner::Range(..) | Owner::Name(_) | Owner::Identity(_) | Owner::Unknown => None,
        }
    }
}

/// Whether an address begins with the same bits as a network.
pub fn in_net(address: IpAddr, net: IpAddr, bits: u8) -> bool {
    fn number(address: IpAddr) -> (u128, u32) {
        match address {
            IpAddr::V4(address) => (u128::from(u32::from(address)), 32),
            IpAddr::V6(address) => (u128::from(address), 128),
        }
    }
    if bits >= 32 && address.is_ipv4() {
        // The usual case: one address.
        return address == net;
    }
    let ((one, width), (other, other_width)) = (number(address), number(net));
    let rest = width.saturating_sub(u32::from(bits));
    // With no bits to compare the shift is by the whole width: every address fits.
    width == other_width && (one ^ other).checked_shr(rest).unwrap_or(0) == 0
}

/// The network's own address.
pub(crate) fn masked(address: IpAddr, bits: u8) -> IpAddr {
    let rest = |width: u32| width.saturating_sub(u32::from(bits));
    match address {
        IpAddr::V4(address) => {
            let mask = u32::MAX.checked_shl(rest(32)).unwrap_or(0);
            IpAddr::V4((u32::from(address) & mask).into())
        }
        IpAddr::V6(address) => {
            let mask = u128::MAX.checked_shl(rest(128)).unwrap_or(0);
            IpAddr::V6((u128::from(address) & mask).into())
        }
    }
}

/// A key, or a tunnel-group that should have one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyLine {
    /// Whose; a daemon's secret names both ends, one of them, or none: then it is for anybody.
    pub owners: Vec<Owner>,
    /// The key.
    pub key: Key,
    /// Where.
    pub at: Place,
    /// It holds for this own address alone (IOS keyring).
    pub local: Option<IpAddr>,
    /// The keyring it stands in (IOS).
    pub keyring: Option<String>,
    /// The front-door VRF that its keyring is for (IOS).
    pub vrf: Option<String>,
    /// Its peer is not asked for XAUTH (IOS).
    pub no_xauth: bool,
}

/// Cisco devices: the most specific key for the peer's address; among equals one that is bound to the own address, then
/// the first. `keyring`: of this one alone.
pub(crate) fn by_address<'k>(
    keys: impl Iterator<Item = &'k KeyLine>,
    peer: IpAddr,
    local: IpAddr,
    keyring: Option<&str>,
    vrf: Option<&str>,
) -> Option<&'k KeyLine> {
    let bound = |line: &KeyLine| line.local.is_none_or(|own| own == local);
    // `keyring default` is the keys that stand in none.
    let of_ring = |line: &KeyLine| {
        let ring = line.keyring.as_deref().unwrap_or("default");
        keyring.is_none_or(|wanted| wanted == ring)
    };
    // A packet that comes in on a front-door VRF finds the keyrings of that VRF alone.
    let of_vrf = |line: &KeyLine| line.vrf.as_deref() == vrf;
    let fitting = keys.filter_map(|line| {
        let best = line.owners.iter().filter_map(|owner| owner.fits_address(peer)).max()?;
        Some(((best, line.local.is_some()), line))
    });
    let scored = fitting.filter(|(_, line)| bound(line) && of_ring(line) && of_vrf(line));
    // The first of the best: max_by_key would take the last.
    scored.reduce(|best, next| if next.0 > best.0 { next } else { best }).map(|(_, line)| line)
}

/// charon's `get_shared`: what fits the other end best, then what fits the own end best; one of the two is enough.
/// Among equals the last one written. `None`: an identity that is not known.
///
/// Seen with charon 5.9.8, both as initiator and as responder: a secret without identities beats one that names the own
/// end alone; one that names the own end and a third party is used where there is no other.
pub(crate) fn charon<'k>(
    keys: impl Iterator<Item = &'k KeyLine>,
    me: Option<&Identity>,
    other: Option<&Identity>,
) -> Option<&'k KeyLine> {
    let fits = |line: &KeyLine, identity: Option<&Identity>| {
        let best = line.owners.iter().map(|owner| match_of(owner, identity)).max();
        best.unwrap_or(match_of(&Owner::Anybody, identity))
    };
    let scored = keys.filter_map(|line| {
        let (theirs, mine) = (fits(line, other), fits(line, me));
        (theirs > 0 || mine > 0).then_some(((theirs, mine), line))
    });
    scored.reduce(|best, next| if next.0 >= best.0 { next } else { best }).map(|(_, line)| line)
}

/// charon's `id_match_t`, in its order: perfect, a name with a wildcard, a network, any.
fn match_of(owner: &Owner, identity: Option<&Identity>) -> u8 {
    match (owner, identity) {
        (Owner::Unknown, _) => 0,
        (Owner::Anybody, _) => 1,
        (Owner::Identity(owned), Some(identity)) if same(owned, identity) => 20,
        (Owner::Identity(Identity::Fqdn(name)), Some(Identity::Fqdn(id)))
        | (Owner::Identity(Identity::UserFqdn(name)), Some(Identity::UserFqdn(id))) => {
            let end = name.strip_prefix('*').map(str::to_ascii_lowercase);
            if end.is_some_and(|end| id.to_ascii_lowercase().ends_with(&end)) { 19 } else { 0 }
        }
        (Owner::Net(net, bits), Some(Identity::Address(address))) if in_net(*address, *net, *bits) => {
            let whole = if net.is_ipv4() { 32 } else { 128 };
            if *bits == whole { 20 } else { 2 }
        }
        (Owner::Range(low, high), Some(Identity::Address(address))) => {
            let within = low.is_ipv4() == address.is_ipv4() && (low..=high).contains(&address);
            if within { 2 } else { 0 }
        }
        _ => 0,
    }
}

/// Names are compared without regard to case, by both daemons.
fn same(one: &Identity, other: &Identity) -> bool {
    match (one, other) {
        (Identity::Fqdn(one), Identity::Fqdn(other))
        | (Identity::UserFqdn(one), Identity::UserFqdn(other)) => one.eq_ignore_ascii_case(other),
        _ => one == other,
    }
}

/// pluto's `lsw_find_secret_by_id`: both ends; own end and `%any`; own end alone; the other end and `%any`; `%any`; no
/// identity at all. One that names the other end alone is not used. Among equals the first one written.
///
/// Sources: its code, and 4.10 as initiator and as responder.
pub(crate) fn pluto<'k>(
    keys: impl Iterator<Item = &'k KeyLine>,
    me: &Identity,
    other: &Identity,
) -> Option<&'k KeyLine> {
    let names = |line: &KeyLine, identity: &Identity| {
        line.owners.iter().any(|owner| match (owner, identity) {
            (Owner::Identity(owned), identity) => same(owned, identity),
            (Owner::Net(net, _), Identity::Address(address)) => net == address,
            _ => false,
        })
    };
    let rank = |line: &KeyLine| {
        let any = line.owners.contains(&Owner::Anybody);
        match (names(line, me), names(line, other), any) {
            (true, true, false) => Some(12),
            (true, false, true) => Some(10),
            // A second owner would be another peer: its secret is not for this one.
            (true, false, false) if line.owners.len() == 1 => Some(9),
            (false, true, true) => Some(6),
            (false, false, true) => Some(2),
            (false, false, false) if line.owners.is_empty() => Some(1),
            _ => None,
        }
    };
    let scored = keys.filter_map(|line| Some((rank(line)?, line)));
    scored.reduce(|best, next| if next.0 > best.0 { next } else { best }).map(|(_, line)| line)
}
