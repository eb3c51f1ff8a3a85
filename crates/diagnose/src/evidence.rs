//! What speaks for a cause, and against it, as values; `report` has the words.

mod captured;
mod child;
pub(crate) mod found;
pub(crate) mod name;

use std::net::IpAddr;

use capture::Unreached;
use ike::reason::Mismatch;
use ike::{Commands, GroupName, Impair, MapEntry, MessageName, Mode, NotifyType, Reason, Role, Sides, State};
use sim::{Alteration, Blame, Fault, Setup};

pub use captured::{About, Captured, Observation, Reached};
pub use child::ChildEvidence;
pub use name::Name;

/// One thing that speaks for a cause.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Evidence {
    /// What became of the message that was never accepted; no copy: it was under way when the run ended.
    Copies {
        /// Which message.
        message: MessageName,
        /// Each copy.
        copies: Vec<Copied>,
    },
    /// Why the initiator sends nothing.
    NotStarted(Reason),
    /// Both derived the same g^xy, and not the same SKEYID.
    SkeyidDiffers,
    /// The two keys, without a character of them.
    Keys {
        /// What can be said of each.
        sides: Sides<KeyLook>,
        /// Position from 1 of the first character that is not the same.
        first_difference: Option<usize>,
    },
    /// A policy that refused, with the offer that came nearest.
    Policy {
        /// Whose.
        at: Role,
        /// Where they differ.
        nearest: Mismatch,
    },
    /// The groups of a side that has none for the peer.
    Groups {
        /// Whose.
        at: Role,
        /// What its device calls a group.
        commands: Commands,
        /// The peer's address.
        wanted: IpAddr,
        /// Those that it has.
        configured: Vec<GroupName>,
    },
    /// The address that the initiator calls, and the one at which the responder is reached.
    Called {
        /// By the initiator.
        peer: IpAddr,
        /// The responder's.
        right: IpAddr,
    },
    /// NAT-D shows who stands behind address translation.
    Translated {
        /// At least one does.
        behind: Sides<bool>,
        /// The exchange, which says from which message on they use UDP 4500.
        mode: Mode,
    },
    /// A message that was accepted although the network had damaged it.
    AcceptedDamaged(MessageName),
    /// A defect acted.
    Impaired {
        /// Whose.
        at: Role,
        /// Which.
        what: Impair,
        /// The first message that it touched.
        message: MessageName,
    },
    /// A value of every crypto map entry of both sides.
    Entries {
        /// Which value.
        value: EntryValue,
        /// The entries.
        of: Sides<Vec<MapEntry>>,
    },
    /// What a Quick Mode, or the end of a child, shows.
    Child(ChildEvidence),
    /// The called side's entry is for another address than the caller's.
    EntryForAnother {
        /// The device that is called.
        device: Name,
        /// The caller's address.
        address: IpAddr,
    },
    /// What a side sent and got: each kind, and how often.
    Exchanged {
        /// Which side.
        at: Role,
        /// In the order of first sight.
        sent: Vec<(Sort, usize)>,
        /// In the order of first sight.
        got: Vec<(Sort, usize)>,
    },
    /// What ICMP told a side, and how often.
    Unreached {
        /// Which side.
        at: Role,
        /// What cannot be reached.
        what: Unreached,
        /// Who says so.
        by: IpAddr,
        /// Of which message.
        about: Option<Sort>,
        /// How often.
        times: usize,
    },
    /// What a side's own log says.
    Says {
        /// Which side.
        at: Role,
        /// Why it dropped or refused something.
        reason: Reason,
    },
    /// The peer's own host says that a port is closed: it is up, and packets reach it.
    ClosedByItself,
    /// Public reports name the cause for this state.
    Reports {
        /// How many of about 30.
        count: u8,
        /// Where a side stands.
        state: Option<State>,
    },
    /// What the other side shows if this is the cause.
    IfSo {
        /// The other side.
        at: Role,
        /// Where it stands.
        state: Option<State>,
    },
    /// What a capture shows.
    Captured(Captured),
}

impl From<ChildEvidence> for Evidence {
    fn from(child: ChildEvidence) -> Evidence {
        Evidence::Child(child)
    }
}

impl From<Captured> for Evidence {
    fn from(captured: Captured) -> Evidence {
        Evidence::Captured(captured)
    }
}

/// What became of one copy of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Copied {
    /// What the network did to it short of losing it, the last thing first.
    pub altered: Vec<(Culprit, Alteration)>,
    /// How it ended.
    pub end: CopyEnd,
}

/// The end of a copy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CopyEnd {
    /// It did not arrive.
    Lost(Culprit),
    /// Its receiver dropped it: nothing changed there.
    Dropped(Reason),
    /// Its receiver refused it: the SA was removed, or never made.
    Refused(Reason),
}

/// What lost or changed a datagram.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Culprit {
    /// As the trace has it.
    pub by: Blame,
    /// The fault, where it was one.
    pub fault: Option<Fault>,
}

impl Culprit {
    /// With the fault of this setup.
    pub fn of(setup: &Setup, by: Blame) -> Culprit {
        let fault = if let Blame::Fault(index) = by { setup.faults.get(index).cloned() } else { None };
        Culprit { by, fault }
    }
}

/// What can be said of a key without showing it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyLook {
    /// What the device calls a group.
    pub commands: Commands,
    /// The group that has it.
    pub group: GroupName,
    /// Its length.
    pub characters: usize,
    /// What no screen shows.
    pub oddities: Vec<Oddity>,
}

/// What is seen on no screen and makes another key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Oddity {
    /// A blank at its end.
    EndsInBlank,
    /// A blank at its beginning.
    BeginsWithBlank,
    /// Characters that are other bytes in another encoding.
    NotAscii,
}

/// What of a crypto map entry is set side by side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryValue {
    /// Transform sets, mode and IPComp.
    Protection,
    /// `set pfs`.
    Secrecy,
    /// The access list.
    Lines,
    /// What it lacks.
    Wholeness,
}

/// What a datagram is, as its side knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sort {
    /// A message of the script.
    Message(MessageName),
    /// One of another exchange.
    Foreign,
    /// A notify.
    Notify(NotifyType),
    /// A Delete.
    Delete,
}
