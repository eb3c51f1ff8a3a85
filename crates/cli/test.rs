//! `ikesim test`

use std::io::Write;
use std::path::PathBuf;

use ike::{Powers, Role};
use isakmp::shown;
use quick_junit::{NonSuccessKind, TestCase, TestCaseStatus, TestSuite};
use report::Report;
use report::reasons::plural;
use sim::state_name;

use crate::args::{Color, Format, Test};
use crate::failure::{Failure, IO, UNDECIDED, USAGE};
use crate::out::Out;
use crate::run::POWERS;
use crate::{github, input, shipped};

/// What became of one scenario.
enum TestResult {
    /// It ran; the report says whether its expectations held.
    Ran(Box<Report>),
    /// It could not be read.
    Unread(Failure),
}

/// Runs every scenario below the paths; the exit code is the worst of them.
pub fn test(args: &Test, format: Format, out: &mut Out) -> Result<u8, Failure> {
    let files = files(&args.paths)?;
    let powers = Powers::new(POWERS);
    let mut results = Vec::new();
    // The plan goes first, so that a run that breaks off shows as one.
    if format == Format::Tap {
        writeln!(out, "TAP version 14\n1..{}", files.len())?;
    }
    for (file, number) in files.iter().zip(1..) {
        let result = match input::scenario(file, args.seed) {
            Ok(scenario) => {
                let ran = sim::run(&scenario.setup, &powers);
                TestResult::Ran(Box::new(Report::new(scenario, ran, None)))
            }
            Err(failure) => TestResult::Unread(failure),
        };
        let name = file.display().to_string();
        show(&name, number, &result, format, out)?;
        results.push((name, result));
    }
    match format {
        Format::Human | Format::Github => out.line(&summary(&results))?,
        Format::Junit => out.write_all(junit(&results)?.as_bytes())?,
        Format::Json | Format::Csv | Format::Tap | Format::Gradescope => {}
    }
    Ok(results.iter().map(|(_, result)| result.code()).max().unwrap_or(0))
}

impl TestResult {
    fn code(&self) -> u8 {
        match self {
            TestResult::Ran(report) => report.code(),
            TestResult::Unread(failure) => failure.code(),
        }
    }

    /// What went wrong, a line each.
    fn complaints(&self) -> Vec<String> {
        match self {
            TestResult::Ran(report) => report.failed.clone(),
            TestResult::Unread(failure) => vec![failure.line()],
        }
    }
}

fn files(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Failure> {
    let mut files = Vec::new();
    for path in paths {
        // Most often the default: who has no folder of scenarios yet is told how to begin.
        if !path.exists() && shipped::text(path)?.is_none() {
            let help = "`ikesim init scenarios/mine.toml` writes a first scenario".to_owned();
            let message = format!("cannot read {}: there is no such file or folder", path.display());
            return Err(Failure::new(IO, message).help(Some(help)));
        }
        files.extend(input::scenarios_below(path)?);
    }
    // Nothing tested must not look like everything held.
    if files.is_empty() {
        let places: Vec<String> = paths.iter().map(|path| path.display().to_string()).collect();
        return Err(Failure::new(USAGE, format!("no scenario (*.toml) below {}", places.join(", "))));
    }
    Ok(files)
}

/// One scenario, as soon as it is judged.
fn show(name: &str, number: u64, result: &TestResult, format: Format, out: &mut Out) -> Result<(), Failure> {
    let held = result.code() == 0;
    match (format, result) {
        (Format::Json, TestResult::Ran(report)) => out.json(&report::json(report)?)?,
        (Format::Human, TestResult::Ran(report)) => human(name, report, out)?,
        // On standard error: the result stays readable to programs.
        (Format::Human | Format::Json | Format::Junit, TestResult::Unread(failure)) => {
            failure.report(Color::Auto);
        }
        (Format::Tap, _) => {
            // A sign of the protocol in a name would make a directive of it.
            let name = name.replace('\\', "\\\\").replace('#', "\\#");
            out.line(&format!("{}ok {number} - {name}", if held { "" } else { "not " }))?;
            for line in result.complaints() {
                out.line(&format!("  # {line}"))?;
            }
        }
        (Format::Github, _) => {
            for line in result.complaints() {
                github::annotate("error", Some((name, None)), &line, out)?;
            }
        }
        _ => {}
    }
    Ok(())
}

fn human(name: &str, report: &Report, out: &mut Out) -> Result<(), Failure> {
    let [i, r] = Role::BOTH.map(|role| state_name(report.outcome.peers[role].state));
    let cause = report.diagnosis.first().map_or("-", |first| first.cause.name());
    let mark = match report.code() {
        0 => "ok  ",
        UNDECIDED => "?   ",
        _ => "FAIL",
    };
    // Who looks this name up in a vendor's documents finds nothing.
    let own = if i == "AM_WAIT_MSG4" { "  (AM_WAIT_MSG4: ikesim; no device does this)" } else { "" };
    out.line(&format!("{mark}  {:<52} {i:<13} {r:<13} {cause}{own}", shown(name)))?;
    for line in &report.failed {
        out.line(&format!("      {line}"))?;
    }
    Ok(())
}

fn summary(results: &[(String, TestResult)]) -> String {
    let count = |wanted: fn(&TestResult) -> bool| results.iter().filter(|(_, result)| wanted(result)).count();
    let held = count(|result| result.code() == 0);
    let unread = count(|result| matches!(result, TestResult::Unread(_)));
    let undecided = count(|result| result.code() == UNDECIDED);
    let failed = results.len() - held - unread - undecided;
    let scenarios = plural(results.len() as u64, "scenario");
    let also =
        |count: usize, what: &str| if count == 0 { String::new() } else { format!(", {count} {what}") };
    let (undecided, unread) = (also(undecided, "undecided"), also(unread, "not run"));
    format!("{scenarios}: {held} held, {failed} failed{undecided}{unread}")
}

/// One suite, one case per scenario.
fn junit(results: &[(String, TestResult)]) -> Result<String, Failure> {
    let mut suite = TestSuite::new("scenarios");
    for (name, result) in results {
        let status = match (result, result.code()) {
            (_, 0) => TestCaseStatus::success(),
            (TestResult::Ran(_), _) => TestCaseStatus::non_success(NonSuccessKind::Failure),
            // JUnit's two words: a failure is the tested thing's, an error the test's own.
            (TestResult::Unread(_), _) => TestCaseStatus::non_success(NonSuccessKind::Error),
        };
        let mut case = TestCase::new(&*shown(name), status);
        if result.code() != 0 {
            case.status.set_message(&*shown(&result.complaints().join("; ")));
        }
        suite.add_test_case(case);
    }
    let mut report = quick_junit::Report::new("ikesim");
    report.add_test_suite(suite);
    report.to_string().map_err(|error| Failure::new(IO, format!("cannot write JUnit: {error}")))
}
