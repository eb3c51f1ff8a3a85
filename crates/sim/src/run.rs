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
    let cut_off = pending && script.is_spent();
    let ended = setup.until.filter(|_| pending && !cut_off).unwrap_or(now);
    let outcome = Outcome { cut_off, ..recorder.outcome(ended) };
    (recorder, outcome)
}

/// Computes the powers that these runs will most likely ask for all at once, which is far cheaper than one by one.
/// A wrong guess costs time and changes nothing.
pub fn prepare<'a>(setups: impl IntoIterator<Item = &'a Setup>, powers: &Powers) {
    let mut by_group = BTreeMap::<DhGroup, Vec<_>>::new();
    for setup in setups {
        if let Some(group) = likely_group(setup) {
            let exponent = |role: Role| Streams::new(setup.seed, role.name()).exponent(group, 0);
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
fn likely_group(setup: &Setup) -> Option<DhGroup> {
    let theirs = |group: &DhGroup| setup.hosts.responder.policies.iter().any(|policy| policy.group == *group);
    setup.hosts.initiator.policies.iter().map(|policy| policy.group).find(theirs)
}
