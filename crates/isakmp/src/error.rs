//! What is wrong with a message, and exactly where.

use std::fmt;

use crate::registry::{Doi, PayloadType, Situation};

/// A decoding error.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Error {
    /// What is wrong.
    pub kind: ErrorKind,
    /// Byte offset of the offending field, from the first byte of the ISAKMP header.
    pub offset: usize,
    /// Payload by payload, from the outside in. At most four segments.
    pub path: Vec<Segment>,
}

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum ErrorKind {
    /// A field needs more bytes than there are.
    #[error("{needed} bytes are needed, {left} are left")]
    Truncated {
        /// Bytes the field takes.
        needed: usize,
        /// Bytes that are there.
        left: usize,
    },
    /// The header's length is less than a header.
    #[error("the header says {0} bytes, less than a header's 28")]
    HeaderLength(u32),
    /// The header's length is not the datagram's.
    #[error("the header says {said} bytes, the datagram has {got}")]
    DatagramLength {
        /// The length field.
        said: u32,
        /// The datagram's length.
        got: usize,
    },
    /// A payload's length is less than its fixed part.
    #[error("payload length {got} is less than {least}")]
    PayloadLength {
        /// The length field.
        got: u16,
        /// The least it can be.
        least: u16,
    },
    /// A payload's length goes beyond what holds it.
    #[error("payload length {got} goes beyond the {left} bytes that are left")]
    PayloadOverrun {
        /// The length field.
        got: u16,
        /// Bytes from the payload's start to the end.
        left: usize,
    },
    /// A proposal or transform outside an SA payload.
    #[error("a payload of type {0} stands outside an SA payload")]
    Nested(PayloadType),
    /// The next-payload field of a proposal or transform.
    #[error("next payload {got} where {want} or 0 belongs")]
    NextPayload {
        /// The field.
        got: u8,
        /// The only type that can follow.
        want: u8,
    },
    /// A reserved field inside an SA payload.
    #[error("reserved field is {0:#04x}, not 0")]
    Reserved(u8),
    /// The proposal's transform count.
    #[error("{said} transforms announced, {got} found")]
    TransformCount {
        /// The count field.
        said: u8,
        /// Transforms that follow.
        got: usize,
    },
    /// A DOI that phase 1 does not use.
    #[error("DOI {0} is not IPSEC")]
    Doi(Doi),
    /// A situation that asks for labels.
    #[error("situation {0} is not SIT_IDENTITY_ONLY")]
    Situation(Situation),
    /// A Delete payload's SPIs do not fill it.
    #[error("{count} SPIs of {size} bytes do not make {got} bytes")]
    Spis {
        /// The count field.
        count: u16,
        /// The size field.
        size: u8,
        /// Bytes that are there.
        got: usize,
    },
    /// Bytes behind the last payload.
    #[error("{0} bytes behind the last payload")]
    Trailing(usize),
}

/// One step of a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Segment {
    /// The fixed header.
    Header,
    /// A payload of this type.
    Payload(PayloadType),
    /// A proposal with this number.
    Proposal(u8),
    /// A transform with this number.
    Transform(u8),
    /// The nth attribute, from 1.
    Attribute(usize),
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, offset: usize) -> Error {
        Error { kind, offset, path: Vec::new() }
    }

    /// The same error seen from outside `segment`.
    #[must_use]
    pub(crate) fn inside(mut self, segment: Segment) -> Error {
        // An error travels outwards: each level stands before those it came from.
        self.path.insert(0, segment);
        self
    }

    /// An error in a payload body, told from the start of the message. `base` is the body's offset there.
    #[must_use]
    pub fn within(mut self, base: usize) -> Error {
        // A payload's decoder counts from its own start: it knows of nothing around it.
        self.offset = self.offset.saturating_add(base);
        self
    }
}

impl fmt::Display for Segment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Segment::Header => f.write_str("header"),
            Segment::Payload(kind) => write!(f, "{kind}"),
            Segment::Proposal(number) => write!(f, "proposal {number}"),
            Segment::Transform(number) => write!(f, "transform {number}"),
            Segment::Attribute(number) => write!(f, "attribute {number}"),
        }
    }
}

/// `payload length 3 is less than 4 at byte 30 (SA > proposal 1 > transform 2)`
impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The byte before the path: it is what a hex dump is searched for.
        write!(f, "{} at byte {}", self.kind, self.offset)?;
        let Some((first, rest)) = self.path.split_first() else {
            return Ok(());
        };
        write!(f, " ({first}")?;
        rest.iter().try_for_each(|segment| write!(f, " > {segment}"))?;
        f.write_str(")")
    }
}

impl std::error::Error for Error {}
