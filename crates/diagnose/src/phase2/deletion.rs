//! What an operator's clearing leads to, and whether the other side heard of it.

use ike::{Clear, Label, Role};
use sim::{Cause, ChildOutcome, Entry, EntryId, Outcome, Passage, Phase2, Setup, Trace};

use super::clearing::clearings;
use crate::causes::cause_of_loss;
use crate::critical::{End, Fate, fates_of};
use crate::evidence::found::copied;
use crate::evidence::{ChildEvidence, Evidence};
use crate::remedy::remedy;
use crate::{Finding, ranked};

/// The causes that were found, with the clearing by an operator where it ended something: in front where the tunnel had
/// passed, or where a message met what was cleared; behind a Delete that the other side never got.
pub(crate) fn with_deletion(
    setup: &Setup,
    trace: &Trace,
    outcome: &Outcome,
    found: Vec<Finding>,
) -> Vec<Finding> {
    if clearings(trace).next().is_none() {
        return found;
    }
    let passed = outcome.phase_2.as_ref().is_some_and(|phase_2| phase_2.passage == Passage::Deleted);
    let first = passed || found.first().is_none_or(|one| one.cause == Cause::Deleted);
    let (met, others): (Vec<_>, Vec<_>) = found.into_iter().partition(|one| one.cause == Cause::Deleted);
    let met = met.into_iter().flat_map(|one| one.evidence);
    let evidence = deletion(trace).into_iter().chain(met).collect();
    let deleted =
        Finding::new(Cause::Deleted, evidence, Some(remedy(setup, Cause::Deleted, Role::Initiator)));
    let lost = outcome.phase_2.as_ref().and_then(|phase_2| lost(setup, trace, phase_2));
    let mut all: Vec<Finding> = lost.into_iter().collect();
    match first {
        true => all.extend([deleted].into_iter().chain(others)),
        false => all.extend(others.into_iter().chain([deleted])),
    }
    ranked(all)
}

/// The Deletes that a clearing sent.
fn deletes(trace: &Trace, cleared: EntryId) -> impl Iterator<Item = &Entry> {
    let is_delete =
        |entry: &Entry| entry.kind.sent().is_some_and(|sent| matches!(sent.label, Label::Delete { .. }));
    trace.entries().iter().filter(move |later| later.cause == Some(cleared) && is_delete(later))
}

/// Who cleared what, and whether the other side was told.
fn deletion(trace: &Trace) -> Vec<Evidence> {
    let one = |(entry, at, clear): (&Entry, Role, Clear)| {
        let deletes = deletes(trace, entry.id).count();
        ChildEvidence::Cleared { at, clear, when: entry.at, deletes }.into()
    };
    clearings(trace).map(one).collect()
}

/// A Delete that did not get there, where the other side therefore holds what is gone here.
fn lost(setup: &Setup, trace: &Trace, phase_2: &Phase2) -> Option<Finding> {
    let differ = phase_2.phase_1_alive.initiator != phase_2.phase_1_alive.responder
        || phase_2.children.iter().any(ChildOutcome::held_by_one);
    clearings(trace).filter(|_| differ).find_map(|(cleared, role, _)| {
        deletes(trace, cleared.id).find_map(|delete| {
            let fates: Vec<Fate<'_>> = fates_of(trace, delete.id).collect();
            let cause = fates.iter().find_map(|fate| never_told(setup, fate))?;
            let copies = fates.iter().map(|fate| copied(setup, fate)).collect();
            let seen = ChildEvidence::DeleteLost { from: role, when: delete.at, copies };
            Some(Finding::new(cause, vec![seen.into()], Some(remedy(setup, cause, role.other()))))
        })
    })
}

fn never_told(setup: &Setup, fate: &Fate<'_>) -> Option<Cause> {
    match fate.end {
        End::Lost(by) => cause_of_loss(setup, by),
        End::Dropped(..) | End::Refused(..) => fate.is_damaged().then_some(Cause::MessageCorrupted),
    }
}
