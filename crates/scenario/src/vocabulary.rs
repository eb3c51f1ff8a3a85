//! The words of a scenario file, each list once: for reading, for errors, for the schema.

use ike::crypto::{Cipher, DhGroup, HashAlg};
use ike::ipsec::{Encapsulation, EspCipher, Integrity};
use ike::{Authentication, Impair, MessageName, Mode, QuickState, Role, State};
use schemars::{Schema, SchemaGenerator, json_schema};

use crate::exercise::{Level, Sees, View};
use crate::faults::{CLEARED, INFORMATIONAL, MAP_PARTS, PFS_HOWS, PROXY_HOWS, TRANSFORM_ATTRIBUTES};
use crate::value::Word;
use sim::{Cause, Direction, MismatchAttribute, Passage};

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

pub(super) const LEVELS: [Word<Level>; 3] =
    [("easy", Level::Easy), ("medium", Level::Medium), ("hard", Level::Hard)];

pub(super) const SEES: [Word<Sees>; 3] = [
    ("initiator", Sees::One(Role::Initiator)),
    ("responder", Sees::One(Role::Responder)),
    ("both", Sees::Both),
];

pub(super) const VIEWS: [Word<View>; 4] =
    [("show", View::Show), ("logs", View::Logs), ("capture", View::Capture), ("config", View::Config)];

/// What a question asks for.
pub(super) const ASKED: [&str; 5] = ["cause", "state", "value", "choice", "repair"];

/// Every name of a state that a device or ikesim prints: an ASA's, IOS's, Quick Mode's, NONE.
pub fn state_names() -> Vec<&'static str> {
    let mut names: Vec<&'static str> = Vec::new();
    let quick = QuickState::ALL.map(QuickState::name);
    let all = State::all()
        .map(State::asa)
        .chain(State::all().map(vendor::ios::state_name))
        .chain(quick)
        .chain(["NONE"]);
    // Several states of an ASA's are one of IOS's.
    for name in all {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

pub(super) fn names<T>(words: &[Word<T>]) -> Vec<&'static str> {
    words.iter().map(|(name, _)| *name).collect()
}

/// The word for a value.
pub(super) fn name_of<T: PartialEq>(words: &[Word<T>], value: T) -> Option<&'static str> {
    words.iter().find(|(_, known)| *known == value).map(|(name, _)| *name)
}

pub(super) const ENCAPSULATIONS: [Word<Encapsulation>; 2] =
    [("tunnel", Encapsulation::Tunnel), ("transport", Encapsulation::Transport)];

pub(super) const PASSAGES: [Word<Passage>; 6] = [
    ("passes", Passage::Passes),
    ("phase-1-stalls", Passage::Phase1Stalls),
    ("phase-2-refused", Passage::Phase2Refused),
    ("phase-2-stalled", Passage::Phase2Stalled),
    ("deleted", Passage::Deleted),
    ("never-started", Passage::NeverStarted),
];

/// The words of a transform set.
pub(super) fn transforms() -> Vec<&'static str> {
    let esp = EspCipher::ALL.map(EspCipher::word);
    let hmacs = Integrity::ALL.map(Integrity::esp_word);
    let ah = Integrity::ALL.into_iter().filter_map(Integrity::ah_word);
    esp.into_iter().chain(hmacs).chain(ah).collect()
}

pub(super) fn quick_states() -> Vec<&'static str> {
    QuickState::ALL.map(QuickState::name).into_iter().chain(["NONE"]).collect()
}

/// Of both faults that have an attribute.
pub(super) fn attributes() -> Vec<&'static str> {
    let phase_1 = names(&ATTRIBUTES);
    // Some words belong to both faults, and an enum of a schema names each once.
    let more = names(&TRANSFORM_ATTRIBUTES).into_iter().filter(|name| !phase_1.contains(name));
    phase_1.iter().copied().chain(more).collect()
}

pub(super) fn hows() -> Vec<&'static str> {
    [names(&PFS_HOWS), names(&PROXY_HOWS)].concat()
}

pub(super) fn whats() -> Vec<&'static str> {
    [impairments(), names(&MAP_PARTS), names(&CLEARED)].concat()
}

pub(super) fn pfs_schema(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "oneOf": [{ "const": "none" }, { "enum": GROUPS }] })
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

/// Every message that a scenario can name.
fn messages() -> Vec<String> {
    let modes = MODES.map(|(_, mode)| mode);
    // With AM4: what `confirm` says, a schema cannot know.
    let phase_1 = modes.into_iter().flat_map(|mode| MessageName::all(mode, true));
    phase_1.chain(MessageName::quick()).map(|name| name.to_string()).collect()
}

pub(super) fn message_schema(_: &mut SchemaGenerator) -> Schema {
    let names = [messages(), vec![INFORMATIONAL.to_owned()]].concat();
    json_schema!({ "oneOf": [{ "type": "integer", "minimum": 1, "maximum": 6 }, { "enum": names }] })
}

pub(super) fn from_schema(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "oneOf": [{ "type": "string", "pattern": DURATION }, { "enum": names(&ROLES) }] })
}

pub(super) fn after_schema(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "oneOf": [{ "type": "string", "pattern": DURATION }, { "enum": messages() }] })
}

pub(super) fn times_schema(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "oneOf": [{ "type": "integer", "minimum": 1 }, { "const": "all" }] })
}

pub(super) fn group(number: i64) -> Option<DhGroup> {
    DhGroup::from_number(u16::try_from(number).ok()?)
}
