//! Who has which address, and who calls it: the devices, looked up by address.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use config::{Connection, Device, Interface, Remote};

/// Devices by position in the list that it was made of.
pub(crate) struct Net<'d> {
    pub devices: Vec<&'d Device>,
    /// Who has an address, and who has it on an interface that is in its file.
    owners: BTreeMap<IpAddr, BTreeSet<usize>>,
    interfaces: BTreeMap<IpAddr, BTreeSet<usize>>,
    /// The connections that call an address: device and position, in order.
    callers: BTreeMap<IpAddr, Vec<(usize, usize)>>,
    /// The first connection of each device that takes anybody, on whatever address.
    open: BTreeMap<usize, usize>,
    /// Tunnels that are shut down, by device and destination.
    down: BTreeSet<(usize, &'d str)>,
}

impl<'d> Net<'d> {
    pub fn new(devices: Vec<&'d Device>) -> Net<'d> {
        let mut net = Net {
            devices,
            owners: BTreeMap::new(),
            interfaces: BTreeMap::new(),
            callers: BTreeMap::new(),
            open: BTreeMap::new(),
            down: BTreeSet::new(),
        };
        for (n, device) in net.devices.iter().enumerate() {
            for interface in &device.interfaces {
                for address in interface.addresses() {
                    net.owners.entry(address).or_default().insert(n);
                    net.interfaces.entry(address).or_default().insert(n);
                }
                if let (Some((to, _)), Some(_)) = (&interface.tunnel.destination, &interface.shutdown) {
                    net.down.insert((n, to));
                }
            }
            for (at, connection) in device.connections.iter().enumerate() {
                if let Some(local) = connection.local {
                    net.owners.entry(local).or_default().insert(n);
                }
                match connection.remote {
                    Remote::Address(address) => net.callers.entry(address).or_default().push((n, at)),
                    Remote::Anybody | Remote::Range(..) if connection.local.is_none() => {
                        net.open.entry(n).or_insert(at);
                    }
                    Remote::Anybody | Remote::Range(..) | Remote::Unknown(_) => {}
                }
            }
        }
        net
    }

    /// The first device but this one that has an address.
    pub fn owner(&self, address: IpAddr, but: usize) -> Option<usize> {
        self.owners.get(&address)?.iter().copied().find(|n| *n != but)
    }

    /// Whether the other end of a tunnel is shut down. Only a tunnel interface is switched off: a crypto map calls
    /// whatever the other end does.
    pub fn is_shut(&self, connection: &Connection) -> bool {
        let (Some(local), Remote::Address(address)) = (connection.local, &connection.remote) else {
            return false;
        };
        if !connection.by.starts_with("Tunnel") {
            return false;
        }
        let local = local.to_string();
        let others = self.interfaces.get(address);
        others.into_iter().flatten().any(|other| self.down.contains(&(*other, local.as_str())))
    }

    /// Devices but this one with a connection that means it: that calls its address, or takes anybody. Each with the
    /// first of its connections that does.
    pub fn mean(
        &self,
        but: usize,
        local: Option<IpAddr>,
    ) -> impl Iterator<Item = (&'d Device, &'d Connection)> {
        let mut calling: BTreeMap<usize, usize> = BTreeMap::new();
        for address in local.map_or_else(|| self.addresses(but), |local| BTreeSet::from([local])) {
            for (n, at) in self.callers.get(&address).into_iter().flatten() {
                let first = self.open.get(n).copied().unwrap_or(usize::MAX).min(*at);
                let known = calling.entry(*n).or_insert(first);
                *known = (*known).min(first);
            }
        }
        let known: BTreeSet<usize> = calling.keys().copied().collect();
        let open = self.open.iter().map(|(n, at)| (*n, *at)).filter(move |(n, _)| !known.contains(n));
        calling.into_iter().chain(open).filter(move |(n, _)| *n != but).filter_map(|(n, at)| {
            let device = *self.devices.get(n)?;
            Some((device, device.connections.get(at)?))
        })
    }

    /// Devices but this one whose own address is not in their file, and that call an address nobody has or take anybody.
    pub fn nameless(&self, but: usize) -> impl Iterator<Item = (&'d Device, &'d Connection)> {
        let others = self.devices.iter().enumerate().filter(move |(n, _)| *n != but);
        others.filter_map(|(_, device)| {
            let means = |c: &&Connection| {
                let lost = c.remote.address().is_some_and(|address| !self.is_owned(address));
                c.local.is_none() && (lost || c.remote.is_open())
            };
            Some((*device, device.connections.iter().find(means)?))
        })
    }

    /// Whether some device has an address.
    pub fn is_owned(&self, address: IpAddr) -> bool {
        self.owners.get(&address).is_some_and(|owners| !owners.is_empty())
    }

    fn addresses(&self, n: usize) -> BTreeSet<IpAddr> {
        self.devices.get(n).into_iter().flat_map(|device| own(device)).collect()
    }

    /// How many connections of a way to read device `n` name others, and of others name it.
    pub fn named(&self, way: &Device, n: usize) -> usize {
        let others = |address: IpAddr| {
            self.owners.get(&address).map_or(0, |all| all.len() - usize::from(all.contains(&n)))
        };
        let named = way
            .connections
            .iter()
            .filter_map(|c| c.remote.address().filter(|address| c.local != Some(*address)));
        let named: BTreeSet<IpAddr> = named.collect();
        let calls = named.into_iter().map(others);
        let own: BTreeSet<IpAddr> = own(way).collect();
        let called = own.iter().map(|address| {
            let callers = self.callers.get(address).into_iter().flatten();
            let callers = callers.filter(|(m, at)| *m != n && self.local(*m, *at) != Some(*address));
            callers.map(|(m, _)| m).collect::<BTreeSet<_>>().len()
        });
        calls.sum::<usize>() + called.sum::<usize>()
    }

    fn local(&self, n: usize, at: usize) -> Option<IpAddr> {
        self.devices.get(n)?.connections.get(at)?.local
    }
}

/// The addresses that a device has, as far as its file tells.
fn own(device: &Device) -> impl Iterator<Item = IpAddr> {
    let interfaces = device.interfaces.iter().flat_map(Interface::addresses);
    interfaces.chain(device.connections.iter().filter_map(|connection| connection.local))
}
