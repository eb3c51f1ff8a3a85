//! `ikesim explore`

use std::io::Write;
use std::path::Path;

use ike::Powers;
use serde_json::json;
use sim::explore::{Action, Bounds, Exploration, Property, explore as search, missed};
use sim::{Scenario, shell_word, state_name};

use crate::args::{ExploreArgs, Format};
use crate::failure::Failure;
use crate::input;
use crate::out::{Out, say};
use crate::output::{self, Holds};
use crate::run::POWERS;

/// Visits every world within the bounds; 1 when a property does not hold.
pub fn explore(args: &ExploreArgs, format: Format, out: &mut Out) -> Result<u8, Failure> {
    let taken = (format != Format::Human).then_some("--format json");
    output::check(&[("--write", &args.write)], [], taken)?;
    let text = input::text(&args.file)?;
    let name = args.file.display().to_string();
    let scenario = Scenario::parse(&name, &text)?;
    let bounds =
        Bounds { drops: args.drops, duplicates: args.duplicates, reorders: args.reorders, eager: args.eager };
    let found = search(&scenario, bounds, &Powers::new(POWERS), args.states);
    match format {
        Format::Json => out.json(&as_json(&name, bounds, &found))?,
        _ => human(&scenario, bounds, &found, out)?,
    }
    if let Some((property, path)) = found.violations.iter().find(|(_, path)| !path.is_empty()) {
        let written = sim::explore::scenario(&text, path, *property);
        write_violation(&args.write, &written, *property, out)?;
    }
    Ok(u8::from(!found.violations.is_empty()))
}

fn human(scenario: &Scenario, bounds: Bounds, found: &Exploration, out: &mut Out) -> Result<(), Failure> {
    let Bounds { drops, duplicates, reorders, eager } = bounds;
    let eager = eager.map_or("any".to_owned(), |eager| eager.to_string());
    let Exploration { states, transitions, depth, complete, violations, table, ends } = found;
    out.line(&format!(
        "{} · {} mode · drops {drops}, duplicates {duplicates}, reorders {reorders}, eager timers {eager}",
        scenario.name, scenario.mode
    ))?;
    out.line(&format!("{states} worlds, {transitions} transitions, depth {depth}"))?;
    out.line("")?;
    for property in Property::ALL {
        let (mark, note) = match (violations.contains_key(&property), complete) {
            (true, _) => ("✗", ""),
            (false, true) => ("✓", ""),
            (false, false) => ("?", " (not in the worlds visited; there are more)"),
        };
        out.line(&format!("  {mark} {property}: {}{note}", property.meaning()))?;
    }
    for state in missed(scenario, found).iter().filter(|_| *complete) {
        out.line(&format!("      {state} was never visited"))?;
    }
    for (property, path) in violations.iter().filter(|(_, path)| !path.is_empty()) {
        out.section(&[&format!("The shortest way to break {property}:"), ""])?;
        for (step, action) in (1..).zip(path) {
            out.line(&format!("  {step:>3}  {action}"))?;
        }
    }
    out.section(&["Where runs end, and how many worlds end so:", ""])?;
    for ((initiator, responder), count) in ends {
        out.line(&format!("  {:<13} {:<13} {count:>8}", state_name(*initiator), state_name(*responder)))?;
    }
    out.section(&["What meets each state, and how often:", ""])?;
    for ((role, state), events) in table {
        let events: Vec<String> = events.iter().map(|(event, count)| format!("{event} x{count}")).collect();
        out.line(&format!("  {:<10} {:<13} {}", role.to_string(), state_name(*state), events.join(", ")))?;
    }
    Ok(())
}

fn as_json(name: &str, bounds: Bounds, found: &Exploration) -> serde_json::Value {
    let violations: Vec<serde_json::Value> = found
        .violations
        .iter()
        .map(|(property, path)| {
            let steps: Vec<String> = path.iter().map(Action::to_string).collect();
            json!({"property": property.to_string(), "steps": steps})
        })
        .collect();
    let table: Vec<serde_json::Value> = found
        .table
        .iter()
        .map(|((role, state), events)| json!({"role": role.to_string(), "state": state_name(*state), "events": events}))
        .collect();
    json!({
        "schema": "ikesim/explore/1", "scenario": name,
        "bounds": {"drops": bounds.drops, "duplicates": bounds.duplicates, "reorders": bounds.reorders, "eager": bounds.eager},
        "states": found.states, "transitions": found.transitions, "depth": found.depth, "complete": found.complete,
        "violations": violations, "table": table,
    })
}

/// What exists is never overwritten.
fn write_violation(
    path: &Path,
    text: &Result<String, String>,
    property: Property,
    out: &mut Out,
) -> Result<(), Failure> {
    let text = match text {
        Ok(text) => text,
        Err(why) => {
            say(&format!("the steps cannot be written as a scenario: {why}"));
            return Ok(());
        }
    };
    if output::is_stdout(path) {
        return Ok(write!(out, "\nAs a scenario:\n\n{text}")?);
    }
    // The base's keys are in it.
    output::create(path, text.as_bytes(), Holds::Secrets, "--write other.toml")?;
    say(&format!("{property} broken; to see it: ikesim run {}", shell_word(&path.display().to_string())));
    Ok(())
}
