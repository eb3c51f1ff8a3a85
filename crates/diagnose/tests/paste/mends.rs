//! Who is to mend what a paste tells of: this device, its peer, or either.

use diagnose::Remedy;
use diagnose::paste::Mend;
use ike::Role;
use vendor::{Act, Vendor};

use super::only;

fn mend(text: &str, issue: &str) -> Mend {
    let story = only(text);
    let suspect = story.suspects.iter().find(|suspect| suspect.issue.name() == issue);
    suspect.unwrap_or_else(|| panic!("{text}\n{:#?}", story.suspects)).mend.clone().unwrap()
}

/// The part that it is for, whose device that is, whether the fault is at the peer, and whether its part is unknown.
fn is_for(mend: &Mend) -> (Option<Role>, Option<Vendor>, bool, bool) {
    (mend.part, mend.device, mend.at_peer, mend.nameless)
}

const I: Option<Role> = Some(Role::Initiator);
const R: Option<Role> = Some(Role::Responder);

const SILENT: &str = "05[IKE] <gw|1> initiating Main Mode IKE_SA gw[1] to 192.0.2.9\n\
    05[NET] <gw|1> sending packet: from 198.51.100.1[500] to 192.0.2.9[500] (180 bytes)\n\
    06[IKE] <gw|1> sending retransmit 1 of request message ID 0, seq 1\n\
    06[IKE] <gw|1> sending retransmit 2 of request message ID 0, seq 1\n\
    07[IKE] <gw|1> giving up after 5 retransmits\n";

#[test]
fn silence_is_mended_at_the_peer() {
    for issue in ["peer-down", "ike-disabled", "missing-tunnel-group"] {
        assert_eq!(is_for(&mend(SILENT, issue)), (R, None, true, false), "{issue}");
    }
    // The way to the peer is looked for here, and so is the address that was called.
    let route = mend(SILENT, "no-route");
    assert_eq!(is_for(&route), (I, Some(Vendor::Strongswan), false, false));
    let Remedy::Route { to, look } = route.remedy else { panic!("{:?}", route.remedy) };
    assert_eq!((to, look.at), ("192.0.2.9".parse().unwrap(), Role::Initiator));
    let called = mend(SILENT, "wrong-peer-address").remedy;
    assert_eq!(called, Remedy::CompareCalled("192.0.2.9".parse().unwrap()));
    // Where nothing is known to be wrong, this side's part is told.
    assert_eq!(is_for(&mend(SILENT, "message-lost")), (I, Some(Vendor::Strongswan), false, false));
}

/// Of whose kind the devices are that are told what to do: the peer's is known of a row alone that may be either's.
#[test]
fn the_peer_is_of_no_known_kind() {
    let Remedy::Do(at_peer) = mend(SILENT, "ike-disabled").remedy else { panic!("{SILENT}") };
    assert_eq!(at_peer.vendor, Vendor::Generic);
    let responder = |text: &str| {
        let Remedy::SameKey(of) = mend(text, "psk-mismatch").remedy else { panic!("{text}") };
        of[Role::Responder].vendor
    };
    let row = "198.51.100.1    192.0.2.1       MM_KEY_EXCH       1002 ACTIVE\n";
    assert_eq!(responder(row), Vendor::Ios);
    let junk = "06[IKE] <1> 192.0.2.9 is initiating a Main Mode IKE_SA\n\
        08[ENC] <1> invalid ID_V1 payload length, decryption failed?\n";
    assert_eq!(responder(junk), Vendor::Strongswan);
}

#[test]
fn what_a_device_complains_of_is_mended_there() {
    let no_key = "05[IKE] <1> 192.0.2.9 is initiating a Main Mode IKE_SA\n\
        05[IKE] <1> no shared key found for '198.51.100.1'[198.51.100.1] - '192.0.2.9'[192.0.2.9]\n";
    assert_eq!(is_for(&mend(no_key, "missing-psk")), (R, Some(Vendor::Strongswan), false, false));
    let nobody = "05[IKE] <1> no IKE config found for 198.51.100.1...192.0.2.9, sending NO_PROPOSAL_CHOSEN\n";
    let group = mend(nobody, "missing-tunnel-group");
    assert_eq!((group.at_peer, group.device), (false, Some(Vendor::Strongswan)));
    // Heard from the peer, the same words mean its side.
    let told = "05[IKE] <gw|1> initiating Main Mode IKE_SA gw[1] to 192.0.2.9\n\
        06[IKE] <gw|1> received NO_PROPOSAL_CHOSEN error notify\n";
    assert_eq!(is_for(&mend(told, "missing-tunnel-group")), (R, None, true, false));
    assert_eq!(is_for(&mend(told, "policy-mismatch")), (None, None, false, false));
    assert_eq!(mend(told, "policy-mismatch").remedy, Remedy::Plain(sim::Cause::PolicyMismatch));
}

/// Either side mends an identity: this one sends another, or takes what comes.
#[test]
fn an_identity_is_sent_or_taken() {
    let refuses = "\"c\" #1: responding to Main Mode from unknown peer 192.0.2.9:500\n\
        \"c\" #1: Peer ID '@sun' mismatched on first found connection and no better connection found\n";
    let own = mend(refuses, "identity-mismatch");
    assert!(matches!(&own.remedy, Remedy::TakeIdentity(task) if task.at == Role::Responder), "{own:?}");
    assert_eq!(is_for(&own), (R, Some(Vendor::Libreswan), false, false));
    let told = |begins: &str, refused: &str| mend(&format!("{begins}\n{refused}\n"), "identity-mismatch");
    let charon = told(
        "05[IKE] <gw|1> initiating Aggressive Mode IKE_SA gw[1] to 192.0.2.9",
        "06[IKE] <gw|1> received AUTHENTICATION_FAILED error notify",
    );
    let Remedy::SendIdentity(Some(task)) = &charon.remedy else { panic!("{charon:?}") };
    let own = diagnose::paste::OWN;
    assert_eq!((task.at, &task.acts), (Role::Initiator, &vec![Act::SendIdentity { wanted: None, own }]));
    assert_eq!(is_for(&charon), (I, Some(Vendor::Strongswan), true, false));
    // On a Cisco the word for it depends on its kind.
    let asa = told(
        "%ASA-5-713041: IP = 192.0.2.9, IKE Initiator: New Phase 1, Intf inside, IKE Peer 192.0.2.9",
        "%ASA-5-713904: IP = 192.0.2.9, Received an un-encrypted INVALID_ID_INFO notify message, dropping",
    );
    assert_eq!((asa.remedy, asa.at_peer), (Remedy::SendIdentity(None), true));
}

/// Of a row that either side may have no part is told; of a line without a role the called one's is meant.
#[test]
fn whose_part_is_not_known() {
    let row = "dst             src             state          conn-id status\n\
        198.51.100.1    192.0.2.1       MM_KEY_EXCH       1002 ACTIVE\n";
    let either = mend(row, "psk-mismatch");
    assert_eq!((either.part, either.nameless), (None, false));
    let junk = mend("ike 0:gw:12: probable pre-shared secret mismatch", "psk-mismatch");
    assert_eq!(is_for(&junk), (R, Some(Vendor::Fortios), false, true));
}
