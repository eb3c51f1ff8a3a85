//! Phase 2: states of Quick Mode alone and in pairs, its messages, and what a run comes to.

use ike::{MessageName, QuickState, Role, Sides};
use sim::{Cause, Passage, quick_state_name};

use super::lead::{leads, led};
use super::{Entry, Runs, Subject, lessons, same};

/// Initiator, responder, verdict, cause, runs, one of them as a command.
const PAIRS: &str = include_str!("quick_pairs.tsv");

struct Pair {
    sides: Sides<Place>,
    passage: &'static str,
    cause: Option<Cause>,
    runs: Runs,
}

fn pairs() -> impl Iterator<Item = Pair> {
    PAIRS.lines().filter_map(|line| {
        let mut columns = line.split('\t');
        let mut next = || columns.next();
        let sides = Sides { initiator: place(next()?)?, responder: place(next()?)? };
        let (passage, cause) = (next()?, Cause::from_name(next()?));
        let runs = Runs { count: next()?.parse().ok()?, replay: next()? };
        Some(Pair { sides, passage, cause, runs })
    })
}

/// What other logs call the states: ikesim's own names are in none.
const ELSEWHERE: [(QuickState, &[&str]); 3] = [
    (QuickState::WaitMsg2, &["IKE_QM_I_QM1", "QUICK_I1"]),
    (QuickState::WaitMsg3, &["IKE_QM_R_QM2", "QUICK_R1"]),
    (QuickState::Active, &["IKE_QM_PHASE2_COMPLETE", "QUICK_I2", "QUICK_R2"]),
];

/// What debug output and daemons call a state of Quick Mode.
pub fn elsewhere(state: QuickState) -> &'static [&'static str] {
    ELSEWHERE.iter().find(|(one, _)| *one == state).map_or(&[], |(_, names)| *names)
}

/// Where one side is in Quick Mode; `None` within: it has none.
type Place = Option<QuickState>;

fn place(word: &str) -> Option<Place> {
    if same(word, "NONE") {
        return Some(None);
    }
    let short = word.to_uppercase().trim_start_matches("STATE_").to_owned();
    let found = ELSEWHERE
        .iter()
        .find(|(state, names)| same(state.name(), word) || names.iter().any(|name| same(name, &short)));
    found.map(|(state, _)| Some(*state))
}

/// How a run can end in phase 2. Not all: `deleted` is a cause as well, and its entry is the cause's.
const PASSAGES: [Passage; 5] = [
    Passage::Passes,
    Passage::Phase1Stalls,
    Passage::Phase2Refused,
    Passage::Phase2Stalled,
    Passage::NeverStarted,
];

const INFORMATIONAL: &str = "INFO1";
const TORN_DOWN: &str = "torn-down";

/// Names that have an entry here.
pub(super) fn names() -> impl Iterator<Item = String> {
    let states = QuickState::ALL.into_iter().map(QuickState::name);
    let others = ELSEWHERE.into_iter().flat_map(|(_, names)| names.iter().copied());
    let messages = MessageName::quick().map(|name| name.to_string());
    let passages = PASSAGES.map(|passage| passage.to_string());
    let known = states.chain(others).chain([TORN_DOWN, INFORMATIONAL]).map(str::to_owned);
    known.chain(passages).chain(messages)
}

/// One or two states of Quick Mode, one of its messages, or a verdict.
pub(super) fn explain(text: &str) -> Option<Entry> {
    let apart = |c: char| c.is_whitespace() || "/,:=()".contains(c);
    let tokens: Vec<&str> = text.split(apart).filter(|token| !token.is_empty()).collect();
    let role = |word: &str| {
        let is =
            |role: &Role| same(role.name(), word) || role.name().get(..1).is_some_and(|one| same(one, word));
        Role::BOTH.into_iter().find(is)
    };
    let given: Vec<Role> = tokens.iter().filter_map(|token| role(token)).collect();
    let words: Vec<&str> = tokens.into_iter().filter(|token| role(token).is_none()).collect();
    let places: Option<Vec<Place>> = words.iter().map(|word| place(word)).collect();
    match places.as_deref() {
        // Alone, NONE is phase 1's word.
        Some([Some(only)]) => Some(state(*only)),
        Some([one, other]) if one.is_some() || other.is_some() => {
            // A role beside the first word fixes both; else the way round in which both can be.
            let turned = given.first() == Some(&Role::Responder);
            Some(if turned { both(*other, *one) } else { both(*one, *other) })
        }
        _ => named(text),
    }
}

fn named(word: &str) -> Option<Entry> {
    if let Some(name) = MessageName::quick().find(|name| same(&name.to_string(), word)) {
        return Some(message(name));
    }
    if same(word, INFORMATIONAL) {
        return Some(Entry::new(Subject::Informational));
    }
    if same(word, TORN_DOWN) {
        // What is torn down was refused before.
        return Some(ended(Subject::TornDown, Passage::Phase2Refused));
    }
    let passage = PASSAGES.into_iter().find(|passage| same(&passage.to_string(), word))?;
    Some(ended(Subject::Passage(passage), passage))
}

fn state(state: QuickState) -> Entry {
    let mut entry = Entry::new(Subject::QuickState(state));
    let here = |pair: &Pair| pair.sides.both().into_iter().any(|(_, place)| *place == Some(state));
    told(&mut entry, pairs().filter(here), Role::Responder);
    entry.scenarios = lessons(|columns| columns.iter().skip(6).any(|column| *column == state.name()));
    entry
}

/// The two as initiator and responder, the other way round where only so both can be.
fn both(one: Place, other: Place) -> Entry {
    let fits = |i: Place, r: Place| {
        i.is_none_or(|state| state.is_of(Role::Initiator))
            && r.is_none_or(|state| state.is_of(Role::Responder))
    };
    match (fits(one, other), fits(other, one)) {
        (true, _) => pair(Sides { initiator: one, responder: other }, false),
        (false, true) => pair(Sides { initiator: other, responder: one }, true),
        (false, false) => Entry::new(Subject::NoQuickPair([one, other])),
    }
}

fn pair(sides: Sides<Place>, turned: bool) -> Entry {
    let found: Vec<Pair> = pairs().filter(|pair| pair.sides == sides).collect();
    let mut entry = Entry::new(Subject::QuickPair { sides, turned, reached: !found.is_empty() });
    told(&mut entry, found.into_iter(), Role::Responder);
    let [i, r] = [sides.initiator, sides.responder].map(quick_state_name);
    entry.scenarios = lessons(|columns| columns.get(6) == Some(&i) && columns.get(7) == Some(&r));
    entry
}

/// The likeliest first: access lists are what public reports of refused children are about most, then proposals.
const LIKELIEST: [Cause; 5] = [
    Cause::ProxyMismatch,
    Cause::TransformMismatch,
    Cause::PfsMismatch,
    Cause::CryptoMapIncomplete,
    Cause::MapUnbound,
];

/// `at`: where the first cause is to be mended.
fn told(entry: &mut Entry, found: impl Iterator<Item = Pair>, at: Role) {
    let mut leads = leads(found.map(|pair| (pair.cause, pair.runs)));
    let place = |cause: Cause| LIKELIEST.iter().position(|one| *one == cause).unwrap_or(LIKELIEST.len());
    leads.sort_by_key(|lead| (place(lead.cause), lead.cause));
    led(entry, leads, at);
}

fn message(name: MessageName) -> Entry {
    let mut entry = Entry::new(Subject::QuickMessage(name));
    entry.scenarios = lessons(|columns| {
        columns.first().is_some_and(|file| file.contains(&format!("_{name}_").to_lowercase()))
    });
    entry
}

/// What a run comes to. `passage`: what leads to it.
fn ended(subject: Subject, passage: Passage) -> Entry {
    let mut entry = Entry::new(subject);
    let name = passage.to_string();
    if passage != Passage::Passes {
        // Only the initiator has anything to begin with.
        let at = if passage == Passage::NeverStarted { Role::Initiator } else { Role::Responder };
        told(&mut entry, pairs().filter(|pair| pair.passage == name), at);
    }
    entry.scenarios = lessons(|columns| columns.get(8) == Some(&name.as_str()));
    entry
}
