//! What would have helped, in words.

use diagnose::{Alternative, EntryPart, Evidence, PolicyPart, Why};
use ike::{QuickState, Role};
use serde_json::{Value, json};
use sim::{Phase2, state_name};

use crate::Report;
use crate::explain::ONE_SIDE_INSTALLED;
use crate::line::Text;
use crate::text::cut_off;

/// What would have helped, when it was too late, and what one side cannot tell apart.
pub fn why(report: &Report, answer: &Why) -> String {
    let mut text = Text::default();
    let out = &mut text;
    let name = &report.scenario.name;
    // Of a tunnel that is up every change would be said to bring it up.
    if report.outcome.works() {
        out.line(&format!("{name}: the tunnel comes up; there is nothing to ask why about"));
        return text.0;
    }
    if report.outcome.cut_off {
        out.line(&format!("{name}: {}", cut_off(&report.outcome)));
        return text.0;
    }
    let [i, r] = Role::BOTH.map(|role| state_name(report.outcome.peers[role].state));
    out.line(&format!("{name}: {} · initiator {i} · responder {r}", report.outcome.verdict));
    out.line("");
    match answer.changes.first() {
        None => out.line("No one or two changes to configurations, path and wire bring it up."),
        Some(first) => {
            let what = if first.len() == 1 {
                "Any one of these changes brings"
            } else {
                "Two changes together bring"
            };
            out.line(&format!("{what} it up:"));
            out.line("");
            for change in &answer.changes {
                out.line(&format!("  · {}", alternatives(change).join(" and ")));
            }
        }
    }
    if answer.untried > 0 {
        out.line(&format!("{} pairs of changes were not tried: a run takes too many steps.", answer.untried));
    }
    match (moment(report, answer), answer.was_possible) {
        (Some(moment), _) => out.section(&[
            &format!("Point of no return, {moment}"),
            "Before it, a network without losses would still have done.",
        ]),
        (None, true) => {
            out.section(&["There is no point of no return: a network without losses would do at any time."]);
        }
        (None, false) => out.section(&[
            "It was lost from the start: with these configurations and this path no network would do.",
        ]),
    }
    if report.outcome.phase_2.as_ref().is_some_and(one_side_installed) {
        out.section(&[ONE_SIDE_INSTALLED]);
    }
    if let Some(view) = report.view {
        out.section(&[&format!("What the {view} cannot tell apart, likeliest first:"), ""]);
        for finding in &report.diagnosis {
            let tell = finding.evidence.iter().filter(|one| matches!(one, Evidence::IfSo { .. }));
            let tell = crate::evidence(&tell.cloned().collect::<Vec<_>>());
            out.line(&format!("  {}. {}: {}", finding.rank, finding.cause, tell.join(", or ")));
        }
    }
    text.0
}

/// The moment and the first words of what happened there.
fn moment(report: &Report, answer: &Why) -> Option<String> {
    let entry = answer.no_return.as_ref()?;
    Some(format!("{} s: {}", entry.at, crate::entry_words(&report.scenario.setup, entry)))
}

/// The initiator has its child, and the responder never heard QM3.
fn one_side_installed(phase_2: &Phase2) -> bool {
    let [i, r] = phase_2.first.as_ref().map(|side| side.state).into_array();
    i == Some(QuickState::Active) && r == Some(QuickState::WaitMsg3)
}

/// The same for programs: `ikesim/why/1`.
pub fn why_json(report: &Report, answer: &Why) -> Value {
    // Who sees both sides has nothing that looks alike.
    let alike: Vec<Value> = report
        .diagnosis
        .iter()
        .filter(|_| report.view.is_some())
        .map(|finding| json!({"cause": finding.cause.name(), "evidence": crate::case(finding)}))
        .collect();
    let changes: Vec<Vec<String>> = answer.changes.iter().map(|together| alternatives(together)).collect();
    let judged = !report.outcome.cut_off;
    let mut value = json!({
        "schema": "ikesim/why/1", "scenario": report.scenario.name, "outcome": report.outcome.verdict.to_string(),
        "changes": changes, "no_return": moment(report, answer), "was_possible": judged.then_some(answer.was_possible),
        "as": report.view.map(|role| role.to_string()), "alike": alike,
    });
    // There only where something was left out.
    let left_out = [("cut_short", json!(!judged)), ("untried", json!(answer.untried))];
    if let Some(object) = value.as_object_mut() {
        let left_out = left_out.into_iter().filter(|(_, value)| ![json!(false), json!(0)].contains(value));
        object.extend(left_out.map(|(key, value)| (key.to_owned(), value)));
    }
    value
}

/// A line for each of the changes that are made together: `the same pre-shared key on both sides`.
fn alternatives(together: &[Alternative]) -> Vec<String> {
    together.iter().map(alternative).collect()
}

fn alternative(one: &Alternative) -> String {
    match one {
        Alternative::Group { at, peer } => format!("a tunnel-group for {peer} at the {at}"),
        Alternative::Key(role) => format!("a pre-shared key at the {role}"),
        Alternative::SameKey => "the same pre-shared key on both sides".into(),
        Alternative::Policy(part) => {
            format!("the initiator's {} in the responder's policies", of_policy(*part))
        }
        Alternative::PreShared => "pre-shared keys in the initiator's policies".into(),
        Alternative::Entry { at, part } => {
            format!("the {}'s {} in the {at}'s crypto map", at.other(), of_entry(*part))
        }
        Alternative::Enabled(role) => format!("IKE enabled at the {role}"),
        Alternative::AggressiveMode => "Aggressive Mode allowed at the responder".into(),
        Alternative::AnyIdentity(role) => format!("any identity taken by the {role}"),
        Alternative::Called(address) => format!("the initiator calls {address}"),
        Alternative::Without { number, fault } => {
            let at = fault.at().map_or(String::new(), |role| format!(" at the {role}"));
            format!("without fault {number} ({fault}{at})")
        }
        Alternative::QuietNetwork => "a network that neither loses nor damages".into(),
        Alternative::Time => "more time (`until`)".into(),
    }
}

fn of_policy(part: PolicyPart) -> &'static str {
    match part {
        PolicyPart::Encryption => "encryption",
        PolicyPart::Hash => "hash",
        PolicyPart::Group => "group",
        PolicyPart::Authentication => "authentication",
    }
}

fn of_entry(part: EntryPart) -> &'static str {
    match part {
        EntryPart::AccessList => "access list, mirrored",
        EntryPart::TransformSets => "transform sets",
        EntryPart::Mode => "mode",
        EntryPart::Pfs => "PFS",
        EntryPart::Interface => "binding to an interface",
        EntryPart::Peer => "peer, as it is on the other side,",
    }
}
