//! The scenario file as TOML has it. Meaning and defaults come with [`crate::build`], and [`crate::compose`] goes back;
//! the schema comes from these very structs.

mod crypto_map;
mod lab;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::fault_table::FaultTable;
use crate::key::KeyText;
use crate::value::{At, IdentityText};
use crate::vocabulary;

pub(super) use crypto_map::MapTable;
pub(super) use lab::{LabTable, QuestionTable};

// Unknown keys are errors throughout: one that is misspelt would silently mean the default.
/// A negotiation between two peers: the empty file is a Main Mode tunnel that comes up.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(rename = "Scenario")]
pub(super) struct File {
    /// One line, shown above the run.
    #[serde(skip_serializing_if = "is_default")]
    pub title: String,
    /// What a student should see and why. Markdown.
    #[serde(skip_serializing_if = "is_default")]
    pub description: String,
    /// The exchange the initiator starts. Default "main".
    #[schemars(extend("enum" = vocabulary::names(&vocabulary::MODES)))]
    pub mode: Option<At<String>>,
    /// Aggressive Mode only: the fourth message. Default true.
    pub confirm: Option<At<bool>>,
    /// Every random byte follows from it. Default 1.
    #[schemars(range(min = 0))]
    pub seed: Option<At<i64>>,
    /// Virtual time at which the run stops. Default: when nothing is pending.
    #[schemars(with = "Option<String>", regex(pattern = vocabulary::DURATION))]
    pub until: Option<At<String>>,
    /// Quick Mode follows phase 1. Written crypto_map entries or phase 2 faults imply it. Default false.
    pub phase2: Option<bool>,
    /// Who sends the first message.
    #[serde(skip_serializing_if = "is_default")]
    pub initiator: Peer,
    /// Who answers it.
    #[serde(skip_serializing_if = "is_default")]
    pub responder: Peer,
    /// What lies between them.
    #[serde(skip_serializing_if = "is_default")]
    pub network: Network,
    /// What goes wrong, in order.
    #[serde(skip_serializing_if = "is_default")]
    pub fault: Vec<At<FaultTable>>,
    /// What the run is judged by.
    #[serde(skip_serializing_if = "is_default")]
    pub expect: ExpectTable,
    /// What makes an exercise of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lab: Option<At<LabTable>>,
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// One peer.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Peer {
    /// Whose behaviour it has. Default "asa".
    #[schemars(extend("enum" = vocabulary::PROFILES))]
    pub profile: Option<At<String>>,
    /// Its own address, inside any NAT. Default 203.0.113.1, responder 198.51.100.1.
    pub address: Option<At<String>>,
    /// Whom it calls as initiator. Default: the other's address as seen from outside.
    pub peer: Option<At<String>>,
    /// `crypto ikev1 enable outside`. Default true.
    pub ike_enabled: Option<bool>,
    /// False is `crypto ikev1 am-disable`, which concerns inbound only. Default true.
    pub aggressive_mode: Option<bool>,
    /// What it calls itself. Default "address".
    pub identity: Option<At<IdentityText>>,
    /// RFC 3947. Default true.
    pub nat_traversal: Option<bool>,
    /// `crypto ikev1 policy`. Default: one with every default value.
    pub policy: Option<Vec<At<PolicyTable>>>,
    /// `tunnel-group`. Default: one for the peer, with the key cisco123.
    pub tunnel_group: Option<Vec<At<GroupTable>>>,
    /// `crypto map`. Default with phase 2: one entry, mirrored at the responder.
    pub crypto_map: Option<Vec<At<MapTable>>>,
}

/// `crypto ikev1 policy N`
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(rename = "Policy")]
pub(super) struct PolicyTable {
    /// Lowest first. Default 10.
    #[schemars(range(min = 1, max = 65535))]
    pub priority: Option<At<i64>>,
    /// Default "pre-share".
    #[schemars(extend("enum" = vocabulary::names(&vocabulary::AUTHENTICATIONS)))]
    pub authentication: Option<At<String>>,
    /// Default "aes-256".
    #[schemars(extend("enum" = vocabulary::names(&vocabulary::CIPHERS)))]
    pub encryption: Option<At<String>>,
    /// Default "sha".
    #[schemars(extend("enum" = vocabulary::names(&vocabulary::HASHES)))]
    pub hash: Option<At<String>>,
    /// Diffie-Hellman group. Default 14.
    #[schemars(extend("enum" = vocabulary::GROUPS))]
    pub group: Option<At<i64>>,
    /// Seconds. Default 86400.
    #[schemars(range(min = 1, max = 4_294_967_295_i64))]
    pub lifetime: Option<At<i64>>,
}

/// `tunnel-group NAME`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "TunnelGroup")]
pub(super) struct GroupTable {
    /// The peer's address, a name, or "default" for the base group.
    pub peer: At<String>,
    /// Text, or bytes in hex. Absent: none is configured.
    pub pre_shared_key: Option<At<KeyText>>,
    /// The identity it insists on. Default "any".
    pub peer_identity: Option<At<IdentityText>>,
}

/// Latency and random trouble, both ways alike.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(rename = "Network")]
pub(super) struct Network {
    /// One way. Default "10ms".
    #[schemars(with = "Option<String>", regex(pattern = vocabulary::DURATION))]
    pub latency: Option<At<String>>,
    /// Uniform in +-jitter, never below 0. Default "0ms".
    #[schemars(with = "Option<String>", regex(pattern = vocabulary::DURATION))]
    pub jitter: Option<At<String>>,
    /// Probability per datagram. Default 0.
    #[schemars(range(min = 0, max = 1))]
    pub loss: Option<At<f64>>,
    /// Probability of a second copy one latency later. Default 0.
    #[schemars(range(min = 0, max = 1))]
    pub duplicate: Option<At<f64>>,
    /// Probability of being held for two more latencies. Default 0.
    #[schemars(range(min = 0, max = 1))]
    pub reorder: Option<At<f64>>,
    /// Probability of one flipped bit in the ISAKMP message. Default 0.
    #[schemars(range(min = 0, max = 1))]
    pub corrupt: Option<At<f64>>,
}

/// What the run is judged by; what is not written is not judged.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(rename = "Expect")]
pub(super) struct ExpectTable {
    /// The state the initiator is left in.
    #[schemars(extend("enum" = vocabulary::states()))]
    pub initiator: Option<At<String>>,
    /// The state the responder is left in.
    #[schemars(extend("enum" = vocabulary::states()))]
    pub responder: Option<At<String>>,
    /// The first-ranked cause, or "none".
    #[schemars(extend("enum" = vocabulary::causes()))]
    pub cause: Option<At<String>>,
    /// Error notifies sent by either, in order of first sight.
    pub notify: Option<Vec<At<String>>>,
    /// Both active with the same keys.
    pub established: Option<bool>,
    /// The state in which the initiator's first child is left.
    #[schemars(extend("enum" = vocabulary::quick_states()))]
    pub initiator_phase2: Option<At<String>>,
    /// The state in which the responder's first child is left.
    #[schemars(extend("enum" = vocabulary::quick_states()))]
    pub responder_phase2: Option<At<String>>,
    /// How far traffic would get.
    #[schemars(extend("enum" = vocabulary::names(&vocabulary::PASSAGES)))]
    pub verdict: Option<At<String>>,
    /// How many children both sides hold.
    #[schemars(range(min = 0))]
    pub children: Option<At<i64>>,
}
