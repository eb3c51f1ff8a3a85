//! What is worth knowing beside a verdict, as values; `report` has the words.

use std::net::IpAddr;

use capture::Unread;
use ike::{MessageName, NotifyType, Reason, Role};
use isakmp::Cookie;

use super::besides::Besides;
use super::frame::Frame;
use super::opened::Opened;
use super::proof::Proof;
use crate::evidence::Captured;

/// One thing worth knowing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Note {
    /// The capture starts in the middle.
    StartsLate,
    /// No message says who began.
    RolesGuessed,
    /// One side's messages alone, and none says whether it began.
    OneSideAlone,
    /// Nothing of this side was captured.
    OneWay {
        /// Which side.
        missing: Role,
    },
    /// The message that is refused was not captured.
    RefusedUnseen,
    /// No message of phase 1 was captured.
    NotCaptured,
    /// The capture ends with AM2.
    EndsWithAm2,
    /// The capture ends before anything went wrong.
    EndsEarly,
    /// The responder answered with so many cookies.
    ResponderCookies(usize),
    /// So many more messages are not looked at.
    LeftOut(usize),
    /// A clear error notify was not obeyed.
    Ignored {
        /// Its frame.
        frame: Frame,
        /// Which.
        notify: NotifyType,
        /// Who got it.
        by: Role,
        /// Where it goes on.
        goes_on: Frame,
    },
    /// A message that is damaged, or cannot be read.
    Damaged(Captured),
    /// So many messages were captured in part.
    Cut(usize),
    /// A message breaks the protocol.
    Breaks {
        /// Its frame.
        frame: Frame,
        /// Which message.
        message: MessageName,
        /// How.
        how: Breach,
    },
    /// What came after phase 1.
    Behind {
        /// The responder answers nothing: it may never have accepted AM3.
        silent: bool,
        /// Messages of Transaction exchanges.
        transactions: usize,
    },
    /// A side may be any device.
    AnyDevice(Role),
    /// What a given key proves.
    Key(Proof),
    /// What a given key opens.
    Opened(Opened),
    /// The same peers come up later, in this frame.
    ComesUpLater(Frame),
    /// Of IKEv2 only the refusal is told.
    Version2,
    /// Something of the file could not be read.
    File(Unread),
    /// What there is besides IKEv1.
    Besides(Besides),
    /// Nobody has the address at which the capture is said to be taken.
    Elsewhere(IpAddr),
    /// Two began at the same time from opposite ends.
    Opposite {
        /// The peers.
        peers: [IpAddr; 2],
        /// Their initiator cookies.
        cookies: [Cookie; 2],
    },
    /// Several negotiations between two peers.
    Several {
        /// The peers.
        peers: [IpAddr; 2],
        /// How many.
        count: usize,
    },
    /// So many more notes of this kind.
    More(usize),
}

/// How a message breaks the protocol.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Breach {
    /// As a receiver would say.
    Reason(Reason),
    /// So many Proposal payloads, where phase 1 has one.
    Proposals(usize),
}
