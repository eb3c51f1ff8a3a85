//! What follows from a reason.

use isakmp::NotifyType;

use super::ReasonKind;
use crate::message_name::MessageName;

/// What becomes of the SA.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Disposition {
    /// The message is dropped; state, IV and timer stay.
    Drop,
    /// The SA is removed, or never made.
    Remove,
    /// The message is dropped, and nothing is sent again: the SA goes 60 s after the last such one.
    Mute,
}

/// What the peer is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Answer {
    /// Nothing.
    Silence,
    /// A notify that nothing protects.
    Clear(NotifyType),
    /// A notify encrypted and with HASH(1) (RFC 2409 section 5.7).
    Protected(NotifyType),
    /// A Delete of the SA, encrypted and with HASH(1).
    Delete,
}

/// Whether a value was found in a source or inferred by us.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Certainty {
    /// Found in a public source.
    Sourced,
    /// Our inference; shown as such.
    Inferred,
}

/// One row: what a vendor does for a reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Reaction {
    /// The reason.
    pub on: ReasonKind,
    /// Only at this message; `None`: wherever no narrower row fits.
    pub at: Option<MessageName>,
    /// What becomes of the SA.
    pub disposition: Disposition,
    /// What the peer is told.
    pub answer: Answer,
    /// The RFC section that asks for it or leaves it open.
    pub rfc: &'static str,
    /// Whether a source says so.
    pub certainty: Certainty,
}
