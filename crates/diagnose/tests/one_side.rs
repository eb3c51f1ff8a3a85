//! What a device knows besides its messages is part of its picture.

#![cfg(test)]

use diagnose::{Evidence, diagnose};
use ike::{Powers, Role, State};
use scenario::Scenario;
use sim::Cause;

/// What one side cannot tell apart, and the states of the other side that go with the first.
fn seen(text: &str, view: Role) -> (Vec<Cause>, Vec<Option<State>>) {
    let scenario = Scenario::parse("test", text).unwrap();
    let (trace, outcome) = sim::run(&scenario.setup, &Powers::new(64));
    let found = diagnose(&scenario.setup, &trace, &outcome, Some(view));
    let there = found.first().into_iter().flat_map(|first| &first.evidence);
    let there = there.filter_map(|one| {
        let Evidence::IfSo { state, .. } = one else { return None };
        Some(*state)
    });
    (found.iter().map(|one| one.cause).collect(), there.collect())
}

#[test]
fn a_run_that_ends_before_anything_is_missed_names_no_cause() {
    let stopped = |until: &str| format!("until = '{until}'\n[[fault]]\nkind = 'psk-mismatch'\n");
    // MSG1 is under way: a peer that is as it should be would not have answered either.
    assert_eq!(seen(&stopped("5ms"), Role::Initiator).0, []);
    // MSG6 is late by then.
    assert_eq!(seen(&stopped("5s"), Role::Initiator).0.first(), Some(&Cause::PskMismatch));
}

#[test]
fn a_device_knows_what_it_could_not_read() {
    let psk = "[[fault]]\nkind = 'psk-mismatch'\n";
    let (causes, there) = seen(psk, Role::Responder);
    assert_eq!(causes, [Cause::PskMismatch, Cause::MessageCorrupted]);
    assert_eq!(there, [Some(State::MmWaitMsg6)]);
    // The initiator hears nothing more, whatever became of MSG5.
    let (causes, there) = seen(psk, Role::Initiator);
    assert_eq!(causes, [Cause::PskMismatch, Cause::MessageLost, Cause::MessageLate, Cause::MessageCorrupted]);
    assert_eq!(there, [Some(State::MmWaitMsg5)]);
}
