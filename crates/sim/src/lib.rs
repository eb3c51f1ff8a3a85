//! Two endpoints, a network between them, faults, and the trace of what happened.

pub mod cause;
pub mod choice;
pub mod explore;
pub mod fault;
mod link;
pub mod live;
pub mod outcome;
mod rule;
pub mod run;
pub mod scenario;
mod shell;
pub mod sweep;
mod tally;
pub mod trace;
pub mod world;

pub use cause::Cause;
pub use fault::{Blame, Change, Direction, Fault, MismatchAttribute, Times};
pub use live::{Live, Standing};
pub use outcome::{End, Outcome, PeerOutcome, Verdict, failed_expectations, state_name};
pub use run::{prepare, run, run_untraced};
pub use scenario::{Expect, FaultKind, Network, Scenario, ScenarioError};
pub use shell::shell_word;
pub use trace::{Actor, Alteration, Datagram, Entry, EntryId, Kind, Trace};
pub use world::World;
