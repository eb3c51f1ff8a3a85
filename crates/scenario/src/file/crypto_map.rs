//! `[[initiator.crypto_map]]` as TOML has it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::value::{At, NumberOrWord, OneOrMany};
use crate::vocabulary;

/// An entry of a crypto map: what is protected, and how. Default with phase 2: one, mirrored at the responder.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(rename = "CryptoMap")]
pub(crate) struct MapTable {
    /// Lowest first. Default 10.
    #[schemars(range(min = 1, max = 65535))]
    pub sequence: Option<At<i64>>,
    /// False: the map is bound to no interface. Default true.
    pub interface: Option<bool>,
    /// An address or a list; the first is called. Empty: no set peer. Default: the other peer.
    pub peer: Option<At<OneOrMany>>,
    /// Lines as "ip 10.1.0.0/24 10.2.0.0/24": protocol, source, destination; `self` and `peer` are the peers' own
    /// addresses, ports stand behind a colon, "deny " in front. Empty: no match address.
    pub acl: Option<Vec<At<String>>>,
    /// Sets as "esp-aes-256 esp-sha-hmac", in order of preference. Empty: none.
    pub transform_set: Option<Vec<At<String>>>,
    /// IPComp is offered, or taken where it is offered. Default false.
    pub compress: Option<bool>,
    /// Default "tunnel".
    #[schemars(extend("enum" = vocabulary::names(&vocabulary::ENCAPSULATIONS)))]
    pub mode: Option<At<String>>,
    /// "none" or a Diffie-Hellman group. Default "none".
    #[schemars(schema_with = "vocabulary::pfs_schema")]
    pub pfs: Option<At<NumberOrWord>>,
    /// Seconds. Default 28800, ios 3600.
    #[schemars(range(min = 1, max = 4_294_967_295_i64))]
    pub lifetime: Option<At<i64>>,
    /// Kilobytes; 0: none are offered. Default 4608000.
    #[schemars(range(min = 0, max = 4_294_967_295_i64))]
    pub kilobytes: Option<At<i64>>,
    /// Responder only: takes any peer. Default false.
    pub dynamic: Option<At<bool>>,
    /// "vendor", "none" or a duration: a new attempt that long after a failed one. Default "vendor".
    #[schemars(with = "Option<String>")]
    pub retry: Option<At<String>>,
    /// How many such attempts at most. Default 1.
    #[schemars(range(min = 0, max = 100))]
    pub attempts: Option<At<i64>>,
}
