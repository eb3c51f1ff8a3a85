//! What a device has, looked up by address: a file with 32,000 peers is asked as often as it has peers.

mod keys;

use std::net::IpAddr;
use std::sync::OnceLock;

use crate::device::{Connection, Device, Identity, Interface};
use crate::keys::KeyLine;
use keys::KeyIndex;

/// What somebody asks for, and the positions in a list that answer, in the list's order.
#[derive(Debug)]
struct Positions<K>(Vec<(K, usize)>);

impl<K: Ord> Positions<K> {
    fn of(pairs: impl Iterator<Item = (K, usize)>) -> Positions<K> {
        let mut all: Vec<(K, usize)> = pairs.collect();
        all.sort_unstable();
        Positions(all)
    }

    fn get(&self, key: &K) -> impl DoubleEndedIterator<Item = usize> {
        let from = self.0.partition_point(|(known, _)| known < key);
        let rest = self.0.get(from..).unwrap_or_default();
        let found = rest.get(..rest.partition_point(|(known, _)| known == key)).unwrap_or_default();
        found.iter().map(|(_, at)| *at)
    }
}

/// Positions of what a device has.
#[derive(Debug)]
pub(crate) struct Index {
    interfaces: Positions<IpAddr>,
    /// Connections by their own address, and by their peer's.
    from: Positions<IpAddr>,
    to: Positions<IpAddr>,
    /// Connections for whoever calls.
    open: Vec<usize>,
    keys: KeyIndex,
}

impl Index {
    /// As the device is now.
    pub fn of(device: &Device) -> Index {
        let interfaces = device.interfaces.iter().enumerate();
        let connections = || device.connections.iter().enumerate();
        Index {
            interfaces: Positions::of(interfaces.flat_map(|(at, i)| i.addresses().map(move |own| (own, at)))),
            from: Positions::of(connections().filter_map(|(at, c)| Some((c.local?, at)))),
            to: Positions::of(connections().filter_map(|(at, c)| Some((c.remote.address()?, at)))),
            open: connections().filter(|(_, c)| c.remote.is_open()).map(|(at, _)| at).collect(),
            keys: KeyIndex::of(&device.keys),
        }
    }

    /// The first interface that has an address.
    pub fn interface<'d>(&self, all: &'d [Interface], address: IpAddr) -> Option<&'d Interface> {
        all.get(self.interfaces.get(&address).next()?)
    }

    /// Whether some connection calls from an address.
    pub fn is_from(&self, address: IpAddr) -> bool {
        self.from.get(&address).next().is_some()
    }

    /// The connections that may be for a peer, in order.
    pub fn to<'d>(&self, all: &'d [Connection], peer: IpAddr) -> impl Iterator<Item = &'d Connection> {
        let mut found: Vec<usize> = self.to.get(&peer).chain(self.open.iter().copied()).collect();
        found.sort_unstable();
        found.into_iter().filter_map(|at| all.get(at))
    }

    /// The keys that may be for a peer, in order; with `me` also those that may be taken because they name this end.
    pub fn keys<'k>(
        &self,
        all: &'k [KeyLine],
        me: Option<&Identity>,
        other: Option<&Identity>,
    ) -> impl Iterator<Item = &'k KeyLine> + use<'k> {
        self.keys.between(me, other).into_iter().filter_map(|at| all.get(at))
    }

    /// A key that may be the right one, for all that the files say.
    pub fn unknown<'k>(&self, all: &'k [KeyLine]) -> Option<&'k KeyLine> {
        all.get(self.keys.unknown?)
    }
}

/// The index of a device, made when it is first asked: by then the device is read. It is no part of what a device *is*.
#[derive(Debug, Default)]
pub(crate) struct Indexed(OnceLock<Index>);

impl Indexed {
    pub fn get(&self, device: &Device) -> &Index {
        self.0.get_or_init(|| Index::of(device))
    }
}

impl Clone for Indexed {
    /// Empty: a copy may be changed before it is asked.
    fn clone(&self) -> Indexed {
        Indexed::default()
    }
}

impl PartialEq for Indexed {
    fn eq(&self, _: &Indexed) -> bool {
        true
    }
}

impl Eq for Indexed {}
