//! Notification (RFC 2408 section 3.14).
//!
//! ```text
//! +---------------------------------------------------------------+
//! |                              DOI                              |
//! +---------------+---------------+-------------------------------+
//! |  Protocol id  |   SPI size    |         Notify type           |
//! +---------------+---------------+-------------------------------+
//! |                     SPI, then data                            |
//! +---------------------------------------------------------------+
//! ```

use crate::error::{Error, Segment};
use crate::reader::Reader;
use crate::registry::{Doi, NotifyType, PayloadType, ProtocolId};

/// N payload: an error or a status.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Notification {
    /// IPSEC, or ISAKMP before there is an SA.
    pub doi: Doi,
    /// What the SPI belongs to.
    pub protocol: ProtocolId,
    /// The error or status.
    pub notify_type: NotifyType,
    /// Both cookies in phase 1, or empty; at most 255 bytes.
    pub spi: Vec<u8>,
    /// More about it.
    pub data: Vec<u8>,
}

impl Notification {
    /// Reads a payload body.
    ///
    /// # Errors
    /// Too short; offsets count from the body's start.
    pub fn decode(body: &[u8]) -> Result<Notification, Error> {
        read(Reader::new(body, 0)).map_err(|error| error.inside(Segment::Payload(PayloadType::N)))
    }

    /// The payload body.
    pub fn encode(&self) -> Vec<u8> {
        let spi_size = u8::try_from(self.spi.len()).unwrap_or(u8::MAX);
        let (doi, kind) = (self.doi.0.to_be_bytes(), self.notify_type.0.to_be_bytes());
        [&doi[..], &[self.protocol.0, spi_size], &kind, &self.spi, &self.data].concat()
    }
}

fn read(mut reader: Reader<'_>) -> Result<Notification, Error> {
    let doi = Doi(reader.u32()?);
    let protocol = ProtocolId(reader.u8()?);
    let spi_size = usize::from(reader.u8()?);
    let notify_type = NotifyType(reader.u16()?);
    // Of any size: the cookies name the SA already, and devices send 16 bytes or none.
    let spi = reader.take(spi_size)?.to_vec();
    Ok(Notification { doi, protocol, notify_type, spi, data: reader.rest().to_vec() })
}
