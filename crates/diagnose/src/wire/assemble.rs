//! The sights of one initiator cookie as one negotiation: who is who, which place is nearer to whom, which
//! message repeats which.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

use capture::Unreachable;
use ike::{MessageName, Role};
use isakmp::{Cookie, CookiePair, PayloadType};

use super::find::{Emission, Group, Negotiation, origin, promises_fourth, without_twins};
use super::refusal::Refusal;
use super::sight::{Place, Sight, What};

/// `None` where nothing is left.
pub(super) fn negotiation<'c>(group: Group<'c>, ends_at: &[Duration]) -> Option<Negotiation<'c>> {
    let Group { mut sights, left_out, refusals, .. } = group;
    sights.sort_by_key(|sight| (sight.place.file, sight.at, sight.frame));
    without_twins(&mut sights);
    let (initiators, roles_sure) = initiators(&sights);
    let sender = |sight: &Sight<'_>| sender(sight, &initiators);
    let mut places = places(&sights, &sender);
    places.extend(silent(&sights, &places, ends_at.len(), &sender));
    let offset = offset(&sights, &places, &sender);
    let near = places.first().copied();
    let by_one_clock = |place: Place, at: Duration| match near {
        Some(near) if near.file != place.file => shifted(at, offset),
        _ => at,
    };
    for sight in &mut sights {
        sight.at = by_one_clock(sight.place, sight.at);
    }
    let first = sights.iter().find(|sight| Some(&sight.place) == places.first())?;
    let ends = if sender(first) == Role::Initiator { first.ends } else { (first.ends.1, first.ends.0) };
    let mode = sights.iter().find_map(Sight::mode);
    let starts_late = !sights.iter().any(Sight::opens);
    let mut responder_cookies: Vec<Cookie> = sights
        .iter()
        .map(|sight| sight.header.cookies.responder)
        .filter(|cookie| !cookie.is_zero())
        .collect();
    responder_cookies.dedup();
    responder_cookies.sort();
    responder_cookies.dedup();
    let answered =
        sights.iter().find(|s| sender(s) == Role::Responder && !s.header.cookies.responder.is_zero());
    let responder = answered.map_or_else(
        || responder_cookies.first().copied().unwrap_or(Cookie::ZERO),
        |sight| sight.header.cookies.responder,
    );
    let cookies = CookiePair { initiator: first.header.cookies.initiator, responder };
    let last = places.iter().filter_map(|place| ends_at.get(place.file)).max().copied().unwrap_or_default();
    let emissions = emissions(&sights, &places, &sender);
    let began = emissions.first().map_or(Duration::ZERO, Emission::at);
    let watched = last.saturating_sub(began);
    let refused = |(place, error): (Place, &Unreachable)| {
        let at = by_one_clock(place, error.at);
        let sender = role_of(place, error.about, &initiators);
        refusal(place, error, ends_at.len() == 1, at, sender, &emissions)
    };
    let mut refusals: Vec<Refusal> = refusals.into_iter().map(refused).collect();
    refusals.sort_by_key(|refusal| (refusal.at, refusal.place, refusal.frame));
    Some(Negotiation {
        cookies,
        responder_cookies,
        mode,
        ends,
        places,
        emissions,
        starts_late,
        roles_sure,
        refusals,
        left_out,
        watched,
    })
}

/// At each place the initiator's address, and whether the messages themselves say so.
fn initiators(sights: &[Sight<'_>]) -> (BTreeMap<Place, (SocketAddr, SocketAddr)>, bool) {
    let mut known = BTreeMap::new();
    let mut sure = true;
    let mut places: Vec<Place> = sights.iter().map(|sight| sight.place).collect();
    places.sort();
    places.dedup();
    for place in places {
        let here = || sights.iter().filter(|sight| sight.place == place);
        let told = here().find_map(|sight| match sight.sender()? {
            Role::Initiator => Some(sight.ends),
            Role::Responder => Some((sight.ends.1, sight.ends.0)),
        });
        let ends = told
            .or_else(|| guessed(here().filter(|sight| sight.mode().is_some())))
            .or_else(|| here().next().map(|sight| sight.ends));
        sure &= told.is_some();
        known.extend(ends.map(|ends| (place, ends)));
    }
    (known, sure)
}

/// Who began, by the order of what was captured: the initiator's public value comes before the responder's, and its
/// encrypted message answers the responder's public value. Initiator, then responder.
fn guessed<'s>(sights: impl Iterator<Item = &'s Sight<'s>>) -> Option<(SocketAddr, SocketAddr)> {
    let sights: Vec<&Sight<'_>> = sights.collect();
    let ke = |sight: &&&Sight<'_>| sight.header.next_payload == PayloadType::KE && !sight.is_encrypted();
    let Some(first) = sights.iter().find(ke) else {
        return sights.first().map(|sight| sight.ends);
    };
    let other = |sight: &&Sight<'_>| sight.ends.0.ip() != first.ends.0.ip();
    let both = sights.iter().filter(ke).any(other);
    let own_sealed = sights.iter().any(|sight| sight.is_encrypted() && !other(sight));
    let others_sealed = sights.iter().any(|sight| sight.is_encrypted() && other(sight));
    let (from, to) = first.ends;
    Some(if both || own_sealed || !others_sealed { (from, to) } else { (to, from) })
}

/// An ICMP error about the last of the messages that it can be about.
fn refusal(
    place: Place,
    error: &Unreachable,
    one_file: bool,
    at: Duration,
    sender: Role,
    emissions: &[Emission<'_>],
) -> Refusal {
    let marker = if [error.about.0.port(), error.about.1.port()].contains(&500) { 0 } else { 4 };
    let quoted = error.quoted.get(marker..).unwrap_or_default();
    let is_about = |one: &Emission<'_>| {
        let copies = one.near.iter().chain(&one.far).filter(|sight| sight.place == place);
        let alike = |sight: &Sight<'_>| sight.ends == error.about && begin_alike(sight.bytes, quoted);
        copies.into_iter().any(|sight| sight.at <= at && alike(sight))
    };
    let Unreachable { frame, by, what, about, .. } = *error;
    let message = emissions.iter().rposition(is_about);
    Refusal { place, frame, one_file, at, by, what, ends: about, sender, message }
}

/// As far as both go.
fn begin_alike(one: &[u8], other: &[u8]) -> bool {
    one.iter().zip(other).all(|(one, other)| one == other)
}

fn sender(sight: &Sight<'_>, initiators: &BTreeMap<Place, (SocketAddr, SocketAddr)>) -> Role {
    role_of(sight.place, sight.ends, initiators)
}

/// Who sends from one end to the other.
fn role_of(
    place: Place,
    (from, to): (SocketAddr, SocketAddr),
    initiators: &BTreeMap<Place, (SocketAddr, SocketAddr)>,
) -> Role {
    let Some((initiator, responder)) = initiators.get(&place) else {
        return Role::Initiator;
    };
    let is_initiator = if initiator.ip() == responder.ip() {
        // Two on one host: told by their ports.
        from == *initiator || (to == *responder && from != *responder)
    } else {
        from.ip() == initiator.ip()
    };
    if is_initiator { Role::Initiator } else { Role::Responder }
}

/// Microseconds; a time less another may be negative.
fn micros(time: Duration) -> i64 {
    i64::try_from(time.as_micros()).unwrap_or(i64::MAX)
}

fn shifted(at: Duration, offset: i64) -> Duration {
    let micros = micros(at).saturating_sub(offset);
    Duration::from_micros(u64::try_from(micros).unwrap_or(0))
}

/// First times of each datagram at a place.
fn firsts<'s>(
    sights: &'s [Sight<'_>],
    place: Place,
    role: Role,
    sender: &dyn Fn(&Sight<'_>) -> Role,
) -> BTreeMap<&'s [u8], i64> {
    let mut times = BTreeMap::new();
    for sight in sights.iter().filter(|sight| sight.place == place && sender(sight) == role) {
        times.entry(sight.bytes).or_insert(micros(sight.at));
    }
    times
}

/// How much later datagrams of this side come at one place than at another: the least of them.
fn lag(
    sights: &[Sight<'_>],
    (one, other): (Place, Place),
    role: Role,
    sender: &dyn Fn(&Sight<'_>) -> Role,
) -> Option<i64> {
    let [one, other] = [one, other].map(|place| firsts(sights, place, role, sender));
    one.iter().filter_map(|(bytes, at)| Some(other.get(bytes)?.saturating_sub(*at))).min()
}

/// The place nearest to the initiator and the one nearest to the responder. Clocks need not agree: what the
/// initiator sends comes later at the farther place, what the responder sends comes earlier.
fn places(sights: &[Sight<'_>], sender: &dyn Fn(&Sight<'_>) -> Role) -> Vec<Place> {
    let mut all: Vec<Place> = sights.iter().map(|sight| sight.place).collect();
    all.sort();
    all.dedup();
    let Some(base) = all.first().copied() else {
        return Vec::new();
    };
    let mut scored: Vec<(i64, Place)> =
        all.iter().map(|place| (score(sights, base, *place, sender), *place)).collect();
    scored.sort();
    match (scored.first(), scored.last()) {
        (Some((_, near)), Some((_, far))) if near != far => vec![*near, *far],
        (Some((_, only)), _) => vec![*only],
        _ => Vec::new(),
    }
}

/// The other file, where it holds nothing of a negotiation in which only the initiator was heard: it was taken beside
/// the responder, and nothing came there.
fn silent(
    sights: &[Sight<'_>],
    places: &[Place],
    files: usize,
    sender: &dyn Fn(&Sight<'_>) -> Role,
) -> Option<Place> {
    let [only] = places else {
        return None;
    };
    let alone = sights.iter().all(|sight| sender(sight) == Role::Initiator);
    let other = (0..files).find(|file| *file != only.file)?;
    alone.then_some(Place { file: other, interface: 0 })
}

/// The greater, the farther from the initiator.
fn score(sights: &[Sight<'_>], base: Place, place: Place, sender: &dyn Fn(&Sight<'_>) -> Role) -> i64 {
    if base == place {
        return 0;
    }
    let [there, back] = Role::BOTH.map(|role| lag(sights, (base, place), role, sender));
    match (there, back) {
        (Some(there), Some(back)) => return there.saturating_sub(back).saturating_mul(1000),
        // One file has one clock.
        (Some(there), None) if base.file == place.file && there != 0 => return there.saturating_mul(1000),
        (None, Some(back)) if base.file == place.file && back != 0 => return back.saturating_mul(-1000),
        _ => {}
    }
    // What one place alone has was lost on its way to the other.
    let only = |at: Place, other: Place, role| {
        let seen = firsts(sights, other, role, sender);
        let alone =
            firsts(sights, at, role, sender).into_keys().filter(|bytes| !seen.contains_key(bytes)).count();
        i64::try_from(alone).unwrap_or(i64::MAX)
    };
    let (i, r) = (Role::Initiator, Role::Responder);
    only(base, place, i) + only(place, base, r) - only(place, base, i) - only(base, place, r)
}

/// By how many microseconds the second file's clock is ahead of the first's.
fn offset(sights: &[Sight<'_>], places: &[Place], sender: &dyn Fn(&Sight<'_>) -> Role) -> i64 {
    let [near, far] = places else {
        return 0;
    };
    if near.file == far.file {
        return 0;
    }
    let [there, back] = Role::BOTH.map(|role| lag(sights, (*near, *far), role, sender));
    match (there, back) {
        (Some(there), Some(back)) => i64::midpoint(there, back),
        (Some(one), None) | (None, Some(one)) => one,
        (None, None) => 0,
    }
}

/// Every message once, in order, with its copies and what it repeats.
fn emissions<'c>(
    sights: &[Sight<'c>],
    places: &[Place],
    sender: &dyn Fn(&Sight<'_>) -> Role,
) -> Vec<Emission<'c>> {
    let mut emissions = Vec::new();
    for role in Role::BOTH {
        let (near_at, far_at) = match (places, role) {
            ([near, far], Role::Initiator) => (near, Some(far)),
            ([near, far], Role::Responder) => (far, Some(near)),
            ([only], _) => (only, None),
            _ => return Vec::new(),
        };
        let at = |place: Option<&Place>| {
            sights
                .iter()
                .filter(|sight| Some(&sight.place) == place && sender(sight) == role)
                .collect::<Vec<_>>()
        };
        let mut near: Vec<(Sight<'c>, What, bool)> =
            at(Some(near_at)).into_iter().map(|sight| (sight.clone(), sight.what(role), false)).collect();
        let mut far: BTreeMap<usize, (Sight<'c>, bool)> = BTreeMap::new();
        for sight in at(far_at) {
            let what = sight.what(role);
            match origin(sight, what, &near) {
                Some((position, altered)) => {
                    if let Some(entry) = near.get_mut(position) {
                        entry.2 = true;
                    }
                    far.insert(position, (sight.clone(), altered));
                }
                None => emissions.push(emission(role, what, None, Some(sight.clone()))),
            }
        }
        for (position, (sight, what, _)) in near.into_iter().enumerate() {
            let (arrived, altered) = far.remove(&position).unzip();
            let one = emission(role, what, Some(sight), arrived);
            emissions.push(Emission { altered: altered.unwrap_or(false), ..one });
        }
    }
    emissions.sort_by_key(|one| (one.at(), one.sight().map(|sight| (sight.place.file, sight.frame))));
    name_fourth(&mut emissions);
    number_repeats(&mut emissions);
    emissions
}

fn emission<'c>(sender: Role, what: What, near: Option<Sight<'c>>, far: Option<Sight<'c>>) -> Emission<'c> {
    Emission { sender, what, near, far, repeats: None, altered: false }
}

/// Aggressive Mode's confirmation is an Informational exchange that was promised.
fn name_fourth(emissions: &mut [Emission<'_>]) {
    let promised =
        emissions.iter().any(|one| one.sender == Role::Responder && one.sight().is_some_and(promises_fourth));
    let third = emissions.iter().position(|one| one.what == What::Phase1(MessageName::AM3));
    let first = third.filter(|_| promised).and_then(|third| {
        let sealed = |one: &Emission<'_>| one.sender == Role::Responder && one.what == What::Sealed;
        emissions
            .iter()
            .skip(third)
            .find(|one| sealed(one))
            .and_then(|one| one.sight())
            .map(|sight| sight.bytes)
    });
    for one in emissions.iter_mut() {
        if first.is_some() && one.sight().map(|sight| sight.bytes) == first {
            one.what = What::Phase1(MessageName::AM4);
        }
    }
}

fn number_repeats(emissions: &mut [Emission<'_>]) {
    let mut seen: BTreeMap<(Role, Vec<u8>), usize> = BTreeMap::new();
    for (position, one) in emissions.iter_mut().enumerate() {
        let Some(bytes) =
            one.near.as_ref().or(one.far.as_ref().filter(|_| !one.altered)).map(|s| s.bytes.to_vec())
        else {
            continue;
        };
        match seen.get(&(one.sender, bytes.clone())) {
            Some(first) => one.repeats = Some(*first),
            None => {
                seen.insert((one.sender, bytes), position);
            }
        }
    }
}
