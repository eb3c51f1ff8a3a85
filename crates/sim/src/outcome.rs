//! Where a run leaves each peer: the contract's `outcome`, `state`, `last`, `end` and counts.

mod phase2;

use std::fmt;

use ike::{Instant, MessageName, Negotiated, NotifyType, Sides, State};

pub use phase2::{ChildOutcome, Passage, Phase2, QuickOutcome, quick_state_name};

/// The result of a run, without its trace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Both, one or none active.
    pub verdict: Verdict,
    /// Both derived the same SKEYID_e; `None` where one derived none.
    pub keys_match: Option<bool>,
    /// The transform of MSG2; `None` where none was chosen.
    pub negotiated: Option<Negotiated>,
    /// What became of each.
    pub peers: Sides<PeerOutcome>,
    /// Firings per fault, in the scenario's order.
    pub fired: Vec<u64>,
    /// Error notifies sent by either, in order of first sight.
    pub notifies: Vec<NotifyType>,
    /// What became of phase 2; `None`: it was not asked for.
    pub phase_2: Option<Phase2>,
    /// When the run ended.
    pub ended: Instant,
    /// The bound of steps ended it: more was to come.
    pub cut_off: bool,
}

impl Outcome {
    /// Everything that was asked for is up: phase 1, and every child.
    pub fn works(&self) -> bool {
        let passes = |phase_2: &Phase2| phase_2.passage == Passage::Passes;
        self.verdict == Verdict::Established && self.phase_2.as_ref().is_none_or(passes)
    }

    /// Positions of the faults that never acted.
    pub fn unfired(&self) -> impl Iterator<Item = usize> {
        self.fired.iter().enumerate().filter(|(_, n)| **n == 0).map(|(index, _)| index)
    }
}

/// How many peers are active.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// Both active, same keys.
    Established,
    /// Exactly one active.
    HalfOpen,
    /// Neither.
    Stalled,
    /// Both were, with the same keys, and a Delete ended it.
    TornDown,
}

/// Where one peer is left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PeerOutcome {
    /// The state in which its furthest SA ended or rests; `None` is NONE.
    pub state: Option<State>,
    /// The state it was last in while it still had an SA.
    pub last: Option<State>,
    /// What ended it.
    pub end: End,
    /// When; for `Waiting` and a peer that was never reached, the end of the run.
    pub at: Instant,
    /// Phase 1 messages sent, each once.
    pub sent: Vec<MessageName>,
    /// Phase 1 messages accepted.
    pub received: Vec<MessageName>,
    /// Resends by timer.
    pub resends: u32,
    /// Error notifies it sent, each once.
    pub notifies: Vec<NotifyType>,
}

/// What ended a peer's part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum End {
    /// The SA is up.
    Active,
    /// Resends or a half-open timer ran out.
    GaveUp,
    /// Still waiting at the end of the run.
    Waiting,
    /// It refused or failed a message and removed its SA, or made none.
    Rejected,
    /// An authenticated notify or Delete was obeyed.
    Deleted,
    /// It never made an SA.
    NoSa,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Verdict::Established => "established",
            Verdict::HalfOpen => "half-open",
            Verdict::Stalled => "stalled",
            Verdict::TornDown => "torn-down",
        })
    }
}

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            End::Active => "active",
            End::GaveUp => "gave-up",
            End::Waiting => "waiting",
            End::Rejected => "rejected",
            End::Deleted => "deleted",
            End::NoSa => "no-sa",
        })
    }
}

/// The contract's name of a state that may be none.
pub fn state_name(state: Option<State>) -> &'static str {
    state.map_or("NONE", State::asa)
}
