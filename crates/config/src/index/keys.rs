//! Which keys may be for somebody.

use std::collections::BTreeSet;
use std::net::IpAddr;

use super::Positions;
use crate::device::Identity;
use crate::keys::{KeyLine, Owner};

/// Whom a key is for, where that can be looked up.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Named {
    /// A network: its leading bits, the others zero.
    Net(u8, IpAddr),
    /// An identity, a name in small letters.
    Identity(Identity),
    /// A group: no peer calls itself so.
    Group(String),
}

impl Named {
    fn address(address: IpAddr) -> Named {
        Named::Net(width(address), address)
    }

    /// `None`: for whom it is tells only a look at the line.
    fn by(owner: &Owner) -> Option<Named> {
        match owner {
            Owner::Net(net, bits) => Some(net_of(*net, *bits)),
            Owner::Identity(identity) => Named::called(identity),
            Owner::Name(name) => Some(Named::Group(name.clone())),
            Owner::Range(..) | Owner::Unknown | Owner::Anybody => None,
        }
    }

    fn called(identity: &Identity) -> Option<Named> {
        let named = match identity {
            Identity::Address(address) => return Some(Named::address(*address)),
            // For charon any name with this end.
            Identity::Fqdn(name) | Identity::UserFqdn(name) if name.starts_with('*') => return None,
            Identity::Fqdn(name) => Identity::Fqdn(name.to_ascii_lowercase()),
            Identity::UserFqdn(name) => Identity::UserFqdn(name.to_ascii_lowercase()),
            Identity::KeyId(_) | Identity::OwnAddress | Identity::Net(..) | Identity::Domain(_) => {
                identity.clone()
            }
        };
        Some(Named::Identity(named))
    }

    /// Whether it is one name or one address, not a network.
    fn is_one(&self) -> bool {
        match self {
            Named::Net(bits, net) => *bits == width(*net),
            Named::Identity(_) | Named::Group(_) => true,
        }
    }
}

fn width(address: IpAddr) -> u8 {
    if address.is_ipv4() { 32 } else { 128 }
}

/// An address without what is behind its leading bits.
fn net_of(address: IpAddr, bits: u8) -> Named {
    let bits = bits.min(width(address));
    let rest = u32::from(width(address) - bits);
    // With no bits left the shift is by the whole width.
    let net = match address {
        IpAddr::V4(own) => IpAddr::V4((u32::from(own) & u32::MAX.checked_shl(rest).unwrap_or(0)).into()),
        IpAddr::V6(own) => IpAddr::V6((u128::from(own) & u128::MAX.checked_shl(rest).unwrap_or(0)).into()),
    };
    Named::Net(bits, net)
}

/// Positions of keys, by whom they are for.
#[derive(Debug)]
pub(super) struct KeyIndex {
    /// Those of one name, address or network.
    named: Positions<Named>,
    /// Of these the ones that name nobody else.
    alone: Positions<Named>,
    /// How many leading bits the networks among them have.
    lengths: BTreeSet<u8>,
    /// All others, and those that name nobody.
    open: Vec<usize>,
    /// The first that stands in a file which is not here.
    pub unknown: Option<usize>,
}

impl KeyIndex {
    pub fn of(keys: &[KeyLine]) -> KeyIndex {
        let owners = || {
            let lines = keys.iter().enumerate();
            lines.flat_map(|(at, line)| line.owners.iter().map(move |owner| (at, line, owner)))
        };
        let named = || owners().filter_map(|(at, line, owner)| Some((Named::by(owner)?, at, line)));
        let bits = named().filter_map(|(named, ..)| match named {
            Named::Net(bits, _) => Some(bits),
            Named::Identity(_) | Named::Group(_) => None,
        });
        let is_open = |line: &KeyLine| {
            line.owners.is_empty() || line.owners.iter().any(|owner| Named::by(owner).is_none())
        };
        let is_unknown = |line: &KeyLine| line.owners.contains(&Owner::Unknown);
        KeyIndex {
            named: Positions::of(named().map(|(named, at, _)| (named, at))),
            alone: Positions::of(
                named().filter(|(.., line)| line.owners.len() == 1).map(|(named, at, _)| (named, at)),
            ),
            lengths: bits.collect(),
            open: keys.iter().enumerate().filter(|(_, line)| is_open(line)).map(|(at, _)| at).collect(),
            unknown: keys.iter().position(is_unknown),
        }
    }

    /// Under what keys of somebody are to be found.
    fn names(&self, identity: &Identity) -> Vec<Named> {
        let Identity::Address(address) = identity else {
            return Named::called(identity).into_iter().collect();
        };
        let lengths = self.lengths.iter().filter(|bits| **bits <= width(*address));
        lengths.map(|bits| net_of(*address, *bits)).collect()
    }

    /// Every key that may be for `other`, and of those for `me` the ones that may be best where none is, in order.
    ///
    /// Of many keys that name the own end alone with some third party, charon takes the last and pluto none; one that
    /// names the own end and nobody else pluto takes, the first.
    pub fn between(&self, me: Option<&Identity>, other: Option<&Identity>) -> Vec<usize> {
        let of = |identity: Option<&Identity>| identity.map_or_else(Vec::new, |one| self.names(one));
        let mut all = self.open.clone();
        for name in of(other) {
            all.extend(self.named.get(&name));
        }
        for name in of(me) {
            if name.is_one() {
                all.extend(self.named.get(&name).next_back());
                all.extend(self.alone.get(&name).next());
            } else {
                all.extend(self.named.get(&name));
            }
        }
        all.sort_unstable();
        all.dedup();
        all
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use proptest::prelude::*;

    use super::*;
    use crate::Format;
    use crate::device::{Device, Dialect, Place};
    use crate::index::Index;
    use crate::keys::{Key, by_address, charon, pluto};

    fn address() -> impl Strategy<Value = IpAddr> {
        (0..4u8).prop_map(|last| Ipv4Addr::new(192, 0, 2, last).into())
    }

    fn identity() -> impl Strategy<Value = Identity> {
        let name = || prop::sample::select(vec!["a.example", "A.example", "b.example", "*.example", "*"]);
        prop_oneof![
            3 => address().prop_map(Identity::Address),
            1 => name().prop_map(|name| Identity::Fqdn(name.into())),
            1 => name().prop_map(|name| Identity::UserFqdn(name.into())),
            1 => Just(Identity::KeyId("a.example".into())),
        ]
    }

    fn owner() -> impl Strategy<Value = Owner> {
        prop_oneof![
            4 => (address(), prop::sample::select(vec![0, 24, 31, 32])).prop_map(|(net, bits)| Owner::Net(net, bits)),
            4 => identity().prop_map(Owner::Identity),
            1 => (address(), address()).prop_map(|(low, high)| Owner::Range(low, high)),
            1 => prop_oneof![Just(Owner::Name("a.example".into())), Just(Owner::Unknown), Just(Owner::Anybody)],
        ]
    }

    fn line() -> impl Strategy<Value = KeyLine> {
        (prop::collection::vec(owner(), 0..3), prop::option::of(address())).prop_map(|(owners, local)| {
            let at = Place { file: "f".into(), line: 1, text: "secret".into() };
            let (keyring, vrf) = (None, None);
            KeyLine { owners, key: Key::Missing, at, local, keyring, vrf, no_xauth: false }
        })
    }

    proptest! {
        /// What is looked up is what a look at every line finds.
        #[test]
        fn the_index_hides_no_key(
            lines in prop::collection::vec(line(), 0..9),
            me in identity(),
            other in prop::option::of(identity()),
            ends in (address(), address()),
        ) {
            let device = Device {
                keys: lines, ..Device::new("f", Dialect::Strongswan, Format::Swanctl)
            };
            let (all, index) = (&device.keys, Index::of(&device));
            let same = |one: Option<&KeyLine>, other: Option<&KeyLine>| {
                one.map(std::ptr::from_ref) == other.map(std::ptr::from_ref)
            };
            let (peer, local) = ends;
            let found = index.keys(all, None, Some(&Identity::Address(peer)));
            prop_assert!(same(
                by_address(found, peer, local, None, None),
                by_address(all.iter(), peer, local, None, None)
            ));
            let found = index.keys(all, Some(&me), other.as_ref());
            prop_assert!(same(
                charon(found, Some(&me), other.as_ref()),
                charon(all.iter(), Some(&me), other.as_ref())
            ));
            let other = other.unwrap_or(Identity::Address(peer));
            let found = index.keys(all, Some(&me), Some(&other));
            prop_assert!(same(pluto(found, &me, &other), pluto(all.iter(), &me, &other)));
        }
    }
}
