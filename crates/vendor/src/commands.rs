//! What an operator does on a device; each vendor's file says it in the device's words.

pub(crate) mod phase2;

use std::net::IpAddr;

use ike::crypto::{Cipher, DhGroup, HashAlg};
use ike::{AclLine, GroupName, Identity, MapEntry, Policy, Selectors};

/// One thing to do, with the values at hand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// Enter the key for the peer.
    Key {
        /// The device's address.
        own: IpAddr,
        /// The peer's.
        peer: IpAddr,
        /// The entry that has the key.
        group: GroupName,
    },
    /// Make an entry for the peer, without its key.
    Entry {
        /// The device's address.
        own: IpAddr,
        /// The peer's.
        peer: IpAddr,
    },
    /// Add a policy.
    Policy {
        /// A number that is free.
        number: u16,
        /// What it wants.
        values: Policy,
    },
    /// Switch IKEv1 on.
    Enable {
        /// Where the device is reached.
        at: IpAddr,
    },
    /// Allow Aggressive Mode for the peer.
    AllowAggressive {
        /// The peer.
        peer: IpAddr,
    },
    /// Call this address.
    Call {
        /// The peer's.
        peer: IpAddr,
    },
    /// Send the identity that the other side insists on.
    SendIdentity {
        /// It; `None`: it is not known.
        wanted: Option<Identity>,
        /// The device's address.
        own: IpAddr,
    },
    /// Take any identity of the peer.
    TakeAnyIdentity {
        /// The peer.
        peer: IpAddr,
    },
    /// Look for the route.
    ShowRoute {
        /// Where to.
        to: IpAddr,
    },
    /// Let the peer's packets pass.
    Permit {
        /// The device's address.
        own: IpAddr,
        /// The peer's.
        peer: IpAddr,
        /// UDP.
        port: u16,
    },
    /// Capture the exchange.
    Capture {
        /// The device's address.
        own: IpAddr,
        /// The peer's.
        peer: IpAddr,
    },
    /// Have this line in the access list, or what stands for one.
    Traffic {
        /// It.
        line: AclLine,
        /// The peer.
        peer: IpAddr,
    },
    /// Have the transform sets and the mode of this entry.
    TransformSets(MapEntry),
    /// Compress, or do not, where a transform set does not say it.
    Compression(bool),
    /// Have PFS as this entry has it.
    Pfs(MapEntry),
    /// Have everything that an entry needs.
    CompleteEntry {
        /// The peer.
        peer: IpAddr,
    },
    /// Bind the map to its interface.
    BindMap,
    /// End what there is with the peer.
    Clear {
        /// The peer.
        peer: IpAddr,
    },
    /// Begin, as traffic would.
    Begin {
        /// What the first line of the access list protects; `None`: there is none.
        flow: Option<Selectors>,
    },
}

/// A policy in Cisco's words; `between` stands between a cipher and its key length.
pub(crate) fn cisco_policy(head: String, values: &Policy, between: &str) -> Vec<String> {
    let cipher = match values.encryption {
        // On both devices `aes` alone is 128 bits.
        Cipher::Aes128 => "aes".into(),
        cipher @ (Cipher::Des | Cipher::TripleDes | Cipher::Aes192 | Cipher::Aes256) => {
            cipher.name().replace('-', between)
        }
    };
    vec![
        head,
        format!(" authentication {}", values.authentication.name()),
        format!(" encryption {cipher}"),
        format!(" hash {}", values.hash.name()),
        format!(" group {}", values.group.number()),
        format!(" lifetime {}", values.lifetime),
    ]
}

/// `aes256-sha256-modp2048`; `sha2` begins the names of the SHA-2 family.
pub(crate) fn proposal(values: &Policy, sha2: &str) -> String {
    let hash = match values.hash {
        HashAlg::Md5 => "md5".into(),
        HashAlg::Sha1 => "sha1".into(),
        other @ (HashAlg::Sha256 | HashAlg::Sha384 | HashAlg::Sha512) => other.name().replace("sha", sha2),
    };
    format!("{}-{hash}-{}", values.encryption.name().replace('-', ""), daemon_group(values.group))
}

/// Both daemons have these names.
fn daemon_group(group: DhGroup) -> String {
    match group {
        DhGroup::Ecp256 => "ecp256".into(),
        DhGroup::Ecp384 => "ecp384".into(),
        DhGroup::Ecp521 => "ecp521".into(),
        DhGroup::X25519 => "curve25519".into(),
        modp @ (DhGroup::Modp768
        | DhGroup::Modp1024
        | DhGroup::Modp1536
        | DhGroup::Modp2048
        | DhGroup::Modp3072
        | DhGroup::Modp4096
        | DhGroup::Modp6144
        | DhGroup::Modp8192) => format!("modp{}", modp.public_len() * 8),
    }
}

/// The name that is sent where the other side insists on one.
pub(crate) fn identity(wanted: Option<&Identity>, own: IpAddr) -> String {
    match wanted {
        Some(Identity::Fqdn(name) | Identity::UserFqdn(name)) => name.clone(),
        Some(Identity::KeyId(_)) => "<name>".into(),
        Some(Identity::OwnAddress | Identity::Address(_)) => own.to_string(),
        None => "<identity>".into(),
    }
}

/// What the daemons leave to the system that they run on.
pub(crate) fn on_linux(act: &Act) -> Vec<String> {
    match act {
        Act::ShowRoute { to } => vec![format!("ip route get {to}")],
        // `insert`, for `add` would come behind a rule that drops.
        Act::Permit { peer, port, .. } => {
            let family = if peer.is_ipv6() { "ip6" } else { "ip" };
            vec![format!("nft insert rule inet filter input {family} saddr {peer} udp dport {port} accept")]
        }
        Act::Capture { peer, .. } => vec![format!("tcpdump -n host {peer} and udp port 500 or 4500")],
        Act::Key { .. }
        | Act::Entry { .. }
        | Act::Policy { .. }
        | Act::Enable { .. }
        | Act::AllowAggressive { .. }
        | Act::Call { .. }
        | Act::SendIdentity { .. }
        | Act::TakeAnyIdentity { .. }
        | Act::Traffic { .. }
        | Act::TransformSets(_)
        | Act::Compression(_)
        | Act::Pfs(_)
        | Act::CompleteEntry { .. }
        | Act::BindMap
        | Act::Clear { .. }
        | Act::Begin { .. } => Vec::new(),
    }
}
