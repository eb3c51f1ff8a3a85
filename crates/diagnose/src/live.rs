//! A live attempt is judged as a capture of its side is: the frames that were seen go through the same code. What this
//! side's own configuration refused comes first, for it is known and no guess.

use ike::{Instant, Label, MessageName, Mode, Role};
use sim::{Cause, Kind, Outcome, Setup, Timeline, Trace};

use crate::captures::{GivenKeys, Judge, Judgement, Vantage, captures};
use crate::one_side::{exchanged, own_causes};
use crate::{Finding, one_side, phase2, ranked};

/// What is concluded of an attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// The exchange that was seen; `None`: nothing was.
    pub mode: Option<Mode>,
    /// This side is up, and what it saw says that the other is not.
    pub half_open: bool,
    /// The causes, likeliest first; empty where everything that was asked for works.
    pub causes: Vec<Finding>,
}

/// Judges what `role` saw of a negotiation with a peer that is not ours.
pub fn attempt(setup: &Setup, trace: &Trace, outcome: &Outcome, role: Role) -> Attempt {
    let captures = captures(trace, Vantage::Beside(role), outcome.ended.since(Instant::ZERO));
    let own = setup.hosts[role].address;
    let findings = Judge::default().taken_at(Some(own)).judge(&captures, &keys(setup, trace, role));
    // A peer may begin anew behind a failure: the attempt is the one that this side holds.
    let cookies = Timeline::after(trace.entries()).sides[role].furthest().and_then(|one| one.made);
    let is_it = |one: &&Judgement<'_>| cookies.is_some_and(|(.., held)| one.negotiation.cookies == held);
    let judged = findings.judgements.iter().find(is_it).or(findings.judgements.first());
    let mode = judged.and_then(|one| one.negotiation.mode).or_else(|| first_mode(trace));
    let suspects = judged.map(|one| one.causes.as_slice()).unwrap_or_default();
    let not_up = |one: &&Judgement<'_>| one.verdict.is_failure();
    let half_open = outcome.works()
        // A child that is up proves phase 1 at both.
        && outcome.phase_2.is_none()
        && judged.filter(not_up).is_some_and(|one| !one.causes.is_empty());
    if outcome.works() && !half_open {
        return Attempt { mode, half_open, causes: Vec::new() };
    }
    if outcome.phase_2.is_some() && phase2::reached(trace, role) {
        return Attempt { mode, half_open, causes: phase2::seen_by(setup, trace, role) };
    }
    if judged.is_none() {
        // Nothing of IKE went either way.
        return Attempt { mode, half_open, causes: one_side::find(setup, trace, outcome, role) };
    }
    let said = exchanged(trace, role);
    let mut causes = own_causes(setup, trace, role, &said);
    for cause in &mut causes {
        // With the addresses and the offer that were seen: a supposed peer has neither.
        if let Some(seen) = suspects.iter().find(|one| one.cause == cause.cause) {
            cause.remedy.clone_from(&seen.remedy);
        }
    }
    let known = causes.len();
    let others = suspects.iter().filter(|one| causes.iter().take(known).all(|own| own.cause != one.cause));
    // What this side saw, in place of the frames of a capture.
    let others = others.map(|one| (one.clone(), said.iter().chain(&one.evidence).cloned().collect()));
    let others: Vec<Finding> = others.map(|(one, evidence)| Finding { evidence, ..one }).collect();
    causes.extend(others);
    if !trace.entries().iter().any(|entry| matches!(entry.kind, Kind::Arrived(_) | Kind::Unreached { .. })) {
        silent(mode, &mut causes);
    }
    Attempt { mode, half_open, causes: ranked(causes) }
}

/// The exchange of the first message that went either way.
fn first_mode(trace: &Trace) -> Option<Mode> {
    let datagrams = trace.entries().iter().filter_map(|entry| entry.kind.arrived().or(entry.kind.sent()));
    let names = datagrams.filter_map(|datagram| match datagram.label {
        Label::Message { name, .. } => Some(name),
        Label::Notify { .. } | Label::Delete { .. } | Label::Foreign { .. } => None,
    });
    names.filter_map(MessageName::mode).next()
}

/// Neither an answer nor an ICMP error, which was asked for: what a daemon refuses without a word stands first or second.
fn silent(mode: Option<Mode>, causes: &mut Vec<Finding>) {
    let words: &[(usize, Cause)] = match mode {
        // pluto: no connection for this identity, or for this mode [I].
        Some(Mode::Aggressive) => &[(0, Cause::AggressiveModeDisabled), (1, Cause::IdentityMismatch)],
        // The likeliest on the path stays first.
        Some(Mode::Main) => &[(1, Cause::MissingTunnelGroup)],
        None => &[],
    };
    for (place, cause) in words {
        if let Some(at) = causes.iter().position(|one| one.cause == *cause) {
            let moved = causes.remove(at);
            causes.insert((*place).min(causes.len()), moved);
        }
    }
}

/// What this side can open and check: its own key, and what came of it.
fn keys(setup: &Setup, trace: &Trace, role: Role) -> GivenKeys {
    let mut keys = GivenKeys::default();
    let timeline = Timeline::after(trace.entries());
    for one in timeline.sides[role].negotiations.values() {
        if let (Some((.., cookies)), Some((_, keymat))) = (one.made, &one.standing.keys) {
            keys.cipher.insert(cookies.initiator, keymat.cipher_key.clone());
            keys.authenticators.insert(cookies.initiator, keymat.skeyid_a.clone());
        }
    }
    let own = &setup.hosts[role];
    let group = own.group_by_address(setup.hosts[role.other()].address).or(own.tunnel_groups.first());
    keys.pre_shared.extend(group.and_then(|group| Some(("this side".into(), group.pre_shared_key.clone()?))));
    keys
}
