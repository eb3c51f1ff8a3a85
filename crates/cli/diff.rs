//! `ikesim diff`

use std::io::Write;
use std::path::Path;

use ike::Powers;
use serde_json::Value;

use crate::failure::{Failure, USAGE};
use crate::input;
use crate::out::Out;

/// Compares two runs; 1 where they differ.
pub fn diff(one: &Path, other: &Path, out: &mut Out) -> Result<u8, Failure> {
    let (left, right) = (events(one)?, events(other)?);
    let name = |path: &Path| path.display().to_string();
    match report::diff((&name(one), &left), (&name(other), &right)) {
        Some(text) => {
            out.write_all(text.as_bytes())?;
            Ok(1)
        }
        None => {
            out.line("the two are equal, event by event and byte by byte")?;
            Ok(0)
        }
    }
}

/// A trace as it was written, or that of a scenario, run now.
fn events(path: &Path) -> Result<Vec<Value>, Failure> {
    let mut text = input::text(path)?;
    // No scenario begins like a line of JSON.
    if !text.trim_start().starts_with('{') {
        let scenario = input::parse(path, &text)?;
        let (trace, _) = sim::run(&scenario, &Powers::none());
        text = report::trace_lines(&scenario, &trace);
    }
    let line = |(n, line): (usize, &str)| {
        let wrong = |what: String| {
            Failure::new(USAGE, format!("{}:{}: {what}", path.display(), n + 1))
                .help(Some("a trace is what `ikesim run FILE --trace F.jsonl` writes".into()))
        };
        let event: Value = serde_json::from_str(line).map_err(|error| wrong(format!("no JSON: {error}")))?;
        let is_event = ["id", "at", "actor", "kind"].iter().all(|key| event.get(key).is_some());
        if is_event { Ok(event) } else { Err(wrong("no event of a trace".into())) }
    };
    text.lines().enumerate().map(line).collect()
}
