//! The verdict for programs: JSON, annotations of GitHub workflows, JUnit.

use config::{Blamed, Note, Place};
use ike::Role;
use isakmp::shown;
use quick_junit::{NonSuccessKind, TestCase, TestCaseStatus, TestSuite};
use serde_json::{Value, json};
use sim::state_name;

use super::alone::Alone;
use super::files::Unjudged;
use super::judge::{Depends, Judged, NotRun, Ran, Said};
use super::{Verdicts, assumptions, unknown};
use crate::failure::{Failure, IO};
use crate::github::annotate;
use crate::out::Out;

fn place(at: &Place) -> Value {
    json!({"file": &*at.file, "line": at.line, "text": &*at.text})
}

/// One object.
pub fn json(verdicts: &Verdicts<'_>) -> Value {
    let unmatched = verdicts.unmatched.iter().map(|one| {
        let peer = one.connection.remote.to_string();
        json!({"device": one.device.name(), "peer": peer, "why": unknown(one), "at": place(&one.connection.at)})
    });
    let problems = verdicts.devices.iter().flat_map(|device| &device.problems);
    json!({
        "schema": "ikesim/predict/1",
        "verdict": verdicts.said().word(),
        "directions": verdicts.judged.iter().map(direction).collect::<Vec<_>>(),
        "alone": verdicts.alone.iter().map(alone).collect::<Vec<_>>(),
        "unknown_peers": unmatched.collect::<Vec<_>>(),
        "not_judged": verdicts.unjudged.iter().map(unjudged).collect::<Vec<_>>(),
        "problems": problems.map(|p| json!({"message": p.message, "allowed": p.allowed, "at": place(&p.at)})).collect::<Vec<_>>(),
    })
}

fn alone(one: &Alone<'_>) -> Value {
    json!({
        "device": one.device.name(), "by": one.by, "peer": one.peer, "verdict": Said::NeverStarted.word(),
        "cause": one.cause.name(), "lacks": one.lacks,
        "lines": one.lines.iter().map(place).collect::<Vec<_>>(), "fix": one.fix,
    })
}

fn unjudged(one: &Unjudged) -> Value {
    json!({"file": one.file, "device": one.hostname, "why": one.reason()})
}

fn direction(judged: &Judged<'_>) -> Value {
    let session = &judged.session;
    let state = |role| judged.ran.as_ref().map(|ran| state_name(ran.states[role]));
    let lines = judged.blamed.iter().flat_map(|blamed| {
        let ends = [(Role::Initiator, &session.initiator), (Role::Responder, &session.responder)];
        ends.into_iter().zip(&blamed.sides).map(|((role, end), said)| {
            let (line, text) = match said {
                config::Said::Line(at) => (Some(at.line), at.text.to_string()),
                config::Said::NoLine(text) => (None, text.clone()),
            };
            let file = match said {
                config::Said::Line(at) => &*at.file,
                config::Said::NoLine(_) => &*end.device.file,
            };
            json!({"what": blamed.what, "side": role.name(), "file": file, "line": line, "text": text})
        })
    });
    json!({
        "from": session.initiator.device.name(), "to": session.responder.device.name(),
        "from_file": &*session.initiator.device.file, "to_file": &*session.responder.device.file,
        "by": session.connection.by, "verdict": judged.said.word(),
        "initiator": state(Role::Initiator), "responder": state(Role::Responder),
        "not_run": judged.not_run.as_ref().map(NotRun::words),
        "cause": judged.cause().map(sim::Cause::name),
        "negotiated": judged.ran.as_ref().and_then(|ran| ran.negotiated).map(|agreed| json!({
            "encryption": agreed.encryption.name(), "hash": agreed.hash.name(), "group": agreed.group.number(),
            "authentication": agreed.authentication.name(), "lifetime": agreed.lifetime,
        })),
        "otherwise": judged.otherwise.as_ref().map(Ran::states),
        "lines": lines.collect::<Vec<_>>(),
        "depends": judged.depends.iter().map(|Depends { text, at }| json!({"text": text, "at": at.as_ref().map(place)})).collect::<Vec<_>>(),
        "assumed": assumptions(judged),
        "phase1": judged.phase1(),
        "phase2": judged.notes.iter().map(note).collect::<Vec<_>>(),
    })
}

fn note(note: &Note) -> Value {
    json!({"text": note.text, "at": note.at.iter().map(|at| at.as_ref().map(place)).collect::<Vec<_>>()})
}

/// An annotation at every line that is to blame.
pub fn github(verdicts: &Verdicts<'_>, out: &mut Out) -> Result<(), Failure> {
    for judged in &verdicts.judged {
        let (level, places): (_, Vec<(String, Option<&Place>)>) = match judged.said {
            Said::Passes | Said::Up => continue,
            Said::NeverStarted | Said::Refused | Said::Phase1Stalls | Said::Stalls => {
                ("error", judged.blamed.iter().flat_map(annotated).collect())
            }
            Said::Unverifiable => {
                ("warning", judged.depends.iter().map(|d| (d.text.clone(), d.at.as_ref())).collect())
            }
        };
        let head = format!("{}: {}", judged.name(), judged.verdict());
        // What cannot be run says so in its verdict already.
        for (text, at) in places.iter().filter(|_| judged.not_run.is_none()) {
            annotate(level, at.map(line), &format!("{head}: {text}"), out)?;
        }
        if places.is_empty() || judged.not_run.is_some() {
            let unfit = judged.not_run.as_ref().and_then(NotRun::place);
            annotate(level, Some(line(unfit.unwrap_or(&judged.session.connection.at))), &head, out)?;
        }
    }
    for one in &verdicts.alone {
        let head =
            format!("{}, {}: {}, {}", one.device.name(), one.by, Said::NeverStarted.word(), one.reason());
        annotate("error", one.lines.first().map(line), &head, out)?;
    }
    for one in verdicts.unjudged.iter().filter(|one| one.is_missed()) {
        // Who cannot read a file may miss half of a pair; one that holds no device is seldom missed.
        let level = if one.is_unread() { "warning" } else { "notice" };
        annotate(level, Some((&one.file, None)), &one.words(), out)?;
    }
    let up = verdicts.judged.iter().filter(|judged| judged.said.is_good()).count();
    Ok(out.line(&format!("directions that come up: {up} of {}", verdicts.judged.len()))?)
}

fn annotated(blamed: &Blamed) -> Vec<(String, Option<&Place>)> {
    let text = |said: &config::Said| match said {
        config::Said::Line(at) => at.text.to_string(),
        config::Said::NoLine(text) => text.clone(),
    };
    let [one, other] = &blamed.sides;
    let says = |own: &config::Said, across: &config::Said| {
        format!("{} here, {} on the other side", text(own), text(across))
    };
    // At either line: which of the two is wrong nobody knows.
    let both = [(one, other), (other, one)];
    both.into_iter()
        .map(|(own, across)| {
            let at = match own {
                config::Said::Line(at) => Some(at),
                config::Said::NoLine(_) => None,
            };
            (says(own, across), at)
        })
        .filter(|(_, at)| at.is_some())
        .collect()
}

fn line(at: &Place) -> (&str, Option<usize>) {
    (&at.file, Some(at.line))
}

/// A case per direction; what cannot be told is skipped.
pub fn junit(verdicts: &Verdicts<'_>) -> Result<String, Failure> {
    let mut suite = TestSuite::new("predict");
    for judged in &verdicts.judged {
        let mut status = match judged.said {
            Said::Passes | Said::Up => TestCaseStatus::success(),
            Said::NeverStarted | Said::Refused | Said::Phase1Stalls | Said::Stalls => {
                TestCaseStatus::non_success(NonSuccessKind::Failure)
            }
            // No failure: nothing is known to be wrong.
            Said::Unverifiable => TestCaseStatus::skipped(),
        };
        if !judged.said.is_good() {
            let lines =
                judged.blamed.iter().flat_map(annotated).map(|(text, at)| {
                    at.map_or(text.clone(), |at| format!("{}:{}: {text}", at.file, at.line))
                });
            let lines = std::iter::once(judged.verdict()).chain(lines).map(|line| shown(&line).into_owned());
            status.set_message(lines.collect::<Vec<_>>().join("\n"));
        }
        let name = format!("{} ({})", judged.name(), judged.session.connection.by);
        suite.add_test_case(TestCase::new(&*shown(&name), status));
    }
    for one in &verdicts.alone {
        let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
        status.set_message(&*shown(&format!("{}  {}", Said::NeverStarted.word(), one.reason())));
        let name = format!("{} ({})", one.device.name(), one.by);
        suite.add_test_case(TestCase::new(&*shown(&name), status));
    }
    for one in verdicts.unjudged.iter().filter(|one| one.is_missed()) {
        let mut status = TestCaseStatus::skipped();
        status.set_message(&*shown(&one.reason()));
        suite.add_test_case(TestCase::new(&*shown(&one.file), status));
    }
    let mut report = quick_junit::Report::new("ikesim");
    report.add_test_suite(suite);
    report.to_string().map_err(|error| Failure::new(IO, format!("cannot write JUnit: {error}")))
}
