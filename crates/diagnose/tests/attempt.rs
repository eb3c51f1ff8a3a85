//! An attempt with a peer that is not ours: what one side saw, judged as a capture of it, its own refusals first.

#![cfg(test)]

use diagnose::{Attempt, attempt};
use ike::{Mode, Powers, Role};
use scenario::Scenario;
use sim::Cause;

fn tried(text: &str, role: Role) -> Attempt {
    let scenario = Scenario::parse("test", text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    let (trace, outcome) = sim::run(&scenario.setup, &Powers::new(64));
    let found = attempt(&scenario.setup, &trace, &outcome, role);
    let ranks: Vec<usize> = found.causes.iter().map(|one| one.rank).collect();
    assert_eq!(ranks, (1..=ranks.len()).collect::<Vec<_>>(), "{text}");
    found
}

fn causes(found: &Attempt) -> Vec<Cause> {
    found.causes.iter().map(|one| one.cause).collect()
}

const FAULTS: [(&str, Cause); 8] = [
    ("kind = 'psk-mismatch'", Cause::PskMismatch),
    ("kind = 'missing-tunnel-group'", Cause::MissingTunnelGroup),
    ("kind = 'policy-mismatch'\nattribute = 'encryption'", Cause::PolicyMismatch),
    ("kind = 'policy-mismatch'\nattribute = 'group'", Cause::PolicyMismatch),
    ("kind = 'ike-disabled'", Cause::IkeDisabled),
    ("kind = 'identity-mismatch'", Cause::IdentityMismatch),
    ("kind = 'no-route'\nat = 'responder'", Cause::NoRoute),
    ("kind = 'drop'\nmessage = 2\ntimes = 'all'", Cause::MessageLost),
];

#[test]
fn the_truth_is_among_the_causes_of_a_failed_attempt() {
    for mode in [Mode::Main, Mode::Aggressive] {
        for profile in ["asa", "strongswan"] {
            for (fault, truth) in FAULTS {
                let text = format!(
                    "mode = '{mode}'\nconfirm = false\n[initiator]\nprofile = '{profile}'\n[responder]\nprofile = '{profile}'\n[[fault]]\n{fault}\n"
                );
                let found = tried(&text, Role::Initiator);
                assert_eq!((found.mode, found.half_open), (Some(mode), false), "{text}");
                assert!(causes(&found).contains(&truth), "{text}: {:?}", causes(&found));
                assert!(found.causes.iter().all(|one| !one.evidence.is_empty()), "{text}");
            }
        }
    }
}

#[test]
fn what_works_has_no_cause() {
    for mode in [Mode::Main, Mode::Aggressive] {
        for role in Role::BOTH {
            let found = tried(&format!("mode = '{mode}'\nconfirm = false\n"), role);
            assert_eq!((found.mode, found.half_open, causes(&found)), (Some(mode), false, vec![]));
        }
    }
}

/// What this side itself refused is known, and no guess: it comes first.
#[test]
fn own_refusals_come_first() {
    for (fault, truth) in [
        ("kind = 'policy-mismatch'\nattribute = 'hash'", Cause::PolicyMismatch),
        ("kind = 'identity-mismatch'", Cause::IdentityMismatch),
        ("kind = 'missing-tunnel-group'", Cause::MissingTunnelGroup),
    ] {
        let found = tried(&format!("[[fault]]\n{fault}\n"), Role::Responder);
        assert_eq!(causes(&found).first(), Some(&truth), "{fault}");
    }
}

/// A daemon that refuses without a word stands first where nothing at all came back.
#[test]
fn silence_is_read_by_its_mode() {
    let silent = |mode| {
        let pluto = "[initiator]\nprofile = 'libreswan'\n[responder]\nprofile = 'libreswan'\n";
        let text = format!("mode = '{mode}'\nconfirm = false\n{pluto}[[fault]]\nkind = 'no-route'\n");
        causes(&tried(&text, Role::Initiator))
    };
    assert_eq!(silent(Mode::Main)[1], Cause::MissingTunnelGroup);
    assert_eq!(silent(Mode::Aggressive)[..2], [Cause::AggressiveModeDisabled, Cause::IdentityMismatch]);
    for mode in [Mode::Main, Mode::Aggressive] {
        let mut all = silent(mode);
        all.sort();
        all.dedup();
        assert_eq!(all.len(), silent(mode).len(), "each once");
    }
}
