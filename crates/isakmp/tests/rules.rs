//! What the RFCs forbid a message is refused, at the byte where it stands.

#![cfg(test)]

use isakmp::{
    Attribute, AttributeType, Body, Delete, Doi, Error, ExchangeType, Message, NatOriginalAddress,
    NotifyType, Padding, PayloadType, Proposal, ProtocolId, SecurityAssociation, Situation, Transform,
    TransformId, decode_chain,
};

/// Two proposals of two transforms each: DOI and situation, then from byte 8 the first proposal, from byte 16 its
/// transforms of 12 bytes, from byte 40 the second proposal.
fn offer() -> Vec<u8> {
    let attributes = vec![Attribute::short(AttributeType::HASH, 2)];
    let transform = |number| Transform { number, id: TransformId::KEY_IKE, attributes: attributes.clone() };
    let proposal = |number| {
        let transforms = vec![transform(1), transform(2)];
        Proposal { number, protocol: ProtocolId::ISAKMP, spi: Vec::new(), transforms }
    };
    let (doi, situation) = (Doi::IPSEC, Situation::IDENTITY_ONLY);
    SecurityAssociation { doi, situation, proposals: vec![proposal(1), proposal(2)] }.encode()
}

/// What is said about the offer with one byte changed.
fn refused(at: usize, value: u8) -> String {
    let mut body = offer();
    body[at] = value;
    SecurityAssociation::decode(&body).unwrap_err().to_string()
}

// tests RFC 2408 5.4
// tests RFC 2407 4.2
#[test]
fn another_doi_or_situation() {
    assert!(SecurityAssociation::decode(&offer()).is_ok());
    assert_eq!(refused(3, 2), "DOI 2 is not IPSEC at byte 0 (SA)");
    assert_eq!(refused(7, 3), "situation 3 is not SIT_IDENTITY_ONLY at byte 4 (SA)");
}

// tests RFC 2408 3.5
#[test]
fn what_stands_behind_a_proposal_or_transform() {
    assert_eq!(refused(8, 3), "next payload 3 where 2 or 0 belongs at byte 8 (SA)");
    assert_eq!(refused(8, 0), "32 bytes behind the last payload at byte 40 (SA)");
    assert_eq!(refused(16, 2), "next payload 2 where 3 or 0 belongs at byte 16 (SA > proposal 1)");
    assert_eq!(refused(16, 0), "12 bytes behind the last payload at byte 28 (SA > proposal 1)");
}

// tests RFC 2408 3.5
#[test]
fn a_count_that_is_not_the_transforms() {
    assert_eq!(refused(15, 1), "1 transforms announced, 2 found at byte 15 (SA > proposal 1)");
    assert_eq!(refused(15, 3), "3 transforms announced, 2 found at byte 15 (SA > proposal 1)");
}

// tests RFC 2408 3.4
#[test]
fn a_proposal_outside_an_sa_payload() {
    for kind in [PayloadType::PROPOSAL, PayloadType::TRANSFORM] {
        let error = decode_chain(kind, &[0, 0, 0, 4], 28, Padding::None).unwrap_err();
        assert_eq!(error.offset, 28, "{error}");
        // Also behind another payload.
        assert!(decode_chain(PayloadType::VID, &[kind.0, 0, 0, 4, 0, 0, 0, 4], 28, Padding::None).is_err());
    }
}

// tests RFC 2409 B
#[test]
fn bytes_behind_the_last_payload() {
    let padded = [0, 0, 0, 4, 0, 0, 0];
    assert_eq!(decode_chain(PayloadType::VID, &padded, 0, Padding::Allowed).unwrap().len(), 1);
    let error = decode_chain(PayloadType::VID, &padded, 0, Padding::None).unwrap_err();
    assert_eq!(error.to_string(), "3 bytes behind the last payload at byte 4");
}

// tests RFC 2408 3.2
#[test]
fn a_payload_length_that_does_not_fit() {
    let read =
        |length: u8| decode_chain(PayloadType::NONCE, &[0, 0, 0, length, 1, 2, 3, 4], 28, Padding::Allowed);
    for length in [0, 3, 9, 255] {
        assert_eq!(read(length).unwrap_err().offset, 30, "length {length}");
    }
    assert_eq!(read(8).unwrap()[0].body, [1, 2, 3, 4]);
    assert!(read(4).unwrap()[0].body.is_empty());
}

// tests RFC 2408 3.3
#[test]
fn both_forms_of_an_attribute() {
    let body = [&offer()[..24], &[0x80, 2, 0, 5][..]].concat();
    let mut one = body.clone();
    one[8] = 0;
    (one[11], one[15], one[16], one[19]) = (20, 1, 0, 12);
    let sa = SecurityAssociation::decode(&one).unwrap();
    assert_eq!(sa.proposals[0].transforms[0].attributes, [Attribute::short(AttributeType::HASH, 5)]);
    // The same bytes without the first bit announce a value of five bytes that is not there.
    one[24] = 0;
    let error: Error = SecurityAssociation::decode(&one).unwrap_err();
    assert_eq!(
        error.to_string(),
        "5 bytes are needed, 0 are left at byte 28 (SA > proposal 1 > transform 1 > attribute 1)"
    );
}

// tests RFC 2408 3.15
#[test]
fn a_delete_whose_count_is_not_its_spis() {
    let spis = vec![vec![1; 16], vec![2; 16]];
    let body = Delete { doi: Doi::IPSEC, protocol: ProtocolId::ISAKMP, spi_size: 16, spis }.encode();
    for (at, value) in [(5, 15), (5, 0), (7, 1), (7, 3), (6, 1)] {
        let mut wrong = body.clone();
        wrong[at] = value;
        assert!(Delete::decode(&wrong).is_err(), "byte {at}");
    }
    assert!(Delete::decode(&[0, 0, 0, 1, 1, 0, 255, 255]).is_err(), "65535 SPIs of no bytes");
}

// tests RFC 3947 5.2
#[test]
fn a_reserved_byte_of_nat_oa() {
    let body = [1, 0, 0, 0, 10, 0, 0, 1];
    assert!(NatOriginalAddress::decode(&body).is_ok());
    for at in 1..4 {
        let mut wrong = body;
        wrong[at] = 1;
        assert_eq!(NatOriginalAddress::decode(&wrong).unwrap_err().offset, at);
    }
}

// tests RFC 2408 3.14.1
#[test]
fn errors_and_statuses() {
    assert!(NotifyType(1).is_error() && NotifyType(16383).is_error());
    assert!(!NotifyType::CONNECTED.is_error() && !NotifyType::INITIAL_CONTACT.is_error());
}

/// pluto fills a message in clear up to four bytes; anything else behind the last payload is refused.
#[test]
fn zeros_behind_a_clear_chain() {
    let message = |behind: &[u8]| {
        let body = [&[0, 0, 0, 7, 1, 2, 3][..], behind].concat();
        let mut bytes = vec![9; 16];
        bytes.extend([PayloadType::VID.0, 0x10, ExchangeType::MAIN.0, 0, 0, 0, 0, 0]);
        bytes.extend(u32::try_from(28 + body.len()).unwrap().to_be_bytes());
        bytes.extend(body);
        bytes
    };
    let padded = message(&[0]);
    let read = Message::decode(&padded).unwrap();
    assert_eq!(read.encode(), padded);
    assert!(matches!(read.body, Body::Clear(payloads) if payloads.len() == 1));
    for behind in [&[1][..], &[0, 0], &[0; 5]] {
        assert!(Message::decode(&message(behind)).is_err(), "{behind:?}");
    }
}
