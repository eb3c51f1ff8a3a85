//! One run of a setup, start to end.

use std::collections::BTreeMap;

use ike::crypto::DhGroup;
use ike::{Powers, Role, Streams};

use crate::choice::Script;
use crate::outcome::Outcome;
use crate::recorder::Recorder;
use crate::setup::Setup;
use crate::trace::Trace;
use crate::world::World;

/// Runs a setup and keeps the trace. `powers` may be shared by many runs: it only saves time.
pub fn run(setup: &Setup, powers: &Powers) -> (Trace, Outcome) {
    let (recorder, outcome) = run_into(Trace::new(), setup, powers);
    (recorder.into_trace(), outcome)
}

/// Runs a setup for its outcome alone.
pub fn run_untraced(setup: &Setup, powers: &Powers) -> Outcome {
    run_into(Trace::off(), setup, powers).1
}

fn run_into(trace: Trace, setup: &Setup, powers: &Powers) -> (Recorder, Outcome) {
    let mut script = Script::new(setup);
    let mut world = World::new(setup, powers, Recorder::new(setup, trace));
    world.initiate(setup, &mut script);
    while world.step(&mut script) {}
    let pending = world.enabled().next().is_some();
    let (now, recorder) = world.into_watch();
    // The bound may be reached with the very last step, which cuts nothing.
    let cut_off = pending && script.is_spent();
    // With nothing pending, it was over when the last thing happened, however late `until` is.
    let ended = setup.until.filter(|_| pending && !cut_off).unwrap_or(now);
    let outcome = Outcome { cut_off, ..recorder.outcome(ended) };
    (recorder, outcome)
}

/// The exchange of public values that a run will most likely come to: the first group of the initiator's policies that
/// the responder has too, and the seed, from which both exponents follow.
pub fn likely_exchange(setup: &Setup) -> Option<(DhGroup, u64)> {
    let theirs = |group: &DhGroup| setup.hosts.responder.policies.iter().any(|policy| policy.group == *group);
    let group = setup.hosts.initiator.policies.iter().map(|policy| policy.group).find(theirs)?;
    Some((group, setup.seed))
}

/// Computes the powers of these exchanges all at once, which is far cheaper than one by one. Those that `powers` knows
/// already cost nothing; a wrong guess costs time and changes nothing.
pub fn prepare(exchanges: impl IntoIterator<Item = (DhGroup, u64)>, powers: &Powers) {
    let mut by_group = BTreeMap::<DhGroup, Vec<_>>::new();
    for (group, seed) in exchanges {
        let exponent = |role: Role| Streams::new(seed, role.name()).exponent(group, 0);
        // A batch has one prime.
        by_group.entry(group).or_default().push(Role::BOTH.map(exponent));
    }
    for (group, pairs) in by_group {
        powers.prepare(group, pairs);
    }
}
