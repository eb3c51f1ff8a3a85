//! The fixed header (RFC 2408 section 3.1).
//!
//! ```text
//!  0                   1                   2                   3
//!  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//! +-------------------------------+-------------------------------+
//! |                          Initiator cookie (8)                 |
//! |                          Responder cookie (8)                 |
//! +---------------+-------+-------+---------------+---------------+
//! | Next payload  | Major | Minor | Exchange type |     Flags     |
//! +---------------+-------+-------+---------------+---------------+
//! |                          Message id                           |
//! |                          Length                               |
//! +---------------------------------------------------------------+
//! ```

use std::fmt;

use crate::error::{Error, ErrorKind, Segment};
use crate::reader::Reader;
use crate::registry::{ExchangeType, PayloadType};

/// One side's cookie.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cookie(pub [u8; 8]);

impl Cookie {
    /// Not known yet.
    pub const ZERO: Cookie = Cookie([0; 8]);

    /// Whether it is not known yet.
    pub fn is_zero(self) -> bool {
        self == Cookie::ZERO
    }
}

/// Sixteen hex digits.
impl fmt::Display for Cookie {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// Both cookies: the name of an ISAKMP SA.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CookiePair {
    /// CKY-I.
    pub initiator: Cookie,
    /// CKY-R; zero in the first message.
    pub responder: Cookie,
}

/// Message id: zero in phase 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MessageId(pub u32);

/// Major version in the high four bits, minor in the low.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version(pub u8);

impl Version {
    /// ISAKMP 1.0.
    pub const V1_0: Version = Version(0x10);

    /// 1 for ISAKMP, 2 for IKEv2.
    pub fn major(self) -> u8 {
        self.0 >> 4
    }

    /// 0 for both.
    pub fn minor(self) -> u8 {
        self.0 & 0x0f
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major(), self.minor())
    }
}

/// Header flags.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Flags(pub u8);

impl Flags {
    /// The body is encrypted.
    pub const ENCRYPTION: Flags = Flags(1);
    /// The peer is to wait for a CONNECTED notify.
    pub const COMMIT: Flags = Flags(2);
    /// An Informational exchange that is authenticated, not encrypted.
    pub const AUTHENTICATION_ONLY: Flags = Flags(4);

    /// Whether every bit of `other` is set.
    pub fn contains(self, other: Flags) -> bool {
        self.0 & other.0 == other.0
    }

    /// With the bits of `other` set as well.
    #[must_use]
    pub fn with(self, other: Flags) -> Flags {
        Flags(self.0 | other.0)
    }
}

/// The fixed header.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Header {
    /// Whose negotiation it is.
    pub cookies: CookiePair,
    /// Type of the first payload.
    pub next_payload: PayloadType,
    /// ISAKMP version.
    pub version: Version,
    /// Which exchange it belongs to.
    pub exchange: ExchangeType,
    /// Encryption, commit, authentication only; unknown bits are kept.
    pub flags: Flags,
    /// Which exchange of a kind it belongs to; zero in phase 1.
    pub message_id: MessageId,
    /// Whole message, header included, in bytes.
    pub length: u32,
}

impl Header {
    /// Length on the wire, in bytes.
    pub const LEN: usize = 28;

    /// Reads the first 28 bytes. Nothing is judged.
    ///
    /// # Errors
    /// [`ErrorKind::Truncated`].
    pub fn decode(bytes: &[u8]) -> Result<Header, Error> {
        let left = bytes.len();
        if left < Header::LEN {
            // Asked for as a whole: the field at which it broke off would say less.
            let kind = ErrorKind::Truncated { needed: Header::LEN, left };
            return Err(Error::new(kind, 0).inside(Segment::Header));
        }
        let mut reader = Reader::new(bytes, 0);
        let initiator = Cookie(reader.array()?);
        let responder = Cookie(reader.array()?);
        Ok(Header {
            cookies: CookiePair { initiator, responder },
            next_payload: PayloadType(reader.u8()?),
            // Any version: IKEv2 has the same header, and is told apart by this byte alone.
            version: Version(reader.u8()?),
            exchange: ExchangeType(reader.u8()?),
            flags: Flags(reader.u8()?),
            message_id: MessageId(reader.u32()?),
            // As it stands: whether it is the length of the datagram is for the message to judge.
            length: reader.u32()?,
        })
    }

    /// The 28 bytes.
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(Header::LEN);
        self.extend(&mut bytes);
        bytes
    }

    pub(crate) fn extend(&self, bytes: &mut Vec<u8>) {
        let CookiePair { initiator, responder } = self.cookies;
        bytes.extend(initiator.0);
        bytes.extend(responder.0);
        bytes.extend([self.next_payload.0, self.version.0, self.exchange.0, self.flags.0]);
        bytes.extend(self.message_id.0.to_be_bytes());
        bytes.extend(self.length.to_be_bytes());
    }
}
