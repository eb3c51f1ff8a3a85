//! Everything that is no state: causes, faults, messages, notifies, steps.

use ike::{MessageName, Mode, NotifyType, Powers, Role, Sides, State};
use scenario::FaultKind;
use scenario::sweep::{Axes, Base, FaultText, Sweep};
use sim::{Cause, state_name};

use super::lead::mend;
use super::{Effect, End, Entry, Lead, Pair, Step, Subject, lessons, pairs};
use crate::paste::refused_for;

pub(super) fn no_sa() -> Entry {
    let mut entry = Entry::new(Subject::NoSa);
    entry.seen = seen(pairs().filter(|pair| pair.sides.both().into_iter().any(|(_, state)| state.is_none())));
    entry.scenarios = lessons(|columns| columns.iter().skip(1).take(2).any(|column| *column == "NONE"));
    entry
}

/// Who stands where in these pairs, each once.
pub(super) fn seen(pairs: impl Iterator<Item = Pair>) -> Vec<Sides<Option<State>>> {
    let mut seen: Vec<Sides<Option<State>>> = pairs.map(|pair| pair.sides).collect();
    seen.sort_by_key(|sides| [sides.initiator, sides.responder].map(state_name));
    seen.dedup();
    seen
}

/// What the ASA calls things that are no waiting state of phase 1: steps of its error history, in which nobody rests
/// (`MM_SND_MSG5`, `AM_BLD_MSG2`, `MM_DONE`), and the exchange behind phase 1 (`AM_TM_INIT_XAUTH_V6C`).
pub(super) fn step(word: &str) -> Option<Entry> {
    let (mode, rest) = match word.split_once('_')? {
        ("MM", rest) => (Mode::Main, rest),
        ("AM", rest) => (Mode::Aggressive, rest),
        _ => return None,
    };
    let entry = |step| Some(Entry::new(Subject::Step(word.to_owned(), step)));
    if rest == "DONE" {
        return entry(Step::Done);
    }
    if let Some(what) = rest.strip_prefix("TM_INIT_") {
        return entry(if what.starts_with("XAUTH") { Step::Xauth } else { Step::ModeConfig });
    }
    let (doing, number) = rest.split_once("_MSG")?;
    // MM_SND_MSG6_H was seen in a trace: a second step of the same sending.
    let number: u8 = number.trim_end_matches("_H").parse().ok()?;
    let name = MessageName::new(mode, number)?;
    match doing {
        "BLD" => entry(Step::Built(name)),
        "SND" => entry(Step::Sent(name)),
        // WAIT is not here: those are states, and were found as such.
        _ => None,
    }
}

/// `kind`: the fault that bears the name of what it causes.
pub(super) fn about_cause(cause: Cause, kind: Option<FaultKind>) -> Entry {
    let mut entry = Entry::new(Subject::Cause(cause, kind.map(effect)));
    entry.seen = seen(pairs().filter(|pair| pair.cause == Some(cause)));
    // A word alone does not tell on which side it sits: in phase 2 either can be made like the other.
    let either = matches!(
        cause,
        Cause::TransformMismatch | Cause::PfsMismatch | Cause::CryptoMapIncomplete | Cause::MapUnbound
    );
    let at = if either { &[Role::Responder, Role::Initiator][..] } else { &[Role::Responder] };
    entry.mend = Some(mend(cause, at, false));
    entry.scenarios = lessons(|columns| columns.get(3) == Some(&cause.name()));
    entry
}

pub(super) fn about_fault(kind: FaultKind) -> Entry {
    let mut entry = Entry::new(Subject::Fault(effect(kind)));
    entry.scenarios =
        lessons(|columns| columns.get(5).is_some_and(|list| list.split(' ').any(|one| one == kind.name())));
    entry
}

/// What a fault does, run right now in both modes.
fn effect(kind: FaultKind) -> Effect {
    let ends = [Mode::Main, Mode::Aggressive].map(|mode| (mode, end(kind, mode)));
    Effect { kind, ends: ends.to_vec() }
}

/// What a fault of this kind leaves between two ASAs.
fn end(kind: FaultKind, mode: Mode) -> Option<End> {
    // Run and not kept: a table would go on saying what the engine did when it was made.
    let faults = vec![vec![FaultText::example(kind)]];
    let axes = Axes { modes: vec![mode], faults, ..Axes::default() };
    let sweep = Sweep { bases: vec![Base::default()], axes };
    let scenario = sweep.point(0)?.scenario().ok()?;
    let outcome = sim::run_untraced(&scenario.setup, &Powers::none());
    let [initiator, responder] = Role::BOTH.map(|role| outcome.peers[role].state);
    Some(End { verdict: outcome.verdict, sides: Sides { initiator, responder } })
}

pub(super) fn message(name: MessageName) -> Entry {
    let mut entry = Entry::new(Subject::Message(name));
    entry.scenarios = lessons(|columns| {
        columns.first().is_some_and(|file| file.contains(&format!("_{name}.").to_lowercase()))
    });
    entry
}

pub(super) fn about_notify(notify: NotifyType, name: &str) -> Entry {
    let mut entry = Entry::new(Subject::Notify(notify));
    // Of a notify alone nobody knows when it came.
    let causes = refused_for(notify, true).iter().filter_map(|issue| issue.cause());
    entry.leads = causes.map(|cause| Lead { cause, reports: 0, runs: None }).collect();
    entry.mend =
        entry.leads.first().map(|first| mend(first.cause, &[Role::Responder], entry.leads.len() > 1));
    entry.scenarios =
        lessons(|columns| columns.get(4).is_some_and(|list| list.split(' ').any(|one| one == name)));
    entry
}
