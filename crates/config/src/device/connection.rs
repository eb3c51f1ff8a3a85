//! Whom a device calls or answers.

use std::fmt;
use std::net::IpAddr;

use super::{Identity, Place, Policy, Sourced};
use crate::phase2::Child;
use crate::proposal::Takes;

/// Whom a connection is with.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Remote {
    /// One address.
    Address(IpAddr),
    /// Whoever calls from these addresses, both ends included: a subnet, a range.
    Range(IpAddr, IpAddr),
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

    /// How well an address fits, smaller is better; `None`: not at all.
    pub fn distance(&self, address: IpAddr) -> Option<u128> {
        match self {
            Remote::Address(own) => (*own == address).then_some(0),
            Remote::Range(low, high) => {
                let within = low.is_ipv4() == address.is_ipv4() && (*low..=*high).contains(&address);
                // One more, so that a range of a single address comes behind the address itself.
                within.then(|| number(*high).saturating_sub(number(*low)).saturating_add(1))
            }
            Remote::Anybody => Some(u128::MAX),
            // A masked address fits nobody: whom it means is found in `pair`.
            Remote::Unknown(_) => None,
        }
    }

    /// Whether it takes callers whose address no line names.
    pub fn is_open(&self) -> bool {
        matches!(self, Remote::Anybody | Remote::Range(..))
    }
}

fn number(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => u32::from(address).into(),
        IpAddr::V6(address) => address.into(),
    }
}

impl fmt::Display for Remote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Remote::Address(address) => address.fmt(f),
            Remote::Range(low, high) => write!(f, "{low}-{high}"),
            Remote::Anybody => f.write_str("anybody"),
            Remote::Unknown(name) => f.write_str(name),
        }
    }
}

/// The versions of IKE that a connection has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Version {
    /// IKEv1 alone.
    One,
    /// IKEv2 alone.
    Two,
    /// It calls with IKEv2, and answers both.
    Both,
    /// It tries IKEv2 first, then IKEv1: an ASA.
    TwoThenOne,
}

/// Which side of XAUTH (draft-beaulieu-ike-xauth) a connection is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Xauth {
    /// It asks for name and password.
    Server,
    /// It answers with them.
    Client,
}

impl Xauth {
    /// What it does, in words.
    pub fn words(self) -> &'static str {
        match self {
            Xauth::Server => "asks for XAUTH",
            Xauth::Client => "wants to be asked for XAUTH",
        }
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
    /// The line by which it never calls, where one says so (ASA, `answer-only`; a dynamic map).
    pub waits: Option<Place>,
    /// The line by which it takes no child from a caller (ASA, `originate-only`; syslog 713195).
    pub calls_only: Option<Place>,
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
    /// Which IKE it speaks.
    pub version: Sourced<Version>,
    /// What it does after phase 1, where that is XAUTH.
    pub xauth: Option<Sourced<Xauth>>,
    /// The line of an entry that lacks what makes it call.
    pub incomplete: Option<Place>,
    /// The line of an entry whose crypto map is on no interface.
    pub unbound: Option<Place>,
    /// NAT traversal is off for it.
    pub nat_off: Option<Place>,
    /// What it does in phase 2.
    pub children: Vec<Child>,
}

impl Connection {
    /// What its file calls the peer, where that is no address.
    pub fn peer_name(&self) -> Option<&str> {
        if let Remote::Unknown(name) = &self.remote { Some(name) } else { None }
    }
}
