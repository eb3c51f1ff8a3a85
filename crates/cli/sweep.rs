//! `ikesim sweep`

mod plan;
mod resume;

use std::collections::BTreeSet;
use std::fs::File;
use std::io::Write;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};

use ike::Powers;
use ike::crypto::DhGroup;
use indicatif::{ProgressBar, ProgressStyle};
use rayon::ThreadPool;
use rayon::prelude::*;
use report::{Groups, Key, Report};
use scenario::Scenario;
use scenario::sweep::{Point, Sweep};
use sim::{MAX_STEPS, Outcome, Setup, Trace};

use crate::args::{Format, SweepArgs};
use crate::failure::{Failure, UNDECIDED, USAGE};
use crate::out::{Out, say};
use crate::output::{self, Holds};

/// Neighbouring runs that one job does in one go.
const CHUNK: usize = 64;

/// Chunks per job that are computed before they are written: enough to keep every job busy, and no more.
const BATCH: usize = 4;

/// Set by Ctrl-C: what is done is written, and then the sweep ends.
// Static, for the handler lives as long as the process.
static STOP: AtomicBool = AtomicBool::new(false);

/// Runs the product of the axes.
pub fn sweep(args: &SweepArgs, format: Format, out: &mut Out) -> Result<u8, Failure> {
    let read = args.files.iter().chain(&args.plan).chain(&args.resume).map(PathBuf::as_path);
    let lines = format != Format::Human && args.resume.is_none();
    let taken = lines.then_some("the lines of the runs");
    let quiet = output::check(&output::wanted([("--heatmap", &args.heatmap)]), read, taken)?;
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
    let mut writer = Results { format, groups: Groups::default(), impossible: 0, cut_off: 0, file: appended };
    writer.begin(out)?;
    let next = run_all(&sweep, range.clone(), &pool, &mut writer, out)?;
    if !quiet {
        writer.end(out)?;
    }
    if let Some(path) = &args.heatmap {
        output::write(path, writer.groups.heatmap().as_bytes(), Holds::NoSecrets, out)?;
    }
    if next < range.end && !out.is_closed() {
        say(&format!("stopped before run {next} of {}; what is written is whole", sweep.len()));
        say("to go on, run the same command with --format json --resume FILE, FILE being what was written");
    }
    // Else the gaps in the numbers would look like lost lines.
    if writer.impossible > 0 {
        say(&format!("{} combinations cannot be, and were left out", writer.impossible));
    }
    if writer.cut_off > 0 {
        let runs = report::reasons::plural(writer.cut_off, "run");
        say(&format!("{runs} cut short after {MAX_STEPS} steps, and not judged"));
    }
    Ok(if writer.cut_off > 0 { UNDECIDED } else { 0 })
}

/// What is kept of a run once it is written down.
struct Done {
    key: Key,
    /// Its peers came to their keys.
    derived: bool,
    cut_off: bool,
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
    out: &mut Out,
) -> Result<u64, Failure> {
    let batch = pool.current_num_threads() * BATCH * CHUNK;
    // Three powers for each run at most, and those that a stretch of seeds will need again.
    let powers = Powers::new(crate::run::POWERS + 3 * batch);
    let progress = progress(range.end.saturating_sub(range.start));
    let mut next = range.start;
    let mut derived = true;
    // With nobody to read the lines, the rest of them is not wanted.
    while next < range.end && !STOP.load(Ordering::Relaxed) && !out.is_closed() {
        let end = next.saturating_add(batch as u64).min(range.end);
        let numbers: Vec<u64> = (next..end).collect();
        // A short sweep keeps every job busy too.
        let chunk = numbers.len().div_ceil(2 * pool.current_num_threads()).min(CHUNK);
        let format = writer.format;
        let work = || {
            // Where the runs before came to their keys, so will most of these.
            if derived {
                prepare(sweep, &numbers, &powers);
            }
            numbers.par_chunks(chunk).map(|chunk| several(sweep, chunk, format, &powers)).collect()
        };
        let done: Vec<Result<Vec<Option<Done>>, Failure>> = pool.install(work);
        derived = false;
        // By number, whichever was done first: the same sweep writes the same bytes.
        for chunk in done {
            let chunk = chunk?;
            derived |= chunk.iter().flatten().any(|run| run.derived);
            writer.take(chunk, out)?;
        }
        // Whole runs are out by now, so that --resume can go on behind them after a crash.
        out.flush()?;
        progress.set_position(end.saturating_sub(range.start));
        next = end;
    }
    progress.finish_and_clear();
    Ok(next)
}

/// Computes the powers of many runs together, each once: runs that differ in a fault or a loss share theirs.
fn prepare(sweep: &Sweep, numbers: &[u64], powers: &Powers) {
    let likely = |chunk: &[u64]| {
        let exchanges = each(sweep, chunk, |_, scenario| (sim::likely_exchange(&scenario.setup), scenario));
        exchanges.flatten().flatten().collect::<Vec<_>>()
    };
    let exchanges: BTreeSet<(DhGroup, u64)> = numbers.par_chunks(CHUNK).flat_map_iter(likely).collect();
    let exchanges: Vec<_> = exchanges.into_iter().collect();
    // Evenly among the jobs, in whole vectors of eight.
    let share = exchanges.len().div_ceil(rayon::current_num_threads()).next_multiple_of(8).min(CHUNK);
    exchanges.par_chunks(share.max(1)).for_each(|some| sim::prepare(some.iter().copied(), powers));
}

/// Does something with the scenario of each of these neighbours, and takes it back; `None` for a combination that cannot be.
fn each<'s, T>(
    sweep: &'s Sweep,
    numbers: &[u64],
    mut act: impl FnMut(&Point<'s>, Scenario) -> (T, Scenario),
) -> impl Iterator<Item = Option<T>> {
    let mut last: Option<(Point<'s>, Scenario)> = None;
    numbers.iter().map(move |number| {
        let point = sweep.point(*number)?;
        let scenario = match last.take() {
            // Neighbours mostly are one scenario with another seed: a file is not read again for that.
            Some((before, mut scenario)) if point.differs_by_seed(&before) => {
                point.reseed(&mut scenario);
                scenario
            }
            Some(_) | None => point.scenario().ok()?,
        };
        let (done, scenario) = act(&point, scenario);
        last = Some((point, scenario));
        Some(done)
    })
}

/// Runs neighbours.
fn several(
    sweep: &Sweep,
    numbers: &[u64],
    format: Format,
    powers: &Powers,
) -> Result<Vec<Option<Done>>, Failure> {
    let runs = each(sweep, numbers, |point, scenario| {
        let ran = ran(&scenario.setup, powers);
        let mut report = Report::new(scenario, ran, None);
        // A fault that never acted is recorded, not judged.
        report.failed.clear();
        (finish(&report, point.number, point.replay(), format), report.scenario)
    });
    runs.map(Option::transpose).collect()
}

/// A tunnel that comes up needs no explanation, and so no trace; without a fault, most do.
fn ran(setup: &Setup, powers: &Powers) -> (Trace, Outcome) {
    // With a fault most runs need their trace, and would be made twice.
    if setup.faults.is_empty() {
        let outcome = sim::run_untraced(setup, powers);
        if outcome.works() {
            return (Trace::off(), outcome);
        }
    }
    sim::run(setup, powers)
}

fn finish(report: &Report, number: u64, replay: String, format: Format) -> Result<Done, Failure> {
    let line = match format {
        Format::Json => report::plain_json(report::numbered_json(report, number, &replay)?),
        Format::Csv => report::csv(report, number, &replay),
        Format::Human | Format::Junit | Format::Tap | Format::Github | Format::Gradescope => String::new(),
    };
    let Outcome { keys_match, cut_off, .. } = report.outcome;
    Ok(Done { key: Key::of(report), derived: keys_match.is_some(), cut_off, replay, line })
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
    /// Runs that the bound of steps ended.
    cut_off: u64,
    /// Where a resumed sweep goes on.
    file: Option<File>,
}

impl Results {
    fn begin(&self, out: &mut Out) -> Result<(), Failure> {
        if self.format == Format::Csv {
            writeln!(out, "{}", report::CSV_HEAD)?;
        }
        Ok(())
    }

    /// The lines of one chunk are written in one go.
    fn take(&mut self, chunk: Vec<Option<Done>>, out: &mut Out) -> Result<(), Failure> {
        let mut lines = String::new();
        for run in chunk {
            let Some(Done { key, replay, line, cut_off, .. }) = run else {
                self.impossible += 1;
                continue;
            };
            self.cut_off += u64::from(cut_off);
            self.groups.add(key, &replay);
            if !line.is_empty() {
                lines.extend([&line, "\n"]);
            }
        }
        match &mut self.file {
            Some(file) => file.write_all(lines.as_bytes())?,
            None => out.write_all(lines.as_bytes())?,
        }
        Ok(())
    }

    fn end(&self, out: &mut Out) -> Result<(), Failure> {
        if self.format == Format::Human {
            out.write_all(self.groups.table().as_bytes())?;
        }
        Ok(())
    }
}
