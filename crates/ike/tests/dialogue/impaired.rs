//! Broken implementations, as configured: what each defect does to which message, and that it says so.

use ike::{Config, Impair, Impairment, MessageName, Mode};
use isakmp::{Body, Message, Payload, PayloadType};

use super::host::{Answer, Host, config};
use super::peer::{Peer, initiator, responder};

fn broken(mode: Mode, what: Impair, message: Option<MessageName>) -> Host {
    Host::new(Config { impairments: vec![Impairment { what, message }], ..config(mode) })
}

fn payloads(answer: &Answer) -> Vec<Payload> {
    match Message::decode(&answer.message()).unwrap().body {
        Body::Clear(payloads) => payloads,
        Body::Encrypted(_) => panic!("sealed"),
    }
}

fn find(payloads: &[Payload], kind: PayloadType) -> Option<&Payload> {
    payloads.iter().find(|payload| payload.kind == kind)
}

/// MSG4 of a responder with this defect.
fn msg4(what: Impair, message: Option<MessageName>) -> (Vec<Payload>, bool) {
    let (mut host, mut peer) = (broken(Mode::Main, what, message), initiator(Mode::Main));
    host.talks(&mut peer, 3);
    let answer = host.hears(&peer.message(3));
    (payloads(&answer), answer.has(&format!("is broken: {what} in MSG4")))
}

#[test]
fn a_public_value_is_left_out_empty_or_zero() {
    let right = find(&msg4(Impair::EmptyHash, None).0, PayloadType::KE).unwrap().body.clone();
    for message in [None, Some(MessageName::MSG4)] {
        let (payloads, says) = msg4(Impair::OmitKe, message);
        assert!(says && find(&payloads, PayloadType::KE).is_none());
        assert!(find(&payloads, PayloadType::NONCE).is_some(), "nothing else is missing");
        for (what, expected) in [(Impair::EmptyKe, Vec::new()), (Impair::ZeroKe, vec![0; right.len()])] {
            let (payloads, says) = msg4(what, message);
            assert!(says);
            assert_eq!(find(&payloads, PayloadType::KE).unwrap().body, expected, "{what}");
        }
    }
    // Meant for another message, or with nothing to act on: it does nothing, and says nothing.
    for (what, message) in [
        (Impair::OmitKe, Some(MessageName::MSG2)),
        (Impair::ZeroKe, Some(MessageName::AM2)),
        (Impair::EmptyHash, None),
        (Impair::CorruptHash, Some(MessageName::MSG4)),
    ] {
        let (payloads, says) = msg4(what, message);
        assert_eq!(
            (find(&payloads, PayloadType::KE).unwrap().body.as_slice(), says),
            (&right[..], false),
            "{what}"
        );
    }
}

#[test]
fn the_first_payload_has_its_reserved_byte_set() {
    for (message, set) in [(None, true), (Some(MessageName::MSG4), true), (Some(MessageName::MSG2), false)] {
        let (payloads, says) = msg4(Impair::NonzeroReserved, message);
        let reserved: Vec<u8> = payloads.iter().map(|payload| payload.reserved).collect();
        assert_eq!((reserved[0], says), (u8::from(set), set), "{message:?}");
        assert!(reserved[1..].iter().all(|byte| *byte == 0), "{reserved:?}");
    }
}

/// MSG6's HASH under the keys, and what it should be.
fn msg6(what: Impair) -> (Vec<u8>, Vec<u8>) {
    let (mut host, mut peer) = (broken(Mode::Main, what, None), initiator(Mode::Main));
    host.talks(&mut peer, 5);
    let answer = host.hears(&peer.says(5));
    assert_eq!(answer.has(&format!("is broken: {what} in MSG6")), what != Impair::OmitKe);
    let payloads = peer.opens(&answer.message());
    let id = find(&payloads, PayloadType::ID).unwrap().body.clone();
    (find(&payloads, PayloadType::HASH).unwrap().body.clone(), peer.hash_r(&id))
}

#[test]
fn a_proof_is_empty_or_wrong_in_one_bit() {
    assert_eq!(msg6(Impair::EmptyHash).0, []);
    let (sent, right) = msg6(Impair::CorruptHash);
    assert_eq!((sent[0] ^ 1, &sent[1..]), (right[0], &right[1..]));
}

/// Deaf to one message it goes on waiting; its peer's copy meets the same.
#[test]
fn a_message_is_ignored() {
    let ignores = |host: &mut Host, peer: &Peer, number, name: &str| {
        for _ in 0..2 {
            let told =
                [&format!("is broken: ignore-message in {name}")[..], &format!("drops {name}: Impaired")];
            host.hears(&peer.message(number)).is(&told);
        }
    };
    let deaf = |message| broken(Mode::Main, Impair::IgnoreMessage, Some(message));
    for (message, number, name) in
        [(MessageName::MSG1, 1, "MSG1"), (MessageName::MSG3, 3, "MSG3"), (MessageName::MSG5, 5, "MSG5")]
    {
        let (mut host, mut peer) = (deaf(message), initiator(Mode::Main));
        host.talks(&mut peer, number);
        ignores(&mut host, &peer, number, name);
    }
    let (mut host, mut peer) = (deaf(MessageName::MSG4), responder(Mode::Main));
    host.talks(&mut peer, 4);
    ignores(&mut host, &peer, 4, "MSG4");
    // Of the other messages it is not deaf; without a name it is deaf to all.
    let (mut host, mut peer) = (deaf(MessageName::MSG3), initiator(Mode::Main));
    assert!(host.turn(&mut peer, 1).has("accepts MSG1"));
    let mut all = broken(Mode::Main, Impair::IgnoreMessage, None);
    ignores(&mut all, &initiator(Mode::Main), 1, "MSG1");
    // The fourth of Aggressive Mode comes in another exchange.
    let mut host = broken(Mode::Aggressive, Impair::IgnoreMessage, Some(MessageName::AM4));
    let mut peer = responder(Mode::Aggressive);
    host.talks(&mut peer, 3);
    host.hears(&peer.connected(1)).is(&["is broken: ignore-message in AM4", "drops AM4: Impaired"]);
}

/// Nothing is sent twice: by no timer, for no copy; when it gives up is as ever.
#[test]
fn nothing_is_sent_a_second_time() {
    let (mut sound, mut silent) =
        (Host::new(config(Mode::Main)), broken(Mode::Main, Impair::NeverRetransmit, None));
    let first = initiator(Mode::Main).message(1);
    for host in [&mut sound, &mut silent] {
        assert!(host.hears(&first).has("sends MSG2"));
    }
    assert!(sound.hears(&first).has("sends MSG2 again"));
    silent.hears(&first).is(&["knows MSG1", "is broken: never-retransmit in MSG2"]);
    let (loud, quiet) = (sound.waits(), silent.waits());
    assert!(loud.iter().any(|line| line.contains("by timer")));
    assert!(!quiet.iter().any(|line| line.contains("sends")), "{quiet:?}");
    let resends = loud.iter().filter(|line| line.contains("by timer")).count();
    let held = quiet.iter().filter(|line| line.ends_with("is broken: never-retransmit in MSG2")).count();
    assert_eq!(held, resends, "each says so");
    assert_eq!(quiet.last(), loud.last(), "and gives up when others do");
}

/// Several at once, each by its place in the list.
#[test]
fn defects_stand_beside_one_another() {
    let impairments =
        [Impair::NonzeroReserved, Impair::ZeroKe].map(|what| Impairment { what, message: None });
    let mut host = Host::new(Config { impairments: impairments.to_vec(), ..config(Mode::Main) });
    let mut peer = initiator(Mode::Main);
    host.talks(&mut peer, 3);
    let answer = host.hears(&peer.message(3));
    for what in ["nonzero-reserved", "zero-ke"] {
        assert!(answer.has(&format!("is broken: {what} in MSG4")), "{what}");
    }
    let payloads = payloads(&answer);
    assert_eq!(payloads[0].reserved, 1);
    assert!(find(&payloads, PayloadType::KE).unwrap().body.iter().all(|byte| *byte == 0));
}
