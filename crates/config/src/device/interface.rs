//! An interface, and the tunnel that it may be.

use std::net::IpAddr;

use super::{Place, Sourced};

/// An interface.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Interface {
    /// `GigabitEthernet0/0`.
    pub name: String,
    /// ASA: `outside`.
    pub nameif: Option<String>,
    /// `None`: by DHCP, masked, or not there.
    pub address: Option<IpAddr>,
    /// Where the address stands.
    pub at: Option<Place>,
    /// The crypto map on it.
    pub map: Option<String>,
    /// The line that switches it off.
    pub shutdown: Option<Place>,
    /// Source and destination of a protected tunnel.
    pub tunnel: Tunnel,
    /// The access list that traffic to the device itself has to pass.
    pub filter: Option<Sourced<String>>,
}

/// A tunnel interface, as far as it is configured.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tunnel {
    /// An address, or an interface's name.
    pub source: Option<String>,
    /// The peer.
    pub destination: Option<(String, Place)>,
    /// The ipsec profile that protects it.
    pub profile: Option<String>,
}
