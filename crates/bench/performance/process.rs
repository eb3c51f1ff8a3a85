//! Whole processes: start-up, scaling with jobs, memory.

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use nix::sys::resource::{UsageWho, getrusage};

use crate::Row;
use crate::table::rate;

/// Processes started for one figure of CPU time.
const STARTS: u32 = 200;

/// CPU seconds of every child that ended so far.
pub fn children() -> f64 {
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).expect("the usage of children");
    [usage.user_time(), usage.system_time()]
        .iter()
        .map(|time| time.tv_sec() as f64 + time.tv_usec() as f64 / 1e6)
        .sum()
}

pub fn quiet(program: &Path, arguments: &[&str]) -> Child {
    Command::new(program)
        .args(arguments)
        .current_dir(crate::root())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("a process")
}

/// Milliseconds of CPU that one process takes.
fn cpu_ms(program: &Path, arguments: &[&str]) -> f64 {
    let before = children();
    for _ in 0..STARTS {
        assert!(quiet(program, arguments).wait().expect("its end").success());
    }
    (children() - before) * 1e3 / f64::from(STARTS)
}

/// What one process took.
#[derive(Clone, Copy)]
pub struct Used {
    /// Seconds of CPU.
    pub cpu: f64,
    /// Seconds of the clock.
    pub clock: f64,
    /// The most that it held.
    pub kib: u64,
}

/// Runs a process to its end, whatever its exit code: findings have one.
pub fn used(program: &Path, arguments: &[&str]) -> Used {
    let (start, before) = (Instant::now(), children());
    let mut child = quiet(program, arguments);
    let status = format!("/proc/{}/status", child.id());
    let mut kib = 0;
    while child.try_wait().expect("its state").is_none() {
        let text = fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let held = line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0);
        kib = kib.max(held);
        std::thread::sleep(Duration::from_millis(2));
    }
    Used { cpu: children() - before, clock: start.elapsed().as_secs_f64(), kib }
}

fn sweep<'a>(seeds: &'a str, jobs: &'a str) -> Vec<&'a str> {
    vec!["sweep", "scenarios/main_mode.toml", "--seeds", seeds, "--jobs", jobs, "--format", "json"]
}

pub fn rows() -> Vec<Row> {
    let ikesim = &crate::ikesim();
    vec![start(ikesim), scaling(ikesim), memory(ikesim)]
}

fn start(ikesim: &Path) -> Row {
    let ours = cpu_ms(ikesim, &["run", "scenarios/main_mode.toml"]);
    let nothing = cpu_ms(Path::new("true"), &[]);
    Row {
        what: "`ikesim run scenarios/main_mode.toml`, the whole process".into(),
        figure: format!("{ours:.1} ms of CPU"),
        reference: format!("`true`: {nothing:.1} ms"),
        ratio: ours / nothing,
        aim: "10 ms",
    }
}

fn scaling(ikesim: &Path) -> Row {
    const RUNS: f64 = 20_000.0;
    // Taken in turn, the best of each: other work on the machine only ever slows.
    let [mut one, mut two] = [f64::INFINITY; 2];
    for _ in 0..3 {
        one = one.min(used(ikesim, &sweep("0..20000", "1")).clock);
        two = two.min(used(ikesim, &sweep("0..20000", "2")).clock);
    }
    Row {
        what: "sweep with fresh keys, group 14, two jobs".into(),
        figure: format!("{} runs", rate(RUNS / two)),
        reference: format!("one job: {} runs", rate(RUNS / one)),
        ratio: one / two,
        aim: "1.9",
    }
}

fn memory(ikesim: &Path) -> Row {
    let small = used(ikesim, &sweep("0..1000", "2"));
    let large = used(ikesim, &sweep("0..1000000", "2"));
    Row {
        what: format!("peak memory of a sweep of 10^6 runs ({:.0} s)", large.clock),
        figure: format!("{:.1} MiB", large.kib as f64 / 1024.0),
        reference: format!("of 10^3 runs: {:.1} MiB", small.kib as f64 / 1024.0),
        ratio: large.kib as f64 / small.kib as f64,
        aim: "1",
    }
}
