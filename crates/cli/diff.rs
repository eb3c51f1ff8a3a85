//! `ikesim diff`

use std::io::{BufRead, Read, Write};
use std::path::Path;

use ike::Powers;
use serde_json::Value;
use sim::MAX_STEPS;

use crate::failure::{Failure, UNDECIDED, USAGE};
use crate::input;
use crate::out::Out;

/// The longest line of a trace, in bytes: the longest datagram has 131,070 digits.
const MAX_LINE: u64 = 1 << 20;

type Events = Box<dyn Iterator<Item = Result<Value, Failure>>>;

/// Compares two runs; 1 where they differ.
pub fn diff(one: &Path, other: &Path, out: &mut Out) -> Result<u8, Failure> {
    if [one, other].iter().all(|path| path.as_os_str() == "-") {
        return Err(Failure::new(USAGE, "standard input can be only one of the two"));
    }
    let [left, right] = [one, other].map(input::name);
    let ((one, one_cut), (other, other_cut)) = (events(one)?, events(other)?);
    match report::diff((&left, one), (&right, other))? {
        Some(text) => {
            out.write_all(text.as_bytes())?;
            Ok(1)
        }
        None if one_cut || other_cut => {
            out.line(&format!(
                "the two are equal as far as they go: a run was cut short after {MAX_STEPS} steps"
            ))?;
            Ok(UNDECIDED)
        }
        None => {
            out.line("the two are equal, event by event and byte by byte")?;
            Ok(0)
        }
    }
}

/// A trace as it was written, read no further than it is asked for; or that of a scenario, run now, and whether the bound
/// of steps ended that.
fn events(path: &Path) -> Result<(Events, bool), Failure> {
    let mut reader = input::reader(path)?;
    // A look that takes nothing: standard input cannot be read twice.
    let begins = reader.fill_buf().map_err(|error| Failure::file(path, "read", &error))?;
    // No scenario begins like a line of JSON.
    if begins.trim_ascii_start().starts_with(b"{") {
        let path = path.to_owned();
        let events = (1..).map_while(move |number| event(&path, number, &mut reader).transpose());
        return Ok((Box::new(events), false));
    }
    let scenario = input::parse(path, &input::text_of(path, &mut reader)?)?;
    let (trace, outcome) = sim::run(&scenario.setup, &Powers::none());
    let values: Vec<Value> = report::trace_values(&scenario.setup, &trace).collect();
    Ok((Box::new(values.into_iter().map(Ok)), outcome.cut_off))
}

/// The event of the next line; nothing behind the last.
fn event(path: &Path, number: usize, reader: &mut dyn BufRead) -> Result<Option<Value>, Failure> {
    let wrong = |what: String| {
        Failure::new(USAGE, format!("{}:{number}: {what}", input::name(path)))
            .help(Some("a trace is what `ikesim run FILE --trace F.jsonl` writes".into()))
    };
    let mut line = Vec::new();
    let read = reader.take(MAX_LINE).read_until(b'\n', &mut line);
    match read.map_err(|error| Failure::file(path, "read", &error))? {
        0 => return Ok(None),
        read if read as u64 == MAX_LINE => return Err(wrong(format!("a line of {MAX_LINE} bytes or more"))),
        _ => {}
    }
    let event: Value = serde_json::from_slice(&line).map_err(|error| wrong(format!("no JSON: {error}")))?;
    // Any other JSON lines would be compared too, and be called equal runs.
    let is_event = ["id", "at", "actor", "kind"].iter().all(|key| event.get(key).is_some());
    if is_event { Ok(Some(event)) } else { Err(wrong("no event of a trace".into())) }
}
