//! `explain` reads a paste as evidence: the verdict for each kind of log, and every line that ikesim prints itself.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

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

/// As people paste them: with time stamps, host names, prefixes, or the text alone. The first cause, or none.
#[test]
fn a_line_of_each_vendor_has_its_cause() {
    for (line, expected) in [
        ("%ASA-3-713138: Group = 203.0.113.1 not found", "missing-tunnel-group"),
        (
            "%ASA-5-713904: IP = 192.0.2.1, Received an un-encrypted NO_PROPOSAL_CHOSEN notify message, dropping",
            "policy-mismatch",
        ),
        (
            "%ASA-5-713904: IP = 192.0.2.1, Received an un-encrypted INVALID_COOKIE notify message, dropping",
            "missing-tunnel-group",
        ),
        ("%ASA-7-713906: IP = 192.0.2.1, All SA proposals found unacceptable", "policy-mismatch"),
        (
            "IKE MM Initiator FSM error history (struct &0xd8)  <state>, <event>:  MM_DONE, EV_ERROR-->MM_WAIT_MSG6, EV_RETRY",
            "psk-mismatch",
        ),
        (
            "%CRYPTO-4-IKMP_BAD_MESSAGE: IKE message from 198.51.100.1 failed its sanity check or is malformed",
            "psk-mismatch",
        ),
        (
            "ISAKMP:(0):phase 1 SA policy not acceptable! (local 192.0.2.1 remote 192.0.2.2)",
            "policy-mismatch",
        ),
        ("*Mar  1 00:01:02.003: ISAKMP:(0): retransmitting phase 1 MM_KEY_EXCH...", "psk-mismatch"),
        ("13[ENC] invalid ID_V1 payload length, decryption failed?", "psk-mismatch"),
        (
            "05[IKE] no IKE config found for 192.0.2.1...192.0.2.2, sending NO_PROPOSAL_CHOSEN",
            "missing-tunnel-group",
        ),
        ("05[IKE] no shared key found for 'a' - 'b'", "missing-psk"),
        (
            "pluto[9]: \"peer\" #1: STATE_MAIN_I2: retransmission; will wait 0.5 seconds for response",
            "missing-tunnel-group",
        ),
        (
            "probable authentication failure (mismatch of preshared secrets?): malformed payload in packet",
            "psk-mismatch",
        ),
        ("ike 0:gw:12: probable pre-shared secret mismatch", "psk-mismatch"),
        (
            "kmd[3]: IKE negotiation failed with error: No proposal chosen. IKE Version: 1, VPN: v Gateway: g",
            "policy-mismatch",
        ),
        ("couldn't find the pskey for 192.0.2.1.", "missing-psk"),
        (
            "Couldn't find configuration for IKE phase-1 request for peer IP 192.0.2.1[500].",
            "missing-tunnel-group",
        ),
        ("[IKEv1]: IP = 192.0.2.1, No crypto map bound to interface... dropping pkt", "map-unbound"),
    ] {
        let verdict = verdict(line);
        assert_eq!(causes(&verdict[0]).first(), Some(&expected), "{line}: {verdict:?}");
        assert_eq!(verdict[0]["phase2"], "none", "{line}");
    }
}

/// What is outside phase 1 gets no cause of phase 1.
#[test]
fn phase_2_and_what_lies_behind_it_is_told_as_such() {
    for (line, cause) in [
        (
            "%ASA-5-713257: Phase 2 failure:  Mismatched attribute types for class Group Description:  Rcv'd: Group 2  Cfg'd: Group 5",
            "pfs-mismatch",
        ),
        ("IP = 192.0.2.1, All IPSec SA proposals found unacceptable!", "transform-mismatch"),
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
        let verdict = verdict(line);
        assert_eq!(causes(&verdict[0])[0], cause, "{line}: {verdict:?}");
        assert_eq!(
            (&verdict[0]["phase1"], &verdict[0]["phase2"]),
            (&"established".into(), &"refused".into()),
            "{line}"
        );
    }
    for line in [
        "%ASA-5-713073: IP = 192.0.2.1, Responder forcing change of IKE rekeying duration from 86400 to 28800 seconds",
        "ISAKMP:(1001):DPD/R_U_THERE received from peer 192.0.2.1, sequence 0x1",
        "ISAKMP (0:1001): Need XAUTH",
        "%ASA-4-402119: IPSEC: Received an ESP packet (SPI= 0x1) from 192.0.2.1 (user= x) to 192.0.2.2 that failed anti-replay checking.",
        "ISAKMP-ERROR: (0):Failed to find peer index node to update peer_info_list",
    ] {
        assert!(causes(&verdict(line)[0]).is_empty(), "{line}");
    }
}

const CHARON_JUNK: &str = "\
06[NET] <1> received packet: from 192.0.2.1[500] to 198.51.100.1[500] (180 bytes)
06[IKE] <1> 192.0.2.1 is initiating a Main Mode IKE_SA
06[ENC] <1> generating ID_PROT response 0 [ SA V V ]
05[ENC] <1> parsed ID_PROT request 0 [ KE No NAT-D NAT-D ]
05[ENC] <1> generating ID_PROT response 0 [ KE No NAT-D NAT-D ]
08[ENC] <1> invalid ID_V1 payload length, decryption failed?
";

#[test]
fn a_log_has_a_verdict_with_its_own_values() {
    let verdict = verdict(CHARON_JUNK);
    let first = &verdict[0];
    assert_eq!(first["device"], "strongswan");
    assert_eq!(
        (&first["role"], &first["peer"], &first["mode"]),
        (&"responder".into(), &"192.0.2.1".into(), &"main".into())
    );
    assert_eq!(
        (&first["phase1"], &first["states"]["responder"]),
        (&"stalled".into(), &"MM_WAIT_MSG5".into())
    );
    assert_eq!(first["causes"][0]["cause"], "psk-mismatch");
    assert_eq!(
        (&first["causes"][0]["certainty"], &first["causes"][0]["lines"][0]),
        (&"follows".into(), &6.into())
    );
    assert!(first["causes"][0]["fix"].as_str().unwrap().contains("id = 192.0.2.1"), "{first}");
    assert_eq!((&first["lines"]["total"], &first["lines"]["understood"]), (&6.into(), &6.into()));
    let text = stdout(&run(&["explain", CHARON_JUNK]));
    assert!(text.lines().count() <= 25 && text.contains("     6  08[ENC]"), "{text}");
    let all = stdout(&run(&["explain", CHARON_JUNK, "--all"]));
    assert!(all.contains("a message decrypts to junk: the keys differ"), "{all}");
}

/// Two peers in one log: the failing one first, the other in one line.
#[test]
fn negotiations_are_told_apart() {
    let log = "\
\"good\"[1] 192.0.2.7 #1: responding to Main Mode from unknown peer 192.0.2.7:500
\"bad\" #2: initiating IKEv1 Main Mode connection
\"bad\" #2: sent Main Mode request
\"good\"[1] 192.0.2.7 #1: IKE SA established {auth=PRESHARED_KEY}
\"bad\" #2: ignoring informational payload NO_PROPOSAL_CHOSEN, msgid=00000000, length=12
";
    let verdict = verdict(log);
    assert_eq!(verdict.len(), 2, "{verdict:?}");
    assert_eq!(causes(&verdict[0])[0], "policy-mismatch");
    assert_eq!((&verdict[1]["peer"], &verdict[1]["phase1"]), (&"192.0.2.7".into(), &"established".into()));
    assert!(causes(&verdict[1]).is_empty());
}

/// A tunnel that is up has no cause, whatever was repeated or refused on the way.
#[test]
fn a_healthy_log_is_said_to_be_healthy() {
    let log = "\
02 \"c\" #1: Oakley Transform [AES_CBC (256), HMAC_SHA1, MODP1024] refused
003 \"c\" #1: ignoring informational payload IPSEC_INITIAL_CONTACT, msgid=00000000, length=28
108 \"c\" #1: STATE_MAIN_I3: sent MI3, expecting MR3
004 \"c\" #1: STATE_MAIN_I4: ISAKMP SA established {auth=PRESHARED_KEY}
004 \"c\" #2: STATE_QUICK_I2: sent QI2, IPsec SA established tunnel mode
";
    let verdict = verdict(log);
    assert!(causes(&verdict[0]).is_empty() && verdict[0]["healthy"] == true, "{verdict:?}");
    let text = stdout(&run(&["explain", log]));
    assert!(text.contains("both phases are complete"), "{text}");
}

/// Repeats, Windows line ends, journal heads.
#[test]
fn heads_and_repeats_are_no_obstacle() {
    let log = "Apr 02 10:00:01 gw pluto[7]: message repeated 3 times: [ \"c\" #1: no acceptable Oakley Transform]\r\n\
        Apr 02 10:00:01 gw pluto[7]: packet from 192.0.2.1:500: sending notification NO_PROPOSAL_CHOSEN to 192.0.2.1:500\r\n";
    let verdict = verdict(log);
    assert_eq!(causes(&verdict[0])[0], "policy-mismatch");
    assert_eq!(verdict[0]["causes"][0]["certainty"], "said");
}

/// From files and standard input; two files are two sides.
#[test]
fn a_paste_comes_from_files_and_standard_input() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (left, right) = (path("left.log"), path("right.log"));
    let caller = "initiating Main Mode IKE_SA gw[1] to 198.51.100.1\nsending packet: from 192.0.2.1[500] to 198.51.100.1[500] (180 bytes)\n\
        sending retransmit 1 of request message ID 0, seq 1\n";
    let called = "05[IKE] <1> no IKE config found for 198.51.100.1...192.0.2.1, sending NO_PROPOSAL_CHOSEN\n";
    fs::write(&left, caller).unwrap();
    fs::write(&right, called).unwrap();
    for arguments in [vec!["explain", &left, &right], vec!["explain", &left, "--other", &right]] {
        let text = stdout(&run(&arguments));
        assert!(
            text.contains("both sides' lines") && text.contains("cause      missing-tunnel-group"),
            "{text}"
        );
    }
    let mut child = Command::new(env!("CARGO_BIN_EXE_ikesim"))
        .args(["explain", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(called.as_bytes()).unwrap();
    let text = stdout(&child.wait_with_output().unwrap());
    assert!(text.contains("missing-tunnel-group"), "{text}");
}

/// What is not understood is counted and shown, and never vanishes.
#[test]
fn lines_that_are_not_understood_are_shown() {
    let log = "%ASA-5-713119: Group = 192.0.2.1, IP = 192.0.2.1, PHASE 1 COMPLETED\nthe cat sat on the mat\n";
    let text = stdout(&run(&["explain", log]));
    assert!(text.contains("1 of 2 lines not understood") && text.contains("the cat sat"), "{text}");
}

#[test]
fn show_output_is_evidence() {
    let asa = "IKEv1 SAs:\n\n1   IKE Peer: 198.51.100.1\n    Type    : user            Role    : initiator \n    Rekey   : no              State   : MM_WAIT_MSG2 \n";
    let asa = verdict(asa);
    assert_eq!(
        (&asa[0]["role"], &asa[0]["states"]["initiator"]),
        (&"initiator".into(), &"MM_WAIT_MSG2".into()),
        "{asa:?}"
    );
    assert!(!causes(&asa[0]).is_empty());
    let ios = "IPv4 Crypto ISAKMP SA\ndst             src             state          conn-id status\n\
        198.51.100.1    192.0.2.1       QM_IDLE           1001 ACTIVE\n";
    let ios = verdict(ios);
    assert_eq!(ios[0]["phase1"], "established", "{ios:?}");
    assert!(causes(&ios[0]).is_empty());
    // The address that all rows have is the device's own; a deleted row beside a living one proves nothing.
    let hub = "dst             src             state          conn-id status\n\
        192.0.2.1       198.51.100.1    QM_IDLE           1001 ACTIVE\n\
        192.0.2.1       198.51.100.1    MM_NO_STATE          0 ACTIVE (deleted)\n\
        203.0.113.9     192.0.2.1       MM_KEY_EXCH       1002 ACTIVE\n";
    let hub = verdict(hub);
    assert_eq!(
        (hub.len(), &hub[0]["role"], &hub[0]["peer"]),
        (2, &"initiator".into(), &"203.0.113.9".into())
    );
    assert_eq!(
        (&hub[0]["states"]["initiator"], causes(&hub[0])[0]),
        (&"MM_WAIT_MSG6".into(), "psk-mismatch")
    );
    assert_eq!((&hub[1]["role"], &hub[1]["phase1"]), (&"responder".into(), &"established".into()));
}

/// Own logs that are told as something else, and why: scenario, side, whose words.
const UNTOLD: [(&str, &str, &str); 6] = [
    // A router has one line for no key and no entry.
    ("missing_tunnel_group", "responder", "ios"),
    // The peer cleared and told nobody: all that is logged is a tunnel that came up.
    ("phase2_cleared_one_side", "initiator", "asa"),
    ("phase2_cleared_one_side", "initiator", "ios"),
    // An ASA has one line for transform sets and for PFS that was not offered.
    ("phase2_pfs_extra", "responder", "asa"),
    // Nothing came that could be logged.
    ("phase2_qm1_lost", "responder", "asa"),
    ("phase2_qm1_lost", "responder", "ios"),
];

/// Every line that `logs` prints, of every scenario, in both devices' words; and the first cause of a log is the first that
/// the same side can tell, or the true one, in nearly all.
#[test]
fn our_own_logs_are_understood() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let mut scenarios: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    scenarios.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
    scenarios.sort();
    let (mut all, mut lengths) = (0, 0);
    let mut wrong = Vec::new();
    for scenario in &scenarios {
        let (file, name) = (scenario.to_str().unwrap(), scenario.file_stem().unwrap().to_str().unwrap());
        let first = |arguments: &[&str]| {
            let run: Value = serde_json::from_str(&stdout(&run(arguments))).unwrap();
            run["diagnosis"][0]["cause"].as_str().map(str::to_owned)
        };
        let truth = first(&["run", file, "--format", "json"]);
        for device in ["initiator", "responder"] {
            let seen = first(&["run", file, "--as", device, "--format", "json"]);
            for like in ["asa", "ios"] {
                let log = stdout(&run(&["logs", file, "--device", device, "--like", like]));
                if log.is_empty() {
                    continue;
                }
                let verdict = verdict(&log);
                let unknown = &verdict[0]["lines"]["not_understood"];
                assert_eq!(unknown, &Value::Array(Vec::new()), "{file} {device} {like}");
                let told = causes(&verdict[0]).first().map(|cause| (*cause).to_owned());
                all += 1;
                lengths += stdout(&run(&["explain", &log])).lines().count();
                if told != seen && told != truth {
                    wrong.push((name, device, like));
                }
            }
        }
    }
    assert_eq!(wrong, UNTOLD);
    assert!(all > 200 && UNTOLD.len() * 100 <= all * 5, "{} of {all}", UNTOLD.len());
    assert!(lengths < all * 40, "{lengths} lines for {all} logs");
}
