//! What a capture shows for a cause, or against it.

use std::net::IpAddr;

use capture::Unreached;
use ike::{NotifyType, OfferedTransform, Role, Sides, State};

use crate::captures::frame::{Frame, What};
use crate::captures::proof::Proof;

/// One thing that a capture shows, with its frames.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Captured {
    /// A message, with all its sendings.
    Sent {
        /// Each sending.
        frames: Vec<Frame>,
        /// What it is.
        what: What,
        /// Who sent it.
        from: Role,
        /// What came to the other place; `None`: there is none.
        reached: Option<Reached>,
        /// Nothing answers it.
        unanswered: bool,
    },
    /// An ICMP error, each time that it came.
    Unreached {
        /// Each time.
        frames: Vec<Frame>,
        /// What cannot be reached.
        what: Unreached,
        /// Who says so.
        by: IpAddr,
        /// What of.
        about: About,
        /// The port that the message went to.
        port: u16,
    },
    /// IKEv2 is refused.
    Version2Refused {
        /// Each time.
        frames: Vec<Frame>,
        /// With what.
        notify: NotifyType,
    },
    /// A message that arrives with other bytes.
    Altered {
        /// Where it left.
        frame: Frame,
        /// What it is.
        what: What,
        /// Where it came.
        arrives: Frame,
    },
    /// A message that cannot be read.
    Unreadable {
        /// Its frame.
        frame: Frame,
        /// What it is.
        what: What,
        /// Why.
        error: isakmp::Error,
    },
    /// What the initiator offers; empty: it is not known.
    Offered(Vec<OfferedTransform>),
    /// The exchange moves to UDP 4500, or would.
    Moves {
        /// Who stands behind a NAT, as far as it is seen.
        nat: Sides<bool>,
        /// It does.
        moved: bool,
    },
    /// The cause fits if a side whose vendor is not known behaves like one of these.
    Like {
        /// That side.
        at: Role,
        /// Names of profiles.
        profiles: Vec<&'static str>,
    },
    /// Hashes that a given key does not make.
    WrongKey(Proof),
    /// A message of Quick Mode that never arrives.
    QuickLost {
        /// Its first sending.
        frame: Frame,
        /// Who sends it.
        from: Role,
        /// How often.
        times: usize,
    },
    /// QM1 was answered with a notify, protected.
    QuickRefused {
        /// Its frame.
        frame: Frame,
        /// Who answered; `None`: it is not known who began.
        by: Option<Role>,
        /// With what.
        notify: NotifyType,
    },
    /// A Delete that a key opened.
    Deleted {
        /// Its frame.
        frame: Frame,
        /// Who sent it.
        by: Role,
        /// It is of the child; else of phase 1.
        child: bool,
        /// It came to the other side, as far as can be seen.
        arrived: bool,
    },
    /// Both sides' hashes are what one given key makes them.
    OneKey,
    /// The cause fits only if the capture was taken beside the responder.
    BesideResponder,
    /// No public report names the cause for these states.
    NoReports(Sides<Option<State>>),
    /// A message of the responder was on the wire, which is cut or leads to nobody.
    OnTheWire {
        /// Its frame.
        frame: Frame,
        /// What it is.
        what: What,
    },
}

/// What came to the other place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reached {
    /// How many were seen to leave.
    pub left: usize,
    /// How many of these arrived.
    pub arrived: usize,
    /// How many with other bytes.
    pub altered: usize,
}

/// The message of an ICMP error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    /// This one.
    Message(What),
    /// One of this side, that was not captured.
    Of(Role),
}

/// The observation that tells a cause from the others with the same picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Observation {
    /// What is known of the cause; and the states that each side would show, where they are not seen.
    Cause {
        /// Which.
        cause: sim::Cause,
        /// Names of states, of the sides that were not seen.
        shows: Sides<Vec<&'static str>>,
    },
    /// What in a Quick Mode, or at its responder, says so.
    Quick(sim::Cause),
}
