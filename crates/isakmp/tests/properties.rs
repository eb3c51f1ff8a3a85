//! What holds for every message: writing and reading it again changes nothing, and no bytes make a reader
//! panic or point outside them.

#![cfg(test)]

use isakmp::{
    Attribute, AttributeType, AttributeValue, Body, Certificate, Cookie, CookiePair, Delete, Doi, Error,
    ExchangeType, Flags, Header, IdType, Identification, Message, MessageId, NatOriginalAddress,
    Notification, NotifyType, Padding, Payload, PayloadType, Proposal, ProtocolId, SecurityAssociation,
    Situation, Transform, TransformId, decode_chain,
};
use proptest::collection::vec;
use proptest::prelude::*;

fn bytes(most: usize) -> impl Strategy<Value = Vec<u8>> {
    vec(any::<u8>(), 0..=most)
}

fn cookies() -> impl Strategy<Value = CookiePair> {
    (any::<[u8; 8]>(), any::<[u8; 8]>())
        .prop_map(|(i, r)| CookiePair { initiator: Cookie(i), responder: Cookie(r) })
}

/// Any payload that can stand in a message: type 0 ends a chain, 2 and 3 stand inside an SA.
fn payload() -> impl Strategy<Value = Payload> {
    let kind = (1_u8..=255).prop_filter("not 2, 3", |kind| !matches!(kind, 2 | 3));
    (kind, any::<u8>(), bytes(80)).prop_map(|(kind, reserved, body)| Payload {
        kind: PayloadType(kind),
        reserved,
        body,
    })
}

fn attribute() -> impl Strategy<Value = Attribute> {
    let kind = (0_u16..0x8000).prop_map(AttributeType);
    let value =
        prop_oneof![any::<u16>().prop_map(AttributeValue::Short), bytes(20).prop_map(AttributeValue::Long)];
    (kind, value).prop_map(|(kind, value)| Attribute { kind, value })
}

fn transform() -> impl Strategy<Value = Transform> {
    (any::<u8>(), any::<u8>(), vec(attribute(), 0..6)).prop_map(|(number, id, attributes)| Transform {
        number,
        id: TransformId(id),
        attributes,
    })
}

fn proposal() -> impl Strategy<Value = Proposal> {
    (any::<u8>(), any::<u8>(), bytes(16), vec(transform(), 0..5)).prop_map(
        |(number, protocol, spi, transforms)| Proposal {
            number,
            protocol: ProtocolId(protocol),
            spi,
            transforms,
        },
    )
}

fn security_association() -> impl Strategy<Value = SecurityAssociation> {
    vec(proposal(), 1..4).prop_map(|proposals| SecurityAssociation {
        doi: Doi::IPSEC,
        situation: Situation::IDENTITY_ONLY,
        proposals,
    })
}

fn notification() -> impl Strategy<Value = Notification> {
    (any::<u32>(), any::<u8>(), any::<u16>(), bytes(16), bytes(40)).prop_map(
        |(doi, protocol, kind, spi, data)| Notification {
            doi: Doi(doi),
            protocol: ProtocolId(protocol),
            notify_type: NotifyType(kind),
            spi,
            data,
        },
    )
}

fn delete() -> impl Strategy<Value = Delete> {
    (any::<u32>(), any::<u8>(), 1_usize..20).prop_flat_map(|(doi, protocol, size)| {
        vec(vec(any::<u8>(), size), 0..5).prop_map(move |spis| Delete {
            doi: Doi(doi),
            protocol: ProtocolId(protocol),
            spi_size: u8::try_from(size).unwrap(),
            spis,
        })
    })
}

/// An error must point into the bytes it is about, or just behind them.
fn points_inside(error: &Error, length: usize) -> Result<(), TestCaseError> {
    prop_assert!(error.offset <= length, "{error} in {length} bytes");
    prop_assert!(error.path.len() <= 4, "{error}");
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1024))]

    #[test]
    fn a_clear_message_survives(cookies in cookies(), exchange: u8, id: u32, payloads in vec(payload(), 0..8)) {
        let flags = Flags(0);
        let message = Message::clear(cookies, ExchangeType(exchange), flags, MessageId(id), payloads);
        let written = message.encode();
        prop_assert_eq!(u64::from(message.header.length), written.len() as u64);
        prop_assert_eq!(Message::decode(&written), Ok(message));
    }

    // tests RFC 2408 3.1
    #[test]
    fn an_encrypted_message_survives(cookies in cookies(), id: u32, first: u8, text in bytes(200)) {
        let (exchange, first) = (ExchangeType::MAIN, PayloadType(first));
        let message = Message::encrypted(cookies, exchange, Flags::ENCRYPTION, MessageId(id), first, text);
        prop_assert_eq!(Message::decode(&message.encode()), Ok(message));
    }

    #[test]
    fn payload_bodies_survive(sa in security_association(), notification in notification(), delete in delete()) {
        prop_assert_eq!(SecurityAssociation::decode(&sa.encode()), Ok(sa));
        prop_assert_eq!(Notification::decode(&notification.encode()), Ok(notification));
        prop_assert_eq!(Delete::decode(&delete.encode()), Ok(delete));
    }

    #[test]
    fn small_bodies_survive(kind: u8, protocol: u8, port: u16, data in bytes(40)) {
        let id = Identification { id_type: IdType(kind), protocol, port, data: data.clone() };
        prop_assert_eq!(Identification::decode(&id.encode()), Ok(id));
        let nat_oa = NatOriginalAddress { id_type: IdType(kind), address: data.clone() };
        prop_assert_eq!(NatOriginalAddress::decode(&nat_oa.encode()), Ok(nat_oa));
        let cert = Certificate { encoding: kind, data };
        prop_assert_eq!(Certificate::decode(&cert.encode()), Ok(cert));
    }

    #[test]
    fn no_bytes_make_a_reader_panic(first: u8, junk in bytes(300)) {
        for padding in [Padding::None, Padding::Allowed] {
            if let Err(error) = decode_chain(PayloadType(first), &junk, 0, padding) {
                points_inside(&error, junk.len())?;
            }
        }
        let errors = [
            Message::decode(&junk).err(), Header::decode(&junk).err(), SecurityAssociation::decode(&junk).err(),
            Notification::decode(&junk).err(), Delete::decode(&junk).err(), Identification::decode(&junk).err(),
            NatOriginalAddress::decode(&junk).err(), Certificate::decode(&junk).err(),
        ];
        for error in errors.into_iter().flatten() {
            points_inside(&error, junk.len())?;
        }
    }

    /// Whatever is read is written back byte for byte: nothing is lost on the way.
    #[test]
    fn a_damaged_message_reads_as_what_it_is(
        message in (cookies(), vec(payload(), 1..6)),
        at: prop::sample::Index,
        value: u8,
    ) {
        let (cookies, payloads) = message;
        let message = Message::clear(cookies, ExchangeType::MAIN, Flags(0), MessageId(0), payloads);
        let mut written = message.encode();
        let at = at.index(written.len());
        written[at] = value;
        match Message::decode(&written) {
            Ok(read) => prop_assert_eq!(read.encode(), written),
            Err(error) => points_inside(&error, written.len())?,
        }
    }
}

// tests RFC 2408 5.1
#[test]
fn a_length_field_allocates_nothing() {
    // A header that announces four gigabytes and holds none.
    let mut header = vec![0; 28];
    header[17] = 0x10;
    header[24..].copy_from_slice(&[0xff; 4]);
    let error = Message::decode(&header).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the header says 4294967295 bytes, the datagram has 28 at byte 24 (header)"
    );
}

// tests RFC 2408 3.2
#[test]
fn an_error_names_its_place() {
    let transform = Transform { number: 1, id: TransformId(1), attributes: Vec::new() };
    let proposal =
        Proposal { number: 1, protocol: ProtocolId(1), spi: Vec::new(), transforms: vec![transform] };
    let sa = SecurityAssociation {
        doi: Doi::IPSEC,
        situation: Situation::IDENTITY_ONLY,
        proposals: vec![proposal],
    };
    let mut body = sa.encode();
    // The transform's length field: DOI, situation, proposal header, then next payload and reserved.
    body[18..20].copy_from_slice(&3_u16.to_be_bytes());
    let error = SecurityAssociation::decode(&body).unwrap_err();
    assert_eq!(error.to_string(), "payload length 3 is less than 8 at byte 18 (SA > proposal 1)");
}

// tests RFC 2408 3.1
// tests RFC 2408 3.2
#[test]
fn a_clear_body_stays_clear() {
    let payload = Payload::new(PayloadType::VID, b"xyz".to_vec());
    let none = CookiePair { initiator: Cookie([1; 8]), responder: Cookie([0; 8]) };
    let message = Message::clear(none, ExchangeType::MAIN, Flags(0), MessageId(0), vec![payload]);
    // By hand from RFC 2408 section 3.1: cookies, VID, version 1.0, exchange 2, no flags, id 0, length 35.
    let mut expected = [[1; 8], [0; 8]].concat();
    expected.extend([13, 0x10, 2, 0, 0, 0, 0, 0, 0, 0, 0, 35]);
    expected.extend([0, 0, 0, 7, b'x', b'y', b'z']);
    assert_eq!(message.encode(), expected);
    assert!(matches!(message.body, Body::Clear(_)));
}
