//! The faults a scenario can inject. Who is to blame decides where a fault lives: the operator's edit a
//! configuration, the path's are conditions of the link, the wire's are rules, and an implementation's
//! are the engine's own impairments.

use std::fmt;
use std::net::IpAddr;
use std::time::Duration;

use ike::{Impair, Instant, MessageName, Role};

/// A fault as a scenario names it. All durations and times are virtual.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Fault {
    /// The pre-shared keys differ.
    PskMismatch {
        /// Whose key is changed.
        at: Role,
    },
    /// There is no tunnel-group for the peer.
    MissingTunnelGroup {
        /// Where.
        at: Role,
    },
    /// The tunnel-group bears another name than the peer's address.
    WrongTunnelGroupName {
        /// Where.
        at: Role,
    },
    /// The tunnel-group has no key.
    MissingPsk {
        /// Where.
        at: Role,
    },
    /// One attribute of every policy is changed to a value that the other side does not have.
    PolicyMismatch {
        /// Which attribute.
        attribute: MismatchAttribute,
        /// Where.
        at: Role,
    },
    /// IKE is not enabled on the interface.
    IkeDisabled {
        /// Where.
        at: Role,
    },
    /// The responder refuses Aggressive Mode.
    AggressiveModeDisabled,
    /// NAT traversal is off.
    NatTraversalDisabled {
        /// Where.
        at: Role,
    },
    /// The initiator calls an address that nobody has.
    WrongPeerAddress,
    /// A peer insists on an identity that the other does not send.
    IdentityMismatch {
        /// Who insists.
        at: Role,
    },
    /// A peer's packets get nowhere.
    NoRoute {
        /// Whose.
        at: Role,
    },
    /// A peer is switched off for a while.
    PeerDown {
        /// Which.
        at: Role,
        /// Since when.
        from: Instant,
        /// Until when; `None`: for ever.
        until: Option<Instant>,
    },
    /// A UDP port is filtered on the path.
    BlockPort {
        /// Source or destination port.
        port: u16,
        /// Which way.
        direction: Direction,
    },
    /// A peer stands behind address translation.
    Nat {
        /// Which.
        at: Role,
        /// Its address as seen from the other side.
        outside: IpAddr,
    },
    /// A message is lost.
    Drop {
        /// Which message of the phase 1 exchange.
        message: MessageName,
        /// How many copies of it.
        times: Times,
    },
    /// Every copy of a message is held back.
    Delay {
        /// Which message of the phase 1 exchange.
        message: MessageName,
        /// How long.
        by: Duration,
    },
    /// More copies of a message arrive.
    Duplicate {
        /// Which message of the phase 1 exchange.
        message: MessageName,
        /// How many more.
        times: u32,
        /// How long after one another.
        after: Duration,
        /// The scenario called it a replay.
        replay: bool,
    },
    /// A bit of a message is flipped.
    Corrupt {
        /// Which message of the phase 1 exchange.
        message: MessageName,
        /// Byte of the ISAKMP message; `None`: the last.
        byte: Option<usize>,
        /// Bit, 0 to 7, 0 the lowest.
        bit: u8,
        /// How many copies.
        times: Times,
    },
    /// A message is cut short.
    Truncate {
        /// Which message of the phase 1 exchange.
        message: MessageName,
        /// Bytes of the ISAKMP message that are left; `None`: half.
        length: Option<usize>,
        /// How many copies.
        times: Times,
    },
    /// A peer's implementation is broken.
    Impair {
        /// Whose.
        at: Role,
        /// How.
        what: Impair,
        /// In which message; `None`: wherever it can act.
        message: Option<MessageName>,
    },
}

/// The policy attributes that `policy-mismatch` can change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MismatchAttribute {
    /// Another cipher.
    Encryption,
    /// The same cipher, another key length.
    KeyLength,
    /// Another hash.
    Hash,
    /// Another Diffie-Hellman group.
    Group,
    /// Another authentication method.
    Authentication,
    /// Another lifetime: comes up all the same.
    Lifetime,
}

/// How often a wire fault acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Times {
    /// The first so many copies.
    Count(u32),
    /// Every copy.
    All,
}

/// Which way a filter looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Direction {
    /// What the initiator sends.
    ToResponder,
    /// What the responder sends.
    ToInitiator,
    /// Both ways.
    Both,
}

/// A value that an operator fault changed. Keys are described, never shown.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Change {
    /// Whose configuration.
    pub at: Role,
    /// Which value, in the scenario file's words: `policy 10 encryption`.
    pub what: String,
    /// Before.
    pub before: String,
    /// After.
    pub after: String,
}

/// What lost or changed a datagram.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Blame {
    /// The fault at this position in the scenario's list.
    Fault(usize),
    /// `[network] loss`.
    RandomLoss,
    /// `[network] corrupt`.
    RandomCorruption,
    /// `[network] duplicate`.
    RandomDuplicate,
    /// `[network] reorder`.
    RandomReorder,
    /// Nobody has the destination address.
    NoHost,
}

impl Fault {
    /// The scenario file's `kind`.
    pub fn kind(&self) -> &'static str {
        match self {
            Fault::PskMismatch { .. } => "psk-mismatch",
            Fault::MissingTunnelGroup { .. } => "missing-tunnel-group",
            Fault::WrongTunnelGroupName { .. } => "wrong-tunnel-group-name",
            Fault::MissingPsk { .. } => "missing-psk",
            Fault::PolicyMismatch { .. } => "policy-mismatch",
            Fault::IkeDisabled { .. } => "ike-disabled",
            Fault::AggressiveModeDisabled => "aggressive-mode-disabled",
            Fault::NatTraversalDisabled { .. } => "nat-traversal-disabled",
            Fault::WrongPeerAddress => "wrong-peer-address",
            Fault::IdentityMismatch { .. } => "identity-mismatch",
            Fault::NoRoute { .. } => "no-route",
            Fault::PeerDown { .. } => "peer-down",
            Fault::BlockPort { .. } => "block-port",
            Fault::Nat { .. } => "nat",
            Fault::Drop { .. } => "drop",
            Fault::Delay { .. } => "delay",
            Fault::Duplicate { replay: false, .. } => "duplicate",
            Fault::Duplicate { replay: true, .. } => "replay",
            Fault::Corrupt { .. } => "corrupt",
            Fault::Truncate { .. } => "truncate",
            Fault::Impair { .. } => "impair",
        }
    }

    /// The peer it sits at, where it sits at one.
    pub fn at(&self) -> Option<Role> {
        match self {
            Fault::PskMismatch { at }
            | Fault::MissingTunnelGroup { at }
            | Fault::WrongTunnelGroupName { at }
            | Fault::MissingPsk { at }
            | Fault::PolicyMismatch { at, .. }
            | Fault::IkeDisabled { at }
            | Fault::NatTraversalDisabled { at }
            | Fault::IdentityMismatch { at }
            | Fault::NoRoute { at }
            | Fault::PeerDown { at, .. }
            | Fault::Nat { at, .. }
            | Fault::Impair { at, .. } => Some(*at),
            Fault::AggressiveModeDisabled => Some(Role::Responder),
            Fault::WrongPeerAddress => Some(Role::Initiator),
            _ => None,
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind())
    }
}
