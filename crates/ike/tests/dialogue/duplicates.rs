//! The same bytes again: answered with the last flight, byte for byte; no second SA, no timer moved.

use ike::{Config, Mode};

use super::host::{Host, config, vendor};
use super::peer::{Peer, initiator, responder};

/// A host that waits for message `number`, and its peer.
fn waiting(mut peer: Peer, number: u8) -> (Host, Peer) {
    let mut host = Host::new(config(peer.mode));
    host.talks(&mut peer, number);
    (host, peer)
}

// tests RFC 2408 5.1
#[test]
fn a_first_message_again_makes_no_second_sa() {
    for (mode, first, second) in [(Mode::Main, "MSG1", "MSG2"), (Mode::Aggressive, "AM1", "AM2")] {
        let (mut host, mut peer) = (Host::new(config(mode)), initiator(mode));
        let msg1 = peer.says(1);
        let msg2 = host.hears(&msg1).message();
        for _ in 0..5 {
            let again = host.hears(&msg1).is(&[&format!("knows {first}"), &format!("sends {second} again")]);
            assert_eq!(again.message(), msg2);
        }
    }
}

#[test]
fn a_first_message_from_another_address_is_another_negotiation() {
    let (mut host, mut peer) = (Host::new(config(Mode::Main)), initiator(Mode::Main));
    let msg1 = peer.says(1);
    host.hears(&msg1);
    let elsewhere = "192.0.2.9:500".parse().unwrap();
    let answer = host.hears_on(500, elsewhere, &msg1);
    assert!(answer.has("makes SA 1"), "the tunnel-group is looked up at MSG3");
    assert_eq!(answer.datagram().0, elsewhere);
    // A NAT may give the second copy another port: still the same peer.
    host.hears_on(500, "203.0.113.1:1024".parse().unwrap(), &msg1).is(&["knows MSG1", "sends MSG2 again"]);
}

// tests RFC 2408 5.1
#[test]
fn a_responder_answers_with_its_last_flight() {
    let (mut host, mut peer) = waiting(initiator(Mode::Main), 3);
    let msg3 = peer.says(3);
    let msg4 = host.hears(&msg3).message();
    assert_eq!(host.hears(&msg3).is(&["knows MSG3", "sends MSG4 again"]).message(), msg4);
    let late = host.hears(&initiator(Mode::Main).message(1)).is(&["knows MSG1", "sends MSG4 again"]);
    assert_eq!(late.message(), msg4, "the last flight, whatever is repeated");
    peer.hears(&msg4);
    let msg5 = peer.says(5);
    let msg6 = host.hears(&msg5).message();
    for _ in 0..5 {
        assert_eq!(host.hears(&msg5).is(&["knows MSG5", "sends MSG6 again"]).message(), msg6);
    }
}

#[test]
fn an_initiator_answers_with_its_last_flight() {
    let (mut host, mut peer) = waiting(responder(Mode::Main), 2);
    let msg2 = peer.says(2);
    let msg3 = host.hears(&msg2).message();
    assert_eq!(host.hears(&msg2).is(&["knows MSG2", "sends MSG3 again"]).message(), msg3);
    peer.hears(&msg3);
    let msg4 = peer.says(4);
    let msg5 = host.hears(&msg4).message();
    assert_eq!(host.hears(&msg4).is(&["knows MSG4", "sends MSG5 again"]).message(), msg5);
    assert_eq!(host.hears(&msg2).is(&["knows MSG2", "sends MSG5 again"]).message(), msg5);
    peer.hears(&msg5);
    let msg6 = peer.says(6);
    host.hears(&msg6);
    // Who received the last message has nothing to say any more.
    host.hears(&msg6).is(&["knows MSG6"]);
    host.hears(&msg4).is(&["knows MSG4"]);
}

#[test]
fn am2_again_is_answered_with_am3_also_when_active() {
    for promised in [true, false] {
        let mut peer = responder(Mode::Aggressive);
        peer.commit = promised;
        let (mut host, mut peer) = waiting(peer, 2);
        let am2 = peer.says(2);
        let am3 = host.hears(&am2).message();
        for _ in 0..3 {
            assert_eq!(host.hears(&am2).is(&["knows AM2", "sends AM3 again"]).message(), am3);
        }
        peer.hears(&am3);
        if promised {
            let am4 = peer.connected(9);
            host.hears(&am4).is(&["accepts AM4", "is AM_ACTIVE"]);
            host.hears(&am4).is(&["knows AM4"]);
            host.hears(&am2).is(&["knows AM2"]);
        }
    }
}

#[test]
fn am3_again_gets_the_stored_am4() {
    for confirm in [true, false] {
        let (mut host, mut peer) =
            (Host::new(Config { confirm, ..config(Mode::Aggressive) }), initiator(Mode::Aggressive));
        host.talks(&mut peer, 3);
        let am3 = peer.says(3);
        let first = host.hears(&am3);
        if confirm {
            let am4 = first.message();
            for _ in 0..3 {
                assert_eq!(host.hears(&am3).is(&["knows AM3", "sends AM4 again"]).message(), am4);
            }
        } else {
            host.hears(&am3).is(&["knows AM3"]);
        }
    }
}

/// An answer is no resend: the flight's timer stays where it was, and no resend is used up.
#[test]
fn an_answer_moves_no_timer() {
    let (mut host, mut peer) = (Host::new(config(Mode::Main)), initiator(Mode::Main));
    let msg1 = peer.says(1);
    host.hears(&msg1);
    for _ in 0..4 {
        host.sleeps(1500);
        host.hears(&msg1).is(&["knows MSG1", "sends MSG2 again"]);
    }
    let by_timer =
        ["8.000 sends MSG2 by timer (1)", "16.000 sends MSG2 by timer (2)", "24.000 sends MSG2 by timer (3)"];
    assert_eq!(host.waits()[..3], by_timer);
}

/// pluto's initiator leaves duplicates alone and waits for its own timer; its responder answers them all.
#[test]
fn how_often_is_the_vendors_affair() {
    let (mut host, mut peer) = (Host::new(vendor("libreswan", Mode::Main)), responder(Mode::Main));
    host.talks(&mut peer, 2);
    let msg2 = peer.says(2);
    host.hears(&msg2).is(&["accepts MSG2", "is MM_WAIT_MSG4", "sends MSG3"]);
    host.hears(&msg2).is(&["knows MSG2"]);
    let (mut host, mut peer) = (Host::new(vendor("libreswan", Mode::Main)), initiator(Mode::Main));
    let msg1 = peer.says(1);
    host.hears(&msg1);
    for _ in 0..5 {
        host.hears(&msg1).is(&["knows MSG1", "sends MSG2 again"]);
    }
}
