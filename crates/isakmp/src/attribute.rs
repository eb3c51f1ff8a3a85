//! Data attributes (RFC 2408 section 3.3).
//!
//! ```text
//! +-+---------------------------+---------------------------------+
//! |F|      Attribute type       | F=0: value length, F=1: value   |
//! +-+---------------------------+---------------------------------+
//! |                    F=0: value                                 |
//! +---------------------------------------------------------------+
//! ```

use crate::error::{Error, Segment};
use crate::reader::{Reader, length};
use crate::registry::AttributeType;

/// One attribute.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Attribute {
    /// Its type, 15 bits.
    pub kind: AttributeType,
    /// Its value, and with it its form.
    pub value: AttributeValue,
}

/// The value in one of its two forms.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum AttributeValue {
    /// TV: two bytes.
    Short(u16),
    /// TLV: any length.
    Long(Vec<u8>),
}

/// The bit that says TV.
const SHORT: u16 = 0x8000;

impl Attribute {
    /// An attribute in the short form.
    pub fn short(kind: AttributeType, value: u16) -> Attribute {
        Attribute { kind, value: AttributeValue::Short(value) }
    }

    /// An attribute in the long form, at most 65 535 bytes.
    pub fn long(kind: AttributeType, value: Vec<u8>) -> Attribute {
        Attribute { kind, value: AttributeValue::Long(value) }
    }

    /// The value as a big-endian number, whatever its form; `None` beyond 64 bits.
    pub fn as_u64(&self) -> Option<u64> {
        match &self.value {
            AttributeValue::Short(value) => Some(u64::from(*value)),
            // Devices write a lifetime in either form and in any width: the number counts.
            AttributeValue::Long(bytes) => {
                bytes.iter().try_fold(0_u64, |sum, byte| sum.checked_mul(256)?.checked_add(u64::from(*byte)))
            }
        }
    }

    /// A list of attributes, as the data of some notifies is one.
    pub fn encode_all(attributes: &[Attribute]) -> Vec<u8> {
        let mut bytes = Vec::new();
        attributes.iter().for_each(|attribute| attribute.encode(&mut bytes));
        bytes
    }

    /// A list of attributes that fills these bytes.
    ///
    /// # Errors
    /// The last one is cut; offsets count from the first byte.
    pub fn decode_all(bytes: &[u8]) -> Result<Vec<Attribute>, Error> {
        decode_all(Reader::new(bytes, 0))
    }

    pub(crate) fn encode(&self, bytes: &mut Vec<u8>) {
        // A sixteenth bit would turn a long value into a short one.
        let kind = self.kind.0 & !SHORT;
        match &self.value {
            AttributeValue::Short(value) => {
                bytes.extend((kind | SHORT).to_be_bytes());
                bytes.extend(value.to_be_bytes());
            }
            AttributeValue::Long(value) => {
                bytes.extend(kind.to_be_bytes());
                bytes.extend(length(value.len()));
                bytes.extend_from_slice(value);
            }
        }
    }

    fn decode(reader: &mut Reader<'_>) -> Result<Attribute, Error> {
        let kind = reader.u16()?;
        let value = reader.u16()?;
        // RFC 2408 3.3: the first bit says whether the value itself comes next, or its length.
        if kind & SHORT != 0 {
            return Ok(Attribute::short(AttributeType(kind & !SHORT), value));
        }
        let value = reader.take(usize::from(value))?.to_vec();
        Ok(Attribute::long(AttributeType(kind), value))
    }
}

pub(crate) fn decode_all(mut reader: Reader<'_>) -> Result<Vec<Attribute>, Error> {
    let mut attributes = Vec::new();
    // No field says how many there are: they fill their transform.
    while !reader.is_empty() {
        let segment = Segment::Attribute(attributes.len() + 1);
        attributes.push(Attribute::decode(&mut reader).map_err(|error| error.inside(segment))?);
    }
    Ok(attributes)
}
