//! What a configuration says, in the simulator's words, each value with the line behind it.

mod connection;
mod interface;

use std::net::IpAddr;
use std::sync::Arc;

use ike::PolicyAttribute;

use crate::Format;
use crate::filter::{AccessList, Packet};
use crate::index::Indexed;
use crate::keys::{KeyLine, in_net};
use crate::phase2::Child;
use crate::subject::Subject;

pub use connection::{Connection, Remote, Version, Xauth};
pub use interface::{Family, Interface, Standby, Tunnel};

/// Which commands a device speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Dialect {
    /// ASA 7 and later.
    Asa,
    /// IOS and IOS-XE.
    Ios,
    /// strongSwan: `swanctl.conf`, or `ipsec.conf` and `ipsec.secrets`.
    Strongswan,
    /// libreswan: `ipsec.conf` and `ipsec.secrets`.
    Libreswan,
}

impl Dialect {
    /// The simulator's profile.
    pub fn profile(self) -> &'static str {
        match self {
            Dialect::Asa => "asa",
            Dialect::Ios => "ios",
            Dialect::Strongswan => "strongswan",
            Dialect::Libreswan => "libreswan",
        }
    }

    /// ASA or IOS.
    pub fn is_cisco(self) -> bool {
        matches!(self, Dialect::Asa | Dialect::Ios)
    }
}

/// A line of a file, as it may be shown: keys are replaced by their length.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The file, as the user named it.
    pub file: Arc<str>,
    /// Line number, from 1.
    pub line: usize,
    /// The line, without a key. Shared: many values may stand in one line.
    pub text: Arc<str>,
}

/// A value and the line it comes from; `None`: the device's default.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sourced<T> {
    /// The value.
    pub value: T,
    /// Where it stands.
    pub at: Option<Place>,
}

impl<T> Sourced<T> {
    pub(crate) fn default_of(value: T) -> Sourced<T> {
        Sourced { value, at: None }
    }

    pub(crate) fn new(value: T, at: Place) -> Sourced<T> {
        Sourced { value, at: Some(at) }
    }
}

/// A phase 1 policy; the values are words of scenario files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// Lower is tried first.
    pub priority: Sourced<u16>,
    /// `pre-share`, `rsa-sig`.
    pub authentication: Sourced<String>,
    /// `aes-256`.
    pub encryption: Sourced<String>,
    /// `sha`.
    pub hash: Sourced<String>,
    /// Diffie-Hellman group.
    pub group: Sourced<u16>,
    /// Seconds.
    pub lifetime: Sourced<u32>,
    /// Where the values come from that no line says.
    pub defaults: &'static str,
    /// Values that a line has and that could not be read: the value here is what it would be without that line.
    pub unread: Vec<PolicyAttribute>,
}

/// What a peer calls itself, or has to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Identity {
    /// Its own address.
    OwnAddress,
    /// A named address.
    Address(IpAddr),
    /// A host name.
    Fqdn(String),
    /// `user@host`.
    UserFqdn(String),
    /// Any address of a network, by its leading bits: only what is taken.
    Net(IpAddr, u8),
    /// Any host name below this domain: only what is taken.
    Domain(String),
    /// Opaque: on Cisco devices a group's name.
    KeyId(String),
}

impl Identity {
    /// Whether it stands for another one: equal, names without regard to case; `address` is the other one's own.
    pub fn takes(&self, sent: &Identity, address: IpAddr) -> bool {
        match (self.clone().of(address), sent) {
            (Identity::Fqdn(one), Identity::Fqdn(other))
            | (Identity::UserFqdn(one), Identity::UserFqdn(other)) => one.eq_ignore_ascii_case(other),
            (Identity::Net(net, bits), Identity::Address(other)) => in_net(*other, net, bits),
            // A domain takes hosts below it, and not names that merely end in the same letters.
            (Identity::Domain(domain), Identity::Fqdn(name)) => {
                let (name, domain) = (name.to_ascii_lowercase(), domain.to_ascii_lowercase());
                name.strip_suffix(&domain).is_some_and(|host| host.ends_with('.'))
            }
            (one, other) => one == *other,
        }
    }

    /// With the address of the one whose identity it is, where it is called after that.
    #[must_use]
    pub fn of(self, address: IpAddr) -> Identity {
        if self == Identity::OwnAddress { Identity::Address(address) } else { self }
    }
}

/// A line that matters and cannot be understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// What it would decide; `None`: anything.
    pub about: Option<Subject>,
    /// Where.
    pub at: Place,
    /// The part of the line that is meant; empty: all of it.
    pub part: String,
    /// What is wrong.
    pub message: String,
    /// What would be right.
    pub allowed: String,
}

/// A device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Device {
    /// The file it stands in.
    pub file: Arc<str>,
    /// `hostname`; else none.
    pub hostname: Option<String>,
    /// What it speaks.
    pub dialect: Dialect,
    /// How its file is written.
    pub format: Format,
    /// As the file says it: `9.2(2)4`.
    pub version: Option<String>,
    /// All of them.
    pub interfaces: Vec<Interface>,
    /// By priority.
    pub policies: Vec<Policy>,
    /// In the order written.
    pub keys: Vec<KeyLine>,
    /// Whom it calls, and whom it answers.
    pub connections: Vec<Connection>,
    /// ASA: the interfaces on which IKEv1 is enabled, by `nameif`.
    pub enabled: Vec<(String, Place)>,
    /// The line that switches IKE off altogether.
    pub ike_off: Option<Place>,
    /// The line that refuses inbound Aggressive Mode.
    pub aggressive_off: Option<Place>,
    /// The line that switches NAT traversal off.
    pub nat_off: Option<Place>,
    /// What it calls itself.
    pub identity: Sourced<Identity>,
    /// Access lists that some interface applies to traffic to the device itself, by name.
    pub filters: Vec<(String, AccessList)>,
    /// Entries of crypto maps that name no peer: the map's own address, and the entry.
    pub peerless: Vec<(Option<IpAddr>, Child)>,
    /// Networks that it has on an interface or routes by a line: address and leading bits.
    pub routes: Vec<(IpAddr, u8)>,
    /// It may have routes that no line names.
    pub learns_routes: bool,
    /// A line of a crypto map that is on no interface.
    pub loose: Option<Place>,
    /// The domain of its host name.
    pub domain: Option<String>,
    /// Lines that matter and could not be read.
    pub problems: Vec<Problem>,
    /// Lines that do not matter to phase 1.
    pub skipped: usize,
    /// Where a file does not say which side of its connections is this device (`left` and `right`, both addresses): the
    /// same device, if it is the other one.
    pub turned: Option<Box<Device>>,
    pub(crate) index: Indexed,
}

impl Device {
    pub(crate) fn new(file: &str, dialect: Dialect, format: Format) -> Device {
        Device {
            file: file.into(),
            hostname: None,
            dialect,
            format,
            version: None,
            interfaces: Vec::new(),
            policies: Vec::new(),
            keys: Vec::new(),
            connections: Vec::new(),
            enabled: Vec::new(),
            ike_off: None,
            aggressive_off: None,
            nat_off: None,
            identity: Sourced::default_of(Identity::OwnAddress),
            filters: Vec::new(),
            peerless: Vec::new(),
            routes: Vec::new(),
            learns_routes: false,
            loose: None,
            domain: None,
            problems: Vec::new(),
            skipped: 0,
            turned: None,
            index: Indexed::default(),
        }
    }

    /// Its hostname; else the address that it calls from, else its file without folders.
    pub fn name(&self) -> String {
        // The address at least tells two unnamed devices of one file apart.
        let address = self.connections.iter().find_map(|connection| connection.local);
        match (&self.hostname, address) {
            (Some(name), _) => name.clone(),
            (None, Some(address)) => address.to_string(),
            _ => self.file.rsplit(['/', '\\']).next().unwrap_or_default().to_owned(),
        }
    }

    /// Whether there is anything about IKE in it. A line that a device would refuse is something: its writer looks for it.
    pub fn is_empty(&self) -> bool {
        self.policies.is_empty()
            && self.keys.is_empty()
            && self.connections.is_empty()
            && self.problems.is_empty()
    }

    /// The interface that has this address.
    pub fn interface(&self, address: IpAddr) -> Option<&Interface> {
        self.index.get(self).interface(&self.interfaces, address)
    }

    /// Whether this address is its own.
    pub fn has(&self, address: IpAddr) -> bool {
        self.interface(address).is_some() || self.index.get(self).is_from(address)
    }

    /// Whether IKEv1 runs on the interface that has this address.
    pub fn listens(&self, address: IpAddr) -> bool {
        match (self.dialect, self.interface(address)) {
            // An ASA enables IKE by interface; every other device listens everywhere unless a line says no.
            (Dialect::Asa, Some(interface)) => self.enabled.iter().any(|(name, _)| interface.is_named(name)),
            _ => self.ike_off.is_none(),
        }
    }

    /// The line of the access list that stops a packet on its way to an address of this device.
    pub fn stops(&self, packet: &Packet) -> Option<Place> {
        let name = self.interface(packet.to)?.filter.as_ref()?;
        let (_, list) = self.filters.iter().find(|(known, _)| *known == name.value)?;
        list.denies(packet, name.at.as_ref())
    }
}
