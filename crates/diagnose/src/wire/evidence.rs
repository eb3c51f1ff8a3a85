//! What speaks for a cause and against it, with the frames; and what is said beside the verdict.

use ike::Role;
use sim::{Cause, state_name};

use super::base::{Base, floated, offered, translated};
use super::find::{Emission, Negotiation};
use super::fits::Ground;
use super::one_way::one_way;
use super::proof::Proof;
use super::refusal;
use super::sight::What;
use crate::explain::notes::of;
use crate::words;

/// Frames that are named one by one; more are counted.
const NAMED: usize = 6;

/// What a message is called in a sentence.
pub fn name(what: What) -> String {
    match what {
        What::Sealed => "an encrypted Informational".into(),
        What::Notify(notify) => format!("{notify} in clear"),
        What::Phase1(_) | What::OutOfScript(_) | What::Informational | What::Fragment | What::Later(_) => {
            what.to_string()
        }
    }
}

/// `frame 7`, `frames 1, 3, 5`, `frames 1, 3, 5, 7, 9, 11 and 4 more`.
pub(super) fn frames(numbers: Vec<String>) -> String {
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
    let is_told = |what: &What| !matches!(what, What::Fragment | What::Later(_));
    let last = groups.iter().rposition(|(_, what, _)| matches!(what, What::Phase1(_)));
    let mut lines = Vec::new();
    for (position, (role, what, list)) in groups.iter().enumerate().filter(|(_, (_, what, _))| is_told(what))
    {
        let repeated = list.iter().any(|one| one.repeats.is_some());
        // What came through and was answered is no news; where the exchange stopped is.
        if !repeated && matches!(what, What::Phase1(_)) && Some(position) != last && !lost(negotiation, list)
        {
            continue;
        }
        lines.push(line(negotiation, *role, *what, list));
    }
    lines.extend(refusal::seen(negotiation, |one| name(one.what)));
    lines
}

/// Some of these never came to the other place.
fn lost(negotiation: &Negotiation<'_>, list: &[&Emission<'_>]) -> bool {
    negotiation.places.len() > 1
        && list.iter().any(|one| one.near.is_none() || one.far.is_none() || one.altered)
}

fn line(negotiation: &Negotiation<'_>, role: Role, what: What, list: &[&Emission<'_>]) -> String {
    let name = name(what);
    let times = if list.len() == 1 { String::new() } else { format!(", {} times", list.len()) };
    let mut text =
        format!("{}: {name} from the {role}{times}", frames(list.iter().map(|one| one.frame()).collect()));
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
    if matches!(what, What::Phase1(_)) && !answered(negotiation, what) && one_way(negotiation).is_none() {
        text += ", and no answer to it";
    }
    text
}

/// The message that answers this one was seen.
fn answered(negotiation: &Negotiation<'_>, what: What) -> bool {
    let What::Phase1(name) = what else { return true };
    let later = |one: &Emission<'_>| matches!(one.what, What::Phase1(later) if later > name);
    // Nothing answers the last message, be it the third or a promised fourth.
    name.is_last(false) || name.is_last(true) || negotiation.emissions.iter().any(later)
}

/// What speaks for this cause alone.
pub(super) fn supports(
    negotiation: &Negotiation<'_>,
    base: &Base,
    ground: &Ground,
    proofs: &[Proof],
) -> Vec<String> {
    let mut lines = Vec::new();
    let (count, state) = ground.sources;
    match ground.cause {
        Cause::PortClosed => {
            lines.push(words::CLOSED_BY_ITSELF.into());
        }
        Cause::PskMismatch => lines.extend(proofs.iter().flat_map(wrong)),
        Cause::MessageCorrupted => lines.extend(damaged(negotiation)),
        Cause::PolicyMismatch => lines.extend(offer(negotiation)),
        Cause::Port4500Blocked => {
            let nat = match translated(negotiation).into_array() {
                [true, true] => "a NAT stands in front of both",
                [true, false] => "a NAT stands in front of the initiator",
                [false, true] => "a NAT stands in front of the responder",
                // AM3, which would show it, was not captured: only runs with such a NAT fit.
                [false, false] => "it fits if a NAT stands in front of the initiator [I]",
            };
            let moves = if floated(negotiation) { "moves" } else { "would move" };
            lines.push(format!("{nat}: the exchange {moves} to UDP 4500"));
        }
        Cause::MissingTunnelGroup
        | Cause::MissingPsk
        | Cause::IkeDisabled
        | Cause::AggressiveModeDisabled
        | Cause::WrongPeerAddress
        | Cause::IkeVersion
        | Cause::XauthMissing
        | Cause::IdentityMismatch
        | Cause::NoRoute
        | Cause::PeerDown
        | Cause::Port500Blocked
        | Cause::MessageLost
        | Cause::MessageLate
        | Cause::TransformMismatch
        | Cause::PfsMismatch
        | Cause::ProxyMismatch
        | Cause::CryptoMapIncomplete
        | Cause::MapUnbound
        | Cause::Deleted
        | Cause::PeerMisbehaved => {}
    }
    if !ground.usual {
        lines.extend(like(base, ground));
    }
    if count > 0 {
        lines.push(format!("{count} of about 30 public reports name it for {}", state_name(state)));
    }
    lines
}

/// Whom a side whose vendor is not known must behave like for this.
fn like(base: &Base, ground: &Ground) -> Vec<String> {
    let unlike = ground.profiles.both().into_iter();
    unlike
        .filter(|(role, names)| !names.contains(&base.profiles[*role].name))
        .map(|(role, names)| format!("it fits if the {role} behaves like {} [I]", names.join(" or ")))
        .collect()
}

/// What was offered, for a comparison with the other side's policies.
fn offer(negotiation: &Negotiation<'_>) -> Vec<String> {
    let offers: Vec<String> = offered(negotiation).iter().map(ToString::to_string).collect();
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
    let both =
        |proof: &Proof| proof.of(Role::Initiator) == Some(true) && proof.of(Role::Responder) == Some(true);
    cause == Cause::PskMismatch && proofs.iter().any(both)
}

/// What speaks against this cause.
pub(super) fn against(negotiation: &Negotiation<'_>, ground: &Ground, proofs: &[Proof]) -> Vec<String> {
    let mut lines = Vec::new();
    let cause = ground.cause;
    if ruled_out(cause, proofs) {
        lines.push("both sides' hashes are what one given key makes them".into());
    }
    if ground.beside_responder {
        lines.push("it fits only if the capture was taken beside the responder".into());
    }
    if ground.sources.0 == 0 {
        let states: Vec<&str> = ground.last.into_iter().filter(Option::is_some).map(state_name).collect();
        if !states.is_empty() {
            lines.push(format!("no public report of about 30 names it for {}", states.join(" or ")));
        }
    }
    // A way or a host that is gone lets nothing through, not even one message.
    let on_the_path =
        matches!(cause, Cause::NoRoute | Cause::Port500Blocked | Cause::PeerDown | Cause::WrongPeerAddress);
    let back = negotiation.emissions.iter().find(|one| one.sender == Role::Responder);
    if let (true, Some(back)) = (on_the_path, back) {
        let what = name(back.what);
        lines.push(format!("frame {}: {what} from the responder was on the wire", back.frame()));
    }
    lines
}

/// The observation that tells this cause from the others, and what each side would show.
pub(super) fn decides(ground: &Ground, negotiation: &Negotiation<'_>) -> String {
    let mut text = of(ground.cause).apart.to_owned();
    for (role, states) in ground.states.both() {
        let sends = negotiation.emissions.iter().any(|one| one.sender == role);
        if !states.is_empty() && (!sends || role == Role::Responder) {
            text += &format!("; if so, the {role} shows {}", states.join(" or "));
        }
    }
    text
}

/// Messages of phase 1 that arrived with other bytes, or cannot be read.
pub(super) fn damaged(negotiation: &Negotiation<'_>) -> Vec<String> {
    let phase_1 = negotiation.emissions.iter().filter(|one| matches!(one.what, What::Phase1(_)));
    let told = phase_1.filter_map(|one| {
        let name = name(one.what);
        match &one.far {
            Some(far) if one.altered => Some(format!(
                "frame {}: {name} arrives with other bytes in frame {}",
                one.frame(),
                far.frame_name()
            )),
            _ => one
                .sight()?
                .damage()
                .map(|error| format!("frame {}: {name} cannot be read: {error}", one.frame())),
        }
    });
    told.take(3).collect()
}
