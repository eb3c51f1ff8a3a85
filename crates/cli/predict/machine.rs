//! The verdict for other people's machines: annotations of GitHub workflows, JUnit.

use ::predict::{Forecast, Verdicts};
use config::Place;
use isakmp::shown;
use quick_junit::{NonSuccessKind, TestCase, TestCaseStatus, TestSuite};
use report::predict::{alone_reason, annotated, depends, verdict};

use super::files::Unjudged;
use crate::failure::{Failure, IO};
use crate::github::annotate;
use crate::out::Out;

/// An annotation at every line that is to blame.
pub fn github(verdicts: &Verdicts<'_>, unjudged: &[Unjudged], out: &mut Out) -> Result<(), Failure> {
    for judged in &verdicts.judged {
        let (level, places): (_, Vec<(String, Option<&Place>)>) = match judged.forecast {
            Forecast::Passes | Forecast::Up => continue,
            Forecast::NeverStarted | Forecast::Refused | Forecast::Phase1Stalls | Forecast::Stalls => {
                ("error", judged.blamed.iter().flat_map(annotated).collect())
            }
            Forecast::Unverifiable => {
                ("warning", judged.depends.iter().map(|d| (depends(d, judged), d.at.as_ref())).collect())
            }
        };
        let head = format!("{}: {}", judged.session.name(), verdict(judged));
        // What cannot be run says so in its verdict already.
        for (text, at) in places.iter().filter(|_| judged.not_run.is_none()) {
            annotate(level, at.map(line), &format!("{head}: {text}"), out)?;
        }
        if places.is_empty() || judged.not_run.is_some() {
            let unfit = judged.not_run.as_ref().and_then(::predict::NotRun::place);
            annotate(level, Some(line(unfit.unwrap_or(&judged.session.connection.at))), &head, out)?;
        }
    }
    for one in &verdicts.alone {
        let head = format!(
            "{}, {}: {}, {}",
            one.device.name(),
            one.by,
            Forecast::NeverStarted.name(),
            alone_reason(one)
        );
        annotate("error", one.lines.first().map(line), &head, out)?;
    }
    for one in unjudged.iter().filter(|one| one.is_missed()) {
        // Who cannot read a file may miss half of a pair; one that holds no device is seldom missed.
        let level = if one.is_unread() { "warning" } else { "notice" };
        annotate(level, Some((&one.file, None)), &one.told().words(), out)?;
    }
    let up = verdicts.judged.iter().filter(|judged| judged.forecast.is_good()).count();
    Ok(out.line(&format!("directions that come up: {up} of {}", verdicts.judged.len()))?)
}

fn line(at: &Place) -> (&str, Option<usize>) {
    (&at.file, Some(at.line))
}

/// A case per direction; what cannot be told is skipped.
pub fn junit(verdicts: &Verdicts<'_>, unjudged: &[Unjudged]) -> Result<String, Failure> {
    let mut suite = TestSuite::new("predict");
    for judged in &verdicts.judged {
        let mut status = match judged.forecast {
            Forecast::Passes | Forecast::Up => TestCaseStatus::success(),
            Forecast::NeverStarted | Forecast::Refused | Forecast::Phase1Stalls | Forecast::Stalls => {
                TestCaseStatus::non_success(NonSuccessKind::Failure)
            }
            // No failure: nothing is known to be wrong.
            Forecast::Unverifiable => TestCaseStatus::skipped(),
        };
        if !judged.forecast.is_good() {
            let lines =
                judged.blamed.iter().flat_map(annotated).map(|(text, at)| {
                    at.map_or(text.clone(), |at| format!("{}:{}: {text}", at.file, at.line))
                });
            let lines = std::iter::once(verdict(judged)).chain(lines).map(|line| shown(&line).into_owned());
            status.set_message(lines.collect::<Vec<_>>().join("\n"));
        }
        let name = format!("{} ({})", judged.session.name(), judged.session.connection.by);
        suite.add_test_case(TestCase::new(&*shown(&name), status));
    }
    for one in &verdicts.alone {
        let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
        status.set_message(&*shown(&format!("{}  {}", Forecast::NeverStarted.name(), alone_reason(one))));
        let name = format!("{} ({})", one.device.name(), one.by);
        suite.add_test_case(TestCase::new(&*shown(&name), status));
    }
    for one in unjudged.iter().filter(|one| one.is_missed()) {
        let mut status = TestCaseStatus::skipped();
        status.set_message(&*shown(&one.reason()));
        suite.add_test_case(TestCase::new(&*shown(&one.file), status));
    }
    let mut report = quick_junit::Report::new("ikesim");
    report.add_test_suite(suite);
    report.to_string().map_err(|error| Failure::new(IO, format!("cannot write JUnit: {error}")))
}
