//! A paste of each kind, as small as it can be: whose it is, with whom, how far each phase came, and the first suspect.

use diagnose::paste::{Certainty, Paste, Phase, Story, is_paste, read};
use ike::{Mode, Role, State};
use vendor::Vendor;

use super::{issues, only};

fn first(text: &str) -> Option<&'static str> {
    issues(&only(text)).first().copied()
}

fn is(story: &Story, role: Option<Role>, peer: &str, phases: (Phase, Phase), suspect: Option<&str>) {
    assert_eq!(
        (story.role, story.peer),
        (role, (!peer.is_empty()).then(|| peer.parse().unwrap())),
        "{story:#?}"
    );
    assert_eq!((story.phase1, story.phase2), phases, "{story:#?}");
    assert_eq!(issues(story).first().copied(), suspect, "{story:#?}");
}

const I: Option<Role> = Some(Role::Initiator);
const R: Option<Role> = Some(Role::Responder);
use Phase::{Deleted, Established, None as NotBegun, Refused, Stalled, Unknown};

#[test]
fn a_line_that_names_its_reason() {
    for (line, suspect) in [
        (
            "%ASA-3-713138: Group = 192.0.2.9 not found, BASE GROUP default preshared key not configured",
            "missing-tunnel-group",
        ),
        ("%ASA-7-713906: IP = 192.0.2.9, All SA proposals found unacceptable", "policy-mismatch"),
        (
            "%ASA-5-713904: IP = 192.0.2.9, Received an un-encrypted NO_PROPOSAL_CHOSEN notify message, dropping",
            "policy-mismatch",
        ),
        (
            "%ASA-5-713904: IP = 192.0.2.9, Received an un-encrypted INVALID_COOKIE notify message, dropping",
            "missing-tunnel-group",
        ),
        (
            "%CRYPTO-4-IKMP_BAD_MESSAGE: IKE message from 192.0.2.9 failed its sanity check or is malformed",
            "psk-mismatch",
        ),
        (
            "ISAKMP:(0):phase 1 SA policy not acceptable! (local 192.0.2.1 remote 192.0.2.9)",
            "policy-mismatch",
        ),
        ("13[ENC] invalid ID_V1 payload length, decryption failed?", "psk-mismatch"),
        (
            "05[IKE] no IKE config found for 192.0.2.1...192.0.2.9, sending NO_PROPOSAL_CHOSEN",
            "missing-tunnel-group",
        ),
        ("05[IKE] no shared key found for 'moon' - 'sun'", "missing-psk"),
        (
            "probable authentication failure (mismatch of preshared secrets?): malformed payload in packet",
            "psk-mismatch",
        ),
        ("ike 0:gw:12: probable pre-shared secret mismatch", "psk-mismatch"),
        (
            "kmd[3]: IKE negotiation failed with error: No proposal chosen. IKE Version: 1, VPN: v Gateway: g",
            "policy-mismatch",
        ),
        ("couldn't find the pskey for 192.0.2.9.", "missing-psk"),
        ("[IKEv1]: IP = 192.0.2.9, No crypto map bound to interface... dropping pkt", "map-unbound"),
    ] {
        let story = only(line);
        assert_eq!((issues(&story).first(), story.phase2), (Some(&suspect), NotBegun), "{line}");
        assert!(
            story.suspects[0].lines == [1] && story.suspects[0].certainty <= Certainty::Follows,
            "{line}"
        );
    }
}

#[test]
fn a_line_of_phase_2_is_none_of_phase_1() {
    for (line, suspect) in [
        (
            "%ASA-5-713257: Phase 2 failure:  Mismatched attribute types for class Group Description:  Rcv'd: Group 2  Cfg'd: Group 5",
            "pfs-mismatch",
        ),
        ("IP = 192.0.2.9, All IPSec SA proposals found unacceptable!", "transform-mismatch"),
        ("ISAKMP-ERROR: (1003):IPSec policy invalidated proposal with error 32", "proxy-mismatch"),
        (
            "07[IKE] <gw|1> no matching CHILD_SA config found for 10.1.0.0/16 === 10.2.0.0/16",
            "proxy-mismatch",
        ),
        (
            "\"c\" #1: cannot respond to IPsec SA request because no connection is known for 10.1.0.0/24",
            "proxy-mismatch",
        ),
    ] {
        let story = only(line);
        assert_eq!((story.phase1, story.phase2), (Established, Refused), "{line}");
        assert_eq!(issues(&story).first(), Some(&suspect), "{line}");
    }
    for line in [
        "%ASA-5-713073: IP = 192.0.2.9, Responder forcing change of IKE rekeying duration from 86400 to 28800 seconds",
        "ISAKMP:(1001):DPD/R_U_THERE received from peer 192.0.2.9, sequence 0x1",
        "ISAKMP (0:1001): Need XAUTH",
    ] {
        assert_eq!(first(line), None, "{line}");
    }
}

const JUNK: &str = "\
06[NET] <1> received packet: from 192.0.2.9[500] to 198.51.100.1[500] (180 bytes)
06[IKE] <1> 192.0.2.9 is initiating a Main Mode IKE_SA
06[ENC] <1> generating ID_PROT response 0 [ SA V V ]
05[ENC] <1> parsed ID_PROT request 0 [ KE No NAT-D NAT-D ]
05[ENC] <1> generating ID_PROT response 0 [ KE No NAT-D NAT-D ]
08[ENC] <1> invalid ID_V1 payload length, decryption failed?
";

#[test]
fn a_log_has_its_own_values_and_counts_its_lines() {
    let story = only(JUNK);
    is(&story, R, "192.0.2.9", (Stalled, NotBegun), Some("psk-mismatch"));
    assert_eq!(
        (story.device, story.mode, story.local),
        (Vendor::Strongswan, Some(Mode::Main), "198.51.100.1".parse().ok())
    );
    assert_eq!(story.states.responder, Some(Some(State::MmWaitMsg5)));
    assert_eq!((story.suspects[0].certainty, story.suspects[0].lines[0]), (Certainty::Follows, 6));
    assert!(!story.is_healthy() && !story.both && !story.ikev2);
    let mixed = format!("the cat sat on the mat\n\n{JUNK}");
    let Paste { total, unknown, understood, lines, .. } = read(&[&mixed]);
    assert_eq!((total, unknown, understood.len(), lines.len()), (7, vec![1], 6, 8));
    assert_eq!(understood.iter().map(|one| one.line).collect::<Vec<_>>(), [3, 4, 5, 6, 7, 8]);
    // Numbers go on through the texts of a paste.
    assert_eq!(read(&["x\ny", JUNK]).understood[0].line, 3);
    assert!(is_paste(JUNK) && is_paste(&mixed) && !is_paste("the cat sat on the mat\n"));
}

/// Line ends, quotes of a mail, heads of a log server, and repeats count as what they stand for.
#[test]
fn however_it_was_copied() {
    for change in [
        JUNK.replace('\n', "\r\n"),
        JUNK.lines().map(|line| format!("> {line}\n")).collect(),
        JUNK.lines().map(|line| format!("Apr 23 13:05:45 sun charon[9]: {line}\n")).collect(),
        JUNK.lines().map(|line| format!("    {line}\n")).collect(),
    ] {
        let story = only(&change);
        is(&story, R, "192.0.2.9", (Stalled, NotBegun), Some("psk-mismatch"));
    }
    let repeated = "Apr 02 10:00:01 gw pluto[7]: message repeated 3 times: [ \"c\" #1: no acceptable Oakley Transform]\n\
        Apr 02 10:00:01 gw pluto[7]: packet from 192.0.2.9:500: sending notification NO_PROPOSAL_CHOSEN to 192.0.2.9:500\n";
    let story = only(repeated);
    assert_eq!((issues(&story)[0], story.suspects[0].certainty), ("policy-mismatch", Certainty::Said));
    let log = "10:00:00 gw pluto[7]: \"c\" #1: initiating IKEv1 Main Mode connection\n10:00:00 gw pluto[7]: \"c\" #1: sent Main Mode request\n\
        10:00:01 gw pluto[7]: \"c\" #1: STATE_MAIN_I1: retransmission; will wait 0.5 seconds for response\n10:00:09 gw last message repeated 4 times\n";
    let paste = read(&[log]);
    assert_eq!((paste.total, paste.understood.len(), paste.stories[0].role), (4, 4, I));
}

#[test]
fn peers_are_told_apart_and_two_sides_put_together() {
    let log = "\
\"good\"[1] 192.0.2.7 #1: responding to Main Mode from unknown peer 192.0.2.7:500
\"bad\" #2: initiating IKEv1 Main Mode connection
\"bad\" #2: sent Main Mode request
\"good\"[1] 192.0.2.7 #1: IKE SA established {auth=PRESHARED_KEY}
\"bad\" #2: ignoring informational payload NO_PROPOSAL_CHOSEN, msgid=00000000, length=12
";
    let stories = read(&[log]).stories;
    assert_eq!(stories.len(), 2);
    is(&stories[0], I, "", (stories[0].phase1, NotBegun), Some("policy-mismatch"));
    is(&stories[1], R, "192.0.2.7", (Established, NotBegun), None);
    assert!(stories[1].is_healthy());

    let caller = "initiating Main Mode IKE_SA gw[1] to 198.51.100.1\nsending packet: from 192.0.2.9[500] to 198.51.100.1[500] (180 bytes)\n\
        sending retransmit 1 of request message ID 0, seq 1\n";
    let called = "05[IKE] <1> no IKE config found for 198.51.100.1...192.0.2.9, sending NO_PROPOSAL_CHOSEN\n";
    for texts in [[caller, called], [called, caller]] {
        let stories = read(&texts).stories;
        assert_eq!(
            (stories.len(), stories[0].both, issues(&stories[0])[0]),
            (1, true, "missing-tunnel-group")
        );
    }
    let syslog = "Apr 23 13:05:45 moon charon[7]: 05[IKE] <gw|1> initiating Main Mode IKE_SA gw[1] to 198.51.100.1\n\
        Apr 23 13:05:45 sun charon[9]: 06[IKE] <1> no IKE config found for 198.51.100.1...192.0.2.9, sending NO_PROPOSAL_CHOSEN\n\
        Apr 23 13:05:45 moon charon[7]: 06[NET] <gw|1> received packet: from 198.51.100.1[500] to 192.0.2.9[500] (40 bytes)\n\
        Apr 23 13:05:45 moon charon[7]: 06[IKE] <gw|1> received NO_PROPOSAL_CHOSEN error notify\n";
    let both = only(syslog);
    assert!(both.both && issues(&both)[0] == "missing-tunnel-group");
}

#[test]
fn a_tunnel_that_is_up_has_no_suspect() {
    let log = "\
02 \"c\" #1: Oakley Transform [AES_CBC (256), HMAC_SHA1, MODP1024] refused
003 \"c\" #1: ignoring informational payload IPSEC_INITIAL_CONTACT, msgid=00000000, length=28
108 \"c\" #1: STATE_MAIN_I3: sent MI3, expecting MR3
004 \"c\" #1: STATE_MAIN_I4: ISAKMP SA established {auth=PRESHARED_KEY}
004 \"c\" #2: STATE_QUICK_I2: sent QI2, IPsec SA established tunnel mode
";
    let story = only(log);
    is(&story, I, "", (Established, Established), None);
    assert!(story.is_healthy());
}

/// A tunnel of `show crypto ipsec sa`.
fn tunnel(peer: &str, encaps: u32, decaps: u32, spi: &str) -> String {
    format!(
        "interface: GigabitEthernet0/0\n    Crypto map tag: M, local addr 192.0.2.1\n\
        \x20  local  ident (addr/mask/prot/port): (10.1.0.0/255.255.255.0/0/0)\n\
        \x20  remote ident (addr/mask/prot/port): (10.2.0.0/255.255.255.0/0/0)\n   current_peer {peer} port 500\n\
        \x20   #pkts encaps: {encaps}, #pkts encrypt: {encaps}, #pkts digest: {encaps}\n\
        \x20   #pkts decaps: {decaps}, #pkts decrypt: {decaps}, #pkts verify: {decaps}\n    #send errors 0, #recv errors 0\n\
        \x20    local crypto endpt.: 192.0.2.1, remote crypto endpt.: {peer}\n     current outbound spi: {spi}\n"
    )
}

#[test]
fn counters_of_tunnels() {
    let (peer, spi) = ("198.51.100.1", "0x9B3F2A11(2604608017)");
    let up = (Established, Established);
    for (encaps, decaps, suspect) in
        [(14, 0, Some("one-way")), (0, 9, Some("one-way")), (0, 0, None), (7, 6, None)]
    {
        let story = only(&tunnel(peer, encaps, decaps, spi));
        is(&story, None, peer, up, suspect);
        assert_eq!(story.values.packets, (Some(encaps.into()), Some(decaps.into())));
        assert_eq!(story.device, Vendor::Ios);
    }
    let none = only(&tunnel(peer, 0, 0, "0x0(0)"));
    is(&none, None, peer, (Unknown, NotBegun), None);
    let two =
        read(&[&format!("{}{}", tunnel("203.0.113.9", 7, 6, spi), tunnel(peer, 0, 0, "0x0(0)"))]).stories;
    assert_eq!(
        two.iter().map(|story| story.peer.unwrap().to_string()).collect::<Vec<_>>(),
        [peer, "203.0.113.9"]
    );
    let asa = "asa1# show crypto ipsec sa\ninterface: outside\n    Crypto map tag: M, seq num: 10, local addr: 192.0.2.1\n\
        \x20     access-list V extended permit ip 10.1.0.0 255.255.255.0 10.2.0.0 255.255.255.0\n\
        \x20     local ident (addr/mask/prot/port): (10.1.0.0/255.255.255.0/0/0)\n      current_peer: 198.51.100.1\n\
        \x20     #pkts encaps: 3, #pkts encrypt: 3, #pkts digest: 3\n      #pkts decaps: 0, #pkts decrypt: 0, #pkts verify: 0\n\
        \x20     #send errors: 0, #recv errors: 0\n      current outbound spi: 2A34BC11\n      current inbound spi : 77AA0101\n";
    let story = only(asa);
    is(&story, None, peer, up, Some("one-way"));
    assert_eq!(story.device, Vendor::Asa);
    is(&only("There are no IKEv1 SAs"), None, "", (NotBegun, NotBegun), None);
}

#[test]
fn rows_and_lists_of_show() {
    let asa = "IKEv1 SAs:\n\n   Active SA: 2\nTotal IKE SA: 2\n\n1   IKE Peer: 198.51.100.1\n\
        \x20   Type    : L2L             Role    : initiator\n    Rekey   : no              State   : MM_ACTIVE\n\
        \x20   Encrypt : aes-256         Hash    : SHA\n2   IKE Peer: 203.0.113.9\n\
        \x20   Type    : user            Role    : responder\n    Rekey   : no              State   : MM_WAIT_MSG5\n";
    let stories = read(&[asa]).stories;
    is(&stories[0], R, "203.0.113.9", (Stalled, NotBegun), Some("psk-mismatch"));
    assert_eq!(stories[0].states.responder, Some(Some(State::MmWaitMsg5)));
    is(&stories[1], I, "198.51.100.1", (Established, NotBegun), None);
    // The address that all rows have is the device's own.
    let hub = "dst             src             state          conn-id status\n\
        192.0.2.1       198.51.100.1    QM_IDLE           1001 ACTIVE\n\
        192.0.2.1       198.51.100.1    MM_NO_STATE          0 ACTIVE (deleted)\n\
        203.0.113.9     192.0.2.1       MM_KEY_EXCH       1002 ACTIVE\n";
    let stories = read(&[hub]).stories;
    is(&stories[0], I, "203.0.113.9", (Stalled, NotBegun), Some("psk-mismatch"));
    assert_eq!(stories[0].states.initiator, Some(Some(State::MmWaitMsg6)));
    is(&stories[1], R, "198.51.100.1", (Established, NotBegun), None);
    // Of one row nobody can say which end this device is.
    let row = "dst             src             state          conn-id status\n\
        198.51.100.1    192.0.2.1       MM_KEY_EXCH       1002 ACTIVE\n\
        198.51.100.1    192.0.2.1       MM_NO_STATE       1001 ACTIVE (deleted)\n";
    is(&only(row), None, "198.51.100.1", (Stalled, NotBegun), Some("psk-mismatch"));
    let both = format!("R1#show crypto isakmp sa\n{row}R1#\nR2#show crypto isakmp sa\n{row}R2#\n");
    is(&only(&both), None, "198.51.100.1", (Stalled, NotBegun), Some("psk-mismatch"));
    let session = |status: &str, peer: &str, sas: u8| {
        format!(
            "Interface: GigabitEthernet0/0\nSession status: {status}\nPeer: {peer} port 500\n\
            \x20 IPSEC FLOW: permit ip 10.1.0.0/255.255.255.0 10.2.0.0/255.255.255.0\n        Active SAs: {sas}, origin: crypto map\n"
        )
    };
    let (up, begun) =
        (session("UP-ACTIVE", "198.51.100.1", 2), session("DOWN-NEGOTIATING", "203.0.113.9", 0));
    let stories = read(&[&format!("{up}{begun}")]).stories;
    is(&stories[0], None, "203.0.113.9", (Stalled, NotBegun), Some("no-tunnel"));
    is(&stories[1], None, "198.51.100.1", (Established, Established), None);
    is(&only(&session("DOWN", "198.51.100.1", 0)), None, "198.51.100.1", (NotBegun, NotBegun), None);
    let detail = "1001  192.0.2.1       198.51.100.1           ACTIVE aes  sha    psk  14 23:59:45 D\n";
    is(&only(detail), None, "198.51.100.1", (Established, NotBegun), None);
}

#[test]
fn what_daemons_list() {
    let text = "gw: #1, ESTABLISHED, IKEv1, 2a4b1f0c9d8e7f60_i* 3c5d7e9f0a1b2c3d_r\n  local  'moon' @ 192.0.2.1[500]\n\
        \x20 remote 'sun' @ 198.51.100.1[500]\n  established 3s ago, rekeying in 13000s\n\
        \x20 net: #1, reqid 1, INSTALLED, TUNNEL, ESP:AES_CBC-128/HMAC_SHA1_96\n\
        \x20   in  c4f2aa01,    840 bytes,    10 packets\n    out c8a1bb02,   1008 bytes,    12 packets,     2s ago\n\
        rw: #2, CONNECTING, IKEv1, 1111111111111111_i* 0000000000000000_r\n  local  '%any' @ 192.0.2.1[500]\n\
        \x20 remote '%any' @ 203.0.113.9[500]\n";
    let stories = read(&[text]).stories;
    assert_eq!((stories[0].role, stories[0].phase1), (I, Stalled));
    assert_ne!(issues(&stories[0])[0], "policy-mismatch", "charon would have obeyed a refusal at once");
    is(&stories[1], I, "198.51.100.1", (Established, Established), None);
    let status = "Security Associations (0 up, 1 connecting):\n\
        \x20  gw[1]: CONNECTING, 192.0.2.1[%any]...198.51.100.1[%any]\n\
        \x20  gw[1]: IKEv1 SPIs: 2ab3c4d5e6f70819_i* 9988776655443322_r\n   gw[1]: Tasks active: MAIN_MODE\n";
    is(&only(status), I, "198.51.100.1", (Stalled, NotBegun), Some("psk-mismatch"));
    let one_way = "gw[1]: ESTABLISHED 3 seconds ago, 192.0.2.1[moon]...198.51.100.1[sun]\n\
        gw[1]: IKEv1 SPIs: 2ab3c4d5e6f70819_i 9988776655443322_r*, pre-shared key reauthentication in 2 hours\n\
        gw{1}:  INSTALLED, TUNNEL, reqid 1, ESP SPIs: c4f2aa01_i c8a1bb02_o\n\
        gw{1}:  AES_CBC_128/HMAC_SHA1_96, 0 bytes_i, 84 bytes_o (1 pkt, 3s ago), rekeying in 45 minutes\n";
    is(&only(one_way), R, "198.51.100.1", (Established, Established), Some("one-way"));
    let pluto = "000 \"a\": 10.1.0.0/24===192.0.2.1<192.0.2.1>...198.51.100.1<198.51.100.1>===10.2.0.0/24; unrouted; eroute owner: #0\n\
        000 #1: \"a\":500 STATE_MAIN_I3 (sent MI3, expecting MR3); EVENT_RETRANSMIT in 20s; nodpd; idle\n";
    let story = only(pluto);
    assert_eq!(
        (story.role, story.phase1, story.states.initiator),
        (I, Stalled, Some(Some(State::MmWaitMsg6)))
    );
    assert!(issues(&story).contains(&"psk-mismatch"));
    let five = "#1: \"east\":500 MAIN_I4 (ISAKMP SA established); REPLACE in 28000s; newest; idle;\n\
        #2: \"east\":500 QUICK_I1 (sent Quick Mode request, expecting QR1); RETRANSMIT in 4s; idle;\n";
    is(&only(five), None, "", (Established, Stalled), Some("transform-mismatch"));
}

#[test]
fn terse_logs() {
    let seq = "05[IKE] initiating Main Mode IKE_SA gw[1] to 198.51.100.1\n\
        06[IKE] sending retransmit 1 of request message ID 0, seq 3\n07[IKE] giving up after 5 retransmits\n";
    assert_eq!(only(seq).states.initiator, Some(Some(State::MmWaitMsg6)), "the third request is message 5");
    for (line, suspect) in [
        ("received INVALID_KE_PAYLOAD error notify", "missing-psk"),
        ("received UNSUPPORTED_CRITICAL_PAYLOAD error notify", "message-corrupted"),
        ("payload type SECURITY_ASSOCIATION_V1 could not be parsed", "message-corrupted"),
    ] {
        let text = format!("initiating Main Mode IKE_SA gw[1] to 198.51.100.1\n{line}\n");
        assert_eq!(first(&text), Some(suspect), "{line}");
    }
    let group = "192.0.2.7 is initiating a Aggressive Mode IKE_SA\ninvalid DH public value size (192 bytes) for MODP_2048\n";
    assert_eq!(first(group), Some("policy-mismatch"));
    let own = "06[IKE] <1> 192.0.2.7 is initiating a Main Mode IKE_SA\n\
        07[ENC] <1> generating INFORMATIONAL_V1 request 7 [ HASH N(AUTH_FAILED) ]\n";
    assert_eq!(first(own), Some("identity-mismatch"));
    let signed = "05[IKE] <1> 192.0.2.7 is initiating a Main Mode IKE_SA\n06[ENC] <1> parsed ID_PROT request 0 [ ID CERT SIG ]\n\
        06[IKE] <1> received end entity cert \"CN=a\"\n\
        06[IKE] <gw|1> IKE_SA gw[1] established between 192.0.2.1[a]...192.0.2.7[b]\n07[IKE] <gw|1> received DELETE for IKE_SA gw[1]\n";
    assert_eq!(first(signed), Some("certificate"), "no key is at fault");
    let deleted = "05[IKE] <gw|1> IKE_SA gw[1] established between 192.0.2.1[a]...192.0.2.7[b]\n\
        05[IKE] <gw|1> CHILD_SA n{1} established with SPIs c1_i c2_o and TS 10.1.0.0/24 === 10.2.0.0/24\n\
        07[IKE] <gw|1> received DELETE for IKE_SA gw[1]\n";
    assert_eq!(only(deleted).phase1, Deleted);
}

/// Behind a message 5 that it cannot read a router sends message 4 again, and not message 6.
#[test]
fn a_router_that_cannot_read_the_proof_still_waits_for_it() {
    let packet =
        "ISAKMP-PAK: (1001):received packet from 192.0.2.9 dport 500 sport 500 Global (R) MM_KEY_EXCH";
    let bad =
        "%CRYPTO-4-IKMP_BAD_MESSAGE: IKE message from 192.0.2.9 failed its sanity check or is malformed";
    let again = "ISAKMP-PAK: (1001):sending packet to 192.0.2.9 my_port 500 peer_port 500 (R) MM_KEY_EXCH";
    let resend = "ISAKMP: (1001):retransmitting phase 1 MM_KEY_EXCH...";
    let story = only(&[again, packet, bad, resend, again, packet, bad].join("\n"));
    is(&story, R, "192.0.2.9", (Stalled, NotBegun), Some("psk-mismatch"));
    assert_eq!(story.states[Role::Responder], Some(Some(State::MmWaitMsg5)));
}
