//! The explorer and its counterexamples, without a scenario file in sight.

use ike::{Mode, Powers, Sides, State};
use sim::explore::{Bounds, Exploration, Property, broken_at, explore, replay};
use sim::{Setup, Verdict};

fn bounds(drops: u8, duplicates: u8, reorders: u8, eager: u8) -> Bounds {
    Bounds { drops, duplicates, reorders, eager: Some(eager), ..Bounds::default() }
}

#[expect(clippy::unwrap_used, reason = "every setup here can be explored")]
fn explored(setup: &Setup, bounds: Bounds) -> Exploration {
    explore(setup, bounds, &Powers::new(64), usize::MAX).unwrap()
}

fn three_messages() -> Setup {
    let mut setup = Setup::default().in_mode(Mode::Aggressive);
    setup.hosts.responder.confirm = false;
    setup
}

/// The explorer before this one had queues of its own and shared nothing with the world; it counted these.
#[test]
fn as_many_worlds_and_steps_as_the_explorer_before() {
    let main = Setup::default();
    let counted = |bounds| {
        let found = explored(&main, bounds);
        (found.states, found.transitions, found.depth)
    };
    assert_eq!(counted(bounds(1, 1, 1, 1)), (2080, 5741, 11));
    assert_eq!(counted(bounds(3, 3, 3, 1)), (214_089, 1_153_388, 25));
}

/// A violation is a list of choices: run as one, it breaks the same property at a named moment.
#[test]
fn a_counterexample_replays() {
    let setup = three_messages();
    let found = explored(&setup, bounds(0, 0, 0, 0));
    let path = &found.violations[&Property::Confirmation];
    let (trace, outcome) = replay(&setup, path);
    assert_eq!(outcome.verdict, Verdict::HalfOpen);
    assert_eq!(
        outcome.peers.map(|peer| peer.state),
        Sides::new(Some(State::AmActive), Some(State::AmWaitMsg3))
    );
    assert!(broken_at(&setup, &trace, Property::Confirmation).is_some());
    assert_eq!(broken_at(&setup, &trace, Property::Agreement), None);
}

/// One step less is no counterexample: the way is a shortest one.
#[test]
fn a_counterexample_is_as_short_as_can_be() {
    let setup = three_messages();
    let found = explored(&setup, bounds(1, 1, 1, 1));
    let path = &found.violations[&Property::Confirmation];
    let (_, shorter) = path.split_last().unwrap();
    let (trace, _) = replay(&setup, shorter);
    assert_eq!(broken_at(&setup, &trace, Property::Confirmation), None);
}

/// What is not there is passed over: a path of another setup is a run all the same.
#[test]
fn a_path_of_another_setup_runs_as_far_as_it_goes() {
    let found = explored(&three_messages(), bounds(0, 0, 0, 0));
    let path = &found.violations[&Property::Confirmation];
    let (trace, outcome) = replay(&Setup::default(), path);
    assert!(!trace.entries().is_empty());
    assert_ne!(outcome.verdict, Verdict::Established);
}
