//! A scenario: what is run, and what is expected of it.

use ike::{NotifyType, QuickState, Sides, State};
use sim::{Cause, Outcome, Passage, Setup, Verdict, quick_state_name, state_name};

use crate::error::ScenarioError;
use crate::file::File;

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

impl Scenario {
    /// Reads a scenario file. `name` is what errors call it.
    ///
    /// # Errors
    /// The first thing that is wrong, with its place and what is allowed there. Keys are never repeated.
    pub fn parse(name: &str, text: &str) -> Result<Scenario, ScenarioError> {
        let file = File::parse(name, text)?;
        file.build(name).map_err(|problem| ScenarioError::new(name, text, problem))
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
    /// Each side's state of the first child; `Some(None)` is NONE.
    pub quick: Sides<Option<Option<QuickState>>>,
    /// How far traffic would get.
    pub passage: Option<Passage>,
    /// Children that both sides hold.
    pub children: Option<usize>,
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
        // Phase 1's: how far traffic gets is for `verdict` to say.
        let got = outcome.verdict == Verdict::Established;
        check(want == got, "established", want.to_string(), got.to_string());
    }
    if let Some(phase_2) = &outcome.phase_2 {
        for (role, want) in expect.quick.both() {
            if let Some(want) = *want {
                let got = phase_2.first[role].state;
                let what = format!("{role}_phase2");
                check(want == got, &what, quick_state_name(want).into(), quick_state_name(got).into());
            }
        }
        if let Some(want) = expect.passage {
            let got = phase_2.passage;
            check(want == got, "verdict", want.to_string(), got.to_string());
        }
        if let Some(want) = expect.children {
            check(want == phase_2.up(), "children", want.to_string(), phase_2.up().to_string());
        }
    }
    failed
}

fn names(notifies: &[NotifyType]) -> String {
    let names: Vec<String> = notifies.iter().map(ToString::to_string).collect();
    format!("[{}]", names.join(", "))
}
