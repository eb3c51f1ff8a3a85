//! Where a device stands by what its lines name: messages, packets, states, counters; and what follows from that.

use diagnose::paste::{Certainty, Phase, Story};
use ike::{Mode, Role, State};

use super::issues;

fn story(lines: &[&str]) -> Story {
    super::only(&lines.join("\n"))
}

/// The mode, the role, and where it stands in that role.
#[track_caller]
fn stands(lines: &[&str], mode: Mode, role: Role, state: State) {
    let story = story(lines);
    let found = story.role.and_then(|role| story.states[role]);
    assert_eq!((story.mode, story.role, found), (Some(mode), Some(role), Some(Some(state))), "{lines:#?}");
}

fn asa(way: &str, payloads: &str) -> String {
    format!(
        "%ASA-7-713236: IP = 192.0.2.9, IKE_DECODE {way} Message (msgid=0) with payloads : HDR + {payloads} + NONE (0) total length : 108"
    )
}

const SA: &str = "SA (1) + VENDOR (13)";
const KE: &str = "KE (4) + NONCE (10)";
const ID: &str = "ID (5) + HASH (8)";
const ALL: &str = "SA (1) + KE (4) + NONCE (10) + ID (5)";

/// The payloads of each message tell which it is, to an ASA that names none.
#[test]
fn payloads_tell_how_far_it_came() {
    use Mode::{Aggressive, Main};
    use Role::{Initiator, Responder};
    let (s, r) = ("SENDING", "RECEIVED");
    for (messages, mode, role, state) in [
        (&[(s, SA)][..], Main, Initiator, State::MmWaitMsg2),
        (&[(r, SA), (s, SA)], Main, Responder, State::MmWaitMsg3),
        (&[(s, SA), (r, SA), (s, KE)], Main, Initiator, State::MmWaitMsg4),
        (&[(r, SA), (s, SA), (r, KE), (s, KE)], Main, Responder, State::MmWaitMsg5),
        (&[(s, SA), (r, SA), (s, KE), (r, KE), (s, ID)], Main, Initiator, State::MmWaitMsg6),
        (&[(s, ALL)], Aggressive, Initiator, State::AmWaitMsg2),
        (&[(r, ALL), (s, ALL)], Aggressive, Responder, State::AmWaitMsg3),
        // The first was cut off: whoever gets keys without an SA before has sent message 2.
        (&[(s, SA), (r, KE)], Main, Responder, State::MmWaitMsg3),
        (&[(s, SA), (r, KE), (s, KE)], Main, Responder, State::MmWaitMsg5),
        (&[(r, SA), (s, KE), (r, KE)], Main, Initiator, State::MmWaitMsg4),
    ] {
        let lines: Vec<String> = messages.iter().map(|(way, payloads)| asa(way, payloads)).collect();
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        stands(&lines, mode, role, state);
    }
    // Where the log has the beginning, a message that it leaves out turns nobody round.
    let began = "%ASA-5-713041: IP = 192.0.2.9, IKE Initiator: New Phase 1, Intf inside, IKE Peer 192.0.2.9";
    stands(&[began, &asa(s, SA), &asa(r, KE)], Main, Initiator, State::MmWaitMsg2);
}

/// A router names the state of each packet, and charon the payloads.
#[test]
fn packets_and_lists_tell_how_far_it_came() {
    use Mode::{Aggressive, Main};
    use Role::{Initiator, Responder};
    let sent = |role: &str, state: &str| {
        format!("ISAKMP-PAK: (0):sending packet to 192.0.2.9 my_port 500 peer_port 500 ({role}) {state}")
    };
    let came = |role: &str, state: &str| {
        format!("ISAKMP-PAK: (0):received packet from 192.0.2.9 dport 500 sport 500 Global ({role}) {state}")
    };
    for (lines, mode, role, state) in [
        (vec![sent("I", "MM_NO_STATE")], Main, Initiator, State::MmWaitMsg2),
        (vec![came("N", "NEW SA"), sent("R", "MM_SA_SETUP")], Main, Responder, State::MmWaitMsg3),
        (vec![sent("I", "MM_SA_SETUP")], Main, Initiator, State::MmWaitMsg4),
        (vec![sent("I", "MM_KEY_EXCH")], Main, Initiator, State::MmWaitMsg6),
        (vec![came("R", "MM_SA_SETUP"), sent("R", "MM_KEY_EXCH")], Main, Responder, State::MmWaitMsg5),
        (vec![sent("I", "AG_INIT_EXCH")], Aggressive, Initiator, State::AmWaitMsg2),
        (vec![sent("R", "AG_INIT_EXCH")], Aggressive, Responder, State::AmWaitMsg3),
    ] {
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        stands(&lines, mode, role, state);
    }
    let called = "06[IKE] <1> 192.0.2.9 is initiating a Aggressive Mode IKE_SA";
    let answers = "06[ENC] <1> generating AGGRESSIVE response 0 [ SA KE No ID NAT-D NAT-D HASH ]";
    stands(&[called, answers], Aggressive, Responder, State::AmWaitMsg3);
    let calls = "05[ENC] <gw|1> generating AGGRESSIVE request 0 [ SA KE No ID V V ]";
    stands(&[calls], Aggressive, Initiator, State::AmWaitMsg2);
    let proves = "06[ENC] <gw|1> generating AGGRESSIVE request 0 [ HASH NAT-D NAT-D ]";
    stands(&[calls, proves], Aggressive, Initiator, State::AmWaitMsg4);
    // Behind a NAT that both have found, messages 3 and 4 are past.
    let main = "05[IKE] <gw|1> initiating Main Mode IKE_SA gw[1] to 192.0.2.9";
    let nat = "05[IKE] <gw|1> local host is behind NAT, sending keep alives";
    let resends = "05[IKE] <gw|1> sending retransmit 1 of request message ID 0";
    stands(&[main, nat, resends], Main, Initiator, State::MmWaitMsg6);
    let far = "05[IKE] <1> remote host is behind NAT";
    let main = "06[IKE] <1> 192.0.2.9 is initiating a Main Mode IKE_SA";
    stands(
        &[main, far, "06[IKE] <1> received retransmit of request with ID 0"],
        Main,
        Responder,
        State::MmWaitMsg5,
    );
}

/// charon's list: whose cookie is missing has not answered.
#[test]
fn cookies_tell_who_waits_for_a_proof() {
    let row = |spis: &str| format!("gw: #2, CONNECTING, IKEv1, {spis}");
    let (one, other, none) = ("1111111111111111", "2222222222222222", "0000000000000000");
    let first = |spis: String| {
        let story = story(&[&row(&spis)]);
        (story.role, issues(&story)[0], issues(&story).contains(&"psk-mismatch"))
    };
    assert_eq!(first(format!("{one}_i* {other}_r")), (Some(Role::Initiator), "psk-mismatch", true));
    // Junk from another key would have a line of its own: the called one has none.
    assert_eq!(first(format!("{one}_i {other}_r*")), (Some(Role::Responder), "message-lost", false));
    let silent = first(format!("{one}_i* {none}_r"));
    assert_eq!((silent.0, silent.2), (Some(Role::Initiator), false));
}

const CALLS: &str = "05[IKE] <gw|1> initiating Main Mode IKE_SA gw[1] to 192.0.2.9";
const MSG3: &str = "05[ENC] <gw|1> generating ID_PROT request 0 [ KE No NAT-D NAT-D ]";
const MSG5: &str = "05[ENC] <gw|1> generating ID_PROT request 0 [ ID HASH ]";

/// Before message 5 nothing is encrypted: no key makes a payload malformed.
#[test]
fn what_is_malformed_depends_on_how_far_it_came() {
    let refused = "06[IKE] <gw|1> received PAYLOAD_MALFORMED error notify";
    for (lines, issue) in
        [(&[CALLS, MSG3, refused][..], "message-corrupted"), (&[CALLS, MSG3, MSG5, refused], "psk-mismatch")]
    {
        let story = story(lines);
        assert_eq!(
            (issues(&story)[0], story.suspects[0].certainty),
            (issue, Certainty::Follows),
            "{lines:?}"
        );
    }
    let up = "06[IKE] <gw|1> IKE_SA gw[1] established between 198.51.100.1[a]...192.0.2.9[b]";
    assert!(!issues(&story(&[CALLS, MSG3, MSG5, up, refused])).contains(&"message-corrupted"));
    // The group is wrong before the values are exchanged, the secret is missing behind.
    let key = "06[IKE] <gw|1> received INVALID_KE_PAYLOAD error notify";
    assert_eq!(issues(&story(&[CALLS, MSG3, key]))[0], "missing-psk");
    let am = "05[IKE] <gw|1> initiating Aggressive Mode IKE_SA gw[1] to 192.0.2.9";
    assert_eq!(issues(&story(&[am, key]))[0], "policy-mismatch");
}

const UP: &str = "\"c\" #1: IKE SA established {auth=PRESHARED_KEY cipher=aes_256}";
const BEGINS: &str = "\"c\" #2: initiating Quick Mode IKEv1+PSK+ENCRYPT+TUNNEL";
const REFUSED: &str =
    "\"c\" #1: ignoring secured informational payload NO_PROPOSAL_CHOSEN, msgid=00000000, length=12";
const CHILD: &str = "\"c\" #2: IPsec SA established tunnel mode";

/// A child that comes up behind a refusal makes it history; one that is refused behind another is refused.
#[test]
fn the_later_line_of_phase_2_counts() {
    let mended = story(&[UP, BEGINS, REFUSED, BEGINS, CHILD]);
    assert_eq!((mended.phase2, issues(&mended), mended.refused_before), (Phase::Established, vec![], true));
    let other = story(&[UP, BEGINS, CHILD, REFUSED]);
    assert_eq!((other.phase2, other.refused_before), (Phase::Refused, false));
    assert!(!issues(&other).is_empty());
    let never = story(&[UP, BEGINS, REFUSED]);
    assert_eq!((never.phase1, never.phase2), (Phase::Established, Phase::Refused));
    assert_eq!(issues(&never)[0], "transform-mismatch");
}

/// XAUTH behind phase 1 waits until something comes of it.
#[test]
fn xauth_waits_for_its_end() {
    let up = "ISAKMP:(1001):Old State = IKE_I_MM6  New State = IKE_P1_COMPLETE";
    let needs = "ISAKMP:(1001): Need XAUTH";
    let waits = story(&[up, needs]);
    assert!(waits.xauth && waits.xauth_waits && !waits.is_healthy());
    let begun = "ISAKMP:(1001):beginning Quick Mode exchange, M-ID of 7";
    let on = story(&[up, needs, begun]);
    assert!(on.xauth && !on.xauth_waits);
    assert!(!story(&[up]).xauth);
}

/// A message 1 behind a later one is another attempt.
#[test]
fn attempts_are_counted() {
    let (first, third) = ("\"c\" #1: sent Main Mode request", "\"c\" #1: sent Main Mode I2");
    assert_eq!(story(&[first, first]).attempts, 1);
    assert_eq!(story(&[first, third, first]).attempts, 2);
    assert_eq!(story(&[first, third, third]).attempts, 1);
}

/// A line that says what differs is all that a paste needs.
#[test]
fn one_attribute_alone_is_a_story() {
    let story = story(&["ISAKMP:(0):Hash algorithm offered does not match policy!"]);
    assert_eq!((issues(&story), story.suspects[0].certainty), (vec!["policy-mismatch"], Certainty::Said));
}

/// Two tunnels with one peer: the second passes one way.
#[test]
fn each_tunnel_has_counters_of_its_own() {
    let counters = |out: u32, came: u32| {
        format!(
            "#pkts encaps: {out}, #pkts encrypt: {out}, #pkts digest: {out}\n\
             #pkts decaps: {came}, #pkts decrypt: {came}, #pkts verify: {came}\ncurrent outbound spi: 0x9B3F2A11(2604608017)\n"
        )
    };
    let text = format!("current_peer 192.0.2.9 port 500\n{}{}", counters(7, 6), counters(14, 0));
    let second = story(&[&text]);
    assert_eq!((issues(&second), second.values.packets), (vec!["one-way"], (Some(14), Some(0))));
    let text = format!("current_peer 192.0.2.9 port 500\n{}{}", counters(7, 6), counters(3, 9));
    let both = story(&[&text]);
    assert_eq!((issues(&both), both.values.packets), (vec![], (Some(7), Some(6))));
}
