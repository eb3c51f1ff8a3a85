//! Quick Mode without encryption (RFC 2409 5.5: HDR*): nothing is taken, and what is said of it is the vendor's affair.

use ike::{Config, Mode};
use isakmp::{ExchangeType, Flags, Message, MessageId, Payload, PayloadType};

use super::host::{HOST, Host, PEER, vendor};
use super::peer::{Peer, initiator};
use super::quick_mode::{entry, line};

fn quick(peer: &Peer) -> Vec<u8> {
    let payloads = vec![Payload::new(PayloadType::HASH, vec![7; 20])];
    Message::clear(peer.cookies, ExchangeType::QUICK, Flags(0), MessageId(7), payloads).encode()
}

/// An SA that is up, with or without a crypto map behind it.
fn active(name: &str, with_map: bool) -> (Host, Peer) {
    let map = with_map.then(|| vec![entry(PEER, line("10.2.0.0/24", "10.1.0.0/24"))]);
    let config = Config { crypto_map: map, ..vendor(name, Mode::Main) };
    assert_eq!(config.address, HOST);
    let (mut host, mut peer) = (Host::new(config), initiator(Mode::Main));
    host.talks(&mut peer, 6);
    (host, peer)
}

// tests RFC 2409 5.5
#[test]
fn a_quick_mode_in_clear_is_dropped_and_told_as_the_vendor_does() {
    let cases: [(&str, &[&str]); 5] = [
        ("asa", &[]),
        ("ios", &[]),
        ("generic", &[]),
        ("strongswan", &["sends N(PAYLOAD_MALFORMED) sealed"]),
        ("libreswan", &["sends N(INVALID_FLAGS)"]),
    ];
    for (name, told) in cases {
        let (mut host, peer) = active(name, true);
        let expected = [&["drops it: WrongEncryption"], told].concat();
        // Not counted: it begins nothing, and the next one meets the same.
        for _ in 0..2 {
            host.hears(&quick(&peer)).is(&expected);
        }
    }
}

#[test]
fn only_under_an_sa_of_ours_and_with_a_map() {
    // Nobody here speaks Quick Mode.
    let (mut host, peer) = active("libreswan", false);
    assert!(host.hears(&quick(&peer)).is_silent());
    let (mut host, peer) = active("libreswan", true);
    let mut other = peer.clone();
    other.cookies.responder = isakmp::Cookie([9; 8]);
    assert!(!host.hears(&quick(&other)).has("sends N(INVALID_FLAGS)"), "another SA");
    let mut version_2 = quick(&peer);
    version_2[17] = 0x20;
    assert!(!host.hears(&version_2).has("sends N(INVALID_FLAGS)"), "another version");
    let mut informational = quick(&peer);
    informational[18] = 5;
    assert!(!host.hears(&informational).has("sends N(INVALID_FLAGS)"), "another exchange");
    let mut young = Host::new(vendor("libreswan", Mode::Main));
    let mut caller = initiator(Mode::Main);
    young.talks(&mut caller, 3);
    assert!(!young.hears(&quick(&caller)).has("sends N(INVALID_FLAGS)"), "phase 1 is not up");
}
