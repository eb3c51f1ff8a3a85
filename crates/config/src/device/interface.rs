//! An interface, and the tunnel that it may be.

use std::collections::BTreeMap;
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
    /// Further ones: of IPv6 beside IPv4, of a standby group.
    pub more: Vec<(IpAddr, Place)>,
    /// Standby groups (HSRP): number, name, and the address that they share.
    pub standby: BTreeMap<String, Standby>,
    /// The VRF that it forwards in.
    pub vrf: Option<String>,
    /// The crypto map on it.
    pub map: Option<String>,
    /// The standby group on whose address the map is.
    pub redundancy: Option<String>,
    /// The line that switches it off.
    pub shutdown: Option<Place>,
    /// Source and destination of a protected tunnel.
    pub tunnel: Tunnel,
    /// The client of Easy VPN that calls from it.
    pub client: Option<String>,
    /// The access list that traffic to the device itself has to pass.
    pub filter: Option<Sourced<String>>,
}

impl Interface {
    /// Whether it has this address.
    pub fn has(&self, address: IpAddr) -> bool {
        self.address == Some(address) || self.more.iter().any(|(one, _)| *one == address)
    }

    /// Whether this is its `nameif`: an ASA compares them without regard to case [R].
    pub(crate) fn is_named(&self, name: &str) -> bool {
        self.nameif.as_ref().is_some_and(|own| own.eq_ignore_ascii_case(name))
    }

    /// All its addresses.
    pub fn addresses(&self) -> impl Iterator<Item = IpAddr> {
        self.address.into_iter().chain(self.more.iter().map(|(address, _)| *address))
    }

    /// The address from which it calls a peer: the shared one of its standby group, else one of the peer's family.
    pub(crate) fn towards(&self, peer: Option<IpAddr>) -> Option<IpAddr> {
        let group = self.redundancy.as_ref();
        let shared = group.and_then(|name| self.standby.values().find(|s| s.name.as_ref() == Some(name)));
        // A caller cannot send to an address of the other family.
        let alike = |own: &IpAddr| peer.is_none_or(|peer| peer.is_ipv4() == own.is_ipv4());
        // A map with redundancy calls from the shared address, so that the other router can take over.
        shared.and_then(|standby| standby.address).or_else(|| self.addresses().find(alike))
    }
}

/// Of addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// IPv4.
    Four,
    /// IPv6.
    Six,
}

/// A standby group.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standby {
    /// `standby 1 name HA`
    pub name: Option<String>,
    /// `standby 1 ip ADDRESS`
    pub address: Option<IpAddr>,
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
    /// It protects all packets of this family, and not GRE between its ends.
    pub any: Option<Family>,
    /// The line of its protection.
    pub protected: Option<Place>,
    /// It takes whoever calls: a multipoint tunnel, a template.
    pub open: bool,
    /// The peers that NHRP names, with their lines.
    pub hubs: Vec<(String, Place)>,
}
