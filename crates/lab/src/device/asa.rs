//! As `more system:running-config` prints it on an ASA: with the keys.

use std::fmt::Write;

use ike::crypto::Cipher;
use ike::ipsec::{Encapsulation, EspCipher};
use ike::{Config, GroupName, Identity, MapEntry, Mode, Policy, Role, TunnelGroup};

use super::lines::{key, names, rule, transforms};

pub(super) fn print(host: &Config, role: Role) -> String {
    let mut text = String::new();
    let (name, domain) = names(host, role.name());
    let _ = writeln!(text, "hostname {name}");
    if let Some(domain) = domain {
        let _ = writeln!(text, "domain-name {domain}");
    }
    text.push_str("interface GigabitEthernet0/0\n nameif outside\n security-level 0\n");
    let _ = match host.address {
        std::net::IpAddr::V4(address) => writeln!(text, " ip address {address} 255.255.255.0"),
        std::net::IpAddr::V6(address) => writeln!(text, " ipv6 address {address}/64"),
    };
    match &host.crypto_map {
        Some(entries) => entries.iter().for_each(|entry| map_entry(&mut text, host, entry)),
        None => {
            let _ = writeln!(text, "crypto map outside_map 10 set peer {}", host.peer);
        }
    }
    if role == Role::Initiator && host.mode == Mode::Aggressive {
        text.push_str("crypto map outside_map 10 set ikev1 phase1-mode aggressive\n");
    }
    if host.crypto_map.iter().flatten().all(|entry| entry.interface) {
        text.push_str("crypto map outside_map interface outside\n");
    }
    identity(&mut text, host);
    if host.ike_enabled {
        text.push_str("crypto ikev1 enable outside\n");
    }
    if !host.aggressive_mode {
        text.push_str("crypto ikev1 am-disable\n");
    }
    if !host.nat_traversal {
        text.push_str("no crypto isakmp nat-traversal\n");
    }
    host.policies.iter().for_each(|one| policy(&mut text, one));
    host.tunnel_groups.iter().for_each(|one| group(&mut text, one));
    text
}

fn identity(text: &mut String, host: &Config) {
    let _ = match &host.identity {
        Identity::OwnAddress => writeln!(text, "crypto isakmp identity address"),
        Identity::Fqdn(_) => writeln!(text, "crypto isakmp identity hostname"),
        Identity::KeyId(bytes) => {
            writeln!(text, "crypto isakmp identity key-id {}", String::from_utf8_lossy(bytes))
        }
        // An ASA has no such identity: it keeps the one it has.
        Identity::Address(_) | Identity::UserFqdn(_) => Ok(()),
    };
}

fn policy(text: &mut String, policy: &Policy) {
    let encryption = match policy.encryption {
        Cipher::Aes128 => "aes",
        cipher @ (Cipher::Des | Cipher::TripleDes | Cipher::Aes192 | Cipher::Aes256) => cipher.name(),
    };
    let Policy { priority, authentication, hash, group, lifetime, .. } = policy;
    let _ = writeln!(
        text,
        "crypto ikev1 policy {priority}\n authentication {authentication}\n encryption {encryption}\n hash {}\n \
         group {}\n lifetime {lifetime}",
        hash.name(),
        group.number()
    );
}

fn group(text: &mut String, group: &TunnelGroup) {
    let name = match &group.name {
        GroupName::Default => "DefaultL2LGroup".to_owned(),
        name @ (GroupName::Address(_) | GroupName::Name(_)) => name.to_string(),
    };
    let _ = writeln!(text, "tunnel-group {name} type ipsec-l2l");
    if let Some(shared) = &group.pre_shared_key {
        let _ = writeln!(text, "tunnel-group {name} ipsec-attributes\n ikev1 pre-shared-key {}", key(shared));
    }
}

fn map_entry(text: &mut String, host: &Config, entry: &MapEntry) {
    let sequence = entry.sequence;
    let mut sets = Vec::new();
    for line in &entry.acl {
        let _ = writeln!(text, "access-list vpn_{sequence} extended {}", rule(line, host, |mask| mask));
    }
    for (n, set) in (1..).zip(&entry.transform_sets) {
        let name = format!("set_{sequence}_{n}");
        let words = transforms(*set, cipher);
        let _ = writeln!(text, "crypto ipsec ikev1 transform-set {name} {words}");
        if entry.mode == Encapsulation::Transport {
            let _ = writeln!(text, "crypto ipsec ikev1 transform-set {name} mode transport");
        }
        sets.push(name);
    }
    let mut line = |rest: String| {
        let _ = writeln!(text, "crypto map outside_map {sequence} {rest}");
    };
    if !entry.acl.is_empty() {
        line(format!("match address vpn_{sequence}"));
    }
    if let Some(group) = entry.pfs {
        line(format!("set pfs group{}", group.number()));
    }
    if !entry.peers.is_empty() {
        let peers: Vec<String> = entry.peers.iter().map(ToString::to_string).collect();
        line(format!("set peer {}", peers.join(" ")));
    }
    if !sets.is_empty() {
        line(format!("set ikev1 transform-set {}", sets.join(" ")));
    }
    line(format!("set security-association lifetime seconds {}", entry.lifetime));
}

fn cipher(cipher: EspCipher) -> String {
    if cipher == EspCipher::Aes128 { "esp-aes".into() } else { cipher.word().into() }
}
