//! The IV of phase 1 is the last ciphertext block of the message before (RFC 2409 appendix B), and only a
//! message that verified moves it.

use ike::{Config, Mode, NotifyType};
use isakmp::{Payload, PayloadType};

use super::host::{Host, config};
use super::peer::{Peer, initiator, responder};

/// A sealed notify that an active side hears and does not obey: it opens only with the right IV.
fn hears_under(host: &mut Host, peer: &Peer, id: u32) {
    let status = peer.sealed(id, peer.notify(NotifyType::REPLAY_STATUS));
    host.hears(&status).is(&["hears N(REPLAY_STATUS) sealed"]);
}

// tests RFC 2409 B
#[test]
fn each_message_is_sealed_behind_the_one_before() {
    let (mut host, mut peer) = (Host::new(config(Mode::Main)), initiator(Mode::Main));
    host.talks(&mut peer, 5);
    let initial = peer.iv();
    let msg5 = peer.says(5);
    assert_ne!(peer.iv(), initial);
    let msg6 = host.hears(&msg5).message();
    assert_eq!(peer.opens(&msg6).len(), 2, "MSG6 opens with the last block of MSG5");
    peer.hears(&msg6);
    hears_under(&mut host, &peer, 1);
}

#[test]
fn a_repeated_message_does_not_move_it() {
    let (mut host, mut peer) = (Host::new(config(Mode::Main)), initiator(Mode::Main));
    host.talks(&mut peer, 5);
    let msg5 = peer.says(5);
    let msg6 = host.hears(&msg5).message();
    peer.hears(&msg6);
    for id in 1..4 {
        assert_eq!(host.hears(&msg5).message(), msg6);
        hears_under(&mut host, &peer, id);
    }
}

/// A resend by timer is the stored flight: the initiator's IV is the one behind its only MSG5.
#[test]
fn a_resend_does_not_move_it() {
    let (mut host, mut peer) = (Host::new(config(Mode::Main)), responder(Mode::Main));
    host.talks(&mut peer, 4);
    let msg5 = host.hears(&peer.says(4)).message();
    let again = host.wakes().unwrap().is(&["sends MSG5 by timer (1)"]);
    assert_eq!(again.message(), msg5);
    peer.hears(&msg5);
    host.hears(&peer.says(6)).is(&["accepts MSG6", "is MM_ACTIVE"]);
}

#[test]
fn a_message_that_does_not_verify_does_not_move_it() {
    let (mut host, mut peer) = (Host::new(config(Mode::Main)), initiator(Mode::Main));
    host.talks(&mut peer, 5);
    let wrong =
        [Payload::new(PayloadType::ID, peer.id.clone()), Payload::new(PayloadType::HASH, vec![7; 32])];
    host.hears(&peer.encode(5, &wrong)).drops("MSG5", "HashMismatch");
    let mut junk = peer.message(5);
    junk[40] ^= 1;
    host.hears(&junk).drops("MSG5", "Undecryptable");
    host.hears(&peer.says(5)).is(&["accepts MSG5", "is MM_ACTIVE", "sends MSG6"]);
}

#[test]
fn nor_at_the_initiator() {
    let (mut host, mut peer) = (Host::new(config(Mode::Main)), responder(Mode::Main));
    host.talks(&mut peer, 6);
    let wrong =
        [Payload::new(PayloadType::ID, peer.id.clone()), Payload::new(PayloadType::HASH, vec![7; 32])];
    host.hears(&peer.encode(6, &wrong)).drops("MSG6", "HashMismatch");
    host.hears(&peer.says(6)).is(&["accepts MSG6", "is MM_ACTIVE"]);
    hears_under(&mut host, &peer, 3);
}

/// Another exchange's IV is made from phase 1's last block and its message id, and leaves phase 1's alone.
// tests RFC 2409 B
#[test]
fn an_informational_exchange_does_not_move_it() {
    let (mut host, mut peer) = (Host::new(config(Mode::Main)), responder(Mode::Main));
    host.talks(&mut peer, 6);
    for id in [1, 2, 0xffff_ffff] {
        hears_under(&mut host, &peer, id);
    }
    let mut junk = peer.sealed(4, peer.notify(NotifyType::REPLAY_STATUS));
    junk[30] ^= 1;
    host.hears(&junk);
    host.hears(&peer.says(6)).is(&["accepts MSG6", "is MM_ACTIVE"]);
}

// tests RFC 2409 5.4
/// AM3 in clear has no ciphertext: AM4 and all that follows stand on the initial IV.
#[test]
fn am3_in_clear_leaves_the_initial_iv() {
    for confirm in [true, false] {
        let mut host = Host::new(Config { confirm, ..config(Mode::Aggressive) });
        let mut peer = initiator(Mode::Aggressive);
        host.talks(&mut peer, 3);
        let answer = host.hears(&peer.in_clear(3, &peer.payloads(3)));
        if confirm {
            assert_eq!(peer.reads(&answer.message()), [NotifyType::CONNECTED]);
        }
        hears_under(&mut host, &peer, 1);
    }
}
