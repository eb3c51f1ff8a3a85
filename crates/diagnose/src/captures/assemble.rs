//! The sights of one initiator cookie as one negotiation: who is who, which place is nearer to whom, which
//! message repeats which.

mod places;
mod roles;

use std::collections::BTreeMap;
use std::time::Duration;

use capture::Unreachable;
use ike::{MessageName, Mode, Role};
use isakmp::{Cookie, CookiePair, Flags};

use super::find::group::Group;
use super::frame::{CapturePoint, Sight, What};
use super::negotiation::Refusal;
use super::negotiation::{Emission, Negotiation};

use places::{offset, places, shifted, silent};
use roles::{initiators, role_of, sender};

/// One frame captured twice at one place, or at two places in one file: nobody resends so soon, pluto after 500 ms.
const TWICE: Duration = Duration::from_millis(250);
/// Clocks that were brought together agree so far.
const SLACK: Duration = Duration::from_millis(5);

/// `None` where nothing is left.
pub(super) fn negotiation<'c>(group: Group<'c>, ends_at: &[Duration]) -> Option<Negotiation<'c>> {
    let Group { mut sights, left_out, refusals, .. } = group;
    // File by file: the clocks of two files cannot be compared yet.
    sights.sort_by_key(|sight| (sight.place.file, sight.at, sight.frame));
    without_twins(&mut sights);
    let (initiators, roles_sure) = initiators(&sights);
    let sender = |sight: &Sight<'_>| sender(sight, &initiators);
    let mut places = places(&sights, &sender);
    places.extend(silent(&sights, &places, ends_at.len(), &sender));
    let offset = offset(&sights, &places, &sender);
    let near = places.first().copied();
    // What was lost or came late is told by times at two places: they need one clock.
    let by_one_clock = |place: CapturePoint, at: Duration| match near {
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
    // The responder knows its own cookie; what the initiator sends back may have been damaged before.
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
    let refused = |(place, error): (CapturePoint, &Unreachable)| {
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
        refused_version_2: None,
    })
}

/// An ICMP error about the last of the messages that it can be about.
fn refusal(
    place: CapturePoint,
    error: &Unreachable,
    one_file: bool,
    at: Duration,
    sender: Role,
    emissions: &[Emission<'_>],
) -> Refusal {
    // The quote begins behind the UDP header: on port 4500 with the four zero bytes of the marker.
    let marker = if [error.about.0.port(), error.about.1.port()].contains(&500) { 0 } else { 4 };
    let quoted = error.quoted.get(marker..).unwrap_or_default();
    let is_about = |one: &Emission<'_>| {
        let copies = one.near.iter().chain(&one.far).filter(|sight| sight.place == place);
        let alike = |sight: &Sight<'_>| sight.ends == error.about && begin_alike(sight.bytes, quoted);
        copies.into_iter().any(|sight| sight.at <= at && alike(sight))
    };
    let Unreachable { frame, by, what, about, .. } = *error;
    // Resends have the same bytes: the newest one is what was just refused.
    let message = emissions.iter().rposition(is_about);
    Refusal { place, frame, one_file, at, by, what, ends: about, sender, message }
}

/// As far as both go.
fn begin_alike(one: &[u8], other: &[u8]) -> bool {
    // A router may quote no more than the UDP header: then addresses and ports decide.
    one.iter().zip(other).all(|(one, other)| one == other)
}

/// Every message once, in order, with its copies and what it repeats.
fn emissions<'c>(
    sights: &[Sight<'c>],
    places: &[CapturePoint],
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
        let at = |place: Option<&CapturePoint>| {
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
                // Not seen near its sender, it was missed there: sent it was.
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
        // It answers AM3: what was sealed before cannot be it.
        let sealed = |one: &Emission<'_>| one.sender == Role::Responder && one.what == What::Sealed;
        emissions
            .iter()
            .skip(third)
            .find(|one| sealed(one))
            .and_then(|one| one.sight())
            .map(|sight| sight.bytes)
    });
    for one in emissions.iter_mut() {
        // AM4 is sent again byte by byte; any other Informational has a message id of its own.
        if first.is_some() && one.sight().map(|sight| sight.bytes) == first {
            one.what = What::Phase1(MessageName::AM4);
        }
    }
}

fn number_repeats(emissions: &mut [Emission<'_>]) {
    let mut seen: BTreeMap<(Role, Vec<u8>), usize> = BTreeMap::new();
    for (position, one) in emissions.iter_mut().enumerate() {
        // Altered bytes repeat nothing: the ones that were sent were not seen.
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

/// Frames that were captured twice at one place are one.
fn without_twins(sights: &mut Vec<Sight<'_>>) {
    let mut kept: Vec<Sight<'_>> = Vec::new();
    for sight in sights.drain(..) {
        let twin =
            kept.iter().rev().take_while(|seen| sight.at.saturating_sub(seen.at) <= TWICE).any(|seen| {
                seen.place == sight.place
                    && seen.ends.0.ip() == sight.ends.0.ip()
                    && seen.bytes == sight.bytes
            });
        if !twin {
            kept.push(sight);
        }
    }
    *sights = kept;
}

/// Position of the sight nearer to the sender that this one, farther away, is a copy of.
fn origin(far: &Sight<'_>, what: What, near: &[(Sight<'_>, What, bool)]) -> Option<(usize, bool)> {
    let free = || near.iter().enumerate().filter(|(_, (seen, _, taken))| !taken && seen.at <= far.at + SLACK);
    // The same bytes first: a damaged copy must not take the place of a resend that came through whole.
    let mut same = free().filter(|(_, (seen, ..))| seen.bytes == far.bytes).map(|(at, _)| (at, false));
    let mut alike = free().filter(|(_, (_, kind, _))| *kind == what).map(|(at, _)| (at, true));
    same.next_back().or_else(|| alike.next_back())
}

/// The responder promised a fourth message of Aggressive Mode.
fn promises_fourth(sight: &Sight<'_>) -> bool {
    sight.mode() == Some(Mode::Aggressive) && sight.header.flags.contains(Flags::COMMIT)
}
