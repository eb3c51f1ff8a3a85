//! What a capture shows for a cause or against it, in words.

use diagnose::captures::{Frame, Proof, What};
use diagnose::{About, Captured, Observation, Reached};
use ike::{Mode, OfferedTransform, Role, Sides};
use isakmp::ExchangeType;
use sim::{Cause, state_name};

use crate::reasons;

/// Frames that are named one by one; more are counted.
const NAMED: usize = 6;

/// What a message is called in a sentence.
pub(crate) fn name(what: What) -> String {
    match what {
        What::Sealed => "an encrypted Informational".into(),
        What::Notify(notify) => format!("{notify} in clear"),
        What::Phase1(name) => name.to_string(),
        What::OutOfScript(Mode::Main) => "Main Mode out of its order".into(),
        What::OutOfScript(Mode::Aggressive) => "Aggressive Mode out of its order".into(),
        What::Informational => "Informational".into(),
        What::Fragment => "fragment".into(),
        What::Later(ExchangeType::QUICK) => "Quick Mode".into(),
        What::Later(ExchangeType::TRANSACTION) => "Transaction".into(),
        What::Later(exchange) => format!("exchange {exchange}"),
    }
}

/// `frame 7`, `frames 1, 3, 5`, `frames 1, 3, 5, 7, 9, 11 and 4 more`.
fn frames(all: &[Frame]) -> String {
    let word = if all.len() == 1 { "frame" } else { "frames" };
    let more = all.len().saturating_sub(NAMED);
    let shown: Vec<String> = all.iter().take(NAMED).map(ToString::to_string).collect();
    let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{word} {}{rest}", shown.join(", "))
}

/// A line, or several.
pub(crate) fn captured(captured: &Captured) -> Vec<String> {
    vec![match captured {
        Captured::Sent { frames, what, from, reached, unanswered } => {
            sent(frames, (*what, *from), *reached, *unanswered)
        }
        Captured::Unreached { frames: all, what, by, about, port } => {
            let about = match about {
                About::Message(what) => name(*what),
                About::Of(role) => format!("a message of the {role}"),
            };
            let text = reasons::refusal(*what, *by, &about);
            // UDP 500 is what everybody expects.
            let port = if *port == 500 { String::new() } else { format!(" to port {port}") };
            format!("{}: {text}{port}", frames(all))
        }
        Captured::Version2Refused { frames: all, notify } => {
            format!("{}: {notify} from the responder, which refuses IKEv2", frames(all))
        }
        Captured::Altered { frame, what, arrives } => {
            format!("frame {frame}: {} arrives with other bytes in frame {arrives}", name(*what))
        }
        Captured::Unreadable { frame, what, error } => {
            format!("frame {frame}: {} cannot be read: {error}", name(*what))
        }
        Captured::Offered(offers) => return offered(offers),
        Captured::Moves { nat, moved } => moves(nat, *moved),
        Captured::Like { at, profiles } => {
            format!("it fits if the {at} behaves like {} [I]", profiles.join(" or "))
        }
        Captured::WrongKey(proof) => return wrong(proof),
        Captured::QuickLost { frame, from, times } => {
            format!(
                "frame {frame}: a message of Quick Mode from the {from}, sent {times} times, never arrives"
            )
        }
        Captured::QuickRefused { frame, by, notify } => {
            let who = by.map_or("its receiver".into(), |by| format!("the {by}"));
            format!("frame {frame}: {who} answered QM1 with {notify}, protected")
        }
        Captured::Deleted { frame, by, child, arrived } => {
            let what = if *child { "the child" } else { "phase 1" };
            match arrived {
                true => format!("frame {frame}: the {by} deletes {what}"),
                false => format!("frame {frame}: the Delete of {what} from the {by} never arrives"),
            }
        }
        Captured::OneKey => "both sides' hashes are what one given key makes them".into(),
        Captured::BesideResponder => "it fits only if the capture was taken beside the responder".into(),
        Captured::NoReports(states) => {
            let states: Vec<&str> = states.into_iter().filter(Option::is_some).map(state_name).collect();
            format!("no public report of about 30 names it for {}", states.join(" or "))
        }
        Captured::OnTheWire { frame, what } => {
            format!("frame {frame}: {} from the responder was on the wire", name(*what))
        }
    }]
}

fn sent(all: &[Frame], (what, from): (What, Role), reached: Option<Reached>, unanswered: bool) -> String {
    let times = if all.len() == 1 { String::new() } else { format!(", {} times", all.len()) };
    let mut text = format!("{}: {} from the {from}{times}", frames(all), name(what));
    if let Some(Reached { left, arrived, altered }) = reached {
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
    if unanswered {
        text += ", and no answer to it";
    }
    text
}

/// What was offered, for a comparison with the other side's policies.
fn offered(offers: &[OfferedTransform]) -> Vec<String> {
    if offers.is_empty() {
        return Vec::new();
    }
    let more = offers.len().saturating_sub(4);
    let rest = if more > 0 { format!(", and {more} more") } else { String::new() };
    let shown: Vec<String> = offers.iter().take(4).map(ToString::to_string).collect();
    vec![format!("the initiator offers {}{rest}", shown.join(", "))]
}

fn moves(nat: &Sides<bool>, moved: bool) -> String {
    let nat = match nat.into_array() {
        [true, true] => "a NAT stands in front of both",
        [true, false] => "a NAT stands in front of the initiator",
        [false, true] => "a NAT stands in front of the responder",
        // AM3, which would show it, was not captured: only runs with such a NAT fit.
        [false, false] => "it fits if a NAT stands in front of the initiator [I]",
    };
    let moves = if moved { "moves" } else { "would move" };
    format!("{nat}: the exchange {moves} to UDP 4500")
}

/// Hashes that a candidate does not make.
fn wrong(proof: &Proof) -> Vec<String> {
    let of = |(role, frame, _): &(Role, Frame, bool)| {
        format!("frame {frame}: the {role}'s HASH is not what the key of {} makes it", proof.name)
    };
    proof.hashes.iter().filter(|(.., equal)| !equal).map(of).collect()
}

/// The observation that tells a cause from the others, and what each side would show.
pub fn observation(observation: &Observation) -> String {
    let (cause, shows) = match observation {
        Observation::Cause { cause, shows } => (cause, shows),
        Observation::Quick(cause) => return quick(*cause).into(),
    };
    let mut text = crate::explain::decides(*cause).to_owned();
    for (role, states) in shows.both() {
        if !states.is_empty() {
            text += &format!("; if so, the {role} shows {}", states.join(" or "));
        }
    }
    text
}

/// A cause behind phase 1, what decides it.
const QUICK: [(Cause, &str); 6] = [
    (
        Cause::Deleted,
        "the log of who sent the Delete: an operator, a timer, or a peer that is not wanted any more",
    ),
    (Cause::MessageLost, "both captures: it left one side, and did not come to the other"),
    (Cause::ProxyMismatch, "the IDs of QM1 beside the called side's access list"),
    (Cause::TransformMismatch, "the SA of QM1 beside the called side's transform sets and mode"),
    (Cause::PfsMismatch, "whether QM1 has a KE, beside `set pfs` on the called side"),
    (Cause::CryptoMapIncomplete, "the called side's crypto map entry for this peer"),
];

fn quick(cause: Cause) -> &'static str {
    let known = QUICK.iter().find(|(known, _)| *known == cause);
    known.map_or("the called side's log", |(_, decides)| decides)
}
