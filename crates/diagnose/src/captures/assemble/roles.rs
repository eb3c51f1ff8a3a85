//! Who began.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use ike::Role;
use isakmp::{ExchangeType, PayloadType};

use super::super::frame::{CapturePoint, Sight, What};
use super::super::one_way::is_first;

/// At each place the initiator's address, and whether the messages themselves say so.
pub(super) fn initiators(sights: &[Sight<'_>]) -> (BTreeMap<CapturePoint, (SocketAddr, SocketAddr)>, bool) {
    let mut known = BTreeMap::new();
    let mut sure = true;
    let mut places: Vec<CapturePoint> = sights.iter().map(|sight| sight.place).collect();
    places.sort();
    places.dedup();
    for place in places {
        let here = || sights.iter().filter(|sight| sight.place == place);
        let told = here().find_map(|sight| match sight.sender()? {
            Role::Initiator => Some(sight.ends),
            Role::Responder => Some((sight.ends.1, sight.ends.0)),
        });
        let answers =
            || here().next().filter(|_| only_answers(here())).map(|sight| (sight.ends.1, sight.ends.0));
        let ends = told
            .or_else(answers)
            .or_else(|| goes_on(here()))
            .or_else(|| guessed(here().filter(|sight| sight.mode().is_some())))
            // Without phase 1 whoever speaks first is as good a guess as any.
            .or_else(|| here().next().map(|sight| sight.ends));
        sure &= told.is_some();
        known.extend(ends.map(|ends| (place, ends)));
    }
    (known, sure)
}

/// Only one direction was captured, and it is the one back: a refusal of the first message, or messages from IKE's port to
/// another one, which a translation gave to him who began.
fn only_answers<'s>(mut sights: impl Iterator<Item = &'s Sight<'s>>) -> bool {
    let Some(first) = sights.next() else { return false };
    let refuses = |sight: &Sight<'_>| match sight.what(Role::Responder) {
        // An initiator that refuses has got an answer, and with it the responder's cookie.
        What::Notify(notify) => {
            is_first(notify) || notify.is_error() && sight.header.cookies.responder.is_zero()
        }
        What::Phase1(_)
        | What::OutOfScript(_)
        | What::Informational
        | What::Sealed
        | What::Fragment
        | What::Later(_) => false,
    };
    let back = |sight: &Sight<'_>| {
        let (from, to) = (sight.ends.0.port(), sight.ends.1.port());
        [500, 4500].contains(&from) && ![500, 4500].contains(&to)
    };
    let mut says_so = refuses(first) || back(first);
    let one_way = sights.all(|sight| {
        says_so |= refuses(sight) || back(sight);
        sight.ends.0 == first.ends.0
    });
    one_way && says_so
}

/// Who began, by the order of what was captured: the initiator's public value comes before the responder's, and so does
/// its first encrypted message. Initiator, then responder.
pub(super) fn guessed<'s>(sights: impl Iterator<Item = &'s Sight<'s>>) -> Option<(SocketAddr, SocketAddr)> {
    let sights: Vec<&Sight<'_>> = sights.collect();
    let mut values =
        sights.iter().filter(|sight| sight.header.next_payload == PayloadType::KE && !sight.is_encrypted());
    let sealed = || sights.iter().find(|sight| sight.is_encrypted());
    let Some(first) = values.next() else { return sights.first().map(|sight| sight.ends) };
    let (from, to) = first.ends;
    let other = |sight: &&Sight<'_>| sight.ends.0.ip() != from.ip();
    // A capture that begins with the fourth message goes on with the other side's fifth.
    let answers = !values.any(other) && sealed().is_some_and(other);
    Some(if answers { (to, from) } else { (from, to) })
}

/// Where one side's last message of phase 1 is all that was captured of it: an initiator goes on with Quick Mode at once.
fn goes_on<'s>(mut sights: impl Iterator<Item = &'s Sight<'s>>) -> Option<(SocketAddr, SocketAddr)> {
    let last = sights.next().filter(|sight| sight.mode().is_some() && sight.is_encrypted())?;
    let next = sights.find(|sight| sight.bytes != last.bytes)?;
    let quick = next.header.exchange == ExchangeType::QUICK && next.ends.0.ip() != last.ends.0.ip();
    quick.then_some(next.ends)
}

pub(super) fn sender(
    sight: &Sight<'_>,
    initiators: &BTreeMap<CapturePoint, (SocketAddr, SocketAddr)>,
) -> Role {
    role_of(sight.place, sight.ends, initiators)
}

/// Who sends from one end to the other.
pub(super) fn role_of(
    place: CapturePoint,
    (from, to): (SocketAddr, SocketAddr),
    initiators: &BTreeMap<CapturePoint, (SocketAddr, SocketAddr)>,
) -> Role {
    let Some((initiator, responder)) = initiators.get(&place) else {
        return Role::Initiator;
    };
    let is_initiator = if initiator.ip() == responder.ip() {
        // Two on one host: told by their ports.
        from == *initiator || (to == *responder && from != *responder)
    } else {
        // By address alone: NAT-T changes the ports in the middle of the exchange.
        from.ip() == initiator.ip()
    };
    if is_initiator { Role::Initiator } else { Role::Responder }
}
