//! From byte ranges to fields and their meaning, for people: everything that can be named is named, and a
//! message that is cut or wrong is dissected as far as it goes.

mod payload;

use std::fmt::Display;
use std::ops::Range;

use crate::error::Error;
use crate::header::{Flags, Header};
use crate::reader::Reader;
use crate::registry::{ExchangeType, PayloadType};

/// A stretch of bytes and what it means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// Byte offsets from the first byte that was dissected.
    pub range: Range<usize>,
    /// The RFC's name.
    pub name: String,
    /// The value in words, numbers or hex; empty where the children say it.
    pub value: String,
    /// What it is made of, in order.
    pub children: Vec<Field>,
}

impl Field {
    fn new(range: Range<usize>, name: impl Into<String>, value: impl Into<String>) -> Field {
        Field { range, name: name.into(), value: value.into(), children: Vec::new() }
    }

    /// The field itself and everything below it, each before its children.
    pub fn walk(&self) -> impl Iterator<Item = &Field> {
        let mut stack = vec![self];
        std::iter::from_fn(move || {
            let field = stack.pop()?;
            stack.extend(field.children.iter().rev());
            Some(field)
        })
    }
}

/// Dissects an ISAKMP message (without the non-ESP marker). An encrypted body is one field.
pub fn dissect(message: &[u8]) -> Vec<Field> {
    let mut scan = Scan::new(message, 0);
    let mut fields = Vec::new();
    let result = header(&mut scan, &mut fields);
    close(result, &mut scan, &mut fields);
    let Ok(header) = Header::decode(message) else {
        return fields;
    };
    if header.flags.contains(Flags::ENCRYPTION) {
        let end = message.len();
        if end > Header::LEN {
            let length = end - Header::LEN;
            fields.push(Field::new(Header::LEN..end, "encrypted payloads", format!("{length} bytes")));
        }
        return fields;
    }
    fields.extend(dissect_chain(header.next_payload, scan.rest_bytes(), Header::LEN));
    fields
}

/// Dissects a chain of payloads whose first byte stands at `offset`: the plaintext of an encrypted
/// message. What follows the last payload is padding.
pub fn dissect_chain(first: PayloadType, bytes: &[u8], offset: usize) -> Vec<Field> {
    let mut scan = Scan::new(bytes, offset);
    let mut fields = Vec::new();
    let result = payload::chain(first, &mut scan, &mut fields);
    close(result, &mut scan, &mut fields);
    fields
}

/// What could not be read is a field too, and so is what is left over.
fn close(result: Result<(), Error>, scan: &mut Scan<'_>, fields: &mut Vec<Field>) {
    if let Err(error) = result {
        let rest = scan.rest("malformed");
        fields.push(Field { value: error.kind.to_string(), ..rest });
    }
}

fn header(scan: &mut Scan<'_>, fields: &mut Vec<Field>) -> Result<(), Error> {
    fields.push(scan.hex("initiator cookie", 8)?);
    fields.push(scan.hex("responder cookie", 8)?);
    fields.push(scan.u8("next payload", |n| named(PayloadType(n), n))?);
    fields.push(scan.u8("version", |n| format!("{}.{}", n >> 4, n & 0xf))?);
    fields.push(scan.u8("exchange type", |n| named(ExchangeType(n), n))?);
    fields.push(scan.u8("flags", flags)?);
    fields.push(scan.u32("message ID", |n| format!("{n:#010x}"))?);
    fields.push(scan.u32("length", |n| n.to_string())?);
    Ok(())
}

fn flags(byte: u8) -> String {
    let names = [
        (Flags::ENCRYPTION, "encryption"),
        (Flags::COMMIT, "commit"),
        (Flags::AUTHENTICATION_ONLY, "authentication only"),
    ];
    let set: Vec<&str> =
        names.iter().filter(|(flag, _)| Flags(byte).contains(*flag)).map(|(_, name)| *name).collect();
    if set.is_empty() { format!("{byte:#04x}") } else { format!("{byte:#04x} ({})", set.join(", ")) }
}

/// `KE (4)`, or the bare number.
fn named(name: impl Display, number: impl Display) -> String {
    let (name, number) = (name.to_string(), number.to_string());
    if name == number { number } else { format!("{name} ({number})") }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A reader that makes a field of everything it reads.
struct Scan<'a> {
    reader: Reader<'a>,
}

impl<'a> Scan<'a> {
    fn new(bytes: &'a [u8], offset: usize) -> Scan<'a> {
        Scan { reader: Reader::new(bytes, offset) }
    }

    fn hex(&mut self, name: &str, count: usize) -> Result<Field, Error> {
        self.bytes(name, count, hex)
    }

    fn bytes(&mut self, name: &str, count: usize, show: impl Fn(&[u8]) -> String) -> Result<Field, Error> {
        let start = self.reader.offset;
        let bytes = self.reader.take(count)?;
        Ok(Field::new(start..self.reader.offset, name, show(bytes)))
    }

    fn u8(&mut self, name: &str, show: impl Fn(u8) -> String) -> Result<Field, Error> {
        let start = self.reader.offset;
        let value = self.reader.u8()?;
        Ok(Field::new(start..self.reader.offset, name, show(value)))
    }

    fn u16(&mut self, name: &str, show: impl Fn(u16) -> String) -> Result<Field, Error> {
        let start = self.reader.offset;
        let value = self.reader.u16()?;
        Ok(Field::new(start..self.reader.offset, name, show(value)))
    }

    fn u32(&mut self, name: &str, show: impl Fn(u32) -> String) -> Result<Field, Error> {
        let start = self.reader.offset;
        let value = self.reader.u32()?;
        Ok(Field::new(start..self.reader.offset, name, show(value)))
    }

    /// Everything that is left.
    fn rest(&mut self, name: &str) -> Field {
        let start = self.reader.offset;
        let bytes = self.reader.rest();
        Field::new(start..self.reader.offset, name, hex(bytes))
    }

    fn rest_bytes(&self) -> &'a [u8] {
        self.reader.clone().rest()
    }
}
