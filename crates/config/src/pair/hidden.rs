//! Addresses that no line gives: a caller behind NAT, or one that only the other side knows.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::Assumed;
use crate::device::{Connection, Device, Remote};
use crate::net::Net;

/// The addresses from which a device calls; of one that calls nobody, those of its interfaces.
pub(super) fn own_addresses(device: &Device) -> impl Iterator<Item = IpAddr> {
    let calling = device.connections.iter().filter_map(|connection| connection.local);
    let silent = device.connections.is_empty();
    calling.chain(device.interfaces.iter().filter(move |_| silent).filter_map(|i| i.address))
}

/// The one device that has not the address called, and yet must be meant: it calls back, or takes anybody, and its own
/// address is not in its file, or is a private one.
pub(super) fn hidden<'d>(
    n: usize,
    connection: &Connection,
    called: IpAddr,
    net: &Net<'d>,
) -> Option<(&'d Device, IpAddr, Option<Assumed>)> {
    let mut candidates = net.mean(n, connection.local).filter_map(|(other, back)| match back.local {
        None => Some((other, called, Some(Assumed::OwnAddress))),
        Some(own) if is_private(own) && !is_private(called) => Some((other, own, Some(Assumed::Nat(called)))),
        Some(_) => None,
    });
    let first = candidates.next();
    first.filter(|_| candidates.next().is_none())
}

/// The address that the other side calls, where the caller is the one that nobody has; else one for documentation.
pub(super) fn own_address(device: &Device, other: &Device, address: IpAddr) -> IpAddr {
    let mut called = other
        .connections
        .iter()
        .filter_map(|c| c.remote.address().filter(|_| c.local.is_none_or(|local| local == address)));
    let named = called.find(|remote| device.has(*remote)).or_else(|| {
        let mut called = other.connections.iter().filter_map(|c| c.remote.address());
        called.next().filter(|_| called.next().is_none())
    });
    named.unwrap_or_else(|| documentation(address))
}

/// An address for documentation, of the same family.
pub(super) fn documentation(like: IpAddr) -> IpAddr {
    match like {
        IpAddr::V4(_) => Ipv4Addr::new(192, 0, 2, 1).into(),
        IpAddr::V6(_) => Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1).into(),
    }
}

/// The address at which the responder calls the caller back, where the caller's own is a private one and the only other
/// candidate is an address that nobody has: the caller stands behind a NAT.
pub(super) fn back(responder: &Device, at: IpAddr, caller: IpAddr, device: &Device) -> Option<IpAddr> {
    if !is_private(caller) || responder.connections.iter().any(|c| c.remote == Remote::Address(caller)) {
        return None;
    }
    let mut called = responder.connections.iter().filter_map(|c| {
        let for_it = |remote: &IpAddr| c.local.is_none_or(|local| local == at) && !device.has(*remote);
        c.remote.address().filter(for_it)
    });
    called.next().filter(|_| called.next().is_none())
}

/// RFC 1918, RFC 6598: an address that no peer on the internet calls.
pub(super) fn is_private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => {
            let [a, b, ..] = address.octets();
            address.is_private() || (a == 100 && (64..128).contains(&b))
        }
        IpAddr::V6(address) => address.is_unique_local(),
    }
}
