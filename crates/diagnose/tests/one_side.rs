//! What a device knows besides its messages is part of its picture.

#![cfg(test)]

use diagnose::{Evidence, Sort, diagnose};
use ike::{MessageName, Powers, Role, State};
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

/// What it sent and got is counted by message, and a cause that reports name says how many do.
#[test]
fn a_device_counts_what_it_sent_and_got() {
    let scenario = Scenario::parse("test", "[[fault]]\nkind = 'psk-mismatch'\n").unwrap();
    let (trace, outcome) = sim::run(&scenario.setup, &Powers::new(64));
    let found = diagnose(&scenario.setup, &trace, &outcome, Some(Role::Initiator));
    let counts = |of: &[(Sort, usize)]| -> Vec<MessageName> {
        let message = |(sort, times): &(Sort, usize)| {
            let Sort::Message(name) = sort else { panic!("{sort:?}") };
            assert_eq!(*times > 1, [MessageName::MSG4, MessageName::MSG5].contains(name));
            *name
        };
        of.iter().map(message).collect()
    };
    for one in &found {
        let Evidence::Exchanged { at: Role::Initiator, sent, got } = &one.evidence[0] else {
            panic!("{one:?}")
        };
        assert_eq!(counts(sent), [MessageName::MSG1, MessageName::MSG3, MessageName::MSG5]);
        assert_eq!(counts(got), [MessageName::MSG2, MessageName::MSG4]);
        assert!(one.inferred);
    }
    let reports = |cause: Cause| {
        let one = found.iter().find(|one| one.cause == cause).unwrap();
        one.evidence.iter().find_map(|seen| {
            let Evidence::Reports { count, state } = seen else { return None };
            Some((*count, *state))
        })
    };
    // Eight of about 30 sources name the key for this state, none a lost message.
    assert_eq!(reports(Cause::PskMismatch), Some((8, Some(State::MmWaitMsg6))));
    assert_eq!(reports(Cause::MessageLost), None);
}
