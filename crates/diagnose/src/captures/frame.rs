//! One message as it was seen at one place: what it is, as far as a listener can tell.

use std::fmt;
use std::net::SocketAddr;
use std::time::Duration;

use ike::script::{self, Encryption, Row};
use ike::{ExchangeKind, MessageName, Mode, NotifyType, Role};
use isakmp::{Body, ExchangeType, Flags, Header, Message, Notification, Payload, PayloadType};

/// Where a frame was captured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CapturePoint {
    /// Which of the files, from 0.
    pub file: usize,
    /// Which interface of the file, from 0.
    pub interface: u32,
}

/// What a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum What {
    /// A message of the phase 1 exchange.
    Phase1(MessageName),
    /// One of a phase 1 exchange that has no such message: encrypted where it must not be, or the other way.
    OutOfScript(Mode),
    /// A notify in clear.
    Notify(NotifyType),
    /// An Informational exchange in clear without a notify that can be read.
    Informational,
    /// An encrypted Informational exchange: a notify or a Delete.
    Sealed,
    /// A part of a message that its sender cut up (Cisco and Microsoft fragmentation).
    Fragment,
    /// Quick Mode, Transaction and others that come after phase 1.
    Later(ExchangeType),
}

impl What {
    /// The message of the phase 1 exchange, where it is one.
    pub fn phase_1(self) -> Option<MessageName> {
        if let What::Phase1(name) = self { Some(name) } else { None }
    }
}

/// A message at a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sight<'c> {
    /// Where.
    pub place: CapturePoint,
    /// Number of the frame in its file.
    pub frame: u64,
    /// There is no other file.
    pub one_file: bool,
    /// Since the first file's first frame.
    pub at: Duration,
    /// Source and destination, as seen there.
    pub ends: (SocketAddr, SocketAddr),
    /// The ISAKMP bytes.
    pub bytes: &'c [u8],
    /// Not all of it was captured.
    pub cut: bool,
    /// Time to live of its packet; 0: not known.
    pub ttl: u8,
    /// Its fixed header.
    pub header: Header,
}

/// What a frame is called: `7`, and with two files `2:7`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Frame {
    /// Which of the files, from 1; `None`: there is no other.
    pub file: Option<usize>,
    /// Its number in the file.
    pub number: u64,
}

impl Frame {
    pub(super) fn new(place: CapturePoint, number: u64, one_file: bool) -> Frame {
        Frame { file: (!one_file).then_some(place.file + 1), number }
    }
}

impl fmt::Display for Frame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(file) = self.file {
            write!(f, "{file}:")?;
        }
        self.number.fmt(f)
    }
}

impl Sight<'_> {
    /// What its frame is called.
    pub fn frame_name(&self) -> Frame {
        Frame::new(self.place, self.frame, self.one_file)
    }

    /// The payloads of a message in clear; empty where it is encrypted or cannot be read.
    pub fn payloads(&self) -> Vec<Payload> {
        match Message::decode(self.bytes).map(|message| message.body) {
            Ok(Body::Clear(payloads)) => payloads,
            _ => Vec::new(),
        }
    }

    /// Why it cannot be read, although all of it was captured.
    pub fn damage(&self) -> Option<isakmp::Error> {
        // What the capture left out is no damage: the wire had it.
        Message::decode(self.bytes).err().filter(|_| !self.cut)
    }

    /// Main or Aggressive Mode; `None` for every other exchange.
    pub fn mode(&self) -> Option<Mode> {
        ExchangeKind::from_assigned(self.header.exchange)?.mode()
    }

    /// The body is encrypted.
    pub fn is_encrypted(&self) -> bool {
        self.header.flags.contains(Flags::ENCRYPTION)
    }

    /// It opens an exchange: nobody has answered yet.
    pub fn opens(&self) -> bool {
        self.mode().is_some() && self.header.cookies.responder.is_zero()
    }

    /// What it is, sent by this side.
    pub fn what(&self, sender: Role) -> What {
        let kinds: Vec<PayloadType> = self.payloads().iter().map(|payload| payload.kind).collect();
        let first = self.header.next_payload;
        // A message that cannot be read to its end still names its first payload in the header.
        let has = |kind| first == kind || kinds.contains(&kind);
        match (self.header.exchange, self.mode()) {
            // First: a fragment has the exchange type of the message that it is a part of.
            _ if first == PayloadType::FRAG && !self.is_encrypted() => What::Fragment,
            (_, Some(mode)) => {
                name(mode, sender, self, has(PayloadType::SA)).map_or(What::OutOfScript(mode), What::Phase1)
            }
            (ExchangeType::INFORMATIONAL, _) if self.is_encrypted() => What::Sealed,
            (ExchangeType::INFORMATIONAL, _) => self.notify().map_or(What::Informational, What::Notify),
            (other, _) => What::Later(other),
        }
    }

    fn notify(&self) -> Option<NotifyType> {
        let payloads = self.payloads();
        let body = payloads.iter().find(|payload| payload.kind == PayloadType::N)?;
        Notification::decode(&body.body).ok().map(|notification| notification.notify_type)
    }

    /// Who must have sent it, where the message itself says so.
    pub fn sender(&self) -> Option<Role> {
        // Some send vendor ids in front of it.
        let has_sa = self.header.next_payload == PayloadType::SA
            || self.payloads().iter().any(|payload| payload.kind == PayloadType::SA);
        match self.mode() {
            Some(_) if self.opens() => Some(Role::Initiator),
            Some(_) if has_sa && !self.is_encrypted() => Some(Role::Responder),
            // Only the third can be encrypted: the first two come before there are keys.
            Some(Mode::Aggressive) if self.is_encrypted() => Some(Role::Initiator),
            // Main Mode's third and fourth message look alike, and so do the last two.
            _ => None,
        }
    }
}

/// The row of the script that fits: by sender, by whether it is encrypted, and by whether it carries an SA.
fn name(mode: Mode, sender: Role, sight: &Sight<'_>, has_sa: bool) -> Option<MessageName> {
    // The fourth message of Aggressive Mode is an exchange of its own.
    let rows = script::of(mode.into()).iter().filter(|row| row.message != MessageName::AM4);
    let fits = |row: &&Row| match row.encryption {
        // By the SA payload: the third may be encrypted or not.
        _ if mode == Mode::Aggressive => {
            row.has(PayloadType::SA) != (sender == Role::Initiator && !sight.opens())
        }
        Encryption::Must => sight.is_encrypted(),
        Encryption::Never | Encryption::May => !sight.is_encrypted() && row.has(PayloadType::SA) == has_sa,
    };
    rows.filter(|row| row.sender == sender).find(fits).map(|row| row.message)
}

/// It belongs to an exchange that only an established SA has.
pub(super) fn is_later(exchange: ExchangeType) -> bool {
    [ExchangeType::QUICK, ExchangeType::TRANSACTION, ExchangeType::NEW_GROUP].contains(&exchange)
}
