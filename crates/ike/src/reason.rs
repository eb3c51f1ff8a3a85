//! Why a peer does not go on: one typed reason, and the table of what follows from it.
//!
//! Reasons say who is to blame: our own configuration, the bytes, the peer, or that the two have nothing
//! in common. What a device *does* about a reason (silence or a notify, SA kept or removed) is a
//! [`Reaction`], looked up in the vendor's profile.

use std::net::IpAddr;

use isakmp::{ExchangeType, IdType, NotifyType, PayloadType, Version};

use crate::config::Identity;
use crate::crypto::DhError;
use crate::message_name::MessageName;
use crate::policy_value::{OfferedValue, PolicyValue};
use crate::state::State;

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

    /// An error notify that nothing protects: logged, not obeyed.
    UnprotectedNotify(NotifyType),
    /// More half-open negotiations than the engine holds.
    TooMany,
    /// A defect that was asked for: the message is ignored.
    Impaired,
}

/// The attributes in which an offer and an own policy differ.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Mismatch {
    /// The own policy's priority.
    pub policy: u16,
    /// The offered transform's number.
    pub transform: u8,
    /// Each differing attribute.
    pub differing: Vec<Difference>,
}

/// One attribute, both values.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Difference {
    /// Which attribute.
    pub attribute: PolicyAttribute,
    /// What the peer offered.
    pub offered: OfferedValue,
    /// What the own policy has.
    pub own: PolicyValue,
}

/// The attributes that must be equal for a transform to be chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PolicyAttribute {
    /// The cipher.
    Encryption,
    /// Its key length.
    KeyLength,
    /// The hash.
    Hash,
    /// The Diffie-Hellman group.
    Group,
    /// The authentication method.
    Authentication,
}

impl PolicyAttribute {
    /// The user's word.
    pub fn name(self) -> &'static str {
        match self {
            PolicyAttribute::Encryption => "encryption",
            PolicyAttribute::KeyLength => "key-length",
            PolicyAttribute::Hash => "hash",
            PolicyAttribute::Group => "group",
            PolicyAttribute::Authentication => "authentication",
        }
    }
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
            Reason::RemovedSa => ReasonKind::RemovedSa,
            Reason::AggressiveModeDisabled => ReasonKind::AggressiveModeDisabled,
            Reason::IkeDisabled
            | Reason::NoUsablePolicy
            | Reason::NoMarker
            | Reason::Version(_)
            | Reason::ReservedNotZero { .. }
            | Reason::UnknownExchange(_)
            | Reason::UnknownCookies
            | Reason::OutOfOrder(_)
            | Reason::UnsupportedIdentity(_)
            | Reason::WrongEncryption { .. }
            | Reason::BadPublicValue(_)
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

/// Some own policy would fit but for the authentication method.
fn only_method(nearest: &[Mismatch]) -> bool {
    let is_method = |difference: &Difference| difference.attribute == PolicyAttribute::Authentication;
    nearest.iter().any(|mismatch| mismatch.differing.iter().all(is_method))
}

/// What becomes of the SA.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Disposition {
    /// The message is dropped; state, IV and timer stay.
    Drop,
    /// The SA is removed, or never made.
    Remove,
    /// The message is dropped, and nothing is sent again: the SA goes 60 s after its making.
    Mute,
}

/// What the peer is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Answer {
    /// Nothing.
    Silence,
    /// A notify that nothing protects.
    Clear(NotifyType),
    /// A notify encrypted and with HASH(1) (RFC 2409 section 5.7).
    Protected(NotifyType),
    /// A Delete of the SA, encrypted and with HASH(1).
    Delete,
}

/// Whether a value was found in a source or inferred by us.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Certainty {
    /// Found in a public source.
    Sourced,
    /// Our inference; shown as such.
    Inferred,
}

/// One row: what a vendor does for a reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Reaction {
    /// The reason.
    pub on: ReasonKind,
    /// Only at this message; `None`: wherever no narrower row fits.
    pub at: Option<MessageName>,
    /// What becomes of the SA.
    pub disposition: Disposition,
    /// What the peer is told.
    pub answer: Answer,
    /// The RFC section that asks for it or leaves it open.
    pub rfc: &'static str,
    /// Whether a source says so.
    pub certainty: Certainty,
}
