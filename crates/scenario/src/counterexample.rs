//! A way to a broken property as a scenario file: what nature did becomes faults, and the run stops at the
//! moment at which the property breaks.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use ike::{Label, MessageName, Powers, Role};
use sim::explore::{Action, Choice, Property, broken_at};
use sim::{run, state_name};
use toml::{Table, Value};

use crate::{Scenario, ScenarioError};

/// Why a way to a broken property cannot be a scenario file. It replays all the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoCounterexample {
    /// Timers fire out of their time, or the property is about all runs: with faults alone it holds.
    Holds,
    /// A forgery, or damage that no fault describes.
    NoSuchFault(Choice),
    /// The base, edited so, is no scenario.
    Scenario(ScenarioError),
}

impl fmt::Display for NoCounterexample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NoCounterexample::Holds => f.write_str("with faults and timers in their time the property holds"),
            NoCounterexample::NoSuchFault(_) => {
                f.write_str("no fault of the scenario file damages or forges a message in this way")
            }
            NoCounterexample::Scenario(error) => error.fmt(f),
        }
    }
}

/// The scenario file.
///
/// # Errors
/// Why these steps cannot be one.
pub fn counterexample(base: &str, path: &[Action], property: Property) -> Result<String, NoCounterexample> {
    let faults = faults(path)?;
    // The base was read before: what stands here is a table.
    let mut table: Table = base.parse().unwrap_or_default();
    table.remove("expect");
    table.remove("until");
    table.insert("title".into(), Value::String(format!("{property} is broken: {}", property.meaning())));
    if let Value::Array(list) = table.entry("fault").or_insert_with(|| Value::Array(Vec::new())) {
        list.extend(faults);
        if list.is_empty() {
            table.remove("fault");
        }
    }
    let parse =
        |table: &Table| Scenario::parse("violation", &table.to_string()).map_err(NoCounterexample::Scenario);
    let powers = Powers::new(64);
    let setup = parse(&table)?.setup;
    let at = broken_at(&setup, &run(&setup, &powers).0, property).ok_or(NoCounterexample::Holds)?;
    table.insert("until".into(), Value::String(format!("{}us", at.as_micros())));
    let (_, outcome) = run(&parse(&table)?.setup, &powers);
    let mut expect = Table::new();
    for role in Role::BOTH {
        let state = state_name(outcome.peers[role].state);
        expect.insert(role.to_string(), Value::String(state.into()));
    }
    table.insert("expect".into(), Value::Table(expect));
    Ok(table.to_string())
}

/// What was done to each message, as the scenario's wire faults say it.
fn faults(path: &[Action]) -> Result<Vec<Value>, NoCounterexample> {
    const OVERTAKEN: Duration = Duration::from_millis(25);
    let mut lost: BTreeMap<MessageName, i64> = BTreeMap::new();
    let mut others = Vec::new();
    for action in path {
        let Some(Label::Message { name, .. }) = action.label else {
            continue;
        };
        match action.choice {
            Choice::Lose(..) => *lost.entry(name).or_insert(0) += 1,
            Choice::Repeat(..) => others.push(fault("duplicate", name, "after", "1ms".into())),
            Choice::Deliver(..) if action.overtakes => {
                others.push(fault("delay", name, "by", format!("{}ms", OVERTAKEN.as_millis()).into()));
            }
            Choice::Deliver(..) | Choice::Fire(_) => {}
            Choice::Damage(..) | Choice::Forge(..) => {
                return Err(NoCounterexample::NoSuchFault(action.choice));
            }
        }
    }
    let lost = lost.into_iter().map(|(name, times)| fault("drop", name, "times", times.into()));
    Ok(lost.chain(others).collect())
}

fn fault(kind: &str, message: MessageName, field: &str, value: Value) -> Value {
    let mut table = Table::new();
    table.insert("kind".into(), Value::String(kind.into()));
    table.insert("message".into(), Value::Integer(message.number().into()));
    table.insert(field.into(), value);
    Value::Table(table)
}
