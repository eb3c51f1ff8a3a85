//! Where a run leaves phase 2: the contract's `verdict` and `phase2`.

use std::fmt;

use ike::{Agreed, Ended, Instant, MessageName, NotifyType, QuickState, Role, Selectors, Sides};

use super::End;
use crate::timeline::{Child, Side, Timeline};

/// How far traffic would get.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Passage {
    /// Every child that was asked for is up on both sides, with the same keys.
    Passes,
    /// Phase 1 never came up on both sides.
    Phase1Stalls,
    /// A child was refused.
    Phase2Refused,
    /// A child is not up on both sides, and nobody refused it.
    Phase2Stalled,
    /// It passed, and was cleared.
    Deleted,
    /// The initiator has nothing to begin with.
    NeverStarted,
}

impl fmt::Display for Passage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Passage::Passes => "passes",
            Passage::Phase1Stalls => "phase-1-stalls",
            Passage::Phase2Refused => "phase-2-refused",
            Passage::Phase2Stalled => "phase-2-stalled",
            Passage::Deleted => "deleted",
            Passage::NeverStarted => "never-started",
        })
    }
}

/// What became of phase 2.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Phase2 {
    /// All in all.
    pub passage: Passage,
    /// Each side of the first child that was asked for.
    pub first: Sides<QuickOutcome>,
    /// Error notifies that each side sent under its ISAKMP SA, and whether they were protected.
    pub notifies: Sides<Vec<(NotifyType, bool)>>,
    /// Each side has an ISAKMP SA at the end.
    pub phase_1_alive: Sides<bool>,
    /// Every child that was asked for.
    pub children: Vec<ChildOutcome>,
}

/// One child.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChildOutcome {
    /// Who asked for it.
    pub by: Role,
    /// Each side.
    pub sides: Sides<QuickOutcome>,
    /// Both derived the same KEYMAT; `None` where one derived none.
    pub keys_match: Option<bool>,
}

/// Where one side of a child is left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuickOutcome {
    /// The state in which it ended or rests; `None` is NONE.
    pub state: Option<QuickState>,
    /// The state it was last in while it lived.
    pub last: Option<QuickState>,
    /// What ended it.
    pub end: End,
    /// When.
    pub at: Instant,
    /// Messages sent, each once.
    pub sent: Vec<MessageName>,
    /// Messages accepted.
    pub received: Vec<MessageName>,
    /// Resends by timer.
    pub resends: u32,
    /// What it protects or was to protect, as this side sees it.
    pub selectors: Option<Selectors>,
    /// What was agreed on.
    pub agreed: Option<Agreed>,
}

impl Phase2 {
    /// Children that both sides hold, with the same keys.
    pub fn up(&self) -> usize {
        self.children.iter().filter(|child| child.is_up()).count()
    }

    pub(crate) fn of(timeline: &Timeline, both_were_up: bool, ended: Instant) -> Phase2 {
        let sides = &timeline.sides;
        let asked = sides.both().into_iter().flat_map(|(role, side)| {
            // At the side that asked: each child would count twice otherwise.
            side.children.all.iter().filter(|child| child.role == Role::Initiator).map(move |one| (role, one))
        });
        let (flows, children): (Vec<(Role, Selectors)>, Vec<ChildOutcome>) =
            asked.map(|(by, child)| ((by, child.asked), outcome(sides, by, child, ended))).unzip();
        // A later attempt at the same flow takes the place of those before it.
        let last =
            |(n, flow): (usize, &(Role, Selectors))| flows.iter().rposition(|one| one == flow) == Some(n);
        let attempts = flows.iter().enumerate().map(last).zip(&children);
        let latest: Vec<&ChildOutcome> = attempts.filter_map(|(last, child)| last.then_some(child)).collect();
        let passage = passage(sides, both_were_up, &latest);
        Phase2::with(sides, passage, children, ended)
    }

    /// What one side alone has, whoever asked for it: of the other nothing is known.
    pub(crate) fn seen_by(timeline: &Timeline, role: Role, passage: Passage, ended: Instant) -> Phase2 {
        let sides = &timeline.sides;
        let one = |child: &Child| ChildOutcome {
            by: if child.role == Role::Initiator { role } else { role.other() },
            sides: Sides::from_fn(|at| quick(&sides[at], (at == role).then_some(child), ended)),
            keys_match: None,
        };
        let children = sides[role].children.all.iter().map(one).collect();
        Phase2::with(sides, passage, children, ended)
    }

    fn with(sides: &Sides<Side>, passage: Passage, children: Vec<ChildOutcome>, ended: Instant) -> Phase2 {
        let none = || sides.as_ref().map(|side| quick(side, None, ended));
        Phase2 {
            passage,
            first: children.first().map_or_else(none, |child| child.sides.clone()),
            notifies: sides.as_ref().map(|side| side.children.notifies.clone()),
            phase_1_alive: sides.as_ref().map(is_alive),
            children,
        }
    }
}

impl ChildOutcome {
    /// Both sides hold it, with the same keys.
    pub fn is_up(&self) -> bool {
        let up = self.sides.as_ref().map(|side| side.state == Some(QuickState::Active));
        up.initiator && up.responder && self.keys_match == Some(true)
    }

    fn was_up(&self) -> bool {
        let was = self.sides.as_ref().map(|side| side.last == Some(QuickState::Active));
        was.initiator && was.responder && self.keys_match == Some(true)
    }
}

fn passage(sides: &Sides<Side>, both_were_up: bool, children: &[&ChildOutcome]) -> Passage {
    let refused = sides.both().iter().any(|(_, side)| side.children.refused.is_some());
    if sides.initiator.not_started.is_some() {
        Passage::NeverStarted
    } else if !both_were_up {
        Passage::Phase1Stalls
    } else if !children.is_empty() && children.iter().all(|child| child.is_up()) {
        Passage::Passes
    // Before refusals: one of a later child does not undo that this one passed.
    } else if children.iter().any(|child| child.was_up() && !child.is_up()) {
        Passage::Deleted
    } else if refused {
        Passage::Phase2Refused
    } else {
        Passage::Phase2Stalled
    }
}

fn outcome(sides: &Sides<Side>, by: Role, child: &Child, ended: Instant) -> ChildOutcome {
    // By message id, which both sides see; numbers of SAs are each side's own.
    let other = sides[by.other()].children.find(child.id);
    let one = |role: Role| quick(&sides[role], if role == by { Some(child) } else { other }, ended);
    let keys_match = other.and_then(|other| child.keys_match(other));
    ChildOutcome { by, sides: Sides::from_fn(one), keys_match }
}

fn quick(side: &Side, child: Option<&Child>, ended: Instant) -> QuickOutcome {
    let Some(child) = child else {
        // A refused QM1 leaves no child: the refusal is all there is.
        let (end, at) = side.children.refused.map_or((End::NoSa, ended), |at| (End::Rejected, at));
        let (sent, received) = (Vec::new(), Vec::new());
        let (state, last, selectors, agreed) = (None, None, None, None);
        return QuickOutcome { state, last, end, at, sent, received, resends: 0, selectors, agreed };
    };
    let last = child.last;
    let waiting = last.filter(|state| *state != QuickState::Active);
    let (state, end, at) = match child.ended {
        None if waiting.is_none() => (last, End::Active, child.entered),
        None => (last, End::Waiting, ended),
        Some((Ended::GaveUp, at)) => (waiting, End::GaveUp, at),
        Some((Ended::Rejected, at)) => (None, End::Rejected, at),
        Some((Ended::Cleared, at)) => (None, End::Deleted, at),
        Some((Ended::Deleted | Ended::Replaced, at)) => (waiting, End::Deleted, at),
    };
    QuickOutcome {
        state,
        last,
        end,
        at,
        sent: child.sent.clone(),
        received: child.received.clone(),
        resends: child.resends,
        selectors: Some(child.selectors),
        agreed: child.agreed,
    }
}

fn is_alive(side: &Side) -> bool {
    side.negotiations.values().any(|one| one.standing.state.is_some_and(ike::State::is_active))
}

/// The contract's name of a state that may be none.
pub fn quick_state_name(state: Option<QuickState>) -> &'static str {
    state.map_or("NONE", QuickState::name)
}
