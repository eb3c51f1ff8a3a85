//! Whom a device calls or answers.

use std::net::IpAddr;

use super::{Identity, Place, Policy, Sourced};
use crate::phase2::Phase2;
use crate::proposal::Takes;

/// Whom a connection is with.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Remote {
    /// One address.
    Address(IpAddr),
    /// Whoever calls: a dynamic map, `%any`.
    Anybody,
    /// An address that was masked by whoever passed the file on, or a name that only DNS knows.
    Unknown(String),
}

impl Remote {
    /// The address, where there is one.
    pub fn address(&self) -> Option<IpAddr> {
        if let Remote::Address(address) = self { Some(*address) } else { None }
    }
}

/// Something that calls a peer, or answers one: an entry of a crypto map, a protected tunnel, a `conn`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connection {
    /// `crypto map outside_map 10`, `Tunnel23`, `conn hq`.
    pub by: String,
    /// Whom.
    pub remote: Remote,
    /// The line that names it.
    pub at: Place,
    /// Its own address towards it; `None`: not in the file.
    pub local: Option<IpAddr>,
    /// It never calls.
    pub answers_only: bool,
    /// The line that makes it start with Aggressive Mode.
    pub aggressive: Option<Place>,
    /// Policies of its own; empty: the device's.
    pub policies: Vec<Policy>,
    /// What it takes as a responder; `None`: what it offers.
    pub takes: Option<Takes>,
    /// What it calls itself; `None`: as the device does.
    pub identity: Option<Sourced<Identity>>,
    /// The identities it takes; empty: any.
    pub expects: Vec<Sourced<Identity>>,
    /// Only keys of this keyring count, when it calls.
    pub keyring: Option<Sourced<String>>,
    /// NAT traversal is off for it.
    pub nat_off: Option<Place>,
    /// What only phase 2 decides.
    pub phase2: Phase2,
}

impl Connection {
    /// What its file calls the peer, where that is no address.
    pub(crate) fn peer_name(&self) -> Option<&str> {
        if let Remote::Unknown(name) = &self.remote { Some(name) } else { None }
    }
}
