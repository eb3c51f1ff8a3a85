//! What ASA and IOS write alike: keys, addresses, access lists.

use std::net::IpAddr;

use ike::config::{AclEnd, Net, protocol_name};
use ike::ipsec::{EspCipher, Integrity, TransformSet};
use ike::keymat::PreSharedKey;
use ike::{AclLine, Config, Identity};

/// A key as it is typed. Secret.
pub(super) fn key(key: &PreSharedKey) -> String {
    // Devices take printable text alone, and so does whoever writes an exercise.
    String::from_utf8_lossy(key.as_bytes()).into_owned()
}

/// `hostname` and, where the identity has one, the domain.
pub(super) fn names(host: &Config, role: &str) -> (String, Option<String>) {
    match &host.identity {
        Identity::Fqdn(name) => match name.split_once('.') {
            Some((name, domain)) => (name.to_owned(), Some(domain.to_owned())),
            None => (name.clone(), None),
        },
        Identity::OwnAddress | Identity::Address(_) | Identity::UserFqdn(_) | Identity::KeyId(_) => {
            (role.to_owned(), None)
        }
    }
}

/// `esp-aes-256 esp-sha-hmac`, the ciphers as `cipher` has them.
pub(super) fn transforms(set: TransformSet, cipher: fn(EspCipher) -> String) -> String {
    let esp = set.esp.map(|(esp, hmac)| {
        let hmac = hmac.map_or(String::new(), |hmac| format!(" {}", hmac.esp_word()));
        format!("{}{hmac}", cipher(esp))
    });
    let ah = set.ah.and_then(Integrity::ah_word).map(str::to_owned);
    ah.into_iter().chain(esp).collect::<Vec<_>>().join(" ")
}

/// A line of an access list from `permit` on; `mask` writes a subnet's.
pub(super) fn rule(line: &AclLine, host: &Config, mask: fn(IpAddr) -> IpAddr) -> String {
    let end = |end: &AclEnd| {
        let net = match end.net {
            Net::Own => format!("host {}", host.address),
            Net::Peer => format!("host {}", host.peer),
            Net::Subnet(net) if net.is_host() => format!("host {}", net.address()),
            Net::Subnet(net) if net.prefix() == 0 => "any".into(),
            Net::Subnet(net) => format!("{} {}", net.address(), mask(net.mask())),
        };
        if end.port > 0 { format!("{net} eq {}", end.port) } else { net }
    };
    let verb = if line.permit { "permit" } else { "deny" };
    format!("{verb} {} {} {}", protocol_name(line.protocol), end(&line.source), end(&line.destination))
}
