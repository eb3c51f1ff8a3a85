//! States of phase 1, alone and in pairs, and what leads to them.

use ike::{Role, Sides, State};
use sim::state_name;

use super::lead::ranked;
use super::state_names::StateName;
use super::{Entry, Pair, Subject, lessons, pairs, same};
use crate::rank;

/// What one or two named states are.
pub(super) fn explain(names: &[StateName<'_>]) -> Option<Entry> {
    match names {
        [one] => Some(alone(one)),
        [one, other] => Some(both(one, other)),
        _ => None,
    }
}

fn no_sa() -> Entry {
    let mut entry = Entry::new(Subject::NoSa);
    entry.seen = seen(pairs().filter(|pair| pair.sides.both().into_iter().any(|(_, state)| state.is_none())));
    entry.scenarios = lessons(|columns| columns.iter().skip(1).take(2).any(|column| *column == "NONE"));
    entry
}

fn alone(name: &StateName<'_>) -> Entry {
    let of_role = name.role.map_or_else(|| any(name), |role| name.of(role));
    let never = name.role.filter(|_| of_role.is_empty());
    // That this role is never in it is said as well; the state is explained all the same.
    let states = if of_role.is_empty() { any(name) } else { of_role };
    let known: Vec<State> = states.into_iter().flatten().collect();
    let subject = match known.as_slice() {
        [] => return no_sa(),
        [only] => Subject::State { state: *only, instant: same(name.word, "AG_AUTH"), never },
        _ => Subject::States { name: name.word.to_uppercase(), states: known.clone(), never },
    };
    let is_known = |state: &Option<State>| state.is_some_and(|state| known.contains(&state));
    let here = |pair: &Pair| pair.sides.both().into_iter().any(|(_, state)| is_known(state));
    explained(subject, pairs().filter(here).collect(), &known)
}

/// Every state of either role that the name stands for.
fn any(name: &StateName<'_>) -> Vec<Option<State>> {
    let mut states = Role::BOTH.map(|role| name.of(role)).concat();
    states.sort();
    states.dedup();
    states
}

/// The causes of the pairs that have one of these states and, for one side alone was asked, the pairs themselves.
fn explained(subject: Subject, found: Vec<Pair>, states: &[State]) -> Entry {
    let mut entry = Entry::new(subject);
    // Of several states of one name the one that speaks most for the cause counts.
    let sources = |cause| states.iter().map(|state| rank::sources(Some(*state), cause)).max().unwrap_or(0);
    ranked(&mut entry, found.iter().map(Pair::lead), sources);
    entry.seen = seen(found.into_iter());
    entry.scenarios = lessons(|columns| states.iter().any(|state| columns.contains(&state.asa())));
    entry
}

/// The two as initiator and responder: as their roles say, else as they stand, else the other way round.
fn both(one: &StateName<'_>, other: &StateName<'_>) -> Entry {
    // One role is enough: it fixes the other's.
    let told = one.role == Some(Role::Initiator) || other.role == Some(Role::Responder);
    let turned = one.role == Some(Role::Responder) || other.role == Some(Role::Initiator);
    let straight = if turned { None } else { fitting(one, other) };
    if let Some(sides) = straight {
        return pair(sides, false);
    }
    if let Some(sides) = fitting(other, one).filter(|_| !told) {
        // Where a role was given, nothing was read the other way round.
        return pair(sides, !turned);
    }
    Entry::new(Subject::NoPair([one, other].map(|name| name.word.to_owned())))
}

/// Of the states that the two names stand for, a pair of one mode, one that a sweep reaches before all others.
fn fitting(initiator: &StateName<'_>, responder: &StateName<'_>) -> Option<Sides<Option<State>>> {
    let of_responder = responder.of(Role::Responder);
    let mut combined: Vec<Sides<Option<State>>> = initiator
        .of(Role::Initiator)
        .into_iter()
        .flat_map(|i| of_responder.iter().map(move |r| Sides { initiator: i, responder: *r }))
        .collect();
    let one_mode = |sides: &Sides<Option<State>>| {
        sides.initiator.zip(sides.responder).is_none_or(|(i, r)| i.mode() == r.mode())
    };
    combined.sort_by_key(|sides| (!pairs().any(|pair| pair.sides == *sides), !one_mode(sides)));
    combined.first().copied()
}

fn pair(sides: Sides<Option<State>>, turned: bool) -> Entry {
    let found: Vec<Pair> = pairs().filter(|pair| pair.sides == sides).collect();
    let mut entry = Entry::new(Subject::Pair { sides, turned, reached: !found.is_empty() });
    ranked(&mut entry, found.iter().map(Pair::lead), |cause| {
        rank::sources(sides.initiator, cause).max(rank::sources(sides.responder, cause))
    });
    let [i, r] = [sides.initiator, sides.responder].map(state_name);
    entry.scenarios = lessons(|columns| columns.get(1) == Some(&i) && columns.get(2) == Some(&r));
    entry
}

/// Who stands where in these pairs, each once.
pub(super) fn seen(pairs: impl Iterator<Item = Pair>) -> Vec<Sides<Option<State>>> {
    let mut seen: Vec<Sides<Option<State>>> = pairs.map(|pair| pair.sides).collect();
    seen.sort_by_key(|sides| [sides.initiator, sides.responder].map(state_name));
    seen.dedup();
    seen
}
