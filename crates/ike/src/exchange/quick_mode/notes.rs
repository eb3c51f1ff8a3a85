//! What QM1 and QM2 say beside the proposal: a shorter lifetime, and addresses as they were before a NAT.

use std::net::IpAddr;

use isakmp::{
    Attribute, Doi, IdType, LifeType, NatOriginalAddress, Notification, NotifyType, Payload, PayloadType,
};

use super::offer::{Common, lifetimes};
use super::read::duration;

/// The responder's own lifetimes, where it uses less than was offered (RFC 2407 section 4.6.3.1).
pub(super) fn responder_lifetime(common: &Common, spi: &[u8]) -> Option<Payload> {
    let Common { lifetime, kilobytes, theirs: [seconds, theirs], .. } = *common;
    // Of a unit that was not offered the responder's is the shorter one.
    let shorter = |own: u32, offered: u32| if own > 0 && (own < offered || offered == 0) { own } else { 0 };
    let told = [shorter(lifetime, seconds), shorter(kilobytes, theirs)];
    if told == [0, 0] {
        return None;
    }
    // RFC 2407 4.6.3.1: the protocol that was chosen, and the sender's inbound SPI.
    let protocol = common.set.protocols().next()?.0;
    let value = Notification {
        doi: Doi::IPSEC,
        protocol,
        notify_type: NotifyType::RESPONDER_LIFETIME,
        spi: spi.to_vec(),
        data: Attribute::encode_all(&lifetimes(told)),
    };
    Some(Payload::new(PayloadType::N, value.encode()))
}

/// Seconds and kilobytes of a RESPONDER-LIFETIME among these; `None`: there is none that can be read.
pub(super) fn told_lifetime(payloads: &[Payload]) -> Option<[Option<u32>; 2]> {
    let notifies = payloads.iter().filter(|payload| payload.kind == PayloadType::N);
    let mut notifies = notifies.filter_map(|payload| Notification::decode(&payload.body).ok());
    let told = notifies.find(|one| one.notify_type == NotifyType::RESPONDER_LIFETIME)?;
    let attributes = Attribute::decode_all(&told.data).ok()?;
    Some([LifeType::SECONDS, LifeType::KILOBYTES].map(|unit| duration(&attributes, unit)))
}

/// RFC 3947 5.2: the initiator's address first, then the responder's, as the sender knows them.
pub(super) fn original_addresses(addresses: [IpAddr; 2]) -> [Payload; 2] {
    addresses.map(|address| {
        let (id_type, address) = match address {
            IpAddr::V4(address) => (IdType::IPV4_ADDR, address.octets().to_vec()),
            IpAddr::V6(address) => (IdType::IPV6_ADDR, address.octets().to_vec()),
        };
        Payload::new(PayloadType::NAT_OA, NatOriginalAddress { id_type, address }.encode())
    })
}

/// The initiator's address before any NAT, where it says so.
pub(super) fn original_initiator(payloads: &[Payload]) -> Option<IpAddr> {
    let first = payloads.iter().find(|payload| payload.kind == PayloadType::NAT_OA)?;
    let NatOriginalAddress { address, .. } = NatOriginalAddress::decode(&first.body).ok()?;
    match (<[u8; 4]>::try_from(address.as_slice()), <[u8; 16]>::try_from(address.as_slice())) {
        (Ok(v4), _) => Some(IpAddr::from(v4)),
        (_, Ok(v6)) => Some(IpAddr::from(v6)),
        _ => None,
    }
}
