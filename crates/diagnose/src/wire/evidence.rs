//! What speaks for a cause and against it, with the frames; and what is said beside the verdict.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::time::Duration;

use capture::Capture;
use ike::script::row_of;
use ike::{Mode, NotifyType, Role};
use sim::{Cause, state_name};

use super::base::{Base, offered, translated};
use super::find::{Emission, Found, Negotiation};
use super::judge::{Match, Verdict, ends, port, sources, went_on};
use super::proof::Proof;
use super::runs::Vantage;
use super::sight::What;
use super::vendor::Vendor;
use crate::compare::plural;
use crate::explain::notes::of;

/// Frames that are named one by one; more are counted.
const NAMED: usize = 6;

/// `MSG5`, in Aggressive Mode `AM3`.
pub fn name(mode: Option<Mode>, what: What) -> String {
    match (mode, what) {
        (Some(Mode::Aggressive), What::Phase1(number)) => format!("AM{number}"),
        (_, What::Sealed) => "an encrypted Informational".into(),
        (_, What::Notify(notify)) if notify.0 != 0 => format!("{notify} in clear"),
        _ => what.to_string(),
    }
}

/// `frame 7`, `frames 1, 3, 5`, `frames 1, 3, 5, 7, 9, 11 and 4 more`.
fn frames<'e>(list: impl IntoIterator<Item = &'e Emission<'e>>) -> String {
    let numbers: Vec<String> = list.into_iter().map(Emission::frame).collect();
    let word = if numbers.len() == 1 { "frame" } else { "frames" };
    let more = numbers.len().saturating_sub(NAMED);
    let shown: Vec<String> = numbers.into_iter().take(NAMED).collect();
    let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{word} {}{rest}", shown.join(", "))
}

/// Each message that was repeated, lost or altered, and each notify, with its frames.
pub(super) fn seen(negotiation: &Negotiation<'_>) -> Vec<String> {
    let mut groups: Vec<(Role, What, Vec<&Emission<'_>>)> = Vec::new();
    for one in &negotiation.emissions {
        match groups.iter_mut().find(|(role, what, _)| (*role, *what) == (one.sender, one.what)) {
            Some((.., list)) => list.push(one),
            None => groups.push((one.sender, one.what, vec![one])),
        }
    }
    let is_told = |what: &What| matches!(what, What::Phase1(_) | What::Notify(_) | What::Sealed);
    let last = groups.iter().rposition(|(_, what, _)| matches!(what, What::Phase1(_)));
    let mut lines = Vec::new();
    for (position, (role, what, list)) in groups.iter().enumerate().filter(|(_, (_, what, _))| is_told(what)) {
        let repeated = list.iter().any(|one| one.repeats.is_some());
        if !repeated && matches!(what, What::Phase1(_)) && Some(position) != last && !lost(negotiation, list) {
            continue;
        }
        lines.push(line(negotiation, *role, *what, list));
    }
    lines
}

/// Some of these never came to the other place.
fn lost(negotiation: &Negotiation<'_>, list: &[&Emission<'_>]) -> bool {
    negotiation.places.len() > 1 && list.iter().any(|one| one.near.is_none() || one.far.is_none() || one.altered)
}

fn line(negotiation: &Negotiation<'_>, role: Role, what: What, list: &[&Emission<'_>]) -> String {
    let name = name(negotiation.mode, what);
    let times = if list.len() == 1 { String::new() } else { format!(", {} times", list.len()) };
    let mut text = format!("{}: {name} from the {role}{times}", frames(list.iter().copied()));
    if negotiation.places.len() > 1 {
        let arrived = list.iter().filter(|one| one.near.is_some() && one.far.is_some()).count();
        let left = list.iter().filter(|one| one.near.is_some()).count();
        let altered = list.iter().filter(|one| one.altered).count();
        text += &match (left, arrived) {
            (0, _) => "; seen at the other side only".into(),
            (left, arrived) if left == arrived => "; came to the other side".into(),
            (_, 0) => "; none came to the other side".into(),
            (left, arrived) => format!("; {arrived} of {left} came to the other side"),
        };
        if altered > 0 {
            text += &format!("; {altered} with other bytes");
        }
    }
    if matches!(what, What::Phase1(_)) && !answered(negotiation, what) {
        text += ", and no answer to it";
    }
    text
}

/// The message that answers this one was seen.
fn answered(negotiation: &Negotiation<'_>, what: What) -> bool {
    let What::Phase1(number) = what else { return true };
    let last = match negotiation.mode {
        Some(Mode::Aggressive) => 3,
        _ => 6,
    };
    number >= last
        || negotiation.emissions.iter().any(|one| matches!(one.what, What::Phase1(later) if later > number))
}

/// What speaks for this cause alone.
pub(super) fn supports(
    negotiation: &Negotiation<'_>,
    base: &Base,
    cause: Cause,
    list: &[&Match],
    proofs: &[Proof],
) -> Vec<String> {
    let mut lines = Vec::new();
    let (count, state) = sources(cause, list);
    match cause {
        Cause::PskMismatch => lines.extend(proofs.iter().flat_map(wrong)),
        Cause::MessageCorrupted => lines.extend(damaged(negotiation)),
        Cause::PolicyMismatch => lines.extend(offer(negotiation)),
        Cause::Port4500Blocked => {
            let who = match translated(negotiation) {
                [true, true] => "both",
                [true, false] => "the initiator",
                _ => "the responder",
            };
            lines.push(format!("a NAT stands in front of {who}: the exchange moves to UDP {}", port(negotiation).max(4500)));
        }
        _ => {}
    }
    if list.iter().all(|one| one.profiles != base.profiles) {
        lines.extend(like(base, list));
    }
    if count > 0 {
        lines.push(format!("{count} of about 30 public reports name it for {}", state_name(state)));
    }
    lines
}

/// Whom a side whose vendor is not known must behave like for this.
fn like(base: &Base, list: &[&Match]) -> Vec<String> {
    let mut lines = Vec::new();
    for (index, role) in [Role::Initiator, Role::Responder].into_iter().enumerate() {
        let mut names: Vec<&str> = list.iter().filter_map(|one| one.profiles.get(index)).map(|p| p.name).collect();
        names.sort_unstable();
        names.dedup();
        if base.profiles.get(index).is_some_and(|usual| !names.contains(&usual.name)) {
            lines.push(format!("it fits if the {role} behaves like {} [I]", names.join(" or ")));
        }
    }
    lines
}

/// What was offered, for a comparison with the other side's policies.
fn offer(negotiation: &Negotiation<'_>) -> Vec<String> {
    let offers: Vec<String> = offered(negotiation).into_iter().map(|(words, _)| words).collect();
    if offers.is_empty() {
        return Vec::new();
    }
    let more = offers.len().saturating_sub(4);
    let rest = if more > 0 { format!(", and {more} more") } else { String::new() };
    let shown: Vec<String> = offers.into_iter().take(4).collect();
    vec![format!("the initiator offers {}{rest}", shown.join(", "))]
}

/// Hashes that a candidate does not make.
fn wrong(proof: &Proof) -> Vec<String> {
    let of = |(role, frame, _): &(Role, String, bool)| {
        format!("frame {frame}: the {role}'s HASH is not what the key of {} makes it", proof.name)
    };
    proof.hashes.iter().filter(|(.., equal)| !equal).map(of).collect()
}

/// Both sides proved one candidate: the keys are equal.
pub(super) fn ruled_out(cause: Cause, proofs: &[Proof]) -> bool {
    let both = |proof: &Proof| proof.of(Role::Initiator) == Some(true) && proof.of(Role::Responder) == Some(true);
    cause == Cause::PskMismatch && proofs.iter().any(both)
}

/// What speaks against this cause.
pub(super) fn against(
    negotiation: &Negotiation<'_>,
    cause: Cause,
    list: &[&Match],
    proofs: &[Proof],
) -> Vec<String> {
    let mut lines = Vec::new();
    if ruled_out(cause, proofs) {
        lines.push("both sides' hashes are what one given key makes them".into());
    }
    let vantages: Vec<Vantage> = list.iter().map(|one| one.vantage).collect();
    if let [Vantage::Beside(role), rest @ ..] = vantages.as_slice()
        && rest.iter().all(|other| other == &Vantage::Beside(*role))
        && *role == Role::Responder
    {
        lines.push("it fits only if the capture was taken beside the responder".into());
    }
    if sources(cause, list).0 == 0 {
        let states: Vec<&str> = [Role::Initiator, Role::Responder]
            .into_iter()
            .filter_map(|role| list.first().map(|one| state_name(one.run.outcome.peer(role).last)))
            .filter(|state| *state != "NONE")
            .collect();
        if !states.is_empty() {
            lines.push(format!("no public report of about 30 names it for {}", states.join(" or ")));
        }
    }
    let on_the_path =
        matches!(cause, Cause::NoRoute | Cause::Port500Blocked | Cause::PeerDown | Cause::WrongPeerAddress);
    let back = negotiation.emissions.iter().find(|one| one.sender == Role::Responder);
    if let (true, Some(back)) = (on_the_path, back) {
        let what = name(negotiation.mode, back.what);
        lines.push(format!("frame {}: {what} from the responder was on the wire", back.frame()));
    }
    lines
}

/// The observation that tells this cause from the others, and what each side would show.
pub(super) fn decides(cause: Cause, list: &[&Match], negotiation: &Negotiation<'_>) -> String {
    let mut text = of(cause).apart.to_owned();
    for role in [Role::Initiator, Role::Responder] {
        let mut states: Vec<&str> = list.iter().map(|one| state_name(one.run.state(role))).collect();
        states.sort_unstable();
        states.dedup();
        if states.is_empty() {
            continue;
        }
        let sends = negotiation.emissions.iter().any(|one| one.sender == role);
        if !sends || role == Role::Responder {
            text += &format!("; if so, the {role} shows {}", states.join(" or "));
        }
    }
    text
}

/// What is worth knowing beside the verdict.
pub(super) fn notes(
    negotiation: &Negotiation<'_>,
    verdict: Verdict,
    base: Option<&Base>,
    vendors: &[Option<Vendor>; 2],
) -> Vec<String> {
    let mut notes = Vec::new();
    if negotiation.starts_late && verdict != Verdict::NotCaptured {
        notes.push("the capture starts in the middle: what came before is not judged".into());
    }
    if !negotiation.roles_sure && verdict != Verdict::NotCaptured {
        notes.push("no message says who began: taken to be the one whose message comes first".into());
    }
    if verdict == Verdict::NotCaptured {
        notes.push("no message of phase 1 was captured under these cookies: it is older than the capture".into());
    }
    if verdict == Verdict::Undecided {
        notes.push("the capture ends before anything went wrong: capture for a minute or two".into());
    }
    if negotiation.responder_cookies.len() > 1 {
        let count = negotiation.responder_cookies.len();
        notes.push(format!("the responder answered with {count} different cookies: it began anew, or two devices answer"));
    }
    if negotiation.left_out > 0 {
        notes.push(format!("{} more messages are not looked at", negotiation.left_out));
    }
    notes.extend(ignored(negotiation));
    if !matches!(verdict, Verdict::Stalled | Verdict::HalfOpen | Verdict::NotUp) {
        notes.extend(damaged(negotiation));
    }
    notes.extend(unreadable(negotiation));
    notes.extend(forbidden(negotiation));
    notes.extend(phase_2(negotiation));
    if base.is_some() && matches!(verdict, Verdict::Stalled | Verdict::HalfOpen | Verdict::NotUp) {
        for (role, vendor) in [Role::Initiator, Role::Responder].iter().zip(vendors) {
            if vendor.as_ref().is_none_or(|vendor| vendor.profile.is_none()) {
                notes.push(format!("the {role} may be any device: it is taken to behave like one of those known here [I]"));
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
        if !notify.is_error() || notify == NotifyType(0) {
            continue;
        }
        let receiver = one.sender.other();
        let after = negotiation.emissions.iter().skip(position + 1);
        let went_on = after.into_iter().find(|later| later.sender == receiver && matches!(later.what, What::Phase1(_)));
        if let Some(later) = went_on {
            notes.push(format!(
                "frame {}: {notify} in clear; the {receiver} goes on in frame {}: it does not obey what nothing protects",
                one.frame(),
                later.frame()
            ));
            break;
        }
    }
    notes
}

/// Messages of phase 1 that arrived with other bytes, or cannot be read.
pub(super) fn damaged(negotiation: &Negotiation<'_>) -> Vec<String> {
    let phase_1 = negotiation.emissions.iter().filter(|one| matches!(one.what, What::Phase1(_)));
    let told = phase_1.filter_map(|one| {
        let name = name(negotiation.mode, one.what);
        match &one.far {
            Some(far) if one.altered => {
                Some(format!("frame {}: {name} arrives with other bytes in frame {}", one.frame(), far.frame_name()))
            }
            _ => one.sight()?.damage().map(|error| format!("frame {}: {name} cannot be read: {error}", one.frame())),
        }
    });
    told.take(3).collect()
}

/// Messages beside phase 1 that cannot be read, and how many were captured in part.
fn unreadable(negotiation: &Negotiation<'_>) -> Vec<String> {
    let others = negotiation.emissions.iter().filter(|one| !matches!(one.what, What::Phase1(_)));
    let with_error = others.filter_map(|one| Some((one, one.sight()?.damage()?)));
    let told = with_error.take(3).map(|(one, error)| {
        format!("frame {}: {} cannot be read: {error}", one.frame(), name(negotiation.mode, one.what))
    });
    let cut = negotiation.emissions.iter().filter(|one| one.sight().is_some_and(|sight| sight.cut)).count();
    let cut = (cut > 0).then(|| format!("{} captured in part (snap length): the content is not judged", plural(cut, "message")));
    told.chain(cut).collect()
}

/// Messages that lack what the RFC demands.
fn forbidden(negotiation: &Negotiation<'_>) -> Vec<String> {
    let Some(mode) = negotiation.mode else {
        return Vec::new();
    };
    let broken = negotiation.emissions.iter().filter(|one| one.repeats.is_none()).filter_map(|one| {
        let What::Phase1(number) = one.what else { return None };
        let sight = one.sight().filter(|sight| !sight.is_encrypted() && !sight.cut && sight.damage().is_none())?;
        let reason = row_of(mode, number)?.check(&sight.payloads()).err()?;
        let reason = crate::words::reason(&reason);
        Some(format!("frame {}: {} breaks the protocol: {reason}", one.frame(), name(Some(mode), one.what)))
    });
    broken.take(3).collect()
}

/// What became of the exchanges under the SA, outside the verdict.
fn phase_2(negotiation: &Negotiation<'_>) -> Option<String> {
    if !went_on(negotiation) {
        return None;
    }
    let mut quick: BTreeMap<u32, [usize; 2]> = BTreeMap::new();
    let mut others = 0;
    for one in &negotiation.emissions {
        match (one.what, one.sight()) {
            (What::Later(isakmp::ExchangeType::QUICK), Some(sight)) => {
                let counts = quick.entry(sight.header.message_id.0).or_default();
                let side = if one.sender == Role::Initiator { 0 } else { 1 };
                if let Some(count) = counts.get_mut(side) {
                    *count += 1;
                }
            }
            (What::Later(_), _) => others += 1,
            _ => {}
        }
    }
    let whole = quick.values().filter(|[i, r]| *i > 0 && *r > 0 && i + r >= 3).count();
    let open = quick.len() - whole;
    let silent = quick.values().all(|[_, r]| *r == 0) && others == 0;
    let mut parts = Vec::new();
    if silent && negotiation.mode == Some(Mode::Aggressive) {
        parts.push("the responder answers none of it, so it may never have accepted AM3".into());
    }
    if whole > 0 {
        parts.push(format!("{} went both ways", plural(whole, "Quick Mode exchange")));
    }
    if open > 0 {
        parts.push(format!("{} without an end: phase 2 failed or was cut off", plural(open, "Quick Mode exchange")));
    }
    if others > 0 {
        parts.push(format!("{} of Transaction exchanges (XAUTH, Mode Config)", plural(others, "message")));
    }
    Some(format!("after phase 1, not part of the verdict: {}", parts.join("; ")))
}

/// What the given keys prove.
pub(super) fn proved(proofs: &[Proof]) -> Vec<String> {
    let line = |proof: &Proof| {
        if proof.hashes.is_empty() {
            return format!("the key of {} could not be checked: Aggressive Mode, or a key line for Main Mode, is needed", proof.name);
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
pub(super) fn besides(found: &Found<'_>, captures: &[Capture]) -> Vec<String> {
    let mut notes: Vec<String> = captures.iter().flat_map(|capture| capture.notes.clone()).collect();
    let mut count = |number: u64, what: &str| {
        if number > 0 {
            notes.push(format!("{number} {what}"));
        }
    };
    count(found.version_2, "messages of IKEv2, which is judged by other rules: left alone");
    count(found.esp, "datagrams of UDP 4500 that are ESP or keepalives");
    count(found.unreadable, "datagrams of IKE's ports that are no IKE message");
    count(found.left_out, "more negotiations than are followed");
    notes
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
        let fresh = list.iter().filter(|one| !one.starts_late).count();
        if fresh > 1 {
            let way = list.first().map_or(String::new(), |one| ends(one.ends));
            notes.push(format!("{fresh} negotiations between {one} and {other}, the first {way}: a retry or a rekey each"));
        }
    }
    notes
}

/// Two that overlap and were begun by different ends.
fn opposite<'n, 'c>(list: &[&'n Negotiation<'c>]) -> Option<(&'n Negotiation<'c>, &'n Negotiation<'c>)> {
    let span = |one: &Negotiation<'_>| {
        let first = one.emissions.first().map_or(Duration::ZERO, Emission::at);
        (first, one.emissions.last().map_or(first, Emission::at))
    };
    list.iter().zip(list.iter().skip(1)).find_map(|(first, second)| {
        let apart = first.ends.0.ip() != second.ends.0.ip();
        let overlap = span(second).0 <= span(first).1;
        (apart && overlap).then_some((*first, *second))
    })
}
