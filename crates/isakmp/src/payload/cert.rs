//! Certificate and Certificate Request (RFC 2408 sections 3.9 and 3.10): one encoding byte, then data.

use crate::error::{Error, Segment};
use crate::reader::Reader;
use crate::registry::PayloadType;

/// CERT or CR payload.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Certificate {
    /// Certificate encoding; 4 is an X.509 signature certificate.
    pub encoding: u8,
    /// The certificate, or the name of the authority that is asked for. Not parsed.
    pub data: Vec<u8>,
}

impl Certificate {
    /// Reads a payload body.
    ///
    /// # Errors
    /// Empty; offsets count from the body's start.
    pub fn decode(body: &[u8]) -> Result<Certificate, Error> {
        let mut reader = Reader::new(body, 0);
        // Not interpreted: signatures are not built, but foreign captures hold certificates.
        let encoding = reader.u8().map_err(|error| error.inside(Segment::Payload(PayloadType::CERT)))?;
        Ok(Certificate { encoding, data: reader.rest().to_vec() })
    }

    /// The payload body.
    pub fn encode(&self) -> Vec<u8> {
        [&[self.encoding], self.data.as_slice()].concat()
    }
}
