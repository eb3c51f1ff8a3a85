//! From the text to the file: the TOML reader's errors in a user's words.

use crate::error::{Problem, ScenarioError};
use crate::file::File;
use crate::scenario::MAX_BYTES;
use crate::value::short;

impl File {
    /// Reads the text, and nothing of what it means.
    pub fn parse(name: &str, text: &str) -> Result<File, ScenarioError> {
        // Before it is read: as a tree it takes a multiple of its length.
        if text.len() > MAX_BYTES {
            let message = format!("a scenario of {} bytes", text.len());
            return Err(ScenarioError::file(name, message, format!("allowed: at most {MAX_BYTES} bytes")));
        }
        toml::from_str(text).map_err(|error| toml_error(name, text, &error))
    }
}

/// An error of the TOML reader, with its place, about a file that may be no scenario.
pub fn toml_error(name: &str, text: &str, error: &toml::de::Error) -> ScenarioError {
    ScenarioError::new(name, text, syntax(error))
}

/// An error of the TOML reader. What it says of an unknown key already lists the ones that are known.
fn syntax(error: &toml::de::Error) -> Problem {
    let span = error.span().unwrap_or_default();
    let message = error.message().lines().collect::<Vec<_>>().join(", ");
    // The reader's errors are text; the names in them stand between backticks.
    let mut names = message.split('`').skip(1).step_by(2);
    match (message.split_once(", expected "), names.next()) {
        (Some((unknown, _)), Some(got)) if unknown.starts_with("unknown field") => {
            let unknown = unknown.replacen("field", "key", 1);
            Problem::unknown(&span, short(&unknown), got, names)
        }
        _ if message == "missing field `kind`" => Problem::new(&span, "a fault needs `kind`")
            .help("as kind = \"drop\"; `ikesim list faults` has them all"),
        _ => Problem::new(&span, plain(&message)),
    }
}

/// The reader's words for types, in a user's words.
fn plain(message: &str) -> String {
    const WORDS: [(&str, &str); 5] = [
        ("expected i64", "expected a whole number from 0 to 9223372036854775807"),
        ("expected f64", "expected a number"),
        ("expected a sequence", "expected a list"),
        ("expected struct", "expected the table"),
        ("missing field", "missing key"),
    ];
    WORDS.iter().fold(message.to_owned(), |text, (rust, user)| text.replace(rust, user))
}

/// The names of the tables and keys that stand at the top of a text, in their order; none where it is no TOML.
pub fn tables(text: &str) -> Vec<String> {
    toml::from_str::<toml::Table>(text).map_or_else(|_| Vec::new(), |table| table.keys().cloned().collect())
}
