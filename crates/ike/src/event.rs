//! What goes into an endpoint and what comes out. Events are data; only reports turn them into text.

use std::net::SocketAddr;

use isakmp::{CookiePair, ExchangeType, NotifyType};

use crate::config::Authentication;
use crate::config::GroupName;
use crate::crypto::{Cipher, DhGroup, HashAlg};
use crate::impair::Impair;
use crate::keymat::{Gxy, Keymat};
use crate::message_name::MessageName;
use crate::reason::{Certainty, Reason};
use crate::state::{Mode, Role, State};

/// Number of a negotiation at one endpoint, from 0 in order of creation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SaId(pub u32);

/// What an endpoint is given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input<'a> {
    /// Interesting traffic: start phase 1 with the configured peer.
    Initiate {
        /// Own address and port.
        from: SocketAddr,
        /// The peer's.
        to: SocketAddr,
    },
    /// A UDP datagram arrived.
    Datagram {
        /// Source as seen here.
        from: SocketAddr,
        /// Own address and port.
        to: SocketAddr,
        /// UDP payload, at most 65 535 bytes.
        bytes: &'a [u8],
    },
    /// The moment that [`crate::Endpoint::next_timeout`] named has come.
    Timeout,
}

/// What an endpoint gives back, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// Send a UDP datagram.
    Transmit {
        /// Own address and port.
        from: SocketAddr,
        /// The peer's.
        to: SocketAddr,
        /// UDP payload, non-ESP marker included on port 4500.
        bytes: Vec<u8>,
        /// What it is.
        label: Label,
    },
    /// Something worth telling happened.
    Event(Event),
}

/// What a datagram is, as its sender knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Label {
    /// A message of an exchange (the confirmation AM4 counts to its exchange).
    Message {
        /// The sender's negotiation.
        sa: SaId,
        /// Which message.
        name: MessageName,
        /// Why it is sent now.
        sending: Sending,
    },
    /// An Informational exchange with a notify.
    Notify {
        /// The sender's negotiation; `None` where there is none.
        sa: Option<SaId>,
        /// The notify type.
        notify: NotifyType,
        /// Encrypted and with HASH(1).
        protected: bool,
    },
    /// An Informational exchange with a Delete of an SA, encrypted and with HASH(1).
    Delete {
        /// The sender's negotiation.
        sa: Option<SaId>,
    },
    /// From a peer that is not ours, and no message that the engine has a name for.
    Foreign {
        /// The exchange type of its header; `None`: it is no ISAKMP message.
        exchange: Option<ExchangeType>,
        /// Its encryption bit.
        encrypted: bool,
    },
}

impl Label {
    /// The message of an exchange, where it is one.
    pub fn message(&self) -> Option<MessageName> {
        if let Label::Message { name, .. } = self { Some(*name) } else { None }
    }
}

/// Why a message goes out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sending {
    /// For the first time.
    First,
    /// Its timer ran out; counts from 1.
    Resend(u32),
    /// The peer repeated what this answers.
    Answer,
}

/// The transform in use, as the scenario file names its values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Negotiated {
    /// Cipher and key length.
    pub encryption: Cipher,
    /// Hash and prf.
    pub hash: HashAlg,
    /// Diffie-Hellman group.
    pub group: DhGroup,
    /// Authentication method.
    pub authentication: Authentication,
    /// Seconds, as returned in the chosen transform.
    pub lifetime: u32,
}

/// How an SA ended on this side's own account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Ended {
    /// The resends, or a half-open timer, ran out.
    GaveUp,
    /// It refused a message and removed the SA.
    Rejected,
    /// An authenticated error notify or Delete was obeyed.
    Deleted,
    /// The peer's INITIAL_CONTACT or a newer SA took its place.
    Replaced,
}

/// What an endpoint explains.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// An initiator cannot begin.
    NotStarted(Reason),
    /// A negotiation was made.
    Created {
        /// Its number.
        sa: SaId,
        /// This side's part.
        role: Role,
        /// The exchange.
        mode: Mode,
        /// The cookies known so far.
        cookies: CookiePair,
    },
    /// The negotiation rests in this state now.
    Entered {
        /// The negotiation.
        sa: SaId,
        /// The new state.
        state: State,
    },
    /// A message was accepted.
    Accepted {
        /// The negotiation.
        sa: SaId,
        /// Which.
        message: MessageName,
    },
    /// Bytes that were accepted before came again.
    Duplicate {
        /// The negotiation.
        sa: SaId,
        /// Which.
        message: MessageName,
        /// Whether the last flight went out again.
        answered: bool,
    },
    /// A transform was chosen (responder) or accepted (initiator).
    Chosen {
        /// The negotiation.
        sa: SaId,
        /// Its values.
        negotiated: Negotiated,
        /// Own policy's priority.
        policy: u16,
        /// The smaller of both lifetimes in seconds: what this side will use.
        lifetime: u32,
    },
    /// The tunnel-group that serves this peer.
    GroupFound {
        /// The negotiation.
        sa: SaId,
        /// The group.
        group: GroupName,
    },
    /// NAT-D hashes were compared (RFC 3947 section 3.2).
    NatChecked {
        /// The negotiation.
        sa: SaId,
        /// This side's address was translated.
        local: bool,
        /// The peer's address was translated.
        remote: bool,
    },
    /// From now on UDP 4500 is used.
    Floated {
        /// The negotiation.
        sa: SaId,
    },
    /// The keys are there. Secret: shown only where asked for.
    Keys {
        /// The negotiation.
        sa: SaId,
        /// The shared Diffie-Hellman value.
        gxy: Gxy,
        /// SKEYID and what follows from it.
        keymat: Box<Keymat>,
    },
    /// A message was dropped; nothing changed.
    Dropped {
        /// The negotiation it belongs to, if any.
        sa: Option<SaId>,
        /// Which, where it can be told.
        message: Option<MessageName>,
        /// Why.
        reason: Reason,
        /// Whether a source says that the device does so.
        certainty: Certainty,
    },
    /// A message was refused: the SA is removed, or was never made.
    Refused {
        /// The negotiation, if one was made.
        sa: Option<SaId>,
        /// Which, where it can be told.
        message: Option<MessageName>,
        /// Why.
        reason: Reason,
        /// Whether a source says that the device does so.
        certainty: Certainty,
    },
    /// A notify arrived.
    NotifyReceived {
        /// The negotiation it names, if any.
        sa: Option<SaId>,
        /// The notify type.
        notify: NotifyType,
        /// Encrypted and its HASH(1) verified, or inside an authenticated message.
        protected: bool,
        /// Whether it ended the SA.
        obeyed: bool,
    },
    /// An authenticated Delete for this SA arrived.
    DeleteReceived {
        /// The negotiation.
        sa: SaId,
    },
    /// The negotiation is gone from this endpoint.
    Ended {
        /// The negotiation.
        sa: SaId,
        /// How.
        how: Ended,
        /// The state it was in.
        state: State,
    },
    /// A defect that was asked for acted on this message.
    Impaired {
        /// Position in the configuration's list.
        index: usize,
        /// The defect.
        what: Impair,
        /// The message it touched.
        message: MessageName,
    },
}

impl Event {
    /// Why something was not begun, dropped or refused.
    pub fn reason(&self) -> Option<&Reason> {
        match self {
            Event::NotStarted(reason) | Event::Dropped { reason, .. } | Event::Refused { reason, .. } => {
                Some(reason)
            }
            Event::Created { .. }
            | Event::Entered { .. }
            | Event::Accepted { .. }
            | Event::Duplicate { .. }
            | Event::Chosen { .. }
            | Event::GroupFound { .. }
            | Event::NatChecked { .. }
            | Event::Floated { .. }
            | Event::Keys { .. }
            | Event::NotifyReceived { .. }
            | Event::DeleteReceived { .. }
            | Event::Ended { .. }
            | Event::Impaired { .. } => None,
        }
    }

    /// The negotiation that it is about.
    pub fn negotiation(&self) -> Option<SaId> {
        match self {
            Event::Created { sa, .. }
            | Event::Entered { sa, .. }
            | Event::Accepted { sa, .. }
            | Event::Duplicate { sa, .. }
            | Event::Chosen { sa, .. }
            | Event::GroupFound { sa, .. }
            | Event::NatChecked { sa, .. }
            | Event::Floated { sa }
            | Event::Keys { sa, .. }
            | Event::DeleteReceived { sa }
            | Event::Ended { sa, .. } => Some(*sa),
            Event::Dropped { sa, .. } | Event::Refused { sa, .. } | Event::NotifyReceived { sa, .. } => *sa,
            Event::NotStarted(_) | Event::Impaired { .. } => None,
        }
    }
}

/// The timer that an endpoint waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TimerName {
    /// The negotiation.
    pub sa: SaId,
    /// Whether it will give up rather than resend.
    pub last: bool,
}
