//! Where an offer and an own policy differ.

use crate::policy_value::{OfferedValue, PolicyValue};

/// The attributes in which an offer and an own policy differ.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Mismatch {
    /// The own policy's priority.
    pub policy: u16,
    /// The offered transform's number.
    pub transform: u8,
    /// Each differing attribute.
    pub differing: Vec<Difference>,
}

/// One attribute, both values.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Difference {
    /// Which attribute.
    pub attribute: PolicyAttribute,
    /// What the peer offered.
    pub offered: OfferedValue,
    /// What the own policy has.
    pub own: PolicyValue,
}

/// The attributes that must be equal for a transform to be chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PolicyAttribute {
    /// The cipher.
    Encryption,
    /// Its key length.
    KeyLength,
    /// The hash.
    Hash,
    /// The Diffie-Hellman group.
    Group,
    /// The authentication method.
    Authentication,
}

impl PolicyAttribute {
    /// The user's word.
    pub fn name(self) -> &'static str {
        match self {
            PolicyAttribute::Encryption => "encryption",
            PolicyAttribute::KeyLength => "key-length",
            PolicyAttribute::Hash => "hash",
            PolicyAttribute::Group => "group",
            PolicyAttribute::Authentication => "authentication",
        }
    }
}

/// Some own policy would fit but for the authentication method.
pub(super) fn only_method(nearest: &[Mismatch]) -> bool {
    let is_method = |difference: &Difference| difference.attribute == PolicyAttribute::Authentication;
    nearest.iter().any(|mismatch| mismatch.differing.iter().all(is_method))
}
