//! A host's own messages come back to it: it must not take itself for its peer.

use ike::Mode;
use isakmp::Cookie;

use super::host::{Host, config};
use super::peer::{initiator, responder};

// tests RFC 2408 2.5.3
#[test]
fn its_own_first_message() {
    for (mode, name) in [(Mode::Main, "MSG1"), (Mode::Aggressive, "AM1")] {
        let mut host = Host::new(config(mode));
        let first = host.initiates().message();
        host.hears(&first).drops(name, "Reflected");
        // Also once the SA has both cookies, and with another responder's cookie put in.
        let mut peer = responder(mode);
        peer.hears(&first);
        host.turn(&mut peer, 2);
        host.hears(&first).drops(name, "Reflected");
    }
}

#[test]
fn its_own_first_message_as_the_answer() {
    for (mode, name) in [(Mode::Main, "MSG2"), (Mode::Aggressive, "AM2")] {
        let mut host = Host::new(config(mode));
        let mut first = host.initiates().message();
        first[8..16].copy_from_slice(&[5; 8]);
        let answer = host.hears(&first);
        // MSG1 with a responder's cookie is a fair MSG2: what comes of it has no keys.
        match mode {
            Mode::Main => drop(answer.is(&["accepts MSG2", "is MM_WAIT_MSG4", "sends MSG3"])),
            Mode::Aggressive => answer.drops(name, "MissingPayload"),
        }
    }
}

/// An answer whose responder cookie is the initiator's own.
// tests RFC 2408 2.5.3
#[test]
fn its_own_cookie_as_the_responders() {
    for (mode, name) in [(Mode::Main, "MSG2"), (Mode::Aggressive, "AM2")] {
        let (mut host, mut peer) = (Host::new(config(mode)), responder(mode));
        host.talks(&mut peer, 2);
        let mut mirror = peer.clone();
        mirror.cookies.responder = mirror.cookies.initiator;
        host.hears(&mirror.message(2)).drops(name, "Reflected");
        assert!(host.turn(&mut peer, 2).has(&format!("accepts {name}")), "the right answer still counts");
    }
}

/// Its own public value would make a key that its own hash fits.
// tests RFC 2409 5
#[test]
fn its_own_public_value() {
    let (mut host, mut peer) = (Host::new(config(Mode::Main)), responder(Mode::Main));
    host.talks(&mut peer, 2);
    let msg3 = host.turn(&mut peer, 2).message();
    host.hears(&msg3).drops("MSG4", "Reflected");
    let (mut host, mut peer) = (Host::new(config(Mode::Aggressive)), responder(Mode::Aggressive));
    let am1 = host.initiates().message();
    peer.hears(&am1);
    let mut payloads = peer.payloads(2);
    let isakmp::Body::Clear(own) = isakmp::Message::decode(&am1).unwrap().body else { panic!() };
    payloads[1] = own[1].clone();
    host.hears(&peer.encode(2, &payloads)).drops("AM2", "Reflected");
}

#[test]
fn its_own_proof() {
    let (mut host, mut peer) = (Host::new(config(Mode::Main)), responder(Mode::Main));
    host.talks(&mut peer, 4);
    let msg5 = host.turn(&mut peer, 4).message();
    assert!(host.hears(&msg5).is_one_drop());
    host.hears(&peer.says(6)).is(&["accepts MSG6", "is MM_ACTIVE"]);
    let (mut host, mut peer) = (Host::new(config(Mode::Main)), initiator(Mode::Main));
    host.talks(&mut peer, 5);
    let msg6 = host.turn(&mut peer, 5).message();
    host.hears(&msg6).drops("it", "OutOfOrder");
}

// tests RFC 2408 2.5.3
#[test]
fn no_initiator_cookie_at_all() {
    for (mode, name) in [(Mode::Main, "MSG1"), (Mode::Aggressive, "AM1")] {
        let (mut host, mut peer) = (Host::new(config(mode)), initiator(mode));
        peer.cookies.initiator = Cookie::ZERO;
        host.hears(&peer.message(1)).drops(name, "ZeroCookie");
        peer.cookies.responder = Cookie([1; 8]);
        host.hears(&peer.message(1)).drops("it", "UnknownCookies");
    }
}
