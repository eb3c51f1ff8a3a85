//! `docs/state-table.md` and `docs/states.dot`: which event meets which state, found by visiting every
//! world, and the transitions of the script table. `STATE_TABLE=write cargo test` writes them anew.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;

use ike::script::SCRIPT;
use ike::{Mode, Powers, Role, State};
use sim::explore::{Bounds, explore};
use sim::{Scenario, state_name};

const BOUNDS: Bounds = Bounds { drops: 2, duplicates: 1, reorders: 1, eager: Some(1) };

const PREFACE: &str = "\
# Which event meets which state

Made by a test that visits every world within two losses, one duplicate, one datagram out of order and one timer that runs out
while something is under way; `STATE_TABLE=write cargo test --test ikesim state_table` writes it anew. The transitions themselves are in
[states.dot](states.dot), made from the engine's own script table (`dot -Tsvg docs/states.dot`).

A number counts the steps in which the event met the state. Where there is none: `→` the message goes the other way, `·` no timer is
armed, `×` the message cannot be under way yet, or is answered before.
";

type Table = BTreeMap<(Role, Option<State>), BTreeMap<String, u64>>;

fn table(text: &str) -> Table {
    let scenario = Scenario::parse("", text).unwrap();
    let found = explore(&scenario, BOUNDS, &Powers::new(64), 1_000_000);
    assert!(found.complete && found.violations.is_empty(), "{:?}", found.violations);
    found.table
}

fn cell(role: Role, event: &str, count: Option<&u64>) -> String {
    if let Some(count) = count {
        return count.to_string();
    }
    let to_initiator = event.strip_prefix("message ").map(|number| number.parse::<u8>().unwrap() % 2 == 0);
    match to_initiator {
        None => "·",
        Some(to_initiator) if to_initiator != (role == Role::Initiator) => "→",
        Some(_) => "×",
    }
    .into()
}

fn rows(book: &mut String, title: &str, table: &Table) {
    let events: BTreeSet<&str> =
        table.values().flat_map(|events| events.keys()).map(String::as_str).collect();
    let heads: Vec<&str> = events.iter().copied().collect();
    writeln!(book, "\n## {title}\n\n| side | state | {} |", heads.join(" | ")).unwrap();
    writeln!(book, "| --- | --- |{}", " --- |".repeat(heads.len())).unwrap();
    for ((role, state), counts) in table {
        let cells: Vec<String> = heads.iter().map(|event| cell(*role, event, counts.get(*event))).collect();
        writeln!(book, "| {role} | {} | {} |", state_name(*state), cells.join(" | ")).unwrap();
    }
}

/// The script table as a graph: a message that is accepted leads from the state that waited for it to the
/// state that waits for the next one of that side.
fn dot() -> String {
    let mut graph =
        "digraph states {\n  rankdir=LR;\n  node [shape=box, fontname=\"monospace\"];\n".to_owned();
    for row in SCRIPT {
        let (mode, number) = (row.mode, row.message);
        let receiver = row.sender.other();
        let last = if mode == Mode::Main { 6 } else { 4 };
        let active = if mode == Mode::Main { State::MmActive } else { State::AmActive };
        let from = State::waiting_for(mode, number).map_or("NONE".to_owned(), |state| state.to_string());
        let to =
            if number + 2 > last { active } else { State::waiting_for(mode, number + 2).unwrap_or(active) };
        let answer = if number < last { format!(" / send {}", number + 1) } else { String::new() };
        let what: Vec<String> = row.required.iter().map(ToString::to_string).collect();
        writeln!(
            graph,
            "  \"{from}\" -> \"{to}\" [label=\"{receiver}: {number} ({}){answer}\"];",
            what.join(" ")
        )
        .unwrap();
    }
    graph.push_str("}\n");
    graph
}

#[test]
fn the_table_and_the_graph_are_true() {
    let mut book = PREFACE.to_owned();
    rows(&mut book, "Main Mode", &table(""));
    rows(
        &mut book,
        "Aggressive Mode, with the confirmation (ikesim; no device does this)",
        &table("mode = 'aggressive'"),
    );
    for (name, made) in [("state-table.md", book), ("states.dot", dot())] {
        let path = format!("{}/docs/{name}", env!("CARGO_MANIFEST_DIR"));
        if std::env::var_os("STATE_TABLE").is_some_and(|value| value == "write") {
            fs::write(&path, &made).unwrap();
        }
        assert_eq!(fs::read_to_string(&path).unwrap_or_default(), made, "docs/{name} is out of date");
    }
}
