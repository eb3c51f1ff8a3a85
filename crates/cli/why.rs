//! `ikesim why`

use diagnose::{Evidence, Why, why as ask};
use ike::{Powers, QuickState, Role};
use report::Report;
use serde_json::json;
use sim::Phase2;

use crate::args::{Format, WhyArgs};
use crate::failure::Failure;
use crate::input;
use crate::out::Out;
use crate::run::POWERS;

/// Says what would have helped, when it was too late, and what one side cannot tell apart.
pub fn why(args: &WhyArgs, format: Format, out: &mut Out) -> Result<u8, Failure> {
    let scenario = input::scenario(&args.file, args.seed)?;
    let answer = ask(&scenario.setup);
    let view = args.view.map(Role::from);
    let ran = sim::run(&scenario.setup, &Powers::new(POWERS));
    let report = Report::new(scenario, ran, view);
    if format == Format::Json {
        out.json(&as_json(&report, &answer))?;
    } else {
        human(&report, &answer, out)?;
    }
    Ok(0)
}

/// The moment and the first words of what happened there.
fn moment(report: &Report, answer: &Why) -> Option<String> {
    let entry = answer.no_return.as_ref()?;
    Some(format!("{} s: {}", entry.at, report::entry_words(&report.scenario.setup, entry)))
}

fn human(report: &Report, answer: &Why, out: &mut Out) -> Result<(), Failure> {
    let name = &report.scenario.name;
    // Of a tunnel that is up every change would be said to bring it up.
    if report.outcome.works() {
        out.line(&format!("{name}: the tunnel comes up; there is nothing to ask why about"))?;
        return Ok(());
    }
    let [i, r] = Role::BOTH.map(|role| sim::state_name(report.outcome.peers[role].state));
    out.line(&format!("{name}: {} · initiator {i} · responder {r}", report.outcome.verdict))?;
    out.line("")?;
    match answer.changes.first() {
        None => out.line("No one or two changes to configurations, path and wire bring it up.")?,
        Some(first) => {
            let what = if first.len() == 1 {
                "Any one of these changes brings"
            } else {
                "Two changes together bring"
            };
            out.line(&format!("{what} it up:"))?;
            out.line("")?;
            for change in &answer.changes {
                out.line(&format!("  · {}", report::alternatives(change).join(" and ")))?;
            }
        }
    }
    match (moment(report, answer), answer.was_possible) {
        (Some(moment), _) => out.section(&[
            &format!("Point of no return, {moment}"),
            "Before it, a network without losses would still have done.",
        ])?,
        (None, true) => {
            out.section(&["There is no point of no return: a network without losses would do at any time."])?;
        }
        (None, false) => out.section(&[
            "It was lost from the start: with these configurations and this path no network would do.",
        ])?,
    }
    if report.outcome.phase_2.as_ref().is_some_and(one_side_installed) {
        out.section(&[report::ONE_SIDE_INSTALLED])?;
    }
    if let Some(view) = report.view {
        out.section(&[&format!("What the {view} cannot tell apart, likeliest first:"), ""])?;
        for finding in &report.diagnosis {
            let tell = finding.evidence.iter().filter(|one| matches!(one, Evidence::IfSo { .. }));
            let tell = report::evidence(&tell.cloned().collect::<Vec<_>>());
            out.line(&format!("  {}. {}: {}", finding.rank, finding.cause, tell.join(", or ")))?;
        }
    }
    Ok(())
}

/// The initiator has its child, and the responder never heard QM3.
fn one_side_installed(phase_2: &Phase2) -> bool {
    let [i, r] = phase_2.first.as_ref().map(|side| side.state).into_array();
    i == Some(QuickState::Active) && r == Some(QuickState::WaitMsg3)
}

fn as_json(report: &Report, answer: &Why) -> serde_json::Value {
    // Who sees both sides has nothing that looks alike.
    let alike: Vec<serde_json::Value> = report
        .diagnosis
        .iter()
        .filter(|_| report.view.is_some())
        .map(|finding| json!({"cause": finding.cause.name(), "evidence": report::case(finding)}))
        .collect();
    let changes: Vec<Vec<String>> =
        answer.changes.iter().map(|together| report::alternatives(together)).collect();
    json!({
        "schema": "ikesim/why/1", "scenario": report.scenario.name, "outcome": report.outcome.verdict.to_string(),
        "changes": changes, "no_return": moment(report, answer), "was_possible": answer.was_possible,
        "as": report.view.map(|role| role.to_string()), "alike": alike,
    })
}
