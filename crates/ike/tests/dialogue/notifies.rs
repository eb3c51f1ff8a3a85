//! Notifies and Deletes: believed under the keys, logged in clear, and never answered by a notify.

use ike::{Mode, NotifyType};
use isakmp::{Payload, PayloadType, ProtocolId};

use super::bodies::delete;
use super::host::{Host, config, vendor};
use super::peer::{Peer, initiator, responder};

/// Every host that waits for a message, and every active one, each with its peer.
fn everywhere() -> Vec<(Host, Peer)> {
    let mut all = Vec::new();
    for mode in [Mode::Main, Mode::Aggressive] {
        for number in 2..=7 {
            let mut peer = if number % 2 == 0 { responder(mode) } else { initiator(mode) };
            let mut host = Host::new(config(mode));
            host.talks(&mut peer, number);
            all.push((host, peer));
        }
    }
    all
}

/// An active Main Mode responder.
fn active(name: &str) -> (Host, Peer) {
    let (mut host, mut peer) = (Host::new(vendor(name, Mode::Main)), initiator(Mode::Main));
    host.talks(&mut peer, 6);
    (host, peer)
}

// tests RFC 2409 5.7
#[test]
fn an_error_notify_in_clear_changes_nothing() {
    for (host, peer) in everywhere() {
        for (notify, name) in NotifyType::ALL.iter().filter(|(notify, _)| notify.is_error()) {
            let mut after = host.clone();
            after.hears(&peer.informs_in_clear(peer.notify(*notify))).is(&[&format!("hears N({name})")]);
            assert_eq!(after, host);
        }
    }
}

// tests RFC 2409 5.7
#[test]
fn a_delete_in_clear_is_dropped() {
    for (host, peer) in everywhere() {
        let mut after = host.clone();
        let answer = after.hears(&peer.informs_in_clear(peer.delete()));
        assert!(answer.is_silent());
        assert_eq!(after, host);
    }
}

// tests RFC 2408 5.15
#[test]
fn a_delete_under_the_keys_ends_the_sa() {
    let (mut host, peer) = active("asa");
    host.hears(&peer.sealed(1, peer.delete())).is(&["hears D sealed", "SA 0 ends: Deleted in MM_ACTIVE"]);
    host.hears(&peer.sealed(2, peer.delete())).drops("it", "UnknownCookies");
}

#[test]
fn a_waiting_peer_obeys_too_once_it_has_keys() {
    for (peer, number, state) in
        [(initiator(Mode::Main), 5, "MM_WAIT_MSG5"), (responder(Mode::Main), 6, "MM_WAIT_MSG6")]
    {
        let (mut host, mut peer) = (Host::new(config(Mode::Main)), peer);
        host.talks(&mut peer, number);
        let refused = peer.sealed(1, peer.notify(NotifyType::INVALID_ID_INFORMATION));
        let end = format!("SA 0 ends: Deleted in {state}");
        host.hears(&refused).is(&["hears N(INVALID_ID_INFORMATION) sealed, obeys", &end]);
    }
    let (mut host, mut peer) = (Host::new(config(Mode::Aggressive)), responder(Mode::Aggressive));
    host.talks(&mut peer, 4);
    let end = "SA 0 ends: Deleted in AM_WAIT_MSG4";
    host.hears(&peer.sealed(1, peer.delete())).is(&["hears D sealed", end]);
}

// tests RFC 2408 5.15
#[test]
fn a_delete_of_something_else_is_not_ours() {
    let (mut host, peer) = active("asa");
    for payload in [
        delete(ProtocolId::ISAKMP, vec![7; 16]),
        delete(ProtocolId::ESP, [peer.cookies.initiator.0, peer.cookies.responder.0].concat()),
        delete(ProtocolId::ESP, vec![1, 2, 3, 4]),
    ] {
        host.hears(&peer.sealed(1, payload)).is(&[]);
    }
    host.hears(&peer.sealed(1, peer.delete())).is(&["hears D sealed", "SA 0 ends: Deleted in MM_ACTIVE"]);
}

// tests RFC 2409 5.7
#[test]
fn without_the_right_hash_1_nothing_is_believed() {
    let (mut host, peer) = active("asa");
    let before = host.clone();
    for payload in
        [peer.delete(), peer.notify(NotifyType::INVALID_COOKIE), peer.notify(NotifyType::CONNECTED)]
    {
        let forged = [Payload::new(PayloadType::HASH, vec![0; 32]), payload.clone()];
        host.hears(&peer.sealed_with(1, &forged)).drops("it", "HashMismatch");
        host.hears(&peer.sealed_with(1, std::slice::from_ref(&payload))).drops("it", "MissingPayload");
        let behind = [payload.clone(), Payload::new(PayloadType::HASH, vec![0; 32])];
        host.hears(&peer.sealed_with(1, &behind)).drops("it", "MissingPayload");
        // HASH(1) covers the message id: what was said once cannot be said again under another.
        let said = peer.opens(&peer.sealed(1, payload));
        host.hears(&peer.sealed_with(2, &said)).drops("it", "HashMismatch");
    }
    assert_eq!(host, before);
}

/// A key that is not the SA's: the message does not open, whatever it is.
#[test]
fn another_key_says_nothing() {
    let (mut host, mut peer) = active("asa");
    let before = host.clone();
    peer.key = b"another".to_vec();
    assert!(host.hears(&peer.sealed(1, peer.delete())).is_one_drop());
    assert_eq!(host, before);
}

#[test]
fn a_status_is_heard_and_not_obeyed() {
    let (mut host, peer) = active("asa");
    for (notify, name) in NotifyType::ALL.iter().filter(|(notify, _)| !notify.is_error()) {
        if *notify != NotifyType::CONNECTED {
            host.hears(&peer.sealed(1, peer.notify(*notify))).is(&[&format!("hears N({name}) sealed")]);
        }
    }
}

#[test]
fn before_there_are_keys_nothing_sealed_can_be_read() {
    for (mode, number) in [(Mode::Main, 3), (Mode::Main, 2), (Mode::Main, 4), (Mode::Aggressive, 2)] {
        let mut peer = if number % 2 == 0 { responder(mode) } else { initiator(mode) };
        let mut host = Host::new(config(mode));
        host.talks(&mut peer, number);
        let mut bytes = peer.informs_in_clear(peer.delete());
        bytes[19] = 1;
        host.hears(&bytes).drops("it", "WrongEncryption");
    }
}

// tests RFC 2408 5.2
#[test]
fn an_informational_exchange_under_strange_cookies() {
    for (mut host, mut peer) in everywhere() {
        peer.cookies.initiator.0[3] ^= 1;
        host.hears(&peer.informs_in_clear(peer.notify(NotifyType::INVALID_COOKIE)))
            .drops("it", "UnknownCookies");
        host.hears(&peer.informs_in_clear(peer.delete())).drops("it", "UnknownCookies");
    }
}

/// Two hosts that answer notifies with notifies would never stop.
#[test]
fn no_notify_is_answered() {
    for name in ["asa", "ios", "strongswan", "libreswan"] {
        let (mut host, peer) = active(name);
        let whole = peer.informs_in_clear(peer.notify(NotifyType::PAYLOAD_MALFORMED));
        let mut strange = peer.clone();
        strange.cookies.responder.0[0] ^= 1;
        let strange = strange.informs_in_clear(peer.notify(NotifyType::PAYLOAD_MALFORMED));
        let mut bytes = vec![whole[..40].to_vec(), whole[..29].to_vec(), strange[..40].to_vec()];
        for (at, value) in [(28, 99), (31, 3), (31, 200), (37, 255)] {
            let mut damaged = whole.clone();
            damaged[at] = value;
            bytes.push(damaged);
        }
        for bytes in [bytes.clone(), bytes.into_iter().map(super::bodies::with_length).collect()].concat() {
            let answer = host.hears(&bytes);
            assert!(answer.is_silent(), "{name}");
        }
        let short = [Payload::new(PayloadType::HASH, vec![1]), Payload::new(PayloadType::N, vec![1])];
        assert!(host.hears(&peer.sealed(3, Payload::new(PayloadType::N, vec![1]))).is_silent(), "{name}");
        assert!(host.hears(&peer.sealed_with(3, &short)).is_silent(), "{name}");
    }
}

/// A CONNECTED that nothing protects brings nobody up.
// tests RFC 2409 5.7
#[test]
fn connected_in_clear_confirms_nothing() {
    let (mut host, mut peer) = (Host::new(config(Mode::Aggressive)), responder(Mode::Aggressive));
    host.talks(&mut peer, 4);
    let before = host.clone();
    host.hears(&peer.informs_in_clear(peer.notify(NotifyType::CONNECTED))).is(&["hears N(CONNECTED)"]);
    assert_eq!(host, before);
    host.hears(&peer.connected(1)).is(&["accepts AM4", "is AM_ACTIVE"]);
}

/// What is cut off a notify is not counted as the message that is waited for.
#[test]
fn a_damaged_notify_is_no_phase_1_message() {
    for (mut host, peer) in everywhere() {
        let whole = peer.informs_in_clear(peer.notify(NotifyType::INVALID_COOKIE));
        host.hears(&whole[..40]).drops("it", "Malformed");
    }
}

/// charon obeys some errors that nothing protects, pluto not even those under the keys.
#[test]
fn whom_to_believe_is_the_vendors_affair() {
    let (mut host, mut peer) = (Host::new(vendor("strongswan", Mode::Main)), responder(Mode::Main));
    host.talks(&mut peer, 2);
    let refused = peer.informs_in_clear(peer.notify(NotifyType::NO_PROPOSAL_CHOSEN));
    host.hears(&refused).is(&["hears N(NO_PROPOSAL_CHOSEN), obeys", "SA 0 ends: Deleted in MM_WAIT_MSG2"]);
    let (mut host, peer) = active("strongswan");
    host.hears(&peer.informs_in_clear(peer.notify(NotifyType::INVALID_COOKIE)))
        .is(&["hears N(INVALID_COOKIE)"]);
    let (mut host, peer) = active("libreswan");
    let failed = peer.sealed(1, peer.notify(NotifyType::AUTHENTICATION_FAILED));
    host.hears(&failed).is(&["hears N(AUTHENTICATION_FAILED) sealed"]);
    // pluto says so, too, before its own SA goes.
    let deleted = host.hears(&peer.sealed(2, peer.delete()));
    deleted.is(&["hears D sealed", "sends D sealed", "SA 0 ends: Deleted in MM_ACTIVE"]);
}
