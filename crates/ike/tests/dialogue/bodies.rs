//! Payload bodies and bytes for a hand-made peer.

use std::net::IpAddr;

use isakmp::{
    Attribute, AttributeType, AuthenticationMethod, Delete, Doi, IdType, Identification, LifeType, Payload,
    PayloadType, Proposal, ProtocolId, SecurityAssociation, Situation, Transform, TransformId,
};

use super::host::HOST;

pub fn delete(protocol: ProtocolId, spi: Vec<u8>) -> Payload {
    let spi_size = u8::try_from(spi.len()).unwrap();
    Payload::new(PayloadType::D, Delete { doi: Doi::IPSEC, protocol, spi_size, spis: vec![spi] }.encode())
}

/// The ID payload's body for an address.
pub fn identity(address: IpAddr) -> Vec<u8> {
    let IpAddr::V4(address) = address else { panic!("IPv4 alone") };
    id_payload(IdType::IPV4_ADDR, &address.octets())
}

pub fn id_payload(id_type: IdType, data: &[u8]) -> Vec<u8> {
    Identification { id_type, protocol: 17, port: 500, data: data.to_vec() }.encode()
}

/// The host's own, as it sends it.
pub fn host_identity() -> Vec<u8> {
    identity(HOST)
}

/// What the host's policy wants.
pub fn transform(number: u8) -> Transform {
    let attributes = vec![
        Attribute::short(AttributeType::ENCRYPTION, 7),
        Attribute::short(AttributeType::KEY_LENGTH, 128),
        Attribute::short(AttributeType::HASH, 4),
        Attribute::short(AttributeType::GROUP, 31),
        Attribute::short(AttributeType::AUTHENTICATION, AuthenticationMethod::PRE_SHARED.0),
        Attribute::short(AttributeType::LIFE_TYPE, LifeType::SECONDS.0),
        Attribute::long(AttributeType::LIFE_DURATION, 86400_u32.to_be_bytes().to_vec()),
    ];
    Transform { number, id: TransformId::KEY_IKE, attributes }
}

/// The body of an SA payload with one proposal.
pub fn offer(transforms: &[Transform]) -> Vec<u8> {
    let proposal = Proposal {
        number: 1,
        protocol: ProtocolId::ISAKMP,
        spi: Vec::new(),
        transforms: transforms.to_vec(),
    };
    let (doi, situation) = (Doi::IPSEC, Situation::IDENTITY_ONLY);
    SecurityAssociation { doi, situation, proposals: vec![proposal] }.encode()
}

/// The same message with its ISAKMP length set anew, after a test has cut or stretched it.
pub fn with_length(mut bytes: Vec<u8>) -> Vec<u8> {
    let length = u32::try_from(bytes.len()).unwrap().to_be_bytes();
    bytes[24..28].copy_from_slice(&length);
    bytes
}
