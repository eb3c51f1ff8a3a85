//! The faults a scenario can inject. Who is to blame decides where a fault lives: the operator's edit a
//! configuration, the path's are conditions of the link, the wire's are rules, and an implementation's
//! are the engine's own impairments.

mod change;
mod clear;
mod map;
mod wire;

use std::fmt;
use std::net::IpAddr;

use ike::{Impair, Instant, MapPart, MessageName, Role};

pub use change::{Change, Changed, Switch};
pub use clear::ClearFault;
pub use map::{MapValue, PfsHow, ProxyHow, TransformAttribute};
pub use wire::{Direction, Times, WireAct, WireFault, WireTarget};

/// A fault, by who is to blame. All durations and times are virtual.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Fault {
    /// Somebody configured it so: an edit of a host's configuration.
    Operator(OperatorFault),
    /// Somebody cleared SAs meanwhile.
    Clear(ClearFault),
    /// A condition of the path.
    Path(PathFault),
    /// Something done to a message on the wire.
    Wire(WireFault),
    /// A broken implementation.
    Peer(PeerFault),
}

/// An edit of one host's configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OperatorFault {
    /// Whose.
    pub at: Role,
    /// Which.
    pub edit: Edit,
}

/// What an operator can get wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Edit {
    /// The pre-shared key is another.
    PskMismatch,
    /// There is no tunnel-group for the peer.
    MissingTunnelGroup,
    /// The tunnel-group bears another name than the peer's address.
    WrongTunnelGroupName,
    /// The tunnel-group has no key.
    MissingPsk,
    /// One attribute of every policy has a value that the other side does not have.
    PolicyMismatch(MismatchAttribute),
    /// IKE is not enabled on the interface.
    IkeDisabled,
    /// A responder refuses Aggressive Mode.
    AggressiveModeDisabled,
    /// NAT traversal is off.
    NatTraversalDisabled,
    /// An initiator calls an address that nobody has.
    WrongPeerAddress,
    /// It insists on an identity that the other does not send.
    IdentityMismatch,
    /// A value of every transform set, or the mode, is another.
    TransformMismatch(TransformAttribute),
    /// PFS differs.
    PfsMismatch(PfsHow),
    /// The access list is no mirror of the other side's.
    ProxyMismatch(ProxyHow),
    /// The crypto map's entries lack a part.
    MapIncomplete(MapPart),
    /// The crypto map is bound to no interface.
    MapUnbound,
}

/// A condition of the path: it holds whatever is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PathFault {
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
    /// A UDP port is filtered.
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
}

/// A defect of a peer's implementation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PeerFault {
    /// Whose.
    pub at: Role,
    /// How it is broken.
    pub what: Impair,
    /// In which message; `None`: wherever it can act.
    pub message: Option<MessageName>,
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
    // A wrong address is written in a configuration, with or without a fault behind it.
    /// Nobody has the destination address.
    NoHost,
}

impl Fault {
    /// The scenario file's `kind`.
    pub fn kind(&self) -> &'static str {
        match self {
            Fault::Operator(operator) => operator.edit.kind(),
            Fault::Clear(_) => "clear-crypto",
            Fault::Path(path) => path.kind(),
            Fault::Wire(wire) => wire.act.kind(),
            Fault::Peer(_) => "impair",
        }
    }

    /// The peer it sits at, where it sits at one.
    pub fn at(&self) -> Option<Role> {
        match self {
            Fault::Operator(OperatorFault { at, .. })
            | Fault::Clear(ClearFault { at, .. })
            | Fault::Path(
                PathFault::NoRoute { at } | PathFault::PeerDown { at, .. } | PathFault::Nat { at, .. },
            )
            | Fault::Peer(PeerFault { at, .. }) => Some(*at),
            // A filter stands between the two, and a message's name tells who sends it.
            Fault::Path(PathFault::BlockPort { .. }) | Fault::Wire(_) => None,
        }
    }

    /// An operator's edit at a host.
    pub const fn operator(at: Role, edit: Edit) -> Fault {
        Fault::Operator(OperatorFault { at, edit })
    }

    /// An act on a message.
    pub const fn wire(message: MessageName, act: WireAct) -> Fault {
        Fault::Wire(WireFault { target: WireTarget::Message(message), act })
    }
}

impl Edit {
    /// The scenario file's `kind`.
    pub fn kind(self) -> &'static str {
        match self {
            Edit::PskMismatch => "psk-mismatch",
            Edit::MissingTunnelGroup => "missing-tunnel-group",
            Edit::WrongTunnelGroupName => "wrong-tunnel-group-name",
            Edit::MissingPsk => "missing-psk",
            Edit::PolicyMismatch(_) => "policy-mismatch",
            Edit::IkeDisabled => "ike-disabled",
            Edit::AggressiveModeDisabled => "aggressive-mode-disabled",
            Edit::NatTraversalDisabled => "nat-traversal-disabled",
            Edit::WrongPeerAddress => "wrong-peer-address",
            Edit::IdentityMismatch => "identity-mismatch",
            Edit::TransformMismatch(_) => "transform-mismatch",
            Edit::PfsMismatch(_) => "pfs-mismatch",
            Edit::ProxyMismatch(_) => "proxy-mismatch",
            Edit::MapIncomplete(_) => "crypto-map-incomplete",
            Edit::MapUnbound => "map-unbound",
        }
    }
}

impl PathFault {
    /// The scenario file's `kind`.
    pub fn kind(self) -> &'static str {
        match self {
            PathFault::NoRoute { .. } => "no-route",
            PathFault::PeerDown { .. } => "peer-down",
            PathFault::BlockPort { .. } => "block-port",
            PathFault::Nat { .. } => "nat",
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind())
    }
}
