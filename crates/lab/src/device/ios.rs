//! As `show running-config` prints it on an IOS router.

use std::fmt::Write;
use std::net::{IpAddr, Ipv4Addr};

use ike::crypto::Cipher;
use ike::ipsec::{Encapsulation, EspCipher};
use ike::{Config, GroupName, Identity, MapEntry, Policy, Role, TunnelGroup};

use super::lines::{key, names, rule, transforms};

pub(super) fn print(host: &Config, role: Role) -> String {
    let mut text = String::new();
    let (name, domain) = names(host, role.name());
    let _ = writeln!(text, "hostname {name}");
    if let Some(domain) = domain {
        let _ = writeln!(text, "ip domain name {domain}");
    }
    if !host.ike_enabled {
        text.push_str("no crypto isakmp enable\n");
    }
    host.policies.iter().for_each(|one| policy(&mut text, one));
    host.tunnel_groups.iter().for_each(|one| group(&mut text, one));
    let _ = match &host.identity {
        Identity::OwnAddress => writeln!(text, "crypto isakmp identity address"),
        Identity::Fqdn(_) => writeln!(text, "crypto isakmp identity hostname"),
        // A router has no such identity: it keeps the one it has.
        Identity::Address(_) | Identity::UserFqdn(_) | Identity::KeyId(_) => Ok(()),
    };
    if !host.aggressive_mode {
        text.push_str("crypto isakmp aggressive-mode disable\n");
    }
    if !host.nat_traversal {
        text.push_str("no crypto ipsec nat-transparency udp-encapsulation\n");
    }
    match &host.crypto_map {
        Some(entries) => entries.iter().for_each(|entry| map_entry(&mut text, host, entry)),
        None => {
            let _ = writeln!(text, "crypto map VPN 10 ipsec-isakmp\n set peer {}", host.peer);
        }
    }
    interface(&mut text, host);
    text
}

fn interface(text: &mut String, host: &Config) {
    let _ = match host.address {
        IpAddr::V4(address) => {
            writeln!(text, "interface GigabitEthernet0/0\n ip address {address} 255.255.255.0")
        }
        IpAddr::V6(address) => writeln!(text, "interface GigabitEthernet0/0\n ipv6 address {address}/64"),
    };
    if host.crypto_map.iter().flatten().all(|entry| entry.interface) {
        text.push_str(" crypto map VPN\n");
    }
}

fn policy(text: &mut String, policy: &Policy) {
    let encryption = match policy.encryption {
        Cipher::Aes128 => "aes",
        Cipher::Aes192 => "aes 192",
        Cipher::Aes256 => "aes 256",
        cipher @ (Cipher::Des | Cipher::TripleDes) => cipher.name(),
    };
    let Policy { priority, authentication, hash, group, lifetime, .. } = policy;
    let _ = writeln!(
        text,
        "crypto isakmp policy {priority}\n encryption {encryption}\n hash {}\n authentication {authentication}\n \
         group {}\n lifetime {lifetime}",
        hash.name(),
        group.number()
    );
}

fn group(text: &mut String, group: &TunnelGroup) {
    let whose = match &group.name {
        GroupName::Address(address) => format!("address {address}"),
        GroupName::Name(name) => format!("hostname {name}"),
        GroupName::Default => "address 0.0.0.0 0.0.0.0".into(),
    };
    // A router has no groups: without a key there is nothing to write.
    if let Some(shared) = &group.pre_shared_key {
        let _ = writeln!(text, "crypto isakmp key {} {whose}", key(shared));
    }
}

fn map_entry(text: &mut String, host: &Config, entry: &MapEntry) {
    let sequence = entry.sequence;
    let mut sets = Vec::new();
    for (n, set) in (1..).zip(&entry.transform_sets) {
        let name = format!("SET_{sequence}_{n}");
        let mode = if entry.mode == Encapsulation::Transport { "transport" } else { "tunnel" };
        let words = transforms(*set, cipher);
        let _ = writeln!(text, "crypto ipsec transform-set {name} {words}\n mode {mode}");
        sets.push(name);
    }
    if !entry.acl.is_empty() {
        let _ = writeln!(text, "ip access-list extended VPN_{sequence}");
        for line in &entry.acl {
            let _ = writeln!(text, " {}", rule(line, host, wildcard));
        }
    }
    let _ = writeln!(text, "crypto map VPN {sequence} ipsec-isakmp");
    for peer in &entry.peers {
        let _ = writeln!(text, " set peer {peer}");
    }
    let _ = writeln!(text, " set security-association lifetime seconds {}", entry.lifetime);
    if !sets.is_empty() {
        let _ = writeln!(text, " set transform-set {}", sets.join(" "));
    }
    if let Some(group) = entry.pfs {
        let _ = writeln!(text, " set pfs group{}", group.number());
    }
    if !entry.acl.is_empty() {
        let _ = writeln!(text, " match address VPN_{sequence}");
    }
}

/// IOS writes ones where an address may differ.
fn wildcard(mask: IpAddr) -> IpAddr {
    match mask {
        IpAddr::V4(mask) => IpAddr::V4(Ipv4Addr::from(!u32::from(mask))),
        v6 @ IpAddr::V6(_) => v6,
    }
}

/// The key's length is a word of its own.
fn cipher(cipher: EspCipher) -> String {
    match cipher {
        EspCipher::Aes128 => "esp-aes".into(),
        EspCipher::Aes192 => "esp-aes 192".into(),
        EspCipher::Aes256 => "esp-aes 256".into(),
        EspCipher::Gcm128 => "esp-gcm 128".into(),
        EspCipher::Gcm192 => "esp-gcm 192".into(),
        EspCipher::Gcm256 => "esp-gcm 256".into(),
        EspCipher::Null | EspCipher::Des | EspCipher::TripleDes => cipher.word().into(),
    }
}
