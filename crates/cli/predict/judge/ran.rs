//! What a run came to.

use ike::{Negotiated, Role, Sides, State};
use report::Report;
use sim::{Cause, Outcome, Passage, Verdict, state_name};

/// How a run ended.
#[derive(Clone, Copy)]
pub struct Ran {
    /// Phase 1 came up.
    pub up: bool,
    /// How far phase 2 came, where it was run.
    pub passage: Option<Passage>,
    /// Children that came up, and that were asked for.
    pub(super) children: [usize; 2],
    /// What phase 1 agreed on.
    pub negotiated: Option<Negotiated>,
    /// Both still have an ISAKMP SA at the end.
    alive: bool,
    pub states: Sides<Option<State>>,
    pub cause: Option<Cause>,
}

impl Ran {
    pub(super) fn of(report: &Report) -> Ran {
        let Outcome { verdict, peers, phase_2, negotiated, .. } = &report.outcome;
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
            cause: report.diagnosis.first().map(|first| first.cause),
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

    /// `aes-256/sha/group 14`
    pub(super) fn suite(&self) -> String {
        let suite = |agreed: Negotiated| {
            let Negotiated { encryption, hash, group, .. } = agreed;
            format!("{}/{}/group {}", encryption.name(), hash.name(), group.number())
        };
        self.negotiated.map_or(String::new(), suite)
    }

    /// `MM_WAIT_MSG2 / NONE`
    pub fn states(&self) -> String {
        let [i, r] = Role::BOTH.map(|role| state_name(self.states[role]));
        format!("{i} / {r}")
    }
}

impl Ran {
    /// All that was run comes up.
    pub(super) fn works(&self) -> bool {
        self.up && self.passage.is_none_or(|passage| passage == Passage::Passes)
    }

    pub(super) fn is_refused(&self) -> bool {
        self.up && !self.works()
    }

    /// `proxy-mismatch, phase 1 is deleted`
    pub(super) fn refused(&self) -> String {
        let cause = self.cause.map_or(String::new(), |cause| format!("{cause}, "));
        let phase_1 = if self.alive { "phase 1 stays up" } else { "phase 1 is deleted" };
        let [up, all] = self.children;
        let some = if up > 0 { format!("children: {up} of {all}, ") } else { String::new() };
        format!("{cause}{some}{phase_1}")
    }
}
