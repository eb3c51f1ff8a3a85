//! Whether a run came to what was expected, and which faults acted.

use ike::Role;
use scenario::Expect;
use sim::{Cause, Outcome, Setup, quick_state_name, state_name};

use super::{labelled, painted};
use crate::Report;
use crate::ladder::Layout;
use crate::line::{GOOD, Line, TROUBLE};
use crate::reasons;

/// Whether the expectations held and every fault acted.
pub(super) fn held(report: &Report, layout: Layout) -> Vec<Line> {
    let Report { scenario, outcome, failed, .. } = report;
    let mut lines = Vec::new();
    // In a view the fault is what is to be found.
    if report.view.is_none() {
        for (n, text) in faults(&scenario.setup, outcome).iter().enumerate() {
            lines.extend(labelled(if n == 0 { "faults" } else { "" }, text, layout));
        }
    }
    if failed.is_empty() {
        let expected = expected(&scenario.expect, report.view);
        if !expected.is_empty() {
            lines.extend(painted("expect", GOOD, &expected, layout));
        }
    }
    let other = report.view.map(Role::other);
    let seen = |line: &&String| other.is_none_or(|other| !line.starts_with(other.name()));
    for (n, line) in failed.iter().filter(seen).enumerate() {
        lines.extend(painted(if n == 0 { "expect" } else { "" }, TROUBLE, &format!("✗ {line}"), layout));
    }
    if lines.is_empty() { lines } else { [vec![Line::default()], lines].concat() }
}

/// Each fault: the values that an operator's changed, how often another one acted.
pub(super) fn faults(setup: &Setup, outcome: &Outcome) -> Vec<String> {
    let faults = setup.faults.iter().zip(&outcome.fired).enumerate();
    faults
        .map(|(index, (fault, fired))| {
            let at = fault.at().map_or(String::new(), |role| format!(" at {role}"));
            let edits = setup.edits.iter().filter(|(of, _)| *of == index).flat_map(|(_, changes)| changes);
            let changed = |change: &sim::Change| {
                let [what, before, after] = reasons::changed(&change.what);
                format!("{what}: {before} → {after}")
            };
            let edits: Vec<String> = edits.map(changed).collect();
            // An edit is made once, before the start: how often it acted would mean nothing.
            if edits.is_empty() {
                format!("{fault}{at}, acted {}", times(*fired))
            } else {
                format!("{fault}{at}: {}", edits.join("; "))
            }
        })
        .collect()
}

fn times(count: u64) -> String {
    match count {
        0 => "never".into(),
        1 => "once".into(),
        n => format!("{n} times"),
    }
}

/// What was expected, but for the side that is not seen.
fn expected(expect: &Expect, view: Option<Role>) -> String {
    let seen = |role: Role| view.is_none_or(|view| view == role);
    let mut parts = Vec::new();
    for (role, want) in expect.states.both().into_iter().filter(|(role, _)| seen(*role)) {
        parts.extend(want.map(|want| format!("✓ {role} {}", state_name(want))));
    }
    parts.extend(expect.cause.map(|cause| format!("✓ cause {}", cause.map_or("none", Cause::name))));
    parts.extend(expect.notify.as_ref().map(|list| {
        let names: Vec<String> = list.iter().map(ToString::to_string).collect();
        format!("✓ notify [{}]", names.join(", "))
    }));
    parts.extend(expect.established.map(|want| format!("✓ established {want}")));
    for (role, want) in expect.quick.both().into_iter().filter(|(role, _)| seen(*role)) {
        parts.extend(want.map(|want| format!("✓ {role}_phase2 {}", quick_state_name(want))));
    }
    // Both take both sides to know.
    if view.is_none() {
        parts.extend(expect.passage.map(|want| format!("✓ verdict {want}")));
        parts.extend(expect.children.map(|want| format!("✓ children {want}")));
    }
    parts.join("   ")
}
