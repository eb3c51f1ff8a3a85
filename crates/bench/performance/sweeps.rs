//! Whole sweeps in seconds of CPU, one job.

use std::path::Path;

use crate::table::rate;
use crate::{Row, dh, process};

/// Runs per second of CPU.
fn sweep(ikesim: &Path, runs: u32, axes: &[&str]) -> f64 {
    let fixed = ["sweep", "scenarios/main_mode.toml", "--jobs", "1", "--format", "json"];
    let arguments = [&fixed[..], axes].concat();
    let seconds = || {
        let before = process::children();
        assert!(process::quiet(ikesim, &arguments).wait().expect("its end").success());
        process::children() - before
    };
    // The best of three: other work on the machine only ever slows.
    f64::from(runs) / (0..3).map(|_| seconds()).fold(f64::INFINITY, f64::min)
}

pub fn rows() -> Vec<Row> {
    let ikesim = &crate::ikesim();
    let fresh = sweep(ikesim, 20_000, &["--seeds", "0..20000"]);
    let hundred = vec!["0"; 200].join(",");
    let known = sweep(ikesim, 20_000, &["--seeds", "0..100", "--loss", &hundred]);
    let losses = sweep(ikesim, 20_000, &["--seeds", "0..5000", "--loss", "0,0.001,0.002,0.003"]);
    let whole = "fresh keys, group 14, whole `sweep` with JSON, a second of CPU";
    let mut rows: Vec<Row> = dh::beside_speed(whole.into(), fresh, "9").into_iter().collect();
    let against_fresh = |what: &str, figure: f64, aim| Row {
        what: what.into(),
        figure: format!("{} runs", rate(figure)),
        reference: format!("every run with fresh keys: {} runs", rate(fresh)),
        ratio: figure / fresh,
        aim,
    };
    rows.push(against_fresh("`sweep` with known powers and JSON, a second of CPU", known, "40 000/s"));
    rows.push(against_fresh("`sweep`, four losses of 5 000 seeds, a second of CPU", losses, "powers once"));
    rows
}
