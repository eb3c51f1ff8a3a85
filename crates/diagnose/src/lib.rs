//! From a trace and two configurations to ranked causes.
//!
//! Nothing is looked up by fault: the first message of the exchange that its receiver never accepted is
//! found in the trace, and what became of its copies is explained with both configurations at hand. With
//! a view of one side only, the causes that would leave that side with the same picture are found by
//! running them.

pub mod captures;
mod causes;
mod compare;
mod critical;
mod evidence;
pub mod explain;
mod finding;
mod hypotheses;
mod live;
mod one_side;
pub mod paste;
mod phase2;
mod rank;
mod reach;
mod remedy;
mod why;

pub use causes::counted;
pub use evidence::{
    About, Captured, ChildEvidence, Copied, CopyEnd, Culprit, EntryValue, Evidence, KeyLook, Name,
    Observation, Oddity, Reached, Sort,
};
pub use explain::{Entry, Unknown, explain, names, typed};
pub use finding::Finding;
pub use live::{Attempt, attempt};
pub use remedy::{Remedy, Task, Trouble};
pub use why::{Alternative, EntryPart, PolicyPart, Why, why};

use ike::Role;
use sim::{Outcome, Setup, Trace};

use finding::ranked;

/// The causes of a run, likeliest first; empty where the tunnel is up. With `view`, only what that side
/// can see counts, and every cause that it cannot rule out is named.
pub fn diagnose(setup: &Setup, trace: &Trace, outcome: &Outcome, view: Option<Role>) -> Vec<Finding> {
    if outcome.works() {
        return Vec::new();
    }
    match view {
        // One side's catalogue holds faults of phase 1 alone, so what fails behind it is judged otherwise.
        Some(role) if outcome.phase_2.is_some() && phase2::reached(trace, role) => {
            phase2::seen_by(setup, trace, role)
        }
        // Both configurations are at hand: no alternative has to be run.
        None => phase2::with_deletion(setup, trace, outcome, causes::find(setup, trace)),
        Some(role) => one_side::find(setup, trace, outcome, role),
    }
}
