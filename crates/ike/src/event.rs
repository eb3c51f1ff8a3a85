//! What goes into an endpoint and what comes out. Events are data; only reports turn them into text.

mod child;
mod input;
mod output;

use std::sync::Arc;

use isakmp::{CookiePair, MessageId, NotifyType};

use crate::auth::Authentication;
use crate::config::GroupName;
use crate::crypto::{Cipher, DhGroup, HashAlg};
use crate::impair::Impair;
use crate::keymat::{Gxy, Keymat};
use crate::message_name::MessageName;
use crate::reason::{Certainty, Reason};
use crate::state::{Mode, Role, State};

pub use child::{Agreed, ChildEvent, Compressed, IpsecSa};
pub use input::{Clear, Cleared, Input};
pub use output::{Label, Output, Sending};

/// Number of a negotiation at one endpoint, from 0 in order of creation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SaId(pub u32);

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
    /// This host's operator cleared it.
    Cleared,
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
        keymat: Arc<Keymat>,
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
        /// The Quick Mode that it belongs to.
        child: Option<MessageId>,
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
    /// Something about a child of this negotiation.
    Child {
        /// The negotiation.
        sa: SaId,
        /// Its Quick Mode.
        child: MessageId,
        /// What.
        what: ChildEvent,
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
            | Event::Child { .. }
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
            | Event::Child { sa, .. }
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
    /// The Quick Mode under it; `None`: phase 1 itself.
    pub child: Option<MessageId>,
    /// Which one.
    pub timer: Timer,
}

impl TimerName {
    /// The SA or the child goes when it runs out.
    pub fn is_last(self) -> bool {
        match self.timer {
            Timer::Resend | Timer::Attempt => false,
            Timer::GiveUp | Timer::HalfOpen | Timer::Muted => true,
        }
    }
}

/// The timers of an endpoint. Each runs because something is awaited: none only maintains what is up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Timer {
    /// Another attempt begins.
    Attempt,
    /// A message without an answer goes out again.
    Resend,
    /// The wait for the answer ends.
    GiveUp,
    /// A responder's SA that is not up by then goes.
    HalfOpen,
    /// An SA that is never sent for again goes.
    Muted,
}
