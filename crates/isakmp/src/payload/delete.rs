//! Delete (RFC 2408 section 3.15).
//!
//! ```text
//! +---------------------------------------------------------------+
//! |                              DOI                              |
//! +---------------+---------------+-------------------------------+
//! |  Protocol id  |   SPI size    |        Number of SPIs         |
//! +---------------+---------------+-------------------------------+
//! |                            SPIs                               |
//! +---------------------------------------------------------------+
//! ```

use crate::error::{Error, ErrorKind, Segment};
use crate::reader::Reader;
use crate::registry::{Doi, PayloadType, ProtocolId};

/// D payload: SAs that the sender has removed.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Delete {
    /// IPSEC.
    pub doi: Doi,
    /// What the SPIs belong to.
    pub protocol: ProtocolId,
    /// Length of each SPI in bytes: 16 for ISAKMP (both cookies), 4 for AH and ESP.
    pub spi_size: u8,
    /// Each of `spi_size` bytes, at most 65 535.
    pub spis: Vec<Vec<u8>>,
}

impl Delete {
    /// Reads a payload body.
    ///
    /// # Errors
    /// Too short, or count and size do not fit; offsets count from the body's start.
    pub fn decode(body: &[u8]) -> Result<Delete, Error> {
        read(Reader::new(body, 0)).map_err(|error| error.inside(Segment::Payload(PayloadType::D)))
    }

    /// The payload body.
    pub fn encode(&self) -> Vec<u8> {
        let count = u16::try_from(self.spis.len()).unwrap_or(u16::MAX).to_be_bytes();
        [&self.doi.0.to_be_bytes()[..], &[self.protocol.0, self.spi_size], &count, &self.spis.concat()]
            .concat()
    }
}

fn read(mut reader: Reader<'_>) -> Result<Delete, Error> {
    let doi = Doi(reader.u32()?);
    let protocol = ProtocolId(reader.u8()?);
    let at = reader.offset;
    let size = reader.u8()?;
    let count = reader.u16()?;
    let got = reader.left();
    // RFC 2408 3.15: count and size fill the payload.
    // SPIs of no bytes would make the count an allocation that no byte pays for.
    if usize::from(size) * usize::from(count) != got || (size == 0 && count > 0) {
        return Err(Error::new(ErrorKind::Spis { count, size, got }, at));
    }
    // Size 0 is left with a count of 0 here, and chunks of 0 would panic.
    let spis = reader.rest().chunks_exact(usize::from(size).max(1)).map(<[u8]>::to_vec).collect();
    Ok(Delete { doi, protocol, spi_size: size, spis })
}
