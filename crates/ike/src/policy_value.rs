//! One value of a policy, as configured and as offered on the wire.

use std::fmt;

use crate::config::Authentication;
use crate::crypto::{Cipher, DhGroup, HashAlg};

/// A value of a policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PolicyValue {
    /// Cipher and key length.
    Encryption(Cipher),
    /// Hash and prf.
    Hash(HashAlg),
    /// Diffie-Hellman group.
    Group(DhGroup),
    /// How the peers prove who they are.
    Authentication(Authentication),
    /// Seconds.
    Lifetime(u32),
}

impl PolicyValue {
    /// The scenario file's key for it.
    pub fn attribute(self) -> &'static str {
        match self {
            PolicyValue::Encryption(_) => "encryption",
            PolicyValue::Hash(_) => "hash",
            PolicyValue::Group(_) => "group",
            PolicyValue::Authentication(_) => "authentication",
            PolicyValue::Lifetime(_) => "lifetime",
        }
    }
}

/// The scenario file's word for the value.
impl fmt::Display for PolicyValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PolicyValue::Encryption(cipher) => f.write_str(cipher.name()),
            PolicyValue::Hash(hash) => f.write_str(hash.name()),
            PolicyValue::Group(group) => group.number().fmt(f),
            PolicyValue::Authentication(method) => method.fmt(f),
            PolicyValue::Lifetime(seconds) => seconds.fmt(f),
        }
    }
}

/// A value on the wire: one that is known here, or the number that stands there. `None`: the attribute is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OfferedValue {
    /// A value that a policy can have.
    Known(PolicyValue),
    /// A cipher that is not built, or with a key length that it does not have.
    Cipher {
        /// Its number (RFC 2409 appendix A).
        algorithm: Option<u64>,
        /// Bits.
        key_length: Option<u64>,
    },
    /// A hash that is not built.
    Hash(Option<u64>),
    /// A group that is not built.
    Group(Option<u64>),
    /// A method that is not built.
    Method(Option<u64>),
}

/// Private-use numbers of XAUTH: those behind a pre-shared key, and all of them, hybrid methods too.
const XAUTH_PSK: std::ops::RangeInclusive<u64> = 65_001..=65_002;
const XAUTH: [std::ops::RangeInclusive<u64>; 2] = [64_221..=64_224, 65_001..=65_010];

/// Methods that are not built, in the words of a scenario file (RFC 2409 appendix A, RFC 4754,
/// draft-beaulieu-ike-xauth-02 section 7, draft-ietf-ipsec-isakmp-hybrid-auth-05 section 3.2).
const METHODS: [(u64, &str); 18] = [
    (2, "dss-sig"),
    (4, "rsa-encr"),
    (5, "rsa-encr-revised"),
    (9, "ecdsa-256-sig"),
    (10, "ecdsa-384-sig"),
    (11, "ecdsa-521-sig"),
    (64_221, "hybrid-init-rsa"),
    (64_222, "hybrid-resp-rsa"),
    (64_223, "hybrid-init-dss"),
    (64_224, "hybrid-resp-dss"),
    (65_001, "xauth-init-pre-share"),
    (65_002, "xauth-resp-pre-share"),
    (65_003, "xauth-init-dss"),
    (65_004, "xauth-resp-dss"),
    (65_005, "xauth-init-rsa"),
    (65_006, "xauth-resp-rsa"),
    (65_007, "xauth-init-rsa-encr"),
    (65_008, "xauth-resp-rsa-encr"),
];

fn method_name(number: u64) -> Option<&'static str> {
    METHODS.iter().find(|(known, _)| *known == number).map(|(_, name)| *name)
}

impl OfferedValue {
    /// A method behind which XAUTH follows.
    pub fn is_xauth(self) -> bool {
        matches!(self, OfferedValue::Method(Some(number)) if XAUTH.iter().any(|range| range.contains(&number)))
    }

    /// A method that proves a pre-shared key, with or without XAUTH behind it.
    pub fn is_pre_shared(self) -> bool {
        match self {
            OfferedValue::Known(value) => value == PolicyValue::Authentication(Authentication::PreShared),
            OfferedValue::Method(number) => number.is_some_and(|number| XAUTH_PSK.contains(&number)),
            OfferedValue::Cipher { .. } | OfferedValue::Hash(_) | OfferedValue::Group(_) => false,
        }
    }
}

impl fmt::Display for OfferedValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = |value: Option<u64>| value.map_or_else(|| "none".into(), |value| value.to_string());
        match *self {
            OfferedValue::Known(value) => value.fmt(f),
            OfferedValue::Cipher { algorithm, key_length } => {
                write!(f, "cipher {} with key length {}", number(algorithm), number(key_length))
            }
            OfferedValue::Hash(value) => write!(f, "hash {}", number(value)),
            OfferedValue::Group(value) => f.write_str(&number(value)),
            OfferedValue::Method(value) => match value.and_then(method_name) {
                Some(name) => f.write_str(name),
                None => write!(f, "method {}", number(value)),
            },
        }
    }
}
