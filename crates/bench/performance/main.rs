//! Every figure of docs/performance.md, each beside its reference from the same run.
//!
//! `cargo bench --manifest-path crates/bench/Cargo.toml` measures and writes the table; with `-- --test`, which runs
//! everything once, or `-- NAME`, which measures some of it, nothing is written; `-- commands` prints the rows of whole
//! commands.

mod codec;
mod commands;
mod cpu;
mod curves;
mod dh;
mod explore;
mod process;
mod protocol;
mod sweeps;
mod table;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use cpu::{CpuTime, Criterion};

/// One row: what was measured, beside what.
pub struct Row {
    pub what: String,
    pub figure: String,
    pub reference: String,
    pub ratio: f64,
    pub aim: &'static str,
}

/// The project's root.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().expect("the project's root")
}

/// The release build of the command.
pub fn ikesim() -> PathBuf {
    let built = Command::new("cargo").args(["build", "--release"]).current_dir(root()).status();
    assert!(built.is_ok_and(|status| status.success()), "the release build");
    root().join("target/release/ikesim")
}

fn main() {
    let everything = std::env::args().skip(1).all(|argument| argument == "--bench");
    let results = root().join("target/criterion");
    let mut criterion = criterion::Criterion::default()
        .with_measurement(CpuTime)
        .output_directory(&results)
        .warm_up_time(Duration::from_secs(1))
        .measurement_time(Duration::from_secs(4))
        .configure_from_args();
    let measures: [fn(&mut Criterion); 5] =
        [protocol::bench, dh::bench, curves::bench, codec::bench, explore::bench];
    for bench in measures {
        bench(&mut criterion);
    }
    criterion.final_summary();
    if !everything {
        if std::env::args().any(|argument| argument == "commands") {
            println!("{}", table::lines(&commands::rows()));
        }
        return;
    }
    let times = table::Times::new(&results);
    let mut rows = protocol::rows(&times);
    rows.extend(dh::rows(&times));
    rows.extend(curves::rows(&times));
    rows.extend(codec::rows(&times));
    rows.extend(explore::rows(&times));
    rows.extend(sweeps::rows());
    rows.extend(process::rows());
    rows.extend(commands::rows());
    table::write(&rows);
}
