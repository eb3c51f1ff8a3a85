//! Where a run leaves its peers, in words.

use ike::{MessageName, Role, State};
use sim::{End, MAX_STEPS, Outcome, PeerOutcome, state_name};

use super::{LABEL, labelled};
use crate::Report;
use crate::ladder::Layout;
use crate::line::{GOOD, HEAD, Line, paint};
use crate::row::OWN_INVENTION;

/// Where each peer is left.
pub(super) fn left(report: &Report, layout: Layout) -> Vec<Line> {
    let Report { outcome, view, .. } = report;
    let mut lines = Vec::new();
    for role in Role::BOTH {
        if view.is_some_and(|view| view != role) {
            lines.extend(labelled(&role.to_string(), "not visible from here", layout));
        } else {
            lines.extend(peer(role, &outcome.peers[role], layout));
        }
    }
    if view.is_none() {
        lines.extend(labelled("outcome", &verdict(outcome), layout));
    }
    // An initiator learns the choice from message 2, a responder makes it.
    let seen = view.is_none_or(|view| {
        outcome.peers[view].received.iter().any(|name| name.number() == 2) || view == Role::Responder
    });
    if let Some(n) = outcome.negotiated.filter(|_| seen) {
        let values = format!(
            "{} · {} · group {} · {} · lifetime {} s",
            n.encryption.name(),
            n.hash.name(),
            n.group.number(),
            n.authentication,
            n.lifetime
        );
        lines.extend(labelled("negotiated", &values, layout));
    }
    lines
}

/// What the bound of steps leaves to say of a run that it ended.
pub fn cut_off(outcome: &Outcome) -> String {
    format!(
        "cut short after {MAX_STEPS} steps, at {} s: more was to come, and nothing is judged",
        outcome.ended
    )
}

pub(crate) fn verdict(outcome: &Outcome) -> String {
    if outcome.cut_off {
        return cut_off(outcome);
    }
    let keys = match outcome.keys_match {
        Some(true) => "both derived the same keys",
        Some(false) => "the two derived different keys",
        None => "no keys on at least one side",
    };
    format!("{} · {keys}", outcome.verdict)
}

pub(super) fn peer(role: Role, peer: &PeerOutcome, layout: Layout) -> Vec<Line> {
    let style = if peer.state.is_some_and(State::is_active) { GOOD } else { HEAD };
    let state = format!("{:<13}", state_name(peer.state));
    let ios = peer.state.map_or(String::new(), |state| format!("IOS {}", vendor::ios::state_name(state)));
    let part = format!("sent {} · accepted {}", numbers(&peer.sent), numbers(&peer.received));
    // 25: the margin, IOS's name and what stands between.
    let fits = LABEL + state.len() + end(peer).chars().count() + part.chars().count() + 25 <= layout.width;
    let facts = if fits { format!("{} · {part}", end(peer)) } else { end(peer) };
    let mut more = Vec::new();
    let narrow = 3 + LABEL + state.len() + 18 + facts.chars().count() > layout.width;
    let shown = if narrow { String::new() } else { facts };
    let name = Line::from(format!("   {:<LABEL$}", role.to_string()));
    let first = name.then(paint(style, &state)).then(format!(" {ios:<16} {shown}"));
    if narrow {
        more.push(end(peer));
    }
    if !fits {
        more.push(part);
    }
    // No device has it: whoever looks the name up would search in vain.
    if peer.state == Some(State::AmWaitMsg4) {
        more.push(format!("AM_WAIT_MSG4 {OWN_INVENTION}"));
    }
    if !peer.notifies.is_empty() {
        let names: Vec<String> = peer.notifies.iter().map(ToString::to_string).collect();
        more.push(format!("it notified {}", names.join(", ")));
    }
    let more = more.iter().flat_map(|line| labelled("", line, layout));
    [first].into_iter().chain(more).collect()
}

pub(super) fn numbers(list: &[MessageName]) -> String {
    let words: Vec<String> = list.iter().map(|name| name.number().to_string()).collect();
    if words.is_empty() { "nothing".into() } else { words.join(" ") }
}

/// What ended a peer's part, and when.
pub(crate) fn end(peer: &PeerOutcome) -> String {
    let at = peer.at;
    // An SA that is gone has no state; people remember the one that they saw.
    let was = match peer.last {
        Some(last) if peer.state != Some(last) => format!(", last {last}"),
        _ => String::new(),
    };
    match peer.end {
        End::Active => format!("active since {at} s"),
        End::GaveUp => format!("gave up at {at} s{was}"),
        End::Waiting => format!("still waiting at {at} s"),
        End::Rejected => format!("rejected at {at} s{was}"),
        End::Deleted => format!("deleted at {at} s{was}"),
        End::NoSa => "never made an SA".into(),
    }
}
