//! Everything a run depends on, as values: two configured hosts, what lies between them, what goes wrong.

use std::net::IpAddr;
use std::time::Duration;

use ike::config::{AclEnd, Net};
use ike::crypto::{Cipher, DhGroup, HashAlg};
use ike::ipsec::{Encapsulation, EspCipher, Integrity, TransformSet};
use ike::keymat::PreSharedKey;
use ike::{
    AclLine, Authentication, Config, GroupName, Identity, Instant, MapEntry, Mode, Policy, Profile, Retry,
    Role, Sides, Subnet, TunnelGroup,
};

use crate::fault::{Change, Fault, PathFault};

/// A run before it starts: operator faults are applied already.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setup {
    /// The exchange that the initiator starts.
    pub mode: Mode,
    /// Every random byte follows from it; below 2^63.
    pub seed: u64,
    /// The run stops here; `None`: when nothing is pending.
    pub until: Option<Instant>,
    /// Each host's configuration.
    pub hosts: Sides<Config>,
    /// What lies between them.
    pub network: Network,
    /// In the order written. Operator faults and defects are in `hosts` already.
    pub faults: Vec<Fault>,
    /// What each operator fault changed: (position in `faults`, changes).
    pub edits: Vec<(usize, Vec<Change>)>,
}

/// Latency and random trouble of the path, both ways alike.
#[derive(Clone, Debug, PartialEq)]
pub struct Network {
    /// One way.
    pub latency: Duration,
    /// Uniform in +-jitter; a datagram never takes less than no time.
    pub jitter: Duration,
    /// Probability per datagram, 0 to 1.
    pub loss: f64,
    /// Probability of a second copy one latency later.
    pub duplicate: f64,
    /// Probability of being held for two more latencies.
    pub reorder: f64,
    /// Probability of one flipped bit.
    pub corrupt: f64,
}

// The probabilities are checked to be 0..=1, so never NaN.
impl Eq for Network {}

impl Default for Network {
    fn default() -> Network {
        Network {
            latency: Duration::from_millis(10),
            jitter: Duration::ZERO,
            loss: 0.0,
            duplicate: 0.0,
            reorder: 0.0,
            corrupt: 0.0,
        }
    }
}

/// Documentation's addresses of the two hosts (RFC 5737).
pub const ADDRESSES: Sides<IpAddr> = Sides::new(
    IpAddr::V4(std::net::Ipv4Addr::new(203, 0, 113, 1)),
    IpAddr::V4(std::net::Ipv4Addr::new(198, 51, 100, 1)),
);

/// The pre-shared key where none is written.
pub const DEFAULT_KEY: &str = "cisco123";

/// The policy where none is written.
pub const DEFAULT_POLICY: Policy = Policy {
    priority: 10,
    authentication: Authentication::PreShared,
    encryption: Cipher::Aes256,
    hash: HashAlg::Sha1,
    group: DhGroup::Modp2048,
    lifetime: 86_400,
};

/// A host that has every default value and a key for the peer.
pub fn default_host(address: IpAddr, peer: IpAddr) -> Config {
    Config {
        profile: vendor::profile::ASA,
        address,
        peer,
        mode: Mode::Main,
        confirm: true,
        ike_enabled: true,
        aggressive_mode: true,
        identity: Identity::OwnAddress,
        nat_traversal: true,
        policies: vec![DEFAULT_POLICY],
        tunnel_groups: vec![default_group(peer)],
        crypto_map: None,
        impairments: Vec::new(),
    }
}

/// The crypto map entry where none is written: a subnet behind the initiator, one behind the responder.
pub fn default_entry(profile: &Profile, role: Role, peer: IpAddr) -> MapEntry {
    let subnet = |third| Subnet::new(IpAddr::from([10, third, 0, 0]), 24);
    let [own, others] = if role == Role::Initiator { [1, 2] } else { [2, 1] };
    let end = |third| Some(AclEnd { net: Net::Subnet(subnet(third)?), port: 0 });
    let line = end(own).zip(end(others)).map(|(source, destination)| AclLine {
        permit: true,
        protocol: 0,
        source,
        destination,
    });
    MapEntry {
        sequence: 10,
        interface: true,
        peers: vec![peer],
        acl: line.into_iter().collect(),
        transform_sets: vec![DEFAULT_SET],
        compress: false,
        mode: Encapsulation::Tunnel,
        pfs: None,
        lifetime: default_child_lifetime(profile),
        // The default of ASA and IOS alike.
        kilobytes: 4_608_000,
        dynamic: false,
        retry: Retry::Vendor,
        attempts: 1,
    }
}

/// The transform set where none is written.
pub const DEFAULT_SET: TransformSet =
    TransformSet { esp: Some((EspCipher::Aes256, Some(Integrity::Sha1))), ah: None };

/// Seconds that a child lives where nothing is written: IOS has an hour, others eight.
pub fn default_child_lifetime(profile: &Profile) -> u32 {
    if profile.name == "ios" { 3600 } else { 28_800 }
}

/// The tunnel-group where none is written.
pub fn default_group(peer: IpAddr) -> TunnelGroup {
    TunnelGroup {
        name: GroupName::Address(peer),
        pre_shared_key: Some(PreSharedKey::new(DEFAULT_KEY.into())),
        peer_identity: None,
    }
}

impl Default for Setup {
    /// A Main Mode tunnel between two ASAs that comes up: the empty scenario file.
    fn default() -> Setup {
        Setup {
            mode: Mode::Main,
            seed: 1,
            until: None,
            hosts: Sides::from_fn(|role| default_host(ADDRESSES[role], ADDRESSES[role.other()])),
            network: Network::default(),
            faults: Vec::new(),
            edits: Vec::new(),
        }
    }
}

impl Setup {
    /// The same in another mode.
    #[must_use]
    pub fn in_mode(mut self, mode: Mode) -> Setup {
        self.mode = mode;
        self.hosts.initiator.mode = mode;
        self.hosts.responder.mode = mode;
        self
    }

    /// The address under which the other side knows this one: outside any NAT.
    pub fn outside_address(&self, role: Role) -> IpAddr {
        let nat = self.faults.iter().find_map(|fault| {
            let Fault::Path(PathFault::Nat { at, outside }) = fault else { return None };
            (*at == role).then_some(*outside)
        });
        nat.unwrap_or(self.hosts[role].address)
    }
}
