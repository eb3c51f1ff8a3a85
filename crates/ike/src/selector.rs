//! Proxy identities: which packets a child protects, as configured and as carried in IDci and IDcr (RFC 2407
//! section 4.6.2).

use std::fmt;
use std::net::IpAddr;

use isakmp::{IdType, Identification};

/// Addresses with a common beginning. The bits behind the prefix are zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Subnet {
    address: IpAddr,
    prefix: u8,
}

impl Subnet {
    /// The subnet that this address is in; `None` for a prefix longer than the address.
    pub fn new(address: IpAddr, prefix: u8) -> Option<Subnet> {
        let bits = width(address);
        (prefix <= bits).then(|| Subnet { address: cut(address, prefix), prefix })
    }

    /// One address.
    pub fn host(address: IpAddr) -> Subnet {
        Subnet { address, prefix: width(address) }
    }

    /// The first address.
    pub fn address(self) -> IpAddr {
        self.address
    }

    /// Bits.
    pub fn prefix(self) -> u8 {
        self.prefix
    }

    /// The prefix as an address: `255.255.255.0`.
    pub fn mask(self) -> IpAddr {
        match self.address {
            IpAddr::V4(_) => IpAddr::from(mask4(self.prefix).to_be_bytes()),
            IpAddr::V6(_) => IpAddr::from(mask6(self.prefix).to_be_bytes()),
        }
    }

    /// It has one address alone.
    pub fn is_host(self) -> bool {
        self.prefix == width(self.address)
    }

    /// All of the other is in it.
    pub fn contains(self, other: Subnet) -> bool {
        let same_family = self.address.is_ipv4() == other.address.is_ipv4();
        same_family && self.prefix <= other.prefix && cut(other.address, self.prefix) == self.address
    }

    /// What is in both.
    fn common(self, other: Subnet) -> Option<Subnet> {
        // Two subnets are apart, or one is in the other.
        if self.contains(other) { Some(other) } else { other.contains(self).then_some(self) }
    }
}

fn width(address: IpAddr) -> u8 {
    if address.is_ipv4() { 32 } else { 128 }
}

fn cut(address: IpAddr, prefix: u8) -> IpAddr {
    match address {
        IpAddr::V4(v4) => IpAddr::from((v4.to_bits() & mask4(prefix)).to_be_bytes()),
        IpAddr::V6(v6) => IpAddr::from((v6.to_bits() & mask6(prefix)).to_be_bytes()),
    }
}

fn mask4(prefix: u8) -> u32 {
    u32::MAX.checked_shl(u32::from(32_u8.saturating_sub(prefix))).unwrap_or(0)
}

fn mask6(prefix: u8) -> u128 {
    u128::MAX.checked_shl(u32::from(128_u8.saturating_sub(prefix))).unwrap_or(0)
}

/// `10.1.0.0/24`, `203.0.113.1`
impl fmt::Display for Subnet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_host() {
            return self.address.fmt(f);
        }
        write!(f, "{}/{}", self.address, self.prefix)
    }
}

/// One end of a flow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Selector {
    /// Its addresses.
    pub subnet: Subnet,
    /// IP protocol; 0: any.
    pub protocol: u8,
    /// Port; 0: any.
    pub port: u16,
}

impl Selector {
    /// All of the other is in it.
    pub fn contains(&self, other: &Selector) -> bool {
        let any_or = |own: u16, others: u16| own == 0 || own == others;
        self.subnet.contains(other.subnet)
            && any_or(self.protocol.into(), other.protocol.into())
            && any_or(self.port, other.port)
    }

    /// What is in both.
    fn common(&self, other: &Selector) -> Option<Selector> {
        let narrower = |own: u16, others: u16| match (own, others) {
            (0, one) | (one, 0) => Some(one),
            (own, others) => (own == others).then_some(own),
        };
        Some(Selector {
            subnet: self.subnet.common(other.subnet)?,
            protocol: u8::try_from(narrower(self.protocol.into(), other.protocol.into())?).ok()?,
            port: narrower(self.port, other.port)?,
        })
    }

    /// The ID payload's value: a host as an address, anything else as a subnet.
    pub(crate) fn payload(&self) -> Identification {
        let Selector { subnet, protocol, port } = *self;
        let (id_type, data) = match (subnet.address, subnet.is_host()) {
            (IpAddr::V4(v4), true) => (IdType::IPV4_ADDR, v4.octets().to_vec()),
            (IpAddr::V6(v6), true) => (IdType::IPV6_ADDR, v6.octets().to_vec()),
            (IpAddr::V4(v4), false) => {
                let mask = mask4(subnet.prefix).to_be_bytes();
                (IdType::IPV4_ADDR_SUBNET, [v4.octets(), mask].concat())
            }
            (IpAddr::V6(v6), false) => {
                let mask = mask6(subnet.prefix).to_be_bytes();
                (IdType::IPV6_ADDR_SUBNET, [v6.octets(), mask].concat())
            }
        };
        Identification { id_type, protocol, port, data }
    }

    /// What an ID payload says; `None`: a range, a name, a mask with holes.
    pub(crate) fn from_payload(id: &Identification) -> Option<Selector> {
        let subnet = match (id.id_type, id.data.as_slice()) {
            (IdType::IPV4_ADDR, data) => Subnet::host(IpAddr::from(<[u8; 4]>::try_from(data).ok()?)),
            (IdType::IPV6_ADDR, data) => Subnet::host(IpAddr::from(<[u8; 16]>::try_from(data).ok()?)),
            (IdType::IPV4_ADDR_SUBNET, data) => {
                let (address, mask) = data.split_first_chunk::<4>()?;
                let mask = u32::from_be_bytes(mask.try_into().ok()?);
                let prefix = u8::try_from(mask.leading_ones()).ok()?;
                Subnet::new(IpAddr::from(*address), prefix).filter(|_| mask4(prefix) == mask)?
            }
            (IdType::IPV6_ADDR_SUBNET, data) => {
                let (address, mask) = data.split_first_chunk::<16>()?;
                let mask = u128::from_be_bytes(mask.try_into().ok()?);
                let prefix = u8::try_from(mask.leading_ones()).ok()?;
                Subnet::new(IpAddr::from(*address), prefix).filter(|_| mask6(prefix) == mask)?
            }
            _ => return None,
        };
        Some(Selector { subnet, protocol: id.protocol, port: id.port })
    }
}

/// `10.1.0.0/24`, `10.1.0.1:1701/udp`
impl fmt::Display for Selector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.subnet.fmt(f)?;
        if self.port > 0 {
            write!(f, ":{}", self.port)?;
        }
        if self.protocol > 0 {
            write!(f, "/{}", crate::config::protocol_name(self.protocol))?;
        }
        Ok(())
    }
}

/// A flow as one host sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Selectors {
    /// Behind this host.
    pub local: Selector,
    /// Behind the peer.
    pub remote: Selector,
}

impl Selectors {
    /// All of the other is in it.
    pub fn contains(&self, other: &Selectors) -> bool {
        self.local.contains(&other.local) && self.remote.contains(&other.remote)
    }

    /// What is in both.
    pub fn common(&self, other: &Selectors) -> Option<Selectors> {
        Some(Selectors {
            local: self.local.common(&other.local)?,
            remote: self.remote.common(&other.remote)?,
        })
    }
}

/// Both ends of the flow.
impl fmt::Display for Selectors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} <-> {}", self.local, self.remote)
    }
}
