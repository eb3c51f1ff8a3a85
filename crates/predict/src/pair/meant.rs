//! Connections whose address nobody has, although one of the devices must be meant.

use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;

use config::{Connection, Device, Remote};

use super::hidden::{calls, own_addresses};
use super::{Assumed, Session, Unmatched, join};
use crate::net::Net;

/// Connections whose address nobody has, although one device must be meant: the only one that calls back and is not
/// called, or, where there are just two devices, the other one. Of several connections of one device to nobody, those are
/// meant that name the other one all but for a slip of a digit or two.
pub(super) fn meant<'d>(
    found: &mut Vec<Session<'d>>,
    answers: &[Session<'d>],
    unmatched: &mut Vec<Unmatched<'d>>,
    net: &Net<'d>,
) {
    let devices = &net.devices;
    // Devices stand for themselves: two may be equal.
    let name = |device: &Device| std::ptr::from_ref(device);
    let mut calls: BTreeMap<[*const Device; 2], Session<'d>> = BTreeMap::new();
    let mut callers: BTreeMap<*const Device, BTreeSet<*const Device>> = BTreeMap::new();
    for session in found.iter() {
        let [from, to] = [session.initiator.device, session.responder.device].map(name);
        calls.entry([from, to]).or_insert(*session);
        callers.entry(to).or_default().insert(from);
    }
    // A backup that it does not call as long as the first peer answers is known to it all the same.
    let known = answers.iter().map(|s| [s.initiator.device, s.responder.device].map(name));
    let known: BTreeSet<[*const Device; 2]> = known.collect();
    let mut lonely: BTreeMap<*const Device, usize> = BTreeMap::new();
    for one in unmatched.iter() {
        *lonely.entry(name(one.device)).or_default() += 1;
    }
    let position: BTreeMap<*const Device, usize> =
        devices.iter().enumerate().map(|(n, device)| (name(device), n)).collect();
    unmatched.retain(|one| {
        let own = name(one.device);
        let back = callers.get(&own).into_iter().flatten().filter_map(|caller| position.get(caller).copied());
        let back: BTreeSet<usize> = if devices.len() == 2 { (0..2).collect() } else { back.collect() };
        let others = back.into_iter().filter_map(|n| devices.get(n).copied());
        let mut candidates =
            others.filter(|other| name(other) != own && !calls.contains_key(&[own, name(other)]));
        if devices.iter().any(|other| known.contains(&[own, name(other)])) {
            return true;
        }
        // Of several calls to nobody it cannot be told which one means the other device.
        let alone = lonely.get(&own) == Some(&1);
        let made = match (candidates.next(), candidates.next()) {
            (Some(other), None) if alone || near(one.connection, other) => {
                mean(one, other, calls.get(&[name(other), own]), net)
            }
            _ => None,
        };
        let none = made.is_none() || one.connection.answers_only;
        found.extend(made.filter(|_| !none));
        none
    });
}

/// Whether a connection calls an address of a device all but for one character, or two that are swapped, or calls a name.
fn near(connection: &Connection, other: &Device) -> bool {
    let Remote::Address(called) = connection.remote else { return true };
    let called = called.to_string();
    let is_slip = |own: String| {
        let differing = own.bytes().zip(called.bytes()).filter(|(one, other)| one != other);
        let slip = match differing.take(3).collect::<Vec<_>>().as_slice() {
            [] | [_] => true,
            [(a, b), (c, d)] => (a, b) == (d, c),
            _ => false,
        };
        own.len().abs_diff(called.len()) <= 1 && slip
    };
    own_addresses(other).any(|own| is_slip(own.to_string()))
}

/// The session that a connection means, as it is: an address that is wrong stays so, one that was masked is made up.
fn mean<'d>(
    one: &Unmatched<'d>,
    other: &'d Device,
    back: Option<&Session<'d>>,
    net: &Net<'d>,
) -> Option<Session<'d>> {
    let own = back.map(|s| s.initiator.address).or_else(|| own_addresses(other).next());
    let pair = [one.device, other];
    match one.connection.remote {
        Remote::Address(called) if own.is_none() && calls(other, called) => None,
        Remote::Address(called) => {
            // Where its own address is not in its file, it is the one that is called.
            let assumed = if own.is_some() { Assumed::Meant } else { Assumed::OwnAddress };
            join(pair, one.connection, [called, own.unwrap_or(called)], Some(assumed), net)
        }
        Remote::Unknown(_) => {
            // For documentation too, and another one than a caller gets that has none.
            let address = own.unwrap_or(Ipv4Addr::new(198, 51, 100, 1).into());
            join(pair, one.connection, [address, address], Some(Assumed::Masked), net)
        }
        Remote::Anybody | Remote::Range(..) => None,
    }
}
