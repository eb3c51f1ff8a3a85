//! `[[fault]]` as TOML has it: every field that some kind has. Which ones belong to a kind is told by [`crate::kinds`].

use std::ops::Range;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::kinds::FieldName;
use crate::value::{At, NumberOrWord};
use crate::vocabulary;

/// A fault: its kind, and the fields of that kind (`ikesim list faults`).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Fault")]
pub(super) struct FaultTable {
    /// What goes wrong.
    pub kind: At<String>,
    /// At which peer.
    #[schemars(extend("enum" = vocabulary::names(&vocabulary::ROLES)))]
    pub at: Option<At<String>>,
    /// Which attribute differs.
    #[schemars(extend("enum" = vocabulary::attributes()))]
    pub attribute: Option<At<String>>,
    /// Virtual time from which on; of message = "INFO1" the side that begins it.
    #[schemars(schema_with = "vocabulary::from_schema")]
    pub from: Option<At<String>>,
    /// Virtual time until which.
    #[schemars(with = "Option<String>", regex(pattern = vocabulary::DURATION))]
    pub until: Option<At<String>>,
    /// UDP port, source or destination.
    #[schemars(extend("enum" = [500, 4500]))]
    pub port: Option<At<i64>>,
    /// Which way.
    #[schemars(extend("enum" = vocabulary::names(&vocabulary::DIRECTIONS)))]
    pub direction: Option<At<String>>,
    /// The address as seen outside the NAT.
    pub outside: Option<At<String>>,
    /// The message: its name, as "MSG3" or "AM2", "QM1" with phase 2, "INFO1" with `from`, or its number in the phase 1 exchange.
    #[schemars(schema_with = "vocabulary::message_schema")]
    pub message: Option<At<NumberOrWord>>,
    /// How many copies.
    #[schemars(schema_with = "vocabulary::times_schema")]
    pub times: Option<At<NumberOrWord>>,
    /// How long it is held.
    #[schemars(with = "Option<String>", regex(pattern = vocabulary::DURATION))]
    pub by: Option<At<String>>,
    /// How long after one another; of clear-crypto the message whose first sending `when` counts from.
    #[schemars(schema_with = "vocabulary::after_schema")]
    pub after: Option<At<String>>,
    /// Byte of the ISAKMP message, from 0.
    #[schemars(range(min = 0, max = 65534))]
    pub byte: Option<At<i64>>,
    /// Bit of that byte, 0 the lowest.
    #[schemars(range(min = 0, max = 7))]
    pub bit: Option<At<i64>>,
    /// Bytes of the ISAKMP message that are left.
    #[schemars(range(min = 0, max = 65534))]
    pub length: Option<At<i64>>,
    /// When, from the start or from the first sending of `after`.
    #[schemars(with = "Option<String>", regex(pattern = vocabulary::DURATION))]
    pub when: Option<At<String>>,
    /// The peer is told, by Deletes. Default true.
    pub notify: Option<At<bool>>,
    /// The defect, the part that is missing, or what is cleared.
    #[schemars(extend("enum" = vocabulary::whats()))]
    pub what: Option<At<String>>,
    /// How it differs from the other side.
    #[schemars(extend("enum" = vocabulary::hows()))]
    pub how: Option<At<String>>,
}

impl FaultTable {
    /// Where a field stands; `None`: it is not written.
    pub fn span(&self, field: FieldName) -> Option<&Range<usize>> {
        fn of<T>(at: Option<&At<T>>) -> Option<&Range<usize>> {
            at.map(|at| &at.span)
        }
        match field {
            FieldName::At => of(self.at.as_ref()),
            FieldName::Attribute => of(self.attribute.as_ref()),
            FieldName::From => of(self.from.as_ref()),
            FieldName::Until => of(self.until.as_ref()),
            FieldName::Port => of(self.port.as_ref()),
            FieldName::Direction => of(self.direction.as_ref()),
            FieldName::Outside => of(self.outside.as_ref()),
            FieldName::Message => of(self.message.as_ref()),
            FieldName::Times => of(self.times.as_ref()),
            FieldName::By => of(self.by.as_ref()),
            FieldName::After => of(self.after.as_ref()),
            FieldName::Byte => of(self.byte.as_ref()),
            FieldName::Bit => of(self.bit.as_ref()),
            FieldName::Length => of(self.length.as_ref()),
            FieldName::What => of(self.what.as_ref()),
            FieldName::When => of(self.when.as_ref()),
            FieldName::Notify => of(self.notify.as_ref()),
            FieldName::How => of(self.how.as_ref()),
        }
    }

    /// Writes a field. False: it takes a number, or true or false, and this is another word.
    pub fn set(&mut self, field: FieldName, value: NumberOrWord) -> bool {
        let (number, word) = match &value {
            // A command line has no quotes: what looks like a number may be meant as a word.
            NumberOrWord::Number(number) => (Some(At::from(*number)), number.to_string()),
            NumberOrWord::Word(word) => (None, word.clone()),
        };
        let is_number = number.is_some();
        let switch = word.parse::<bool>().ok().map(At::from);
        let (word, either) = (Some(At::from(word)), Some(At::from(value)));
        match field {
            FieldName::At => self.at = word,
            FieldName::Attribute => self.attribute = word,
            FieldName::From => self.from = word,
            FieldName::Until => self.until = word,
            FieldName::Direction => self.direction = word,
            FieldName::Outside => self.outside = word,
            FieldName::By => self.by = word,
            FieldName::After => self.after = word,
            FieldName::What => self.what = word,
            FieldName::When => self.when = word,
            FieldName::Notify => self.notify = switch,
            FieldName::How => self.how = word,
            FieldName::Message => self.message = either,
            FieldName::Times => self.times = either,
            FieldName::Port => self.port = number,
            FieldName::Byte => self.byte = number,
            FieldName::Bit => self.bit = number,
            FieldName::Length => self.length = number,
        }
        // A word where a number belongs leaves the field empty.
        is_number && field != FieldName::Notify || self.span(field).is_some()
    }
}
