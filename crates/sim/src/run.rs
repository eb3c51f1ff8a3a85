//! One run of a scenario, start to end.

use std::collections::BTreeMap;

use ike::crypto::DhGroup;
use ike::{Instant, Powers, Role, Streams};

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

/// The exchange of public values that a run will most likely come to: the first group of the initiator's policies that
/// the responder has too, and the seed, from which both exponents follow.
pub fn likely_exchange(scenario: &Scenario) -> Option<(DhGroup, u64)> {
    let theirs = |group: &DhGroup| scenario.responder.policies.iter().any(|policy| policy.group == *group);
    let group = scenario.initiator.policies.iter().map(|policy| policy.group).find(theirs)?;
    Some((group, scenario.seed))
}

/// Computes the powers of these exchanges all at once, which is far cheaper than one by one. Those that `powers` knows
/// already cost nothing; a wrong guess costs time and changes nothing.
pub fn prepare(exchanges: impl IntoIterator<Item = (DhGroup, u64)>, powers: &Powers) {
    let mut by_group = BTreeMap::<DhGroup, Vec<_>>::new();
    for (group, seed) in exchanges {
        let exponent = |role: Role| Streams::new(seed, role.name()).exponent(group, 0);
        by_group.entry(group).or_default().push([Role::Initiator, Role::Responder].map(exponent));
    }
    for (group, pairs) in by_group {
        powers.prepare(group, pairs);
    }
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
