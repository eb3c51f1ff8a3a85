//! Any two texts as traces, event by event: compared up to the first difference, and what is said of it is text.

#![no_main]

use libfuzzer_sys::fuzz_target;
use serde_json::Value;

fuzz_target!(|bytes: &[u8]| {
    let mut texts = bytes.splitn(2, |byte| *byte == 0);
    let mut trace = || {
        let lines = texts.next().unwrap_or_default().split(|byte| *byte == b'\n');
        lines
            .filter(|line| !line.is_empty())
            .map(serde_json::from_slice::<Value>)
            .collect::<Vec<_>>()
            .into_iter()
    };
    let (one, other) = (trace(), trace());
    let same =
        report::diff(("one", one.as_slice().iter().map(copied)), ("one", one.as_slice().iter().map(copied)));
    assert!(!matches!(same, Ok(Some(_))), "a trace differs from itself");
    if let Ok(Some(text)) = report::diff(("one\u{1b}[2J", one), ("other\n", other)) {
        assert!(text.chars().all(|c| c == '\n' || isakmp::is_printed(c)), "{text:?}");
    }
});

/// An error is not copied; where it stands is what counts.
fn copied(event: &Result<Value, serde_json::Error>) -> Result<Value, ()> {
    event.as_ref().map(Clone::clone).map_err(drop)
}
