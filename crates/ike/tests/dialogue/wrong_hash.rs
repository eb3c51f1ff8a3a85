//! A proof that does not hold: the keys open the message, the hash is another. And another key altogether.

use ike::{Config, Mode};
use isakmp::{Payload, PayloadType};

use super::bodies::identity;
use super::host::{Answer, Host, config, vendor};
use super::peer::{Peer, initiator, responder};

/// Message `number` with this in its HASH payload.
fn with_hash(peer: &Peer, number: u8, hash: &[u8]) -> Vec<u8> {
    let mut payloads = peer.payloads(number);
    let place = payloads.iter_mut().find(|payload| payload.kind == PayloadType::HASH).unwrap();
    place.body = hash.to_vec();
    peer.encode(number, &payloads)
}

/// What is no proof, from one flipped bit to nothing at all.
fn wrong(right: &[u8]) -> Vec<Vec<u8>> {
    let mut flipped = right.to_vec();
    flipped[31] ^= 1;
    let longer = [right, &[0]].concat();
    vec![flipped, vec![0; 32], right[..31].to_vec(), right[..1].to_vec(), longer, Vec::new()]
}

/// A host of this vendor that waits for message `number`, and its peer.
fn waiting(name: &str, mut peer: Peer, number: u8) -> (Host, Peer) {
    let mut host = Host::new(vendor(name, peer.mode));
    host.talks(&mut peer, number);
    (host, peer)
}

// tests RFC 2409 5
// tests RFC 2408 5.11
#[test]
fn in_msg5() {
    let (mut host, mut peer) = waiting("asa", initiator(Mode::Main), 5);
    for hash in wrong(&peer.hash_i(&peer.id)) {
        host.hears(&with_hash(&peer, 5, &hash)).drops("MSG5", "HashMismatch");
    }
    host.hears(&with_hash(&peer, 5, &peer.hash_r(&peer.id))).drops("MSG5", "HashMismatch");
    host.hears(&with_hash(&peer, 5, &peer.hash_i(&identity([9; 4].into())))).drops("MSG5", "HashMismatch");
    host.hears(&peer.says(5)).is(&["accepts MSG5", "is MM_ACTIVE", "sends MSG6"]);
}

// tests RFC 2409 5
#[test]
fn in_msg6() {
    let (mut host, mut peer) = waiting("asa", responder(Mode::Main), 6);
    for hash in wrong(&peer.hash_r(&peer.id)) {
        host.hears(&with_hash(&peer, 6, &hash)).drops("MSG6", "HashMismatch");
    }
    host.hears(&with_hash(&peer, 6, &peer.hash_i(&peer.id))).drops("MSG6", "HashMismatch");
    host.hears(&peer.says(6)).is(&["accepts MSG6", "is MM_ACTIVE"]);
}

/// An ASA lets its SA go, without a word: what follows is a stranger's.
// tests RFC 2409 5
#[test]
fn in_am2() {
    let (host, peer) = waiting("asa", responder(Mode::Aggressive), 2);
    for hash in wrong(&peer.hash_r(&peer.id)) {
        let mut host = host.clone();
        host.hears(&with_hash(&peer, 2, &hash))
            .is(&["refuses AM2: HashMismatch", "SA 0 ends: Rejected in AM_WAIT_MSG2"]);
        host.hears(&peer.message(2)).drops("it", "UnknownCookies");
        assert!(host.waits().is_empty());
    }
}

// tests RFC 2409 5
#[test]
fn in_am3_sealed_or_in_clear() {
    let (mut host, mut peer) = waiting("asa", initiator(Mode::Aggressive), 3);
    for hash in wrong(&peer.hash_i(&peer.id)) {
        let sealed = with_hash(&peer, 3, &hash);
        host.hears(&sealed).drops("AM3", "HashMismatch");
        host.hears(&peer.in_clear(3, &[Payload::new(PayloadType::HASH, hash)])).drops("AM3", "HashMismatch");
    }
    host.hears(&peer.says(3)).is(&["accepts AM3", "is AM_ACTIVE", "sends AM4"]);
}

// tests RFC 2409 5.7
#[test]
fn in_am4() {
    let (mut host, peer) = waiting("asa", responder(Mode::Aggressive), 4);
    let connected = peer.notify(ike::NotifyType::CONNECTED);
    for hash in wrong(&[3; 32]) {
        let payloads = [Payload::new(PayloadType::HASH, hash), connected.clone()];
        host.hears(&peer.sealed_with(5, &payloads)).drops("AM4", "HashMismatch");
    }
    host.hears(&peer.sealed_with(5, &[connected])).drops("AM4", "MissingPayload");
    // A HASH(1) of another message id does not carry over.
    let other = peer.opens(&peer.connected(6));
    host.hears(&peer.sealed_with(5, &other)).drops("AM4", "HashMismatch");
    host.hears(&peer.connected(5)).is(&["accepts AM4", "is AM_ACTIVE"]);
}

/// Another pre-shared key: nobody says so, the message just does not decrypt to payloads.
// tests RFC 2409 5.4
#[test]
fn another_key() {
    let stranger = |mut peer: Peer| {
        peer.key = b"another".to_vec();
        peer
    };
    let (mut host, peer) = waiting("asa", stranger(initiator(Mode::Main)), 5);
    host.hears(&peer.message(5)).drops("MSG5", "Undecryptable");
    let (mut host, peer) = waiting("asa", stranger(responder(Mode::Main)), 6);
    host.hears(&peer.message(6)).drops("MSG6", "Undecryptable");
    let (mut host, peer) = waiting("asa", stranger(initiator(Mode::Aggressive)), 3);
    host.hears(&peer.message(3)).drops("AM3", "Undecryptable");
    let (mut host, peer) = waiting("asa", stranger(responder(Mode::Aggressive)), 2);
    host.hears(&peer.message(2)).is(&["refuses AM2: HashMismatch", "SA 0 ends: Rejected in AM_WAIT_MSG2"]);
}

/// No bit of a sealed body can be flipped unseen.
#[test]
fn no_flipped_bit_of_a_sealed_message_is_taken() {
    let cases = [(initiator(Mode::Main), 5), (responder(Mode::Main), 6), (initiator(Mode::Aggressive), 3)];
    for (peer, number) in cases {
        let (host, peer) = waiting("asa", peer, number);
        let right = peer.message(number);
        for bit in 28 * 8..right.len() * 8 {
            let (mut host, mut bytes) = (host.clone(), right.clone());
            bytes[bit / 8] ^= 1 << (bit % 8);
            let answer = host.hears(&bytes);
            assert!(answer.is_one_drop(), "bit {bit} of message {number}");
            assert!(
                host.hears(&right).has(&format!("is {}", active(peer.mode))),
                "bit {bit} of message {number}"
            );
        }
    }
}

fn active(mode: Mode) -> &'static str {
    match mode {
        Mode::Main => "MM_ACTIVE",
        Mode::Aggressive => "AM_ACTIVE",
    }
}

/// charon tells the peer under the keys and lets go. The peer's IV stands behind the message it sent.
// tests RFC 2409 B
#[test]
fn strongswan_says_authentication_failed() {
    let cases = [(initiator(Mode::Main), 5, "MM_WAIT_MSG5"), (responder(Mode::Main), 6, "MM_WAIT_MSG6")];
    for (peer, number, state) in cases {
        let (mut host, mut peer) = waiting("strongswan", peer, number);
        let bytes = with_hash(&peer, number, &[0; 32]);
        peer.counts(&bytes);
        let answer = host.hears(&bytes).is(&[
            &format!("refuses MSG{number}: HashMismatch"),
            "sends N(AUTHENTICATION_FAILED) sealed",
            &format!("SA 0 ends: Rejected in {state}"),
        ]);
        assert_eq!(peer.reads(&answer.message()), [ike::NotifyType::AUTHENTICATION_FAILED]);
    }
}

/// pluto complains in clear, never resends again, and lets go a minute after the last such message.
#[test]
fn pluto_falls_silent_after_a_wrong_am2() {
    let (mut host, peer) = waiting("libreswan", responder(Mode::Aggressive), 2);
    host.sleeps(200);
    for wrong in [0, 1] {
        host.hears(&with_hash(&peer, 2, &[wrong; 32]))
            .is(&["drops AM2: HashMismatch", "sends N(INVALID_HASH_INFORMATION)"]);
        host.sleeps(200);
    }
    assert_eq!(host.waits(), ["60.400 SA 0 ends: GaveUp in AM_WAIT_MSG2"]);
}

/// What was wrong once may be right the second time; the tunnel that comes up then stays.
#[test]
fn pluto_still_takes_the_right_am2() {
    let (mut host, mut peer) = waiting("libreswan", responder(Mode::Aggressive), 2);
    peer.commit = false;
    host.hears(&with_hash(&peer, 2, &[0; 32]));
    host.hears(&peer.says(2)).is(&["accepts AM2", "is AM_ACTIVE", "sends AM3"]);
    assert_eq!(host.waits(), [""; 0], "an active SA has no timer");
}

/// An impaired host's own HASH is wrong on the wire, and right in its keys.
#[test]
fn a_host_that_spoils_its_own_hash() {
    let spoil = ike::Impairment { what: ike::Impair::CorruptHash, message: None };
    let mut host = Host::new(Config { impairments: vec![spoil], ..config(Mode::Main) });
    let mut peer = initiator(Mode::Main);
    host.talks(&mut peer, 5);
    let answer: Answer = host.hears(&peer.says(5));
    let sent = peer.opens(&answer.message());
    assert_ne!(sent[1].body, peer.hash_r(&sent[0].body));
}
