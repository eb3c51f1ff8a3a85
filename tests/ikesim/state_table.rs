//! `docs/state-table.md`: which event meets which state, found by visiting every world; and the transitions
//! of the script table as `docs/states.dot` and `docs/states.svg`. `STATE_TABLE=write cargo test` writes them anew.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;

use ike::{MessageName, Mode, Powers, Role, State};
use scenario::Scenario;
use sim::explore::{Bounds, Met, explore};
use sim::state_name;

const BOUNDS: Bounds =
    Bounds { drops: 2, duplicates: 1, reorders: 1, eager: Some(1), corrupts: 0, forges: 0 };

const PREFACE: &str = "\
# Which event meets which state

Made by a test that visits every world within two losses, one duplicate, one datagram out of order and one timer that runs out
while something is under way; `STATE_TABLE=write cargo test --test ikesim state_table` writes it anew. The transitions themselves are made
from the engine's own script table, as a picture and for Graphviz ([states.dot](states.dot)):

![Each mode and side as a lane of states](states.svg)

A number counts the steps in which the event met the state. Where there is none: `→` the message goes the other way, `·` no timer is
armed, `×` the message cannot be under way yet, or is answered before.
";

type Table = BTreeMap<(Role, Option<State>), BTreeMap<Met, u64>>;

fn table(text: &str) -> Table {
    let scenario = Scenario::parse("", text).unwrap();
    let found = explore(&scenario.setup, BOUNDS, &Powers::new(64), 1_000_000).unwrap();
    assert!(found.complete && found.violations.is_empty(), "{:?}", found.violations);
    found.table
}

fn cell(role: Role, event: Met, count: Option<&u64>) -> String {
    if let Some(count) = count {
        return count.to_string();
    }
    match event {
        Met::Message(name) if name.sender() == role => "→",
        Met::Message(_) => "×",
        Met::Delete | Met::Notify(_) | Met::Tampered(_) | Met::Timer => "·",
    }
    .into()
}

fn rows(book: &mut String, title: &str, table: &Table) {
    let heads: BTreeSet<Met> = table.values().flat_map(|events| events.keys()).copied().collect();
    let names: Vec<String> = heads.iter().map(ToString::to_string).collect();
    writeln!(book, "\n## {title}\n\n| side | state | {} |", names.join(" | ")).unwrap();
    writeln!(book, "| --- | --- |{}", " --- |".repeat(heads.len())).unwrap();
    for ((role, state), counts) in table {
        let cells: Vec<String> = heads.iter().map(|event| cell(*role, *event, counts.get(event))).collect();
        writeln!(book, "| {role} | {} | {} |", state_name(*state), cells.join(" | ")).unwrap();
    }
}

/// A row of the script table as a transition: a message that is accepted leads from the state that waited for
/// it to the state that waits for the next one of that side.
struct Edge {
    lane: (Mode, Role),
    from: String,
    to: State,
    takes: String,
    sends: Option<u8>,
}

fn edges() -> impl Iterator<Item = Edge> {
    let modes = [(Mode::Main, State::MmActive), (Mode::Aggressive, State::AmActive)];
    let rows = modes.into_iter().flat_map(|(mode, active)| {
        MessageName::all(mode, true).map(move |name| (mode, active, name, name.row()))
    });
    rows.map(|(mode, active, name, row)| {
        let what: Vec<String> = row.required.iter().map(ToString::to_string).collect();
        Edge {
            lane: (mode, row.sender.other()),
            from: State::waiting_for(name).map_or("NONE".to_owned(), |state| state.to_string()),
            to: name.next().and_then(MessageName::next).and_then(State::waiting_for).unwrap_or(active),
            takes: format!("{} ({})", name.number(), what.join(" ")),
            sends: name.next().map(MessageName::number),
        }
    })
}

fn dot() -> String {
    let mut graph =
        "digraph states {\n  rankdir=LR;\n  node [shape=box, fontname=\"monospace\"];\n".to_owned();
    for Edge { lane: (_, receiver), from, to, takes, sends } in edges() {
        let answer = sends.map_or(String::new(), |number| format!(" / send {number}"));
        writeln!(graph, "  \"{from}\" -> \"{to}\" [label=\"{receiver}: {takes}{answer}\"];").unwrap();
    }
    graph.push_str("}\n");
    graph
}

const SVG_HEAD: &str = "\
<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 1265 400\" font-family=\"monospace\" font-size=\"13\" role=\"img\">
<title>What each side waits for, and what takes it on</title>
<rect width=\"1265\" height=\"400\" fill=\"#fff\"/>
<marker id=\"head\" markerWidth=\"9\" markerHeight=\"8\" refX=\"8\" refY=\"4\" orient=\"auto\"><path d=\"M0 0L9 4L0 8z\"/></marker>
";

/// One lane for each mode and side; in it the states from left to right, joined by the message that is taken.
fn svg() -> String {
    let mut lanes: BTreeMap<(Mode, Role), Vec<Edge>> = BTreeMap::new();
    for edge in edges() {
        lanes.entry(edge.lane).or_default().push(edge);
    }
    let mut picture = SVG_HEAD.to_owned();
    for (((mode, role), edges), top) in lanes.into_iter().zip((0..).map(|lane| 20 + 100 * lane)) {
        writeln!(picture, "<text x=\"20\" y=\"{}\" font-weight=\"bold\">{mode} mode, {role}</text>", top + 5)
            .unwrap();
        svg_state(&mut picture, 20, top, &edges.first().unwrap().from);
        for (edge, left) in edges.iter().zip((0..).map(|step| 150 + 365 * step)) {
            let sends = edge.sends.map_or(String::new(), |number| format!("send {number}"));
            writeln!(
                picture,
                "<path d=\"M{left} {y}h235\" stroke=\"#000\" marker-end=\"url(#head)\"/>\n\
                 <g text-anchor=\"middle\"><text x=\"{x}\" y=\"{}\">{}</text>\
                 <text x=\"{x}\" y=\"{}\">{sends}</text></g>",
                top + 29,
                edge.takes,
                top + 51,
                x = left + 115,
                y = top + 35,
            )
            .unwrap();
            svg_state(&mut picture, left + 235, top, &edge.to.to_string());
        }
    }
    picture.push_str("</svg>\n");
    picture
}

fn svg_state(picture: &mut String, left: i32, top: i32, name: &str) {
    writeln!(
        picture,
        "<rect x=\"{left}\" y=\"{}\" width=\"130\" height=\"40\" rx=\"6\" fill=\"#eef\" stroke=\"#336\"/>\
         <text x=\"{}\" y=\"{}\" text-anchor=\"middle\">{name}</text>",
        top + 15,
        left + 65,
        top + 39
    )
    .unwrap();
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
    for (name, made) in [("state-table.md", book), ("states.dot", dot()), ("states.svg", svg())] {
        let path = format!("{}/docs/{name}", env!("CARGO_MANIFEST_DIR"));
        if std::env::var_os("STATE_TABLE").is_some_and(|value| value == "write") {
            fs::write(&path, &made).unwrap();
        }
        assert_eq!(fs::read_to_string(&path).unwrap_or_default(), made, "docs/{name} is out of date");
    }
}
