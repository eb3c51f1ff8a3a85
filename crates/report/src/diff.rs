//! Two runs side by side, up to the first event that differs.

use std::fmt::Write;

use isakmp::dissect::dissect;
use serde_json::{Map, Value};

/// Bytes in a line of a dump.
const ROW: usize = 16;

/// What two traces (JSON lines) have in common and where they part; `None`: they are equal.
///
/// What the operator changed before the start is told, and not compared: it is what one wants to see the effect of.
pub fn diff(one: (&str, &[Value]), other: (&str, &[Value])) -> Option<String> {
    let events = |lines: &[Value]| -> Vec<Map<String, Value>> {
        lines
            .iter()
            .filter_map(Value::as_object)
            .filter(|event| word(event, "actor") != "operator")
            .map(stripped)
            .collect()
    };
    let (left, right) = (events(one.1), events(other.1));
    let equal = left.iter().zip(&right).take_while(|(a, b)| a == b).count();
    if equal == left.len() && equal == right.len() {
        return None;
    }
    let mut text = String::new();
    for (letter, (name, lines)) in [("A", one), ("B", other)] {
        let _ = writeln!(text, "{letter}  {name}");
        for change in lines.iter().filter_map(|line| line.get("changes")?.as_array()).flatten() {
            let of = |key: &str| change.get(key).and_then(Value::as_str).unwrap_or("");
            let _ = writeln!(text, "   {}, {}: {} → {}", of("at"), of("what"), of("before"), of("after"));
        }
    }
    let last =
        equal.checked_sub(1).and_then(|n| left.get(n)).map_or("the start".into(), |event| word(event, "at"));
    let _ = writeln!(text, "\n{}, up to {last}. The first that differs:\n", same(equal));
    let pair = [left.get(equal), right.get(equal)];
    for (letter, event) in ["A", "B"].into_iter().zip(pair) {
        let _ = writeln!(text, "{letter}  {}", event.map_or("nothing more happens".into(), told));
    }
    if let [Some(a), Some(b)] = pair {
        if a.get("kind") == b.get("kind") {
            fields(&mut text, a, b);
        }
        if let (Some(a), Some(b)) = (bytes(a), bytes(b)) {
            dump(&mut text, &a, &b);
        }
    }
    Some(text)
}

fn same(equal: usize) -> String {
    if equal == 1 { "1 event is equal".into() } else { format!("{equal} events are equal") }
}

/// Without what only counts: an edit before the start shifts every number.
fn stripped(event: &Map<String, Value>) -> Map<String, Value> {
    event
        .iter()
        .filter(|(key, _)| !["id", "cause"].contains(&key.as_str()))
        .map(|(k, v)| (k.clone(), v.clone()))
        .collect()
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
fn fields(text: &mut String, a: &Map<String, Value>, b: &Map<String, Value>) {
    let mut keys: Vec<&String> = a.keys().chain(b.keys().filter(|key| !a.contains_key(*key))).collect();
    keys.retain(|key| a.get(*key) != b.get(*key) && *key != "bytes");
    for key in keys {
        let side =
            |event: &Map<String, Value>| if event.contains_key(key) { word(event, key) } else { "-".into() };
        let _ = writeln!(text, "   {key}: A {} · B {}", side(a), side(b));
    }
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
fn dump(text: &mut String, a: &[u8], b: &[u8]) {
    let Some(first) = (0..a.len().max(b.len())).find(|n| a.get(*n) != b.get(*n)) else { return };
    // On port 4500 four zero bytes stand before the message.
    let marker = if a.starts_with(&[0; 4]) { 4 } else { 0 };
    let fields = dissect(a.get(marker..).unwrap_or_default());
    let place = first.saturating_sub(marker);
    let field = fields
        .iter()
        .flat_map(isakmp::dissect::Field::walk)
        .filter(|field| field.range.contains(&place))
        .last();
    let name = field.map_or(String::new(), |field| format!(", in A's {}", field.name));
    let _ =
        writeln!(text, "\nbytes: {} and {}, the first difference at byte {first}{name}", a.len(), b.len());
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
        let _ = write!(
            text,
            "A {at:04x} {}\nB {at:04x} {}\n       {}\n",
            hex(&left),
            hex(&right),
            mark.trim_end()
        );
    }
}
