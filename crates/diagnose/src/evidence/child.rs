//! What speaks for a cause behind phase 1.

use ike::{Clear, Cleared, Instant, NotifyType, Reason, Role};

use super::Copied;

/// What speaks for a cause behind phase 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChildEvidence {
    /// An operator cleared what there was.
    Cleared {
        /// Where.
        at: Role,
        /// What, and whether the peer was to be told.
        clear: Clear,
        /// When.
        when: Instant,
        /// How many Deletes told it.
        deletes: usize,
    },
    /// The same, as this side's own log has it.
    ClearedHere {
        /// Where.
        at: Role,
        /// What.
        what: Cleared,
        /// When.
        when: Instant,
    },
    /// This side refused a child.
    Refused {
        /// Which side.
        at: Role,
        /// Why.
        reason: Reason,
    },
    /// A Delete that the other side never got: it still holds what that was about.
    DeleteLost {
        /// Who sent it.
        from: Role,
        /// When.
        when: Instant,
        /// Each copy.
        copies: Vec<Copied>,
    },
    /// The peer refused QM1, protected.
    Answered {
        /// The side that was told.
        at: Role,
        /// With what.
        notify: NotifyType,
    },
    /// No answer in Quick Mode.
    Unanswered(Role),
    /// This side obeyed the peer's Delete.
    Obeyed {
        /// Which side.
        at: Role,
        /// It was of the child; else of phase 1.
        child: bool,
    },
    /// QM2 came again behind QM3, so often: QM3 does not get there.
    Qm2Again {
        /// At which side.
        at: Role,
        /// How often.
        times: usize,
    },
    /// Phase 1 is up, and no Quick Mode came.
    NoQuickMode(Role),
    /// This side's child is up, and nothing that came says otherwise.
    StillUp(Role),
}
