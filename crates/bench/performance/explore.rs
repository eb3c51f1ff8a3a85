//! Worlds and transitions per second, against the steps of plain runs.

use ike::Powers;
use scenario::Scenario;
use sim::choice::Script;
use sim::explore::{Bounds, Exploration, explore};
use sim::{Recorder, Trace, World};

use crate::Row;
use crate::cpu::Criterion;
use crate::table::{Times, rate};

fn scenario() -> Scenario {
    Scenario::parse("empty", "").expect("the empty scenario")
}

fn explored(powers: &Powers) -> Exploration {
    let bounds = Bounds { drops: 1, duplicates: 1, eager: Some(1), ..Bounds::default() };
    explore(&scenario().setup, bounds, powers, usize::MAX).expect("nothing to refuse")
}

/// A plain run, step by step; how many steps there were.
fn plain(powers: &Powers) -> u32 {
    let setup = scenario().setup;
    let mut script = Script::new(&setup);
    let mut world = World::new(&setup, powers, Recorder::new(&setup, Trace::off()));
    world.initiate(&setup, &mut script);
    let mut steps = 1;
    while world.step(&mut script) {
        steps += 1;
    }
    steps
}

pub fn bench(criterion: &mut Criterion) {
    let powers = Powers::new(64);
    let found = explored(&powers);
    assert!(found.complete && found.violations.is_empty());
    let mut group = criterion.benchmark_group("explore");
    group.sample_size(10);
    group.bench_function("worlds", |b| b.iter(|| explored(&powers)));
    group.bench_function("plain", |b| b.iter(|| plain(&powers)));
    group.finish();
}

pub fn rows(times: &Times) -> Vec<Row> {
    let powers = Powers::new(64);
    let (found, steps) = (explored(&powers), f64::from(plain(&powers)));
    let (explore, plain) = (times.seconds("explore", "worlds"), times.seconds("explore", "plain"));
    let transitions = found.transitions as f64 / explore;
    vec![Row {
        what: format!("explore Main Mode, {} worlds", found.states),
        figure: format!("{} worlds, {} transitions", rate(found.states as f64 / explore), rate(transitions)),
        reference: format!("steps of plain runs: {}", rate(steps / plain)),
        ratio: transitions / (steps / plain),
        aim: "100 000 transitions a minute",
    }]
}
