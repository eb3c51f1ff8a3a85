//! What a broken implementation does, as data: applied between build and encode, or on a check.

use std::fmt;

/// One defect of one peer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Impairment {
    /// The defect.
    pub what: Impair,
    /// The phase 1 message it touches; `None`: every one that it can touch.
    pub message: Option<u8>,
}

/// The defects that can be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Impair {
    /// Leaves the KE payload out.
    OmitKe,
    /// Sends a KE payload without a value.
    EmptyKe,
    /// Sends a public value of zeros.
    ZeroKe,
    /// Sends a HASH payload without a value.
    EmptyHash,
    /// Flips a bit in its HASH.
    CorruptHash,
    /// Sets the reserved byte of the first payload.
    NonzeroReserved,
    /// Acts as if the message had never come.
    IgnoreMessage,
    /// Sends everything once only.
    NeverRetransmit,
}

impl Impair {
    /// Every defect, as the scenario file names it.
    pub const ALL: [(Impair, &str); 8] = [
        (Impair::OmitKe, "omit-ke"),
        (Impair::EmptyKe, "empty-ke"),
        (Impair::ZeroKe, "zero-ke"),
        (Impair::EmptyHash, "empty-hash"),
        (Impair::CorruptHash, "corrupt-hash"),
        (Impair::NonzeroReserved, "nonzero-reserved"),
        (Impair::IgnoreMessage, "ignore-message"),
        (Impair::NeverRetransmit, "never-retransmit"),
    ];

    /// The defect of this name.
    pub fn from_name(name: &str) -> Option<Impair> {
        Impair::ALL.iter().find(|(_, n)| *n == name).map(|(what, _)| *what)
    }

    /// The scenario file's word.
    pub fn name(self) -> &'static str {
        Impair::ALL.iter().find(|(what, _)| *what == self).map_or("", |(_, name)| name)
    }
}

impl fmt::Display for Impair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
