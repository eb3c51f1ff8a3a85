//! One run of a scenario, start to end.

use ike::Powers;

use crate::outcome::Outcome;
use crate::scenario::Scenario;
use crate::trace::Trace;

/// Runs a scenario and keeps the trace. `powers` may be shared by many runs: it only saves time.
pub fn run(scenario: &Scenario, powers: &Powers) -> (Trace, Outcome) {
    let _ = (scenario, powers);
    unimplemented!()
}
