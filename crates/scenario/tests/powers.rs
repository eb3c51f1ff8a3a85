//! The memo of powers saves time and changes nothing, least of all where a public value is damaged, forged or missing.

#![cfg(test)]

use ike::{MessageName, Mode, Powers};
use proptest::prelude::*;
use scenario::Scenario;
use scenario::sweep::{Axes, BaseScenario, FaultText, Sweep};
use sim::Verdict;

/// One small MODP group, two curves, and the ones of which tables are made elsewhere.
const GROUPS: [u16; 5] = [1, 2, 5, 19, 31];

/// As a sweep runs it, and as if nothing were known.
fn same_with_and_without(scenario: &Scenario, powers: &Powers) {
    let plain = sim::run(&scenario.setup, &Powers::none());
    sim::prepare(sim::likely_exchange(&scenario.setup), powers);
    assert!(sim::run(&scenario.setup, powers) == plain, "{scenario:?}");
}

#[test]
fn every_fault_leaves_the_same_bytes() {
    let axes = Axes {
        modes: vec![Mode::Main, Mode::Aggressive],
        faults: Axes::every_fault(false),
        groups: GROUPS.to_vec(),
        ..Axes::default()
    };
    let sweep = Sweep { bases: vec![BaseScenario::default()], axes };
    // One for all of them, as in a sweep: what one run leaves there must not mislead the next.
    let powers = Powers::new(1024);
    let points = (0..sweep.len()).filter_map(|number| sweep.point(number)?.scenario().ok());
    let runs = points.inspect(|scenario| same_with_and_without(scenario, &powers)).count();
    assert!(runs > 1000, "{runs} runs");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    /// Any bit of the messages that carry public values, in any of them.
    #[test]
    fn a_damaged_public_value_takes_the_plain_way(
        aggressive: bool, message in 1..=4_u8, byte in 0..320_u16, bit in 0..8_u8, seed in 0..1000_u64,
        group in proptest::sample::select(&GROUPS[..]),
    ) {
        let fault = format!("corrupt:message={message},byte={byte},bit={bit},times=1");
        let axes = Axes {
            modes: vec![if aggressive { Mode::Aggressive } else { Mode::Main }],
            faults: vec![vec![FaultText::parse(&fault).unwrap()]],
            groups: vec![group],
            seeds: std::iter::once(seed..seed + 1).collect(),
            ..Axes::default()
        };
        let sweep = Sweep { bases: vec![BaseScenario::default()], axes };
        if let Ok(scenario) = sweep.point(0).unwrap().scenario() {
            same_with_and_without(&scenario, &Powers::new(16));
        }
    }
}

/// Half of all damaged values are no square: charon refuses those, and no other vendor looks.
#[test]
fn a_public_value_that_is_no_square() {
    let refused = |vendor: &str| {
        let run = |byte: u32| {
            let text = format!(
                "[initiator]\nprofile = '{vendor}'\n[responder]\nprofile = '{vendor}'\n\
                 [[fault]]\nkind = 'corrupt'\nmessage = 3\nbyte = {byte}\ntimes = 'all'\n"
            );
            let scenario = Scenario::parse("square", &text).unwrap();
            sim::run_untraced(&scenario.setup, &Powers::new(64))
        };
        // Within KE, which stands first.
        let outcomes: Vec<_> = (100..116).map(run).collect();
        assert!(outcomes.iter().all(|outcome| outcome.verdict != Verdict::Established), "{vendor}");
        outcomes.iter().filter(|outcome| !outcome.peers.responder.sent.contains(&MessageName::MSG4)).count()
    };
    assert!((3..14).contains(&refused("strongswan")));
    assert_eq!(refused("libreswan"), 0);
}
