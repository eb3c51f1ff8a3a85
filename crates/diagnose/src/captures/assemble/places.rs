//! Which place is nearer to whom. The clocks of two places need not agree: only what comes before what is believed.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use ike::Role;

use super::super::frame::{CapturePoint, Sight};

/// Microseconds; a time less another may be negative.
pub(super) fn micros(time: Duration) -> i64 {
    i64::try_from(time.as_micros()).unwrap_or(i64::MAX)
}

pub(super) fn shifted(at: Duration, offset: i64) -> Duration {
    let micros = micros(at).saturating_sub(offset);
    Duration::from_micros(u64::try_from(micros).unwrap_or(0))
}

/// Times of one datagram at a place that are compared; later copies say nothing more.
const COPIES: usize = 4;
/// Datagrams that are compared.
const COMPARED: usize = 64;
/// Datagrams on one way that take so much longer or shorter than others are not told apart from a clock.
const SPREAD: i64 = 50_000;

/// When each datagram came to a place, every time.
fn times<'s>(
    sights: &'s [Sight<'_>],
    place: CapturePoint,
    role: Role,
    sender: &dyn Fn(&Sight<'_>) -> Role,
) -> BTreeMap<&'s [u8], Vec<i64>> {
    let mut times: BTreeMap<&[u8], Vec<i64>> = BTreeMap::new();
    for sight in sights.iter().filter(|sight| sight.place == place && sender(sight) == role) {
        let known = times.entry(sight.bytes).or_default();
        if known.len() < COPIES {
            known.push(micros(sight.at));
        }
    }
    times
}

/// How much later datagrams of this side come at one place than at another. A copy that was lost or altered moves one
/// datagram's first time, so it is the difference on which most datagrams agree, then most copies, then the least one.
pub(super) fn lag(
    sights: &[Sight<'_>],
    (one, other): (CapturePoint, CapturePoint),
    role: Role,
    sender: &dyn Fn(&Sight<'_>) -> Role,
) -> Option<i64> {
    let [one, other] = [one, other].map(|place| times(sights, place, role, sender));
    let common = one.iter().filter_map(|(bytes, at)| Some((at, other.get(bytes)?))).take(COMPARED);
    let mut differences: Vec<(i64, usize)> = Vec::new();
    for (datagram, (here, there)) in common.enumerate() {
        let pairs = here.iter().flat_map(|one| there.iter().map(|other| other.saturating_sub(*one)));
        differences.extend(pairs.map(|difference| (difference, datagram)));
    }
    differences.sort_unstable();
    let agreeing = |start: usize| {
        let rest = differences.get(start..).unwrap_or_default();
        let least = rest.first().map_or(0, |(difference, _)| *difference);
        let near = rest.iter().take_while(|(difference, _)| difference.saturating_sub(least) <= SPREAD);
        let datagrams: Vec<usize> = near.map(|(_, datagram)| *datagram).collect();
        let copies = datagrams.len();
        let distinct = datagrams.into_iter().collect::<BTreeSet<usize>>().len();
        (distinct, copies, Reverse(least.saturating_abs()), least)
    };
    (0..differences.len()).map(agreeing).max().map(|(.., least)| least)
}

/// The place nearest to the initiator and the one nearest to the responder. Clocks need not agree: what the
/// initiator sends comes later at the farther place, what the responder sends comes earlier.
pub(super) fn places(sights: &[Sight<'_>], sender: &dyn Fn(&Sight<'_>) -> Role) -> Vec<CapturePoint> {
    let mut all: Vec<CapturePoint> = sights.iter().map(|sight| sight.place).collect();
    all.sort();
    all.dedup();
    let Some(reference) = all.first().copied() else {
        return Vec::new();
    };
    let mut scored: Vec<(i64, CapturePoint)> =
        all.iter().map(|place| (score(sights, reference, *place, sender), *place)).collect();
    scored.sort();
    match (scored.first(), scored.last()) {
        (Some((_, near)), Some((_, far))) if near != far => vec![*near, *far],
        (Some((_, only)), _) => vec![*only],
        _ => Vec::new(),
    }
}

/// The other file, where it holds nothing of a negotiation in which only the initiator was heard: it was taken beside
/// the responder, and nothing came there.
pub(super) fn silent(
    sights: &[Sight<'_>],
    places: &[CapturePoint],
    files: usize,
    sender: &dyn Fn(&Sight<'_>) -> Role,
) -> Option<CapturePoint> {
    let [only] = places else {
        return None;
    };
    let alone = sights.iter().all(|sight| sender(sight) == Role::Initiator);
    let other = (0..files).find(|file| *file != only.file)?;
    alone.then_some(CapturePoint { file: other, interface: 0 })
}

/// The greater, the farther from the initiator.
pub(super) fn score(
    sights: &[Sight<'_>],
    reference: CapturePoint,
    place: CapturePoint,
    sender: &dyn Fn(&Sight<'_>) -> Role,
) -> i64 {
    if reference == place {
        return 0;
    }
    let [there, back] = Role::BOTH.map(|role| lag(sights, (reference, place), role, sender));
    match (there, back) {
        // The difference of the clocks is in both and falls out; a thousandfold, to outweigh any count of losses.
        (Some(there), Some(back)) => return there.saturating_sub(back).saturating_mul(1000),
        // One file has one clock.
        (Some(there), None) if reference.file == place.file && there != 0 => {
            return there.saturating_mul(1000);
        }
        (None, Some(back)) if reference.file == place.file && back != 0 => return back.saturating_mul(-1000),
        _ => {}
    }
    // What one place alone has was lost on its way to the other.
    let only = |at: CapturePoint, other: CapturePoint, role| {
        let seen = times(sights, other, role, sender);
        let alone =
            times(sights, at, role, sender).into_keys().filter(|bytes| !seen.contains_key(bytes)).count();
        i64::try_from(alone).unwrap_or(i64::MAX)
    };
    let (i, r) = (Role::Initiator, Role::Responder);
    only(reference, place, i) + only(place, reference, r)
        - only(place, reference, i)
        - only(reference, place, r)
}

/// By how many microseconds the second file's clock is ahead of the first's.
pub(super) fn offset(
    sights: &[Sight<'_>],
    places: &[CapturePoint],
    sender: &dyn Fn(&Sight<'_>) -> Role,
) -> i64 {
    let [near, far] = places else {
        return 0;
    };
    if near.file == far.file {
        return 0;
    }
    let [there, back] = Role::BOTH.map(|role| lag(sights, (*near, *far), role, sender));
    match (there, back) {
        // The path's delay is in one with a plus, in the other with a minus: it falls out if both ways are alike.
        (Some(there), Some(back)) => i64::midpoint(there, back),
        (Some(one), None) | (None, Some(one)) => one,
        (None, None) => 0,
    }
}
