//! From byte ranges to fields and their meaning, for people: everything that can be named is named, and a
//! message that is cut or wrong is dissected as far as it goes.

mod payload;
mod value;

use std::borrow::Cow;
use std::ops::Range;

use crate::error::Error;
use crate::header::{Flags, Header, Version};
use crate::reader::Reader;
use crate::registry::{ExchangeType, PayloadType};

pub use value::Value;

/// A stretch of bytes and what it means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field<'m> {
    /// Byte offsets from the first byte that was dissected.
    pub range: Range<usize>,
    /// The RFC's name.
    pub name: Cow<'static, str>,
    /// What it says.
    pub value: Value<'m>,
    /// What it is made of, in order.
    pub children: Vec<Field<'m>>,
}

impl<'m> Field<'m> {
    fn new(range: Range<usize>, name: impl Into<Cow<'static, str>>, value: Value<'m>) -> Field<'m> {
        Field { range, name: name.into(), value, children: Vec::new() }
    }

    /// The field itself and everything below it, each before its children.
    pub fn walk(&self) -> impl Iterator<Item = &Field<'m>> {
        let mut stack = vec![self];
        std::iter::from_fn(move || {
            let field = stack.pop()?;
            // Reversed: a stack gives back the last one first.
            stack.extend(field.children.iter().rev());
            Some(field)
        })
    }
}

/// Dissects an ISAKMP message (without the non-ESP marker). An encrypted body is one field.
pub fn dissect(message: &[u8]) -> Vec<Field<'_>> {
    let mut scan = Scan::new(message, 0);
    let mut fields = Vec::new();
    let result = header(&mut scan, &mut fields);
    close(result, &mut scan, &mut fields);
    // Cut within the header: no first payload is named.
    let Ok(header) = Header::decode(message) else {
        return fields;
    };
    if header.flags.contains(Flags::ENCRYPTION) {
        let end = message.len();
        if end > Header::LEN {
            // One field: the plaintext is dissected by who has the keys.
            let value = Value::Bytes(end - Header::LEN);
            fields.push(Field::new(Header::LEN..end, "encrypted payloads", value));
        }
        return fields;
    }
    fields.extend(dissect_chain(header.next_payload, scan.rest_bytes(), Header::LEN));
    fields
}

/// Dissects a chain of payloads whose first byte stands at `offset`: the plaintext of an encrypted
/// message. What follows the last payload is padding.
pub fn dissect_chain(first: PayloadType, bytes: &[u8], offset: usize) -> Vec<Field<'_>> {
    let mut scan = Scan::new(bytes, offset);
    let mut fields = Vec::new();
    let result = payload::chain(first, &mut scan, &mut fields);
    close(result, &mut scan, &mut fields);
    fields
}

/// What could not be read is a field too, and so is what is left over.
fn close<'m>(result: Result<(), Error>, scan: &mut Scan<'m>, fields: &mut Vec<Field<'m>>) {
    if let Err(error) = result {
        let rest = scan.rest("malformed");
        fields.push(Field { value: Value::Text(error.kind.to_string().into()), ..rest });
    }
}

fn header<'m>(scan: &mut Scan<'m>, fields: &mut Vec<Field<'m>>) -> Result<(), Error> {
    fields.push(scan.hex("initiator cookie", 8)?);
    fields.push(scan.hex("responder cookie", 8)?);
    fields.push(scan.u8("next payload", |n| Value::named(PayloadType(n).name(), n))?);
    fields.push(scan.u8("version", |n| Value::Version(Version(n)))?);
    fields.push(scan.u8("exchange type", |n| Value::named(ExchangeType(n).name(), n))?);
    fields.push(scan.u8("flags", |n| Value::Flags(Flags(n)))?);
    fields.push(scan.u32("message ID", Value::Id)?);
    fields.push(scan.u32("length", Value::number)?);
    Ok(())
}

/// A reader that makes a field of everything it reads.
struct Scan<'m> {
    reader: Reader<'m>,
}

impl<'m> Scan<'m> {
    fn new(bytes: &'m [u8], offset: usize) -> Scan<'m> {
        Scan { reader: Reader::new(bytes, offset) }
    }

    fn hex(&mut self, name: &'static str, count: usize) -> Result<Field<'m>, Error> {
        self.bytes(name, count, Value::Hex)
    }

    fn bytes(
        &mut self,
        name: &'static str,
        count: usize,
        show: impl Fn(&'m [u8]) -> Value<'m>,
    ) -> Result<Field<'m>, Error> {
        let start = self.reader.offset;
        let bytes = self.reader.take(count)?;
        Ok(Field::new(start..self.reader.offset, name, show(bytes)))
    }

    fn u8(&mut self, name: &'static str, show: impl Fn(u8) -> Value<'m>) -> Result<Field<'m>, Error> {
        let start = self.reader.offset;
        let value = self.reader.u8()?;
        Ok(Field::new(start..self.reader.offset, name, show(value)))
    }

    fn u16(&mut self, name: &'static str, show: impl Fn(u16) -> Value<'m>) -> Result<Field<'m>, Error> {
        let start = self.reader.offset;
        let value = self.reader.u16()?;
        Ok(Field::new(start..self.reader.offset, name, show(value)))
    }

    fn u32(&mut self, name: &'static str, show: impl Fn(u32) -> Value<'m>) -> Result<Field<'m>, Error> {
        let start = self.reader.offset;
        let value = self.reader.u32()?;
        Ok(Field::new(start..self.reader.offset, name, show(value)))
    }

    /// Everything that is left.
    fn rest(&mut self, name: &'static str) -> Field<'m> {
        let start = self.reader.offset;
        let bytes = self.reader.rest();
        Field::new(start..self.reader.offset, name, Value::Hex(bytes))
    }

    fn rest_bytes(&self) -> &'m [u8] {
        self.reader.clone().rest()
    }
}
