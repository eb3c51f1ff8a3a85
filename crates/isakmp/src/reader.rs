//! A cursor that never reads beyond its slice and knows where it stands.

use crate::error::{Error, ErrorKind};

#[derive(Clone, Debug)]
pub(crate) struct Reader<'a> {
    bytes: &'a [u8],
    /// Offset of the next byte in the message.
    pub offset: usize,
}

impl<'a> Reader<'a> {
    pub fn new(bytes: &'a [u8], offset: usize) -> Reader<'a> {
        Reader { bytes, offset }
    }

    pub fn left(&self) -> usize {
        self.bytes.len()
    }

    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    pub fn error(&self, kind: ErrorKind) -> Error {
        Error::new(kind, self.offset)
    }

    pub fn take(&mut self, count: usize) -> Result<&'a [u8], Error> {
        let left = self.left();
        let (taken, rest) = self
            .bytes
            .split_at_checked(count)
            .ok_or_else(|| self.error(ErrorKind::Truncated { needed: count, left }))?;
        self.bytes = rest;
        self.offset += count;
        Ok(taken)
    }

    pub fn array<const N: usize>(&mut self) -> Result<[u8; N], Error> {
        let left = self.left();
        // Made while the offset is still that of the value.
        let error = self.error(ErrorKind::Truncated { needed: N, left });
        self.take(N)?.try_into().map_err(|_| error)
    }

    pub fn u8(&mut self) -> Result<u8, Error> {
        self.array().map(u8::from_be_bytes)
    }

    pub fn u16(&mut self) -> Result<u16, Error> {
        self.array().map(u16::from_be_bytes)
    }

    pub fn u32(&mut self) -> Result<u32, Error> {
        self.array().map(u32::from_be_bytes)
    }

    /// A byte that must be zero.
    pub fn reserved(&mut self) -> Result<(), Error> {
        // Looked at before it is taken: the error names this byte, not the one behind.
        match self.clone().u8()? {
            0 => self.take(1).map(|_| ()),
            other => Err(self.error(ErrorKind::Reserved(other))),
        }
    }

    /// What is left of a payload whose two-byte length field comes next: `before` bytes stand in front of
    /// that field, `least` is the length of the fixed part.
    pub fn sized(&mut self, before: usize, least: u16) -> Result<Reader<'a>, Error> {
        let left = self.left().saturating_add(before);
        let at = self.offset;
        let got = self.u16()?;
        // RFC 2408 3.2: the length counts the generic header too, and stays within what holds the payload.
        if got < least {
            return Err(Error::new(ErrorKind::PayloadLength { got, least }, at));
        }
        if usize::from(got) > left {
            return Err(Error::new(ErrorKind::PayloadOverrun { got, left }, at));
        }
        let offset = self.offset;
        Ok(Reader::new(self.take(usize::from(got).saturating_sub(before + 2))?, offset))
    }

    pub fn rest(&mut self) -> &'a [u8] {
        let rest = std::mem::take(&mut self.bytes);
        self.offset += rest.len();
        rest
    }
}

/// A length field. What is too long for it cannot have been decoded, and no caller builds it.
pub(crate) fn length(length: usize) -> [u8; 2] {
    u16::try_from(length).unwrap_or(u16::MAX).to_be_bytes()
}
