//! What is done to one message on the wire.

use std::time::Duration;

use ike::MessageName;

/// Something done to a message on the wire: a selector and an act.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WireFault {
    /// Which message, whoever sends it and however often.
    pub message: MessageName,
    /// What is done to it.
    pub act: WireAct,
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
