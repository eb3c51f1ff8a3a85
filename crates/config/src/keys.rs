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

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hidden(&self.0))
    }
}

/// What stands where a key stood.
pub(crate) fn hidden(key: &[u8]) -> String {
    let (count, unit) = match std::str::from_utf8(key) {
        Ok(text) => (text.chars().count(), "character"),
        Err(_) => (key.len(), "byte"),
    };
    format!("<key, {count} {unit}{}>", if count == 1 { "" } else { "s" })
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
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Owner {
    /// Addresses with this many leading bits in common with this one; all of them: one address.
    Net(IpAddr, u8),
    /// A name: a group, an identity, an address that was masked.
    Name(String),
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
            Owner::Name(_) => None,
        }
    }

    fn fits_identity(&self, identity: &Identity) -> bool {
        match (self, identity) {
            (Owner::Net(..), Identity::Address(address)) => self.fits_address(*address).is_some(),
            (Owner::Name(name), Identity::Fqdn(id) | Identity::UserFqdn(id) | Identity::KeyId(id)) => {
                name == id
            }
            _ => false,
        }
    }
}

/// Whether an address begins with the same bits as a network.
pub(crate) fn in_net(address: IpAddr, net: IpAddr, bits: u8) -> bool {
    fn number(address: IpAddr) -> (u128, u32) {
        match address {
            IpAddr::V4(address) => (u128::from(u32::from(address)), 32),
            IpAddr::V6(address) => (u128::from(address), 128),
        }
    }
    let ((one, width), (other, other_width)) = (number(address), number(net));
    let rest = width.saturating_sub(u32::from(bits));
    width == other_width && (one ^ other).checked_shr(rest).unwrap_or(0) == 0
}

/// A key, or a tunnel-group that should have one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyLine {
    /// Whose; a device with identities names both ends, or none for anybody.
    pub owners: Vec<Owner>,
    /// The key.
    pub key: Key,
    /// Where.
    pub at: Place,
    /// It holds for this own address alone (IOS keyring).
    pub local: Option<IpAddr>,
    /// The keyring it stands in (IOS).
    pub keyring: Option<String>,
}

/// Cisco devices: the most specific key for the peer's address; among equals one that is bound to the own address, then
/// the first. `keyring`: of this one alone.
pub(crate) fn by_address<'k>(
    keys: &'k [KeyLine],
    peer: IpAddr,
    local: IpAddr,
    keyring: Option<&str>,
) -> Option<&'k KeyLine> {
    let bound = |line: &&KeyLine| line.local.is_none_or(|own| own == local);
    let of_ring = |line: &&KeyLine| keyring.is_none_or(|ring| line.keyring.as_deref() == Some(ring));
    let scored = keys.iter().filter(bound).filter(of_ring).filter_map(|line| {
        let best = line.owners.iter().filter_map(|owner| owner.fits_address(peer)).max()?;
        Some(((best, line.local.is_some()), line))
    });
    // The first of the best: max_by_key would take the last.
    scored.reduce(|best, next| if next.0 > best.0 { next } else { best }).map(|(_, line)| line)
}

/// Daemons: a key that names both ends before one that names one of them before one for anybody. A key with a single
/// owner is the peer's or its own.
pub(crate) fn by_identity<'k>(
    keys: &'k [KeyLine],
    me: &Identity,
    other: &Identity,
    addresses: [IpAddr; 2],
) -> Option<&'k KeyLine> {
    let [local, peer] = addresses.map(Identity::Address);
    let score = |line: &KeyLine| {
        let names = |id: &Identity, address: &Identity| {
            let exact = line.owners.iter().any(|owner| owner.fits_identity(id));
            if exact { 2 } else { u8::from(line.owners.iter().any(|owner| owner.fits_identity(address))) }
        };
        let (mine, theirs) = (names(me, &local), names(other, &peer));
        let any = line.owners.is_empty() || line.owners.contains(&Owner::Anybody);
        match (mine, theirs) {
            (0, 0) if !any => None,
            // Two owners are the two ends: one of them is somebody else.
            (0, _) | (_, 0) if line.owners.len() > 1 && !any => None,
            (mine, theirs) => Some(2 * theirs + mine),
        }
    };
    let scored = keys.iter().filter_map(|line| Some((score(line)?, line)));
    scored.reduce(|best, next| if next.0 > best.0 { next } else { best }).map(|(_, line)| line)
}
