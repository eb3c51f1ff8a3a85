//! How an attempt ends by its lines: what stalls, what is refused, in which phase, and what is only history.

use diagnose::paste::{Certainty, Phase, Story, read};
use ike::{Role, State};

use super::issues;

fn story(lines: &[&str]) -> Story {
    super::only(&lines.join("\n"))
}

fn phases(lines: &[&str]) -> (Phase, Phase) {
    let story = story(lines);
    (story.phase1, story.phase2)
}

const CALLS: &str = "05[IKE] <gw|1> initiating Main Mode IKE_SA gw[1] to 192.0.2.9";
const MSG1: &str = "05[ENC] <gw|1> generating ID_PROT request 0 [ SA V V ]";
const MSG5: &str = "05[ENC] <gw|1> generating ID_PROT request 0 [ ID HASH ]";
const UP: &str = "06[IKE] <gw|1> IKE_SA gw[1] established between 198.51.100.1[a]...192.0.2.9[b]";
const CHILD: &str =
    "06[IKE] <gw|1> CHILD_SA n{1} established with SPIs c1_i c2_o and TS 10.1.0.0/24 === 10.2.0.0/24";
const CALLED: &str = "06[IKE] <gw|1> 192.0.2.9 is initiating a Main Mode IKE_SA";

/// A log that only begins tells of no end.
#[test]
fn a_beginning_is_no_failure() {
    assert_eq!(phases(&[CALLS]), (Phase::Unknown, Phase::None));
    assert_eq!(phases(&[CALLS, MSG1]), (Phase::Unknown, Phase::None));
    let up = story(&[CALLS, MSG1, MSG5, UP]);
    assert_eq!((up.phase1, up.states.initiator), (Phase::Established, Some(Some(State::MmActive))));
    let router = "ISAKMP-PAK: (0):received packet from 192.0.2.9 dport 500 sport 500 Global (N) NEW SA";
    let called = story(&[router]);
    assert_eq!(
        (called.role, called.states.responder),
        (Some(Role::Responder), Some(None)),
        "it has sent nothing"
    );
    assert_eq!(
        story(&["gw: #2, CONNECTING, IKEv1, 1111111111111111_i 2222222222222222_r"]).phase1,
        Phase::Stalled
    );
    let session = "Session status: UP-ACTIVE\nPeer: 192.0.2.9 port 500";
    assert_eq!(phases(&[session]), (Phase::Established, Phase::Established));
}

/// charon numbers its requests; a copy of an earlier one takes nothing back.
#[test]
fn the_number_of_a_request_tells_the_message() {
    let again = |seq: u8| format!("06[IKE] <gw|1> sending retransmit 1 of request message ID 0, seq {seq}");
    for (lines, state) in [
        (vec![CALLS, MSG1], State::MmWaitMsg4),
        (vec![CALLS], State::MmWaitMsg4),
        (vec![CALLS, MSG1, MSG5], State::MmWaitMsg6),
    ] {
        let again = again(2);
        let lines = [lines, vec![again.as_str()]].concat();
        assert_eq!(story(&lines).states.initiator, Some(Some(state)), "{lines:?}");
    }
}

/// In clear a notify is phase 1's; protected, it is Quick Mode's.
#[test]
fn a_refusal_belongs_to_the_phase_that_it_is_protected_in() {
    let sent =
        |payloads: &str| format!("07[ENC] <gw|1> generating INFORMATIONAL_V1 request 7 [ {payloads} ]");
    let clear = story(&[CALLED, &sent("N(NO_PROP)")]);
    assert_eq!(
        (clear.phase1, clear.phase2, issues(&clear)[0]),
        (Phase::Stalled, Phase::None, "policy-mismatch")
    );
    assert_eq!(phases(&[CALLED, UP, &sent("HASH N(NO_PROP)")]), (Phase::Established, Phase::Refused));
    let heard = |payloads: &str| format!("07[ENC] <gw|1> parsed INFORMATIONAL_V1 request 7 [ {payloads} ]");
    let networks = story(&[
        CALLS,
        UP,
        "07[ENC] <gw|1> generating QUICK_MODE request 9 [ HASH SA No ID ID ]",
        &heard("HASH N(INVAL_ID)"),
    ]);
    assert_eq!(
        (networks.phase2, issues(&networks)),
        (Phase::Refused, vec!["proxy-mismatch", "transform-mismatch"])
    );
    assert!(networks.suspects.iter().all(|suspect| suspect.certainty == Certainty::Follows));
    // A Delete of a child ends no ISAKMP SA; behind phase 1 alone it does.
    assert_eq!(phases(&[CALLS, UP, CHILD, &heard("HASH D")]), (Phase::Established, Phase::Established));
    assert_eq!(phases(&[CALLS, UP, &heard("HASH D")]).0, Phase::Deleted);
    // A child that is up is not refused by what a late copy draws.
    assert_eq!(phases(&[CALLS, UP, CHILD, &heard("HASH N(PLD_MAL)")]).1, Phase::Established);
}

/// What was said before it came up was got over.
#[test]
fn what_a_line_said_of_phase_1_is_history_once_it_is_up() {
    let nothing = "06[IKE] <gw|1> no proposal found";
    assert_eq!(
        issues(&story(&[CALLED, nothing])),
        ["policy-mismatch"],
        "a line that says it needs no guesses"
    );
    assert_eq!(issues(&story(&[CALLED, nothing, UP])), [""; 0]);
    let incomplete = "%ASA-4-713223: Group = 192.0.2.9, IP = 192.0.2.9, Static Crypto Map Check by-passed: Crypto map entry incomplete!";
    let behind = story(&["%ASA-5-713119: Group = 192.0.2.9, IP = 192.0.2.9, PHASE 1 COMPLETED", incomplete]);
    assert_eq!(
        (issues(&behind)[0], behind.suspects[0].certainty),
        ("crypto-map-incomplete", Certainty::Said)
    );
    let secret =
        "06[IKE] <gw|1> no shared key found for '198.51.100.1'[198.51.100.1] - '192.0.2.9'[192.0.2.9]";
    let again = "06[IKE] <gw|1> sending retransmit 1 of request message ID 0, seq 1";
    assert_eq!(issues(&story(&[CALLS, MSG1, again, again, secret])), ["missing-psk"]);
    // Another beginning behind an answer is another attempt.
    let refused = "06[IKE] <gw|1> received NO_PROPOSAL_CHOSEN error notify";
    assert_eq!(story(&[CALLS, refused, CALLS]).attempts, 2);
    assert_eq!(story(&[CALLS, CALLS]).attempts, 1);
}

/// Silence: the mode and the missing connection come early where a daemon calls.
#[test]
fn silence_is_read_by_what_was_sent() {
    let again = "06[IKE] <gw|1> sending retransmit 1 of request message ID 0, seq 1";
    let main = story(&[CALLS, MSG1, again, again]);
    assert_eq!(issues(&main)[1], "missing-tunnel-group");
    assert!(!issues(&main).contains(&"aggressive-mode-disabled"));
    let aggressive = story(&[
        "05[IKE] <gw|1> initiating Aggressive Mode IKE_SA gw[1] to 192.0.2.9",
        "05[ENC] <gw|1> generating AGGRESSIVE request 0 [ SA KE No ID V V ]",
        again,
        again,
    ]);
    assert!(issues(&aggressive)[..2].contains(&"aggressive-mode-disabled"), "{:?}", issues(&aggressive));
    let junk = story(&[
        CALLS,
        MSG1,
        MSG5,
        "07[ENC] <gw|1> ignore malformed INFORMATIONAL request, decryption failed",
    ]);
    assert_eq!((issues(&junk)[0], junk.suspects[0].certainty), ("psk-mismatch", Certainty::Fits));
    assert!(junk.suspects[0].lines.contains(&4) && issues(&junk).contains(&"identity-mismatch"));
}

/// A peer that calls from another port has a NAT before it: what comes behind goes to port 4500.
#[test]
fn a_port_tells_of_a_nat() {
    let behind = |port: u16| {
        let came = format!(
            "ISAKMP-PAK: (0):received packet from 192.0.2.9 dport 500 sport {port} Global (R) MM_SA_SETUP"
        );
        let sent = "ISAKMP-PAK: (0):sending packet to 192.0.2.9 my_port 500 peer_port 500 (R) MM_KEY_EXCH";
        let again = "ISAKMP: (0):retransmitting phase 1 MM_KEY_EXCH...";
        issues(&story(&[&came, sent, again, again])).contains(&"port-4500-blocked")
    };
    assert!(behind(1025) && behind(61_000));
    assert!(!behind(500) && !behind(4500));
}

/// Whoever sent the last message is heard by nobody where the peer repeats the one before.
#[test]
fn copies_behind_the_last_message() {
    let copy = "07[IKE] <gw|1> received retransmit of request with ID 0, retransmitting response";
    let three = |first: &str| issues(&story(&[first, UP, copy, copy, copy]));
    assert_eq!(three(CALLED).first(), Some(&"message-lost"));
    assert_eq!(three(CALLS), [""; 0], "an initiator's last message was answered");
    assert_eq!(issues(&story(&[CALLED, UP, copy, copy])), [""; 0], "two may have crossed the answer");
}

/// Proposals that differ in their group alone differ in PFS.
#[test]
fn proposals_of_a_child() {
    let lists = |offered: &str| {
        let offered = format!("07[CFG] <gw|1> received proposals: ESP:{offered}");
        let own = "07[CFG] <gw|1> configured proposals: ESP:AES_CBC_128/HMAC_SHA1_96/NO_EXT_SEQ";
        let refuses = "07[IKE] <gw|1> no matching proposal found, sending NO_PROPOSAL_CHOSEN";
        let story = story(&[CALLED, UP, &offered, own, refuses]);
        (issues(&story)[0], story.suspects[0].certainty)
    };
    assert_eq!(lists("AES_CBC_128/HMAC_SHA1_96/MODP_2048/NO_EXT_SEQ"), ("pfs-mismatch", Certainty::Said));
    assert_eq!(lists("AES_CBC_256/HMAC_SHA1_96/NO_EXT_SEQ"), ("transform-mismatch", Certainty::Said));
    let router = [
        "ISAKMP:(1001):Old State = IKE_I_MM6  New State = IKE_P1_COMPLETE",
        "ISAKMP:(1001):phase 2 SA policy not acceptable! (local 192.0.2.1 remote 192.0.2.9)",
    ];
    let failed = story(&router);
    assert_eq!((failed.phase2, issues(&failed)[0]), (Phase::Refused, "proxy-mismatch"));
}

/// Two texts are one negotiation only where one side calls and the other is called.
#[test]
fn two_callers_are_two_stories() {
    let caller = [CALLS, MSG1].join("\n");
    assert_eq!(read(&[&caller, &caller]).stories.len(), 2);
    let (calls, called) = ([CALLS, UP].join("\n"), [CALLED, UP, CHILD].join("\n"));
    let called = called
        .replace("198.51.100.1[a]...192.0.2.9[b]", "192.0.2.9[b]...198.51.100.1[a]")
        .replace("192.0.2.9 is init", "198.51.100.1 is init");
    for texts in [[&calls, &called], [&called, &calls]] {
        let stories = read(&texts.map(String::as_str)).stories;
        assert_eq!((stories.len(), stories[0].both, stories[0].phase2), (1, true, Phase::Established));
    }
}
