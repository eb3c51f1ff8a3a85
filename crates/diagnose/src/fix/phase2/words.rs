//! Access lists, transform sets and PFS as each device has them typed.

use ike::config::{AclEnd, Net, protocol_name};
use ike::crypto::DhGroup;
use ike::ipsec::{Encapsulation, EspCipher, Integrity, TransformSet};
use ike::{AclLine, Dialect, MapEntry, Role};
use sim::Setup;

use crate::compare::address_seen;

/// A line of an access list, or what stands for one.
pub(super) fn acl_line(setup: &Setup, role: Role, line: &AclLine) -> Vec<String> {
    let peer = address_seen(setup, role).to_string();
    let dialect = setup.hosts[role].profile.dialect;
    let action = if line.permit { "permit" } else { "deny" };
    let protocol = protocol_name(line.protocol);
    let [source, destination] = [&line.source, &line.destination].map(|one| end(dialect, one, &peer));
    match dialect {
        Dialect::Asa => {
            vec![format!("access-list VPN extended {action} {protocol} {source} {destination}")]
        }
        Dialect::Ios => vec![format!("access-list 101 {action} {protocol} {source} {destination}")],
        // Daemons have no list of what is not protected.
        Dialect::Strongswan if line.permit => {
            let part = |one: &AclEnd| match (line.protocol, one.port) {
                (0, _) => String::new(),
                (_, 0) => format!("[{protocol}]"),
                (_, port) => format!("[{protocol}/{port}]"),
            };
            let (local, remote) = (part(&line.source), part(&line.destination));
            vec![format!("local_ts = {source}{local}"), format!("remote_ts = {destination}{remote}")]
        }
        Dialect::Libreswan if line.permit => {
            let mut lines = vec![format!("leftsubnet={source}"), format!("rightsubnet={destination}")];
            if line.protocol > 0 {
                let part = |one: &AclEnd| {
                    if one.port > 0 { format!("{protocol}/{}", one.port) } else { protocol.clone() }
                };
                lines.push(format!("leftprotoport={}", part(&line.source)));
                lines.push(format!("rightprotoport={}", part(&line.destination)));
            }
            lines
        }
        Dialect::Strongswan | Dialect::Libreswan => Vec::new(),
        Dialect::Plain => vec![format!("{action} {protocol} from {source} to {destination}")],
    }
}

/// One end of a line. An ASA has masks, IOS has the bits of a mask turned over.
fn end(dialect: Dialect, one: &AclEnd, peer: &str) -> String {
    let cisco = matches!(dialect, Dialect::Asa | Dialect::Ios);
    let port = if cisco && one.port > 0 { format!(" eq {}", one.port) } else { String::new() };
    let host = |address: &str| if cisco { format!("host {address}") } else { address.to_owned() };
    let addresses = match one.net {
        Net::Own => host("<own address>"),
        Net::Peer => host(peer),
        Net::Subnet(subnet) if cisco && subnet.prefix() == 0 => "any".into(),
        Net::Subnet(subnet) if cisco && subnet.is_host() => host(&subnet.address().to_string()),
        // Lists of IPv6 have prefixes.
        Net::Subnet(subnet) if subnet.address().is_ipv6() => subnet.to_string(),
        Net::Subnet(subnet) if dialect == Dialect::Asa => format!("{} {}", subnet.address(), subnet.mask()),
        Net::Subnet(subnet) if dialect == Dialect::Ios => {
            format!("{} {}", subnet.address(), wildcard(subnet.mask()))
        }
        Net::Subnet(subnet) => subnet.to_string(),
    };
    addresses + &port
}

fn wildcard(mask: std::net::IpAddr) -> String {
    match mask {
        std::net::IpAddr::V4(mask) => std::net::Ipv4Addr::from_bits(!mask.to_bits()).to_string(),
        std::net::IpAddr::V6(mask) => mask.to_string(),
    }
}

/// The sets and the mode of an entry.
pub(super) fn transform_sets(dialect: Dialect, entry: &MapEntry) -> Vec<String> {
    let (sets, mode) = (&entry.transform_sets, entry.mode);
    let names: Vec<String> = (1..=sets.len()).map(|number| format!("T{number}")).collect();
    let names = names.join(" ");
    let numbered = || (1..).zip(sets);
    let lzs = if entry.compress { " comp-lzs" } else { "" };
    match dialect {
        Dialect::Asa => {
            let set = |(number, set): (usize, &TransformSet)| {
                let head = format!("crypto ipsec ikev1 transform-set T{number}");
                // Tunnel is what a set has unless it says otherwise.
                let no = if mode == Encapsulation::Tunnel { "no " } else { "" };
                [format!("{head} {}{lzs}", asa(*set)), format!("{no}{head} mode transport")]
            };
            let lines = numbered().flat_map(set);
            lines.chain([format!("crypto map MAP 10 set ikev1 transform-set {names}")]).collect()
        }
        Dialect::Ios => {
            let set = |(number, set): (usize, &TransformSet)| {
                [format!("crypto ipsec transform-set T{number} {}{lzs}", ios(*set)), format!(" mode {mode}")]
            };
            let map = ["crypto map MAP 10 ipsec-isakmp".into(), format!(" set transform-set {names}")];
            numbered().flat_map(set).chain(map).collect()
        }
        Dialect::Strongswan => {
            vec![proposals("{}_proposals = ", ", ", entry), format!("mode = {mode}")]
        }
        Dialect::Libreswan => vec![proposals("{}=", ",", entry), format!("type={mode}")],
        Dialect::Plain => sets.iter().map(|set| format!("phase 2 proposal: {set}, {mode} mode")).collect(),
    }
}

/// Compression where a transform set does not say it.
pub(super) fn compression(dialect: Dialect, on: bool) -> Option<String> {
    let word = if on { "yes" } else { "no" };
    match dialect {
        Dialect::Asa | Dialect::Ios => None,
        Dialect::Strongswan => Some(format!("ipcomp = {word}")),
        Dialect::Libreswan => Some(format!("compress={word}")),
        Dialect::Plain => Some(format!("compression (IPComp): {word}")),
    }
}

/// PFS as an entry has it.
pub(super) fn pfs(dialect: Dialect, entry: &MapEntry) -> Vec<String> {
    let number = entry.pfs.map(DhGroup::number);
    let cisco = match number {
        Some(number) => format!("set pfs group{number}"),
        None => "set pfs".into(),
    };
    let no = if number.is_some() { "" } else { "no " };
    match dialect {
        Dialect::Asa => vec![format!("{no}crypto map MAP 10 {cisco}")],
        Dialect::Ios => vec!["crypto map MAP 10 ipsec-isakmp".into(), format!(" {no}{cisco}")],
        // The group is the last word of a proposal.
        Dialect::Strongswan => vec![proposals("{}_proposals = ", ", ", entry)],
        Dialect::Libreswan if number.is_some() => {
            vec!["pfs=yes".into(), proposals("{}=", ",", entry)]
        }
        Dialect::Libreswan => vec!["pfs=no".into()],
        Dialect::Plain => vec![number.map_or("no PFS".into(), |number| format!("PFS with group {number}"))],
    }
}

fn asa(set: TransformSet) -> String {
    // Without a number AES has 128 bits.
    set.to_string().replace("esp-aes-128", "esp-aes")
}

fn ios(set: TransformSet) -> String {
    let text = set.to_string();
    let spaced = text.replace("esp-aes-", "esp-aes ").replace("esp-gcm-", "esp-gcm ");
    spaced.replace("esp-aes 128", "esp-aes").replace("esp-gcm 128", "esp-gcm")
}

/// `esp_proposals = aes256-sha1-modp2048`; `{}` in the key is `esp` or `ah`.
fn proposals(key: &str, between: &str, entry: &MapEntry) -> String {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compression_is_typed_as_each_device_has_it() {
        let mut entry = sim::setup::default_entry(
            ike::Profile::GENERIC,
            Role::Initiator,
            std::net::IpAddr::from([192, 0, 2, 2]),
        );
        entry.compress = true;
        assert!(transform_sets(Dialect::Asa, &entry)[0].ends_with(" comp-lzs"));
        assert!(transform_sets(Dialect::Ios, &entry)[0].ends_with(" comp-lzs"));
        assert_eq!(compression(Dialect::Strongswan, true).unwrap(), "ipcomp = yes");
        assert_eq!(compression(Dialect::Libreswan, false).unwrap(), "compress=no");
        entry.compress = false;
        assert!(!transform_sets(Dialect::Asa, &entry)[0].contains("comp-lzs"));
    }

    #[test]
    fn sets_are_typed_as_each_device_has_them() {
        let set = |words: &str| TransformSet::from_words(words).unwrap();
        assert_eq!(asa(set("esp-aes-128 esp-sha-hmac")), "esp-aes esp-sha-hmac");
        assert_eq!(ios(set("esp-aes-256 esp-sha256-hmac")), "esp-aes 256 esp-sha256-hmac");
        assert_eq!(daemon_set(set("esp-aes-256 esp-sha-hmac")), "aes256-sha1");
        assert_eq!(daemon_set(set("esp-gcm-128")), "aes128gcm16");
        assert_eq!(daemon_set(set("ah-md5-hmac")), "md5");
    }
}
