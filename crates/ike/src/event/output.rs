//! What comes out of an endpoint, and what a datagram is to its sender.

use std::net::SocketAddr;

use isakmp::{ExchangeType, NotifyType};

use super::Event;
use super::SaId;
use crate::message_name::MessageName;

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
