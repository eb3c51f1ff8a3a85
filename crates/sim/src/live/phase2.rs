//! How far the children of a live side are: of the other side's nothing is known.

use ike::{Config, Event, QuickState, Role};

use super::Progress;
use crate::outcome::Passage;
use crate::timeline::Side;
use crate::trace::{Kind, Trace};

/// How many children are wanted before it is up: an initiator asks for each of its lines, a responder waits for one.
/// `None`: no crypto map, phase 1 alone.
pub(super) fn wanted(config: &Config, role: Role) -> Option<usize> {
    config.crypto_map.as_ref()?;
    Some(if role == Role::Initiator { config.asked_flows().len().max(1) } else { 1 })
}

/// Behind a phase 1 that is up.
pub(super) fn progress(side: &Side, wanted: usize) -> Progress {
    let children = &side.children.all;
    let active = children.iter().filter(|child| child.state == Some(QuickState::Active)).count();
    let open = children.iter().any(|child| matches!(child.state, Some(state) if state != QuickState::Active));
    let ended = children.iter().any(|child| child.ended.is_some());
    if active >= wanted {
        Progress::Active
    } else if !open && (ended || !side.children.refused.is_empty()) {
        Progress::Over
    } else {
        Progress::Open
    }
}

/// Phase 1 is up, or was.
pub(super) fn came_up(side: &Side) -> bool {
    side.negotiations.values().any(|one| one.standing.was_active)
}

/// What this side can say of phase 2.
pub(super) fn passage(trace: &Trace, side: &Side, config: &Config, passes: bool) -> Passage {
    let rules = &config.profile.quick_mode;
    // In clear anybody can have sent it; and one about a copy that could not be read refuses nothing.
    let told = |kind: &Kind| {
        matches!(kind.event(), Some(Event::NotifyReceived { notify, protected: true, .. })
            if notify.is_error() && !rules.goes_on_behind(*notify))
    };
    if passes {
        Passage::Passes
    } else if side.not_started.is_some() {
        Passage::NeverStarted
    } else if !came_up(side) {
        Passage::Phase1Stalls
    } else if !side.children.refused.is_empty() || trace.entries().iter().any(|entry| told(&entry.kind)) {
        Passage::Phase2Refused
    } else {
        Passage::Phase2Stalled
    }
}
