//! `docs/reference.md`: every key of a scenario file, from the schema, and what every fault does, from running it.
//! `REFERENCE=write cargo test --test ikesim reference` writes it anew.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use ike::{Mode, Powers, Role};
use scenario::FaultKind;
use scenario::sweep::{Axes, BaseScenario, FaultText, Sweep};
use serde_json::Value;
use sim::state_name;

const PREFACE: &str = "\
# Reference: keys and faults

Made by a test from the code: the keys are those of `ikesim schema`, and what each fault leaves was found by running it between two ASAs.
How to write a scenario is told in [Scenario files](scenarios.md).

## Keys
";

const FAULTS: &str = "
## Faults

Each table: the fault as `ikesim sweep --fault` takes it, then in Main and in Aggressive Mode the states of initiator / responder, and the first
cause of the diagnosis. Aggressive Mode is here with ikesim's fourth message, which no device has, and beside it with three. `up` is a tunnel that came up; `cannot act` is an error of the scenario.
";

/// Every table of the file with its keys.
fn keys(book: &mut String) {
    let schema = scenario::schema();
    let schema = serde_json::to_value(schema).unwrap();
    section(book, "The file itself", &schema, &schema["properties"]);
    for (title, name) in [
        ("[initiator]`, `[responder]", "Peer"),
        ("[[initiator.policy]]", "Policy"),
        ("[[initiator.tunnel_group]]", "TunnelGroup"),
        ("[network]", "Network"),
        ("[expect]", "Expect"),
    ] {
        section(book, &format!("`{title}`"), &schema, &schema["$defs"][name]["properties"]);
    }
}

fn section(book: &mut String, title: &str, schema: &Value, properties: &Value) {
    writeln!(book, "\n### {title}\n\n| key | what it is | allowed |\n| --- | --- | --- |").unwrap();
    for (key, value) in properties.as_object().unwrap() {
        let meaning =
            value["description"].as_str().unwrap_or_else(|| panic!("{title}: {key} has no description"));
        writeln!(book, "| `{key}` | {} | {} |", cell(meaning), cell(&allowed(schema, value))).unwrap();
    }
}

/// A bar would end the cell.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}

fn allowed(schema: &Value, value: &Value) -> String {
    let word = |one: &Value| one.as_str().map_or_else(|| one.to_string(), str::to_owned);
    if let Some(words) = value["enum"].as_array() {
        return words.iter().filter(|one| !one.is_null()).map(word).collect::<Vec<_>>().join(", ");
    }
    let kind = match &value["type"] {
        Value::Array(kinds) => kinds.first().map(word).unwrap_or_default(),
        Value::Null => {
            let of = value["$ref"].as_str().or_else(|| value["anyOf"][0]["$ref"].as_str()).unwrap();
            let of = &schema["$defs"][of.rsplit('/').next().unwrap()];
            return match of["oneOf"].as_array() {
                Some(forms) => one_of(schema, forms),
                None => allowed(schema, of),
            };
        }
        Value::String(kind) if kind == "object" => "a table".into(),
        kind @ (Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_)) => word(kind),
    };
    match (&value["minimum"], &value["maximum"]) {
        (Value::Null, _) if value["pattern"].is_string() => "a time, as 10ms".into(),
        (Value::Null, _) => kind,
        (least, Value::Null) => format!("{kind}, from {least}"),
        (least, most) => format!("{kind}, {least} to {most}"),
    }
}

/// The forms that a value may have, those of one kind once.
fn one_of(schema: &Value, forms: &[Value]) -> String {
    let mut words: Vec<String> = forms.iter().map(|form| allowed(schema, form)).collect();
    words.dedup();
    words.join(", or ")
}

/// Whether the exchange of three messages has the message that the fault is about.
fn says_so(fault: &FaultText) -> bool {
    !fault.to_string().contains("message=4")
}

/// States and first cause.
fn left(fault: &FaultText, mode: Mode, confirm: bool, powers: &Powers) -> String {
    let axes = Axes { modes: vec![mode], faults: vec![vec![fault.clone()]], ..Axes::default() };
    let sweep = Sweep { bases: vec![BaseScenario::default()], axes };
    let Ok(mut scenario) = sweep.point(0).unwrap().scenario() else { return "cannot act | ".into() };
    if !confirm && !says_so(fault) {
        return "cannot act | ".into();
    }
    scenario.setup.hosts = scenario.setup.hosts.map(|host| ike::Config { confirm, ..host });
    let (trace, outcome) = sim::run(&scenario.setup, powers);
    if outcome.works() {
        return "up | ".into();
    }
    let [i, r] = Role::BOTH.map(|role| state_name(outcome.peers[role].state));
    let causes = diagnose::diagnose(&scenario.setup, &trace, &outcome, None);
    format!("{i} / {r} | {}", causes.first().map_or("", |first| first.cause.name()))
}

fn faults(book: &mut String) {
    let powers = Powers::new(1024);
    for kind in FaultKind::ALL {
        writeln!(book, "\n### `{}`\n\n{}.\n", kind.name(), kind.meaning()).unwrap();
        for field in kind.fields() {
            let need = if field.required { "required, as" } else { "by default" };
            writeln!(book, "- `{}`: {need} `{}`", field.name, field.value).unwrap();
        }
        writeln!(
            book,
            "\n| fault | Main Mode | cause | Aggressive Mode, four messages (AM_WAIT_MSG4: ikesim; no device does this) | cause | \
             three messages | cause |\n| --- | --- | --- | --- | --- | --- | --- |"
        )
        .unwrap();
        let variants = FaultText::variants(kind, false);
        assert!(!variants.is_empty(), "{} is not in the catalogue", kind.name());
        for fault in &variants {
            let lanes = [(Mode::Main, true), (Mode::Aggressive, true), (Mode::Aggressive, false)];
            let [main, four, three] = lanes.map(|(mode, confirm)| left(fault, mode, confirm, &powers));
            writeln!(book, "| `{fault}` | {main} | {four} | {three} |").unwrap();
        }
    }
}

#[test]
fn the_reference_is_what_the_code_does() {
    let mut book = PREFACE.to_owned();
    keys(&mut book);
    book.push_str(FAULTS);
    faults(&mut book);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/reference.md");
    if std::env::var("REFERENCE").is_ok_and(|word| word == "write") {
        fs::write(&path, &book).unwrap();
    }
    assert!(
        fs::read_to_string(&path).unwrap_or_default() == book,
        "docs/reference.md is not what the code does: REFERENCE=write cargo test --test ikesim reference"
    );
}

/// The file with every default that docs/scenarios.md shows has every key of the schema, and is a scenario.
#[test]
fn the_page_on_scenario_files_has_every_key() {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/scenarios.md")).unwrap();
    let block = text.split("```toml\n").nth(1).unwrap().split("```").next().unwrap();
    scenario::Scenario::parse("docs/scenarios.md", block).unwrap_or_else(|error| panic!("{error}"));
    let schema = serde_json::to_value(scenario::schema()).unwrap();
    let tables = ["Peer", "Policy", "TunnelGroup", "Network", "Expect"].map(|name| &schema["$defs"][name]);
    for table in tables.into_iter().chain([&schema]) {
        for key in table["properties"].as_object().unwrap().keys() {
            let shown = block.contains(&format!("{key} = "))
                || block.contains(&format!("[{key}]"))
                || block.contains(&format!(".{key}]]"));
            assert!(shown, "docs/scenarios.md does not show {key}");
        }
    }
}
