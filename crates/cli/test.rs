//! `ikesim test`

use std::io::Write;
use std::path::{Path, PathBuf};

use ike::{Powers, Role};
use report::Report;
use sim::state_name;

use crate::args::{Color, Format, Test};
use crate::failure::{Failure, IO, USAGE};
use crate::input;
use crate::run::POWERS;

/// What became of the scenarios.
#[derive(Default)]
struct Score {
    held: usize,
    failed: usize,
    unread: usize,
    worst: u8,
}

/// Runs every scenario below the paths; the exit code is the worst of them.
pub fn test(args: &Test, format: Format, out: &mut dyn Write) -> Result<u8, Failure> {
    let files = files(&args.paths)?;
    let powers = Powers::new(POWERS);
    let mut score = Score::default();
    for file in &files {
        let report = input::scenario(file, args.seed).map(|scenario| {
            let ran = sim::run(&scenario, &powers);
            Report::new(scenario, ran, None)
        });
        match report {
            Ok(report) => judged(&report, format, &mut score, out)?,
            Err(failure) => {
                failure.report(Color::Auto);
                score.unread += 1;
                score.worst = score.worst.max(failure.code());
            }
        }
    }
    if format == Format::Human {
        writeln!(out, "{}", score.summary())?;
    }
    Ok(score.worst)
}

fn files(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Failure> {
    let mut files = Vec::new();
    for path in paths {
        if !path.exists() {
            let help = "`ikesim init scenarios/mine.toml` writes a first scenario".to_owned();
            let missing =
                Failure::new(IO, format!("cannot read {}: there is no such file or folder", path.display()));
            return Err(missing.help(Some(help)));
        }
        files.extend(input::scenarios_below(path)?);
    }
    if files.is_empty() {
        let places: Vec<String> = paths.iter().map(|path| path.display().to_string()).collect();
        return Err(Failure::new(USAGE, format!("no scenario (*.toml) below {}", places.join(", "))));
    }
    Ok(files)
}

fn judged(report: &Report, format: Format, score: &mut Score, out: &mut dyn Write) -> Result<(), Failure> {
    let held = report.failed.is_empty();
    score.held += usize::from(held);
    score.failed += usize::from(!held);
    score.worst = score.worst.max(u8::from(!held));
    if format == Format::Json {
        return Ok(writeln!(out, "{}", report::json(report)?)?);
    }
    let [i, r] = [Role::Initiator, Role::Responder].map(|role| state_name(report.outcome.peer(role).state));
    let cause = report.diagnosis.first().map_or("-", |first| first.cause.name());
    let mark = if held { "ok  " } else { "FAIL" };
    let name = Path::new(&report.scenario.name).display().to_string();
    let own = if i == "AM_WAIT_MSG4" { "  (AM_WAIT_MSG4: ikesim; no device does this)" } else { "" };
    writeln!(out, "{mark}  {name:<52} {i:<13} {r:<13} {cause}{own}")?;
    for line in &report.failed {
        writeln!(out, "      {line}")?;
    }
    Ok(())
}

impl Score {
    fn summary(&self) -> String {
        let Score { held, failed, unread, .. } = self;
        let total = held + failed + unread;
        let scenarios = if total == 1 { "1 scenario".into() } else { format!("{total} scenarios") };
        let unread = if *unread == 0 { String::new() } else { format!(", {unread} not run") };
        format!("{scenarios}: {held} held, {failed} failed{unread}")
    }
}
