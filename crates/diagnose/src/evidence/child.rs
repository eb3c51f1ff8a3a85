//! What speaks for a cause behind phase 1.

use ike::{ChildMismatch, Clear, Cleared, Instant, NotifyType, Role};

/// What a Quick Mode, or the end of a child, shows.
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
        mismatch: Box<ChildMismatch>,
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
    /// This side holds a child, and no message says that the peer has it no more.
    StillHolds(Role),
}
