//! `predict` against configurations that others wrote and what their authors saw; and every single change of a working pair.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::{code, run, say, scratch, stderr, stdout};

fn shared(name: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/vectors/configs").join(name);
    if !path.exists() {
        say(&format!("predict: {name} skipped, ../shared is absent"));
        return None;
    }
    Some(path)
}

fn predicted(paths: &[&Path]) -> (i32, Value) {
    let paths: Vec<&str> = paths.iter().map(|path| path.to_str().unwrap()).collect();
    let output = run(&[&["predict", "--format", "json"][..], &paths].concat());
    let text = stdout(&output);
    (code(&output), serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {output:?}")))
}

#[test]
fn both_ios_pairs_come_up() {
    for name in ["ios-pair-aes256-sha-g14", "ios-pair-sha256-pfs14"] {
        let Some(folder) = shared(name) else { continue };
        let (code, verdict) = predicted(&[&folder]);
        assert_eq!(
            (code, verdict["verdict"].as_str(), verdict["directions"].as_array().unwrap().len()),
            (0, Some("passes phase 2"), 2),
            "{name}"
        );
    }
}

/// The sessions that Batfish's own test finds, but for the two that go to a dynamic map: there nobody calls back.
#[test]
fn batfish_sessions_come_up() {
    let Some(folder) = shared("batfish-ios-crypto-ipsec") else { return };
    // Its access lists are no mirrors of each other, which Batfish does not look at.
    let (code, verdict) = predicted(&[&folder, Path::new("--phase"), Path::new("1")]);
    let directions = verdict["directions"].as_array().unwrap();
    let mut sessions: Vec<String> = directions
        .iter()
        .map(|d| {
            format!(
                "{}->{} {} {}",
                d["from"].as_str().unwrap(),
                d["to"].as_str().unwrap(),
                d["by"].as_str().unwrap(),
                d["verdict"].as_str().unwrap()
            )
        })
        .collect();
    sessions.sort();
    let expected = [
        "r1->r2 crypto map mymap 20 up",
        "r1->r3 crypto map mysecondmap 20 up",
        "r2->r1 crypto map mymap 20 up",
        "r2->r3 Tunnel23 up",
        "r2->r3 crypto map mysecondmap 20 up",
        "r3->r2 Tunnel23 up",
    ];
    assert_eq!(sessions, expected);
    assert_eq!(code, 0);
}

#[test]
fn a_masked_configuration_is_unverifiable() {
    let Some(folder) = shared("azure-samples") else { return };
    let (code, verdict) = predicted(&[&folder]);
    assert_eq!((code, verdict["verdict"].as_str()), (4, Some("unverifiable")));
}

const ASA: &str = "hostname hq\ninterface GigabitEthernet0/0\n nameif outside\n ip address 203.0.113.1 255.255.255.0\n\
crypto map outside_map 10 match address vpn\ncrypto map outside_map 10 set peer 198.51.100.1\ncrypto map outside_map interface outside\n\
crypto ikev1 enable outside\ncrypto ikev1 policy 10\n authentication pre-share\n encryption aes-256\n hash sha\n group 14\n lifetime 86400\n\
tunnel-group 198.51.100.1 type ipsec-l2l\ntunnel-group 198.51.100.1 ipsec-attributes\n ikev1 pre-shared-key open-sesame\n";

const IOS: &str = "hostname branch\ncrypto isakmp policy 5\n encr aes 256\n hash sha\n authentication pre-share\n group 14\n lifetime 3600\n\
crypto isakmp key open-sesame address 203.0.113.1\ncrypto map m 1 ipsec-isakmp\n set peer 203.0.113.1\n match address 101\n\
interface GigabitEthernet0/0\n ip address 198.51.100.1 255.255.255.0\n crypto map m\n";

fn pair(name: &str, asa: &str, ios: &str) -> (i32, Value, String) {
    let folder = scratch(name);
    let [left, right] = [folder.join("hq.txt"), folder.join("branch.txt")];
    fs::write(&left, asa).unwrap();
    fs::write(&right, ios).unwrap();
    let (code, verdict) = predicted(&[&left, &right]);
    let human = stdout(&run(&["predict", left.to_str().unwrap(), right.to_str().unwrap()]));
    (code, verdict, human)
}

/// Side, what stands there, what it becomes, the first cause of one direction at least, and what is said on both sides.
const CHANGES: &[(&str, &str, &str, &str, [&str; 2])] = &[
    ("ios", "encr aes 256", "encr aes 128", "policy-mismatch", ["encryption aes-256", "encr aes 128"]),
    ("ios", "encr aes 256", "encr 3des", "policy-mismatch", ["encryption aes-256", "encr 3des"]),
    ("ios", " encr aes 256\n", "", "policy-mismatch", ["encryption aes-256", "encryption des"]),
    ("ios", "hash sha", "hash sha256", "policy-mismatch", ["hash sha", "hash sha256"]),
    ("ios", "group 14", "group 5", "policy-mismatch", ["group 14", "group 5"]),
    (
        "ios",
        " authentication pre-share\n",
        "",
        "policy-mismatch",
        ["authentication pre-share", "authentication rsa-sig"],
    ),
    ("ios", "open-sesame", "open-sesamE", "psk-mismatch", ["<key, 11 characters>", "<key, 11 characters>"]),
    (
        "ios",
        "key open-sesame address 203.0.113.1",
        "key open-sesame address 203.0.113.2",
        "missing-tunnel-group",
        ["<key, 11 characters>", "no line has a key"],
    ),
    (
        "ios",
        "set peer 203.0.113.1",
        "set peer 203.0.113.2",
        "wrong-peer-address",
        ["ip address 203.0.113.1", "set peer 203.0.113.2"],
    ),
    (
        "ios",
        "ip address 198.51.100.1 ",
        "ip address 198.51.100.2 ",
        "wrong-peer-address",
        ["set peer 198.51.100.1", "ip address 198.51.100.2"],
    ),
    ("ios", " crypto map m\n", " crypto map m\n shutdown\n", "peer-down", ["is up", "shutdown"]),
    (
        "ios",
        "hostname branch",
        "no crypto isakmp enable\nhostname branch",
        "ike-disabled",
        ["crypto ikev1 enable outside", "no crypto isakmp enable"],
    ),
    (
        "ios",
        " crypto map m\n",
        " crypto map m\n ip access-group 102 in\naccess-list 102 deny udp any any eq isakmp\naccess-list 102 permit ip any any\n",
        "port-500-blocked",
        ["lets UDP 500 pass", "access-list 102 deny udp any any eq isakmp"],
    ),
    (
        "asa",
        "encryption aes-256",
        "encryption aes-192",
        "policy-mismatch",
        ["encryption aes-192", "encr aes 256"],
    ),
    ("asa", " hash sha\n", " hash md5\n", "policy-mismatch", ["hash md5", "hash sha"]),
    ("asa", " group 14\n", "", "policy-mismatch", ["group 2", "group 14"]),
    (
        "asa",
        " authentication pre-share\n",
        " authentication rsa-sig\n",
        "policy-mismatch",
        ["authentication rsa-sig", "authentication pre-share"],
    ),
    ("asa", "open-sesame", "open-sesame ", "psk-mismatch", ["<key, 12 characters>", "<key, 11 characters>"]),
    (
        "asa",
        " ikev1 pre-shared-key open-sesame\n",
        "",
        "missing-psk",
        ["tunnel-group 198.51.100.1 type", "<key, 11 characters>"],
    ),
    (
        "asa",
        "tunnel-group 198.51.100.1",
        "tunnel-group 198.51.100.9",
        "missing-tunnel-group",
        ["no line has a key", "<key, 11 characters>"],
    ),
    (
        "asa",
        "set peer 198.51.100.1",
        "set peer 198.51.100.9",
        "wrong-peer-address",
        ["set peer 198.51.100.9", "ip address 198.51.100.1"],
    ),
    (
        "asa",
        "crypto ikev1 enable outside\n",
        "",
        "ike-disabled",
        ["no line enables it on outside", "runs on the interface"],
    ),
    (
        "asa",
        "crypto ikev1 enable outside",
        "crypto ikev1 enable inside",
        "ike-disabled",
        ["no line enables it on outside", ""],
    ),
    (
        "asa",
        "ip address 203.0.113.1 ",
        "ip address 203.0.113.2 ",
        "wrong-peer-address",
        ["ip address 203.0.113.2", "set peer 203.0.113.1"],
    ),
    ("asa", " nameif outside\n", " nameif outside\n shutdown\n", "peer-down", ["shutdown", "is up"]),
];

/// Changing one phase 1 value on one side is found, and both sides' lines are cited.
#[test]
fn each_single_change_is_found() {
    let (works, verdict, _) = pair("predict-up", ASA, IOS);
    assert_eq!((works, verdict["verdict"].as_str()), (0, Some("up")), "{verdict}");
    for (n, (side, from, to, cause, says)) in CHANGES.iter().enumerate() {
        let (old, changed) = if *side == "ios" {
            (IOS, IOS.replacen(from, to, 99))
        } else {
            (ASA, ASA.replacen(from, to, 99))
        };
        assert_ne!(old, changed, "{from} is not there");
        let (asa, ios) = if *side == "ios" { (ASA, changed.as_str()) } else { (changed.as_str(), IOS) };
        let (code, verdict, human) = pair(&format!("predict-{n}"), asa, ios);
        assert_eq!((code, verdict["verdict"].as_str()), (1, Some("stalls")), "{to}: {verdict}");
        let directions = verdict["directions"].as_array().unwrap();
        let about: Vec<&Value> = directions.iter().filter(|d| d["cause"].as_str() == Some(cause)).collect();
        assert!(!about.is_empty(), "{from} -> {to}: {verdict:#}");
        let cited = |file: &str, text: &str| {
            about.iter().flat_map(|d| d["lines"].as_array().unwrap()).any(|line| {
                line["file"].as_str().unwrap().ends_with(file)
                    && line["text"].as_str().unwrap().contains(text)
            })
        };
        assert!(cited("hq.txt", says[0]) && cited("branch.txt", says[1]), "{from} -> {to}: {verdict:#}");
        assert!(!human.contains("sesam") && human.contains(cause), "{to}: {human}");
    }
    // The lifetime alone does not matter.
    assert_eq!(pair("predict-life", ASA, &IOS.replace("lifetime 3600", "lifetime 60")).0, 0);
}

#[test]
fn a_masked_key_makes_it_depend() {
    let (code, verdict, human) = pair("predict-masked", &ASA.replace("open-sesame", "*****"), IOS);
    assert_eq!((code, verdict["verdict"].as_str()), (4, Some("unverifiable")), "{verdict}");
    assert!(human.contains("comes up if the keys are equal, else MM_WAIT_MSG6 / MM_WAIT_MSG5"), "{human}");
    // What is wrong whatever the key is stays wrong.
    let other = IOS.replace("group 14", "group 2");
    assert_eq!(pair("predict-masked-2", &ASA.replace("open-sesame", "*****"), &other).0, 1);
}

/// What `import --show-keys` prints is a scenario; without keys it shows their length.
#[test]
fn import_prints_a_scenario() {
    let folder = scratch("import");
    let [file, scenario] = ["hq.txt", "hq.toml"].map(|name| folder.join(name).to_str().unwrap().to_owned());
    fs::write(&file, ASA).unwrap();
    let hidden = stdout(&run(&["import", &file]));
    assert!(hidden.contains("<key, 11 characters>") && !hidden.contains("sesame"), "{hidden}");
    assert!(hidden.contains("group = 14    # line 13: group 14"), "{hidden}");
    fs::write(&scenario, stdout(&run(&["import", &file, "--show-keys"]))).unwrap();
    assert_eq!(code(&run(&["run", &scenario])), 0);
    let output = run(&["import", &file, "--peer", "192.0.2.9"]);
    assert!(
        code(&output) == 2 && stderr(&output).contains("peers that it names: 198.51.100.1"),
        "{output:?}"
    );
}

/// A key that is no text is imported as its bytes: a run's HASHes verify with those four, and with nothing else.
#[test]
fn a_key_of_bytes_is_imported_as_bytes() {
    let folder = scratch("import-bytes");
    let names = ["moon.swanctl.conf", "moon.toml", "moon.pcapng", "keys", "psk"];
    let [conf, scenario, capture, keys, psk] =
        names.map(|name| folder.join(name).to_str().unwrap().to_owned());
    let text = fs::read_to_string(Path::new(PEERS).join("moon.swanctl.conf")).unwrap();
    fs::write(&conf, text.replace("\"open sesame\"", "0xff00aa55")).unwrap();
    assert!(stdout(&run(&["import", &conf])).contains("<key, 4 bytes>"));
    let imported = stdout(&run(&["import", &conf, "--show-keys"]));
    assert!(imported.contains("pre_shared_key = { hex = \"ff00aa55\" }"), "{imported}");
    let other = "[[responder.policy]]\nhash = \"sha256\"\n[[responder.tunnel_group]]\npeer = \"default\"\npre_shared_key = { hex = \"FF00AA55\" }\n";
    fs::write(&scenario, imported + other).unwrap();
    let output = run(&["run", &scenario, "--pcap", &capture, "--keys", &keys]);
    assert!(stdout(&output).contains("MM_ACTIVE"), "{output:?}");
    let hashes = |key: &[u8]| {
        fs::write(&psk, key).unwrap();
        let decoded =
            stdout(&run(&["decode", &capture, "--keys", &keys, "--psk-file", &psk, "--format", "json"]));
        // Quick Mode's hashes need no pre-shared key: the key file has SKEYID_a.
        let phase_1 = decoded.lines().filter(|line| line.contains("\"exchange\":\"main\""));
        phase_1.filter(|line| line.contains("\"hash\":\"verified\"")).count()
    };
    // Each of MSG5 and MSG6 is seen at both interfaces.
    assert_eq!(hashes(&[0xff, 0x00, 0xaa, 0x55]), 4);
    assert_eq!(hashes(b"\0bytes ff00aa55"), 0);
}

/// The same verdict for people, programs, workflows and browsers; no key in any of them.
#[test]
fn every_format_says_it_and_none_shows_a_key() {
    let folder = scratch("predict-formats");
    let [left, right, page] =
        ["hq.txt", "branch.txt", "page.html"].map(|name| folder.join(name).to_str().unwrap().to_owned());
    fs::write(&left, ASA.replace("group 14", "group 2")).unwrap();
    fs::write(&right, IOS).unwrap();
    let say = |more: &[&str]| {
        let output = run(&[&["predict", &left, &right], more].concat());
        assert_eq!(code(&output), 1, "{output:?}");
        stdout(&output)
    };
    let github = say(&["--format", "github"]);
    let error = format!(
        "::error file={left},line=13::hq calls branch: stalls  MM_WAIT_MSG2 / NONE, policy-mismatch: group 2 here, group 14 on the other side"
    );
    assert!(github.lines().any(|line| line == error) && github.matches("::error").count() == 4, "{github}");
    let junit = say(&["--format", "junit"]);
    assert!(junit.contains("tests=\"2\" failures=\"2\"") && junit.contains("policy-mismatch"), "{junit}");
    let human = say(&["--html", &page]);
    let page = fs::read_to_string(&page).unwrap();
    assert!(
        page.contains("group 14")
            && page.contains("data-ladder")
            && !page.replace("href=\"https://www.rfc-editor.org/rfc/rfc", "").contains("href=\"http")
            && !page.contains("src="),
        "{page}"
    );
    for text in [github, junit, human, page] {
        assert!(!text.contains("sesam"), "{text}");
    }
}

/// One device of several, by its name; a name that is not there is told with those that are.
#[test]
fn devices_are_chosen_by_name() {
    let folder = scratch("predict-hosts");
    let [both, right] = ["both.txt", "branch.txt"].map(|name| folder.join(name).to_str().unwrap().to_owned());
    fs::write(
        &both,
        format!("{ASA}{}", ASA.replace("hostname hq", "hostname other").replace("group 14", "group 5")),
    )
    .unwrap();
    fs::write(&right, IOS).unwrap();
    for (host, expected) in [("hq", 0), ("other", 1)] {
        assert_eq!(code(&run(&["predict", &both, &right, "--left-host", host])), expected, "{host}");
    }
    let output = run(&["predict", &both, &right, "--left-host", "nobody"]);
    assert!(code(&output) == 2 && stderr(&output).contains("it has: hq, other"), "{output:?}");
    let output = run(&["predict", &both, "--right-host", "hq"]);
    assert!(code(&output) == 2 && stderr(&output).contains("second path"), "{output:?}");
    let output =
        run(&["predict", &both, &right, "--left-format", "ios", "--left-host", "hq", "--format", "json"]);
    assert_ne!(code(&output), 0, "an ASA read as IOS: {output:?}");
}

/// A line that could not be read may be the one that mends it: no verdict, and a caret.
#[test]
fn a_line_that_cannot_be_read_leaves_it_open() {
    let (code, verdict, human) = pair("predict-unread", ASA, &IOS.replace("group 14", "group 24"));
    assert_eq!((code, verdict["verdict"].as_str()), (4, Some("unverifiable")), "{verdict:#}");
    assert!(human.contains("6 | group 24") && human.contains("^^"), "{human}");
    assert!(human.contains("allowed: 1, 2, 5, 14 to 21, 31"), "{human}");
}

const PEERS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/peers");

/// swanctl.conf against libreswan's ipsec.conf: what either side changes is found, with the line in the file where it stands.
#[test]
fn daemons_files_fit_or_are_found_not_to() {
    let [moon, sun, secrets] = ["moon.swanctl.conf", "sun.ipsec.conf", "sun.ipsec.secrets"]
        .map(|name| fs::read_to_string(Path::new(PEERS).join(name)).unwrap());
    let cases = [
        ("", "", 0, "", ""),
        ("aes256-sha256-modp2048", "aes128-sha1-modp2048", 1, "policy-mismatch", "moon.swanctl.conf"),
        ("sha2_256-modp2048", "sha2_256-modp4096", 1, "policy-mismatch", "sun.ipsec.conf"),
        ("open sesame\"\n", "open Sesame\"\n", 1, "psk-mismatch", "sun.ipsec.secrets"),
        ("rightid=@moon", "rightid=@mars", 1, "", "sun.ipsec.conf"),
        (
            "    esp_proposals = aes256-sha256\n",
            "    esp_proposals = aes128-sha256\n",
            1,
            "transform-mismatch",
            "moon.swanctl.conf",
        ),
        ("= aes256-sha256-modp2048", "= aes256gcm16-prfsha256-modp2048", 1, "", "moon.swanctl.conf"),
    ];
    for (n, (from, to, expected, cause, file)) in cases.into_iter().enumerate() {
        let folder = scratch(&format!("predict-daemons-{n}"));
        for (name, text) in
            [("moon.swanctl.conf", &moon), ("sun.ipsec.conf", &sun), ("sun.ipsec.secrets", &secrets)]
        {
            // A change of the key is one side's alone.
            let changed = if cause == "psk-mismatch" && name.starts_with("moon") {
                text.clone()
            } else {
                text.replace(from, to)
            };
            fs::write(folder.join(name), if from.is_empty() { text } else { &changed }).unwrap();
        }
        let (code, verdict) = predicted(&[&folder]);
        assert_eq!(code, expected, "{to}: {verdict:#}");
        let causes: Vec<&str> =
            verdict["directions"].as_array().unwrap().iter().filter_map(|d| d["cause"].as_str()).collect();
        assert!(cause.is_empty() || causes.contains(&cause), "{to}: {causes:?}");
        assert!(
            verdict.to_string().contains(file) && !verdict.to_string().to_lowercase().contains("sesame"),
            "{verdict:#}"
        );
    }
}

/// Without its secrets a daemon's key is not known, which is no stall.
#[test]
fn secrets_that_are_not_there_leave_it_open() {
    let folder = scratch("predict-no-secrets");
    for name in ["moon.swanctl.conf", "sun.ipsec.conf"] {
        fs::copy(Path::new(PEERS).join(name), folder.join(name)).unwrap();
    }
    let (code, verdict) = predicted(&[&folder]);
    assert_eq!((code, verdict["verdict"].as_str()), (4, Some("unverifiable")), "{verdict:#}");
    assert_eq!(verdict["directions"][0]["otherwise"], "MM_WAIT_MSG6 / MM_WAIT_MSG5");
}

/// The project's own expected result says ESTABLISHED on both sides.
#[test]
fn strongswans_own_pair_comes_up() {
    let Some(folder) = shared("strongswan-net2net-psk") else { return };
    let (code, verdict) = predicted(&[&folder]);
    assert_eq!((code, verdict["directions"].as_array().unwrap().len()), (0, 2), "{verdict:#}");
}

#[test]
fn nothing_to_predict_is_said() {
    let folder = scratch("predict-nothing");
    let file = folder.join("empty.txt");
    fs::write(&file, "hello\n").unwrap();
    let output = run(&["predict", file.to_str().unwrap()]);
    assert!(code(&output) == 2 && stderr(&output).contains("no device here has a peer"), "{output:?}");
    let helps: Vec<String> = stderr(&output).lines().skip(1).map(str::to_owned).collect();
    assert!(helps.len() == 2 && helps[1].contains("empty.txt: no line of a format known"), "{helps:?}");
}

/// The line with the peer may be the very one that no device would take: it is named, without its key.
#[test]
fn a_line_that_no_device_takes_is_named_where_nothing_else_is() {
    let folder = scratch("predict-refused-line");
    for (text, said) in [
        (
            "hostname r1\ncrypto isakmp key s3cret\n",
            ":2: a key without an address; allowed: crypto isakmp key",
        ),
        ("hostname r1\ncrypto isakmp policy abc\n", ":2: `abc` is no policy number; allowed: 1 to 65535"),
        ("ASA Version 9.8(2)\ncrypto ikev1 policy 0\n", ":2: `0` is no policy number"),
    ] {
        let file = folder.join("refused.cfg");
        fs::write(&file, text).unwrap();
        let output = run(&["predict", file.to_str().unwrap()]);
        let told = stderr(&output);
        assert!(code(&output) == 2 && told.contains(said) && !told.contains("s3cret"), "{text}: {told}");
    }
}
