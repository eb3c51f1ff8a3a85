//! `predict` over both phases: every single change of a pair that passes, and pairs whose authors saw what became of them.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::{code, run, say, scratch, stdout};

const ASA: &str = "hostname hq\ninterface GigabitEthernet0/0\n nameif outside\n ip address 203.0.113.1 255.255.255.0\n\
access-list vpn extended permit ip 10.1.0.0 255.255.255.0 10.2.0.0 255.255.255.0\n\
crypto ipsec ikev1 transform-set strong esp-aes-256 esp-sha-hmac\n\
crypto map outside_map 10 match address vpn\ncrypto map outside_map 10 set peer 198.51.100.1\n\
crypto map outside_map 10 set pfs group14\ncrypto map outside_map 10 set ikev1 transform-set strong\n\
crypto map outside_map interface outside\n\
crypto ikev1 enable outside\ncrypto ikev1 policy 10\n authentication pre-share\n encryption aes-256\n hash sha\n group 14\n lifetime 86400\n\
tunnel-group 198.51.100.1 type ipsec-l2l\ntunnel-group 198.51.100.1 ipsec-attributes\n ikev1 pre-shared-key open-sesame\n";

const IOS: &str = "hostname branch\ncrypto isakmp policy 5\n encr aes 256\n hash sha\n authentication pre-share\n group 14\n lifetime 3600\n\
crypto isakmp key open-sesame address 203.0.113.1\ncrypto ipsec transform-set TS esp-aes 256 esp-sha-hmac\n mode tunnel\n\
crypto map m 1 ipsec-isakmp\n set peer 203.0.113.1\n set transform-set TS\n set pfs group14\n match address 101\n\
interface GigabitEthernet0/0\n ip address 198.51.100.1 255.255.255.0\n crypto map m\n\
access-list 101 permit ip 10.2.0.0 0.0.0.255 10.1.0.0 0.0.0.255\n";

/// The ASA's call and the IOS router's: verdict and cause, then the whole text for people and the exit code.
fn judged(name: &str, files: [(&str, &str); 2], more: &[&str]) -> ([(String, String); 2], String, i32) {
    let folder = scratch(name);
    let paths = files.map(|(file, text)| {
        let path = folder.join(file);
        fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    });
    // Of the daemons; beside a Cisco file it is none's.
    fs::write(folder.join("sun.secrets"), "198.51.100.2 192.0.2.1 : PSK \"open\"\n").unwrap();
    let args = [&["predict", &paths[0], &paths[1]][..], more].concat();
    let human = run(&args);
    let json = run(&[&args[..], &["--format", "json"]].concat());
    assert_eq!(code(&human), code(&json), "{name}");
    let json: Value = serde_json::from_str(&stdout(&json)).unwrap();
    let said = |from: &str| {
        let all = json["directions"].as_array().unwrap();
        let one = all.iter().find(|direction| direction["from_file"].as_str().unwrap().ends_with(from));
        let one = one.unwrap_or_else(|| panic!("{name}: {json:#}"));
        let word = |key: &str| one[key].as_str().unwrap_or("").to_owned();
        (word("verdict"), word("cause"))
    };
    (files.map(|(file, _)| said(file)), stdout(&human), code(&human))
}

/// Which file, what stands there, what it becomes, what becomes of the ASA's call and of the router's, and what is said.
type Change<'c> = (&'c str, &'c str, &'c str, [&'c str; 2], &'c [&'c str]);

const PASSES: &str = "passes phase 2";
const TRANSFORM: &str = "phase 2 refused transform-mismatch";
const PFS: &str = "phase 2 refused pfs-mismatch";
const PROXY: &str = "phase 2 refused proxy-mismatch";
const INCOMPLETE: &str = "phase 2 refused crypto-map-incomplete";
const NEVER: &str = "never started crypto-map-incomplete";

const CHANGES: &[Change<'_>] = &[
    (
        "",
        "",
        "",
        [PASSES, PASSES],
        &["children: 1 of 1", "the smaller ones count, no fault", "no line of hq routes 10.2.0.0/24"],
    ),
    (
        "ios",
        "esp-aes 256",
        "esp-aes",
        [TRANSFORM, TRANSFORM],
        &["set ikev1 transform-set strong", "set transform-set TS"],
    ),
    (
        "ios",
        "256 esp-sha-hmac",
        "256 esp-sha256-hmac",
        [TRANSFORM, TRANSFORM],
        &["transform-set PEER esp-aes 256 esp-sha-hmac"],
    ),
    ("ios", " mode tunnel", " mode transport", [TRANSFORM, TRANSFORM], &["mode transport", "(tunnel mode)"]),
    // What an ASA or a router has no PFS for it takes with any group.
    ("ios", " set pfs group14\n", "", [PASSES, PFS], &["(no PFS)", "crypto map m 1", " set pfs group14"]),
    (
        "asa",
        "crypto map outside_map 10 set pfs group14\n",
        "",
        [PFS, PASSES],
        &["crypto map outside_map 10 set pfs group14"],
    ),
    ("ios", "set pfs group14", "set pfs group5", [PFS, PFS], &["crypto map m 1", " set pfs group14"]),
    (
        "ios",
        "10.1.0.0 0.0.0.255",
        "10.3.0.0 0.0.0.255",
        [PROXY, PROXY],
        &[
            "access-list vpn extended permit ip 10.1.0.0 255.255.255.0 10.2.0.0 255.255.255.0",
            "access-list 101 permit ip 10.2.0.0 0.0.0.255 10.3.0.0 0.0.0.255",
            " permit ip 10.2.0.0 0.0.0.255 10.1.0.0 0.0.0.255",
        ],
    ),
    // A part of the other side's line is taken one way.
    (
        "ios",
        "10.1.0.0 0.0.0.255",
        "10.1.0.0 0.0.255.255",
        [PASSES, PROXY],
        &["extended permit ip 10.1.0.0 255.255.0.0 10.2.0.0"],
    ),
    ("ios", " match address 101\n", "", [INCOMPLETE, NEVER], &["crypto map m 1", "match address"]),
    (
        "ios",
        " match address 101",
        " match address 102",
        [INCOMPLETE, NEVER],
        &["ip access-list extended 102", "permit ip <own network>"],
    ),
    ("ios", " set transform-set TS\n", "", [INCOMPLETE, NEVER], &["set transform-set <name>"]),
    (
        "ios",
        " crypto map m\n",
        "",
        ["phase 1 stalls map-unbound", "never started map-unbound"],
        &["set peer 203.0.113.1"],
    ),
    (
        "ios",
        "open-sesame",
        "open-sesamE",
        ["phase 1 stalls psk-mismatch", "phase 1 stalls psk-mismatch"],
        &[],
    ),
    (
        "ios",
        "TS\n set pfs",
        "TS\n set security-association lifetime seconds 900\n set pfs",
        [PASSES, PASSES],
        &["branch has 900 s"],
    ),
];

#[test]
fn every_change_is_found_in_the_devices_own_words() {
    for (n, (side, from, to, expected, parts)) in CHANGES.iter().enumerate() {
        let changed =
            |own: &str, text: &str| if *side == own { text.replace(from, to) } else { text.to_owned() };
        let (asa, ios) = (changed("asa", ASA), changed("ios", IOS));
        assert!(side.is_empty() || asa != ASA || ios != IOS, "{from} is nowhere");
        let name = format!("predict-phase2-{n}");
        let (said, human, code) = judged(&name, [("hq.txt", &asa), ("branch.cfg", &ios)], &[]);
        let said = said.map(|(verdict, cause)| format!("{verdict} {cause}").trim().to_owned());
        assert_eq!(said, *expected, "{to}: {human}");
        assert_eq!(code, i32::from(*expected != [PASSES, PASSES]), "{to}");
        for part in *parts {
            assert!(human.contains(part), "{to}: {part}: {human}");
        }
    }
}

/// `--phase 1`, and files that do not show phase 2, are judged by phase 1 alone.
#[test]
fn phase_1_alone_where_it_is_asked_for_or_all_there_is() {
    let refused = IOS.replace("esp-aes 256", "esp-aes");
    let (said, _, code) =
        judged("predict-phase-1", [("hq.txt", ASA), ("branch.cfg", &refused)], &["--phase", "1"]);
    assert_eq!((said.map(|(verdict, _)| verdict), code), (["up", "up"].map(str::to_owned), 0));
    let excerpt = IOS.split("crypto ipsec").next().unwrap().to_owned()
        + "crypto map m 1 ipsec-isakmp\n set peer 203.0.113.1\n match address 101\ninterface Gi0\n ip address 198.51.100.1 255.255.255.0\n crypto map m\n";
    let (said, human, code) = judged("predict-excerpt", [("hq.txt", ASA), ("branch.cfg", &excerpt)], &[]);
    assert_eq!((said.map(|(verdict, _)| verdict), code), (["up", "up"].map(str::to_owned), 0), "{human}");
    assert!(human.contains("Phase 2 is not judged."), "{human}");
}

/// A line of a crypto access list that could not be read, a transform that is not simulated: it is not judged.
#[test]
fn what_is_not_simulated_is_no_verdict() {
    let gmac = IOS.replace("esp-aes 256 esp-sha-hmac", "esp-gmac 256");
    let (said, human, code) = judged("predict-gmac", [("hq.txt", ASA), ("branch.cfg", &gmac)], &[]);
    assert_eq!((said.map(|(verdict, _)| verdict), code), (["up", "up"].map(str::to_owned), 0), "{human}");
    assert!(human.contains("`esp-gmac` is not simulated"), "{human}");
}

const MOON: &str = "connections {\n sun {\n  version = 1\n  local_addrs = 192.0.2.1\n  remote_addrs = 198.51.100.2\n  proposals = aes256-sha256-modp2048\n\
  local {\n   auth = psk\n  }\n  remote {\n   auth = psk\n  }\n  children {\n   net {\n    local_ts = 10.1.0.0/16\n    remote_ts = 10.2.0.0/16\n    esp_proposals = aes256-sha256\n   }\n  }\n }\n}\nsecrets {\n ike-1 {\n  secret = \"open\"\n }\n}\n";
const SUN: &str = "config setup\n\tikev1-policy=accept\nconn moon\n\tkeyexchange=ikev1\n\tauthby=secret\n\tleft=198.51.100.2\n\tright=192.0.2.1\n\tike=aes256-sha2_256;modp2048\n\
\tphase2alg=aes256-sha2_256\n\tpfs=no\n\tleftsubnet=10.2.0.0/16\n\trightsubnet=10.1.0.0/16\n\tauto=add\n";

/// charon narrows and takes no PFS that it has not, pluto takes any group and no other proxies: as they were recorded.
#[test]
fn daemons_are_judged_by_what_they_were_seen_to_do() {
    let changes = [
        ("", "", "", [PASSES, PASSES]),
        ("sun", "phase2alg=aes256", "phase2alg=aes128", [TRANSFORM, TRANSFORM]),
        ("sun", "pfs=no", "pfs=yes", ["phase 2 refused pfs-mismatch", "phase 2 refused pfs-mismatch"]),
        ("moon", "esp_proposals = aes256-sha256", "esp_proposals = aes256-sha256-modp2048", [PASSES, PFS]),
        ("sun", "rightsubnet=10.1.0.0/16", "rightsubnet=10.1.7.0/24", [PROXY, PASSES]),
        ("sun", "rightsubnet=10.1.0.0/16", "rightsubnet=10.7.0.0/16", [PROXY, PROXY]),
        ("sun", "\tauto=add", "\ttype=transport\n\tauto=add", [PASSES, TRANSFORM]),
    ];
    for (n, (side, from, to, expected)) in changes.into_iter().enumerate() {
        let changed =
            |own: &str, text: &str| if side == own { text.replace(from, to) } else { text.to_owned() };
        let name = format!("predict-phase2-daemons-{n}");
        let files = [("moon.conf", changed("moon", MOON)), ("sun.conf", changed("sun", SUN))];
        let files = [(files[0].0, files[0].1.as_str()), (files[1].0, files[1].1.as_str())];
        let (said, human, _) = judged(&name, files, &["--right-format", "libreswan"]);
        let said = said.map(|(verdict, cause)| format!("{verdict} {cause}").trim().to_owned());
        assert_eq!(said, expected, "{to}: {human}");
    }
}

/// One file: what it lacks is certain, whoever the peer is.
#[test]
fn one_side_alone() {
    let cases = [
        ("hostname hq", "hostname hq", 4, "no device here has this address"),
        ("crypto map outside_map 10 match address vpn\n", "", 1, "no `match address`"),
        ("match address vpn", "match address vpm", 1, "what `match address` names is not in the file"),
        ("set ikev1 transform-set strong", "set ikev1 transform-set stronk", 1, "no `set transform-set`"),
        ("crypto map outside_map 10 set peer 198.51.100.1\n", "", 1, "no `set peer`"),
        ("crypto map outside_map interface outside\n", "", 1, "map-unbound"),
    ];
    for (n, (from, to, expected, part)) in cases.into_iter().enumerate() {
        let path = scratch(&format!("predict-alone-{n}")).join("hq.txt");
        fs::write(&path, ASA.replace(from, to)).unwrap();
        let output = run(&["predict", path.to_str().unwrap()]);
        assert_eq!(code(&output), expected, "{from}: {output:?}");
        assert!(stdout(&output).contains(part), "{from}: {}", stdout(&output));
    }
}

/// What the authors of these pairs saw.
#[test]
fn pairs_from_the_field_end_as_their_authors_saw() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/field/phase2");
    if !folder.exists() {
        return say("predict: pairs of both phases skipped, ../shared is absent");
    }
    let pairs = [
        ("01-ios-ios-good-l2l", "a.cfg", "b.cfg", PASSES),
        ("02-ios-ios-no-return-route", "a.cfg", "b.cfg", PASSES),
        ("04-ios-ios-no-acl-line-for-peer", "a.cfg", "b-bad.cfg", PROXY),
        ("04-ios-ios-no-acl-line-for-peer", "a.cfg", "b-good.cfg", PASSES),
        ("06-ios-missing-psk", "a.cfg", "b.cfg", "never started missing-tunnel-group"),
        ("08-asa-strongswan-good", "b.conf", "a.cfg", PASSES),
        ("09-asa-static-dynamic-good-one-way", "b.cfg", "a.cfg", PASSES),
        ("11-asa-ios-good-kb-lifetime-differs", "a.cfg", "b.cfg", PASSES),
        ("13-asa-openswan-proposal-and-proxy", "b.conf", "a.cfg", "phase 1 stalls policy-mismatch"),
        ("15-ios-ios-pfs-both-good", "a.cfg", "b.cfg", PASSES),
        ("17-ios-ios-vti-good", "a.cfg", "b.cfg", PASSES),
    ];
    for (name, caller, called, expected) in pairs {
        let [from, to] =
            [caller, called].map(|file| folder.join(name).join(file).to_str().unwrap().to_owned());
        let output = run(&["predict", &from, &to, "--format", "json"]);
        let verdict: Value = serde_json::from_str(&stdout(&output)).unwrap();
        let mut calls =
            verdict["directions"].as_array().unwrap().iter().filter(|d| d["from_file"] == from.as_str());
        let call = calls.next().unwrap_or_else(|| panic!("{name}: {verdict:#}"));
        let cause = call["cause"].as_str().unwrap_or("");
        let said = format!("{} {cause}", call["verdict"].as_str().unwrap());
        assert_eq!(said.trim(), expected, "{name}: {verdict:#}");
    }
    let files = ["a.cfg", "b.cfg"].map(|file| folder.join("02-ios-ios-no-return-route").join(file));
    let human = stdout(&run(&["predict", files[0].to_str().unwrap(), files[1].to_str().unwrap()]));
    assert!(
        human.contains("no line of Hub-RTR routes 192.168.1.0/24") && !human.contains("of spoke1 routes"),
        "{human}"
    );
    let alone = folder.join("07-asa-asa-map-name-typo/a.cfg");
    let output = run(&["predict", alone.to_str().unwrap()]);
    assert_eq!(code(&output), 1);
    assert!(
        stdout(&output)
            .contains("crypto map filalmap 30: never started  crypto-map-incomplete: no `match address`")
    );
}
