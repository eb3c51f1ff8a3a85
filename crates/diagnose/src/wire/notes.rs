//! What is said beside the verdict.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::time::Duration;

use capture::Capture;
use ike::{Authentication, Mode, Role, Sides};
use isakmp::{Payload, PayloadType, SecurityAssociation};

use super::base::{Base, chosen, offered};
use super::evidence::{damaged, name};
use super::find::{Besides, Emission, Negotiation};
use super::judge::{Verdict, stops_at_am2};
use super::one_way::{is_anybodys, one_way, refuses_unseen};
use super::proof::Proof;
use super::sight::What;
use super::standing::went_on;
use super::vendor::Vendor;
use crate::compare::plural;

/// What is worth knowing beside the verdict.
pub(super) fn notes(
    negotiation: &Negotiation<'_>,
    verdict: Verdict,
    base: Option<&Base>,
    vendors: &Sides<Option<Vendor>>,
) -> Vec<String> {
    let mut notes = Vec::new();
    let one_way = one_way(negotiation);
    if negotiation.starts_late && verdict != Verdict::NotCaptured && one_way != Some(Role::Responder) {
        notes.push("the capture starts in the middle: what came before is not judged".into());
    }
    if is_anybodys(negotiation) && verdict == Verdict::Undecided {
        notes.push(
            "one side's messages alone, and none says whether it began: it may as well have answered".into(),
        );
    } else if !negotiation.roles_sure && verdict != Verdict::NotCaptured && !refuses_unseen(negotiation) {
        notes.push("no message says who began: taken to be the one whose message comes first".into());
    }
    if verdict == Verdict::NotCaptured {
        notes.push(
            "no message of phase 1 was captured under these cookies: it is older than the capture".into(),
        );
    }
    if let Some(role) = one_way {
        notes.push(format!(
            "what the {} sent was not captured: take a capture of both directions",
            role.other()
        ));
    }
    if refuses_unseen(negotiation) {
        notes.push("the refused message was not captured: it may have been Main or Aggressive Mode".into());
    }
    if verdict == Verdict::Undecided && stops_at_am2(negotiation) {
        notes
            .push("the capture ends with AM2: if nothing follows it, the initiator did not accept it".into());
    } else if verdict == Verdict::Undecided && one_way.is_none() && !is_anybodys(negotiation) {
        notes.push("the capture ends before anything went wrong: capture for a minute or two".into());
    }
    if negotiation.responder_cookies.len() > 1 {
        let count = negotiation.responder_cookies.len();
        notes.push(format!(
            "the responder answered with {count} different cookies: it began anew, or two devices answer"
        ));
    }
    if negotiation.left_out > 0 {
        notes.push(format!("{} more messages are not looked at", negotiation.left_out));
    }
    notes.extend(ignored(negotiation));
    // Of a failure the damage is told among its causes already.
    if !matches!(verdict, Verdict::Stalled | Verdict::HalfOpen | Verdict::NotUp) {
        notes.extend(damaged(negotiation));
    }
    notes.extend(unreadable(negotiation));
    notes.extend(forbidden(negotiation));
    notes.extend(phase_2(negotiation));
    if base.is_some() && matches!(verdict, Verdict::Stalled | Verdict::HalfOpen | Verdict::NotUp) {
        for (role, vendor) in vendors.both() {
            if vendor.as_ref().is_none_or(|vendor| vendor.profile.is_none()) {
                notes.push(format!(
                    "the {role} may be any device: it is taken to behave like one of those known here [I]"
                ));
            }
        }
    }
    notes
}

/// Clear error notifies after which the other side went on.
fn ignored(negotiation: &Negotiation<'_>) -> Vec<String> {
    let mut notes = Vec::new();
    for (position, one) in negotiation.emissions.iter().enumerate() {
        let What::Notify(notify) = one.what else { continue };
        if !notify.is_error() {
            continue;
        }
        let receiver = one.sender.other();
        let after = negotiation.emissions.iter().skip(position + 1);
        let went_on =
            after.into_iter().find(|later| later.sender == receiver && matches!(later.what, What::Phase1(_)));
        if let Some(later) = went_on {
            notes.push(format!(
                "frame {}: {notify} in clear; the {receiver} goes on in frame {}: it does not obey what nothing protects",
                one.frame(),
                later.frame()
            ));
            // Once is enough: it shows what that side makes of such notifies.
            break;
        }
    }
    notes
}

/// Messages beside phase 1 that cannot be read, and how many were captured in part.
fn unreadable(negotiation: &Negotiation<'_>) -> Vec<String> {
    let others = negotiation.emissions.iter().filter(|one| !matches!(one.what, What::Phase1(_)));
    let with_error = others.filter_map(|one| Some((one, one.sight()?.damage()?)));
    let told = with_error
        .take(3)
        .map(|(one, error)| format!("frame {}: {} cannot be read: {error}", one.frame(), name(one.what)));
    let cut = negotiation.emissions.iter().filter(|one| one.sight().is_some_and(|sight| sight.cut)).count();
    let cut = (cut > 0).then(|| {
        format!("{} captured in part (snap length): the content is not judged", plural(cut, "message"))
    });
    told.chain(cut).collect()
}

/// Messages that lack what the RFC demands.
fn forbidden(negotiation: &Negotiation<'_>) -> Vec<String> {
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
        let unlike = unlike.map(|reason| crate::words::reason(&reason));
        let reason = unlike.or_else(|| proposals(&payloads))?;
        Some(format!("frame {}: {} breaks the protocol: {reason}", one.frame(), message))
    });
    broken.take(3).collect()
}

/// RFC 2409 5: there is one proposal, whatever it holds.
fn proposals(payloads: &[Payload]) -> Option<String> {
    let body = payloads.iter().find(|payload| payload.kind == PayloadType::SA)?;
    let count = SecurityAssociation::decode(&body.body).ok()?.proposals.len();
    (count > 1).then(|| format!("{count} Proposal payloads in the SA payload, where phase 1 has one"))
}

/// What became of the exchanges under the SA, outside the verdict.
fn phase_2(negotiation: &Negotiation<'_>) -> Option<String> {
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
    let mut parts = Vec::new();
    if silent && negotiation.mode == Some(Mode::Aggressive) {
        parts.push("the responder answers none of it, so it may never have accepted AM3".into());
    }
    if others > 0 {
        parts.push(format!("{} of Transaction exchanges (XAUTH, Mode Config)", plural(others, "message")));
    }
    (!parts.is_empty()).then(|| format!("after phase 1, not part of the verdict: {}", parts.join("; ")))
}

/// What the given keys prove.
pub(super) fn proved(proofs: &[Proof]) -> Vec<String> {
    let line = |proof: &Proof| {
        if proof.hashes.is_empty() {
            return format!(
                "the key of {} could not be checked: Aggressive Mode, or a key line for Main Mode, is needed",
                proof.name
            );
        }
        let each: Vec<String> = proof
            .hashes
            .iter()
            .map(|(role, frame, equal)| {
                format!("frame {frame}: the {role}'s HASH {}", if *equal { "verified" } else { "wrong" })
            })
            .collect();
        format!("the key of {}: {}", proof.name, each.join("; "))
    };
    proofs.iter().map(line).collect()
}

/// What the captures hold besides IKEv1.
pub(super) fn besides(besides: Besides, captures: &[Capture]) -> Vec<String> {
    let mut notes: Vec<String> = captures.iter().flat_map(|capture| capture.notes.clone()).collect();
    let mut count = |number: u64, what: &str| {
        if number > 0 {
            notes.push(format!("{number} {what}"));
        }
    };
    count(besides.version_2, "messages of IKEv2, which is judged by other rules: left alone");
    count(besides.esp, "datagrams of UDP 4500 that are ESP or keepalives");
    count(besides.unreadable, "datagrams of IKE's ports that are no IKE message");
    count(besides.icmp, "ICMP errors about IKE messages that were not captured");
    notes
}

/// No peer has the address at which the capture is said to be taken.
pub(super) fn elsewhere(at: Option<IpAddr>, negotiations: &[Negotiation<'_>]) -> Option<String> {
    let at = at?;
    let has = |one: &Negotiation<'_>| [one.ends.0.ip(), one.ends.1.ip()].contains(&at);
    (!negotiations.iter().any(has))
        .then(|| format!("no negotiation has {at}: that it was captured there says nothing"))
}

/// What several negotiations of one pair say together.
pub(super) fn together(negotiations: &[Negotiation<'_>]) -> Vec<String> {
    let mut notes = Vec::new();
    let mut pairs: BTreeMap<[IpAddr; 2], Vec<&Negotiation<'_>>> = BTreeMap::new();
    for one in negotiations {
        let mut pair = [one.ends.0.ip(), one.ends.1.ip()];
        pair.sort();
        pairs.entry(pair).or_default().push(one);
    }
    for ([one, other], list) in pairs {
        if list.len() < 2 {
            continue;
        }
        if let Some((first, second)) = opposite(&list) {
            notes.push(format!(
                "{one} and {other} began at the same time from opposite ends ({} and {}): judged separately",
                first.cookies.initiator, second.cookies.initiator
            ));
        }
        // Without its beginning nobody can say whether one is a new try.
        let fresh = list.iter().filter(|one| !one.starts_late).count();
        if fresh > 1 {
            notes.push(format!("{fresh} negotiations between {one} and {other}: a retry or a rekey each"));
        }
    }
    let more = notes.len().saturating_sub(TOGETHER);
    notes.truncate(TOGETHER);
    notes.extend((more > 0).then(|| format!("{more} more notes of this kind")));
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
