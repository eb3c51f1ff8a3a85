//! Numbers and runs of a sweep.

#![cfg(test)]

use std::collections::BTreeSet;

use ike::Mode;
use proptest::prelude::*;
use scenario::sweep::{Axes, BaseScenario, FaultText, Sweep};

fn sweep(seeds: u64, losses: &[f64]) -> Sweep {
    let fault = |text: &str| vec![FaultText::parse(text).unwrap()];
    let axes = Axes {
        modes: vec![Mode::Main, Mode::Aggressive],
        // The second cannot be in Aggressive Mode.
        faults: vec![fault("drop:message=3"), fault("drop:message=6")],
        losses: losses.to_vec(),
        seeds: std::iter::once(0..seeds).collect(),
        ..Axes::default()
    };
    Sweep { bases: vec![BaseScenario::parse("base", "[network]\njitter = '1ms'\n").unwrap()], axes }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn each_combination_comes_once(seeds in 1..200_u64, losses in 0..4_usize) {
        let sweep = sweep(seeds, &[0.0, 0.1, 0.2, 0.3][..losses]);
        let all: BTreeSet<String> = (0..sweep.len()).map(|n| sweep.point(n).unwrap().replay()).collect();
        prop_assert_eq!(all.len() as u64, sweep.len());
        prop_assert_eq!(sweep.len(), 4 * losses.max(1) as u64 * seeds);
        prop_assert!(sweep.point(sweep.len()).is_none());
    }
}

/// 64 seeds through everything, then the next 64: so long must their powers be kept, and no longer.
#[test]
fn seeds_come_in_stretches() {
    let sweep = sweep(100, &[0.0, 0.5]);
    let seed = |number| sweep.point(number).unwrap().scenario().map(|scenario| scenario.setup.seed);
    assert_eq!([seed(0), seed(63), seed(64), seed(127)], [Ok(0), Ok(63), Ok(0), Ok(63)]);
    assert_eq!([seed(8 * 64), seed(8 * 64 + 35), seed(8 * 64 + 36)], [Ok(64), Ok(99), Ok(64)]);
    assert_eq!(seed(sweep.len() - 1).ok(), None, "message 6 in Aggressive Mode");
}

#[test]
fn another_seed_is_all_that_tells_neighbours_apart() {
    let fault = |text: &str| vec![FaultText::parse(text).unwrap()];
    let axes = Axes {
        modes: vec![Mode::Main, Mode::Aggressive],
        profiles: [["asa", "ios"], ["strongswan", "libreswan"]].map(|pair| pair.map(str::to_owned)).to_vec(),
        faults: vec![fault("psk-mismatch"), fault("corrupt:message=2"), fault("drop:message=6")],
        groups: vec![2, 14],
        encryptions: vec!["3des".into(), "aes-256".into()],
        hashes: vec!["md5".into(), "sha256".into()],
        losses: vec![0.0, 0.5],
        // More than the stretch that goes through every combination together, and two pieces.
        seeds: vec![0..3, 1000..1064],
    };
    let with_phase_2 = "[[initiator.crypto_map]]\n[[responder.crypto_map]]\n";
    let bases = ["", "seed = 7\n[network]\njitter = '1ms'\n", with_phase_2];
    let bases = bases.map(|text| BaseScenario::parse("base", text).unwrap()).to_vec();
    let sweep = Sweep { bases, axes };
    let mut last: Option<(_, scenario::Scenario)> = None;
    let mut reseeded = 0;
    // Every run costs a reading: a step that is prime to all axes, and its neighbour.
    let numbers = (0..sweep.len()).step_by(61).flat_map(|number| [number, number + 1]);
    for point in numbers.filter_map(|number| sweep.point(number)) {
        let Ok(mut fresh) = point.scenario() else {
            last = None;
            continue;
        };
        if let Some((before, mut kept)) = last.take()
            && point.differs_by_seed(&before)
        {
            point.reseed(&mut kept);
            assert_eq!(kept, fresh, "{}", point.replay());
            reseeded += 1;
            fresh = kept;
        }
        last = Some((point, fresh));
    }
    assert!(reseeded > 100, "{reseeded}");
}
