//! The same thing in each device's words: ASA, IOS, swanctl.conf, ipsec.conf and ipsec.secrets, plain words.

use ike::crypto::{Cipher, DhGroup, HashAlg};
use ike::{Config, Dialect, GroupName, Identity, Policy, Role};
use sim::Setup;

use crate::compare::address_seen;

fn dialect(setup: &Setup, role: Role) -> Dialect {
    setup.hosts[role].profile.dialect
}

fn lines(list: &[&str]) -> Vec<String> {
    list.iter().map(|line| (*line).into()).collect()
}

/// The key for the other side; an existing group keeps its name.
pub(super) fn key(setup: &Setup, role: Role) -> Vec<String> {
    let (own, peer) = (setup.hosts[role].address, address_seen(setup, role));
    let name = setup.hosts[role].group_by_address(peer).map_or(peer.to_string(), |group| match group.name {
        // Every ASA has this group; its key serves the peers that have no group of their own.
        GroupName::Default => "DefaultL2LGroup".into(),
        ref name @ (GroupName::Address(_) | GroupName::Name(_)) => name.to_string(),
    });
    match dialect(setup, role) {
        Dialect::Asa => {
            vec![format!("tunnel-group {name} ipsec-attributes"), " ikev1 pre-shared-key <key>".into()]
        }
        Dialect::Ios => vec![format!("crypto isakmp key <key> address {peer}")],
        Dialect::Strongswan => {
            vec![
                "secrets {".into(),
                // charon prefers a secret that names the other end.
                format!("  ike-1 {{ id = {peer}"),
                "    secret = \"<key>\" }".into(),
                "}".into(),
            ]
        }
        // pluto wants both ends named, or a wildcard.
        Dialect::Libreswan => vec![format!("{own} {peer} : PSK \"<key>\"")],
        Dialect::Plain => vec![format!("enter the pre-shared key for {peer}")],
    }
}

/// The peer itself, and its key.
pub(super) fn group(setup: &Setup, role: Role) -> Vec<String> {
    let (own, peer) = (setup.hosts[role].address, address_seen(setup, role));
    let made = match dialect(setup, role) {
        Dialect::Asa => vec![format!("tunnel-group {peer} type ipsec-l2l")],
        // A router has no tunnel-groups: the key's own line names the peer.
        Dialect::Ios => Vec::new(),
        Dialect::Strongswan => {
            // Without it charon calls with IKEv2.
            vec![format!("connections {{ peer {{ version = 1; remote_addrs = {peer} }} }}")]
        }
        Dialect::Libreswan => vec!["conn peer".into(), format!("  left={own}"), format!("  right={peer}")],
        Dialect::Plain => vec![format!("make an entry for the peer {peer}")],
    };
    [made, key(setup, role)].concat()
}

/// The first policy that the other side offers, under a number that is free here.
pub(super) fn policy(setup: &Setup, role: Role) -> Vec<String> {
    let config = &setup.hosts[role];
    let Some(values) = setup.hosts[role.other()].policies.first() else {
        return Vec::new();
    };
    match config.profile.dialect {
        Dialect::Asa => cisco(&format!("crypto ikev1 policy {}", free(config)), values, "-"),
        Dialect::Ios => cisco(&format!("crypto isakmp policy {}", free(config)), values, " "),
        Dialect::Strongswan => vec![format!("proposals = {}", proposal(values, "sha"))],
        Dialect::Libreswan => vec![format!("ike={}", proposal(values, "sha2_"))],
        Dialect::Plain => vec![format!(
            "phase 1 proposal: {}, {}, group {}, {}, lifetime {} s",
            values.encryption.name(),
            values.hash.name(),
            values.group.number(),
            values.authentication.name(),
            values.lifetime
        )],
    }
}

fn free(config: &Config) -> u16 {
    // Lower numbers are tried first.
    (1..=u16::MAX).find(|n| config.policies.iter().all(|policy| policy.priority != *n)).unwrap_or(1)
}

/// `between` stands between a cipher and its key length.
fn cisco(head: &str, values: &Policy, between: &str) -> Vec<String> {
    let cipher = match values.encryption {
        // On both devices `aes` alone is 128 bits.
        Cipher::Aes128 => "aes".into(),
        cipher @ (Cipher::Des | Cipher::TripleDes | Cipher::Aes192 | Cipher::Aes256) => {
            cipher.name().replace('-', between)
        }
    };
    vec![
        head.into(),
        format!(" authentication {}", values.authentication.name()),
        format!(" encryption {cipher}"),
        format!(" hash {}", values.hash.name()),
        format!(" group {}", values.group.number()),
        format!(" lifetime {}", values.lifetime),
    ]
}

/// `aes256-sha256-modp2048`; `sha2` begins the names of the SHA-2 family.
fn proposal(values: &Policy, sha2: &str) -> String {
    let hash = match values.hash {
        HashAlg::Md5 => "md5".into(),
        HashAlg::Sha1 => "sha1".into(),
        other @ (HashAlg::Sha256 | HashAlg::Sha384 | HashAlg::Sha512) => other.name().replace("sha", sha2),
    };
    let group = match values.group {
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
    };
    format!("{}-{hash}-{group}", values.encryption.name().replace('-', ""))
}

pub(super) fn enable(setup: &Setup, role: Role) -> Vec<String> {
    lines(match dialect(setup, role) {
        // An example: the configuration does not say what its interface is called.
        Dialect::Asa => &["crypto ikev1 enable outside"],
        Dialect::Ios => &["crypto isakmp enable"],
        // charon has no such switch: where nobody listens, it does not run.
        Dialect::Strongswan => &["systemctl start strongswan"],
        // pluto can be told to drop IKEv1 as a whole.
        Dialect::Libreswan => &["config setup", "  ikev1-policy=accept"],
        Dialect::Plain => return vec![format!("switch IKEv1 on at {}", setup.outside_address(role))],
    })
}

pub(super) fn allow_aggressive(setup: &Setup, role: Role) -> Vec<String> {
    lines(match dialect(setup, role) {
        Dialect::Asa => &["no crypto ikev1 am-disable"],
        Dialect::Ios => &["no crypto isakmp aggressive-mode disable"],
        Dialect::Strongswan => &[
            "aggressive = yes",
            // Without it a charon that answers refuses pre-shared keys here: HASH_R in clear invites guessing.
            "i_dont_care_about_security_and_use_aggressive_mode_psk = yes (strongswan.conf)",
        ],
        Dialect::Libreswan => &["  aggressive=yes"],
        Dialect::Plain => return vec![format!("allow Aggressive Mode for {}", address_seen(setup, role))],
    })
}

/// The initiator's peer and what goes with it.
pub(super) fn peer_address(setup: &Setup) -> Vec<String> {
    let right = setup.outside_address(Role::Responder);
    match dialect(setup, Role::Initiator) {
        Dialect::Asa => vec![
            format!("crypto map outside_map 10 set peer {right}"),
            // The group is found by the peer's address: with another address it is nobody's.
            format!("tunnel-group {right} type ipsec-l2l"),
            format!("tunnel-group {right} ipsec-attributes"),
            " ikev1 pre-shared-key <key>".into(),
        ],
        Dialect::Ios => vec![
            "crypto map outside_map 10 ipsec-isakmp".into(),
            format!(" set peer {right}"),
            format!("crypto isakmp key <key> address {right}"),
        ],
        Dialect::Strongswan => vec![format!("remote_addrs = {right}")],
        Dialect::Libreswan => vec![format!("  right={right}")],
        Dialect::Plain => vec![format!("call {right}, with its pre-shared key")],
    }
}

/// The sender says what the receiver wants.
pub(super) fn identity(setup: &Setup, sender: Role) -> Vec<String> {
    let groups = &setup.hosts[sender.other()].tunnel_groups;
    let wanted = groups.iter().find_map(|group| group.peer_identity.as_ref());
    let (word, name) = match wanted {
        Some(Identity::Fqdn(name) | Identity::UserFqdn(name)) => ("hostname", name.clone()),
        Some(Identity::KeyId(_)) => ("key-id <name>", "<name>".into()),
        _ => ("address", setup.hosts[sender].address.to_string()),
    };
    match dialect(setup, sender) {
        Dialect::Asa => vec![format!("crypto isakmp identity {word}")],
        Dialect::Ios => {
            // A router sends its address or its name, no key-id.
            vec![format!(
                "crypto isakmp identity {}",
                if word == "hostname" { "hostname" } else { "address" }
            )]
        }
        Dialect::Strongswan => vec![format!("local {{ id = {name} }}")],
        Dialect::Libreswan => vec![format!("  leftid={name}")],
        Dialect::Plain if wanted.is_some() => vec![format!("send the identity {name}")],
        Dialect::Plain => lines(&["send the identity that the other side insists on"]),
    }
}

/// The receiver takes what comes.
pub(super) fn any_identity(setup: &Setup, role: Role) -> Vec<String> {
    let peer = address_seen(setup, role);
    match dialect(setup, role) {
        Dialect::Asa => {
            vec![format!("tunnel-group {peer} ipsec-attributes"), " peer-id-validate nocheck".into()]
        }
        Dialect::Ios => lines(&["no match identity (in the isakmp profile)"]),
        Dialect::Strongswan => lines(&["remote { id = %any }"]),
        Dialect::Libreswan => lines(&["  rightid=%any"]),
        Dialect::Plain => lines(&["take any identity"]),
    }
}

pub(super) fn route(setup: &Setup, role: Role) -> Vec<String> {
    let to = address_seen(setup, role);
    vec![match dialect(setup, role) {
        Dialect::Asa => format!("show route {to}"),
        Dialect::Ios => format!("show ip route {to}"),
        Dialect::Strongswan | Dialect::Libreswan => format!("ip route get {to}"),
        Dialect::Plain => format!("look for the route to {to}, and try it with a traceroute"),
    }]
}

/// What lets the other side's packets pass a device of this kind on the path.
pub(super) fn permit(setup: &Setup, role: Role, port: u16) -> Vec<String> {
    let (own, peer) = (setup.hosts[role].address, address_seen(setup, role));
    match dialect(setup, role) {
        Dialect::Asa => {
            // For an ASA on the path: packets to the box itself pass no interface's access list.
            vec![format!("access-list OUTSIDE extended permit udp host {peer} host {own} eq {port}")]
        }
        Dialect::Ios => vec![
            "ip access-list extended OUTSIDE".into(),
            format!(" permit udp host {peer} host {own} eq {port}"),
        ],
        Dialect::Strongswan | Dialect::Libreswan => {
            // `insert`, for `add` would come behind a rule that drops.
            vec![format!("nft insert rule inet filter input ip saddr {peer} udp dport {port} accept")]
        }
        // The line that names port and addresses has said it.
        Dialect::Plain => Vec::new(),
    }
}

pub(super) fn capture(setup: &Setup, role: Role) -> Vec<String> {
    let (own, peer) = (setup.hosts[role].address, address_seen(setup, role));
    vec![match dialect(setup, role) {
        Dialect::Asa => format!("capture IKE type isakmp interface outside match ip host {own} host {peer}"),
        Dialect::Ios => "debug crypto isakmp".into(),
        Dialect::Strongswan | Dialect::Libreswan => {
            format!("tcpdump -n host {peer} and udp port 500 or 4500")
        }
        Dialect::Plain => format!("capture UDP 500 and 4500 to and from {peer}"),
    }]
}
