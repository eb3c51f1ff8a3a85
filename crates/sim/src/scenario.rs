//! A scenario: two configured peers, a network, faults, and what is expected of them.

mod build;
mod edit;
mod error;
mod faults;
mod file;
mod kinds;
mod schema;
mod starter;
mod value;
mod words;

use std::net::IpAddr;
use std::time::Duration;

use ike::{Config, Instant, Mode, NotifyType, Role, Sides, State};

pub use error::{ErrorKind, ScenarioError, nearest};
pub use kinds::{FaultKind, Field};
pub use value::parse_duration;

use crate::cause::Cause;
use crate::fault::{Change, Fault};
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
    /// The exchange that the initiator starts.
    pub mode: Mode,
    /// Every random byte follows from it; below 2^63.
    pub seed: u64,
    /// The run stops here; `None`: when nothing is pending.
    pub until: Option<Instant>,
    /// Each peer's configuration, after the operator's faults.
    pub hosts: Sides<Config>,
    /// What lies between them.
    pub network: Network,
    /// In the order written.
    pub faults: Vec<Fault>,
    /// What each operator fault changed: (position in `faults`, changes).
    pub edits: Vec<(usize, Vec<Change>)>,
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

    /// This scenario with one more fault; `None` where that fault would change nothing.
    pub fn with_fault(&self, fault: Fault) -> Option<Scenario> {
        let mut scenario = self.clone();
        let edits = edit::apply(&mut scenario, &fault);
        if edits.as_ref().is_some_and(Vec::is_empty) {
            return None;
        }
        scenario.edits.extend(edits.map(|changes| (scenario.faults.len(), changes)));
        scenario.faults.push(fault);
        Some(scenario)
    }

    /// The address under which the other side knows this one: outside any NAT.
    pub fn outside_address(&self, role: Role) -> IpAddr {
        let nat = self.faults.iter().find_map(|fault| match fault {
            Fault::Nat { at, outside } if *at == role => Some(*outside),
            _ => None,
        });
        nat.unwrap_or(self.hosts[role].address)
    }
}

/// Latency and random trouble of the link, both ways alike.
#[derive(Clone, Debug, PartialEq)]
pub struct Network {
    /// One way.
    pub latency: Duration,
    /// Uniform in +-jitter; a datagram never takes less than no time.
    pub jitter: Duration,
    /// Probability per datagram, 0 to 1.
    pub loss: f64,
    /// Probability of a second copy one latency later.
    pub duplicate: f64,
    /// Probability of being held for two more latencies.
    pub reorder: f64,
    /// Probability of one flipped bit.
    pub corrupt: f64,
}

// The probabilities are checked to be 0..=1, so never NaN.
impl Eq for Network {}

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
