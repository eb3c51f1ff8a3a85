//! Security Association, Proposal and Transform (RFC 2408 sections 3.4 to 3.6, RFC 2407 section 4.6.1).
//!
//! ```text
//! +---------------------------------------------------------------+
//! |                 DOI (4)  |  Situation (4)                     |   SA
//! +---------------+---------------+-------------------------------+
//! |   0 or 2      |   Reserved    |            Length             |   proposal
//! |   Number      |  Protocol id  |   SPI size    |  Transforms   |
//! |                          SPI                                  |
//! +---------------+---------------+-------------------------------+
//! |   0 or 3      |   Reserved    |            Length             |   transform
//! |   Number      | Transform id  |           Reserved            |
//! |                       Attributes                              |
//! +---------------+---------------+-------------------------------+
//! ```

use crate::attribute::{Attribute, decode_all};
use crate::error::{Error, ErrorKind, Segment};
use crate::reader::{Reader, length};
use crate::registry::{Doi, PayloadType, ProtocolId, Situation, TransformId};

/// SA payload: what is offered, or what was chosen.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SecurityAssociation {
    /// Always IPSEC.
    pub doi: Doi,
    /// Always `SIT_IDENTITY_ONLY`.
    pub situation: Situation,
    /// In the order written.
    pub proposals: Vec<Proposal>,
}

/// One proposal.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Proposal {
    /// Proposals with one number belong together.
    pub number: u8,
    /// ISAKMP in phase 1.
    pub protocol: ProtocolId,
    /// At most 255 bytes; empty in phase 1.
    pub spi: Vec<u8>,
    /// In order of preference, at most 255.
    pub transforms: Vec<Transform>,
}

/// One transform.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Transform {
    /// Its number, from 1.
    pub number: u8,
    /// `KEY_IKE` in phase 1.
    pub id: TransformId,
    /// In the order written.
    pub attributes: Vec<Attribute>,
}

/// Room for an offer of three or four transforms, in bytes.
const USUAL: usize = 160;

impl SecurityAssociation {
    /// Reads a payload body.
    ///
    /// # Errors
    /// Offsets count from the body's start. Reserved fields, counts and next-payload fields must be right.
    pub fn decode(body: &[u8]) -> Result<SecurityAssociation, Error> {
        decode(&mut Reader::new(body, 0)).map_err(|error| error.inside(Segment::Payload(PayloadType::SA)))
    }

    /// The payload body.
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(USUAL);
        bytes.extend(self.doi.0.to_be_bytes());
        bytes.extend(self.situation.0.to_be_bytes());
        each_with_next(&self.proposals, PayloadType::PROPOSAL, |proposal, next| {
            headed(&mut bytes, next, |bytes| proposal.encode(bytes));
        });
        bytes
    }
}

fn decode(reader: &mut Reader<'_>) -> Result<SecurityAssociation, Error> {
    let at = reader.offset;
    let doi = Doi(reader.u32()?);
    // RFC 2408 5.4: the situation's layout is the DOI's affair, so that another DOI ends the reading here.
    if doi != Doi::IPSEC {
        return Err(Error::new(ErrorKind::Doi(doi), at));
    }
    let at = reader.offset;
    let situation = Situation(reader.u32()?);
    // RFC 2407 4.2: the one situation that everybody supports; the others put labels before the proposals.
    if situation != Situation::IDENTITY_ONLY {
        return Err(Error::new(ErrorKind::Situation(situation), at));
    }
    // At least one: an SA payload without a proposal offers nothing.
    let proposals = decode_list(reader, PayloadType::PROPOSAL, 8, Proposal::decode)?;
    Ok(SecurityAssociation { doi, situation, proposals })
}

/// A list of like payloads: each but the last names its own type as next, the last names none.
fn decode_list<T>(
    reader: &mut Reader<'_>,
    kind: PayloadType,
    least: u16,
    decode: fn(Reader<'_>) -> Result<T, Error>,
) -> Result<Vec<T>, Error> {
    let mut list = Vec::new();
    loop {
        let at = reader.offset;
        let next = reader.u8()?;
        reader.reserved()?;
        list.push(decode(reader.sized(2, least)?)?);
        // RFC 2408 3.5: behind a proposal stands a proposal or nothing, behind a transform (3.6) a transform or nothing.
        match (next, reader.left()) {
            (0, 0) => return Ok(list),
            (0, left) => return Err(reader.error(ErrorKind::Trailing(left))),
            (next, _) if next == kind.0 => {}
            (got, _) => return Err(Error::new(ErrorKind::NextPayload { got, want: kind.0 }, at)),
        }
    }
}

fn each_with_next<T>(list: &[T], kind: PayloadType, mut each: impl FnMut(&T, u8)) {
    let last = list.len().saturating_sub(1);
    for (index, item) in list.iter().enumerate() {
        each(item, if index == last { 0 } else { kind.0 });
    }
}

impl Proposal {
    fn decode(mut reader: Reader<'_>) -> Result<Proposal, Error> {
        // The number first, so that every error behind it can name the proposal.
        let number = reader.u8()?;
        Proposal::decode_rest(number, &mut reader).map_err(|error| error.inside(Segment::Proposal(number)))
    }

    fn decode_rest(number: u8, reader: &mut Reader<'_>) -> Result<Proposal, Error> {
        let protocol = ProtocolId(reader.u8()?);
        let spi_size = usize::from(reader.u8()?);
        let at = reader.offset;
        let said = reader.u8()?;
        let spi = reader.take(spi_size)?.to_vec();
        // Then only a count of 0 is right, and says more than a transform cut short.
        let transforms = match reader.is_empty() {
            true => Vec::new(),
            false => decode_list(reader, PayloadType::TRANSFORM, 8, Transform::decode)?,
        };
        let got = transforms.len();
        // RFC 2408 3.5: the proposal says how many transforms it holds.
        if usize::from(said) != got {
            return Err(Error::new(ErrorKind::TransformCount { said, got }, at));
        }
        Ok(Proposal { number, protocol, spi, transforms })
    }

    fn encode(&self, bytes: &mut Vec<u8>) {
        // The field holds no more, and no more are offered.
        let count = |count: usize| u8::try_from(count).unwrap_or(u8::MAX);
        bytes.extend([self.number, self.protocol.0, count(self.spi.len()), count(self.transforms.len())]);
        bytes.extend_from_slice(&self.spi);
        each_with_next(&self.transforms, PayloadType::TRANSFORM, |transform, next| {
            headed(bytes, next, |bytes| transform.encode(bytes));
        });
    }
}

impl Transform {
    fn decode(mut reader: Reader<'_>) -> Result<Transform, Error> {
        let number = reader.u8()?;
        Transform::decode_rest(number, reader).map_err(|error| error.inside(Segment::Transform(number)))
    }

    fn decode_rest(number: u8, mut reader: Reader<'_>) -> Result<Transform, Error> {
        let id = TransformId(reader.u8()?);
        reader.reserved()?;
        reader.reserved()?;
        Ok(Transform { number, id, attributes: decode_all(reader)? })
    }

    fn encode(&self, bytes: &mut Vec<u8>) {
        bytes.extend([self.number, self.id.0, 0, 0]);
        self.attributes.iter().for_each(|attribute| attribute.encode(bytes));
    }
}

/// A body behind the header that proposals and transforms have: what comes next, and the length of it all.
fn headed(bytes: &mut Vec<u8>, next: u8, body: impl FnOnce(&mut Vec<u8>)) {
    let start = bytes.len();
    bytes.extend([next, 0, 0, 0]);
    body(bytes);
    // Only now: the length counts the body, however much that came to.
    let whole = length(bytes.len() - start);
    bytes.iter_mut().skip(start + 2).zip(whole).for_each(|(field, byte)| *field = byte);
}
