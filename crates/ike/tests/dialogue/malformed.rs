//! Bytes that break the rules: header, generic headers, payloads. Each is dropped where it stands, and the
//! right message still counts.

use ike::Mode;
use isakmp::{Message, Payload, PayloadType};

use super::bodies::with_length;
use super::host::{Host, config, vendor};
use super::peer::{Peer, initiator, responder};

/// Each state of an ASA that waits for a message: host, peer, number and name of that message.
fn waiting() -> Vec<(Host, Peer, u8, String)> {
    let numbers = [(Mode::Main, 1..=6), (Mode::Aggressive, 1..=3)];
    let states = numbers.into_iter().flat_map(|(mode, numbers)| numbers.map(move |number| (mode, number)));
    let make = |(mode, number): (Mode, u8)| {
        let mut peer = if number % 2 == 0 { responder(mode) } else { initiator(mode) };
        let mut host = Host::new(config(mode));
        host.talks(&mut peer, number);
        let name = peer.name(number);
        (host, peer, number, name)
    };
    states.map(make).collect()
}

/// The right message still counts.
fn goes_on(mut host: Host, mut peer: Peer, number: u8, name: &str) {
    assert!(host.turn(&mut peer, number).has(&format!("accepts {name}")), "{name}");
}

// tests RFC 2408 3.2
#[test]
fn a_reserved_byte_that_is_not_zero() {
    for (mut host, peer, number, name) in waiting() {
        for place in 0..peer.payloads(number).len() {
            let mut payloads = peer.payloads(number);
            payloads[place].reserved = 0x80;
            host.hears(&peer.encode(number, &payloads)).drops(&name, "ReservedNotZero");
        }
        goes_on(host, peer, number, &name);
    }
}

#[test]
fn a_reserved_byte_is_pluto_s_least_concern() {
    for name in ["strongswan", "libreswan"] {
        let (mut host, peer) = (Host::new(vendor(name, Mode::Main)), initiator(Mode::Main));
        let mut payloads = peer.payloads(1);
        payloads[0].reserved = 1;
        assert!(host.hears(&peer.encode(1, &payloads)).has("accepts MSG1"));
    }
}

// tests RFC 2409 5.4
#[test]
fn a_payload_that_is_missing_or_stands_twice() {
    for (mut host, peer, number, name) in waiting() {
        let whole = peer.payloads(number);
        for place in 0..whole.len() {
            let mut fewer = whole.clone();
            fewer.remove(place);
            let twice = [whole.clone(), vec![whole[place].clone()]].concat();
            for payloads in [fewer, twice] {
                let answer = host.hears(&peer.encode(number, &payloads));
                assert!(answer.is_one_drop(), "{name} {:?}", whole[place].kind);
            }
        }
        goes_on(host, peer, number, &name);
    }
}

// tests RFC 2409 5
#[test]
fn the_sa_payload_comes_first() {
    for (mut host, peer, number, name) in waiting() {
        let mut payloads = peer.payloads(number);
        if payloads[0].kind == PayloadType::SA {
            payloads.insert(0, Payload::new(PayloadType::VID, vec![1; 16]));
            host.hears(&peer.encode(number, &payloads)).drops(&name, "SaNotFirst");
            goes_on(host, peer, number, &name);
        }
    }
}

// tests RFC 2409 5
#[test]
fn a_nonce_has_8_to_256_bytes() {
    for (host, peer, number, name) in waiting() {
        let nonce = |length: usize| {
            let mut payloads = peer.payloads(number);
            let at = payloads.iter().position(|payload| payload.kind == PayloadType::NONCE)?;
            payloads[at].body = vec![9; length];
            Some(peer.encode(number, &payloads))
        };
        let Some(empty) = nonce(0) else { continue };
        let mut host = host.clone();
        host.hears(&empty).drops(&name, "NonceLength");
        for length in [1, 7, 257, 1000] {
            host.hears(&nonce(length).unwrap()).drops(&name, "NonceLength");
        }
        if peer.mode == Mode::Main {
            assert!(host.clone().hears(&nonce(8).unwrap()).has(&format!("accepts {name}")));
            assert!(host.hears(&nonce(256).unwrap()).has(&format!("accepts {name}")));
        }
    }
}

// tests RFC 2409 5
#[test]
fn a_public_value_that_cannot_be_used() {
    for (mut host, peer, number, name) in waiting() {
        let mut payloads = peer.payloads(number);
        let Some(at) = payloads.iter().position(|payload| payload.kind == PayloadType::KE) else { continue };
        for value in [vec![], vec![9; 31], vec![9; 33], vec![0; 32], [vec![1], vec![0; 31]].concat()] {
            payloads[at].body = value;
            host.hears(&peer.encode(number, &payloads)).drops(&name, "BadPublicValue");
        }
        goes_on(host, peer, number, &name);
    }
}

/// As long as group 14's values: the responder says so, in clear, for no key can follow.
// tests RFC 2408 5.7
#[test]
fn a_public_value_of_another_group() {
    for (mut host, peer, number, name) in waiting() {
        let mut payloads = peer.payloads(number);
        let Some(at) = payloads.iter().position(|payload| payload.kind == PayloadType::KE) else { continue };
        payloads[at].body = vec![9; 256];
        let heard = host.hears(&peer.encode(number, &payloads));
        let is_answered = heard.has("sends N(INVALID_KEY_INFORMATION)");
        assert_eq!(is_answered, ["MSG3", "AM1"].contains(&name.as_str()), "{name}");
        goes_on(host, peer, number, &name);
    }
}

// tests RFC 2409 5
#[test]
fn in_clear_what_must_be_sealed_and_sealed_what_must_be_clear() {
    for (mut host, peer, number, name) in waiting() {
        let mut flipped = peer.message(number);
        let sealed = flipped[19] & 1 == 1;
        flipped[19] ^= 1;
        if sealed {
            assert!(host.hears(&flipped).is_one_drop());
            if peer.mode == Mode::Main {
                host.hears(&peer.in_clear(number, &peer.payloads(number))).drops(&name, "WrongEncryption");
            }
        } else {
            host.hears(&flipped).drops(&name, "WrongEncryption");
        }
        goes_on(host, peer, number, &name);
    }
}

// tests RFC 2408 5.1
// tests RFC 2408 3.1
#[test]
fn lengths_that_are_not_the_bytes() {
    for (mut host, peer, number, name) in waiting() {
        let whole = peer.message(number);
        let right = u32::try_from(whole.len()).unwrap();
        for length in [0, 27, right - 1, right + 1, u32::MAX] {
            let mut bytes = whole.clone();
            bytes[24..28].copy_from_slice(&length.to_be_bytes());
            host.hears(&bytes).drops(&name, "Malformed");
        }
        for cut in [28, whole.len() - 1] {
            assert!(host.hears(&with_length(whole[..cut].to_vec())).is_one_drop(), "{name} cut at {cut}");
        }
        host.hears(&with_length([whole.as_slice(), &[0]].concat()))
            .drops(&name, if whole[19] & 1 == 1 { "NotBlocks" } else { "Malformed" });
        host.hears(&whole[..27]).drops("it", "Malformed");
        goes_on(host, peer, number, &name);
    }
}

/// charon counts the bytes of the datagram, whatever the header says.
#[test]
fn strongswan_counts_the_bytes_itself() {
    let (mut host, peer) = (Host::new(vendor("strongswan", Mode::Main)), initiator(Mode::Main));
    let mut bytes = peer.message(1);
    bytes[27] ^= 1;
    assert!(host.hears(&bytes).has("accepts MSG1"));
}

// tests RFC 2408 5.2
#[test]
fn another_major_version() {
    for (mut host, peer, number, name) in waiting() {
        for version in [0x00, 0x20, 0xf0] {
            let mut bytes = peer.message(number);
            bytes[17] = version;
            host.hears(&bytes).drops(&name, "Version");
        }
        goes_on(host, peer, number, &name);
    }
}

/// Vendor ids and what nobody knows are passed over.
#[test]
fn payloads_that_mean_nothing_here() {
    for (mut host, mut peer, number, name) in waiting() {
        let more =
            [PayloadType::VID, PayloadType::CR, PayloadType(200)].map(|kind| Payload::new(kind, vec![1; 16]));
        let payloads = [peer.payloads(number), more.to_vec()].concat();
        let bytes = peer.encode(number, &payloads);
        peer.counts(&bytes);
        assert!(host.hears(&bytes).has(&format!("accepts {name}")), "{name}");
    }
}

/// Padding may follow the payloads of a sealed message, and only there.
// tests RFC 2409 B
#[test]
fn what_follows_the_last_payload() {
    for (mut host, peer, number, name) in waiting() {
        let message = Message::decode(&peer.message(number)).unwrap();
        if let isakmp::Body::Clear(_) = message.body {
            let longer = [message.encode(), vec![0; 4]].concat();
            host.hears(&with_length(longer)).drops(&name, "Malformed");
            goes_on(host, peer, number, &name);
        } else {
            let bytes = peer.padded(number, 32);
            assert!(host.hears(&bytes).has(&format!("accepts {name}")), "{name}");
        }
    }
}

/// The byte that is named counts from the header's first; inside a sealed body from the plaintext's.
#[test]
fn the_byte_that_is_wrong_is_named() {
    for (mut host, peer, number, _) in waiting() {
        let sealed = peer.message(number)[19] & 1 == 1;
        let (mut at, mut payloads) = (if sealed { 1 } else { 29 }, peer.payloads(number));
        for place in 0..payloads.len() {
            payloads[place].reserved = 1;
            host.hears(&peer.encode(number, &payloads)).drops_for_byte(at);
            payloads[place].reserved = 0;
            at += payloads[place].body.len() + 4;
        }
    }
}

#[test]
fn the_byte_in_a_notify_too() {
    let (mut host, mut peer) = (Host::new(config(Mode::Main)), initiator(Mode::Main));
    host.talks(&mut peer, 5);
    let short = Payload::new(PayloadType::N, vec![0, 0, 0, 1, 1, 16, 0, 14]);
    host.hears(&peer.informs_in_clear(short.clone())).drops_for_byte(40);
    let payloads = [peer.payloads(5), vec![short.clone()]].concat();
    let before: usize = payloads[..2].iter().map(|payload| payload.body.len() + 4).sum();
    host.hears(&peer.encode(5, &payloads)).drops_for_byte(before + 12);
    host.turn(&mut peer, 5);
    host.hears(&peer.sealed(1, short)).drops_for_byte(28 + 36 + 12);
}
