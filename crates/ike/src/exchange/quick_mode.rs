//! Quick Mode under an established SA (RFC 2409 section 5.5).
//!
//! ```text
//!        Initiator                              Responder
//!  QM1  HDR*, HASH(1), SA, Ni [, KE]
//!             [, IDci, IDcr]            -->
//!                                       <--   HDR*, HASH(2), SA, Nr [, KE]
//!                                                   [, IDci, IDcr]           QM2
//!  QM3  HDR*, HASH(3)                   -->
//! ```

mod child;
mod entry;
mod half;
mod initiator;
mod offer;
mod read;
mod responder;
mod sealed;

use isakmp::{Message, MessageId, ProtocolId};

use super::{Ctx, Secrets};
use crate::message_name::MessageName;
use crate::reason::Reason;
use crate::selector::Selectors;
use crate::state::QuickState;

pub(crate) use child::Child;
use initiator::Asked;
pub(crate) use initiator::ask;
pub(crate) use read::keymat_len;
use responder::Answered;
pub(crate) use responder::respond;

/// Where a Quick Mode is; each state owns what is known by then.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Quick {
    WaitMsg2(Box<Asked>),
    WaitMsg3(Box<Answered>),
    Active(Box<Child>),
}

/// The Quick Mode at hand: the SA's keys, its message id, and the number that this side's random values have.
#[derive(Clone, Copy)]
pub(crate) struct Under<'a> {
    pub secrets: &'a Secrets,
    pub message_id: MessageId,
    pub number: u64,
    /// Messages of it whose hash failed, as far as this vendor counts them.
    pub turn: u32,
    /// Its IV was forgotten meanwhile, and begins anew.
    pub anew: bool,
}

/// Where an accepted message leads, and the answer.
pub(crate) struct QuickStep {
    pub next: Quick,
    pub reply: Option<(MessageName, Vec<u8>)>,
    /// The peer has nothing else with this host.
    pub initial_contact: bool,
}

/// A message that is not accepted. `offered`: the peer's SPI, where the message is proven to be the peer's.
pub(crate) struct QuickFailure {
    pub reason: Reason,
    pub offered: Option<(ProtocolId, Vec<u8>)>,
}

impl From<Reason> for QuickFailure {
    fn from(reason: Reason) -> QuickFailure {
        QuickFailure { reason, offered: None }
    }
}

impl Quick {
    pub fn state(&self) -> QuickState {
        match self {
            Quick::WaitMsg2(_) => QuickState::WaitMsg2,
            Quick::WaitMsg3(_) => QuickState::WaitMsg3,
            Quick::Active(_) => QuickState::Active,
        }
    }

    /// The SPI that this side receives on.
    pub fn own_spi(&self) -> &[u8; 4] {
        match self {
            Quick::WaitMsg2(asked) => &asked.spi,
            Quick::WaitMsg3(answered) => &answered.child.spi,
            Quick::Active(child) => &child.spi,
        }
    }

    /// The packets that it is for, as this side sees them.
    pub fn flow(&self) -> Selectors {
        match self {
            Quick::WaitMsg2(asked) => asked.selectors,
            Quick::WaitMsg3(answered) => answered.child.agreed.selectors,
            Quick::Active(child) => child.agreed.selectors,
        }
    }

    /// Protocol and SPI of each SA that this side receives on; none before it is made.
    pub fn received_on(&self) -> impl Iterator<Item = (ProtocolId, Vec<u8>)> {
        let child = match self {
            Quick::WaitMsg2(_) => None,
            Quick::WaitMsg3(answered) => Some(&answered.child),
            Quick::Active(child) => Some(&**child),
        };
        let sas = child.into_iter().flat_map(|child| &child.sas);
        sas.filter(|sa| sa.inbound).map(|sa| (sa.protocol, sa.spi.clone()))
    }

    /// The SPIs that the peer receives on, once they are known.
    pub fn has_peer_spi(&self, spi: &[u8]) -> bool {
        match self {
            Quick::WaitMsg2(_) => false,
            Quick::WaitMsg3(answered) => answered.child.sends_with(spi),
            Quick::Active(child) => child.sends_with(spi),
        }
    }

    /// Handles the message that this state waits for.
    pub fn handle(
        &self,
        ctx: &mut Ctx<'_>,
        under: Under<'_>,
        message: &Message,
    ) -> Result<QuickStep, QuickFailure> {
        match self {
            Quick::WaitMsg2(asked) => Ok(asked.handle_qm2(ctx, under, message)?),
            Quick::WaitMsg3(answered) => Ok(answered.handle_qm3(ctx, under, message)?),
            Quick::Active(_) => Err(Reason::ChildDone.into()),
        }
    }
}

impl Ctx<'_> {
    /// NAT traversal is in use: ESP goes inside UDP.
    fn inside_udp(&self) -> bool {
        self.path.local.port() == super::NAT_T_PORT
    }

    /// The SPI that this side receives on with its n-th child.
    fn spi(&self, number: u64) -> [u8; 4] {
        let mut spi = [0; 4];
        self.streams.bytes("spi", number, &mut spi);
        // Below 256 they are reserved, and 0 is never sent.
        let [first, rest @ ..] = spi;
        let [a, b, c] = rest;
        [first.max(1), a, b, c]
    }

    /// The CPI that the peer's compressed packets bear.
    fn cpi(&self, number: u64) -> u16 {
        let mut cpi = [0; 2];
        self.streams.bytes("cpi", number, &mut cpi);
        // RFC 3173 3.3: 256 to 61439 are those that are negotiated.
        256 + u16::from_be_bytes(cpi) % 61_184
    }

    fn quick_nonce(&self, number: u64) -> Vec<u8> {
        let mut nonce = vec![0; self.config.profile.nonce_len.value];
        self.streams.bytes("quick nonce", number, &mut nonce);
        nonce
    }
}
