//! An identity as the file has it: a word, or a table with one key.

use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{self, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// `identity` and `peer_identity` as written.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum IdentityText {
    /// `"address"` or `"any"`.
    Word(String),
    /// A table with this one key.
    Table(String, String),
}

/// The keys of an identity table.
pub(crate) const IDENTITY_KEYS: [&str; 4] = ["fqdn", "user_fqdn", "key_id", "address"];

impl Serialize for IdentityText {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            IdentityText::Word(word) => serializer.serialize_str(word),
            IdentityText::Table(key, text) => serializer.collect_map([(key, text)]),
        }
    }
}

impl<'de> Deserialize<'de> for IdentityText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<IdentityText, D::Error> {
        deserializer.deserialize_any(IdentityVisitor)
    }
}

struct IdentityVisitor;

impl<'de> Visitor<'de> for IdentityVisitor {
    type Value = IdentityText;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a word, or a table with one of fqdn, user_fqdn, key_id, address")
    }

    fn visit_str<E: de::Error>(self, word: &str) -> Result<IdentityText, E> {
        Ok(IdentityText::Word(word.into()))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<IdentityText, A::Error> {
        let Some(key) = map.next_key::<String>()? else {
            return Err(de::Error::custom("an identity table has one key"));
        };
        if !IDENTITY_KEYS.contains(&key.as_str()) {
            return Err(de::Error::unknown_field(&key, &IDENTITY_KEYS));
        }
        let value = map.next_value()?;
        match map.next_key::<String>()? {
            Some(_) => Err(de::Error::custom("an identity table has one key, not two")),
            None => Ok(IdentityText::Table(key, value)),
        }
    }
}

impl JsonSchema for IdentityText {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Identity".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let tables = IDENTITY_KEYS.map(|key| {
            serde_json::json!({
                "type": "object", "properties": { key: { "type": "string" } }, "required": [key],
                "additionalProperties": false,
            })
        });
        let word = serde_json::json!({ "type": "string", "enum": ["address", "any"] });
        let forms = [[word].as_slice(), &tables].concat();
        json_schema!({ "oneOf": forms })
    }
}
