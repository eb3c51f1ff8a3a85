//! What a paste of each kind comes to: whose fault, where it is mended, which lines count.

use diagnose::paste::{Certainty, Phase, Story, read};
use ike::Role;
use sim::state_name;

use super::suspect;

fn stories(lines: &[&str]) -> Vec<Story> {
    read(&[&lines.join("\n")]).stories
}

fn story(lines: &[&str]) -> Story {
    stories(lines).remove(0)
}

fn causes(story: &Story) -> Vec<&str> {
    story.suspects.iter().map(|suspect| suspect.issue.name()).collect()
}

fn fix(story: &Story) -> String {
    story.suspects.first().map_or_else(String::new, |suspect| suspect::fix(suspect, story).join("\n"))
}

fn state(story: &Story, role: Role) -> Option<&'static str> {
    story.states[role].map(state_name)
}

/// An initiator that waits for message 4 has its group: the peer lacks one.
#[test]
fn a_fix_is_for_the_side_that_needs_it() {
    let row = "1   IKE Peer: 198.51.100.1\n    Type    : user            Role    : initiator\n    Rekey   : no              State   : MM_WAIT_MSG4";
    let waits = story(&[row]);
    assert_eq!(causes(&waits)[0], "missing-tunnel-group");
    assert!(fix(&waits).starts_with("responder (in plain words):"), "{}", fix(&waits));
    assert!(!fix(&waits).contains("tunnel-group 198.51.100.1"), "{}", fix(&waits));
    assert_eq!(waits.suspects[0].lines, [3], "the row itself speaks for it");
    let own = story(&[
        "%ASA-3-713138: Group = 198.51.100.1, IP = 198.51.100.1, Group 198.51.100.1 not found and BASE GROUP default preshared key not configured",
    ]);
    assert!(fix(&own).contains("tunnel-group 198.51.100.1 type"), "{}", fix(&own));
    let down = waits.suspects.iter().find(|suspect| suspect.issue.name() == "peer-down").unwrap();
    assert!(suspect::fix(down, &waits)[0].starts_with("Bring the responder up"), "{down:?}");
}

#[test]
fn an_identity_has_one_whole_sentence() {
    let refused = story(&[
        "05[IKE] <1> 192.0.2.7 is initiating a Main Mode IKE_SA",
        "05[IKE] <1> IDir '192.0.2.7' does not match to 'b.example.org'",
    ]);
    assert!(fix(&refused).starts_with("Let the peer send"), "{}", fix(&refused));
    assert!(fix(&refused).contains("remote { id = %any }"), "{}", fix(&refused));
    let told = story(&[
        "\"c\" #1: initiating IKEv1 Main Mode connection",
        "\"c\" #1: STATE_MAIN_I3: sent MI3, expecting MR3",
        "\"c\" #1: ignoring informational payload INVALID_ID_INFORMATION, msgid=00000000, length=12",
    ]);
    assert!(fix(&told).starts_with("Send the identity that the peer insists on"), "{}", fix(&told));
}

#[test]
fn values_come_without_what_stands_before_them() {
    let story =
        story(&["*Apr  2 11:00:00.001: ISAKMP:(0):Diffie-Hellman group offered does not match policy!"]);
    assert_eq!(story.values.differs[0].0, "Diffie-Hellman group");
}

/// Of whom a packet speaks that has no SA here, it is not this negotiation.
#[test]
fn a_foreign_peer_is_no_evidence() {
    let all = stories(&[
        "%CRYPTO-4-IKMP_BAD_MESSAGE: IKE message from 203.0.113.9 failed its sanity check or is malformed",
        "%CRYPTO-4-RECVD_PKT_INV_SPI: decaps: rec'd IPSEC packet has invalid spi for destaddr=198.51.100.4, prot=50, spi=0xBFBFC1A0(3217015200), srcaddr=192.0.2.99",
    ]);
    assert_eq!((all[0].peer, all[0].behind), ("203.0.113.9".parse().ok(), 0), "{all:#?}");
    assert!(!all[0].shows.contains(&2));
}

/// XAUTH that nobody answers is not healthy, and no fault of phase 1.
#[test]
fn xauth_that_waits_is_told() {
    let row = story(&["203.0.113.9     198.51.100.4    CONF_XAUTH        1003 ACTIVE"]);
    assert!(!row.is_healthy() && row.xauth_waits && row.suspects.is_empty(), "{row:#?}");
    let asa = story(&[
        "1   IKE Peer: 198.51.100.1\n    Type    : user            Role    : initiator\n    Rekey   : no              State   : AM_TM_INIT_XAUTH_V6C",
    ]);
    assert!(!asa.is_healthy() && asa.xauth_waits, "{asa:#?}");
    let done = story(&[
        "\"rw\"[1] 192.0.2.3 #1: IKE SA established {auth=PRESHARED_KEY}",
        "\"rw\"[1] 192.0.2.3 #1: XAUTH: Sending Username/Password request (MAIN_R3->XAUTH_R0)",
        "\"rw\"[1] 192.0.2.3 #1: XAUTH: User bob: Authentication Successful",
    ]);
    assert!(done.is_healthy(), "{done:#?}");
}

/// Counters outlive their SA: without one they tell of no tunnel that is up.
#[test]
fn counters_without_an_sa_prove_nothing() {
    let block = |spi: &str| {
        format!(
            "   current_peer 203.0.113.9 port 500\n    #pkts encaps: 0, #pkts encrypt: 0, #pkts digest: 0\n    \
            #pkts decaps: 9045, #pkts decrypt: 9045, #pkts verify: 9045\n     current outbound spi: {spi}\n"
        )
    };
    let gone = story(&[&block("0x0(0)")]);
    assert_eq!((gone.phase1, gone.phase2), (Phase::Unknown, Phase::None));
    assert!(gone.suspects.is_empty(), "{:?}", causes(&gone));
    let here = story(&[&block("0x12(18)")]);
    assert_eq!(causes(&here), ["one-way"]);
    let session = story(&[
        "Session status: UP-NO-IKE\nPeer: 203.0.113.9 port 500\n        Active SAs: 2, origin: crypto map",
    ]);
    assert_eq!((session.phase1, session.phase2), (Phase::Deleted, Phase::Established));
    assert!(session.is_healthy());
}

/// An ASA that refuses Quick Mode takes phase 1 down with it.
#[test]
fn a_session_that_is_torn_down_leaves_nothing() {
    let failed =
        "%ASA-3-713902: Group = p, IP = 192.0.2.1, QM FSM error (P2 struct &0x00007fff, mess id 0x2c44baec)!";
    let torn = "%ASA-5-713259: Group = p, IP = 192.0.2.1, Session is being torn down. Reason: crypto map policy not found";
    let proxies = "%ASA-3-713061: Group = p, IP = 192.0.2.1, Rejecting IPSec tunnel: no matching crypto map entry for remote proxy 10.2.0.0/255.255.255.0/0/0 local proxy 10.1.0.0/255.255.255.0/0/0 on interface outside";
    let role = "%ASA-7-714003: IP = 192.0.2.1, IKE Responder starting QM: msg id = 2c44baec";
    let up = "%ASA-5-713119: Group = p, IP = 192.0.2.1, PHASE 1 COMPLETED";
    let named = story(&[up, role, proxies, failed, torn]);
    assert_eq!((named.phase1, named.phase2), (Phase::Deleted, Phase::Refused));
    assert_eq!(causes(&named), ["proxy-mismatch", "crypto-map-incomplete"]);
    // Without the line of the networks no entry was compared with them.
    let bare = story(&[up, role, failed, torn]);
    assert_eq!(causes(&bare), ["crypto-map-incomplete", "proxy-mismatch"]);
    assert!(bare.suspects.iter().all(|suspect| suspect.certainty == Certainty::Fits));
}

/// As a view of that side ranks them.
#[test]
fn a_cisco_initiator_that_is_refused() {
    let refused = story(&[
        "ISAKMP:(1001):beginning Main Mode exchange",
        "ISAKMP:(1001):Old State = IKE_I_MM6  New State = IKE_P1_COMPLETE",
        "ISAKMP:(1001):beginning Quick Mode exchange, M-ID of 7",
        "ISAKMP:(1001):processing NOTIFY PROPOSAL_NOT_CHOSEN protocol 3",
    ]);
    assert_eq!(
        causes(&refused),
        ["proxy-mismatch", "transform-mismatch", "pfs-mismatch", "crypto-map-incomplete"]
    );
}

/// charon logs both lists: if only the group differs it is PFS.
#[test]
fn charons_proposals_tell_pfs_from_the_rest() {
    let log = |offered: &str, own: &str| {
        story(&[
            "05[IKE] <gw|1> IKE_SA gw[1] established between 192.0.2.1[a]...192.0.2.7[b]",
            &format!("06[CFG] <gw|1> received proposals: ESP:{offered}"),
            &format!("06[CFG] <gw|1> configured proposals: ESP:{own}"),
            "06[IKE] <gw|1> no matching proposal found, sending NO_PROPOSAL_CHOSEN",
        ])
    };
    let group = log("AES_CBC_128/HMAC_SHA1_96/MODP_2048/NO_EXT_SEQ", "AES_CBC_128/HMAC_SHA1_96/NO_EXT_SEQ");
    assert_eq!(causes(&group), ["pfs-mismatch"]);
    let cipher = log("3DES_CBC/HMAC_SHA1_96/NO_EXT_SEQ", "AES_CBC_128/HMAC_SHA1_96/NO_EXT_SEQ");
    assert_eq!(causes(&cipher), ["transform-mismatch"]);
}

/// Two devices in one paste: a row that either side may have is the one that the other leaves.
#[test]
fn each_device_has_its_state() {
    let row = |state: &str| format!("203.0.113.9     198.51.100.4    {state}       1003 ACTIVE");
    let asa = |role: &str, peer: &str, state: &str| {
        format!(
            "asa1# show crypto isakmp sa\n1   IKE Peer: {peer}\n    Type    : user            Role    : {role}\n    Rekey   : no              State   : {state}"
        )
    };
    let caller = story(&[
        "R1#show crypto isakmp sa",
        &row("MM_KEY_EXCH"),
        &asa("responder", "198.51.100.4", "MM_WAIT_MSG5"),
    ]);
    assert_eq!(
        (state(&caller, Role::Initiator), state(&caller, Role::Responder)),
        (Some("MM_WAIT_MSG6"), Some("MM_WAIT_MSG5"))
    );
    let called = story(&[
        "R1#show crypto isakmp sa",
        &row("MM_KEY_EXCH"),
        &asa("initiator", "203.0.113.9", "MM_WAIT_MSG6"),
    ]);
    assert_eq!(
        (state(&called, Role::Initiator), state(&called, Role::Responder)),
        (Some("MM_WAIT_MSG6"), Some("MM_WAIT_MSG5"))
    );
    let both = story(&[
        "R1#show crypto isakmp sa",
        &row("MM_KEY_EXCH"),
        "R2#show crypto isakmp sa",
        &row("MM_KEY_EXCH"),
    ]);
    assert_eq!(
        (state(&both, Role::Initiator), state(&both, Role::Responder)),
        (Some("MM_WAIT_MSG6"), Some("MM_WAIT_MSG5"))
    );
}

/// Phase 1's table and phase 2's of one router are about one negotiation: packets that find no SA under a phase 1 that is up
/// were refused in phase 2.
#[test]
fn tables_of_both_phases_are_one() {
    let row = "203.0.113.9     198.51.100.4    QM_IDLE           1003 ACTIVE";
    let block = "    Crypto map tag: CMAP, local addr 198.51.100.4\n   current_peer 203.0.113.9 port 500\n    #pkts encaps: 0, #pkts encrypt: 0, #pkts digest: 0\n    #pkts decaps: 0, #pkts decrypt: 0, #pkts verify: 0\n    #send errors 15, #recv errors 0\n     current outbound spi: 0x0(0)";
    let all = stories(&[row, block]);
    assert_eq!(
        (all.len(), all[0].phase1, all[0].phase2),
        (1, Phase::Established, Phase::Refused),
        "{all:#?}"
    );
    assert_eq!(all[0].role, Some(Role::Initiator), "its own address is the caller's");
    assert_eq!(causes(&all[0])[0], "proxy-mismatch");
    let alone = story(&[block]);
    assert_eq!(causes(&alone), ["no-tunnel"]);
}

/// Nobody refuses in silence: a daemon that resends its first message was not heard, or hears nobody.
#[test]
fn silence_is_no_refusal() {
    let charon = story(&[
        "05[IKE] initiating Main Mode IKE_SA gw[1] to 198.51.100.1",
        "07[IKE] giving up after 5 retransmits",
    ]);
    assert!(!causes(&charon).contains(&"policy-mismatch"), "{:?}", causes(&charon));
    assert_eq!(causes(&charon)[0], "no-route");
    let nat = story(&[
        "05[IKE] initiating Main Mode IKE_SA gw[1] to 198.51.100.1",
        "06[IKE] local host is behind NAT, sending keep alives",
        "07[IKE] giving up after 5 retransmits",
    ]);
    assert_eq!(causes(&nat)[0], "port-4500-blocked");
    assert_eq!(state(&nat, Role::Initiator), Some("MM_WAIT_MSG6"));
}

/// Before message 5 nothing is encrypted: what cannot be read was damaged.
#[test]
fn what_is_in_clear_has_no_key() {
    let pluto = story(&[
        "packet from 192.0.2.1:500: 256-byte length of ISAKMP Security Association Payload is larger than can fit",
        "packet from 192.0.2.1:500: malformed payload in packet",
    ]);
    assert_eq!(causes(&pluto), ["message-corrupted"]);
    let charon = story(&[
        "05[IKE] initiating Main Mode IKE_SA gw[1] to 198.51.100.1",
        "06[IKE] received PAYLOAD_MALFORMED error notify",
    ]);
    assert_eq!(causes(&charon), ["message-corrupted"]);
}

/// What is up again was not left deleted.
#[test]
fn the_newest_line_counts() {
    let up = "%ASA-5-713119: Group = p, IP = 192.0.2.1, PHASE 1 COMPLETED";
    let gone = "%ASA-5-713050: Group = p, IP = 192.0.2.1, Connection terminated for peer 192.0.2.1.  Reason: Peer Terminate  Remote Proxy N/A, Local Proxy N/A";
    let child = "%ASA-5-713120: Group = p, IP = 192.0.2.1, PHASE 2 COMPLETED (msgid=0a0b0c0d)";
    assert_eq!(story(&[up, child, gone]).phase1, Phase::Deleted);
    assert_eq!(story(&[up, gone, up, child]).phase1, Phase::Established);
}

/// charon's proof by a signature, refused.
#[test]
fn a_refused_signature_is_a_certificates() {
    let log = story(&[
        "05[IKE] initiating Main Mode IKE_SA gw[1] to 198.51.100.1",
        "06[ENC] generating ID_PROT request 0 [ ID CERT SIG CERTREQ N(INITIAL_CONTACT) ]",
        "07[IKE] received AUTHENTICATION_FAILED error notify",
    ]);
    assert_eq!(&causes(&log)[..2], ["certificate", "identity-mismatch"]);
    assert!(!causes(&log).contains(&"psk-mismatch"));
}

/// A Quick Mode that had begun before another was refused is not that other one, mended.
#[test]
fn a_child_that_is_up_hides_no_other() {
    let up = "ISAKMP:(1001):Old State = IKE_R_MM5  New State = IKE_P1_COMPLETE";
    let (checks, refuses) = (
        "ISAKMP:(1001):Checking IPSec proposal 1",
        "ISAKMP-ERROR:(1001):IPSec policy invalidated proposal with error 32",
    );
    let done = "ISAKMP:(1001):Old State = IKE_QM_R_QM2  New State = IKE_QM_PHASE2_COMPLETE";
    let beside = story(&[up, checks, refuses, done]);
    assert_eq!((beside.phase2, causes(&beside)[0]), (Phase::Established, "proxy-mismatch"));
    assert!(story(&[up, checks, refuses, checks, done]).is_healthy(), "mended since");
}

#[test]
fn another_port_is_a_nat() {
    let packet = |way: &str| format!("ISAKMP-PAK: (1001):{way} my_port 500 peer_port 61000 (R) MM_KEY_EXCH");
    let sent = packet("sending packet to 192.0.2.1");
    let log = story(&[&sent, "ISAKMP: (1001):retransmitting phase 1 MM_KEY_EXCH...", &sent]);
    assert_eq!(causes(&log)[0], "port-4500-blocked");
}

/// A responder cookie that is zero has not come: message 1 is unanswered.
#[test]
fn cookies_tell_how_far_it_came() {
    let forti = |cookie: &str| {
        story(&[
            &format!(
                "ike 0:to-hq:103: sent IKE msg (P1_RETRANSMIT): 203.0.113.1:500->198.51.100.1:500, len=292, id=ab12cd34ef56ab78/{cookie}"
            ),
            "ike 0:to-hq:103: negotiation timeout, deleting",
        ])
    };
    let silent = forti("0000000000000000");
    assert_eq!((silent.role, causes(&silent)[0]), (Some(Role::Initiator), "no-route"));
    assert_eq!(silent.peer, "198.51.100.1".parse().ok());
    assert_eq!(causes(&forti("3d6a6f1d25d6e362"))[0], "psk-mismatch");
    let router = story(&[
        "ipsec,error phase1 negotiation failed due to time up 203.0.113.1[500]<=>198.51.100.1[500] 9a8b7c6d5e4f3a2b:0000000000000000",
    ]);
    assert_eq!((router.role, causes(&router)[0]), (Some(Role::Initiator), "no-route"));
    let responder = story(&[
        "ike 0:ab12cd34ef56ab78/0000000000000000:12: responder: main mode get 1st message...",
        "ike 0:to-hq:12: probable pre-shared secret mismatch",
    ]);
    assert_eq!((responder.role, causes(&responder)[0]), (Some(Role::Responder), "psk-mismatch"));
}

/// An ASA has another line for notifies in clear: this one came under keys.
#[test]
fn a_protected_refusal_is_quick_modes() {
    let log = story(&[
        "%ASA-5-713068: Group = 203.0.113.2, IP = 203.0.113.2, Received non-routine Notify message: No proposal chosen (14)",
    ]);
    assert_eq!((log.phase1, log.phase2), (Phase::Established, Phase::Refused));
    let identity = story(&[
        "%ASA-5-713068: Group = 203.0.113.2, IP = 203.0.113.2, Received non-routine Notify message: Invalid ID info (18)",
    ]);
    assert_eq!(causes(&identity), ["identity-mismatch"]);
}

#[test]
fn plutos_status_has_its_own_address() {
    let all = stories(&[
        "000 \"a\": 10.1.0.0/24===192.0.2.1<192.0.2.1>...198.51.100.1<198.51.100.1>===10.2.0.0/24; unrouted; eroute owner: #0",
        "000 \"a\":   xauth us:none, xauth them:none,  my_username=[any]; their_username=[any]",
        "000 \"a\":   newest ISAKMP SA: #0; newest IPsec SA: #0;",
        "000 #1: \"a\":500 STATE_MAIN_I3 (sent MI3, expecting MR3); EVENT_RETRANSMIT in 20s; nodpd; idle",
        "000 #1: pending Phase 2 for \"a\" replacing #0",
    ]);
    assert_eq!(
        (all.len(), all[0].local, all[0].peer),
        (1, "192.0.2.1".parse().ok(), "198.51.100.1".parse().ok())
    );
    assert!(!all[0].xauth, "a line of the configuration is no XAUTH");
    assert_eq!(all[0].phase1, Phase::Stalled);
}
