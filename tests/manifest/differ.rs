//! Two sets of outputs side by side.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io::Write as _;
use std::process::ExitCode;

use similar::TextDiff;

use crate::Outputs;

/// What became of an output.
pub enum Change {
    Changed,
    New,
    Gone,
}

/// The outputs that are not the same in both, by name.
pub fn changes<T: PartialEq>(
    before: &BTreeMap<String, T>,
    now: &BTreeMap<String, T>,
) -> Vec<(String, Change)> {
    let names: BTreeSet<&String> = before.keys().chain(now.keys()).collect();
    let change = |name: &String| match (before.get(name), now.get(name)) {
        (Some(_), None) => Some(Change::Gone),
        (None, _) => Some(Change::New),
        (before, now) => (before != now).then_some(Change::Changed),
    };
    names.into_iter().filter_map(|name| Some((name.clone(), change(name)?))).collect()
}

/// A line for each.
pub fn list(changes: &[(String, Change)]) -> String {
    let mut text = String::new();
    for (name, change) in changes {
        let word = match change {
            Change::Changed => "changed",
            Change::New => "new    ",
            Change::Gone => "gone   ",
        };
        writeln!(text, "{word}  {name}").unwrap();
    }
    text
}

/// `--against`
pub fn against(before: &Outputs, now: &Outputs, name: Option<&str>) -> ExitCode {
    let Some(name) = name else {
        let changes = changes(before, now);
        say(&list(&changes));
        eprintln!("{} of {} outputs are otherwise", changes.len(), now.len());
        return ExitCode::SUCCESS;
    };
    let (Some(before), Some(now)) = (before.get(name), now.get(name)) else { return unknown(name) };
    let (before, now) = (legible(before), legible(now));
    say(&TextDiff::from_lines(&before, &now).unified_diff().header("other", "this").to_string());
    ExitCode::SUCCESS
}

/// `--show` alone.
pub fn show(outputs: &Outputs, name: &str) -> ExitCode {
    let Some(output) = outputs.get(name) else { return unknown(name) };
    say(&legible(output));
    ExitCode::SUCCESS
}

/// A reader who has seen enough may leave.
pub fn say(text: &str) {
    let _ = std::io::stdout().write_all(text.as_bytes());
}

fn unknown(name: &str) -> ExitCode {
    eprintln!("no output is named '{name}'; tests/manifest.txt has the names");
    ExitCode::from(2)
}

/// Text as it is, other bytes in hex.
fn legible(bytes: &[u8]) -> String {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return text.to_owned();
    }
    let row = |row: &[u8]| row.iter().map(|byte| format!("{byte:02x} ")).collect::<String>() + "\n";
    bytes.chunks(16).map(row).collect()
}
