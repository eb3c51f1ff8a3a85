//! NAT Original Address (RFC 3947 section 5.2): ID type, three reserved bytes, the address.

use crate::error::{Error, Segment};
use crate::reader::Reader;
use crate::registry::{IdType, PayloadType};

/// NAT-OA payload.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct NatOriginalAddress {
    /// IPv4 or IPv6 address.
    pub id_type: IdType,
    /// 4 or 16 bytes, not judged.
    pub address: Vec<u8>,
}

impl NatOriginalAddress {
    /// Reads a payload body.
    ///
    /// # Errors
    /// Too short, or a reserved byte that is not zero; offsets count from the body's start.
    pub fn decode(body: &[u8]) -> Result<NatOriginalAddress, Error> {
        read(Reader::new(body, 0)).map_err(|error| error.inside(Segment::Payload(PayloadType::NAT_OA)))
    }

    /// The payload body.
    pub fn encode(&self) -> Vec<u8> {
        [&[self.id_type.0, 0, 0, 0], self.address.as_slice()].concat()
    }
}

fn read(mut reader: Reader<'_>) -> Result<NatOriginalAddress, Error> {
    let id_type = IdType(reader.u8()?);
    // RFC 3947 5.2: three reserved bytes, zero.
    (0..3).try_for_each(|_| reader.reserved())?;
    Ok(NatOriginalAddress { id_type, address: reader.rest().to_vec() })
}
