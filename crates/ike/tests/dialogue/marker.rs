//! UDP 4500: IKE stands behind four zero bytes there; what has none is ESP or a keepalive (RFC 3948 section 2).

use std::net::SocketAddr;

use ike::{Config, Mode};
use isakmp::{CookiePair, Payload, PayloadType};

use super::host::{Host, config};
use super::peer::{Peer, initiator, responder};

const OUTSIDE: &str = "192.0.2.1:40001";

fn marked(message: &[u8]) -> Vec<u8> {
    [&[0; 4], message].concat()
}

fn outside() -> SocketAddr {
    OUTSIDE.parse().unwrap()
}

/// A host with NAT traversal, and its peer's extra payloads for the clear messages.
fn traversing(mode: Mode) -> Host {
    let mut config = Config { nat_traversal: true, ..config(mode) };
    config.tunnel_groups[0].name = ike::GroupName::Default;
    Host::new(config)
}

/// RFC 3947 section 3.1: the MD5 of "RFC 3947".
fn vendor_id() -> Payload {
    Payload::new(
        PayloadType::VID,
        b"\x4a\x13\x1c\x81\x07\x03\x58\x45\x5c\x57\x28\xf2\x0e\x95\x45\x2f".to_vec(),
    )
}

/// RFC 3947 section 3.2: hash(CKY-I | CKY-R | address | port).
fn nat_d(cookies: CookiePair, end: &str) -> Payload {
    let end: SocketAddr = end.parse().unwrap();
    let hash = ike::nat_d::nat_d(ike::crypto::HashAlg::Sha256, cookies, end.ip(), end.port());
    Payload::new(PayloadType::NAT_D, hash)
}

/// The peer's message `number` with NAT traversal's payloads: what it believes of the host's end, then its own.
fn with_nat_t(peer: &Peer, number: u8, ends: [&str; 2]) -> Vec<u8> {
    let mut payloads = peer.payloads(number);
    match (peer.mode, number) {
        (Mode::Main, 1 | 2) | (Mode::Aggressive, 1) => payloads.push(vendor_id()),
        (Mode::Main, _) => payloads.extend(ends.map(|end| nat_d(peer.cookies, end))),
        (Mode::Aggressive, _) => {
            payloads.push(vendor_id());
            payloads.extend(ends.map(|end| nat_d(peer.cookies, end)));
        }
    }
    peer.encode(number, &payloads)
}

// tests RFC 3948 2.2
#[test]
fn without_the_marker_it_is_no_ike() {
    let (mut host, peer) = (Host::new(config(Mode::Main)), initiator(Mode::Main));
    let msg1 = peer.message(1);
    host.hears_on(4500, outside(), &msg1).drops("it", "NoMarker");
    host.hears_on(4500, outside(), &marked(&msg1)[1..]).drops("it", "NoMarker");
    let answer = host.hears_on(4500, outside(), &marked(&msg1));
    let answer = answer.is(&["makes SA 0", "accepts MSG1", "is MM_WAIT_MSG3", "sends MSG2"]);
    let (to, bytes) = answer.datagram();
    assert_eq!((to, &bytes[..4]), (outside(), &[0; 4][..]));
}

// tests RFC 3948 2.2
#[test]
fn esp_and_keepalives_are_left_alone() {
    let mut host = Host::new(config(Mode::Main));
    let esp = [&[0x12, 0x34, 0x56, 0x78, 0, 0, 0, 1][..], &[0xab; 40]].concat();
    for bytes in [&[0xff][..], &[], &[0, 0, 0], &esp] {
        host.hears_on(4500, outside(), bytes).drops("it", "NoMarker");
    }
    host.hears_on(4500, outside(), &[0; 4]).drops("it", "Malformed");
}

#[test]
fn the_marker_belongs_to_4500_alone() {
    let (mut host, mut peer) = (Host::new(config(Mode::Main)), initiator(Mode::Main));
    assert!(host.hears(&marked(&peer.message(1))).is_one_drop());
    let msg2 = host.hears(&peer.says(1)).datagram().1;
    assert_ne!(msg2[..4], [0; 4]);
}

/// The initiator's address was translated: the responder sees it in NAT-D, and follows to 4500 with MSG5.
// tests RFC 3947 3.2
// tests RFC 3947 4
#[test]
fn a_responder_follows_to_4500() {
    let (mut host, mut peer) = (traversing(Mode::Main), initiator(Mode::Main));
    let from: SocketAddr = "192.0.2.1:1024".parse().unwrap();
    peer.hears(&host.hears_on(500, from, &with_nat_t(&peer, 1, [""; 2])).message());
    let ends = ["198.51.100.1:500", "10.0.0.1:500"];
    let answer = host.hears_on(500, from, &with_nat_t(&peer, 3, ends));
    assert!(answer.has("sees NAT: local false, remote true"));
    peer.hears(&answer.message());
    let msg5 = peer.says(5);
    let answer = host.hears_on(4500, outside(), &marked(&msg5));
    assert!(answer.has("floats") && answer.has("accepts MSG5"));
    let (to, msg6) = answer.datagram();
    assert_eq!((to, &msg6[..4]), (outside(), &[0; 4][..]));
    // A copy that was on its way to 500 is answered where the peer is now.
    assert_eq!(
        host.hears_on(500, from, &msg5).is(&["knows MSG5", "sends MSG6 again"]).datagram(),
        (to, msg6)
    );
}

/// The initiator sees itself behind NAT in MSG4, and goes to 4500 with MSG5, resends included.
// tests RFC 3947 3.2
// tests RFC 3947 4
#[test]
fn an_initiator_goes_to_4500() {
    let (mut host, mut peer) = (traversing(Mode::Main), responder(Mode::Main));
    peer.hears(&host.initiates().message());
    peer.hears(&host.hears(&with_nat_t(&peer, 2, [""; 2])).message());
    let answer = host.hears(&with_nat_t(&peer, 4, ["192.0.2.1:500", "203.0.113.1:500"]));
    assert!(answer.has("sees NAT: local true, remote false") && answer.has("floats"));
    let (to, first) = answer.datagram();
    assert_eq!((to, &first[..4]), ("203.0.113.1:4500".parse().unwrap(), &[0; 4][..]));
    assert_eq!(host.wakes().unwrap().datagram(), (to, first));
    peer.hears(&answer.message());
    host.hears_on(4500, to, &marked(&peer.says(6))).is(&["accepts MSG6", "is MM_ACTIVE"]);
}

// tests RFC 3947 3.1
#[test]
fn both_must_announce_it() {
    let kinds = |bytes: &[u8]| match isakmp::Message::decode(bytes).unwrap().body {
        isakmp::Body::Clear(payloads) => payloads.into_iter().map(|payload| payload.kind).collect::<Vec<_>>(),
        isakmp::Body::Encrypted(_) => panic!("sealed"),
    };
    for announced in [true, false] {
        let (mut host, mut peer) = (traversing(Mode::Main), initiator(Mode::Main));
        let msg1 = if announced { with_nat_t(&peer, 1, [""; 2]) } else { peer.message(1) };
        peer.hears(&host.hears(&msg1).message());
        let msg4 = host.hears(&peer.message(3)).message();
        assert_eq!(kinds(&msg4).contains(&PayloadType::NAT_D), announced);
    }
}

// tests RFC 3947 4
#[test]
fn nobody_goes_anywhere_without_nat() {
    let (mut host, mut peer) = (traversing(Mode::Main), responder(Mode::Main));
    peer.hears(&host.initiates().message());
    peer.hears(&host.hears(&with_nat_t(&peer, 2, [""; 2])).message());
    let answer = host.hears(&with_nat_t(&peer, 4, ["198.51.100.1:500", "203.0.113.1:500"]));
    assert!(answer.has("sees NAT: local false, remote false") && !answer.has("floats"));
    assert_eq!(answer.datagram().0.port(), 500);
}

#[test]
fn aggressive_mode_goes_to_4500_with_am3() {
    let (mut host, mut peer) = (traversing(Mode::Aggressive), responder(Mode::Aggressive));
    peer.hears(&host.initiates().message());
    let answer = host.hears(&with_nat_t(&peer, 2, ["192.0.2.1:500", "203.0.113.1:500"]));
    assert!(answer.has("sees NAT: local true, remote false") && answer.has("floats"));
    assert_eq!(answer.datagram().0.port(), 4500);
}

/// Junk on 4500 under cookies that anyone can see must not lead the negotiation away.
// tests RFC 3947 4
#[test]
fn only_a_message_that_verified_leads_to_4500() {
    let (mut host, mut peer) = (Host::new(config(Mode::Main)), initiator(Mode::Main));
    host.talks(&mut peer, 5);
    let mut junk = peer.message(5);
    junk[40] ^= 1;
    host.hears_on(4500, outside(), &marked(&junk)).drops("MSG5", "Undecryptable");
    let (to, _) = host.wakes().unwrap().is(&["sends MSG4 by timer (1)"]).datagram();
    assert_eq!(to, "203.0.113.1:500".parse().unwrap());
    let msg5 = peer.says(5);
    host.hears(&msg5).is(&["accepts MSG5", "is MM_ACTIVE", "sends MSG6"]);
    // Nor does a copy of what was taken on 500, nor a notify in clear.
    let again = host.hears_on(4500, outside(), &marked(&msg5)).is(&["knows MSG5", "sends MSG6 again"]);
    assert_eq!(again.datagram().0, to);
    let notify = peer.informs_in_clear(peer.notify(ike::NotifyType::INVALID_COOKIE));
    host.hears_on(4500, outside(), &marked(&notify)).is(&["hears N(INVALID_COOKIE)"]);
}
