//! A negotiation as captures show it: each message, and where it was seen.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use capture::Unreached;
use ike::{MessageName, Mode, NotifyType, Role};
use isakmp::{Cookie, CookiePair};

use super::frame::{CapturePoint, Frame, Sight, What};

/// One message, sent once, and where it was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Emission<'c> {
    /// Who sent it.
    pub sender: Role,
    /// What it is.
    pub what: What,
    /// At the place nearer to its sender, or at the only one.
    pub near: Option<Sight<'c>>,
    /// At the place nearer to its receiver, where there are two.
    pub far: Option<Sight<'c>>,
    /// Position of the first message with the same bytes: it is a resend.
    pub repeats: Option<usize>,
    /// It arrived with other bytes.
    pub altered: bool,
}

impl<'c> Emission<'c> {
    /// Where it was seen first.
    pub fn sight(&self) -> Option<&Sight<'c>> {
        self.near.as_ref().or(self.far.as_ref())
    }

    /// It came to the place nearest to its receiver, as far as that can be told.
    pub(super) fn arrived(&self, negotiation: &Negotiation<'_>) -> bool {
        negotiation.places.len() < 2 || self.far.is_some()
    }

    /// When it was seen first.
    pub fn at(&self) -> Duration {
        self.sight().map_or(Duration::ZERO, |sight| sight.at)
    }

    /// What its frame is called, where it was seen first.
    pub fn frame(&self) -> Frame {
        self.sight().map_or(Frame::default(), Sight::frame_name)
    }
}

/// Everything under one initiator cookie.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Negotiation<'c> {
    /// Both cookies; the responder's is zero where nobody answered.
    pub cookies: CookiePair,
    /// The responder answered with several cookies.
    pub responder_cookies: Vec<Cookie>,
    /// The exchange; `None` where no phase 1 message was captured.
    pub mode: Option<Mode>,
    /// Addresses of initiator and responder, as seen nearest to the initiator.
    pub ends: (SocketAddr, SocketAddr),
    /// Where it was seen: one place, or the one nearer to the initiator and the one nearer to the responder.
    pub places: Vec<CapturePoint>,
    /// In the order of time.
    pub emissions: Vec<Emission<'c>>,
    /// The first message was not captured.
    pub starts_late: bool,
    /// Which side began is certain.
    pub roles_sure: bool,
    /// ICMP errors about its messages, in the order of time.
    pub refusals: Vec<Refusal>,
    /// Messages beyond what is kept.
    pub left_out: usize,
    /// From its first message to the end of the capture.
    pub watched: Duration,
    /// It is one of IKEv2, which the other side refuses with this.
    pub refused_version_2: Option<NotifyType>,
}

impl Negotiation<'_> {
    /// Nothing follows AM2, to which every initiator that accepts it has an answer at once.
    pub(super) fn stops_at_am2(&self) -> bool {
        self.emissions.last().is_some_and(|one| one.what == What::Phase1(MessageName::AM2))
    }
}

/// An ICMP error about a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Where it was seen.
    pub place: CapturePoint,
    /// Number of its frame in its file.
    pub frame: u64,
    /// There is no other file.
    pub one_file: bool,
    /// Since the first file's first frame.
    pub at: Duration,
    /// Who says so.
    pub by: IpAddr,
    /// What cannot be reached.
    pub what: Unreached,
    /// Source and destination of the message.
    pub ends: (SocketAddr, SocketAddr),
    /// Who sent the message.
    pub sender: Role,
    /// Position of the message; `None`: it was not captured.
    pub message: Option<usize>,
}

impl Refusal {
    /// What its frame is called.
    pub fn frame_name(&self) -> Frame {
        Frame::new(self.place, self.frame, self.one_file)
    }
}
