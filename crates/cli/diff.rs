//! `ikesim diff`

use std::io::Write;
use std::path::Path;

use ike::Powers;
use serde_json::Value;

use crate::failure::{Failure, USAGE};
use crate::input;

/// Compares two runs; 1 where they differ.
pub fn diff(one: &Path, other: &Path, out: &mut dyn Write) -> Result<u8, Failure> {
    let (left, right) = (events(one)?, events(other)?);
    let name = |path: &Path| path.display().to_string();
    match report::diff((&name(one), &left), (&name(other), &right)) {
        Some(text) => {
            out.write_all(text.as_bytes())?;
            Ok(1)
        }
        None => {
            writeln!(out, "the two are equal, event by event and byte by byte")?;
            Ok(0)
        }
    }
}

/// A trace as it was written, or that of a scenario, run now.
fn events(path: &Path) -> Result<Vec<Value>, Failure> {
    let is_trace = path.extension().is_some_and(|extension| extension == "jsonl");
    let text = if is_trace {
        input::text(path)?
    } else {
        let scenario = input::scenario(path, None)?;
        let (trace, _) = sim::run(&scenario, &Powers::none());
        report::trace_lines(&scenario, &trace)
    };
    let line = |(n, line): (usize, &str)| {
        serde_json::from_str(line).map_err(|error| {
            Failure::new(USAGE, format!("{}:{}: no JSON: {error}", path.display(), n + 1))
                .help(Some("a trace is what `ikesim run FILE --trace F.jsonl` writes".into()))
        })
    };
    text.lines().enumerate().map(line).collect()
}
