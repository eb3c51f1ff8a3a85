//! What an operator's fault changed in a configuration: the value before and after.

use std::net::IpAddr;

use ike::{GroupName, Identity, PolicyValue, Role};

use super::MapValue;

/// A value that an operator fault changed, before and after. Keys are measured, never shown.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Change {
    /// Whose configuration.
    pub at: Role,
    /// Which value.
    pub what: Changed,
}

/// A changed value.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Changed {
    /// On before, off now.
    Switched(Switch),
    /// Another key, or none: characters before and after.
    Key {
        /// The tunnel-group whose key it is.
        group: GroupName,
        /// Characters before.
        before: usize,
        /// Characters now; `None`: there is none.
        after: Option<usize>,
    },
    /// A tunnel-group is gone.
    GroupRemoved(GroupName),
    /// A tunnel-group bears another name.
    GroupRenamed {
        /// Before.
        before: GroupName,
        /// Now.
        after: GroupName,
    },
    /// A value of a policy.
    Policy {
        /// The policy's priority.
        priority: u16,
        /// Before.
        before: PolicyValue,
        /// Now.
        after: PolicyValue,
    },
    /// A value of a crypto map entry.
    Map {
        /// The entry's number.
        sequence: u16,
        /// Before.
        before: MapValue,
        /// Now.
        after: MapValue,
    },
    /// Whom the host calls.
    Peer {
        /// Before.
        before: IpAddr,
        /// Now.
        after: IpAddr,
    },
    /// The identity that a tunnel-group insists on.
    PeerIdentity {
        /// The group.
        group: GroupName,
        /// Before; `None`: any.
        before: Option<Identity>,
        /// Now.
        after: Identity,
    },
}

/// What an operator can switch off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Switch {
    /// IKE on the interface.
    Ike,
    /// Inbound Aggressive Mode.
    AggressiveMode,
    /// RFC 3947.
    NatTraversal,
}
