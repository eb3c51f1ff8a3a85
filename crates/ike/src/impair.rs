//! What a broken implementation does, as data: applied between build and encode, or on a check.

use std::fmt;

use crate::message_name::MessageName;
use crate::table::table;

/// One defect of one peer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Impairment {
    /// The defect.
    pub what: Impair,
    /// The phase 1 message it touches; `None`: every one that it can touch.
    pub message: Option<MessageName>,
}

table! {
    /// The defects that can be asked for, with the scenario file's words.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
    pub enum Impair: &'static str {
        /// Leaves the KE payload out.
        OmitKe = "omit-ke",
        /// Sends a KE payload without a value.
        EmptyKe = "empty-ke",
        /// Sends a public value of zeros.
        ZeroKe = "zero-ke",
        /// Sends a HASH payload without a value.
        EmptyHash = "empty-hash",
        /// Flips a bit in its HASH.
        CorruptHash = "corrupt-hash",
        /// Sets the reserved byte of the first payload.
        NonzeroReserved = "nonzero-reserved",
        /// Acts as if the message had never come.
        IgnoreMessage = "ignore-message",
        /// Sends everything once only.
        NeverRetransmit = "never-retransmit",
    }
}

impl Impair {
    /// The defect of this name.
    pub fn from_name(name: &str) -> Option<Impair> {
        Impair::ALL.into_iter().find(|what| what.name() == name)
    }

    /// The scenario file's word.
    pub fn name(self) -> &'static str {
        self.row()
    }
}

impl fmt::Display for Impair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
