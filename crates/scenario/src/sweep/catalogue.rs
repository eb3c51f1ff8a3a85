//! Faults as one writes them on a command line: `drop:message=3,times=1`.

use std::fmt;

use toml::{Table, Value};

use crate::{FaultKind, nearest};

/// A fault with its fields, not yet checked against a mode.
#[derive(Clone, Debug, PartialEq)]
pub struct FaultText {
    kind: &'static str,
    fields: Vec<(String, Value)>,
}

impl FaultText {
    /// Reads `kind` or `kind:field=value,field=value`.
    ///
    /// # Errors
    /// What is wrong, in one line.
    pub fn parse(text: &str) -> Result<FaultText, String> {
        let (name, fields) = text.split_once(':').unwrap_or((text, ""));
        let kind = FaultKind::from_name(name).ok_or_else(|| {
            let near = nearest(name, FaultKind::all().map(|kind| kind.name));
            let near = near.map_or(String::new(), |near| format!("; did you mean {near}?"));
            format!("unknown fault `{name}`{near}")
        })?;
        let mut read = Vec::new();
        for field in fields.split(',').filter(|field| !field.is_empty()) {
            let (key, value) = field.split_once('=').ok_or_else(|| format!("`{field}` is no field=value"))?;
            if !kind.fields.iter().any(|field| field.name == key) {
                let known: Vec<&str> = kind.fields.iter().map(|field| field.name).collect();
                return Err(format!("`{key}` is no field of {name}; allowed: {}", known.join(", ")));
            }
            let number = value.parse::<i64>().map(Value::Integer);
            read.push((key.to_owned(), number.unwrap_or_else(|_| Value::String(value.to_owned()))));
        }
        Ok(FaultText { kind: kind.name, fields: read })
    }

    /// The `[[fault]]` table.
    pub(super) fn table(&self) -> Table {
        let mut table = Table::new();
        table.insert("kind".into(), Value::String(self.kind.into()));
        table.extend(self.fields.iter().cloned());
        table
    }

    /// The scenario file's `kind`.
    pub fn kind(&self) -> &'static str {
        self.kind
    }
}

/// As it is read.
impl fmt::Display for FaultText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind)?;
        for (n, (key, value)) in self.fields.iter().enumerate() {
            let mark = if n == 0 { ':' } else { ',' };
            match value {
                Value::String(text) => write!(f, "{mark}{key}={text}")?,
                other => write!(f, "{mark}{key}={other}")?,
            }
        }
        Ok(())
    }
}

/// Values worth trying for a field of a kind. A field that is left out has its default.
fn values(kind: &str, field: &str) -> &'static [&'static str] {
    match (kind, field) {
        ("nat", "outside") | ("peer-down", _) if field != "at" => &[],
        (_, "at") => &["initiator", "responder"],
        (_, "attribute") => &["encryption", "key-length", "hash", "group", "authentication", "lifetime"],
        (_, "message") => &["1", "2", "3", "4", "5", "6"],
        (_, "port") => &["500", "4500"],
        (_, "direction") => &["to-responder", "to-initiator", "both"],
        ("drop" | "corrupt" | "truncate", "times") => &["1", "all"],
        ("delay", "by") => &["5s", "12s", "90s"],
        ("impair", "what") => &[
            "omit-ke",
            "empty-ke",
            "zero-ke",
            "empty-hash",
            "corrupt-hash",
            "nonzero-reserved",
            "ignore-message",
            "never-retransmit",
        ],
        _ => &[],
    }
}

/// Every kind with every combination of the values worth trying.
pub(super) fn every() -> Vec<FaultText> {
    let mut faults = Vec::new();
    for kind in FaultKind::all() {
        let mut texts = vec![kind.name.to_owned()];
        for field in kind.fields {
            let values = values(kind.name, field.name);
            // An impairment acts wherever it can: naming the message as well would try the same thing twice.
            if values.is_empty() || (kind.name == "impair" && field.name == "message") {
                continue;
            }
            let add = |text: &String, value: &&str| {
                let mark = if text.contains(':') { ',' } else { ':' };
                format!("{text}{mark}{}={value}", field.name)
            };
            texts = texts.iter().flat_map(|text| values.iter().map(move |value| add(text, value))).collect();
        }
        faults.extend(texts.iter().filter_map(|text| FaultText::parse(text).ok()));
    }
    faults
}
