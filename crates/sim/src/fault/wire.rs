//! What is done to one message on the wire.

use std::fmt;
use std::time::Duration;

use ike::{Label, MessageName, Role};

/// Something done to a message on the wire: a selector and an act.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WireFault {
    /// Which message.
    pub target: WireTarget,
    /// What is done to it.
    pub act: WireAct,
}

/// Which message a wire fault is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum WireTarget {
    /// This one, whoever sends it and however often.
    Message(MessageName),
    /// The first Informational exchange that this side begins: a notify or a Delete. The fourth Aggressive message is none.
    Informational(Role),
}

impl WireTarget {
    /// A datagram of this sender and label may be it.
    pub fn is_like(self, sender: Role, label: &Label) -> bool {
        match (self, label) {
            (WireTarget::Message(message), Label::Message { name, .. }) => message == *name,
            (WireTarget::Informational(from), Label::Notify { .. } | Label::Delete { .. }) => from == sender,
            (WireTarget::Message(_), Label::Notify { .. } | Label::Delete { .. } | Label::Foreign { .. })
            | (WireTarget::Informational(_), Label::Message { .. } | Label::Foreign { .. }) => false,
        }
    }
}

/// `QM1`, `INFO1`.
impl fmt::Display for WireTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            WireTarget::Message(name) => name.fmt(f),
            WireTarget::Informational(_) => f.write_str("INFO1"),
        }
    }
}

/// What can be done to a message on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum WireAct {
    /// It is lost.
    Drop {
        /// How many copies of it.
        times: Times,
    },
    /// Every copy is held back.
    Delay {
        /// How long.
        by: Duration,
    },
    /// More copies of it arrive.
    Duplicate {
        /// How many more.
        times: u32,
        /// How long after one another.
        after: Duration,
        // Kept for its name: on the wire both are copies.
        /// The scenario called it a replay.
        replay: bool,
    },
    /// A bit is flipped.
    Corrupt {
        /// Byte of the ISAKMP message; `None`: the last.
        byte: Option<usize>,
        /// Bit, 0 to 7, 0 the lowest.
        bit: u8,
        /// How many copies.
        times: Times,
    },
    /// It is cut short.
    Truncate {
        /// Bytes of the ISAKMP message that are left; `None`: half.
        length: Option<usize>,
        /// How many copies.
        times: Times,
    },
}

/// How often a wire fault acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Times {
    /// The first so many copies.
    Count(u32),
    /// Every copy.
    All,
}

/// Which way a filter looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Direction {
    /// What the initiator sends.
    ToResponder,
    /// What the responder sends.
    ToInitiator,
    /// Both ways.
    Both,
}

impl WireAct {
    /// The scenario file's `kind`.
    pub fn kind(self) -> &'static str {
        match self {
            WireAct::Drop { .. } => "drop",
            WireAct::Delay { .. } => "delay",
            WireAct::Duplicate { replay: false, .. } => "duplicate",
            WireAct::Duplicate { replay: true, .. } => "replay",
            WireAct::Corrupt { .. } => "corrupt",
            WireAct::Truncate { .. } => "truncate",
        }
    }
}
