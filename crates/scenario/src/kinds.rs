//! The kinds of faults, their fields and defaults: one table for reading, for the schema, for
//! `ikesim list faults` and for the starter file.

/// A kind of fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FaultKind {
    /// The word after `kind =`.
    pub name: &'static str,
    /// What it does, in one line.
    pub meaning: &'static str,
    /// Its fields besides `kind`.
    pub fields: &'static [Field],
}

/// A field of a fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    /// Its key.
    pub name: &'static str,
    /// As one would write it in TOML: the default, or for a required field an example.
    pub value: &'static str,
    /// Whether there is a default.
    pub required: bool,
}

const fn optional(name: &'static str, value: &'static str) -> Field {
    Field { name, value, required: false }
}

const fn required(name: &'static str, value: &'static str) -> Field {
    Field { name, value, required: true }
}

const fn kind(name: &'static str, meaning: &'static str, fields: &'static [Field]) -> FaultKind {
    FaultKind { name, meaning, fields }
}

const AT_RESPONDER: &[Field] = &[optional("at", "\"responder\"")];
const AT_INITIATOR: &[Field] = &[optional("at", "\"initiator\"")];

const KINDS: [FaultKind; 21] = [
    kind("psk-mismatch", "the pre-shared key of one peer is another", AT_RESPONDER),
    kind("missing-tunnel-group", "no tunnel-group for the peer", AT_RESPONDER),
    kind("wrong-tunnel-group-name", "the tunnel-group bears another address than the peer's", AT_RESPONDER),
    kind("missing-psk", "the tunnel-group has no pre-shared key", AT_RESPONDER),
    kind(
        "policy-mismatch",
        "one attribute of every policy is another: encryption, key-length, hash, group, authentication, lifetime",
        &[required("attribute", "\"encryption\""), optional("at", "\"responder\"")],
    ),
    kind("ike-disabled", "IKEv1 is not enabled on the interface", AT_RESPONDER),
    kind("aggressive-mode-disabled", "the responder refuses Aggressive Mode", &[]),
    kind("nat-traversal-disabled", "NAT traversal is off at one peer", AT_RESPONDER),
    kind("wrong-peer-address", "the initiator calls an address that nobody has", &[]),
    kind("identity-mismatch", "a peer insists on an identity that the other does not send", AT_RESPONDER),
    kind("no-route", "the packets of a peer get nowhere", AT_INITIATOR),
    kind(
        "peer-down",
        "a peer is switched off, for ever or for a while",
        &[optional("at", "\"responder\""), optional("from", "\"0s\""), optional("until", "never")],
    ),
    kind(
        "block-port",
        "a firewall drops a UDP port (500 or 4500): to-responder, to-initiator, both",
        &[required("port", "500"), optional("direction", "\"both\"")],
    ),
    kind(
        "nat",
        "a peer stands behind address translation",
        &[optional("at", "\"initiator\""), optional("outside", "\"192.0.2.1\"")],
    ),
    kind(
        "drop",
        "a message is lost, and so are its copies",
        &[required("message", "3"), optional("times", "\"all\"")],
    ),
    kind(
        "delay",
        "every copy of a message is held back",
        &[required("message", "3"), required("by", "\"12s\"")],
    ),
    kind(
        "duplicate",
        "a message arrives more than once",
        &[required("message", "3"), optional("times", "1"), optional("after", "\"1s\"")],
    ),
    kind(
        "replay",
        "a message arrives again much later",
        &[required("message", "3"), optional("times", "1"), optional("after", "\"20s\"")],
    ),
    kind(
        "corrupt",
        "a bit of a message is flipped, the UDP checksum stays right",
        &[required("message", "5"), optional("byte", "last"), optional("bit", "0"), optional("times", "1")],
    ),
    kind(
        "truncate",
        "a message is cut short",
        &[required("message", "5"), optional("length", "half"), optional("times", "1")],
    ),
    kind(
        "impair",
        "an implementation is broken: omit-ke, empty-ke, zero-ke, empty-hash, corrupt-hash, nonzero-reserved, \
         ignore-message, never-retransmit",
        &[required("at", "\"responder\""), required("what", "\"omit-ke\""), optional("message", "any")],
    ),
];

impl FaultKind {
    /// Every kind.
    pub fn all() -> impl Iterator<Item = &'static FaultKind> {
        KINDS.iter()
    }

    /// The kind of this name.
    pub fn from_name(name: &str) -> Option<&'static FaultKind> {
        KINDS.iter().find(|kind| kind.name == name)
    }
}

impl Field {
    /// The default is a TOML value; else it is a word for what happens without the field.
    pub fn is_literal(&self) -> bool {
        self.value.starts_with('"') || self.value.bytes().all(|byte| byte.is_ascii_digit())
    }
}
