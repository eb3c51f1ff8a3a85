//! `show` output of each device, several devices in one paste, repeats, and what a log leaves out: small inputs, one a kind.

use std::time::{Duration, Instant};

use serde_json::Value;

use crate::{code, run, stderr, stdout};

/// The verdict on a text, one object per negotiation.
fn verdict(text: &str) -> Vec<Value> {
    let output = run(&["explain", text, "--format", "json"]);
    assert_eq!(code(&output), 0, "{text}: {}", stderr(&output));
    stdout(&output).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn causes(verdict: &Value) -> Vec<&str> {
    verdict["causes"].as_array().unwrap().iter().map(|cause| cause["cause"].as_str().unwrap()).collect()
}

/// Device, role, peer, how far each phase came, the first cause.
type Told<'t> = (Option<&'t str>, Option<&'t str>, Option<&'t str>, &'t str, &'t str, Option<&'t str>);

fn told(one: &Value) -> Told<'_> {
    let text = |key: &str| one[key].as_str();
    (
        text("device"),
        text("role"),
        text("peer"),
        text("phase1").unwrap(),
        text("phase2").unwrap(),
        causes(one).first().copied(),
    )
}

#[track_caller]
fn check(text: &str, expected: &[Told<'_>]) {
    let all = verdict(text);
    let seen: Vec<Told<'_>> = all.iter().map(told).collect();
    assert_eq!(seen, expected, "{text}\n{all:#?}");
    assert_eq!(all[0]["lines"]["not_understood"], Value::Array(Vec::new()), "{text}");
}

const I: Option<&str> = Some("initiator");
const R: Option<&str> = Some("responder");
const A: Option<&str> = Some("198.51.100.1");
const B: Option<&str> = Some("203.0.113.9");

/// A tunnel of `show crypto ipsec sa`: encaps, decaps, the outbound SPI.
fn ios_tunnel(peer: &str, encaps: u32, decaps: u32, spi: &str) -> String {
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
fn ios_counters() {
    let ios = Some("ios");
    let one_way = ios_tunnel("198.51.100.1", 14, 0, "0x9B3F2A11(2604608017)");
    check(&one_way, &[(ios, None, A, "established", "established", Some("one-way"))]);
    assert!(stdout(&run(&["explain", &one_way])).contains("into the tunnel 14, out of it 0"));
    let back = ios_tunnel("198.51.100.1", 0, 9, "0x9B3F2A11(2604608017)");
    assert!(stdout(&run(&["explain", &back])).contains("this side sends none back"));
    let silent = ios_tunnel("198.51.100.1", 0, 0, "0x9B3F2A11(2604608017)");
    check(&silent, &[(ios, None, A, "established", "established", None)]);
    assert!(stdout(&run(&["explain", &silent])).contains("no packet has gone through the tunnel"));
    let none = ios_tunnel("198.51.100.1", 0, 0, "0x0(0)");
    let up = ios_tunnel("203.0.113.9", 7, 6, "0x12(18)");
    check(
        &format!("{up}{none}"),
        &[(ios, None, A, "unknown", "none", None), (ios, None, B, "established", "established", None)],
    );
}

/// Both Cisco devices print the same counters: they are the device's own.
#[test]
fn asa_counters() {
    let asa = Some("asa");
    let text = "asa1# show crypto ipsec sa\ninterface: outside\n    Crypto map tag: M, seq num: 10, local addr: 192.0.2.1\n\
        \x20     access-list V extended permit ip 10.1.0.0 255.255.255.0 10.2.0.0 255.255.255.0\n\
        \x20     local ident (addr/mask/prot/port): (10.1.0.0/255.255.255.0/0/0)\n      current_peer: 198.51.100.1\n\
        \x20     #pkts encaps: 3, #pkts encrypt: 3, #pkts digest: 3\n      #pkts decaps: 0, #pkts decrypt: 0, #pkts verify: 0\n\
        \x20     #send errors: 0, #recv errors: 0\n      current outbound spi: 2A34BC11\n      current inbound spi : 77AA0101\n";
    check(text, &[(asa, None, A, "established", "established", Some("one-way"))]);
    let session = "Session Type: LAN-to-LAN\n\nConnection   : 198.51.100.1\n\
        Index        : 2                      IP Addr      : 198.51.100.1\nProtocol     : IKEv1 IPsec\n\
        Encryption   : IKEv1: (1)AES256  IPsec: (1)AES256\nBytes Tx     : 400                    Bytes Rx     : 380\n";
    check(session, &[(asa, None, A, "established", "established", None)]);
    check("There are no IKEv1 SAs", &[(asa, None, None, "none", "none", None)]);
}

#[test]
fn asa_lists_several_peers() {
    let text = "IKEv1 SAs:\n\n   Active SA: 2\nTotal IKE SA: 2\n\n1   IKE Peer: 198.51.100.1\n\
        \x20   Type    : L2L             Role    : initiator\n    Rekey   : no              State   : MM_ACTIVE\n\
        \x20   Encrypt : aes-256         Hash    : SHA\n2   IKE Peer: 203.0.113.9\n\
        \x20   Type    : user            Role    : responder\n    Rekey   : no              State   : MM_WAIT_MSG5\n";
    let asa = Some("asa");
    check(
        text,
        &[(asa, R, B, "stalled", "none", Some("psk-mismatch")), (asa, I, A, "established", "none", None)],
    );
}

#[test]
fn ios_sessions_and_detail() {
    let session = |status: &str, peer: &str, sas: u8| {
        format!(
            "Interface: GigabitEthernet0/0\nSession status: {status}\nPeer: {peer} port 500\n\
            \x20 IPSEC FLOW: permit ip 10.1.0.0/255.255.255.0 10.2.0.0/255.255.255.0\n        Active SAs: {sas}, origin: crypto map\n"
        )
    };
    let ios = Some("ios");
    let text = format!(
        "{}{}",
        session("UP-ACTIVE", "198.51.100.1", 2),
        session("DOWN-NEGOTIATING", "203.0.113.9", 0)
    );
    check(
        &text,
        &[
            (ios, None, B, "stalled", "none", Some("no-tunnel")),
            (ios, None, A, "established", "established", None),
        ],
    );
    check(&session("DOWN", "198.51.100.1", 0), &[(ios, None, A, "none", "none", None)]);
    check(
        "1001  192.0.2.1       198.51.100.1           ACTIVE aes  sha    psk  14 23:59:45 D\n",
        &[(ios, None, A, "established", "none", None)],
    );
}

/// A row has the caller behind the called one; whose router it is, only other rows tell.
#[test]
fn a_single_row_has_no_role() {
    let text = "dst             src             state          conn-id status\n\
        198.51.100.1    192.0.2.1       MM_KEY_EXCH       1002 ACTIVE\n\
        198.51.100.1    192.0.2.1       MM_NO_STATE       1001 ACTIVE (deleted)\n";
    let row = (Some("ios"), None, A, "stalled", "none", Some("psk-mismatch"));
    check(text, &[row]);
    // Two routers print the same row, and it is one negotiation.
    let both = format!("R1#show crypto isakmp sa\n{text}R1#\nR2#show crypto isakmp sa\n{text}R2#\n");
    check(&both, &[row]);
}

#[test]
fn charon_lists() {
    let charon = Some("strongswan");
    let text = "gw: #1, ESTABLISHED, IKEv1, 2a4b1f0c9d8e7f60_i* 3c5d7e9f0a1b2c3d_r\n  local  'moon' @ 192.0.2.1[500]\n\
        \x20 remote 'sun' @ 198.51.100.1[500]\n  established 3s ago, rekeying in 13000s\n\
        \x20 net: #1, reqid 1, INSTALLED, TUNNEL, ESP:AES_CBC-128/HMAC_SHA1_96\n\
        \x20   in  c4f2aa01,    840 bytes,    10 packets\n    out c8a1bb02,   1008 bytes,    12 packets,     2s ago\n\
        rw: #2, CONNECTING, IKEv1, 1111111111111111_i* 0000000000000000_r\n  local  '%any' @ 192.0.2.1[500]\n\
        \x20 remote '%any' @ 203.0.113.9[500]\n";
    let all = verdict(text);
    assert_eq!(told(&all[0]).2, B, "{all:#?}");
    assert_eq!((told(&all[0]).1, told(&all[0]).3), (I, "stalled"));
    // A peer that refuses the offer says so, and charon obeys at once: it would not be connecting.
    assert_ne!(causes(&all[0])[0], "policy-mismatch");
    assert_eq!(told(&all[1]), (charon, I, A, "established", "established", None));
    let status = "Security Associations (0 up, 1 connecting):\n\
        \x20  gw[1]: CONNECTING, 192.0.2.1[%any]...198.51.100.1[%any]\n\
        \x20  gw[1]: IKEv1 SPIs: 2ab3c4d5e6f70819_i* 9988776655443322_r\n   gw[1]: Tasks active: MAIN_MODE\n";
    check(status, &[(charon, I, A, "stalled", "none", Some("psk-mismatch"))]);
    let one_way = "gw[1]: ESTABLISHED 3 seconds ago, 192.0.2.1[moon]...198.51.100.1[sun]\n\
        gw[1]: IKEv1 SPIs: 2ab3c4d5e6f70819_i 9988776655443322_r*, pre-shared key reauthentication in 2 hours\n\
        gw{1}:  INSTALLED, TUNNEL, reqid 1, ESP SPIs: c4f2aa01_i c8a1bb02_o\n\
        gw{1}:  AES_CBC_128/HMAC_SHA1_96, 0 bytes_i, 84 bytes_o (1 pkt, 3s ago), rekeying in 45 minutes\n";
    check(one_way, &[(charon, R, A, "established", "established", Some("one-way"))]);
}

/// 3.x and 4.x with `000` and `STATE_`, 5.x without.
#[test]
fn pluto_status() {
    let pluto = Some("libreswan");
    let text = "000 \"a\": 10.1.0.0/24===192.0.2.1<192.0.2.1>...198.51.100.1<198.51.100.1>===10.2.0.0/24; unrouted; eroute owner: #0\n\
        000 \"b\": 192.0.2.1<192.0.2.1>...203.0.113.9<203.0.113.9>; erouted; eroute owner: #4\n\
        000 #1: \"a\":500 STATE_MAIN_I3 (sent MI3, expecting MR3); EVENT_RETRANSMIT in 20s; nodpd; idle\n\
        000 #3: \"b\":500 STATE_MAIN_I4 (ISAKMP SA established); EVENT_SA_REPLACE in 2608s; newest ISAKMP; idle;\n\
        000 #4: \"b\":500 STATE_QUICK_I2 (sent QI2, IPsec SA established); EVENT_SA_REPLACE in 27838s; newest IPSEC;\n";
    let all = verdict(text);
    assert_eq!((told(&all[0]).1, told(&all[0]).2, told(&all[0]).3), (I, A, "stalled"), "{all:#?}");
    assert_eq!(all[0]["states"]["initiator"], "MM_WAIT_MSG6");
    assert!(causes(&all[0]).contains(&"psk-mismatch"));
    assert_eq!((told(&all[1]).2, told(&all[1]).3, told(&all[1]).4), (B, "established", "established"));
    let five = "#1: \"east\":500 MAIN_I4 (ISAKMP SA established); REPLACE in 28000s; newest; idle;\n\
        #2: \"east\":500 QUICK_I1 (sent Quick Mode request, expecting QR1); RETRANSMIT in 4s; idle;\n";
    check(five, &[(pluto, None, None, "established", "stalled", Some("transform-mismatch"))]);
}

/// Two hosts' logs in one file of a log server: two sides of one negotiation.
#[test]
fn syslog_of_two_hosts() {
    let text = "Apr 23 13:05:45 moon charon[7]: 05[IKE] <gw|1> initiating Main Mode IKE_SA gw[1] to 198.51.100.1\n\
        Apr 23 13:05:45 sun charon[9]: 06[IKE] <1> no IKE config found for 198.51.100.1...192.0.2.1, sending NO_PROPOSAL_CHOSEN\n\
        Apr 23 13:05:45 moon charon[7]: 06[NET] <gw|1> received packet: from 198.51.100.1[500] to 192.0.2.1[500] (40 bytes)\n\
        Apr 23 13:05:45 moon charon[7]: 06[IKE] <gw|1> received NO_PROPOSAL_CHOSEN error notify\n";
    let all = verdict(text);
    assert_eq!(all.len(), 1, "{all:#?}");
    assert_eq!(causes(&all[0])[0], "missing-tunnel-group");
    assert!(stdout(&run(&["explain", text])).contains("both sides' lines"));
}

/// A line that syslog folds, or counts in the next line, came as often as it says.
#[test]
fn repeats_count() {
    let log = "10:00:00 gw pluto[7]: \"c\" #1: initiating IKEv1 Main Mode connection\n10:00:00 gw pluto[7]: \"c\" #1: sent Main Mode request\n\
        10:00:01 gw pluto[7]: \"c\" #1: STATE_MAIN_I1: retransmission; will wait 0.5 seconds for response\n10:00:09 gw last message repeated 4 times\n";
    let all = verdict(log);
    assert_eq!((told(&all[0]).1, told(&all[0]).3), (I, "stalled"), "{all:#?}");
    assert_eq!((&all[0]["lines"]["total"], &all[0]["lines"]["understood"]), (&4.into(), &4.into()));
    // charon's peer is silent to whom it has no connection for: behind the path, and before what is rarer.
    assert_eq!(causes(&all[0])[1], "missing-tunnel-group");
}

/// What a daemon's log of one level tells: no message, and still a verdict.
#[test]
fn terse_logs_have_a_verdict() {
    let seq = "05[IKE] initiating Main Mode IKE_SA gw[1] to 198.51.100.1\n\
        06[IKE] sending retransmit 1 of request message ID 0, seq 3\n07[IKE] giving up after 5 retransmits\n";
    let all = verdict(seq);
    assert_eq!(all[0]["states"]["initiator"], "MM_WAIT_MSG6", "the third request is message 5: {all:#?}");
    let text =
        "05[IKE] initiating Main Mode IKE_SA gw[1] to 198.51.100.1\n07[IKE] giving up after 5 retransmits\n";
    assert!(!causes(&verdict(text)[0]).is_empty());
    for (line, first) in [
        ("received INVALID_KE_PAYLOAD error notify", "missing-psk"),
        ("received UNSUPPORTED_CRITICAL_PAYLOAD error notify", "message-corrupted"),
        ("payload type SECURITY_ASSOCIATION_V1 could not be parsed", "message-corrupted"),
    ] {
        let text = format!("initiating Main Mode IKE_SA gw[1] to 198.51.100.1\n{line}\n");
        assert_eq!(causes(&verdict(&text)[0])[0], first, "{line}");
    }
    let group = "192.0.2.7 is initiating a Aggressive Mode IKE_SA\ninvalid DH public value size (192 bytes) for MODP_2048\n";
    assert_eq!(causes(&verdict(group)[0])[0], "policy-mismatch");
    let own = "06[IKE] <1> 192.0.2.7 is initiating a Main Mode IKE_SA\n\
        07[ENC] <1> generating INFORMATIONAL_V1 request 7 [ HASH N(AUTH_FAILED) ]\n";
    assert_eq!(causes(&verdict(own)[0])[0], "identity-mismatch", "its own notify is all there is");
}

/// Where signatures prove who is who, a peer that does not believe them has no other key.
#[test]
fn signatures_are_not_judged_as_keys() {
    let log = "05[IKE] <1> 192.0.2.7 is initiating a Main Mode IKE_SA\n06[ENC] <1> parsed ID_PROT request 0 [ ID CERT SIG ]\n\
        06[IKE] <1> received end entity cert \"CN=a\"\n\
        06[IKE] <gw|1> IKE_SA gw[1] established between 192.0.2.1[a]...192.0.2.7[b]\n07[IKE] <gw|1> received DELETE for IKE_SA gw[1]\n";
    assert_eq!(causes(&verdict(log)[0])[0], "certificate");
    let pluto = "\"c\" #1: X509: CERT payload bogus or revoked\n";
    assert_eq!(causes(&verdict(pluto)[0])[0], "certificate");
}

/// An SA that a newer one replaces is deleted; so is one whose Mode Config fails. Neither tells of an identity.
#[test]
fn deletes_that_tell_of_no_identity() {
    let rekey = "05[IKE] <gw|1> IKE_SA gw[1] established between 192.0.2.1[a]...192.0.2.7[b]\n\
        05[IKE] <gw|1> CHILD_SA n{1} established with SPIs c1_i c2_o and TS 10.1.0.0/24 === 10.2.0.0/24\n\
        06[IKE] <2> 192.0.2.7 is initiating a Main Mode IKE_SA\n\
        06[IKE] <gw|2> IKE_SA gw[2] established between 192.0.2.1[a]...192.0.2.7[b]\n06[IKE] <gw|1> received DELETE for IKE_SA gw[1]\n";
    assert!(causes(&verdict(rekey)[0]).is_empty());
    let pool = "\"c\" #1: ISAKMP SA established {auth=PRESHARED_KEY}\n\"c\" #1: modecfg: Sending IP request (MODECFG_I1)\n\
        \"c\" #1: received Delete SA payload: self-deleting ISAKMP State #1\n";
    assert!(causes(&verdict(pool)[0]).is_empty());
}

/// A child that is refused, as the refusing side logs it, and one that a late copy does not take down.
#[test]
fn quick_mode_refused_by_this_side() {
    for (line, cause) in [
        ("we require PFS but Quick I1 SA specifies no GROUP_DESCRIPTION", "pfs-mismatch"),
        ("compression proposed by 192.0.2.7, but policy for \"c\" forbids it", "transform-mismatch"),
        ("sending encrypted notification NO_PROPOSAL_CHOSEN to 192.0.2.7:500", "transform-mismatch"),
    ] {
        let log = format!("\"c\" #1: IKE SA established {{auth=PRESHARED_KEY}}\n\"c\" #2: {line}\n");
        let all = verdict(&log);
        assert_eq!((told(&all[0]).4, told(&all[0]).5), ("refused", Some(cause)), "{line}");
    }
    let late = "IKE_SA gw[1] established between 192.0.2.1[a]...192.0.2.7[b]\n\
        CHILD_SA n{1} established with SPIs c1_i c2_o and TS 10.1.0.0/24 === 10.2.0.0/24\nreceived PAYLOAD_MALFORMED error notify\n";
    assert_eq!(verdict(late)[0]["healthy"], true);
}

/// A line with charon's mark is charon's: no other vendor's words are found in it.
#[test]
fn a_marked_line_has_one_owner() {
    let log =
        "05[IKE] <1> 192.0.2.7 is initiating a Main Mode IKE_SA\n06[IKE] <gw|1> activating XAUTH task\n";
    let all = verdict(log);
    assert_eq!((all.len(), told(&all[0]).0), (1, Some("strongswan")), "{all:#?}");
}

/// Numbers without a seed of their own: the same words each time, in any order.
fn noise(bytes: usize) -> String {
    let words = [
        "ISAKMP:(1001):",
        "05[IKE]",
        "<1>",
        "\"c\" #1:",
        "STATE_MAIN_I1",
        "sent",
        "packet from",
        "IP = ",
        "%ASA-7-713906:",
        "is initiating a",
        "{",
        "}",
        "[",
        "(",
        "dst:",
        "current_peer",
        "#pkts encaps: 1,",
        "last message repeated 9999999 times",
        "é",
        "192.0.2.",
        "::1",
        "\u{0}",
    ];
    let mut state = 1_u64;
    let mut text = String::new();
    while text.len() < bytes {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let number = usize::try_from(state >> 33).unwrap();
        text += words[number % words.len()];
        text += if number % 11 == 0 { "\n" } else { " " };
        if number % 7 == 0 {
            text += &format!("10.{}.{}.{} ", number % 256, number / 256 % 256, number / 65_536 % 256);
        }
    }
    text
}

/// Any text has an answer, in a time that grows with its length and no faster.
#[test]
fn noise_is_read_in_time() {
    let time = |text: &str| {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("noise.log");
        std::fs::write(&file, text).unwrap();
        let begun = Instant::now();
        let output = run(&["explain", file.to_str().unwrap()]);
        assert_eq!(code(&output), 0, "{}", stderr(&output));
        begun.elapsed()
    };
    let took = time(&noise(3_000_000));
    assert!(took < Duration::from_secs(60), "{took:?} for three megabytes");
}
