//! Causes, the faults that make them, and the notifies that tell of them.

use ike::{Mode, NotifyType, Powers, Role, Sides};
use scenario::FaultKind;
use scenario::sweep::{Axes, BaseScenario, FaultText, Sweep};
use sim::Cause;

use super::lead::mend;
use super::state::seen;
use super::{Effect, Entry, Lead, RunEnd, Subject, lessons, pairs};
use crate::paste::refused_for;

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
fn end(kind: FaultKind, mode: Mode) -> Option<RunEnd> {
    // Run and not kept: a table would go on saying what the engine did when it was made.
    let faults = vec![vec![FaultText::example(kind)]];
    let axes = Axes { modes: vec![mode], faults, ..Axes::default() };
    let sweep = Sweep { bases: vec![BaseScenario::default()], axes };
    let scenario = sweep.point(0)?.scenario().ok()?;
    let outcome = sim::run_untraced(&scenario.setup, &Powers::none());
    let [initiator, responder] = Role::BOTH.map(|role| outcome.peers[role].state);
    Some(RunEnd { verdict: outcome.verdict, sides: Sides { initiator, responder } })
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
