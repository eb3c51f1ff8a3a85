//! One run of a scenario, start to end.

use ike::{Instant, Powers};

use crate::choice::ScenarioChooser;
use crate::outcome::Outcome;
use crate::scenario::Scenario;
use crate::trace::Trace;
use crate::world::World;

/// Runs a scenario and keeps the trace. `powers` may be shared by many runs: it only saves time.
pub fn run(scenario: &Scenario, powers: &Powers) -> (Trace, Outcome) {
    run_into(Trace::new(), scenario, powers)
}

/// Runs a scenario for its outcome alone.
pub fn run_untraced(scenario: &Scenario, powers: &Powers) -> Outcome {
    run_into(Trace::off(), scenario, powers).1
}

fn run_into(trace: Trace, scenario: &Scenario, powers: &Powers) -> (Trace, Outcome) {
    let mut chooser = ScenarioChooser::new(scenario);
    let mut world = World::new(scenario, powers, trace);
    world.initiate(scenario, &mut chooser);
    let in_time = |at: Instant| scenario.until.is_none_or(|until| at <= until);
    while world.next_at().is_some_and(in_time) {
        world.step(&mut chooser);
    }
    let cut_off = world.next_at().and(scenario.until);
    let (trace, tally, now) = world.finish();
    (trace, tally.outcome(cut_off.unwrap_or(now)))
}
