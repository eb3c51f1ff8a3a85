//! A way to a broken property as a scenario file: what nature did becomes faults, and the run stops at the
//! moment at which the property breaks.

use std::collections::BTreeMap;

use ike::{Event, Instant, Powers, Role, State};
use toml::{Table, Value};

use super::{Action, Property};
use crate::run::run;
use crate::scenario::Scenario;
use crate::trace::{Actor, Kind, Trace};

/// The scenario file.
///
/// # Errors
/// Why these steps cannot be one: timers that fire out of their time, or a property that is about all runs.
pub fn scenario(base: &str, path: &[Action], property: Property) -> Result<String, String> {
    let mut table: Table = base.parse().map_err(|error: toml::de::Error| error.to_string())?;
    table.remove("expect");
    table.remove("until");
    table.insert("title".into(), Value::String(format!("{property} is broken: {}", property.meaning())));
    let faults = faults(path);
    if faults.is_empty() {
        table.remove("fault");
    } else {
        table.insert("fault".into(), Value::Array(faults));
    }
    let text = table.to_string();
    let scenario = Scenario::parse("violation", &text).map_err(|error| error.to_string())?;
    let (trace, _) = run(&scenario, &Powers::new(64));
    let at = broken_at(&trace, property).ok_or("with faults and timers in their time the property holds")?;
    table.insert("until".into(), Value::String(format!("{}us", at.as_micros())));
    let stopped = Scenario::parse("violation", &table.to_string()).map_err(|error| error.to_string())?;
    let (_, outcome) = run(&stopped, &Powers::new(64));
    let mut expect = Table::new();
    for (name, role) in [("initiator", Role::Initiator), ("responder", Role::Responder)] {
        let state = crate::state_name(outcome.peers[role].state);
        expect.insert(name.into(), Value::String(state.into()));
    }
    table.insert("expect".into(), Value::Table(expect));
    Ok(table.to_string())
}

/// What was done to each message, as the scenario's wire faults say it.
fn faults(path: &[Action]) -> Vec<Value> {
    let mut lost: BTreeMap<i64, i64> = BTreeMap::new();
    let mut others = Vec::new();
    for action in path {
        let (kind, name) = match action {
            Action::Drop(_, _, name) => ("drop", name),
            Action::Duplicate(_, _, name) => ("duplicate", name),
            Action::Deliver(_, place, name) if *place > 0 => ("delay", name),
            _ => continue,
        };
        let Some(message) = name.strip_prefix("message ").and_then(|number| number.parse().ok()) else {
            continue;
        };
        match kind {
            "drop" => *lost.entry(message).or_insert(0) += 1,
            "duplicate" => others.push(fault(kind, message, ("after", Value::String("1ms".into())))),
            _ => others.push(fault(kind, message, ("by", Value::String("25ms".into())))),
        }
    }
    let lost =
        lost.into_iter().map(|(message, times)| fault("drop", message, ("times", Value::Integer(times))));
    lost.chain(others).collect()
}

fn fault(kind: &str, message: i64, (field, value): (&str, Value)) -> Value {
    let mut table = Table::new();
    table.insert("kind".into(), Value::String(kind.into()));
    table.insert("message".into(), Value::Integer(message));
    table.insert(field.into(), value);
    Value::Table(table)
}

/// The first moment of a run at which a property on active peers is broken.
fn broken_at(trace: &Trace, property: Property) -> Option<Instant> {
    let mut active = [false, false];
    let mut was_active = false;
    for entry in trace.entries() {
        let (Actor::Peer(role), Kind::Engine(event)) = (entry.actor, &entry.kind) else {
            continue;
        };
        let [initiator, responder] = &mut active;
        let side = if role == Role::Initiator { initiator } else { responder };
        match event {
            Event::Entered { state, .. } => *side = State::is_active(*state),
            Event::Ended { .. } => *side = false,
            _ => continue,
        }
        let [initiator, responder] = active;
        was_active |= responder;
        let broken = match property {
            Property::Confirmation => initiator && !was_active,
            Property::Agreement | Property::NoFalseSuccess => initiator && responder,
            _ => false,
        };
        if broken {
            return Some(entry.at);
        }
    }
    None
}
