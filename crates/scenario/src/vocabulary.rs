//! The words of a scenario file, each list once: for reading, for errors, for the schema.

use ike::crypto::{Cipher, DhGroup, HashAlg};
use ike::{Authentication, Impair, MessageName, Mode, Role, State};
use schemars::{Schema, SchemaGenerator, json_schema};

use crate::value::Word;
use sim::{Cause, Direction, MismatchAttribute};

pub(super) const MODES: [Word<Mode>; 2] = [("main", Mode::Main), ("aggressive", Mode::Aggressive)];

pub(super) const ROLES: [Word<Role>; 2] = [("initiator", Role::Initiator), ("responder", Role::Responder)];

/// The vendors, for the schema. A test holds it to the profiles that are built.
pub(super) const PROFILES: [&str; 4] = ["asa", "ios", "strongswan", "libreswan"];

pub(super) const AUTHENTICATIONS: [Word<Authentication>; 2] =
    [("pre-share", Authentication::PreShared), ("rsa-sig", Authentication::RsaSig)];

pub(super) const CIPHERS: [Word<Cipher>; 5] = [
    ("des", Cipher::Des),
    ("3des", Cipher::TripleDes),
    ("aes-128", Cipher::Aes128),
    ("aes-192", Cipher::Aes192),
    ("aes-256", Cipher::Aes256),
];

pub(super) const HASHES: [Word<HashAlg>; 5] = [
    ("md5", HashAlg::Md5),
    ("sha", HashAlg::Sha1),
    ("sha256", HashAlg::Sha256),
    ("sha384", HashAlg::Sha384),
    ("sha512", HashAlg::Sha512),
];

pub(super) const GROUPS: [u16; 12] = [1, 2, 5, 14, 15, 16, 17, 18, 19, 20, 21, 31];

pub(super) const ATTRIBUTES: [Word<MismatchAttribute>; 6] = [
    ("encryption", MismatchAttribute::Encryption),
    ("key-length", MismatchAttribute::KeyLength),
    ("hash", MismatchAttribute::Hash),
    ("group", MismatchAttribute::Group),
    ("authentication", MismatchAttribute::Authentication),
    ("lifetime", MismatchAttribute::Lifetime),
];

pub(super) const DIRECTIONS: [Word<Direction>; 3] = [
    ("to-responder", Direction::ToResponder),
    ("to-initiator", Direction::ToInitiator),
    ("both", Direction::Both),
];

/// A duration in the schema.
pub(super) const DURATION: &str = r"^[0-9]+(\.[0-9]+)?(us|ms|s|m|h)$";

pub(super) fn names<T>(words: &[Word<T>]) -> Vec<&'static str> {
    words.iter().map(|(name, _)| *name).collect()
}

/// The word for a value.
pub(super) fn name_of<T: PartialEq>(words: &[Word<T>], value: T) -> Option<&'static str> {
    words.iter().find(|(_, known)| *known == value).map(|(name, _)| *name)
}

pub(super) fn impairments() -> Vec<&'static str> {
    Impair::ALL.map(Impair::name).to_vec()
}

pub(super) fn states() -> Vec<&'static str> {
    State::all().map(State::asa).chain(["NONE"]).collect()
}

pub(super) fn causes() -> Vec<&'static str> {
    Cause::all().map(Cause::name).chain(["none"]).collect()
}

pub(super) fn message_schema(_: &mut SchemaGenerator) -> Schema {
    let modes = MODES.map(|(_, mode)| mode);
    let names: Vec<String> = modes
        .into_iter()
        .flat_map(|mode| MessageName::all(mode, true))
        .map(|name| name.to_string())
        .collect();
    json_schema!({ "oneOf": [{ "type": "integer", "minimum": 1, "maximum": 6 }, { "enum": names }] })
}

pub(super) fn times_schema(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "oneOf": [{ "type": "integer", "minimum": 1 }, { "const": "all" }] })
}

pub(super) fn group(number: i64) -> Option<DhGroup> {
    DhGroup::from_number(u16::try_from(number).ok()?)
}
