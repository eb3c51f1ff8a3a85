//! A transform as it was offered, whether we know its values or not.

use std::fmt;

use isakmp::{Attribute, AttributeType, LifeType, Transform};

use crate::auth::{self, Authentication};
use crate::config::Policy;
use crate::crypto::{Cipher, DhGroup, HashAlg};
use crate::policy_value::{OfferedValue, PolicyValue};
use crate::reason::{Difference, PolicyAttribute};

/// What a transform on the wire says; values that are not known stay numbers.
pub(super) struct Offered {
    pub(super) encryption: Option<u64>,
    pub(super) key_length: Option<u64>,
    pub(super) hash: Option<u64>,
    pub(super) group: Option<u64>,
    pub(super) authentication: Option<u64>,
    pub(super) lifetime: Option<u32>,
}

impl Offered {
    pub(super) fn read(transform: &Transform) -> Offered {
        let value = |kind| {
            // The first one counts where an attribute stands twice.
            let found = transform.attributes.iter().find(|attribute| attribute.kind == kind);
            found.and_then(Attribute::as_u64)
        };
        Offered {
            encryption: value(AttributeType::ENCRYPTION),
            key_length: value(AttributeType::KEY_LENGTH),
            hash: value(AttributeType::HASH),
            group: value(AttributeType::GROUP),
            authentication: value(AttributeType::AUTHENTICATION),
            lifetime: lifetime(transform),
        }
    }

    /// Every attribute in which it is not what the policy wants; empty: it can be chosen.
    pub(super) fn differences(&self, policy: &Policy) -> Vec<Difference> {
        let (algorithm, _) = policy.encryption.assigned();
        // The same cipher with another key length is a difference of its own.
        let encryption = if self.encryption == Some(u64::from(algorithm.0)) {
            PolicyAttribute::KeyLength
        } else {
            PolicyAttribute::Encryption
        };
        let compared = [
            (encryption, self.cipher(), PolicyValue::Encryption(policy.encryption)),
            (PolicyAttribute::Hash, self.hash(), PolicyValue::Hash(policy.hash)),
            (PolicyAttribute::Group, self.group(), PolicyValue::Group(policy.group)),
            (
                PolicyAttribute::Authentication,
                self.method(),
                PolicyValue::Authentication(policy.authentication),
            ),
        ];
        let differing =
            compared.into_iter().filter(|(_, offered, own)| *offered != OfferedValue::Known(*own));
        differing.map(|(attribute, offered, own)| Difference { attribute, offered, own }).collect()
    }

    pub(super) fn cipher(&self) -> OfferedValue {
        let known = Cipher::ALL.into_iter().find(|cipher| {
            let (algorithm, bits) = cipher.assigned();
            self.encryption == Some(u64::from(algorithm.0)) && self.key_length == bits.map(u64::from)
        });
        let unknown = OfferedValue::Cipher { algorithm: self.encryption, key_length: self.key_length };
        known.map_or(unknown, |cipher| OfferedValue::Known(PolicyValue::Encryption(cipher)))
    }

    pub(super) fn hash(&self) -> OfferedValue {
        let known = HashAlg::ALL.into_iter().find(|hash| self.hash == Some(u64::from(hash.assigned().0)));
        known.map_or(OfferedValue::Hash(self.hash), |hash| OfferedValue::Known(PolicyValue::Hash(hash)))
    }

    pub(super) fn group(&self) -> OfferedValue {
        let known = DhGroup::ALL.into_iter().find(|group| self.group == Some(u64::from(group.number())));
        known.map_or(OfferedValue::Group(self.group), |group| OfferedValue::Known(PolicyValue::Group(group)))
    }

    /// The method, if the exchange can be done with it.
    pub(super) fn built(&self) -> Option<Authentication> {
        (self.authentication == Some(auth::BUILT.method().number)).then_some(auth::BUILT)
    }

    pub(super) fn method(&self) -> OfferedValue {
        let known = Authentication::ALL.into_iter().find(|a| self.authentication == Some(a.method().number));
        known.map_or(OfferedValue::Method(self.authentication), |method| {
            OfferedValue::Known(PolicyValue::Authentication(method))
        })
    }
}

/// A transform of an offer, each value by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OfferedTransform {
    /// Cipher and key length.
    pub encryption: OfferedValue,
    /// Hash and prf.
    pub hash: OfferedValue,
    /// Diffie-Hellman group.
    pub group: OfferedValue,
    /// Authentication method.
    pub method: OfferedValue,
    number: u8,
    lifetime: Option<u32>,
}

impl OfferedTransform {
    pub(crate) fn read(transform: &Transform) -> OfferedTransform {
        let read = Offered::read(transform);
        OfferedTransform {
            encryption: read.cipher(),
            hash: read.hash(),
            group: read.group(),
            method: read.method(),
            number: transform.number,
            lifetime: read.lifetime,
        }
    }

    /// The same as a policy; `None` where a value is not known here.
    pub fn policy(&self) -> Option<Policy> {
        use OfferedValue::Known;
        let OfferedTransform { encryption, hash, group, method, number, lifetime } = *self;
        let (
            Known(PolicyValue::Encryption(encryption)),
            Known(PolicyValue::Hash(hash)),
            Known(PolicyValue::Group(group)),
            Known(PolicyValue::Authentication(authentication)),
        ) = (encryption, hash, group, method)
        else {
            return None;
        };
        // A day is the default of ASA and IOS; priority and lifetime 0 cannot be configured.
        let (priority, lifetime) = (u16::from(number).max(1), lifetime.unwrap_or(86_400).max(1));
        Some(Policy { priority, authentication, encryption, hash, group, lifetime })
    }
}

/// Seconds.
pub(super) fn lifetime(transform: &Transform) -> Option<u32> {
    // RFC 2409 A: a duration counts in the unit that stands before it, and there may be one for each unit.
    let mut unit = None;
    let seconds = transform.attributes.iter().find_map(|attribute| match attribute.kind {
        AttributeType::LIFE_TYPE => {
            unit = attribute.as_u64();
            None
        }
        AttributeType::LIFE_DURATION if unit == Some(u64::from(LifeType::SECONDS.0)) => attribute.as_u64(),
        _ => None,
    })?;
    // Beyond 136 years it is for ever.
    Some(u32::try_from(seconds).unwrap_or(u32::MAX))
}

/// `aes-256/sha/group 14/pre-share`
impl fmt::Display for OfferedTransform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let OfferedTransform { encryption, hash, group, method, .. } = self;
        write!(f, "{encryption}/{hash}/group {group}/{method}")
    }
}
