//! Values as each device writes them.

use std::net::{IpAddr, Ipv4Addr};

use config::{Dialect, Identity, Policy};
use ike::Subnet;
use ike::config::{AclEnd, Net};

use crate::pair::SessionEnd;

/// A cipher with its length apart, as IOS has it: `aes 256`, `esp-aes 256 esp-sha-hmac`.
pub(super) fn spaced(words: &str) -> String {
    ["128", "192", "256"].into_iter().fold(words.to_owned(), |words, bits| {
        ["aes", "gcm"].into_iter().fold(words, |words, cipher| {
            words.replace(&format!("{cipher}-{bits}"), &format!("{cipher} {bits}"))
        })
    })
}

/// A policy's lines.
pub(super) fn policy(dialect: Dialect, number: u16, policy: &Policy) -> Vec<String> {
    let cipher = &policy.encryption.value;
    let (head, cipher) = match dialect {
        Dialect::Ios => (format!("crypto isakmp policy {number}"), spaced(cipher)),
        // `aes` alone is 128 bits.
        Dialect::Asa | Dialect::Strongswan | Dialect::Libreswan => {
            (format!("crypto ikev1 policy {number}"), cipher.replace("aes-128", "aes"))
        }
    };
    vec![
        head,
        format!(" authentication {}", policy.authentication.value),
        format!(" encryption {cipher}"),
        format!(" hash {}", policy.hash.value),
        format!(" group {}", policy.group.value),
        format!(" lifetime {}", policy.lifetime.value),
    ]
}

/// `aes256-sha256-modp2048`, `aes256-sha2_256-modp2048`
pub(super) fn proposal(dialect: Dialect, policy: &Policy) -> String {
    let group = group(policy.group.value);
    format!("{}-{}-{group}", cipher(&policy.encryption.value), hash(dialect, &policy.hash.value))
}

fn cipher(name: &str) -> String {
    name.replace('-', "")
}

fn hash(dialect: Dialect, name: &str) -> String {
    match name {
        "sha" => "sha1".into(),
        name if dialect == Dialect::Libreswan => name.replace("sha", "sha2_"),
        name => name.into(),
    }
}

/// `modp2048`
pub(super) fn group(number: u16) -> String {
    let bits = match number {
        1 => 768,
        2 => 1024,
        5 => 1536,
        14 => 2048,
        15 => 3072,
        16 => 4096,
        17 => 6144,
        18 => 8192,
        19 => return "ecp256".into(),
        20 => return "ecp384".into(),
        21 => return "ecp521".into(),
        31 => return "curve25519".into(),
        other => return format!("dh{other}"),
    };
    format!("modp{bits}")
}

/// A transform set as a daemon's ESP proposal: `aes256-sha1`. `None`: AH has other lines.
pub(super) fn esp(dialect: Dialect, set: &str) -> Option<String> {
    let mut parts = Vec::new();
    for word in set.split(' ') {
        let name = word.strip_prefix("esp-")?;
        parts.push(match (name.strip_suffix("-hmac"), name.strip_prefix("gcm-")) {
            (Some(name), _) => hash(dialect, name),
            (None, Some(bits)) if dialect == Dialect::Libreswan => format!("aes_gcm{bits}"),
            (None, Some(bits)) => format!("aes{bits}gcm16"),
            (None, None) => cipher(name),
        });
    }
    Some(parts.join("-"))
}

/// Addresses with netmasks (ASA), wildcards (IOS), prefixes.
pub(super) fn net(one: AclEnd, end: &SessionEnd<'_>) -> String {
    let subnet = match one.net {
        Net::Own => Subnet::host(end.address),
        Net::Peer => Subnet::host(end.peer),
        Net::Subnet(subnet) => subnet,
    };
    let cisco = end.device.dialect.is_cisco();
    let written = match (subnet.address(), subnet.mask()) {
        (address, _) if cisco && subnet.is_host() => format!("host {address}"),
        (IpAddr::V4(address), IpAddr::V4(mask)) if cisco => {
            // The same four numbers mean the opposite on the two.
            let mask = if end.device.dialect == Dialect::Ios { !mask.to_bits() } else { mask.to_bits() };
            format!("{address} {}", Ipv4Addr::from(mask))
        }
        (address, _) => format!("{address}/{}", subnet.prefix()),
    };
    match (one.port, cisco) {
        (0, _) => written,
        (port, true) => format!("{written} eq {port}"),
        (port, false) => format!("{written}[/{port}]"),
    }
}

/// An identity as daemons write it.
pub(super) fn identity(identity: &Identity) -> Option<String> {
    match identity {
        Identity::Address(address) => Some(address.to_string()),
        Identity::Fqdn(name) if !name.is_empty() => Some(format!("@{name}")),
        Identity::UserFqdn(name) => Some(name.clone()),
        Identity::KeyId(name) => {
            Some(name.bytes().fold("@#".into(), |hex, byte| hex + &format!("{byte:02x}")))
        }
        Identity::OwnAddress | Identity::Fqdn(_) | Identity::Net(..) | Identity::Domain(_) => None,
    }
}
