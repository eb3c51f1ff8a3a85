//! Identification (RFC 2407 section 4.6.2).
//!
//! ```text
//! +---------------+---------------+-------------------------------+
//! |    ID type    |  Protocol id  |             Port              |
//! +---------------+---------------+-------------------------------+
//! |                       Identification data                     |
//! +---------------------------------------------------------------+
//! ```

use crate::error::{Error, Segment};
use crate::reader::Reader;
use crate::registry::{IdType, PayloadType};

/// ID payload: who a peer says it is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Identification {
    /// How to read `data`.
    pub id_type: IdType,
    /// IP protocol: 0 or 17 in phase 1.
    pub protocol: u8,
    /// UDP port: 0 or 500 in phase 1.
    pub port: u16,
    /// The name or address.
    pub data: Vec<u8>,
}

impl Identification {
    /// Reads a payload body.
    ///
    /// # Errors
    /// Too short; offsets count from the body's start.
    pub fn decode(body: &[u8]) -> Result<Identification, Error> {
        read(Reader::new(body, 0)).map_err(|error| error.inside(Segment::Payload(PayloadType::ID)))
    }

    /// The payload body.
    pub fn encode(&self) -> Vec<u8> {
        [&[self.id_type.0, self.protocol], &self.port.to_be_bytes()[..], &self.data].concat()
    }
}

fn read(mut reader: Reader<'_>) -> Result<Identification, Error> {
    let id_type = IdType(reader.u8()?);
    let protocol = reader.u8()?;
    let port = reader.u16()?;
    // Whether the data fit the type is for the engine to say: a decoder shows what came.
    Ok(Identification { id_type, protocol, port, data: reader.rest().to_vec() })
}
