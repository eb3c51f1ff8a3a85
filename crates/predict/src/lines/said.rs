//! What the two sides say of one thing, as values.

use std::net::IpAddr;

use config::{Identity, Place};
use ike::AclLine;

/// One thing that does not fit: what each side has for it, the initiator first.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Blamed {
    /// What it is.
    pub what: Matter,
    /// The line, or what stands for it where no line says it.
    pub sides: [Said; 2],
}

/// What one side says.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Said {
    /// In this line.
    Line(Place),
    /// In no line.
    NoLine(Unsaid),
}

impl Said {
    pub(crate) fn of(at: Option<&Place>, otherwise: Unsaid) -> Said {
        at.map_or(Said::NoLine(otherwise), |at| Said::Line(at.clone()))
    }
}

/// What can differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Matter {
    /// The pre-shared key.
    Key,
    /// Whether IKE is on.
    Ike,
    /// Its version.
    Version,
    /// Aggressive Mode.
    Aggressive,
    /// Whether UDP 500 passes.
    Port500,
    /// The address that is called.
    Address,
    /// The interface.
    Interface,
    /// The identity.
    Identity,
    /// Whether a user is asked for.
    Xauth,
    /// The connection as a whole.
    Connection,
    /// Whether it calls or only answers.
    ConnectionType,
    /// The policy as a whole.
    Policy,
    /// The cipher of phase 1.
    Encryption,
    /// The hash of phase 1.
    Hash,
    /// The Diffie-Hellman group of phase 1.
    Group,
    /// The authentication method.
    Authentication,
    /// The transform sets.
    TransformSet,
    /// Tunnel or transport.
    Mode,
    /// Perfect forward secrecy.
    Secrecy,
    /// The crypto access list.
    AccessList,
    /// The crypto map's entry.
    Entry,
    /// The crypto map on the interface.
    Binding,
}

/// What follows where no line says it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unsaid {
    /// Nothing: a line always says it on this side.
    Nothing,
    /// It calls in Main Mode.
    MainMode,
    /// Aggressive Mode is taken.
    AggressiveTaken,
    /// UDP 500 passes.
    Passes,
    /// Whom it calls, and what it is itself.
    Is {
        /// Its address.
        address: IpAddr,
        /// The address that it calls, where that matters.
        calls: Option<IpAddr>,
    },
    /// No key for this address.
    NoKey(IpAddr),
    /// IKE, which runs by itself or which no line enables, on the interface of this name.
    Ike {
        /// It runs.
        runs: bool,
        /// As its line has it; `None`: the interface has no name.
        interface: Option<String>,
    },
    /// The interface is up.
    Up,
    /// It sends this identity.
    Sends(Identity),
    /// It takes this identity.
    Takes(Identity),
    /// No policy at all.
    NoPolicy,
    /// The device's own policies.
    OwnPolicies,
    /// The value of a policy that no line has.
    Default {
        /// Of what.
        of: Matter,
        /// As scenario files have it.
        value: String,
        /// Where it comes from.
        from: &'static str,
    },
    /// It speaks IKEv1.
    Version1,
    /// XAUTH is not asked for.
    NoXauth,
    /// It only answers too.
    WaitsToo,
    /// Nobody calls it.
    NotCalled,
    /// Neither crypto map nor tunnel protection on the interface.
    NothingBound,
    /// No connection for this address.
    NoConnection(IpAddr),
    /// These transform sets; none: it has none.
    Sets(Vec<String>),
    /// Tunnel mode.
    Tunnel,
    /// PFS, with the group of phase 1, or none.
    Secrecy(bool),
    /// This traffic.
    Traffic(AclLine),
    /// No line for this traffic.
    NoTraffic(AclLine),
    /// The entry of this name lacks this, in the device's word.
    Lacks(String, &'static str),
    /// No entry for this address.
    NoEntry(IpAddr),
}
