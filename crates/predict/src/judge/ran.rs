//! What a run came to.

use ike::{Negotiated, Sides, State};
use sim::{Cause, Outcome, Passage, Verdict};

use super::Run;

/// How a run ended.
#[derive(Clone, Copy)]
pub struct Ran {
    /// Phase 1 came up.
    pub up: bool,
    /// How far phase 2 came, where it was run.
    pub passage: Option<Passage>,
    /// Children that came up, and that were asked for.
    pub children: [usize; 2],
    /// What phase 1 agreed on.
    pub negotiated: Option<Negotiated>,
    /// Both still have an ISAKMP SA at the end.
    pub alive: bool,
    /// Where each side is left; `None`: it has no SA.
    pub states: Sides<Option<State>>,
    /// The first cause.
    pub cause: Option<Cause>,
}

impl Ran {
    pub(super) fn of(run: &Run) -> Ran {
        let Outcome { verdict, peers, phase_2, negotiated, .. } = &run.outcome;
        let alive = phase_2
            .as_ref()
            .is_some_and(|phase_2| phase_2.phase_1_alive.initiator && phase_2.phase_1_alive.responder);
        Ran {
            up: matches!(verdict, Verdict::Established | Verdict::TornDown),
            passage: phase_2.as_ref().map(|phase_2| phase_2.passage),
            children: phase_2.as_ref().map_or([0, 0], |phase_2| [phase_2.up(), phase_2.children.len()]),
            negotiated: *negotiated,
            alive,
            states: peers.as_ref().map(|peer| peer.state),
            cause: run.diagnosis.first().map(|first| first.cause),
        }
    }

    /// Without a run.
    pub(super) fn barred(states: Sides<Option<State>>, cause: Cause) -> Ran {
        Ran {
            up: false,
            passage: None,
            children: [0, 0],
            negotiated: None,
            alive: false,
            states,
            cause: Some(cause),
        }
    }

    /// All that was run comes up.
    pub fn works(&self) -> bool {
        self.up && self.passage.is_none_or(|passage| passage == Passage::Passes)
    }

    /// Phase 1 comes up and phase 2 does not.
    pub fn is_refused(&self) -> bool {
        self.up && !self.works()
    }
}
