//! `ikesim sweep`

use std::collections::BTreeSet;
use std::fs::{self, File, OpenOptions};
use std::io::{BufRead, BufReader, Write};
use std::ops::Range;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use clap::ValueEnum;
use ike::Powers;
use ike::crypto::DhGroup;
use indicatif::{ProgressBar, ProgressStyle};
use rayon::ThreadPool;
use rayon::prelude::*;
use report::{Groups, Key, Report};
use sim::sweep::{Axes, Base, FaultText, Point, Scenarios, Sweep};
use sim::{Outcome, Scenario, Trace, Verdict};

use crate::args::{Format, ModeArg, SweepArgs};
use crate::failure::{Failure, USAGE};
use crate::input;

/// Neighbouring runs that one job does in one go.
const CHUNK: usize = 64;

/// Chunks per job that are computed before they are written: enough to keep every job busy, and no more.
const BATCH: usize = 4;

/// Set by Ctrl-C: what is done is written, and then the sweep ends.
static STOP: AtomicBool = AtomicBool::new(false);

/// Runs the product of the axes.
pub fn sweep(args: &SweepArgs, format: Format, out: &mut dyn Write) -> Result<u8, Failure> {
    let sweep = plan(args)?;
    let mut range = shard(args, sweep.len())?;
    let mut appended = None;
    if let Some(path) = &args.resume {
        if format != Format::Json {
            return Err(Failure::new(USAGE, "--resume goes on with a JSON file")
                .help(Some("add --format json".into())));
        }
        let (next, file) = resume(path)?;
        range.start = range.start.max(next);
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
    /// Its peers came to their keys.
    derived: bool,
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
    let batch = pool.current_num_threads() * BATCH * CHUNK;
    // Three powers for each run at most, and those that a stretch of seeds will need again.
    let powers = Powers::new(crate::run::POWERS + 3 * batch);
    let progress = progress(range.end.saturating_sub(range.start));
    let mut next = range.start;
    let mut derived = true;
    while next < range.end && !STOP.load(Ordering::Relaxed) {
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
        for chunk in done {
            let chunk = chunk?;
            derived |= chunk.iter().flatten().any(|run| run.derived);
            writer.take(chunk, out)?;
        }
        out.flush()?;
        progress.set_position(end.saturating_sub(range.start));
        next = end;
    }
    progress.finish_and_clear();
    Ok(next)
}

/// Computes the powers of many runs together, each once: runs that differ in a fault or a loss share theirs.
fn prepare(sweep: &Sweep, numbers: &[u64], powers: &Powers) {
    let likely = |chunk: &[u64]| -> BTreeSet<(DhGroup, u64)> {
        let scenarios = scenarios(sweep, chunk).flatten();
        scenarios.filter_map(|(_, scenario)| sim::likely_exchange(&scenario)).collect()
    };
    let exchanges: BTreeSet<_> = numbers.par_chunks(CHUNK).flat_map_iter(likely).collect();
    let exchanges: Vec<_> = exchanges.into_iter().collect();
    // Evenly among the jobs, in whole vectors of eight.
    let share = exchanges.len().div_ceil(rayon::current_num_threads()).next_multiple_of(8).min(CHUNK);
    exchanges.par_chunks(share.max(1)).for_each(|some| sim::prepare(some.iter().copied(), powers));
}

/// The scenarios of neighbouring runs; `None` for a combination that cannot be.
fn scenarios<'s>(sweep: &'s Sweep, numbers: &[u64]) -> impl Iterator<Item = Option<(Point<'s>, Scenario)>> {
    let mut read = Scenarios::default();
    numbers.iter().map(move |number| {
        let point = sweep.point(*number)?;
        let scenario = read.of(&point).ok()?;
        Some((point, scenario))
    })
}

/// Runs neighbours.
fn several(
    sweep: &Sweep,
    numbers: &[u64],
    format: Format,
    powers: &Powers,
) -> Result<Vec<Option<Done>>, Failure> {
    let runs = scenarios(sweep, numbers).map(|run| {
        let (point, scenario) = run?;
        let ran = ran(&scenario, powers);
        Some(finish(scenario, ran, point.number, point.replay(), format))
    });
    runs.map(Option::transpose).collect()
}

/// A tunnel that comes up needs no explanation, and so no trace; without a fault, most do.
fn ran(scenario: &Scenario, powers: &Powers) -> (Trace, Outcome) {
    if scenario.faults.is_empty() {
        let outcome = sim::run_untraced(scenario, powers);
        if outcome.verdict == Verdict::Established {
            return (Trace::off(), outcome);
        }
    }
    sim::run(scenario, powers)
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
    Ok(Done { key: Key::of(&report), derived: report.outcome.keys_match.is_some(), replay, line })
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

    /// The lines of one chunk are written in one go.
    fn take(&mut self, chunk: Vec<Option<Done>>, out: &mut dyn Write) -> Result<(), Failure> {
        let mut lines = String::new();
        for run in chunk {
            let Some(Done { key, replay, line, .. }) = run else {
                self.impossible += 1;
                continue;
            };
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

    fn end(&self, out: &mut dyn Write) -> Result<(), Failure> {
        if self.format == Format::Human {
            out.write_all(self.groups.table().as_bytes())?;
        }
        Ok(())
    }
}

/// `K/N`, K from 1: the K-th of N equal stretches, so that the shards one after another are the whole.
fn shard(args: &SweepArgs, runs: u64) -> Result<Range<u64>, Failure> {
    let Some(text) = &args.shard else {
        return Ok(0..runs);
    };
    let read = text.split_once('/').and_then(|(k, n)| Some((k.parse::<u64>().ok()?, n.parse::<u64>().ok()?)));
    let Some((k, n)) = read.filter(|(k, n)| (1..=*n).contains(k)) else {
        return Err(Failure::new(USAGE, format!("`{text}` is no shard")).help(Some("as 1/4 to 4/4".into())));
    };
    let at = |k: u64| u64::try_from(u128::from(runs) * u128::from(k) / u128::from(n)).unwrap_or(runs);
    Ok(at(k - 1)..at(k))
}

/// The run behind the last whole line of a file, and the file, cut behind that line and open at its end.
fn resume(path: &Path) -> Result<(u64, File), Failure> {
    let failed = |verb: &'static str| move |error: std::io::Error| Failure::file(path, verb, &error);
    let file = OpenOptions::new().read(true).write(true).open(path).map_err(failed("read"))?;
    let mut reader = BufReader::new(file.try_clone().map_err(failed("read"))?);
    let (mut next, mut whole, mut line) = (0, 0_u64, String::new());
    loop {
        line.clear();
        let read = reader.read_line(&mut line).map_err(failed("read"))?;
        let number = serde_json::from_str::<serde_json::Value>(&line)
            .ok()
            .and_then(|value| value.get("run")?.as_u64());
        match number.filter(|_| line.ends_with('\n')) {
            Some(number) => (next, whole) = (number + 1, whole + read as u64),
            None => break,
        }
    }
    file.set_len(whole).map_err(failed("write"))?;
    let file = OpenOptions::new().append(true).open(path).map_err(failed("write"))?;
    Ok((next, file))
}

/// The axes as a file has them; the same names as the options.
#[derive(Default, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Plan {
    files: Vec<std::path::PathBuf>,
    mode: Vec<String>,
    profile: Vec<String>,
    fault: Vec<String>,
    pairs: bool,
    together: bool,
    group: Vec<u16>,
    encryption: Vec<String>,
    hash: Vec<String>,
    loss: Vec<f64>,
    seeds: Vec<String>,
}

/// The options that a plan file stands for.
fn read_plan(path: &Path, args: &SweepArgs) -> Result<SweepArgs, Failure> {
    let text = input::text(path)?;
    let name = path.display().to_string();
    let plan: Plan =
        toml::from_str(&text).map_err(|error| sim::scenario::toml_error(&name, &text, &error))?;
    let mode = |word: &String| {
        ModeArg::from_str(word, false).map_err(|_| {
            Failure::new(USAGE, format!("{name}: unknown mode `{word}`"))
                .help(Some("allowed: main, aggressive".into()))
        })
    };
    Ok(SweepArgs {
        files: plan.files,
        mode: plan.mode.iter().map(mode).collect::<Result<_, _>>()?,
        profile: plan.profile,
        fault: plan.fault,
        pairs: plan.pairs,
        together: plan.together,
        group: plan.group,
        encryption: plan.encryption,
        hash: plan.hash,
        loss: plan.loss,
        seeds: plan.seeds,
        ..args.clone()
    })
}

fn plan(args: &SweepArgs) -> Result<Sweep, Failure> {
    if let Some(path) = &args.plan {
        let planned = read_plan(path, args)?;
        return plan(&SweepArgs { plan: None, ..planned });
    }
    let mut bases = Vec::new();
    for file in &args.files {
        let text = input::text(file)?;
        // A base that is wrong is told once, with its place, and not once per run.
        Scenario::parse(&file.display().to_string(), &text)?;
        bases.push(Base { file: Some(file.display().to_string()), text });
    }
    if bases.is_empty() {
        bases.push(Base { file: None, text: String::new() });
    }
    let profiles = args.profile.iter().map(|text| pair(text)).collect();
    let axes = Axes {
        modes: args.mode.iter().copied().map(ModeArg::into).collect(),
        profiles,
        faults: faults(args)?,
        groups: args.group.clone(),
        encryptions: args.encryption.clone(),
        hashes: args.hash.clone(),
        losses: args.loss.clone(),
        seeds: args.seeds.iter().map(|text| seeds(text)).collect::<Result<_, _>>()?,
    };
    let sweep = Sweep { bases, axes };
    // The values are checked by the scenario reader; if no run can be, its error for the first one tells why.
    let possible =
        (0..sweep.len()).take(10_000).any(|n| sweep.point(n).is_some_and(|p| p.scenario().is_ok()));
    match sweep.point(0).map(|point| point.scenario()) {
        Some(Err(error)) if !possible => Err(error.into()),
        _ => Ok(sweep),
    }
}

/// `asa:ios`, or one name for both sides.
fn pair(text: &str) -> [String; 2] {
    let (i, r) = text.split_once(':').unwrap_or((text, text));
    [i.into(), r.into()]
}

/// `7`, or `1..100`, the end not included.
fn seeds(text: &str) -> Result<Range<u64>, Failure> {
    let number = |text: &str| text.parse::<u64>().ok().filter(|seed| i64::try_from(*seed).is_ok());
    let range = match text.split_once("..") {
        None => number(text).map(|seed| seed..seed.saturating_add(1)),
        Some((from, to)) => number(from).zip(number(to)).map(|(from, to)| from..to),
    };
    const MOST: u64 = 10_000_000;
    match range {
        Some(range) if !range.is_empty() && range.end - range.start <= MOST => Ok(range),
        _ => Err(Failure::new(USAGE, format!("`{text}` are no seeds"))
            .help(Some(format!("as 7, or 0..1000 (1000 not included); at most {MOST} of them")))),
    }
}

/// A bare kind stands for every value of its fields that makes sense.
fn faults(args: &SweepArgs) -> Result<Vec<Vec<FaultText>>, Failure> {
    let every = Axes::every_fault();
    let mut faults = Vec::new();
    for text in &args.fault {
        if text == "all" {
            faults.extend(every.clone());
            continue;
        }
        let fault = FaultText::parse(text).map_err(|message| {
            Failure::new(USAGE, message).help(Some("as drop, drop:message=3,times=1, or all".into()))
        })?;
        let bare = !text.contains(':');
        let of_kind = every.iter().filter(|one| one.iter().all(|one| one.kind() == fault.kind())).cloned();
        if bare { faults.extend(of_kind) } else { faults.push(vec![fault]) }
    }
    Ok(match (args.pairs, args.together) {
        (true, _) => Axes::pairs(&faults),
        (_, true) if !faults.is_empty() => vec![faults.concat()],
        _ => faults,
    })
}
