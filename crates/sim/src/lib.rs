//! Two hosts, a network between them, faults, and the trace of what happened.
//!
//! A [`Setup`] holds everything that a run depends on. One [`World`] runs it, under a chooser ([`choice`]): the script of
//! the setup, a kind wire, or the explorer ([`explore`]). [`Live`] is one host of it against the outside, [`Service`]
//! a host that many call.

pub mod cause;
pub mod choice;
mod edit;
pub mod explore;
pub mod fault;
pub mod host;
pub mod live;
pub mod outcome;
mod path;
pub mod recorder;
mod rule;
pub mod run;
pub mod service;
pub mod setup;
mod tally;
pub mod timeline;
pub mod trace;
pub mod world;

pub use cause::Cause;
pub use choice::MAX_STEPS;
pub use fault::{
    Blame, Change, Changed, ClearFault, Direction, Edit, Fault, MapValue, MismatchAttribute, OperatorFault,
    PathFault, PeerFault, PfsHow, ProxyHow, Switch, Times, TransformAttribute, WireAct, WireFault,
    WireTarget,
};
pub use live::{Live, Progress};
pub use outcome::{
    ChildOutcome, End, Outcome, Passage, PeerOutcome, Phase2, QuickOutcome, Verdict, quick_state_name,
    state_name,
};
pub use recorder::Recorder;
pub use run::{likely_exchange, prepare, run, run_untraced};
pub use service::{Caller, Counts, Service, Witness};
pub use setup::{Network, Setup};
pub use timeline::{Negotiation, Standing, Timeline};
pub use trace::{Actor, Alteration, Datagram, Entry, EntryId, Kind, Trace};
pub use world::{Watch, World};
