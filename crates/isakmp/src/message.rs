//! A whole message: the header and its chain of payloads (RFC 2408 sections 3.2 and 5.1).
//!
//! ```text
//! +---------------+---------------+-------------------------------+
//! | Next payload  |   Reserved    |        Payload length         |   the generic header of each payload
//! +---------------+---------------+-------------------------------+
//! ```

use crate::error::{Error, ErrorKind, Segment};
use crate::header::{CookiePair, Flags, Header, MessageId, Version};
use crate::reader::{Reader, length};
use crate::registry::{ExchangeType, PayloadType};

/// One message.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Message {
    /// The fixed header.
    pub header: Header,
    /// What follows it.
    pub body: Body,
}

/// What follows the header.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Body {
    /// Payloads in clear.
    Clear(Vec<Payload>),
    /// Encrypted: raw bytes. The header names the type of the first payload inside.
    Encrypted(Vec<u8>),
}

/// One payload, its body as received.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Payload {
    /// Its type.
    pub kind: PayloadType,
    /// The reserved byte of its generic header. Kept, not judged.
    pub reserved: u8,
    /// What follows the generic header.
    pub body: Vec<u8>,
}

/// Whether bytes may follow the last payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Padding {
    /// The chain fills its space.
    None,
    /// Cipher padding may follow (RFC 2409 appendix B).
    Allowed,
}

/// Length of the generic payload header, in bytes.
pub const GENERIC_HEADER_LEN: usize = 4;

impl Message {
    /// Reads a UDP payload (without the non-ESP marker). Version, exchange and flags are not judged.
    ///
    /// # Errors
    /// A length that is not the datagram's, or a chain of payloads that does not fit into it.
    pub fn decode(datagram: &[u8]) -> Result<Message, Error> {
        let header = Header::decode(datagram)?;
        // RFC 2408 5.1: a message whose length is not the number of bytes that came is discarded.
        let at_length = |kind| Error::new(kind, Header::LEN - 4).inside(Segment::Header);
        // Widened, never narrowed: a length that wraps would pass for a short one.
        let said = header.length;
        if u64::from(said) < Header::LEN as u64 {
            return Err(at_length(ErrorKind::HeaderLength(said)));
        }
        if u64::from(said) != datagram.len() as u64 {
            return Err(at_length(ErrorKind::DatagramLength { said, got: datagram.len() }));
        }
        let rest = datagram.get(Header::LEN..).unwrap_or_default();
        // RFC 2408 3.1: the encryption bit covers everything behind the header: nothing there can be read yet.
        let body = if header.flags.contains(Flags::ENCRYPTION) {
            Body::Encrypted(rest.to_vec())
        } else {
            let (chain, _) =
                rest.split_at_checked(rest.len() - padding(header.next_payload, rest)).unwrap_or((rest, &[]));
            Body::Clear(decode_chain(header.next_payload, chain, Header::LEN, Padding::None)?)
        };
        Ok(Message { header, body })
    }

    /// A message in clear, ISAKMP 1.0; next payload and length follow from the payloads.
    pub fn clear(
        cookies: CookiePair,
        exchange: ExchangeType,
        flags: Flags,
        message_id: MessageId,
        payloads: Vec<Payload>,
    ) -> Message {
        let next_payload = first_kind(&payloads);
        let length = total(chain_len(&payloads));
        let version = Version::V1_0;
        let header = Header { cookies, next_payload, version, exchange, flags, message_id, length };
        Message { header, body: Body::Clear(payloads) }
    }

    /// An encrypted message, ISAKMP 1.0. `first` is the type of the first payload in the ciphertext; the
    /// caller sets the encryption flag.
    pub fn encrypted(
        cookies: CookiePair,
        exchange: ExchangeType,
        flags: Flags,
        message_id: MessageId,
        first: PayloadType,
        ciphertext: Vec<u8>,
    ) -> Message {
        let length = total(ciphertext.len());
        let (next_payload, version) = (first, Version::V1_0);
        let header = Header { cookies, next_payload, version, exchange, flags, message_id, length };
        Message { header, body: Body::Encrypted(ciphertext) }
    }

    /// Zeros behind so many bytes, where the header's length asks for them.
    fn padding(&self, len: usize) -> usize {
        let missing = usize::try_from(self.header.length).unwrap_or(0).saturating_sub(len);
        if missing < WORD && len.saturating_add(missing).is_multiple_of(WORD) { missing } else { 0 }
    }

    /// The bytes.
    pub fn encode(&self) -> Vec<u8> {
        let body = match &self.body {
            Body::Clear(payloads) => chain_len(payloads),
            Body::Encrypted(ciphertext) => ciphertext.len(),
        };
        let mut bytes = Vec::with_capacity(Header::LEN.saturating_add(body));
        self.header.extend(&mut bytes);
        match &self.body {
            Body::Clear(payloads) => {
                extend_chain(&mut bytes, payloads);
                bytes.resize(bytes.len().saturating_add(self.padding(bytes.len())), 0);
            }
            Body::Encrypted(ciphertext) => bytes.extend_from_slice(ciphertext),
        }
        bytes
    }
}

/// Zeros that a sender puts behind the last payload in clear, so that the whole length is a multiple of this.
const WORD: usize = 4;

/// How many of them stand there. No RFC knows them; pluto sends them and charon reads past them.
fn padding(first: PayloadType, rest: &[u8]) -> usize {
    let Some(left) = behind_the_chain(first, rest) else { return 0 };
    let is_padding =
        left.len() < WORD && rest.len().is_multiple_of(WORD) && left.iter().all(|byte| *byte == 0);
    if is_padding { left.len() } else { 0 }
}

/// What a whole chain leaves of these bytes.
fn behind_the_chain(first: PayloadType, mut rest: &[u8]) -> Option<&[u8]> {
    let mut kind = first;
    while kind != PayloadType::NONE {
        let [next, _, high, low] = *rest.first_chunk()?;
        let len = usize::from(u16::from_be_bytes([high, low])).max(GENERIC_HEADER_LEN);
        rest = rest.get(len..)?;
        kind = PayloadType(next);
    }
    Some(rest)
}

fn total(body: usize) -> u32 {
    // What is longer fits no datagram; a wrong length is no reason to panic.
    u32::try_from(body.saturating_add(Header::LEN)).unwrap_or(u32::MAX)
}

fn first_kind(payloads: &[Payload]) -> PayloadType {
    payloads.first().map_or(PayloadType::NONE, |payload| payload.kind)
}

impl Payload {
    /// A payload with this body, at most 65 531 bytes.
    pub fn new(kind: PayloadType, body: Vec<u8>) -> Payload {
        Payload { kind, reserved: 0, body }
    }

    /// Bytes with the generic header.
    fn len(&self) -> usize {
        self.body.len().saturating_add(GENERIC_HEADER_LEN)
    }
}

/// Payloads with their generic headers, one after the other.
pub fn encode_chain(payloads: &[Payload]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(chain_len(payloads));
    extend_chain(&mut bytes, payloads);
    bytes
}

fn extend_chain(bytes: &mut Vec<u8>, payloads: &[Payload]) {
    // RFC 2408 3.2: each payload names the one behind it, the last one none.
    let kinds = payloads.iter().skip(1).map(|payload| payload.kind).chain([PayloadType::NONE]);
    for (payload, next) in payloads.iter().zip(kinds) {
        bytes.extend([next.0, payload.reserved]);
        bytes.extend(length(payload.len()));
        bytes.extend_from_slice(&payload.body);
    }
}

fn chain_len(payloads: &[Payload]) -> usize {
    payloads.iter().map(Payload::len).fold(0, usize::saturating_add)
}

/// Reads a chain whose first payload is of type `first`. `base` is the offset of `bytes` in the message.
///
/// # Errors
/// A length that does not fit, a proposal or transform outside an SA, bytes behind the last payload.
pub fn decode_chain(
    first: PayloadType,
    bytes: &[u8],
    base: usize,
    padding: Padding,
) -> Result<Vec<Payload>, Error> {
    let mut reader = Reader::new(bytes, base);
    // As many as most messages have; how many there are, nothing says before their end.
    let mut payloads = Vec::with_capacity(8);
    let mut kind = first;
    // Ends, whatever the types say: each round takes the four bytes of a generic header.
    while kind != PayloadType::NONE {
        let (next, payload) =
            decode_payload(&mut reader, kind).map_err(|e| e.inside(Segment::Payload(kind)))?;
        payloads.push(payload);
        kind = next;
    }
    // RFC 2409 B: a sealed chain may end before its space does, for zeros fill the last block; a clear one may not.
    match (padding, reader.left()) {
        (Padding::None, left) if left > 0 => Err(reader.error(ErrorKind::Trailing(left))),
        _ => Ok(payloads),
    }
}

fn decode_payload(reader: &mut Reader<'_>, kind: PayloadType) -> Result<(PayloadType, Payload), Error> {
    // RFC 2408 3.4: proposals and transforms are parts of an SA payload, never payloads of the message.
    if kind == PayloadType::PROPOSAL || kind == PayloadType::TRANSFORM {
        return Err(reader.error(ErrorKind::Nested(kind)));
    }
    let next = PayloadType(reader.u8()?);
    let reserved = reader.u8()?;
    let body = reader.sized(2, 4)?.rest().to_vec();
    Ok((next, Payload { kind, reserved, body }))
}

/// Offset in its message of the body of the first payload of this kind; the end if there is none.
pub fn body_offset(payloads: &[Payload], kind: PayloadType) -> usize {
    // Bodies do not keep their place: it follows from what stands before.
    let before = payloads.iter().take_while(|payload| payload.kind != kind);
    let skipped: usize = before.map(Payload::len).sum();
    Header::LEN + GENERIC_HEADER_LEN + skipped
}
