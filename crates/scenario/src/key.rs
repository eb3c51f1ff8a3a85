//! Pre-shared keys as a scenario file has them: text, or bytes in hex.

use std::fmt;
use std::ops::RangeInclusive;

use ike::keymat::PreSharedKey;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{self, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::error::{ErrorKind, Problem};
use crate::value::At;

/// A pre-shared key as written. Its errors never repeat it.
#[derive(Clone, PartialEq)]
pub(super) enum KeyText {
    /// `"cisco123"`
    Text(String),
    /// `{ hex = "ff00aa55" }`: bytes that no text can hold.
    Hex(String),
}

/// How long a pre-shared key may be, in bytes.
pub const KEY_LENGTH: RangeInclusive<usize> = 1..=1024;

impl KeyText {
    /// The key.
    pub fn read(at: &At<KeyText>) -> Result<PreSharedKey, Problem> {
        let wrong = |message: &str, allowed: &str| Problem::new(&at.span, message).help(allowed);
        let bytes = match &at.value {
            KeyText::Text(text) => text.clone().into_bytes(),
            // By the number of digits: a message must repeat none of them.
            KeyText::Hex(digits) if digits.len() % 2 == 1 => {
                let message = format!("an odd number of hex digits ({})", digits.len());
                return Err(wrong(&message, "allowed: two digits for each byte, as { hex = \"ff00aa55\" }"));
            }
            KeyText::Hex(digits) => base16ct::mixed::decode_vec(digits).map_err(|_| {
                wrong("a pre-shared key in hex with something else in it", "allowed: 0 to 9, a to f, A to F")
            })?,
        };
        if KEY_LENGTH.contains(&bytes.len()) {
            return Ok(PreSharedKey::new(bytes));
        }
        let message = match bytes.len() {
            0 => "an empty pre-shared key".to_owned(),
            length => format!("a pre-shared key of {length} bytes"),
        };
        let allowed = "allowed: 1 to 1024 bytes; leave the line out for a group without a key";
        Err(wrong(&message, allowed).kind(ErrorKind::OutOfRange))
    }
}

impl From<&PreSharedKey> for KeyText {
    fn from(key: &PreSharedKey) -> KeyText {
        match str::from_utf8(key.as_bytes()) {
            // Text wherever it can be one, as devices' configurations have it.
            Ok(text) => KeyText::Text(text.into()),
            Err(_) => KeyText::Hex(base16ct::lower::encode_string(key.as_bytes())),
        }
    }
}

impl Serialize for KeyText {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            KeyText::Text(text) => serializer.serialize_str(text),
            KeyText::Hex(digits) => serializer.collect_map([("hex", digits)]),
        }
    }
}

impl fmt::Debug for KeyText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            // Never the key: such output ends up in logs and reports.
            KeyText::Text(text) => write!(f, "KeyText({} bytes)", text.len()),
            KeyText::Hex(digits) => write!(f, "KeyText({} hex digits)", digits.len()),
        }
    }
}

impl<'de> Deserialize<'de> for KeyText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<KeyText, D::Error> {
        // Serde's own words would repeat a key of a wrong type.
        deserializer
            .deserialize_any(KeyVisitor)
            .map_err(|_| de::Error::custom(format_args!("wrong type: a pre-shared key is {KEY_FORMS}")))
    }
}

const KEY_FORMS: &str = "a string in quotes, or { hex = \"ff00aa55\" }";

struct KeyVisitor;

impl<'de> Visitor<'de> for KeyVisitor {
    type Value = KeyText;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(KEY_FORMS)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<KeyText, E> {
        Ok(KeyText::Text(text.into()))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<KeyText, A::Error> {
        let error = || de::Error::custom(KEY_FORMS);
        let digits = match map.next_key::<String>()?.as_deref() {
            Some("hex") => map.next_value()?,
            Some(_) | None => return Err(error()),
        };
        match map.next_key::<String>()? {
            Some(_) => Err(error()),
            None => Ok(KeyText::Hex(digits)),
        }
    }
}

impl JsonSchema for KeyText {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "PreSharedKey".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let hex = serde_json::json!({
            "type": "string", "pattern": "^([0-9a-fA-F]{2})+$", "maxLength": 2 * KEY_LENGTH.end(),
        });
        json_schema!({ "oneOf": [
            { "type": "string", "minLength": KEY_LENGTH.start(), "maxLength": KEY_LENGTH.end() },
            { "type": "object", "properties": { "hex": hex }, "required": ["hex"], "additionalProperties": false },
        ] })
    }
}
