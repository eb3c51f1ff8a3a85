//! `explain` on a paste: what the command tells of it, in JSON and in words, and every line that ikesim prints itself.
//! What is concluded of a paste is tested below the binary, in crate `diagnose`.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
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

#[test]
fn a_healthy_log_is_said_to_be_healthy() {
    let log = "\
02 \"c\" #1: Oakley Transform [AES_CBC (256), HMAC_SHA1, MODP1024] refused
003 \"c\" #1: ignoring informational payload IPSEC_INITIAL_CONTACT, msgid=00000000, length=28
108 \"c\" #1: STATE_MAIN_I3: sent MI3, expecting MR3
004 \"c\" #1: STATE_MAIN_I4: ISAKMP SA established {auth=PRESHARED_KEY}
004 \"c\" #2: STATE_QUICK_I2: sent QI2, IPsec SA established tunnel mode
";
    assert_eq!(verdict(log)[0]["healthy"], true);
    let text = stdout(&run(&["explain", log]));
    assert!(text.contains("both phases are complete"), "{text}");
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

/// What the counters of a tunnel come to, in words: packets that pass one way alone, and none.
#[test]
fn counters_are_told_in_words() {
    for (encaps, decaps, words) in [
        (14, 0, "into the tunnel 14, out of it 0"),
        (0, 9, "this side sends none back"),
        (0, 0, "no packet has gone through the tunnel"),
    ] {
        let text = format!(
            "current_peer 198.51.100.1 port 500\n#pkts encaps: {encaps}, #pkts encrypt: {encaps}, #pkts digest: {encaps}\n\
             #pkts decaps: {decaps}, #pkts decrypt: {decaps}, #pkts verify: {decaps}\n\
             current outbound spi: 0x9B3F2A11(2604608017)\n"
        );
        let told = stdout(&run(&["explain", &text]));
        assert!(told.contains(words), "{text}\n{told}");
    }
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
        fs::write(&file, text).unwrap();
        let begun = Instant::now();
        let output = run(&["explain", file.to_str().unwrap()]);
        assert_eq!(code(&output), 0, "{}", stderr(&output));
        begun.elapsed()
    };
    let took = time(&noise(3_000_000));
    assert!(took < Duration::from_secs(60), "{took:?} for three megabytes");
}
