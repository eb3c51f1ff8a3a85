//! `ikesim sweep`

mod plan;
mod resume;

use std::fs::{self, File};
use std::io::Write;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};

use ike::Powers;
use indicatif::{ProgressBar, ProgressStyle};
use rayon::ThreadPool;
use rayon::prelude::*;
use report::{Groups, Key, Report};
use scenario::Scenario;
use scenario::sweep::{Point, Sweep};
use sim::{Outcome, Trace};

use crate::args::{Format, SweepArgs};
use crate::failure::{Failure, USAGE};

/// Neighbouring runs that one job does in one go, their powers computed together.
const CHUNK: usize = 64;

/// Chunks per job that are computed before they are written: enough to keep every job busy, and no more.
const BATCH: usize = 8;

/// Set by Ctrl-C: what is done is written, and then the sweep ends.
static STOP: AtomicBool = AtomicBool::new(false);

/// Runs the product of the axes.
pub fn sweep(args: &SweepArgs, format: Format, out: &mut dyn Write) -> Result<u8, Failure> {
    let sweep = plan::plan(args)?;
    let mut range = plan::shard(args, sweep.len())?;
    let mut appended = None;
    if let Some(path) = &args.resume {
        if format != Format::Json {
            return Err(Failure::new(USAGE, "--resume goes on with a JSON file")
                .help(Some("add --format json".into())));
        }
        let (next, file) = resume::resume(path, &sweep, range.clone())?;
        range.start = next;
        appended = Some(file);
    }
    // A handler that cannot be set leaves Ctrl-C as it was.
    let _ = ctrlc::set_handler(|| STOP.store(true, Ordering::Relaxed));
    let pool = rayon::ThreadPoolBuilder::new().num_threads(args.jobs.unwrap_or(0)).build();
    let pool =
        pool.map_err(|error| Failure::new(crate::failure::IO, format!("cannot start the jobs: {error}")))?;
    let mut writer = Results { format, groups: Groups::default(), impossible: 0, file: appended };
    writer.begin(out)?;
    let next = run_all(&sweep, range.clone(), &pool, &mut writer, out)?;
    writer.end(out)?;
    if let Some(path) = &args.heatmap {
        fs::write(path, writer.groups.heatmap()).map_err(|error| Failure::file(path, "write", &error))?;
    }
    if next < range.end {
        eprintln_quietly(&format!("stopped before run {next} of {}; what is written is whole", sweep.len()));
        eprintln_quietly(
            "to go on, run the same command with --format json --resume FILE, FILE being what was written",
        );
    }
    if writer.impossible > 0 {
        eprintln_quietly(&format!("{} combinations cannot be, and were left out", writer.impossible));
    }
    Ok(0)
}

fn eprintln_quietly(line: &str) {
    // Nobody is left to tell if standard error is closed.
    let _ = writeln!(std::io::stderr(), "{line}");
}

/// What is kept of a run once it is written down.
struct Done {
    key: Key,
    replay: String,
    /// Nothing where only the table is asked for.
    line: String,
}

/// Computes in parallel, writes in order; the number of the first run that was not done.
fn run_all(
    sweep: &Sweep,
    range: Range<u64>,
    pool: &ThreadPool,
    writer: &mut Results,
    out: &mut dyn Write,
) -> Result<u64, Failure> {
    let jobs = pool.current_num_threads();
    let powers = Powers::new(crate::run::POWERS + jobs * 4 * CHUNK);
    let derived = AtomicBool::new(false);
    let progress = progress(range.end.saturating_sub(range.start));
    let batch = (jobs * BATCH * CHUNK) as u64;
    let mut next = range.start;
    while next < range.end && !STOP.load(Ordering::Relaxed) {
        let end = next.saturating_add(batch).min(range.end);
        let numbers: Vec<u64> = (next..end).collect();
        // A short sweep keeps every job busy too.
        let chunk = numbers.len().div_ceil(2 * jobs).min(CHUNK);
        let format = writer.format;
        let work = || {
            let chunks = numbers.par_chunks(chunk);
            chunks.map(|chunk| several(sweep, chunk, format, &powers, &derived)).collect()
        };
        let done: Vec<Result<Vec<Option<Done>>, Failure>> = pool.install(work);
        for chunk in done {
            chunk?.into_iter().try_for_each(|run| writer.take(run, out))?;
        }
        out.flush()?;
        progress.set_position(end.saturating_sub(range.start));
        next = end;
    }
    progress.finish_and_clear();
    Ok(next)
}

/// Runs neighbours; `None` for a combination that cannot be. Where neighbours before them came to their keys, so will
/// most of these: then their powers are computed together.
fn several(
    sweep: &Sweep,
    numbers: &[u64],
    format: Format,
    powers: &Powers,
    derived: &AtomicBool,
) -> Result<Vec<Option<Done>>, Failure> {
    let points: Vec<Option<(u64, Point<'_>, Scenario)>> = numbers
        .iter()
        .map(|number| {
            let point = sweep.point(*number)?;
            let scenario = point.scenario().ok()?;
            Some((*number, point, scenario))
        })
        .collect();
    if derived.load(Ordering::Relaxed) {
        sim::prepare(points.iter().flatten().map(|(_, _, scenario)| &scenario.setup), powers);
    }
    let mut done = Vec::with_capacity(points.len());
    for point in &points {
        let Some((number, point, scenario)) = point else {
            done.push(None);
            continue;
        };
        let ran = sim::run(&scenario.setup, powers);
        derived.store(ran.1.keys_match.is_some(), Ordering::Relaxed);
        done.push(Some(finish(scenario.clone(), ran, *number, point.replay(), format)?));
    }
    Ok(done)
}

fn finish(
    scenario: Scenario,
    ran: (Trace, Outcome),
    number: u64,
    replay: String,
    format: Format,
) -> Result<Done, Failure> {
    let mut report = Report::new(scenario, ran, None);
    // A fault that never acted is recorded, not judged.
    report.failed.clear();
    let line = match format {
        Format::Json => report::numbered_json(&report, number, &replay)?,
        Format::Csv => report::csv(&report, number, &replay),
        _ => String::new(),
    };
    Ok(Done { key: Key::of(&report), replay, line })
}

/// Off when standard error is no terminal.
fn progress(runs: u64) -> ProgressBar {
    let bar = ProgressBar::new(runs);
    let style = ProgressStyle::with_template("{pos} of {len} runs, {per_sec}, {eta} left {wide_bar}");
    bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

struct Results {
    format: Format,
    groups: Groups,
    impossible: u64,
    /// Where a resumed sweep goes on.
    file: Option<File>,
}

impl Results {
    fn begin(&self, out: &mut dyn Write) -> Result<(), Failure> {
        if self.format == Format::Csv {
            writeln!(out, "{}", report::CSV_HEAD)?;
        }
        Ok(())
    }

    fn take(&mut self, run: Option<Done>, out: &mut dyn Write) -> Result<(), Failure> {
        let Some(Done { key, replay, line }) = run else {
            self.impossible += 1;
            return Ok(());
        };
        self.groups.add(key, &replay);
        match &mut self.file {
            _ if line.is_empty() => {}
            Some(file) => writeln!(file, "{line}")?,
            None => writeln!(out, "{line}")?,
        }
        Ok(())
    }

    fn end(&self, out: &mut dyn Write) -> Result<(), Failure> {
        if self.format == Format::Human {
            out.write_all(self.groups.table().as_bytes())?;
        }
        Ok(())
    }
}
