//! Why a peer does not go on: one typed reason, and the table of what follows from it.
//!
//! Reasons say who is to blame: our own configuration, the bytes, the peer, or that the two have nothing
//! in common. What a device *does* about a reason (silence or a notify, SA kept or removed) is a
//! [`Reaction`], looked up in the vendor's profile.

mod child;
mod mismatch;
mod reaction;

use std::net::IpAddr;

use isakmp::{ExchangeType, IdType, NotifyType, PayloadType, Version};

use crate::config::{Identity, MapPart};
use crate::crypto::{DhError, DhGroup};
use crate::message_name::MessageName;
use crate::state::State;

pub use child::ChildMismatch;
use mismatch::only_method;
pub use mismatch::{Difference, Mismatch, PolicyAttribute};
pub use reaction::{Answer, Certainty, Disposition, Reaction};

/// Why something was not sent, not accepted, or not made.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Reason {
    /// Ours: IKE is not enabled on the interface.
    IkeDisabled,
    /// Ours: inbound Aggressive Mode is switched off.
    AggressiveModeDisabled,
    /// Ours: neither a tunnel-group for the peer nor a base group with a key.
    NoTunnelGroup {
        /// The peer's address as seen here.
        peer: IpAddr,
        /// The identity it gave, in Aggressive Mode.
        identity: Option<Identity>,
    },
    /// Ours: the tunnel-group is there, a key is not.
    NoPreSharedKey {
        /// The group's name.
        group: String,
    },
    /// Ours: no crypto map is bound to the interface.
    MapUnbound,
    /// Ours: the crypto map's entry for the peer lacks a part.
    MapIncomplete(MapPart),
    /// Transport mode is asked for between networks, and this vendor knows it between hosts alone.
    TransportOfNets,
    /// Ours: no policy that the engine can run (all of them want signatures).
    NoUsablePolicy,

    /// The bytes: they are no ISAKMP message.
    Malformed(isakmp::Error),
    /// The bytes: on port 4500 without the four zero bytes; ESP or a keepalive (RFC 3948 section 2).
    NoMarker,
    /// The bytes: another major version. IKEv2 is 2.
    Version(Version),
    /// The bytes: a reserved field is not zero, at this byte of the (decrypted) message.
    ReservedNotZero {
        /// Byte offset in the datagram, or in the plaintext of an encrypted body.
        offset: usize,
        /// The payload it stands in.
        payload: PayloadType,
    },
    /// The bytes: not a whole number of cipher blocks.
    NotBlocks {
        /// Length of the ciphertext in bytes.
        length: usize,
        /// Cipher block in bytes.
        block: usize,
    },
    /// The bytes: decrypted, and what came out is no payload chain. Wrong keys, or damage on the way.
    Undecryptable(isakmp::Error),

    /// The peer: an exchange type that phase 1 does not have.
    UnknownExchange(ExchangeType),
    /// The peer: cookies of no SA here.
    UnknownCookies,
    /// The peer: cookies of an SA that was removed on our own decision.
    RemovedSa,
    /// The peer: a message that this state does not expect.
    OutOfOrder(State),
    /// The peer: a message of a Quick Mode that is done.
    ChildDone,
    /// Ours: the Quick Mode that it would begin was given up here.
    ChildGone,
    /// The peer: a payload that the message must have is missing.
    MissingPayload(PayloadType),
    /// The peer: the SA payload must come first (RFC 2409 section 5).
    SaNotFirst,
    /// The peer: an identity type that cannot be used here.
    UnsupportedIdentity(IdType),
    /// The peer: sent in clear what must be encrypted, or encrypted before there are keys.
    WrongEncryption {
        /// Whether the message was encrypted.
        encrypted: bool,
    },
    /// The peer: its public value cannot be used.
    BadPublicValue(DhError),
    /// The peer: a nonce outside 8 to 256 bytes (RFC 2409 section 5).
    NonceLength(usize),
    /// The peer: an initiator cookie of zeros, which names no SA (RFC 2408 section 2.5.3).
    ZeroCookie,
    /// The peer: our own cookie or public value came back.
    Reflected,
    /// The peer: chose a transform that was not offered.
    NotOffered,
    /// The peer: HASH_I, HASH_R or HASH(1) is not what the keys give.
    HashMismatch {
        /// The message whose hash it is.
        message: Option<MessageName>,
    },
    /// The peer: a protected INITIAL_CONTACT that names other cookies (RFC 2407 section 4.6.3.3).
    ForeignSpi,

    /// Nothing in common: no offered transform equals one of our policies.
    NoProposalChosen {
        /// For each own policy, the offered transform that came nearest.
        nearest: Vec<Mismatch>,
    },
    /// Nothing in common: it is not the identity that the tunnel-group insists on.
    IdentityRefused {
        /// What the peer sent.
        got: Identity,
        /// What the group wants.
        want: Identity,
    },

    /// Nothing in common: a child is refused.
    NoChild(Box<ChildMismatch>),

    /// An error notify that nothing protects: logged, not obeyed.
    UnprotectedNotify(NotifyType),
    /// More half-open negotiations than the engine holds.
    TooMany,
    /// A defect that was asked for: the message is ignored.
    Impaired,
}

/// A [`Reason`] without its data: the key of the reaction table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ReasonKind {
    /// See [`Reason::NoTunnelGroup`].
    NoGroup,
    /// See [`Reason::NoPreSharedKey`].
    NoKey,
    /// See [`Reason::NoProposalChosen`].
    NoProposalChosen,
    /// See [`Reason::NoProposalChosen`]: only the authentication method differs.
    NoMethod,
    /// See [`Reason::NotOffered`].
    NotOffered,
    /// See [`Reason::Malformed`].
    Malformed,
    /// See [`Reason::MissingPayload`] and [`Reason::SaNotFirst`].
    MissingPayload,
    /// See [`Reason::Undecryptable`].
    Undecryptable,
    /// See [`Reason::NotBlocks`].
    NotBlocks,
    /// See [`Reason::IdentityRefused`].
    IdentityRefused,
    /// See [`Reason::HashMismatch`].
    HashMismatch,
    /// See [`Reason::BadPublicValue`].
    BadPublicValue,
    /// See [`Reason::BadPublicValue`]: it is as long as another group's.
    OtherGroup,
    /// See [`Reason::RemovedSa`].
    RemovedSa,
    /// See [`Reason::AggressiveModeDisabled`].
    AggressiveModeDisabled,
    /// Everything else: the message is dropped and nothing changes.
    Other,
}

impl Reason {
    /// The row of the reaction table.
    pub fn kind(&self) -> ReasonKind {
        match self {
            Reason::NoTunnelGroup { .. } => ReasonKind::NoGroup,
            Reason::NoPreSharedKey { .. } => ReasonKind::NoKey,
            Reason::NoProposalChosen { nearest } if only_method(nearest) => ReasonKind::NoMethod,
            Reason::NoProposalChosen { .. } => ReasonKind::NoProposalChosen,
            Reason::NotOffered => ReasonKind::NotOffered,
            Reason::Malformed(_) => ReasonKind::Malformed,
            Reason::MissingPayload(_) | Reason::SaNotFirst => ReasonKind::MissingPayload,
            Reason::Undecryptable(_) => ReasonKind::Undecryptable,
            Reason::NotBlocks { .. } => ReasonKind::NotBlocks,
            Reason::IdentityRefused { .. } => ReasonKind::IdentityRefused,
            Reason::HashMismatch { .. } => ReasonKind::HashMismatch,
            Reason::BadPublicValue(DhError::Length { got, .. }) if is_of_a_group(*got) => {
                ReasonKind::OtherGroup
            }
            Reason::BadPublicValue(_) => ReasonKind::BadPublicValue,
            Reason::RemovedSa => ReasonKind::RemovedSa,
            Reason::AggressiveModeDisabled => ReasonKind::AggressiveModeDisabled,
            Reason::IkeDisabled
            | Reason::MapUnbound
            | Reason::MapIncomplete(_)
            | Reason::TransportOfNets
            | Reason::NoChild(_)
            | Reason::NoUsablePolicy
            | Reason::NoMarker
            | Reason::Version(_)
            | Reason::ReservedNotZero { .. }
            | Reason::UnknownExchange(_)
            | Reason::UnknownCookies
            | Reason::OutOfOrder(_)
            | Reason::ChildDone
            | Reason::ChildGone
            | Reason::UnsupportedIdentity(_)
            | Reason::WrongEncryption { .. }
            | Reason::NonceLength(_)
            | Reason::ZeroCookie
            | Reason::Reflected
            | Reason::ForeignSpi
            | Reason::UnprotectedNotify(_)
            | Reason::TooMany
            | Reason::Impaired => ReasonKind::Other,
        }
    }
}

/// Some group's public values are so long, in bytes.
fn is_of_a_group(length: usize) -> bool {
    // RFC 2408 5.7: a value of another group than the transform's is unsupported, and its sender may be told.
    DhGroup::ALL.iter().any(|group| group.public_len() == length)
}
