//! From a trace and two configurations to ranked causes.

use ike::Role;
use sim::{Cause, Outcome, Scenario, Trace};

/// One possible cause.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnosis {
    /// What it is.
    pub cause: Cause,
    /// 1 is the likeliest.
    pub rank: usize,
    /// What speaks for it, a line each; lines from both sides side by side where there are two values.
    pub evidence: Vec<String>,
    /// What to do, the commands to type included, one line each.
    pub fix: Vec<String>,
    /// Some of it rests on inferred vendor behaviour.
    pub inferred: bool,
}

/// The causes of a run, likeliest first; empty where the tunnel is up. With `view`, only what that side
/// can see counts.
pub fn diagnose(scenario: &Scenario, trace: &Trace, outcome: &Outcome, view: Option<Role>) -> Vec<Diagnosis> {
    let _ = (scenario, trace, outcome, view);
    Vec::new()
}
