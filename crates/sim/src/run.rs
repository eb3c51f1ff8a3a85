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

/// Computes the powers that these runs will most likely ask for all at once, which is far cheaper than one by one.
/// A wrong guess costs time and changes nothing.
pub fn prepare<'a>(scenarios: impl IntoIterator<Item = &'a Scenario>, powers: &Powers) {
    let mut by_group = BTreeMap::<DhGroup, Vec<_>>::new();
    for scenario in scenarios {
        if let Some(group) = likely_group(scenario) {
            let exponent = |role: Role| Streams::new(scenario.seed, role.name()).exponent(group, 0);
            let pair = Role::BOTH.map(exponent);
            by_group.entry(group).or_default().push(pair);
        }
    }
    for (group, pairs) in by_group {
        powers.prepare(group, pairs.iter().flatten().map(|private| (private.clone(), None)).collect());
        let crossed = pairs.iter().flat_map(|[one, other]| [(one, other), (other, one)]);
        let shared = crossed.map(|(own, peer)| (own.clone(), Some(powers.public(group, peer))));
        powers.prepare(group, shared.collect());
    }
}

/// The first group of the initiator's policies that the responder has too.
fn likely_group(scenario: &Scenario) -> Option<DhGroup> {
    let theirs =
        |group: &DhGroup| scenario.hosts.responder.policies.iter().any(|policy| policy.group == *group);
    scenario.hosts.initiator.policies.iter().map(|policy| policy.group).find(theirs)
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
