//! What an operator writes: addresses, policies, tunnel-groups, identities.

mod crypto_map;

use std::fmt;
use std::net::IpAddr;
use std::time::Duration;

use isakmp::{IdType, Identification};

use crate::auth::Authentication;
use crate::crypto::{Cipher, DhGroup, HashAlg};
use crate::impair::Impairment;
use crate::keymat::PreSharedKey;
use crate::profile::Profile;
use crate::state::Mode;

pub use crypto_map::{AclEnd, AclLine, MapEntry, MapPart, Net, Retry, protocol_name, protocol_number};

/// Everything one host is configured with. Plain data; nothing here is negotiated.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Config {
    /// How this vendor behaves where the RFCs leave a choice.
    pub profile: &'static Profile,
    /// The host's own address, inside any NAT.
    pub address: IpAddr,
    /// Whom it calls as initiator.
    pub peer: IpAddr,
    /// The exchange it starts as initiator. A responder answers either.
    pub mode: Mode,
    /// As Aggressive Mode responder: promise and send the fourth message (docs/architecture.md).
    pub confirm: bool,
    /// `crypto ikev1 enable outside`.
    pub ike_enabled: bool,
    /// Inbound Aggressive Mode is answered; false is `crypto ikev1 am-disable`.
    pub aggressive_mode: bool,
    /// What it calls itself in the ID payload.
    pub identity: Identity,
    /// RFC 3947 is offered and understood.
    pub nat_traversal: bool,
    /// Ordered by priority, best first.
    pub policies: Vec<Policy>,
    /// In the order written.
    pub tunnel_groups: Vec<TunnelGroup>,
    /// What it wants protected, in order of `sequence`; `None`: phase 1 alone.
    pub crypto_map: Option<Vec<MapEntry>>,
    /// What a broken implementation does.
    pub impairments: Vec<Impairment>,
}

/// One `crypto ikev1 policy`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Policy {
    /// 1 to 65535, lower is tried first.
    pub priority: u16,
    /// How the peers prove who they are.
    pub authentication: Authentication,
    /// Cipher and key length.
    pub encryption: Cipher,
    /// Hash and, as HMAC, the prf.
    pub hash: HashAlg,
    /// Diffie-Hellman group.
    pub group: DhGroup,
    /// Seconds, 1 or more.
    pub lifetime: u32,
}

/// An identity as configured and as carried in an ID payload (RFC 2407 section 4.6.2).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Identity {
    /// The host's own address, whatever it is.
    OwnAddress,
    /// A named address.
    Address(IpAddr),
    /// A host name.
    Fqdn(String),
    /// `user@host`.
    UserFqdn(String),
    /// Opaque bytes, on Cisco devices the group name.
    KeyId(Vec<u8>),
}

impl fmt::Display for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Identity::OwnAddress => f.write_str("address"),
            Identity::Address(address) => write!(f, "address {address}"),
            // Escaped: the name may be the peer's, and terminals obey control characters.
            Identity::Fqdn(name) => write!(f, "fqdn {}", name.escape_debug()),
            Identity::UserFqdn(name) => write!(f, "user_fqdn {}", name.escape_debug()),
            Identity::KeyId(bytes) => write!(f, "key_id {}", bytes.escape_ascii()),
        }
    }
}

/// One `tunnel-group`, or one `crypto isakmp key` on IOS.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TunnelGroup {
    /// Whom it is for.
    pub name: GroupName,
    /// `None`: the group exists, no key is configured.
    pub pre_shared_key: Option<PreSharedKey>,
    /// The identity it insists on; `None` takes any.
    pub peer_identity: Option<Identity>,
}

/// What a tunnel-group is found by.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum GroupName {
    /// The peer's address.
    Address(IpAddr),
    /// A name, matched against the identity in Aggressive Mode.
    Name(String),
    /// The base group (DefaultL2LGroup), used when nothing else fits.
    Default,
}

impl fmt::Display for GroupName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            GroupName::Address(address) => write!(f, "{address}"),
            GroupName::Name(name) => f.write_str(name),
            GroupName::Default => f.write_str("default"),
        }
    }
}

impl Config {
    /// The tunnel-group for a peer known by address alone: its address, then the base group.
    pub fn group_by_address(&self, peer: IpAddr) -> Option<&TunnelGroup> {
        // The group without a name comes last: it takes whom no other one takes.
        self.group(&GroupName::Address(peer)).or_else(|| self.group(&GroupName::Default))
    }

    /// The tunnel-group for a peer that named itself (Aggressive Mode): the identity as a name, then as above.
    pub fn group_by_identity(&self, identity: &Identity, peer: IpAddr) -> Option<&TunnelGroup> {
        let name = match identity {
            // By the text alone: groups know no types of identities.
            Identity::Fqdn(name) | Identity::UserFqdn(name) => Some(GroupName::Name(name.clone())),
            // Groups are named by text: other bytes fall back to the address.
            Identity::KeyId(bytes) => String::from_utf8(bytes.clone()).ok().map(GroupName::Name),
            Identity::Address(address) => Some(GroupName::Address(*address)),
            Identity::OwnAddress => None,
        };
        name.and_then(|name| self.group(&name)).or_else(|| self.group_by_address(peer))
    }

    fn group(&self, name: &GroupName) -> Option<&TunnelGroup> {
        self.tunnel_groups.iter().find(|group| group.name == *name)
    }

    /// The identity it sends, with its own address filled in.
    pub fn own_identity(&self) -> Identity {
        if self.identity == Identity::OwnAddress {
            Identity::Address(self.address)
        } else {
            self.identity.clone()
        }
    }
}

impl Policy {
    /// The lifetime as a duration.
    pub fn life(&self) -> Duration {
        Duration::from_secs(u64::from(self.lifetime))
    }
}

impl Identity {
    /// The ID payload's value. `id_port` is the protocol and port that address identities carry.
    pub(crate) fn payload(&self, id_port: (u8, u16)) -> Identification {
        let (id_type, data) = match self {
            // Not reached: own_identity puts the address in its place.
            Identity::OwnAddress => (IdType::IPV4_ADDR, Vec::new()),
            Identity::Address(IpAddr::V4(address)) => (IdType::IPV4_ADDR, address.octets().to_vec()),
            Identity::Address(IpAddr::V6(address)) => (IdType::IPV6_ADDR, address.octets().to_vec()),
            Identity::Fqdn(name) => (IdType::FQDN, name.clone().into_bytes()),
            Identity::UserFqdn(name) => (IdType::USER_FQDN, name.clone().into_bytes()),
            Identity::KeyId(bytes) => (IdType::KEY_ID, bytes.clone()),
        };
        // RFC 2407 4.6.2: in phase 1 both are 0, or UDP and 500.
        let (protocol, port) = id_port;
        Identification { id_type, protocol, port, data }
    }

    /// The identity in an ID payload; `None` for a type or content that no configuration can name.
    pub(crate) fn from_payload(id: &Identification) -> Option<Identity> {
        // A name that is no UTF-8 cannot be configured, so it could match nothing.
        let text = || String::from_utf8(id.data.clone()).ok();
        match id.id_type {
            IdType::IPV4_ADDR => {
                let octets: [u8; 4] = id.data.as_slice().try_into().ok()?;
                Some(Identity::Address(IpAddr::from(octets)))
            }
            IdType::IPV6_ADDR => {
                let octets: [u8; 16] = id.data.as_slice().try_into().ok()?;
                Some(Identity::Address(IpAddr::from(octets)))
            }
            IdType::FQDN => text().map(Identity::Fqdn),
            IdType::USER_FQDN => text().map(Identity::UserFqdn),
            IdType::KEY_ID => Some(Identity::KeyId(id.data.clone())),
            _ => None,
        }
    }
}
