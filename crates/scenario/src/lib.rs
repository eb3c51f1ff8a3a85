//! Scenarios as TOML files: two configured peers, a network, faults, and what is expected of them; and sweeps over
//! many of them. Only this crate knows the file format: everything below takes a [`Setup`].

mod build;
mod counterexample;
mod error;
mod faults;
mod file;
mod kinds;
mod schema;
mod shell;
mod starter;
pub mod sweep;
mod value;
mod vocabulary;

pub use counterexample::{NoCounterexample, counterexample};
pub use error::{ErrorKind, ScenarioError, nearest};
pub use kinds::{FaultKind, Field};
pub use shell::shell_word;
pub use value::parse_duration;

use ike::{NotifyType, Sides, State};
use sim::{Cause, Outcome, Setup, Verdict, state_name};

use error::Problem;

/// A scenario ready to run: defaults filled in, operator faults applied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scenario {
    /// The path or name it came from, as the user wrote it.
    pub name: String,
    /// One line.
    pub title: String,
    /// Markdown.
    pub description: String,
    /// What is run.
    pub setup: Setup,
    /// What the run is judged by.
    pub expect: Expect,
}

/// The longest scenario file, in bytes.
pub const MAX_BYTES: usize = 1 << 20;

/// The JSON Schema of the scenario file.
pub fn schema() -> serde_json::Value {
    schema::schema()
}

/// The commented file that `ikesim init` writes, with this fault in place. It parses and runs as it is.
pub fn starter(fault: Option<&FaultKind>) -> String {
    starter::starter(fault)
}

/// An error of the TOML reader about a file that is no scenario, with its place.
pub fn toml_error(name: &str, text: &str, error: &toml::de::Error) -> ScenarioError {
    ScenarioError::new(name, text, syntax(error))
}

impl Scenario {
    /// Reads a scenario file. `name` is what errors call it.
    ///
    /// # Errors
    /// The first thing that is wrong, with its place and what is allowed there. Keys are never repeated.
    pub fn parse(name: &str, text: &str) -> Result<Scenario, ScenarioError> {
        if text.len() > MAX_BYTES {
            let message = format!("a scenario of {} bytes", text.len());
            return Err(ScenarioError::file(name, message, format!("allowed: at most {MAX_BYTES} bytes")));
        }
        let file = toml::from_str(text).map_err(|error| syntax(&error));
        let scenario = file.and_then(|file| build::scenario(name, &file));
        scenario.map_err(|problem| ScenarioError::new(name, text, problem))
    }
}

/// What a run is judged by; `None` is not judged.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Expect {
    /// Each side's state; `Some(None)` is NONE.
    pub states: Sides<Option<Option<State>>>,
    /// The first-ranked cause; `Some(None)`: no diagnosis.
    pub cause: Option<Option<Cause>>,
    /// Error notifies sent by either, in order of first sight.
    pub notify: Option<Vec<NotifyType>>,
    /// Both active with the same keys.
    pub established: Option<bool>,
}

/// One line per expectation on states, notifies and the tunnel that was not met. The cause is judged by
/// whoever has the diagnosis.
pub fn failed_expectations(expect: &Expect, outcome: &Outcome) -> Vec<String> {
    let mut failed = Vec::new();
    let mut check = |met: bool, what: &str, want: String, got: String| {
        if !met {
            failed.push(format!("{what}: expected {want}, got {got}"));
        }
    };
    for (role, want) in expect.states.both() {
        if let Some(want) = *want {
            let got = outcome.peers[role].state;
            check(want == got, &role.to_string(), state_name(want).into(), state_name(got).into());
        }
    }
    if let Some(want) = &expect.notify {
        check(*want == outcome.notifies, "notify", names(want), names(&outcome.notifies));
    }
    if let Some(want) = expect.established {
        let got = outcome.verdict == Verdict::Established;
        check(want == got, "established", want.to_string(), got.to_string());
    }
    failed
}

fn names(notifies: &[NotifyType]) -> String {
    let names: Vec<String> = notifies.iter().map(ToString::to_string).collect();
    format!("[{}]", names.join(", "))
}

/// An error of the TOML reader. What it says of an unknown key already lists the ones that are known.
fn syntax(error: &toml::de::Error) -> Problem {
    let span = error.span().unwrap_or_default();
    let message = error.message().lines().collect::<Vec<_>>().join(", ");
    let mut names = message.split('`').skip(1).step_by(2);
    match (message.split_once(", expected "), names.next()) {
        (Some((unknown, _)), Some(got)) if unknown.starts_with("unknown field") => {
            let unknown = unknown.replacen("field", "key", 1);
            Problem::unknown(&span, value::short(&unknown), got, names)
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
