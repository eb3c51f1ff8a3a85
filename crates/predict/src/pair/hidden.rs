//! Addresses that no line gives: a caller behind NAT, or one that only the other side knows.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use config::{Connection, Device, Interface, Remote};

use super::Assumed;
use crate::net::Net;
use crate::phase2::mirrors;

/// The addresses from which a device calls; of one that calls nobody, those of its interfaces.
pub(super) fn own_addresses(device: &Device) -> impl Iterator<Item = IpAddr> {
    let calling = device.connections.iter().filter_map(|connection| connection.local);
    let silent = device.connections.is_empty();
    calling.chain(device.interfaces.iter().filter(move |_| silent).flat_map(Interface::addresses))
}

/// The one device that has not the address called, and yet must be meant: it calls back, or takes anybody, and its own
/// address is not in its file, or is a private one.
pub(super) fn hidden<'d>(
    n: usize,
    connection: &Connection,
    called: IpAddr,
    net: &Net<'d>,
) -> Option<(&'d Device, IpAddr, Option<Assumed>)> {
    let back = net.mean(n, connection.local).chain(
        // Neither side's own address is in its file: each calls an address that nobody has.
        connection.local.is_none().then(|| net.nameless(n)).into_iter().flatten(),
    );
    let mut candidates: Vec<(&'d Device, IpAddr, Option<Assumed>)> = Vec::new();
    for (other, back) in back {
        let made = match back.local {
            // Two spokes call the same hub, and no device calls itself.
            None if calls(other, called) => continue,
            None => (other, called, Some(Assumed::OwnAddress)),
            Some(own) if is_private(own) && !is_private(called) => (other, own, Some(Assumed::Nat(called))),
            Some(_) => continue,
        };
        if !candidates.iter().any(|(known, ..)| std::ptr::eq(*known, other)) {
            candidates.push(made);
        }
    }
    let first = candidates.first().copied();
    // Two candidates are none: a guess would accuse the wrong device.
    first.filter(|_| candidates.len() == 1)
}

/// Whether a device calls an address itself.
pub(super) fn calls(device: &Device, address: IpAddr) -> bool {
    device.connections.iter().any(|c| c.remote.address() == Some(address))
}

/// The addresses that a caller may have whose own is not in its file: those of its interfaces, or else all that the other
/// side calls and that nobody has; where that takes anybody, one of those.
pub(super) fn own_for(
    device: &Device,
    other: &Device,
    [called, address]: [IpAddr; 2],
    net: &Net<'_>,
) -> Vec<(IpAddr, Option<Assumed>)> {
    let fitting = || other.connections.iter().filter(|c| c.local.is_none_or(|local| local == address));
    let named: Vec<IpAddr> = fitting().filter_map(|c| c.remote.address()).collect();
    let assumed = |own: IpAddr| (own, Some(Assumed::OwnAddress));
    if let Some(own) = named.iter().find(|remote| device.has(**remote)) {
        return vec![assumed(*own)];
    }
    let free = |own: &IpAddr| !net.is_owned(*own) && *own != called;
    let mut all: Vec<(IpAddr, Option<Assumed>)> = named.into_iter().filter(free).map(assumed).collect();
    all.truncate(MOST);
    for connection in fitting().filter(|c| c.remote.is_open()).take(MOST) {
        let any = match connection.remote {
            Remote::Range(low, high) if low == address => high,
            Remote::Range(low, _) => low,
            Remote::Address(_) | Remote::Anybody | Remote::Unknown(_) => documentation(address),
        };
        all.push((any, Some(Assumed::MadeUp)));
    }
    if all.is_empty() {
        all.push((documentation(address), Some(Assumed::MadeUp)));
    }
    all
}

/// Own addresses that are tried.
const MOST: usize = 32;

/// An address for documentation, of the same family.
pub(super) fn documentation(like: IpAddr) -> IpAddr {
    let first = Ipv4Addr::new(192, 0, 2, 1);
    match like {
        IpAddr::V4(like) if like == first => Ipv4Addr::new(192, 0, 2, 254).into(),
        IpAddr::V4(_) => first.into(),
        IpAddr::V6(_) => Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1).into(),
    }
}

/// The address at which the responder calls the caller back, where the caller's own is a private one and the only other
/// candidate is an address that nobody has: the caller stands behind a NAT.
pub(super) fn back(
    responder: &Device,
    at: IpAddr,
    caller: IpAddr,
    device: &Device,
    by: &Connection,
) -> Option<IpAddr> {
    // Whoever takes anybody takes it as it is.
    if !is_private(caller) || !responder.connections_for(caller, at).is_empty() {
        return None;
    }
    let called = responder.connections.iter().filter_map(|c| {
        let for_it = |remote: &IpAddr| c.local.is_none_or(|local| local == at) && !device.has(*remote);
        Some((c, c.remote.address().filter(for_it)?))
    });
    let called: Vec<(&Connection, IpAddr)> = called.collect();
    let (_, first) = called.first()?;
    if called.len() == 1 {
        return Some(*first);
    }
    // Of several none can be told to be the NAT's, unless phase 1 is the same with each: then traffic tells.
    let key = |peer| responder.key_for(peer, at, false).map(std::ptr::from_ref);
    let same = responder.dialect.is_cisco() && called.iter().all(|(_, peer)| key(*peer) == key(caller));
    let mirrors = called.iter().find(|(c, _)| mirrors(by, c)).map(|(_, peer)| *peer);
    mirrors.or(Some(*first)).filter(|_| same)
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
