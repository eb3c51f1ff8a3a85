//! What a student hands in.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Value;

/// What a submission says it is.
pub const SCHEMA: &str = "ikesim/submission/1";

/// A submission, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Submission {
    /// Whose it says it is.
    pub student: String,
    /// Which bundle it says it is about.
    pub bundle: String,
    /// By question; what was left blank is not among them.
    pub answers: BTreeMap<String, String>,
}

/// Why a file is no submission.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Garbage {
    /// Nothing is in it.
    Empty,
    /// It is no text.
    Binary,
    /// It is no TOML, or lacks a key: the line, where there is one, and what is wrong.
    Toml(Option<usize>, String),
    /// It says that it is something else.
    Schema,
}

#[derive(Deserialize)]
struct Written {
    schema: String,
    student: String,
    bundle: String,
    #[serde(default)]
    answers: BTreeMap<String, Value>,
}

impl Submission {
    /// Reads a submission.
    ///
    /// # Errors
    /// It is none.
    pub fn parse(bytes: &[u8]) -> Result<Submission, Garbage> {
        if bytes.trim_ascii().is_empty() {
            return Err(Garbage::Empty);
        }
        // Editors of some systems write a byte order mark.
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let text = str::from_utf8(bytes).map_err(|_| Garbage::Binary)?;
        let written: Written = toml::from_str(text).map_err(|error| {
            let line = error.span().and_then(|span| Some(text.get(..span.start)?.matches('\n').count() + 1));
            Garbage::Toml(line, error.message().to_owned())
        })?;
        if written.schema != SCHEMA {
            return Err(Garbage::Schema);
        }
        let mut answers = BTreeMap::new();
        written.answers.into_iter().for_each(|(id, value)| flat(id, value, &mut answers));
        Ok(Submission { student: written.student, bundle: written.bundle, answers })
    }
}

/// An exercise's table of answers has its name in front of each.
fn flat(id: String, value: Value, answers: &mut BTreeMap<String, String>) {
    match value {
        Value::Table(table) => {
            table.into_iter().for_each(|(key, value)| flat(format!("{id}.{key}"), value, answers));
        }
        Value::String(text) if text.trim().is_empty() => {}
        Value::String(text) => {
            answers.insert(id, text);
        }
        // A number needs no quotes.
        other @ (Value::Integer(_)
        | Value::Float(_)
        | Value::Boolean(_)
        | Value::Datetime(_)
        | Value::Array(_)) => {
            answers.insert(id, other.to_string());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_read_with_what_was_left_blank_left_out() {
        let text = "schema = \"ikesim/submission/1\"\nstudent = \"a\"\nbundle = \"b\"\n[answers]\none = \" \"\ntwo = 2\n\
                    [answers.\"x\"]\nthree = \"c\"\n";
        let answers = Submission::parse(text.as_bytes()).unwrap().answers;
        let answers: Vec<(&str, &str)> =
            answers.iter().map(|(id, text)| (id.as_str(), text.as_str())).collect();
        assert_eq!(answers, [("two", "2"), ("x.three", "c")]);
    }

    #[test]
    fn what_is_none_says_why() {
        assert_eq!(Submission::parse(b" \n"), Err(Garbage::Empty));
        assert_eq!(Submission::parse(b"\xff\xfe\0"), Err(Garbage::Binary));
        assert!(matches!(Submission::parse(b"a = 1\nb = = 2"), Err(Garbage::Toml(Some(2), _))));
        assert!(matches!(Submission::parse(b"schema = \"x\""), Err(Garbage::Toml(..))));
        let other = b"schema = \"x\"\nstudent = \"a\"\nbundle = \"b\"\n";
        assert_eq!(Submission::parse(other), Err(Garbage::Schema));
    }
}
