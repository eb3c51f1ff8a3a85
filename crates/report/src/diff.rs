//! Two runs side by side, up to the first event that differs.

use isakmp::dissect::dissect;
use serde_json::{Map, Value};

use crate::line::{Line, written};

/// Bytes in a line of a dump.
const ROW: usize = 16;

/// A trace, read as far as it is the same as the other.
struct Side<I> {
    events: I,
    /// What the operator changed.
    changes: Vec<Value>,
}

impl<E, I: Iterator<Item = Result<Value, E>>> Side<I> {
    /// The next event that is compared.
    fn next(&mut self) -> Result<Option<Map<String, Value>>, E> {
        for event in self.events.by_ref() {
            let Value::Object(event) = event? else { continue };
            if word(&event, "actor") != "operator" {
                return Ok(Some(stripped(event)));
            }
            self.changes
                .extend(event.get("changes").and_then(Value::as_array).into_iter().flatten().cloned());
        }
        Ok(None)
    }
}

/// What two traces (their events as values) have in common and where they part; `None`: they are equal.
///
/// What the operator changed before the start is told, and not compared: it is what one wants to see the effect of.
///
/// # Errors
/// The first error of an event that is needed.
pub fn diff<E>(
    one: (&str, impl Iterator<Item = Result<Value, E>>),
    other: (&str, impl Iterator<Item = Result<Value, E>>),
) -> Result<Option<String>, E> {
    let mut left = Side { events: one.1, changes: Vec::new() };
    let mut right = Side { events: other.1, changes: Vec::new() };
    let (mut equal, mut last) = (0_usize, "the start".to_owned());
    let pair = loop {
        match (left.next()?, right.next()?) {
            (None, None) => return Ok(None),
            (Some(a), Some(b)) if a == b => (equal, last) = (equal + 1, word(&a, "at")),
            pair => break [pair.0, pair.1],
        }
    };
    let mut text: Vec<Line> = Vec::new();
    for (letter, name, changes) in [("A", one.0, left.changes), ("B", other.0, right.changes)] {
        text.push(format!("{letter}  {name}").into());
        for change in &changes {
            let of = |key: &str| change.get(key).and_then(Value::as_str).unwrap_or("");
            let [at, what, before, after] = ["at", "what", "before", "after"].map(of);
            text.push(format!("   {at}, {what}: {before} → {after}").into());
        }
    }
    let same = format!("{}, up to {last}. The first that differs:", same(equal));
    text.extend([Line::default(), same.into(), Line::default()]);
    for (letter, event) in ["A", "B"].into_iter().zip(&pair) {
        text.push(format!("{letter}  {}", event.as_ref().map_or("nothing more happens".into(), told)).into());
    }
    if let [Some(a), Some(b)] = &pair {
        // Two kinds of event share no fields worth setting side by side.
        if a.get("kind") == b.get("kind") {
            text.extend(fields(a, b));
        }
        if let (Some(a), Some(b)) = (bytes(a), bytes(b)) {
            text.extend(dump(&a, &b));
        }
    }
    Ok(Some(written(&text)))
}

fn same(equal: usize) -> String {
    if equal == 1 { "1 event is equal".into() } else { format!("{equal} events are equal") }
}

/// Without what only counts: an edit before the start shifts every number.
fn stripped(mut event: Map<String, Value>) -> Map<String, Value> {
    event.retain(|key, _| !["id", "cause"].contains(&key.as_str()));
    event
}

fn word(event: &Map<String, Value>, key: &str) -> String {
    match event.get(key) {
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
        None => String::new(),
    }
}

fn told(event: &Map<String, Value>) -> String {
    let message = match event.get("message") {
        Some(number) => format!(" message {number}"),
        None => String::new(),
    };
    let length = bytes(event).map_or(String::new(), |bytes| format!(", {} bytes", bytes.len()));
    let why: String = ["state", "by", "how", "reason"]
        .into_iter()
        .filter(|key| event.contains_key(*key))
        .map(|key| format!(", {}", word(event, key)))
        .collect();
    format!("{} {}: {}{message}{length}{why}", word(event, "at"), word(event, "actor"), word(event, "kind"))
}

/// Every field but the bytes that is not the same.
fn fields(a: &Map<String, Value>, b: &Map<String, Value>) -> Vec<Line> {
    // In the order of the trace's own objects, which tells when and who before what.
    let mut keys: Vec<&String> = a.keys().chain(b.keys().filter(|key| !a.contains_key(*key))).collect();
    keys.retain(|key| a.get(*key) != b.get(*key) && *key != "bytes");
    let side = |event: &Map<String, Value>, key: &str| {
        if event.contains_key(key) { word(event, key) } else { "-".into() }
    };
    keys.iter().map(|key| format!("   {key}: A {} · B {}", side(a, key), side(b, key)).into()).collect()
}

fn bytes(event: &Map<String, Value>) -> Option<Vec<u8>> {
    let hex = event.get("bytes")?.as_str()?.as_bytes();
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    hex.chunks(2)
        .map(|pair| match pair {
            [high, low] => Some(digit(*high)? << 4 | digit(*low)?),
            _ => None,
        })
        .collect()
}

/// The rows that differ, one under the other, and the field that the first difference stands in.
fn dump(a: &[u8], b: &[u8]) -> Vec<Line> {
    let Some(first) = (0..a.len().max(b.len())).find(|n| a.get(*n) != b.get(*n)) else { return Vec::new() };
    // On port 4500 four zero bytes stand before the message.
    let marker = if a.starts_with(&[0; 4]) { 4 } else { 0 };
    // A's will do: up to the first difference the two have one layout.
    let fields = dissect(a.get(marker..).unwrap_or_default());
    let place = first.saturating_sub(marker);
    let field = fields
        .iter()
        .flat_map(isakmp::dissect::Field::walk)
        .filter(|field| field.range.contains(&place))
        .last();
    let name = field.map_or(String::new(), |field| format!(", in A's {}", field.name));
    let head = format!("bytes: {} and {}, the first difference at byte {first}{name}", a.len(), b.len());
    let mut text = vec![Line::default(), head.into()];
    for at in (0..a.len().max(b.len())).step_by(ROW) {
        let row = |bytes: &[u8]| {
            bytes.get(at..).map(|rest| rest.iter().take(ROW).copied().collect::<Vec<_>>()).unwrap_or_default()
        };
        let (left, right) = (row(a), row(b));
        if left == right {
            continue;
        }
        let hex = |row: &[u8]| row.iter().map(|byte| format!(" {byte:02x}")).collect::<String>();
        let mark: String =
            (0..ROW).map(|n| if left.get(n) == right.get(n) { "   " } else { " ^^" }).collect();
        text.push(format!("A {at:04x} {}", hex(&left)).into());
        text.push(format!("B {at:04x} {}", hex(&right)).into());
        text.push(format!("       {mark}").into());
    }
    text
}
