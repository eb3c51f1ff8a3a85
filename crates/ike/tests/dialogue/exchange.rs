//! The exchanges as they are meant, both roles.

use ike::{Config, Mode};
use isakmp::{Body, Flags, Header, Message, MessageId, PayloadType};

use super::bodies::host_identity;
use super::host::{Host, config, vendor};
use super::peer::{initiator, responder};

fn kinds(bytes: &[u8]) -> Vec<PayloadType> {
    let Body::Clear(payloads) = Message::decode(bytes).unwrap().body else { panic!("sealed") };
    payloads.iter().map(|payload| payload.kind).filter(|kind| *kind != PayloadType::VID).collect()
}

/// The flags of a phase 1 message.
fn flags(bytes: &[u8]) -> Flags {
    let header = Header::decode(bytes).unwrap();
    assert_eq!(header.message_id, MessageId(0));
    header.flags
}

// tests RFC 2409 5.4
// tests RFC 2408 3.1
// tests RFC 2407 4.6.2
#[test]
fn main_mode_responder() {
    let (mut host, mut peer) = (Host::new(config(Mode::Main)), initiator(Mode::Main));
    let msg2 = host.hears(&peer.says(1)).is(&["makes SA 0", "accepts MSG1", "is MM_WAIT_MSG3", "sends MSG2"]);
    assert_eq!(kinds(&msg2.message()), [PayloadType::SA]);
    peer.hears(&msg2.message());
    let msg4 = host.hears(&peer.says(3)).is(&["accepts MSG3", "is MM_WAIT_MSG5", "sends MSG4"]);
    assert_eq!(kinds(&msg4.message()), [PayloadType::KE, PayloadType::NONCE]);
    peer.hears(&msg4.message());
    let msg6 = host.hears(&peer.says(5)).is(&["accepts MSG5", "is MM_ACTIVE", "sends MSG6"]).message();
    assert_eq!(flags(&msg6), Flags::ENCRYPTION);
    let payloads = peer.opens(&msg6);
    let [id, hash] = payloads.as_slice() else { panic!("{payloads:?}") };
    assert_eq!((&id.body, &hash.body), (&host_identity(), &peer.hash_r(&host_identity())));
    assert!(host.waits().is_empty(), "an active side waits for nothing");
}

// tests RFC 2409 5.4
// tests RFC 2407 4.6.3.3
#[test]
fn main_mode_initiator() {
    // An ASA has it in Quick Mode.
    let (mut host, mut peer) = (Host::new(vendor("ios", Mode::Main)), responder(Mode::Main));
    let msg1 = host.initiates().is(&["makes SA 0", "is MM_WAIT_MSG2", "sends MSG1"]).message();
    assert!(Header::decode(&msg1).unwrap().cookies.responder.is_zero());
    peer.hears(&msg1);
    let msg3 = host.hears(&peer.says(2)).is(&["accepts MSG2", "is MM_WAIT_MSG4", "sends MSG3"]).message();
    assert_eq!(Header::decode(&msg3).unwrap().cookies, peer.cookies);
    peer.hears(&msg3);
    let msg5 = host.hears(&peer.says(4)).is(&["accepts MSG4", "is MM_WAIT_MSG6", "sends MSG5"]).message();
    let payloads = peer.opens(&msg5);
    let [id, hash, contact] = payloads.as_slice() else { panic!("{payloads:?}") };
    assert_eq!((&id.body, &hash.body), (&host_identity(), &peer.hash_i(&host_identity())));
    assert_eq!(contact, &peer.notify(ike::NotifyType::INITIAL_CONTACT));
    peer.hears(&msg5);
    host.hears(&peer.says(6)).is(&["accepts MSG6", "is MM_ACTIVE"]);
    assert!(host.waits().is_empty(), "an active side waits for nothing");
}

// tests RFC 2409 5.4
// tests RFC 2408 3.1
#[test]
fn aggressive_responder_with_and_without_the_fourth_message() {
    for confirm in [true, false] {
        let mut host = Host::new(Config { confirm, ..config(Mode::Aggressive) });
        let mut peer = initiator(Mode::Aggressive);
        let am2 =
            host.hears(&peer.says(1)).is(&["makes SA 0", "accepts AM1", "is AM_WAIT_MSG3", "sends AM2"]);
        let am2 = am2.message();
        assert_eq!(flags(&am2), if confirm { Flags::COMMIT } else { Flags(0) });
        use PayloadType as P;
        assert_eq!(kinds(&am2), [P::SA, P::KE, P::NONCE, P::ID, P::HASH]);
        peer.hears(&am2);
        let answer = host.hears(&peer.says(3));
        if confirm {
            let am4 = answer.is(&["accepts AM3", "is AM_ACTIVE", "sends AM4"]).message();
            assert_eq!(peer.reads(&am4), [ike::NotifyType::CONNECTED]);
            assert_eq!(Header::decode(&am4).unwrap().flags, Flags::ENCRYPTION);
        } else {
            answer.is(&["accepts AM3", "is AM_ACTIVE"]);
        }
        assert!(host.waits().is_empty(), "AM4 has no timer");
    }
}

// tests RFC 2409 5.4
// tests RFC 2408 3.1
#[test]
fn aggressive_initiator_acts_on_the_commit_bit_it_received() {
    for promised in [true, false] {
        let mut host = Host::new(config(Mode::Aggressive));
        let mut peer = responder(Mode::Aggressive);
        peer.commit = promised;
        let am1 = host.initiates().is(&["makes SA 0", "is AM_WAIT_MSG2", "sends AM1"]).message();
        use PayloadType as P;
        assert_eq!(kinds(&am1), [P::SA, P::KE, P::NONCE, P::ID]);
        peer.hears(&am1);
        let state = if promised { "is AM_WAIT_MSG4" } else { "is AM_ACTIVE" };
        let am3 = host.hears(&peer.says(2)).is(&["accepts AM2", state, "sends AM3"]).message();
        assert_eq!(flags(&am3), Flags::ENCRYPTION, "the initiator never sets the Commit bit");
        let payloads = peer.opens(&am3);
        assert_eq!(payloads[0].body, peer.hash_i(&host_identity()));
        peer.hears(&am3);
        if promised {
            host.hears(&peer.connected(7)).is(&["accepts AM4", "is AM_ACTIVE"]);
        }
        assert!(host.waits().is_empty());
    }
}

/// An initiator that lacks what it needs sends nothing.
#[test]
fn nothing_begins_without_key_or_service() {
    let deaf = Config { ike_enabled: false, ..config(Mode::Main) };
    Host::new(deaf.clone()).initiates().is(&["does not start: IkeDisabled"]);
    Host::new(deaf).hears(&initiator(Mode::Main).message(1)).drops("MSG1", "IkeDisabled");
    for mode in [Mode::Main, Mode::Aggressive] {
        let stranger = Config { tunnel_groups: Vec::new(), ..config(mode) };
        Host::new(stranger).initiates().is(&["does not start: NoTunnelGroup"]);
        let mut keyless = config(mode);
        keyless.tunnel_groups[0].pre_shared_key = None;
        Host::new(keyless).initiates().is(&["does not start: NoPreSharedKey"]);
    }
}
