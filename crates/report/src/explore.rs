//! What an exploration found, for people and for programs.

mod step;

use std::collections::BTreeMap;

use ike::{QuickState, Role, State};
use scenario::Scenario;
use serde_json::{Map, Value, json};
use sim::explore::{Bounds, ChildPair, Exploration, Met, Property, missed};
use sim::{Network, Setup, quick_state_name, state_name};

use crate::explain::ONE_SIDE_INSTALLED;
use crate::line::Text;
use crate::sweep::FOURTH_STATE;
use step::step;

/// What was visited, what holds, and where runs end.
pub fn explored(scenario: &Scenario, bounds: Bounds, found: &Exploration) -> String {
    let mut text = Text::default();
    let out = &mut text;
    let Bounds { drops, duplicates, reorders, eager, corrupts, forges } = bounds;
    let eager = eager.map_or("any".to_owned(), |eager| eager.to_string());
    let adversary =
        if corrupts + forges > 0 { format!(", damaged {corrupts}, forged {forges}") } else { String::new() };
    out.line(&format!(
        "{} · {} mode · drops {drops}, duplicates {duplicates}, reorders {reorders}, eager timers {eager}{adversary}",
        scenario.name, scenario.setup.mode
    ));
    for note in left_aside(&scenario.setup) {
        out.line(note);
    }
    let Exploration { states, transitions, depth, complete, .. } = found;
    out.line(&format!("{states} worlds, {transitions} transitions, depth {depth}"));
    if found.crowded {
        out.line("cut short: too much is under way in these worlds, and nothing is proved. Fewer copies make them smaller");
    } else if !complete {
        out.line("cut short: there are more worlds, and nothing is proved. --states N allows more of them");
    }
    out.line("");
    properties(scenario, bounds, found, out);
    for (property, path) in found.violations.iter().filter(|(_, path)| !path.is_empty()) {
        out.section(&[&format!("The shortest way to break {property}:"), ""]);
        for (number, action) in (1..).zip(path) {
            out.line(&format!("  {number:>3}  {}", step(action)));
        }
    }
    // Of a part of the worlds, an end that is missing says nothing.
    if *complete {
        out.section(&["Where runs leave the peers, and how many worlds end so:", ""]);
        for ((initiator, responder), count) in &found.ends {
            let [i, r] = [initiator, responder].map(|state| state_name(*state));
            out.line(&format!("  {i:<13} {r:<13} {count:>8}"));
        }
    }
    children(found, out);
    out.section(&["What meets each state, and how often:", ""]);
    for ((role, state), events) in &found.table {
        let events: Vec<String> = events.iter().map(|(event, count)| format!("{event} x{count}")).collect();
        out.line(&format!("  {:<10} {:<13} {}", role.to_string(), state_name(*state), events.join(", ")));
    }
    if found.table.keys().any(|(_, state)| *state == Some(State::AmWaitMsg4)) {
        out.section(&[FOURTH_STATE]);
    }
    text.0
}

/// What the exploration leaves aside, and why it may.
fn left_aside(setup: &Setup) -> Vec<&'static str> {
    let Network { loss, duplicate, reorder, corrupt, .. } = setup.network;
    let chances = [loss, duplicate, reorder, corrupt].iter().any(|chance| *chance > 0.0);
    let notes = [
        (
            chances,
            "the network's chances are left aside: losses, duplicates and the rest come from the bounds",
        ),
        (setup.until.is_some(), "`until` is left aside: every run goes on until nothing is left to happen"),
    ];
    notes.into_iter().filter(|(applies, _)| *applies).map(|(_, note)| note).collect()
}

/// Where the first child is left. No device prints the names of these states.
fn children(found: &Exploration, out: &mut Text) {
    if found.child_ends.is_empty() {
        return;
    }
    out.section(&[
        "Where runs leave the child that is asked for first (ikesim's names), and how many worlds end so:",
        "",
    ]);
    for ((initiator, responder), count) in &found.child_ends {
        let [i, r] = [initiator, responder].map(|state| quick_state_name(*state));
        out.line(&format!("  {i:<13} {r:<13} {count:>8}"));
    }
    let alone = |(i, r): &(Option<QuickState>, Option<QuickState>)| {
        *i == Some(QuickState::Active) && *r != Some(QuickState::Active)
    };
    if found.child_ends.keys().any(alone) {
        out.section(&[ONE_SIDE_INSTALLED]);
    }
}

fn properties(scenario: &Scenario, bounds: Bounds, found: &Exploration, out: &mut Text) {
    let adversary = bounds.corrupts + bounds.forges > 0;
    let phase_2 = scenario.setup.hosts.initiator.crypto_map.is_some();
    let judged = |property: &Property| {
        (adversary || !property.needs_adversary()) && (phase_2 || !property.is_of_phase_2())
    };
    for property in Property::ALL.into_iter().filter(judged) {
        // A setup whose fault forbids a tunnel breaks this one by intent.
        let idle = property == Property::Reachability && !found.succeeds;
        let (mark, note) = match (found.violations.contains_key(&property), found.complete) {
            (true, _) => ("✗", ""),
            (false, false) => ("?", " (not in the worlds visited; there are more)"),
            (false, true) if idle => ("·", " (not judged: no run comes up)"),
            (false, true) => ("✓", ""),
        };
        out.line(&format!("  {mark} {property}: {}{note}", property.meaning()));
    }
    // Where no run comes up, a state behind the stall is no gap.
    let unvisited = |_: &&State| found.complete && found.succeeds;
    for state in missed(&scenario.setup, found).iter().filter(unvisited) {
        out.line(&format!("      {state} was never visited"));
    }
}

/// The same for programs: `ikesim/explore/1`.
pub fn explored_json(name: &str, bounds: Bounds, found: &Exploration) -> Value {
    let violations: Vec<Value> = found
        .violations
        .iter()
        .map(|(property, path)| {
            let steps: Vec<String> = path.iter().map(step).collect();
            json!({"property": property.to_string(), "steps": steps})
        })
        .collect();
    let state = |state: Option<State>| state_name(state);
    let entry = |((role, at), events): (&(Role, Option<State>), _)| {
        let events: &BTreeMap<Met, u64> = events;
        let events: Map<String, Value> =
            events.iter().map(|(event, count)| (event.to_string(), (*count).into())).collect();
        json!({"role": role.to_string(), "state": state(*at), "events": events})
    };
    let table: Vec<Value> = found.table.iter().map(entry).collect();
    let ends: Vec<Value> = found
        .ends
        .iter()
        .map(|((i, r), count)| json!({"initiator": state(*i), "responder": state(*r), "worlds": count}))
        .collect();
    let mut value = json!({
        "schema": "ikesim/explore/1", "scenario": name,
        "bounds": {"drops": bounds.drops, "duplicates": bounds.duplicates, "reorders": bounds.reorders, "eager": bounds.eager,
                   "corrupt": bounds.corrupts, "forge": bounds.forges},
        "states": found.states, "transitions": found.transitions, "depth": found.depth, "complete": found.complete,
        "violations": violations, "ends": ends, "table": table,
    });
    let child = |((i, r), count): (&ChildPair, &u64)| json!({"initiator": quick_state_name(*i), "responder": quick_state_name(*r), "worlds": count});
    // Without phase 2 there is no such key.
    if let (false, Some(object)) = (found.child_ends.is_empty(), value.as_object_mut()) {
        object.insert("child_ends".into(), found.child_ends.iter().map(child).collect());
    }
    value
}
