//! `docs/state-table.md`: which event meets which state, found by visiting every world; and the transitions
//! of the script table as `docs/states.dot` and `docs/states.svg`. `STATE_TABLE=write cargo test` writes them anew.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;

use ike::{Authentication, MessageName, Mode, Powers, Role, State};
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

/// `broken`: how many of the properties this form of the mode does not have.
fn table(text: &str, broken: usize) -> Table {
    let scenario = Scenario::parse("", text).unwrap();
    let found = explore(&scenario.setup, BOUNDS, &Powers::new(64), 1_000_000).unwrap();
    assert!(found.complete && found.violations.len() == broken, "{:?}", found.violations);
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
    let fourth = |head: &Met| matches!(head, Met::Message(name) if *name == MessageName::AM4);
    let head = |met: &Met| if fourth(met) { format!("{met} ({OWN})") } else { met.to_string() };
    let names: Vec<String> = heads.iter().map(head).collect();
    writeln!(book, "\n## {title}\n\n| side | state | {} |", names.join(" | ")).unwrap();
    writeln!(book, "| --- | --- |{}", " --- |".repeat(heads.len())).unwrap();
    for ((role, state), counts) in table {
        let cells: Vec<String> = heads.iter().map(|event| cell(*role, *event, counts.get(event))).collect();
        let mark = if *state == Some(State::AmWaitMsg4) { format!(" ({OWN})") } else { String::new() };
        writeln!(book, "| {role} | {}{mark} | {} |", state_name(*state), cells.join(" | ")).unwrap();
    }
}

/// A row of the script table as a transition: a message that is accepted leads from the state that waited for
/// it to the state that waits for the next one of that side.
struct Edge {
    lane: (Mode, bool, Role),
    from: String,
    to: State,
    takes: String,
    sends: Option<u8>,
}

/// Aggressive Mode twice: as RFC 2409 has it, and with the fourth message that only ikesim knows.
fn edges() -> impl Iterator<Item = Edge> {
    let modes = [
        (Mode::Main, false, State::MmActive),
        (Mode::Aggressive, false, State::AmActive),
        (Mode::Aggressive, true, State::AmActive),
    ];
    modes.into_iter().flat_map(|(mode, confirm, active)| {
        let names: Vec<MessageName> = MessageName::all(mode, confirm).collect();
        let edge = |(n, name): (usize, &MessageName)| {
            let row = name.row();
            let what: Vec<String> = row
                .payloads(Authentication::PreShared.method())
                .required
                .iter()
                .map(ToString::to_string)
                .collect();
            Edge {
                lane: (mode, confirm, row.sender.other()),
                from: State::waiting_for(*name).map_or("NONE".to_owned(), |state| state.to_string()),
                to: names.get(n + 2).and_then(|after| State::waiting_for(*after)).unwrap_or(active),
                takes: format!("{} ({})", name.number(), what.join(" ")),
                sends: names.get(n + 1).map(|next| next.number()),
            }
        };
        names.iter().enumerate().map(edge).collect::<Vec<Edge>>()
    })
}

/// What is ikesim's own in a lane, marked as every view marks it.
const OWN: &str = "ikesim; no device does this";

fn lane_name((mode, confirm, role): (Mode, bool, Role)) -> String {
    let form = match (mode, confirm) {
        (Mode::Main, _) => String::new(),
        (Mode::Aggressive, false) => ", three messages".into(),
        (Mode::Aggressive, true) => format!(", with a fourth message ({OWN})"),
    };
    format!("{mode} mode{form}, {role}")
}

fn dot() -> String {
    let mut graph =
        "digraph states {\n  rankdir=LR;\n  node [shape=box, fontname=\"monospace\"];\n".to_owned();
    for Edge { lane, from, to, takes, sends } in edges() {
        let answer = sends.map_or(String::new(), |number| format!(" / send {number}"));
        // The two forms share some of their steps; the fourth message's are dashed and named for what they are.
        let fourth = lane.1 && (sends == Some(4) || to == State::AmWaitMsg4 || takes.starts_with('4'));
        if lane.1 && !fourth {
            continue;
        }
        let (mark, style) =
            if fourth { (format!("\\n({OWN})"), ", style=dashed") } else { (String::new(), "") };
        let receiver = lane.2;
        writeln!(graph, "  \"{from}\" -> \"{to}\" [label=\"{receiver}: {takes}{answer}{mark}\"{style}];")
            .unwrap();
    }
    graph.push_str("}\n");
    graph
}

const SVG_HEAD: &str = "\
<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 1265 600\" font-family=\"monospace\" font-size=\"13\" role=\"img\">
<title>What each side waits for, and what takes it on</title>
<rect width=\"1265\" height=\"600\" fill=\"#fff\"/>
<marker id=\"head\" markerWidth=\"9\" markerHeight=\"8\" refX=\"8\" refY=\"4\" orient=\"auto\"><path d=\"M0 0L9 4L0 8z\"/></marker>
";

/// One lane for each mode and side; in it the states from left to right, joined by the message that is taken.
fn svg() -> String {
    let mut lanes: BTreeMap<(Mode, bool, Role), Vec<Edge>> = BTreeMap::new();
    for edge in edges() {
        lanes.entry(edge.lane).or_default().push(edge);
    }
    let mut picture = SVG_HEAD.to_owned();
    for ((lane, edges), top) in lanes.into_iter().zip((0..).map(|row| 20 + 100 * row)) {
        writeln!(picture, "<text x=\"20\" y=\"{}\" font-weight=\"bold\">{}</text>", top + 5, lane_name(lane))
            .unwrap();
        svg_state(&mut picture, 20, top, &edges.first().unwrap().from);
        for (edge, left) in edges.iter().zip((0..).map(|step| 150 + 365 * step)) {
            let sends = edge.sends.map_or(String::new(), |number| format!("send {number}"));
            let fourth = lane.1 && (edge.sends == Some(4) || edge.takes.starts_with('4'));
            let dashes = if fourth { " stroke-dasharray=\"5 4\"" } else { "" };
            writeln!(
                picture,
                "<path d=\"M{left} {y}h235\" stroke=\"#000\"{dashes} marker-end=\"url(#head)\"/>\n\
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
    rows(&mut book, "Main Mode", &table("", 0));
    rows(&mut book, "Aggressive Mode, three messages", &table("mode = 'aggressive'\nconfirm = false", 1));
    rows(
        &mut book,
        "Aggressive Mode, with the confirmation (ikesim; no device does this)",
        &table("mode = 'aggressive'", 0),
    );
    for (name, made) in [("state-table.md", book), ("states.dot", dot()), ("states.svg", svg())] {
        let path = format!("{}/docs/{name}", env!("CARGO_MANIFEST_DIR"));
        if std::env::var_os("STATE_TABLE").is_some_and(|value| value == "write") {
            fs::write(&path, &made).unwrap();
        }
        assert_eq!(fs::read_to_string(&path).unwrap_or_default(), made, "docs/{name} is out of date");
    }
}
