//! What is concluded of a captured negotiation.

use ike::{MessageName, NotifyType, Sides, State};

use super::negotiation::Negotiation;
use super::note::Note;
use super::phase2::Phase2;
use super::proof::Proof;
use super::vendor::Vendor;
use crate::evidence::Evidence;
use crate::finding::Finding;

/// How it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum CaptureVerdict {
    /// Both sides are active.
    Established,
    /// One is, the other is not.
    HalfOpen,
    /// Neither is.
    Stalled,
    /// Both were, and a Delete that a key opened ended it.
    TornDown,
    /// One side may be active: the bytes do not tell.
    NotUp,
    /// The capture ends before it is decided.
    Undecided,
    /// The phase 1 exchange itself was not captured.
    NotCaptured,
}

impl CaptureVerdict {
    /// Something went wrong, and the bytes show it.
    pub(crate) fn is_failure(self) -> bool {
        matches!(self, CaptureVerdict::Stalled | CaptureVerdict::HalfOpen | CaptureVerdict::NotUp)
    }

    /// The word in JSON.
    pub fn name(self) -> &'static str {
        match self {
            CaptureVerdict::Established => "established",
            CaptureVerdict::HalfOpen => "half-open",
            CaptureVerdict::Stalled => "stalled",
            CaptureVerdict::TornDown => "torn-down",
            CaptureVerdict::NotUp => "not-established",
            CaptureVerdict::Undecided => "undecided",
            CaptureVerdict::NotCaptured => "not-captured",
        }
    }
}

/// How well a state is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sure {
    /// Its own messages say so.
    Seen,
    /// It follows from the others, or from what such a device does.
    Inferred,
    /// The bytes leave several.
    NotVisible,
}

impl Sure {
    /// The word in JSON and in the text.
    pub fn name(self) -> &'static str {
        match self {
            Sure::Seen => "seen",
            Sure::Inferred => "inferred",
            Sure::NotVisible => "not visible",
        }
    }
}

/// Where one side was left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Left {
    /// The state; `Some(None)` is NONE, `None` is not visible from here.
    pub state: Option<Option<State>>,
    /// The state that its own last message means; `None`: it sent none.
    pub last: Option<State>,
    /// How well `state` is known.
    pub sure: Sure,
    /// Where it is not visible: what it can be.
    pub possible: Vec<Option<State>>,
    /// Whose device it is.
    pub vendor: Option<Vendor>,
    /// Phase 1 messages sent, each once.
    pub sent: Vec<MessageName>,
    /// Resends of any of them.
    pub resends: usize,
    /// Notifies it sent in clear.
    pub notifies: Vec<NotifyType>,
}

/// What is concluded of one negotiation.
#[derive(Clone, Debug)]
pub struct Judgement<'c> {
    /// What was captured of it.
    pub negotiation: Negotiation<'c>,
    /// Later ones that look the same.
    pub alike: Vec<Negotiation<'c>>,
    /// How it ended.
    pub verdict: CaptureVerdict,
    /// Where each side was left.
    pub sides: Sides<Left>,
    /// Who stands behind address translation.
    pub nat: Sides<bool>,
    /// What speaks for every cause: what was seen, with its frames.
    pub seen: Vec<Evidence>,
    /// Likeliest first.
    pub causes: Vec<Finding>,
    /// What else is worth knowing.
    pub notes: Vec<Note>,
    /// What the given keys prove.
    pub proofs: Vec<Proof>,
    /// What became of its Quick Modes.
    pub phase2: Phase2,
}
