//! A value that is a number, or a word in its place.

use std::fmt;

use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

/// A number, or a word that stands for one.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub(crate) enum NumberOrWord {
    Number(i64),
    Word(String),
}

// By hand: the derived one would only say that no variant matched.
impl<'de> Deserialize<'de> for NumberOrWord {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<NumberOrWord, D::Error> {
        deserializer.deserialize_any(NumberOrWordVisitor)
    }
}

struct NumberOrWordVisitor;

impl Visitor<'_> for NumberOrWordVisitor {
    type Value = NumberOrWord;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a whole number or a word in quotes")
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<NumberOrWord, E> {
        Ok(NumberOrWord::Number(number))
    }

    fn visit_str<E: de::Error>(self, word: &str) -> Result<NumberOrWord, E> {
        Ok(NumberOrWord::Word(word.into()))
    }
}
