//! The negotiations: one file per exchange, both roles. A state owns exactly what is known by then.

pub(crate) mod aggressive;
mod bodies;
mod context;
pub(crate) mod informational;
mod key_exchange;
pub(crate) mod main_mode;
mod nat;
pub(crate) mod quick_mode;
mod suite;

use std::net::SocketAddr;

use isakmp::Message;

pub(crate) use suite::{Keys, Secrets};

use crate::config::Identity;
use crate::message_name::MessageName;
use crate::reason::Reason;
use crate::state::{Mode, State};

use crate::auth::Proven;
pub(crate) use bodies::body;
use bodies::{check_identity, identity_of, nonce_of, sa_of};
pub(crate) use context::Ctx;

/// Where a negotiation is. The short-lived variants are the exchange, the last one is its result.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Exchange {
    MainInitiator(main_mode::Initiator),
    MainResponder(main_mode::Responder),
    AggressiveInitiator(aggressive::Initiator),
    AggressiveResponder(aggressive::Responder),
    Active(IsakmpSa),
}

/// The result: an ISAKMP SA that protects Informational exchanges (and Quick Mode).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct IsakmpSa {
    pub mode: Mode,
    pub secrets: Secrets,
    pub peer_identity: Identity,
    pub proven: Proven,
}

/// Own end and the peer's end of a negotiation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Path {
    pub local: SocketAddr,
    pub remote: SocketAddr,
}

/// The port of IKE inside NAT traversal (RFC 3947 section 4).
pub(crate) const NAT_T_PORT: u16 = 4500;

impl Path {
    /// The same two hosts on UDP 4500.
    pub fn floated(self) -> Path {
        let with_port = |address: SocketAddr| SocketAddr::new(address.ip(), NAT_T_PORT);
        Path { local: with_port(self.local), remote: with_port(self.remote) }
    }
}

/// An accepted message leads here.
pub(crate) struct Step {
    pub next: Exchange,
    /// The answer and its ISAKMP bytes.
    pub reply: Option<(MessageName, Vec<u8>)>,
    /// From the reply on, UDP 4500 is used.
    pub float: bool,
    /// The peer sent an authenticated INITIAL_CONTACT.
    pub initial_contact: bool,
}

impl Step {
    fn to(next: Exchange, reply: Option<(MessageName, Vec<u8>)>) -> Step {
        Step { next, reply, float: false, initial_contact: false }
    }
}

/// A message that is not accepted, with what is needed to protect a notify about it: `None` stands for the SA's.
pub(crate) struct Failure {
    pub reason: Reason,
    pub secrets: Option<Box<Secrets>>,
}

impl Failure {
    pub fn under(secrets: Secrets, reason: Reason) -> Failure {
        Failure { reason, secrets: Some(Box::new(secrets)) }
    }
}

impl From<Reason> for Failure {
    fn from(reason: Reason) -> Failure {
        Failure { reason, secrets: None }
    }
}

impl Exchange {
    pub fn state(&self) -> State {
        match self {
            Exchange::MainInitiator(exchange) => exchange.state(),
            Exchange::MainResponder(exchange) => exchange.state(),
            Exchange::AggressiveInitiator(exchange) => exchange.state(),
            Exchange::AggressiveResponder(_) => State::AmWaitMsg3,
            Exchange::Active(sa) if sa.mode == Mode::Main => State::MmActive,
            Exchange::Active(_) => State::AmActive,
        }
    }

    /// The keys, where there are any yet.
    pub fn secrets(&self) -> Option<&Secrets> {
        match self {
            Exchange::MainInitiator(exchange) => exchange.secrets(),
            Exchange::MainResponder(exchange) => exchange.secrets(),
            Exchange::AggressiveInitiator(exchange) => exchange.secrets(),
            Exchange::AggressiveResponder(exchange) => Some(exchange.secrets()),
            Exchange::Active(sa) => Some(&sa.secrets),
        }
    }

    /// Handles the message that this state waits for.
    pub fn handle(&self, ctx: &mut Ctx<'_>, message: &Message) -> Result<Step, Failure> {
        match self {
            Exchange::MainInitiator(exchange) => exchange.handle(ctx, message),
            Exchange::MainResponder(exchange) => exchange.handle(ctx, message),
            Exchange::AggressiveInitiator(exchange) => exchange.handle(ctx, message),
            Exchange::AggressiveResponder(exchange) => exchange.handle(ctx, message),
            // Phase 1 has nothing more to hear; Quick Mode is a conversation of its own.
            Exchange::Active(_) => Err(Reason::OutOfOrder(self.state()).into()),
        }
    }
}
