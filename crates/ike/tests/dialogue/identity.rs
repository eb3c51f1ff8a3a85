//! Who a peer says it is, and whether that is who it must be.

use ike::keymat::PreSharedKey;
use ike::{Config, GroupName, Identity, Mode, NotifyType, TunnelGroup};
use isakmp::IdType;

use super::bodies::{id_payload, identity};
use super::host::{Host, KEY, PEER, config, vendor};
use super::peer::{Peer, initiator, responder};

/// A host that insists on this identity.
fn insists(mut config: Config, on: Identity) -> Host {
    config.tunnel_groups[0].peer_identity = Some(on);
    Host::new(config)
}

fn stranger() -> Identity {
    Identity::Fqdn("elsewhere.example".into())
}

// tests RFC 2408 5.8
#[test]
fn refused_in_msg5_and_msg6() {
    let cases = [(initiator(Mode::Main), 5, "MM_WAIT_MSG5"), (responder(Mode::Main), 6, "MM_WAIT_MSG6")];
    for (mut peer, number, state) in cases {
        let mut host = insists(config(Mode::Main), stranger());
        host.talks(&mut peer, number);
        let bytes = peer.says(number);
        let answer = host.hears(&bytes).is(&[
            &format!("refuses MSG{number}: IdentityRefused"),
            "sends N(INVALID_ID_INFORMATION) sealed",
            &format!("SA 0 ends: Rejected in {state}"),
        ]);
        // The message verified, so the notify's IV stands behind it.
        assert_eq!(peer.reads(&answer.message()), [NotifyType::INVALID_ID_INFORMATION]);
        host.hears(&bytes).is(&["drops it: RemovedSa", "sends N(INVALID_COOKIE)"]);
    }
}

// tests RFC 2408 5.8
#[test]
fn refused_in_am1_in_clear() {
    let mut host = insists(config(Mode::Aggressive), stranger());
    let bytes = initiator(Mode::Aggressive).message(1);
    host.hears(&bytes).is(&["refuses AM1: IdentityRefused", "sends N(INVALID_ID_INFORMATION)"]);
}

#[test]
fn refused_in_am2_under_the_keys() {
    let (mut host, mut peer) = (insists(config(Mode::Aggressive), stranger()), responder(Mode::Aggressive));
    host.talks(&mut peer, 2);
    let answer = host.hears(&peer.message(2)).is(&[
        "refuses AM2: IdentityRefused",
        "sends N(INVALID_ID_INFORMATION) sealed",
        "SA 0 ends: Rejected in AM_WAIT_MSG2",
    ]);
    assert_eq!(peer.reads(&answer.message()), [NotifyType::INVALID_ID_INFORMATION]);
}

/// The proof comes first: who cannot prove its key is told nothing about identities.
#[test]
fn a_wrong_proof_is_not_asked_for_its_name() {
    let (mut host, mut peer) = (insists(config(Mode::Main), stranger()), initiator(Mode::Main));
    peer.key = b"another".to_vec();
    host.talks(&mut peer, 5);
    host.hears(&peer.message(5)).drops("MSG5", "Undecryptable");
}

/// The tunnel-group is the one that the negotiation began with, wherever its last message comes from.
#[test]
fn another_source_address_is_no_way_around() {
    let elsewhere = "192.0.2.9:500".parse().unwrap();
    for (mut peer, number) in
        [(initiator(Mode::Main), 5), (responder(Mode::Main), 6), (responder(Mode::Aggressive), 2)]
    {
        let mut host = insists(config(peer.mode), stranger());
        host.talks(&mut peer, number);
        let answer = host.hears_on(500, elsewhere, &peer.message(number));
        assert!(answer.has(&format!("refuses {}: IdentityRefused", peer.name(number))));
    }
    let (mut host, mut peer) = (Host::new(config(Mode::Main)), initiator(Mode::Main));
    host.talks(&mut peer, 3);
    assert!(
        host.hears_on(500, elsewhere, &peer.message(3)).has("accepts MSG3"),
        "a key is there for the peer"
    );
}

#[test]
fn the_one_that_is_insisted_on_is_taken() {
    let wanted = [
        (Identity::Address(PEER), identity(PEER)),
        (stranger(), id_payload(IdType::FQDN, b"elsewhere.example")),
        (Identity::UserFqdn("a@b".into()), id_payload(IdType::USER_FQDN, b"a@b")),
        (Identity::KeyId(vec![0, 1, 255]), id_payload(IdType::KEY_ID, &[0, 1, 255])),
    ];
    for (want, id) in wanted {
        let (mut host, mut peer) = (insists(config(Mode::Main), want), initiator(Mode::Main));
        peer.id = id;
        host.talks(&mut peer, 5);
        host.turn(&mut peer, 5).is(&["accepts MSG5", "is MM_ACTIVE", "sends MSG6"]);
    }
}

/// The same bytes under another type are another identity.
#[test]
fn the_type_counts() {
    let (mut host, mut peer) = (insists(config(Mode::Main), stranger()), initiator(Mode::Main));
    peer.id = id_payload(IdType::KEY_ID, b"elsewhere.example");
    host.talks(&mut peer, 5);
    assert!(host.turn(&mut peer, 5).has("refuses MSG5: IdentityRefused"));
}

#[test]
fn what_is_no_identity_is_dropped() {
    let (mut host, mut peer) = (Host::new(config(Mode::Main)), initiator(Mode::Main));
    host.talks(&mut peer, 5);
    let unsupported = [
        id_payload(IdType::IPV4_ADDR, &[1, 2, 3]),
        id_payload(IdType::IPV6_ADDR, &[0; 15]),
        id_payload(IdType::FQDN, &[0xff]),
        id_payload(IdType::DER_ASN1_DN, b"cn"),
        id_payload(IdType(0), b""),
    ];
    for id in unsupported {
        peer.id = id;
        host.hears(&peer.message(5)).drops("MSG5", "UnsupportedIdentity");
    }
    peer.id = vec![1, 17, 1];
    host.hears(&peer.message(5)).drops("MSG5", "Malformed");
}

/// Main Mode knows only the address when it needs the key; Aggressive Mode has the name.
// tests RFC 2409 5.4
#[test]
fn which_key_is_looked_up() {
    let named = TunnelGroup {
        name: GroupName::Name("branch".into()),
        pre_shared_key: Some(PreSharedKey::new(b"its own".to_vec())),
        peer_identity: None,
    };
    for (mode, key, last) in [(Mode::Main, KEY, 5), (Mode::Aggressive, "its own", 3)] {
        let mut config = config(mode);
        config.tunnel_groups.insert(0, named.clone());
        let mut host = Host::new(config);
        let mut peer: Peer = initiator(mode);
        peer.names_itself(id_payload(IdType::FQDN, b"branch"));
        peer.key = key.into();
        host.talks(&mut peer, last);
        let active = if mode == Mode::Main { "is MM_ACTIVE" } else { "is AM_ACTIVE" };
        assert!(host.turn(&mut peer, last).has(active));
    }
}

/// strongSwan's initiator sends a Delete, pluto keeps the SA and says so each time.
#[test]
fn vendors_let_go_in_their_own_ways() {
    let (mut host, mut peer) = (insists(vendor("strongswan", Mode::Main), stranger()), responder(Mode::Main));
    host.talks(&mut peer, 6);
    host.turn(&mut peer, 6).is(&[
        "refuses MSG6: IdentityRefused",
        "sends D sealed",
        "SA 0 ends: Rejected in MM_WAIT_MSG6",
    ]);
    let (mut host, mut peer) = (insists(vendor("libreswan", Mode::Main), stranger()), initiator(Mode::Main));
    host.talks(&mut peer, 5);
    for _ in 0..2 {
        host.hears(&peer.message(5))
            .is(&["drops MSG5: IdentityRefused", "sends N(INVALID_ID_INFORMATION) sealed"]);
    }
}
