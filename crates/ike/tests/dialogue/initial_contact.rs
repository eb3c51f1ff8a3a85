//! INITIAL_CONTACT: the peer has started afresh, older active SAs with it are gone (RFC 2407 section 4.6.3.3).

use ike::{Mode, NotifyType, Role};
use isakmp::{Notification, Payload, PayloadType};

use super::host::{Host, config};
use super::peer::{Peer, initiator};

/// MSG5 with one more payload.
fn msg5_with(peer: &Peer, more: Payload) -> Vec<u8> {
    peer.encode(5, &[peer.payloads(5), vec![more]].concat())
}

/// A new negotiation of the same peer, up to MSG5.
fn another(host: &mut Host, number: u8) -> Peer {
    let mut peer = Peer::new(Role::Initiator, Mode::Main, number);
    host.turn(&mut peer, 1);
    host.turn(&mut peer, 3);
    peer
}

fn contact(peer: &Peer) -> Payload {
    peer.notify(NotifyType::INITIAL_CONTACT)
}

// tests RFC 2407 4.6.3.3
#[test]
fn older_active_sas_of_this_peer_go() {
    let mut host = Host::new(config(Mode::Main));
    for number in [1, 2] {
        let mut peer = another(&mut host, number);
        host.turn(&mut peer, 5);
    }
    let newest = another(&mut host, 3);
    let msg5 = msg5_with(&newest, contact(&newest));
    host.hears(&msg5).is(&[
        "accepts MSG5",
        "hears N(INITIAL_CONTACT) sealed, obeys",
        "SA 0 ends: Replaced in MM_ACTIVE",
        "SA 1 ends: Replaced in MM_ACTIVE",
        "is MM_ACTIVE",
        "sends MSG6",
    ]);
    assert!(host.hears(&msg5).has("sends MSG6 again"), "heard once, obeyed once");
}

/// Who is still on the way is left alone, and so is a newer SA: it is no leftover of before the start.
#[test]
fn half_open_and_newer_ones_stay() {
    let mut host = Host::new(config(Mode::Main));
    let (mut first, second, mut third) =
        (another(&mut host, 1), another(&mut host, 2), another(&mut host, 3));
    host.turn(&mut third, 5);
    let msg5 = msg5_with(&second, contact(&second));
    host.hears(&msg5).is(&["accepts MSG5", "hears N(INITIAL_CONTACT) sealed", "is MM_ACTIVE", "sends MSG6"]);
    host.turn(&mut first, 5).is(&["accepts MSG5", "is MM_ACTIVE", "sends MSG6"]);
    let status = third.sealed(1, third.notify(NotifyType::REPLAY_STATUS));
    host.hears(&status).is(&["hears N(REPLAY_STATUS) sealed"]);
}

#[test]
fn sas_of_other_peers_stay() {
    let mut config = config(Mode::Main);
    config.tunnel_groups[0].name = ike::GroupName::Default;
    let mut host = Host::new(config);
    let elsewhere = "192.0.2.9:500".parse().unwrap();
    let mut other = Peer::new(Role::Initiator, Mode::Main, 1);
    for number in [1, 3, 5] {
        let bytes = other.says(number);
        other.hears(&host.hears_on(500, elsewhere, &bytes).message());
    }
    let peer = another(&mut host, 2);
    let msg5 = msg5_with(&peer, contact(&peer));
    host.hears(&msg5).is(&["accepts MSG5", "hears N(INITIAL_CONTACT) sealed", "is MM_ACTIVE", "sends MSG6"]);
    let status = other.sealed(1, other.notify(NotifyType::REPLAY_STATUS));
    assert!(host.hears_on(500, elsewhere, &status).has("hears N(REPLAY_STATUS) sealed"));
}

/// HASH_I does not cover the notify: one that names other cookies is damage.
// tests RFC 2407 4.6.3.3
#[test]
fn it_must_name_this_sa() {
    let (mut host, mut peer) = (Host::new(config(Mode::Main)), initiator(Mode::Main));
    host.talks(&mut peer, 5);
    let mut notify = Notification::decode(&contact(&peer).body).unwrap();
    for spi in [vec![0; 16], Vec::new(), notify.spi[..8].to_vec()] {
        notify.spi = spi;
        let forged = Payload::new(PayloadType::N, notify.encode());
        host.hears(&msg5_with(&peer, forged)).drops("MSG5", "ForeignSpi");
    }
    let short = Payload::new(PayloadType::N, vec![0; 7]);
    host.hears(&msg5_with(&peer, short)).drops("MSG5", "Undecryptable");
    host.turn(&mut peer, 5).is(&["accepts MSG5", "is MM_ACTIVE", "sends MSG6"]);
}

#[test]
fn another_notify_in_msg5_is_nothing_to_obey() {
    let mut host = Host::new(config(Mode::Main));
    let mut old = another(&mut host, 1);
    host.turn(&mut old, 5);
    let peer = another(&mut host, 2);
    let status = peer.notify(NotifyType::REPLAY_STATUS);
    let msg5 = msg5_with(&peer, status);
    host.hears(&msg5).is(&["accepts MSG5", "is MM_ACTIVE", "sends MSG6"]);
}
