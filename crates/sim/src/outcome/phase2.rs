//! Where a run leaves phase 2: the contract's `verdict` and `phase2`.

use std::fmt;

use ike::{Agreed, Ended, Instant, MessageName, NotifyType, QuickState, Role, Selectors, Sides};
use isakmp::MessageId;

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
    /// It passed, and phase 1 or a child was cleared.
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

/// One child that was asked for, however often.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChildOutcome {
    /// Who asked for it.
    pub by: Role,
    /// Each side, of the attempt that counts: the one that more sides hold, among equals the last.
    pub sides: Sides<QuickOutcome>,
    /// Both derived the same KEYMAT; `None` where one derived none.
    pub keys_match: Option<bool>,
    /// When each attempt came up or ended at who asked, in order.
    pub attempts: Vec<Instant>,
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
        let attempts = asked.map(|(by, child)| ((by, child.asked), outcome(sides, by, child, ended)));
        let children = by_flow(attempts);
        let passage = passage(sides, both_were_up, &children);
        Phase2::with(sides, passage, children, ended)
    }

    /// What one side alone has, whoever asked for it: of the other nothing is known.
    pub(crate) fn seen_by(timeline: &Timeline, role: Role, passage: Passage, ended: Instant) -> Phase2 {
        let sides = &timeline.sides;
        let one = |child: &Child| {
            let by = if child.role == Role::Initiator { role } else { role.other() };
            let of = |at: Role| quick(&sides[at], child.id, (at == role).then_some(child), ended);
            let sides = Sides::from_fn(of);
            let attempts = vec![sides[role].at];
            ((by, child.asked), ChildOutcome { by, sides, keys_match: None, attempts })
        };
        let children = by_flow(sides[role].children.all.iter().map(one));
        Phase2::with(sides, passage, children, ended)
    }

    fn with(sides: &Sides<Side>, passage: Passage, children: Vec<ChildOutcome>, ended: Instant) -> Phase2 {
        let none = || sides.as_ref().map(|_| QuickOutcome::none(End::NoSa, ended));
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

    /// One side alone holds it.
    pub fn held_by_one(&self) -> bool {
        self.held()[0] == 1
    }

    fn was_up(&self) -> bool {
        let was = self.sides.as_ref().map(|side| side.last == Some(QuickState::Active));
        was.initiator && was.responder && self.keys_match == Some(true)
    }

    /// How many sides hold it, and how many ever did.
    fn held(&self) -> [usize; 2] {
        let count = |of: fn(&QuickOutcome) -> Option<QuickState>| {
            self.sides.both().iter().filter(|(_, side)| of(side) == Some(QuickState::Active)).count()
        };
        [count(|side| side.state), count(|side| side.last)]
    }

    /// Takes in another attempt.
    fn again(&mut self, later: ChildOutcome) {
        self.attempts.extend(&later.attempts);
        if later.held() >= self.held() {
            (self.sides, self.keys_match) = (later.sides, later.keys_match);
        }
    }
}

/// Attempts at the same flow by the same side are one child's.
fn by_flow(attempts: impl Iterator<Item = ((Role, Selectors), ChildOutcome)>) -> Vec<ChildOutcome> {
    let mut children: Vec<((Role, Selectors), ChildOutcome)> = Vec::new();
    for (flow, attempt) in attempts {
        match children.iter_mut().find(|(known, _)| *known == flow) {
            Some((_, child)) => child.again(attempt),
            None => children.push((flow, attempt)),
        }
    }
    children.into_iter().map(|(_, child)| child).collect()
}

fn passage(sides: &Sides<Side>, both_were_up: bool, children: &[ChildOutcome]) -> Passage {
    let has = |of: fn(&Side) -> bool| sides.both().iter().any(|(_, side)| of(side));
    let all_up = !children.is_empty() && children.iter().all(ChildOutcome::is_up);
    // Children may outlive phase 1, under which alone they can be renewed.
    let without_phase_1 = has(was_cleared) && has(|side| !is_alive(side));
    let gone = |child: &ChildOutcome| child.was_up() && (without_phase_1 || !child.is_up());
    if sides.initiator.not_started.is_some() {
        Passage::NeverStarted
    } else if !both_were_up {
        Passage::Phase1Stalls
    } else if all_up && !without_phase_1 {
        Passage::Passes
    // Before refusals: one of a later attempt does not undo that this one passed.
    } else if has(was_cleared) && children.iter().any(gone) {
        Passage::Deleted
    } else if has(|side| !side.children.refused.is_empty()) {
        Passage::Phase2Refused
    } else {
        Passage::Phase2Stalled
    }
}

fn outcome(sides: &Sides<Side>, by: Role, child: &Child, ended: Instant) -> ChildOutcome {
    // By message id, which both sides see; numbers of SAs are each side's own.
    let other = sides[by.other()].children.find(child.id);
    let own = |role: Role| if role == by { Some(child) } else { other };
    let sides = Sides::from_fn(|role| quick(&sides[role], child.id, own(role), ended));
    let keys_match = other.and_then(|other| child.keys_match(other));
    let attempts = vec![sides[by].at];
    ChildOutcome { by, sides, keys_match, attempts }
}

impl QuickOutcome {
    /// Of a side that has no child.
    fn none(end: End, at: Instant) -> QuickOutcome {
        let (sent, received) = (Vec::new(), Vec::new());
        let (state, last, selectors, agreed) = (None, None, None, None);
        QuickOutcome { state, last, end, at, sent, received, resends: 0, selectors, agreed }
    }
}

fn quick(side: &Side, id: MessageId, child: Option<&Child>, ended: Instant) -> QuickOutcome {
    let Some(child) = child else {
        // A refused QM1 leaves no child: the refusal is all there is.
        let refused = side.children.refused.get(&id);
        let (end, at) = refused.map_or((End::NoSa, ended), |at| (End::Rejected, *at));
        return QuickOutcome::none(end, at);
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

/// An operator ended something of this side.
fn was_cleared(side: &Side) -> bool {
    let cleared = |ended: &Option<(Ended, Instant)>| matches!(ended, Some((Ended::Cleared, _)));
    let children = side.children.all.iter().any(|child| cleared(&child.ended));
    children || side.negotiations.values().any(|one| cleared(&one.ended))
}

fn is_alive(side: &Side) -> bool {
    side.negotiations.values().any(|one| one.standing.state.is_some_and(ike::State::is_active))
}

/// The contract's name of a state that may be none.
pub fn quick_state_name(state: Option<QuickState>) -> &'static str {
    state.map_or("NONE", QuickState::name)
}
