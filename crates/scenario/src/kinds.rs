//! The kinds of faults, their fields and defaults: one table for reading, for the schema, for
//! `ikesim list faults` and for the starter file.

use std::fmt;

use crate::value::NumberOrWord;

/// A row of the table: the word after `kind =`, what it does, its fields besides `kind`.
struct Row {
    name: &'static str,
    meaning: &'static str,
    fields: &'static [Field],
}

/// A field of a fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    /// Its key.
    pub name: FieldName,
    /// As one would write it in TOML: the default, or for a required field an example.
    pub value: &'static str,
    /// Whether there is a default.
    pub required: bool,
}

const fn optional(name: FieldName, value: &'static str) -> Field {
    Field { name, value, required: false }
}

const fn required(name: FieldName, value: &'static str) -> Field {
    Field { name, value, required: true }
}

const fn row(name: &'static str, meaning: &'static str, fields: &'static [Field]) -> Row {
    Row { name, meaning, fields }
}

const AT_RESPONDER: &[Field] = &[optional(FieldName::At, "\"responder\"")];
const AT_INITIATOR: &[Field] = &[optional(FieldName::At, "\"initiator\"")];

ike::table! {
    /// The key of a fault's field.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
    pub enum FieldName: &'static str {
        /// `at`
        At = "at",
        /// `attribute`
        Attribute = "attribute",
        /// `from`
        From = "from",
        /// `until`
        Until = "until",
        /// `port`
        Port = "port",
        /// `direction`
        Direction = "direction",
        /// `outside`
        Outside = "outside",
        /// `message`
        Message = "message",
        /// `times`
        Times = "times",
        /// `by`
        By = "by",
        /// `after`
        After = "after",
        /// `byte`
        Byte = "byte",
        /// `bit`
        Bit = "bit",
        /// `length`
        Length = "length",
        /// `what`
        What = "what",
        /// `how`
        How = "how",
        /// `when`
        When = "when",
        /// `notify`
        Notify = "notify",
    }
}

ike::table! {
    /// A kind of fault.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
    pub enum FaultKind: Row {
        /// `psk-mismatch`
        PskMismatch = row("psk-mismatch", "the pre-shared key of one peer is another", AT_RESPONDER),
        /// `missing-tunnel-group`
        MissingTunnelGroup = row("missing-tunnel-group", "no tunnel-group for the peer", AT_RESPONDER),
        /// `wrong-tunnel-group-name`
        WrongTunnelGroupName = row("wrong-tunnel-group-name", "the tunnel-group bears another address than the peer's", AT_RESPONDER),
        /// `missing-psk`
        MissingPsk = row("missing-psk", "the tunnel-group has no pre-shared key", AT_RESPONDER),
        /// `policy-mismatch`
        PolicyMismatch = row("policy-mismatch", "one attribute of every policy is another: encryption, key-length, hash, group, authentication, lifetime", const { &[required(FieldName::Attribute, "\"encryption\""), optional(FieldName::At, "\"responder\"")] }),
        /// `ike-disabled`
        IkeDisabled = row("ike-disabled", "IKEv1 is not enabled on the interface", AT_RESPONDER),
        /// `aggressive-mode-disabled`
        AggressiveModeDisabled = row("aggressive-mode-disabled", "the responder refuses Aggressive Mode", &[]),
        /// `nat-traversal-disabled`
        NatTraversalDisabled = row("nat-traversal-disabled", "NAT traversal is off at one peer", AT_RESPONDER),
        /// `wrong-peer-address`
        WrongPeerAddress = row("wrong-peer-address", "the initiator calls an address that nobody has", &[]),
        /// `identity-mismatch`
        IdentityMismatch = row("identity-mismatch", "a peer insists on an identity that the other does not send", AT_RESPONDER),
        /// `transform-mismatch`
        TransformMismatch = row("transform-mismatch", "phase 2: every transform set has another encryption, key-length or integrity, or the entry another mode or lifetime", const { &[required(FieldName::Attribute, "\"encryption\""), optional(FieldName::At, "\"responder\"")] }),
        /// `pfs-mismatch`
        PfsMismatch = row("pfs-mismatch", "phase 2: PFS is missing on this side, extra on this side, or has another group", const { &[required(FieldName::How, "\"extra\""), optional(FieldName::At, "\"responder\"")] }),
        /// `proxy-mismatch`
        ProxyMismatch = row("proxy-mismatch", "phase 2: the access list is no mirror of the other side's: other, wider, narrower, any", const { &[required(FieldName::How, "\"other\""), optional(FieldName::At, "\"responder\"")] }),
        /// `crypto-map-incomplete`
        CryptoMapIncomplete = row("crypto-map-incomplete", "phase 2: the crypto map entry lacks its acl, peer or transform-set", const { &[required(FieldName::What, "\"acl\""), optional(FieldName::At, "\"responder\"")] }),
        /// `map-unbound`
        MapUnbound = row("map-unbound", "phase 2: the crypto map is bound to no interface", AT_RESPONDER),
        /// `clear-crypto`
        ClearCrypto = row("clear-crypto", "phase 2: an operator clears the SAs of a peer, which is told or not: phase1, phase2, all", const { &[required(FieldName::At, "\"responder\""), required(FieldName::When, "\"30s\""), optional(FieldName::After, "start"), optional(FieldName::What, "\"all\""), optional(FieldName::Notify, "true")] }),
        /// `no-route`
        NoRoute = row("no-route", "the packets of a peer get nowhere", AT_INITIATOR),
        /// `peer-down`
        PeerDown = row("peer-down", "a peer is switched off, for ever or for a while", const { &[optional(FieldName::At, "\"responder\""), optional(FieldName::From, "\"0s\""), optional(FieldName::Until, "never")] }),
        /// `block-port`
        BlockPort = row("block-port", "a firewall drops a UDP port (500 or 4500): to-responder, to-initiator, both", const { &[required(FieldName::Port, "500"), optional(FieldName::Direction, "\"both\"")] }),
        /// `nat`
        Nat = row("nat", "a peer stands behind address translation", const { &[optional(FieldName::At, "\"initiator\""), optional(FieldName::Outside, "\"192.0.2.1\"")] }),
        /// `drop`
        Drop = row("drop", "a message is lost, and so are its copies", const { &[required(FieldName::Message, "3"), optional(FieldName::Times, "\"all\""), optional(FieldName::From, "none")] }),
        /// `delay`
        Delay = row("delay", "every copy of a message is held back", const { &[required(FieldName::Message, "3"), required(FieldName::By, "\"12s\""), optional(FieldName::From, "none")] }),
        /// `duplicate`
        Duplicate = row("duplicate", "a message arrives more than once", const { &[required(FieldName::Message, "3"), optional(FieldName::Times, "1"), optional(FieldName::After, "\"1s\""), optional(FieldName::From, "none")] }),
        /// `replay`
        Replay = row("replay", "a message arrives again much later", const { &[required(FieldName::Message, "3"), optional(FieldName::Times, "1"), optional(FieldName::After, "\"20s\""), optional(FieldName::From, "none")] }),
        /// `corrupt`
        Corrupt = row("corrupt", "a bit of a message is flipped, the UDP checksum stays right", const { &[required(FieldName::Message, "5"), optional(FieldName::Byte, "last"), optional(FieldName::Bit, "0"), optional(FieldName::Times, "1"), optional(FieldName::From, "none")] }),
        /// `truncate`
        Truncate = row("truncate", "a message is cut short", const { &[required(FieldName::Message, "5"), optional(FieldName::Length, "half"), optional(FieldName::Times, "1"), optional(FieldName::From, "none")] }),
        /// `impair`
        Impair = row("impair", "an implementation is broken: omit-ke, empty-ke, zero-ke, empty-hash, corrupt-hash, nonzero-reserved, \
         ignore-message, never-retransmit", const { &[required(FieldName::At, "\"responder\""), required(FieldName::What, "\"omit-ke\""), optional(FieldName::Message, "any")] }),
    }
}

impl FaultKind {
    /// The word after `kind =`.
    pub const fn name(self) -> &'static str {
        self.row().name
    }

    /// What it does, in one line.
    pub const fn meaning(self) -> &'static str {
        self.row().meaning
    }

    /// It is about Quick Mode, and so implies it.
    pub const fn is_of_phase_2(self) -> bool {
        matches!(
            self,
            FaultKind::TransformMismatch
                | FaultKind::PfsMismatch
                | FaultKind::ProxyMismatch
                | FaultKind::CryptoMapIncomplete
                | FaultKind::MapUnbound
                | FaultKind::ClearCrypto
        )
    }

    /// Its fields besides `kind`.
    pub const fn fields(self) -> &'static [Field] {
        self.row().fields
    }

    /// The kind of this name.
    pub fn from_name(name: &str) -> Option<FaultKind> {
        FaultKind::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

impl FieldName {
    /// As the file has it.
    pub const fn name(self) -> &'static str {
        self.row()
    }
}

impl fmt::Display for FieldName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Field {
    /// The value, where it is one; else it is a word for what happens without the field.
    pub(super) fn literal(&self) -> Option<NumberOrWord> {
        let switch = ["true", "false"].contains(&self.value).then_some(self.value);
        let quoted = self.value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
        let word = quoted.or(switch);
        let number = || self.value.parse().ok().map(NumberOrWord::Number);
        word.map(|word| NumberOrWord::Word(word.into())).or_else(number)
    }
}
