//! Parts of access lists, transform sets and proposals that several devices have typed alike.

use std::net::IpAddr;

use ike::config::{AclEnd, Net, protocol_name};
use ike::ipsec::{EspCipher, Integrity, TransformSet};
use ike::{AclLine, MapEntry, Selectors, Subnet};

use super::daemon_group;

/// `permit udp`: what stands in front of the two ends of a line.
pub(crate) fn action(line: &AclLine) -> String {
    let action = if line.permit { "permit" } else { "deny" };
    format!("{action} {}", protocol_name(line.protocol))
}

/// The two ends of a line; an ASA has masks, IOS has the bits of a mask turned over.
pub(crate) fn cisco_ends(line: &AclLine, peer: &IpAddr, mask: fn(Subnet) -> String) -> String {
    let end = |one: &AclEnd| {
        let addresses = match one.net {
            Net::Own => "host <own address>".into(),
            Net::Peer => format!("host {peer}"),
            Net::Subnet(subnet) if subnet.prefix() == 0 => "any".into(),
            Net::Subnet(subnet) if subnet.is_host() => format!("host {}", subnet.address()),
            // Lists of IPv6 have prefixes.
            Net::Subnet(subnet) if subnet.address().is_ipv6() => subnet.to_string(),
            Net::Subnet(subnet) => format!("{} {}", subnet.address(), mask(subnet)),
        };
        let port = if one.port > 0 { format!(" eq {}", one.port) } else { String::new() };
        addresses + &port
    };
    [&line.source, &line.destination].map(end).join(" ")
}

/// The addresses of one end, where its port stands elsewhere.
pub(crate) fn addresses(one: &AclEnd, peer: &IpAddr) -> String {
    match one.net {
        Net::Own => "<own address>".into(),
        Net::Peer => peer.to_string(),
        Net::Subnet(subnet) => subnet.to_string(),
    }
}

/// `T1 T2`: a name for each set.
pub(crate) fn set_names(entry: &MapEntry) -> String {
    let names: Vec<String> = (1..=entry.transform_sets.len()).map(|number| format!("T{number}")).collect();
    names.join(" ")
}

/// Compression as a Cisco transform set says it.
pub(crate) fn cisco_compression(entry: &MapEntry) -> &'static str {
    if entry.compress { " comp-lzs" } else { "" }
}

/// `set pfs group14`
pub(crate) fn cisco_pfs(entry: &MapEntry) -> String {
    entry.pfs.map_or("set pfs".into(), |group| format!("set pfs group{}", group.number()))
}

/// `no ` in front of what an entry does not have.
pub(crate) fn cisco_no_pfs(entry: &MapEntry) -> &'static str {
    if entry.pfs.is_some() { "" } else { "no " }
}

/// What a flow goes from and to, for a command that makes such traffic.
pub(crate) fn traffic(flow: &Option<Selectors>) -> [String; 2] {
    match flow {
        Some(flow) => [flow.local, flow.remote].map(|one| one.subnet.to_string()),
        None => ["<inside>", "<far inside>"].map(str::to_owned),
    }
}

/// `esp_proposals = aes256-sha1-modp2048`; `{}` in the key is `esp` or `ah`.
pub(crate) fn proposals(key: &str, between: &str, entry: &MapEntry) -> String {
    let protocol = if entry.transform_sets.iter().all(|set| set.esp.is_none()) { "ah" } else { "esp" };
    let group = entry.pfs.map(|group| format!("-{}", daemon_group(group))).unwrap_or_default();
    let all: Vec<String> = entry.transform_sets.iter().map(|set| daemon_set(*set) + &group).collect();
    format!("{}{}", key.replace("{}", protocol), all.join(between))
}

fn daemon_set(set: TransformSet) -> String {
    let hmac = |hmac: Integrity| match hmac {
        Integrity::Sha1 => "sha1".to_owned(),
        other @ (Integrity::Md5 | Integrity::Sha256 | Integrity::Sha384 | Integrity::Sha512) => {
            other.name().to_owned()
        }
    };
    let Some((cipher, integrity)) = set.esp else {
        return set.ah.map(hmac).unwrap_or_default();
    };
    let cipher = match cipher {
        EspCipher::Gcm128 => "aes128gcm16".into(),
        EspCipher::Gcm192 => "aes192gcm16".into(),
        EspCipher::Gcm256 => "aes256gcm16".into(),
        other @ (EspCipher::Null
        | EspCipher::Des
        | EspCipher::TripleDes
        | EspCipher::Aes128
        | EspCipher::Aes192
        | EspCipher::Aes256) => other.name().replace('-', ""),
    };
    integrity.map_or(cipher.clone(), |integrity| format!("{cipher}-{}", hmac(integrity)))
}

#[cfg(test)]
mod tests {
    use ike::Retry;
    use ike::ipsec::Encapsulation;

    use super::*;
    use crate::{Act, Vendor};

    fn typed(vendor: Vendor, act: &Act) -> Vec<String> {
        vendor.about().commands.unwrap()(act)
    }

    /// An entry with this one set.
    fn entry(set: &str, compress: bool) -> MapEntry {
        MapEntry {
            sequence: 10,
            interface: true,
            peers: Vec::new(),
            acl: Vec::new(),
            transform_sets: vec![TransformSet::from_words(set).unwrap()],
            compress,
            mode: Encapsulation::Tunnel,
            pfs: None,
            lifetime: 3600,
            kilobytes: 0,
            dynamic: false,
            retry: Retry::Vendor,
            attempts: 1,
        }
    }

    #[test]
    fn compression_is_typed_as_each_device_has_it() {
        let first = |vendor, compress| {
            let entry = entry("esp-aes-256 esp-sha-hmac", compress);
            typed(vendor, &Act::TransformSets(entry)).remove(0)
        };
        for cisco in [Vendor::Asa, Vendor::Ios] {
            assert!(first(cisco, true).ends_with(" comp-lzs") && !first(cisco, false).contains("comp-lzs"));
            assert!(typed(cisco, &Act::Compression(true)).is_empty(), "the set says it");
        }
        assert_eq!(typed(Vendor::Strongswan, &Act::Compression(true)), ["ipcomp = yes"]);
        assert_eq!(typed(Vendor::Libreswan, &Act::Compression(false)), ["compress=no"]);
    }

    #[test]
    fn sets_are_typed_as_each_device_has_them() {
        let first = |vendor, set| typed(vendor, &Act::TransformSets(entry(set, false))).remove(0);
        let asa = first(Vendor::Asa, "esp-aes-128 esp-sha-hmac");
        assert!(asa.ends_with("T1 esp-aes esp-sha-hmac"), "{asa}");
        let ios = first(Vendor::Ios, "esp-aes-256 esp-sha256-hmac");
        assert!(ios.ends_with("T1 esp-aes 256 esp-sha256-hmac"), "{ios}");
        assert_eq!(first(Vendor::Strongswan, "ah-md5-hmac"), "ah_proposals = md5");
    }

    #[test]
    fn daemons_have_names_of_their_own() {
        let set = |words: &str| TransformSet::from_words(words).unwrap();
        assert_eq!(daemon_set(set("esp-aes-256 esp-sha-hmac")), "aes256-sha1");
        assert_eq!(daemon_set(set("esp-gcm-128")), "aes128gcm16");
        assert_eq!(daemon_set(set("ah-md5-hmac")), "md5");
    }
}
