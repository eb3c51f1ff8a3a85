//! A way to a broken property as a scenario file: what nature did becomes faults, and the run stops at the
//! moment at which the property breaks.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use ike::{Instant, Label, MessageName, Powers, Role};
use sim::explore::{Action, Choice, Property, broken_at};
use sim::{Times, WireAct, WireFault, WireTarget, run, state_name};

use crate::error::ScenarioError;
use crate::fault_table::FaultTable;
use crate::file::{ExpectTable, File};
use crate::remarks::Remarks;
use crate::value::duration_text;
use crate::write;

/// Why a way to a broken property cannot be a scenario file. It replays all the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoCounterexample {
    /// Timers fire out of their time, or the property is about all runs: with faults alone it holds.
    Holds,
    /// A forgery, or damage that no fault describes.
    NoSuchFault(Choice),
    /// The base, edited so, is no scenario.
    Scenario(ScenarioError),
    /// A value that TOML does not take.
    Unwritable(toml_edit::ser::Error),
}

impl fmt::Display for NoCounterexample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NoCounterexample::Holds => f.write_str("with faults and timers in their time the property holds"),
            NoCounterexample::NoSuchFault(_) => {
                f.write_str("no fault of the scenario file damages or forges a message in this way")
            }
            NoCounterexample::Scenario(error) => error.fmt(f),
            NoCounterexample::Unwritable(error) => error.fmt(f),
        }
    }
}

/// The scenario file: `base`, which is the text of one, with these steps as faults.
///
/// # Errors
/// Why these steps cannot be one.
pub fn counterexample(base: &str, path: &[Action], property: Property) -> Result<String, NoCounterexample> {
    const NAME: &str = "violation";
    let faults = faults(path)?;
    let mut file = File::parse(NAME, base).map_err(NoCounterexample::Scenario)?;
    file.title = format!("{property} is broken: {}", property.meaning());
    // The base expects what its own run comes to, and may end before the property breaks.
    (file.expect, file.until) = (ExpectTable::default(), None);
    file.fault.extend(faults.into_iter().map(|fault| FaultTable::default().wire(fault).into()));
    let setup = |file: &File| file.build_edited(NAME).map(|scenario| scenario.setup);
    // Both runs have one seed: the second computes no power anew.
    let powers = Powers::new(64);
    // Steps of an exploration have no times: only a run tells when it breaks.
    let endless = setup(&file).map_err(NoCounterexample::Scenario)?;
    let at = broken_at(&endless, &run(&endless, &powers).0, property).ok_or(NoCounterexample::Holds)?;
    // It stops there: later on the peers may recover, and nothing be left to see.
    file.until = Some(duration_text(at.since(Instant::ZERO)).into());
    let (_, outcome) = run(&setup(&file).map_err(NoCounterexample::Scenario)?, &powers);
    let state = |role: Role| Some(state_name(outcome.peers[role].state).to_owned().into());
    (file.expect.initiator, file.expect.responder) = (state(Role::Initiator), state(Role::Responder));
    write::text(&file, &Remarks::default()).map_err(NoCounterexample::Unwritable)
}

/// What was done to each message, as the scenario's wire faults say it.
fn faults(path: &[Action]) -> Result<Vec<WireFault>, NoCounterexample> {
    const OVERTAKEN: Duration = Duration::from_millis(25);
    let mut lost: BTreeMap<MessageName, u32> = BTreeMap::new();
    let mut others = Vec::new();
    for action in path {
        // Wire faults name messages alone; whether they are enough, the run tells.
        let Some(Label::Message { name: message, .. }) = action.label else {
            continue;
        };
        let act = match action.choice {
            Choice::Lose(..) => {
                // Which of its copies was lost a fault cannot say: it takes the first ones.
                *lost.entry(message).or_insert(0) += 1;
                continue;
            }
            Choice::Repeat(..) => {
                WireAct::Duplicate { times: 1, after: Duration::from_millis(1), replay: false }
            }
            Choice::Deliver(..) if action.overtakes => WireAct::Delay { by: OVERTAKEN },
            Choice::Deliver(..) | Choice::Fire(_) => continue,
            Choice::Damage(..) | Choice::Forge(..) => {
                return Err(NoCounterexample::NoSuchFault(action.choice));
            }
        };
        others.push(WireFault { target: WireTarget::Message(message), act });
    }
    let drop = |(message, times)| {
        let act = WireAct::Drop { times: Times::Count(times) };
        WireFault { target: WireTarget::Message(message), act }
    };
    // Losses in front: of two rules for a message the later one acts when the first is used up.
    Ok(lost.into_iter().map(drop).chain(others).collect())
}
