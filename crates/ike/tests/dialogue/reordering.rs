//! Messages that overtake each other, or belong to another exchange: dropped where they stand, and the
//! negotiation goes on when the right one comes.

use ike::{Mode, Role};
use isakmp::ExchangeType;

use super::host::{Host, config};
use super::peer::{Peer, initiator, responder};

// tests RFC 2409 5.4
#[test]
fn msg5_before_msg3() {
    let (mut host, mut peer) = (Host::new(config(Mode::Main)), initiator(Mode::Main));
    host.talks(&mut peer, 3);
    // Another run of the same peer gives MSG5's bytes before this one can.
    let (mut other, mut ahead) = (host.clone(), peer.clone());
    other.turn(&mut ahead, 3);
    let msg5 = ahead.message(5);
    host.hears(&msg5).drops("MSG3", "WrongEncryption");
    host.turn(&mut peer, 3).is(&["accepts MSG3", "is MM_WAIT_MSG5", "sends MSG4"]);
    host.hears(&msg5).is(&["accepts MSG5", "is MM_ACTIVE", "sends MSG6"]);
}

#[test]
fn msg4_and_msg6_before_their_time() {
    let (mut host, mut peer) = (Host::new(config(Mode::Main)), responder(Mode::Main));
    host.talks(&mut peer, 2);
    let early = peer.payloads(4);
    host.hears(&peer.encode(4, &early)).drops("MSG2", "MissingPayload");
    host.turn(&mut peer, 2);
    host.hears(&peer.encode(6, &peer.payloads(6))).drops("MSG4", "WrongEncryption");
    host.turn(&mut peer, 4).is(&["accepts MSG4", "is MM_WAIT_MSG6", "sends MSG5"]);
    host.hears(&peer.says(6)).is(&["accepts MSG6", "is MM_ACTIVE"]);
}

/// What an active side did not see before is too late; what it saw is a duplicate.
#[test]
fn new_messages_for_an_active_sa() {
    let (mut host, mut peer) = (Host::new(config(Mode::Main)), initiator(Mode::Main));
    host.talks(&mut peer, 6);
    host.hears(&peer.message(5)).drops("it", "OutOfOrder");
    let (mut changed, other) = (peer.clone(), Peer::new(Role::Initiator, Mode::Main, 2));
    changed.nonce.clone_from(&other.nonce);
    host.hears(&changed.in_clear(3, &other.payloads(3))).drops("it", "OutOfOrder");
    host.hears(&peer.message(3)).is(&["knows MSG3", "sends MSG6 again"]);
}

#[test]
fn messages_of_the_other_mode() {
    let (mut host, mut peer) = (Host::new(config(Mode::Main)), initiator(Mode::Main));
    host.talks(&mut peer, 3);
    let mut aggressive = peer.clone();
    aggressive.mode = Mode::Aggressive;
    host.hears(&aggressive.in_clear(3, &peer.payloads(3))).drops("it", "OutOfOrder");
    host.hears(&peer.says(3)).is(&["accepts MSG3", "is MM_WAIT_MSG5", "sends MSG4"]);
}

// tests RFC 2408 5.2
#[test]
fn other_exchanges() {
    let (mut host, mut peer) = (Host::new(config(Mode::Main)), initiator(Mode::Main));
    host.talks(&mut peer, 6);
    for exchange in [ExchangeType::BASE, ExchangeType::TRANSACTION, ExchangeType::QUICK, ExchangeType(99)] {
        let mut bytes = peer.message(5);
        bytes[18] = exchange.0;
        host.hears(&bytes).drops("it", "UnknownExchange");
        bytes[0] ^= 1;
        host.hears(&bytes).drops("it", "UnknownExchange");
    }
}

#[test]
fn am4_before_am2() {
    let (mut host, mut peer) = (Host::new(config(Mode::Aggressive)), responder(Mode::Aggressive));
    host.talks(&mut peer, 2);
    let mut ahead = peer.clone();
    let mut other = host.clone();
    other.turn(&mut ahead, 2);
    let am4 = ahead.connected(5);
    host.hears(&am4).drops("it", "WrongEncryption");
    host.turn(&mut peer, 2);
    host.hears(&am4).is(&["accepts AM4", "is AM_ACTIVE"]);
}

/// AM4 means something to an initiator that waits for it, and to nobody else.
#[test]
fn am4_to_one_who_does_not_wait() {
    let mut peer = responder(Mode::Aggressive);
    peer.commit = false;
    let mut host = Host::new(config(Mode::Aggressive));
    host.talks(&mut peer, 3);
    host.hears(&peer.connected(5)).drops("it", "OutOfOrder");
    let (mut host, mut peer) = (Host::new(config(Mode::Main)), initiator(Mode::Main));
    host.talks(&mut peer, 6);
    host.hears(&peer.connected(5)).drops("it", "OutOfOrder");
}

/// An initiator's SA belongs to the first responder cookie that answered well.
#[test]
fn a_second_answer_under_another_cookie() {
    let (mut host, mut peer) = (Host::new(config(Mode::Main)), responder(Mode::Main));
    host.talks(&mut peer, 2);
    let mut other = peer.clone();
    other.cookies.responder.0[0] ^= 0xff;
    let late = other.message(2);
    host.turn(&mut peer, 2);
    host.hears(&late).drops("it", "UnknownCookies");
    host.hears(&peer.says(4)).is(&["accepts MSG4", "is MM_WAIT_MSG6", "sends MSG5"]);
}
