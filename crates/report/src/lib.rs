//! What happened, for people and for programs: pure functions of a trace, an outcome and a diagnosis.

mod captured;
mod causes;
mod decode;
mod diff;
mod evidence;
mod explain;
mod explore;
mod json;
mod ladder;
mod line;
mod listened;
mod live;
mod look;
mod mermaid;
mod page;
mod paste;
mod pcap;
pub mod predict;
pub mod reasons;
mod remedy;
mod row;
mod svg;
mod sweep;
mod text;
mod trace;
mod why;

use std::net::SocketAddr;

use diagnose::{Attempt, Finding, diagnose};
use ike::Role;
use scenario::{Scenario, failed_expectations};
use sim::{Outcome, Setup, Trace, Verdict};

pub use captured::{judged_json, judged_notes, judged_text};
pub use decode::{Decoded, decoded_json, decoded_text};
pub use diff::diff;
pub use evidence::{case, evidence, observation};
pub use explain::explained;
pub use explore::{explored, explored_json};
pub use json::{json, live_json, numbered_json, plain_json};
pub use ladder::Layout;
pub use listened::Listened;
pub use live::{called, columns, conclusion, headline, rungs_since};
pub use look::{Detail, Like, logs, show};
pub use mermaid::mermaid;
pub use page::{captured_page, page};
pub use paste::{paste_json, paste_text};
pub use pcap::{capture_of, child_keys, key_line, pcapng};
pub use svg::svg;
pub use sweep::{CSV_HEAD, Groups, Key, csv};
pub use text::{cut_off, seen, text};
pub use trace::{entry_words, trace_lines, trace_values};
pub use why::{why, why_json};

/// A run with everything that was concluded from it.
#[derive(Clone, Debug)]
pub struct Report {
    /// What was run.
    pub scenario: Scenario,
    /// What happened.
    pub trace: Trace,
    /// Where it left the peers.
    pub outcome: Outcome,
    /// Why, as far as `view` can tell.
    pub diagnosis: Vec<Finding>,
    /// What mends the first cause in the files that were read, in words; empty: they are not known, or no change of them does.
    pub edits: Vec<String>,
    /// The side whose knowledge is shown; `None`: both.
    pub view: Option<Role>,
    /// The other side is not ours, and nothing but its address is known.
    pub live: Option<SocketAddr>,
    /// The file that was run, as a command names it; `None`: there is none that could be run again.
    pub file: Option<String>,
    /// The seed is not the scenario's own.
    pub seed_given: bool,
    /// Expectations that were not met, and faults that never fired: a line each. Judged on the whole run.
    pub failed: Vec<String>,
}

impl Report {
    /// Concludes from a run. The view restricts ladder and diagnosis, never the expectations.
    pub fn new(scenario: Scenario, (trace, outcome): (Trace, Outcome), view: Option<Role>) -> Report {
        if outcome.cut_off {
            return Report::cut_off(scenario, (trace, outcome), view);
        }
        let whole = diagnose(&scenario.setup, &trace, &outcome, None);
        let failed = judge(&scenario, &outcome, &whole);
        let diagnosis = match view {
            None => whole,
            Some(_) => diagnose(&scenario.setup, &trace, &outcome, view),
        };
        let (live, file, seed_given) = (None, None, false);
        let edits = Vec::new();
        Report { scenario, trace, outcome, diagnosis, edits, view, live, file, seed_given, failed }
    }

    /// A run that the bound of steps ended: where it would have led is not known, so neither is a cause, nor whether an
    /// expectation holds.
    fn cut_off(scenario: Scenario, (trace, outcome): (Trace, Outcome), view: Option<Role>) -> Report {
        let failed = vec![cut_off(&outcome)];
        let (live, file, seed_given, diagnosis) = (None, None, false, Vec::new());
        let edits = Vec::new();
        Report { scenario, trace, outcome, diagnosis, edits, view, live, file, seed_given, failed }
    }

    /// The exit code of the contract: 0, 1 where an expectation failed, 4 where nothing could be judged.
    pub fn code(&self) -> u8 {
        if self.outcome.cut_off { 4 } else { u8::from(!self.failed.is_empty()) }
    }

    /// What to do about one of its causes, a line each; commands are indented.
    pub(crate) fn fix(&self, finding: &Finding) -> Vec<String> {
        if finding.rank == 1 && !self.edits.is_empty() {
            return self.edits.clone();
        }
        remedy::lines(finding.remedy.as_ref())
    }

    /// Concludes from a negotiation with a peer that is not ours.
    pub fn live(
        scenario: Scenario,
        (trace, outcome): (Trace, Outcome),
        role: Role,
        peer: SocketAddr,
    ) -> Report {
        let view = Some(role);
        let Attempt { mode, half_open, causes: diagnosis } =
            diagnose::attempt(&scenario.setup, &trace, &outcome, role);
        let verdict = if half_open { Verdict::HalfOpen } else { outcome.verdict };
        let outcome = Outcome { verdict, ..outcome };
        // A responder does not choose the mode.
        let mode = mode.unwrap_or(scenario.setup.mode);
        let scenario = Scenario { setup: Setup { mode, ..scenario.setup }, ..scenario };
        Report {
            scenario,
            trace,
            outcome,
            diagnosis,
            edits: Vec::new(),
            view,
            live: Some(peer),
            file: None,
            seed_given: false,
            failed: Vec::new(),
        }
    }
}

impl From<&::predict::Run> for Report {
    fn from(run: &::predict::Run) -> Report {
        let ::predict::Run { scenario, trace, outcome, diagnosis } = run.clone();
        let failed = match outcome.cut_off {
            true => vec![cut_off(&outcome)],
            false => judge(&scenario, &outcome, &diagnosis),
        };
        let (view, live, file, seed_given) = (None, None, None, false);
        let edits = Vec::new();
        Report { scenario, trace, outcome, diagnosis, edits, view, live, file, seed_given, failed }
    }
}

/// Every expectation that does not hold, and every fault that never acted: an unreached fault is a broken
/// lesson.
fn judge(scenario: &Scenario, outcome: &Outcome, diagnosis: &[Finding]) -> Vec<String> {
    let mut failed = failed_expectations(&scenario.expect, outcome);
    if let Some(want) = scenario.expect.cause {
        // Others may fit as well; the first is the one that would be acted upon.
        let got = diagnosis.first().map(|first| first.cause);
        if want != got {
            let name = |cause: Option<sim::Cause>| cause.map_or("none", sim::Cause::name);
            failed.push(format!("cause: expected {}, got {}", name(want), name(got)));
        }
    }
    failed.extend(outcome.unfired().filter_map(|index| {
        let fault = scenario.setup.faults.get(index)?;
        Some(format!("fault {} ({fault}) never fired{}", index + 1, why_not(fault)))
    }));
    failed
}

/// Why a fault that waits for its moment may have missed it.
fn why_not(fault: &sim::Fault) -> String {
    let sim::Fault::Clear(clear) = fault else { return String::new() };
    let moment = match clear.after {
        Some(message) => format!("{message} was not sent, or"),
        None => format!("{} s after the start", clear.when.as_secs_f64()),
    };
    let part = reasons::cleared(clear.clear.what);
    format!(": {moment} there was no {part} at the {} to clear; `when` and `after` say the moment", clear.at)
}
