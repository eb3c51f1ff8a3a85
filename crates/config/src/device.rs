//! What a configuration says, in the simulator's words.

use std::fmt;
use std::net::IpAddr;

/// Which commands a device speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Dialect {
    /// ASA 7 and later.
    Asa,
    /// IOS and IOS-XE.
    Ios,
}

impl Dialect {
    /// The simulator's profile.
    pub fn name(self) -> &'static str {
        match self {
            Dialect::Asa => "asa",
            Dialect::Ios => "ios",
        }
    }
}

/// A line of a file, from 1, as it may be shown: keys are replaced by their length.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Line number, from 1.
    pub line: usize,
    /// The line, without a key.
    pub text: String,
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
}

/// A key that may be shown by its length alone.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(pub(crate) String);

impl Secret {
    /// The key itself. Secret.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hidden(&self.0))
    }
}

/// What stands where a key stood.
pub(crate) fn hidden(key: &str) -> String {
    match key.chars().count() {
        1 => "<key, 1 character>".into(),
        n => format!("<key, {n} characters>"),
    }
}

/// Whether the key itself is in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Key {
    /// It is.
    Known(Secret),
    /// Masked with asterisks, or encrypted (type 6).
    Masked,
    /// There is a group for the peer, and no key in it.
    Missing,
}

/// Whose key it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyFor {
    /// One address.
    Address(IpAddr),
    /// An address that was masked by whoever passed the file on, or a name.
    Name(String),
    /// Anybody: the base group, a wildcard.
    Anybody,
}

/// A key, or a tunnel-group that should have one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyLine {
    /// Whose.
    pub peer: KeyFor,
    /// The key.
    pub key: Key,
    /// Where.
    pub at: Place,
    /// It holds for this own address alone (IOS keyring).
    pub local: Option<IpAddr>,
}

/// An interface with an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Interface {
    /// `GigabitEthernet0/0`.
    pub name: String,
    /// ASA: `outside`.
    pub nameif: Option<String>,
    /// `None`: by DHCP, or masked.
    pub address: Option<IpAddr>,
    /// Where the address stands.
    pub at: Option<Place>,
    /// The crypto map on it.
    pub map: Option<String>,
    /// Switched off.
    pub shutdown: bool,
    /// IOS: source and destination of a protected tunnel.
    pub tunnel: Tunnel,
}

/// A tunnel interface, as far as it is configured.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tunnel {
    /// An address, or an interface's name.
    pub source: Option<String>,
    /// The peer.
    pub destination: Option<(String, Place)>,
    /// `tunnel protection ipsec profile`.
    pub protected: bool,
}

/// Somebody this device calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Peer {
    /// As written; it may be masked.
    pub address: String,
    /// The line that names it.
    pub at: Place,
    /// Its own address towards it; `None`: not known.
    pub local: Option<IpAddr>,
    /// It starts with Aggressive Mode.
    pub aggressive: bool,
    /// What calls: `crypto map outside_map`, `Tunnel23`.
    pub by: String,
}

/// A line that matters and cannot be understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Where.
    pub at: Place,
    /// What is wrong, and what would be right.
    pub message: String,
}

/// A device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Device {
    /// The file it stands in.
    pub file: String,
    /// `hostname`; else none.
    pub hostname: Option<String>,
    /// What it speaks.
    pub dialect: Dialect,
    /// Interfaces with an address.
    pub interfaces: Vec<Interface>,
    /// By priority.
    pub policies: Vec<Policy>,
    /// In the order written.
    pub keys: Vec<KeyLine>,
    /// Whom it calls.
    pub peers: Vec<Peer>,
    /// A dynamic crypto map answers strangers.
    pub dynamic: bool,
    /// ASA: the interfaces on which IKEv1 is enabled, by `nameif`.
    pub enabled: Vec<(String, Place)>,
    /// Inbound Aggressive Mode is refused.
    pub aggressive_off: Option<Place>,
    /// NAT traversal is off.
    pub nat_off: Option<Place>,
    /// What it calls itself: `address`, `hostname`, `key-id NAME`.
    pub identity: Sourced<String>,
    /// Lines that matter and could not be read.
    pub problems: Vec<Problem>,
    /// Lines that do not matter to phase 1.
    pub skipped: usize,
}

impl Device {
    /// Its name, or where it stands.
    pub fn name(&self) -> String {
        let address = self.interfaces.iter().find(|i| i.map.is_some()).and_then(|i| i.address);
        match (&self.hostname, address) {
            (Some(name), _) => name.clone(),
            (None, Some(address)) => address.to_string(),
            _ => self.file.clone(),
        }
    }

    /// The interface that has this address.
    pub fn interface(&self, address: IpAddr) -> Option<&Interface> {
        self.interfaces.iter().find(|interface| interface.address == Some(address) && !interface.shutdown)
    }

    /// The key for a peer: its own address first, then anybody's; for IOS a keyring of this own address before
    /// one of any.
    pub fn key_for(&self, peer: IpAddr, local: IpAddr) -> Option<&KeyLine> {
        let fits = |line: &&KeyLine| line.local.is_none_or(|own| own == local);
        let own = |line: &&KeyLine| line.peer == KeyFor::Address(peer);
        let exact = || self.keys.iter().filter(fits).filter(own);
        let bound = exact().find(|line| line.local.is_some());
        bound
            .or_else(|| exact().next())
            .or_else(|| self.keys.iter().filter(fits).find(|line| line.peer == KeyFor::Anybody))
    }

    /// Whether IKEv1 runs on an interface.
    pub fn listens(&self, interface: &Interface) -> bool {
        match self.dialect {
            Dialect::Ios => true,
            Dialect::Asa => {
                self.enabled.iter().any(|(name, _)| interface.nameif.as_deref() == Some(name.as_str()))
            }
        }
    }
}
