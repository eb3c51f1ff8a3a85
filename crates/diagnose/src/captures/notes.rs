//! What is said beside the verdict.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::time::Duration;

use capture::Capture;
use ike::{Authentication, Mode, Role, Sides};
use isakmp::{Payload, PayloadType, SecurityAssociation};

use super::besides::Besides;
use super::evidence::damaged;
use super::frame::What;
use super::negotiation::{Emission, Negotiation};
use super::note::{Breach, Note};
use super::one_way::{is_anybodys, one_way, refuses_unseen};
use super::rebuild::{Circumstances, chosen, offered};
use super::states::went_on;
use super::vendor::Vendor;
use super::verdict::CaptureVerdict;
use crate::evidence::Captured;

/// What is worth knowing beside the verdict.
pub(super) fn notes(
    negotiation: &Negotiation<'_>,
    verdict: CaptureVerdict,
    circumstances: Option<&Circumstances>,
    vendors: &Sides<Option<Vendor>>,
) -> Vec<Note> {
    let mut notes = Vec::new();
    let one_way = one_way(negotiation);
    if negotiation.starts_late && verdict != CaptureVerdict::NotCaptured && one_way != Some(Role::Responder) {
        notes.push(Note::StartsLate);
    }
    if is_anybodys(negotiation) && verdict == CaptureVerdict::Undecided {
        notes.push(Note::OneSideAlone);
    } else if !negotiation.roles_sure
        && verdict != CaptureVerdict::NotCaptured
        && !refuses_unseen(negotiation)
    {
        notes.push(Note::RolesGuessed);
    }
    if verdict == CaptureVerdict::NotCaptured {
        notes.push(Note::NotCaptured);
    }
    if let Some(role) = one_way {
        notes.push(Note::OneWay { missing: role.other() });
    }
    if refuses_unseen(negotiation) {
        notes.push(Note::RefusedUnseen);
    }
    if verdict == CaptureVerdict::Undecided && negotiation.stops_at_am2() {
        notes.push(Note::EndsWithAm2);
    } else if verdict == CaptureVerdict::Undecided && one_way.is_none() && !is_anybodys(negotiation) {
        notes.push(Note::EndsEarly);
    }
    if negotiation.responder_cookies.len() > 1 {
        notes.push(Note::ResponderCookies(negotiation.responder_cookies.len()));
    }
    if negotiation.left_out > 0 {
        notes.push(Note::LeftOut(negotiation.left_out));
    }
    notes.extend(ignored(negotiation));
    // Of a failure the damage is told among its causes already.
    if !verdict.is_failure() {
        notes.extend(damaged(negotiation).into_iter().map(Note::Damaged));
    }
    notes.extend(unreadable(negotiation));
    notes.extend(forbidden(negotiation));
    notes.extend(phase_2(negotiation));
    if circumstances.is_some() && verdict.is_failure() {
        for (role, vendor) in vendors.both() {
            if vendor.as_ref().is_none_or(|vendor| vendor.profile.is_none()) {
                notes.push(Note::AnyDevice(role));
            }
        }
    }
    notes
}

/// Clear error notifies after which the other side went on.
fn ignored(negotiation: &Negotiation<'_>) -> Option<Note> {
    for (position, one) in negotiation.emissions.iter().enumerate() {
        let What::Notify(notify) = one.what else { continue };
        if !notify.is_error() {
            continue;
        }
        let receiver = one.sender.other();
        let after = negotiation.emissions.iter().skip(position + 1);
        let went_on =
            after.into_iter().find(|later| later.sender == receiver && matches!(later.what, What::Phase1(_)));
        // Once is enough: it shows what that side makes of such notifies.
        if let Some(later) = went_on {
            return Some(Note::Ignored { frame: one.frame(), notify, by: receiver, goes_on: later.frame() });
        }
    }
    None
}

/// Messages beside phase 1 that cannot be read, and how many were captured in part.
fn unreadable(negotiation: &Negotiation<'_>) -> Vec<Note> {
    let others = negotiation.emissions.iter().filter(|one| !matches!(one.what, What::Phase1(_)));
    let with_error = others.filter_map(|one| Some((one, one.sight()?.damage()?)));
    let told = with_error.take(3).map(|(one, error)| {
        Note::Damaged(Captured::Unreadable { frame: one.frame(), what: one.what, error })
    });
    let cut = negotiation.emissions.iter().filter(|one| one.sight().is_some_and(|sight| sight.cut)).count();
    told.chain((cut > 0).then_some(Note::Cut(cut))).collect()
}

/// Messages that lack what the RFC demands.
fn forbidden(negotiation: &Negotiation<'_>) -> Vec<Note> {
    let transform = chosen(negotiation).or_else(|| offered(negotiation).into_iter().next());
    // What a message must carry follows from the method; of one that nobody knows nothing is known.
    let own = Some(Authentication::PreShared.method());
    let method = transform.map_or(own, |transform| transform.method.method());
    // A resend breaks the same rule with the same bytes.
    let broken = negotiation.emissions.iter().filter(|one| one.repeats.is_none()).filter_map(|one| {
        let What::Phase1(message) = one.what else { return None };
        let sight =
            one.sight().filter(|sight| !sight.is_encrypted() && !sight.cut && sight.damage().is_none())?;
        let payloads = sight.payloads();
        let unlike = method.and_then(|method| message.row().check(method, &payloads).err());
        let how = unlike.map(Breach::Reason).or_else(|| proposals(&payloads))?;
        Some(Note::Breaks { frame: one.frame(), message, how })
    });
    broken.take(3).collect()
}

/// RFC 2409 5: there is one proposal, whatever it holds.
fn proposals(payloads: &[Payload]) -> Option<Breach> {
    let body = payloads.iter().find(|payload| payload.kind == PayloadType::SA)?;
    let count = SecurityAssociation::decode(&body.body).ok()?.proposals.len();
    (count > 1).then_some(Breach::Proposals(count))
}

/// What became of the exchanges under the SA, outside the verdict.
fn phase_2(negotiation: &Negotiation<'_>) -> Option<Note> {
    if !went_on(negotiation) {
        return None;
    }
    let mut quick: BTreeMap<u32, Sides<usize>> = BTreeMap::new();
    let mut others = 0;
    for one in &negotiation.emissions {
        match (one.what, one.sight()) {
            (What::Later(isakmp::ExchangeType::QUICK), Some(sight)) => {
                quick.entry(sight.header.message_id.0).or_default()[one.sender] += 1;
            }
            (What::Later(_), _) => others += 1,
            _ => {}
        }
    }
    let silent = quick.values().all(|n| n.responder == 0) && others == 0;
    // In Main Mode its own last message came before.
    let silent = silent && negotiation.mode == Some(Mode::Aggressive);
    (silent || others > 0).then_some(Note::Behind { silent, transactions: others })
}

/// What the captures hold besides IKEv1.
pub(super) fn besides(besides: Besides, captures: &[Capture]) -> Vec<Note> {
    let own = captures.iter().flat_map(|capture| capture.notes.iter().copied().map(Note::File));
    own.chain((besides != Besides::default()).then_some(Note::Besides(besides))).collect()
}

/// No peer has the address at which the capture is said to be taken.
pub(super) fn elsewhere(at: Option<IpAddr>, negotiations: &[Negotiation<'_>]) -> Option<Note> {
    let at = at?;
    let has = |one: &Negotiation<'_>| [one.ends.0.ip(), one.ends.1.ip()].contains(&at);
    (!negotiations.iter().any(has)).then_some(Note::Elsewhere(at))
}

/// What several negotiations of one pair say together.
pub(super) fn together(negotiations: &[Negotiation<'_>]) -> Vec<Note> {
    let mut notes = Vec::new();
    let mut pairs: BTreeMap<[IpAddr; 2], Vec<&Negotiation<'_>>> = BTreeMap::new();
    for one in negotiations {
        let mut pair = [one.ends.0.ip(), one.ends.1.ip()];
        pair.sort();
        pairs.entry(pair).or_default().push(one);
    }
    for (peers, list) in pairs {
        if list.len() < 2 {
            continue;
        }
        if let Some((first, second)) = opposite(&list) {
            let cookies = [first.cookies.initiator, second.cookies.initiator];
            notes.push(Note::Opposite { peers, cookies });
        }
        // Without its beginning nobody can say whether one is a new try.
        let count = list.iter().filter(|one| !one.starts_late).count();
        if count > 1 {
            notes.push(Note::Several { peers, count });
        }
    }
    let more = notes.len().saturating_sub(TOGETHER);
    notes.truncate(TOGETHER);
    notes.extend((more > 0).then_some(Note::More(more)));
    notes
}

/// Notes of this kind that are shown.
const TOGETHER: usize = 10;

/// Two that overlap and were begun by different ends.
fn opposite<'n, 'c>(list: &[&'n Negotiation<'c>]) -> Option<(&'n Negotiation<'c>, &'n Negotiation<'c>)> {
    let span = |one: &Negotiation<'_>| {
        let first = one.emissions.first().map_or(Duration::ZERO, Emission::at);
        (first, one.emissions.last().map_or(first, Emission::at))
    };
    // Neighbours alone: what was begun at the same time stands side by side in the order of time.
    list.iter().zip(list.iter().skip(1)).find_map(|(first, second)| {
        let apart = first.ends.0.ip() != second.ends.0.ip();
        let overlap = span(second).0 <= span(first).1;
        (apart && overlap).then_some((*first, *second))
    })
}
