//! `ikesim/explain/1`: one object per negotiation.

use diagnose::paste::{Paste, Story, Suspect};
use ike::Role;
use serde_json::{Value, json};
use sim::state_name;

use super::suspect::{certainty_name, decides, fix};

/// One object per negotiation, the most telling first; one without a negotiation where the paste has none.
pub fn paste_json(paste: &Paste) -> Vec<Value> {
    let lines = lines(paste);
    // An object all the same: no output could not be told from a failure.
    if paste.stories.is_empty() {
        let device = paste.understood.first().map(|understood| understood.vendor.name());
        return vec![json!({
            "schema": "ikesim/explain/1", "device": device, "role": null, "peer": null, "mode": null,
            "phase1": "none", "phase2": "none", "states": { "initiator": null, "responder": null },
            "healthy": false, "version": null, "causes": [], "lines": lines,
        })];
    }
    paste.stories.iter().map(|story| one(story, &lines)).collect()
}

fn lines(paste: &Paste) -> Value {
    let text = |number: &usize| paste.lines.get(number.checked_sub(1)?).map(|line| line.trim().to_owned());
    // A paste can be a whole day's log: a sample shows what is missing.
    let unknown: Vec<String> = paste.unknown.iter().take(20).filter_map(text).collect();
    json!({ "total": paste.total, "understood": paste.understood.len(), "not_understood": unknown })
}

fn one(story: &Story, lines: &Value) -> Value {
    let state = |role: Role| story.states[role].map(state_name);
    let causes: Vec<Value> =
        (1..).zip(&story.suspects).map(|(rank, suspect)| cause(rank, suspect, story)).collect();
    json!({
        "schema": "ikesim/explain/1",
        "device": story.device.name(),
        "role": story.role.map(Role::name),
        "peer": story.peer.map(|peer| peer.to_string()),
        "mode": story.mode.map(|mode| mode.to_string()),
        "phase1": story.phase1.name(),
        "phase2": story.phase2.name(),
        "states": { "initiator": state(Role::Initiator), "responder": state(Role::Responder) },
        "healthy": story.is_healthy(),
        "version": if story.ikev2 { 2 } else { 1 },
        "causes": causes,
        "lines": lines,
    })
}

fn cause(rank: usize, suspect: &Suspect, story: &Story) -> Value {
    let fix = fix(suspect, story);
    let mut numbers: Vec<usize> = suspect.lines.iter().copied().filter(|line| *line > 0).collect();
    numbers.sort_unstable();
    numbers.dedup();
    json!({
        "cause": suspect.issue.name(),
        "rank": rank,
        "certainty": certainty_name(suspect.certainty),
        "lines": numbers,
        "fix": fix.join("\n"),
        "decides": decides(suspect.issue),
    })
}
