//! No key for the peer: the SA goes in silence, and its cookies are remembered.

use ike::{Config, Mode, NotifyType};
use isakmp::{Body, Header, Message, Notification};

use super::host::{Host, config, vendor};
use super::peer::{initiator, responder};

/// An ASA without a tunnel-group for anybody.
fn keyless(config: Config) -> Host {
    Host::new(Config { tunnel_groups: Vec::new(), ..config })
}

// tests RFC 2408 5.2
#[test]
fn a_message_for_a_removed_sa_gets_invalid_cookie() {
    let (mut host, mut peer) = (keyless(config(Mode::Main)), initiator(Mode::Main));
    host.talks(&mut peer, 3);
    let msg3 = peer.says(3);
    host.hears(&msg3).is(&["refuses MSG3: NoTunnelGroup", "SA 0 ends: Rejected in MM_WAIT_MSG3"]);
    for _ in 0..2 {
        let notify = host.hears(&msg3).is(&["drops it: RemovedSa", "sends N(INVALID_COOKIE)"]).message();
        assert_eq!(Header::decode(&notify).unwrap().cookies, peer.cookies);
        let Body::Clear(payloads) = Message::decode(&notify).unwrap().body else { panic!("sealed") };
        let told = Notification::decode(&payloads[0].body).unwrap();
        assert_eq!(told.spi, [peer.cookies.initiator.0, peer.cookies.responder.0].concat());
    }
}

#[test]
fn but_no_notify_for_a_notify() {
    let (mut host, mut peer) = (keyless(config(Mode::Main)), initiator(Mode::Main));
    host.talks(&mut peer, 3);
    host.hears(&peer.message(3));
    let notify = peer.informs_in_clear(peer.notify(NotifyType::INVALID_COOKIE));
    host.hears(&notify).drops("it", "UnknownCookies");
}

/// MSG1 has no responder cookie yet: it begins anew.
#[test]
fn the_first_message_begins_anew() {
    let (mut host, mut peer) = (keyless(config(Mode::Main)), initiator(Mode::Main));
    let msg1 = peer.message(1);
    host.talks(&mut peer, 3);
    host.hears(&peer.message(3));
    host.hears(&msg1).is(&["makes SA 1", "accepts MSG1", "is MM_WAIT_MSG3", "sends MSG2"]);
}

/// Only what was removed on our own decision is remembered so: not what was given up or deleted.
#[test]
fn other_ends_are_forgotten() {
    let (mut host, mut peer) = (Host::new(config(Mode::Main)), initiator(Mode::Main));
    host.talks(&mut peer, 6);
    host.hears(&peer.sealed(1, peer.delete()));
    host.hears(&peer.message(5)).drops("it", "UnknownCookies");
}

#[test]
fn a_group_without_a_key_is_the_same() {
    let mut config = config(Mode::Main);
    config.tunnel_groups[0].pre_shared_key = None;
    let (mut host, mut peer) = (Host::new(config), initiator(Mode::Main));
    host.talks(&mut peer, 3);
    host.hears(&peer.message(3)).is(&["refuses MSG3: NoPreSharedKey", "SA 0 ends: Rejected in MM_WAIT_MSG3"]);
}

/// A value that cannot be used is dropped before any key is asked for.
#[test]
fn a_bad_public_value_asks_for_no_key() {
    let (mut host, mut peer) = (keyless(config(Mode::Main)), initiator(Mode::Main));
    host.talks(&mut peer, 3);
    let mut payloads = peer.payloads(3);
    payloads[0].body.pop();
    host.hears(&peer.encode(3, &payloads)).drops("MSG3", "BadPublicValue");
    host.hears(&peer.message(3)).is(&["refuses MSG3: NoTunnelGroup", "SA 0 ends: Rejected in MM_WAIT_MSG3"]);
}

#[test]
fn aggressive_mode_makes_no_sa_at_all() {
    let mut host = keyless(config(Mode::Aggressive));
    for _ in 0..2 {
        host.hears(&initiator(Mode::Aggressive).message(1)).is(&["refuses AM1: NoTunnelGroup"]);
    }
    let mut shut = Host::new(Config { aggressive_mode: false, ..config(Mode::Aggressive) });
    shut.hears(&initiator(Mode::Aggressive).message(1)).is(&["refuses AM1: AggressiveModeDisabled"]);
    // It is inbound alone that is off.
    let mut peer = responder(Mode::Aggressive);
    shut.talks(&mut peer, 2);
    assert!(shut.turn(&mut peer, 2).has("accepts AM2"));
}

/// When the key is missed, and what is said about it, is the vendor's affair.
#[test]
fn others_miss_the_key_at_once() {
    let cases: [(&str, &[&str]); 3] = [
        ("ios", &["refuses MSG1: NoTunnelGroup"]),
        ("libreswan", &["refuses MSG1: NoTunnelGroup"]),
        ("strongswan", &["refuses MSG1: NoTunnelGroup", "sends N(NO_PROPOSAL_CHOSEN)"]),
    ];
    for (name, lines) in cases {
        keyless(vendor(name, Mode::Main)).hears(&initiator(Mode::Main).message(1)).is(lines);
    }
}
