//! What could have been otherwise; `report` has the words.

use std::net::IpAddr;

use ike::Role;
use sim::Fault;

/// What could have been otherwise in configurations, path or wire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Alternative {
    /// A tunnel-group for the peer.
    Group {
        /// Where.
        at: Role,
        /// The peer.
        peer: IpAddr,
    },
    /// A pre-shared key at this side.
    Key(Role),
    /// The same pre-shared key on both sides.
    SameKey,
    /// This value of the initiator in the responder's policies.
    Policy(PolicyPart),
    /// Pre-shared keys in the initiator's policies.
    PreShared,
    /// A part of the other side's crypto map entries.
    Entry {
        /// Where.
        at: Role,
        /// Which part.
        part: EntryPart,
    },
    /// IKE enabled at this side.
    Enabled(Role),
    /// Aggressive Mode allowed at the responder.
    AggressiveMode,
    /// Any identity taken by this side.
    AnyIdentity(Role),
    /// The initiator calls this address.
    Called(IpAddr),
    /// A fault is gone.
    Without {
        /// Its number, from 1.
        number: usize,
        /// It.
        fault: Fault,
    },
    /// A network that neither loses nor damages.
    QuietNetwork,
    /// More time.
    Time,
}

/// A value of a policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PolicyPart {
    /// Cipher and key length.
    Encryption,
    /// Hash.
    Hash,
    /// Diffie-Hellman group.
    Group,
    /// How the peers prove who they are.
    Authentication,
}

/// A part of a crypto map entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryPart {
    /// The access list, mirrored.
    AccessList,
    /// The transform sets.
    TransformSets,
    /// Tunnel or transport.
    Mode,
    /// `set pfs`.
    Pfs,
    /// The interface that the map is bound to.
    Interface,
    /// The peer, as it is on the other side.
    Peer,
}
