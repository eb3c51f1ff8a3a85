//! Two endpoints, a network between them, faults, and the trace of what happened.

pub mod cause;
pub mod fault;
pub mod outcome;
pub mod scenario;
pub mod trace;

pub use cause::Cause;
pub use fault::{Blame, Change, Direction, Fault, MismatchAttribute, Times};
pub use outcome::{End, Outcome, PeerOutcome, Verdict, failed_expectations, state_name};
pub use scenario::{Expect, Network, Scenario};
pub use trace::{Actor, Alteration, Datagram, Entry, EntryId, Kind, Trace};
