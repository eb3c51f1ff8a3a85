//! One value of a policy, as configured and as offered on the wire.

use std::fmt;

use crate::auth::{Authentication, Method};
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

impl OfferedValue {
    /// The authentication method, where it is one that is known, built or not.
    pub fn method(self) -> Option<&'static Method> {
        match self {
            OfferedValue::Known(PolicyValue::Authentication(method)) => Some(method.method()),
            OfferedValue::Method(number) => number.and_then(Method::from_number),
            OfferedValue::Known(_)
            | OfferedValue::Cipher { .. }
            | OfferedValue::Hash(_)
            | OfferedValue::Group(_) => None,
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
            OfferedValue::Method(value) => match self.method() {
                Some(method) => method.fmt(f),
                None => write!(f, "method {}", number(value)),
            },
        }
    }
}
