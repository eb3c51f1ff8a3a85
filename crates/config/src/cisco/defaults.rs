//! What a policy has when a line is left out, and which policies there are when none is written.

use crate::device::{Dialect, Policy, Sourced};

/// Values for a dialect from a version on.
struct Defaults {
    dialect: Dialect,
    /// Major and minor.
    since: (u16, u16),
    authentication: &'static str,
    encryption: &'static str,
    group: u16,
    /// Shown where a default decides; `[I]`: no public source was found.
    source: &'static str,
}

/// The newest version first. The hash is SHA-1 and the lifetime 86400 s everywhere.
const DEFAULTS: [Defaults; 4] = [
    Defaults {
        dialect: Dialect::Asa,
        since: (9, 13),
        authentication: "pre-share",
        encryption: "3des",
        group: 14,
        source: "default of ASA 9.13 and later [I]",
    },
    Defaults {
        dialect: Dialect::Asa,
        since: (7, 0),
        authentication: "pre-share",
        encryption: "3des",
        group: 2,
        source: "default of ASA 7.0 to 9.12 (configuration guide, Configuring IPsec and ISAKMP)",
    },
    Defaults {
        dialect: Dialect::Asa,
        since: (0, 0),
        authentication: "rsa-sig",
        encryption: "des",
        group: 1,
        source: "default of PIX 6 [I]",
    },
    Defaults {
        dialect: Dialect::Ios,
        since: (0, 0),
        authentication: "rsa-sig",
        encryption: "des",
        group: 1,
        source: "default of IOS (`show crypto isakmp policy`, default protection suite)",
    },
];

/// A policy of which only the number is written. Without a version a device is an ASA of 8.4 to 9.12, or IOS.
pub(super) fn policy(dialect: Dialect, version: Option<&str>, priority: Sourced<u16>) -> Policy {
    // 8.4 is where `crypto ikev1` began; any version from 7.0 to 9.12 has the same defaults.
    let version = version.map_or((8, 4), numbers);
    let row = DEFAULTS.iter().find(|row| row.dialect == dialect && row.since <= version);
    let (authentication, encryption, group, source) =
        row.map_or(("", "", 0, ""), |row| (row.authentication, row.encryption, row.group, row.source));
    values(priority, [authentication, encryption, "sha"], group, source)
}

/// `9.2(2)4` is (9, 2).
fn numbers(version: &str) -> (u16, u16) {
    let mut parts = version.split(|c: char| !c.is_ascii_digit()).map(|part| part.parse().unwrap_or(0));
    (parts.next().unwrap_or(0), parts.next().unwrap_or(0))
}

fn values(priority: Sourced<u16>, words: [&str; 3], group: u16, source: &'static str) -> Policy {
    let [authentication, encryption, hash] = words.map(|word| Sourced::default_of(word.to_owned()));
    let (group, lifetime) = (Sourced::default_of(group), Sourced::default_of(86_400));
    Policy {
        priority,
        authentication,
        encryption,
        hash,
        group,
        lifetime,
        defaults: source,
        unread: Vec::new(),
    }
}

/// What Easy VPN Remote offers: group 2 alone (Cisco Easy VPN Remote, restrictions); the order is [I].
pub(super) fn easy_vpn() -> Vec<Policy> {
    const SOURCE: &str = "offer of Easy VPN Remote, group 2 alone [I]";
    let ciphers = ["aes-256", "aes-192", "aes-128", "3des", "des"];
    let pairs = ciphers.iter().flat_map(|cipher| ["sha", "md5"].map(|hash| ["pre-share", *cipher, hash]));
    (1..).zip(pairs).map(|(n, words)| values(Sourced::default_of(n), words, 2, SOURCE)).collect()
}

/// IOS 12.4(20)T and later without a policy of its own: eight default policies. The first two rows are a real `show
/// crypto isakmp default policy` of IOS-XE, the others are [I].
pub(super) fn ios_without_any() -> Vec<Policy> {
    const ROWS: [(u16, [&str; 3], u16); 8] = [
        (65_507, ["rsa-sig", "aes-128", "sha"], 5),
        (65_508, ["pre-share", "aes-128", "sha"], 5),
        (65_509, ["rsa-sig", "aes-128", "md5"], 5),
        (65_510, ["pre-share", "aes-128", "md5"], 5),
        (65_511, ["rsa-sig", "3des", "sha"], 2),
        (65_512, ["pre-share", "3des", "sha"], 2),
        (65_513, ["rsa-sig", "3des", "md5"], 2),
        (65_514, ["pre-share", "3des", "md5"], 2),
    ];
    const SOURCE: &str =
        "default policy of IOS 12.4(20)T and later (`show crypto isakmp default policy`) [I]";
    ROWS.map(|(priority, words, group)| values(Sourced::default_of(priority), words, group, SOURCE)).to_vec()
}
