//! `ikesim diagnose`: captures of every scenario, from both sides and from one, get the run's own states and cause;
//! captures that others made get what is known of them; whatever else a file holds is said plainly.

use std::fs;
use std::path::{Path, PathBuf};

use capture::Capture;
use diagnose::captures::{Findings, GivenKeys, Judgement, Left, Sure, judge};
use ike::{Powers, Role};
use report::Report;
use scenario::Scenario;
use serde_json::Value;
use sim::{Cause, Outcome, Verdict};

use crate::{code, feed, ikesim, run, say, scratch, stderr, stdout};

/// Captures of both sides in which the run's own cause is among those named, and not the first: what makes
/// the difference is not on the wire.
const NOT_FIRST: [(&str, &str); 10] = [
    ("aggressive_drop_am1", "a lost AM1 looks like a filter, a wrong address or a dead peer"),
    ("aggressive_drop_am2", "one lost AM2 after the other looks like a filter"),
    (
        "aggressive_mode_disabled",
        "AM1 arrives and nothing answers: no group, no key or IKE off look the same",
    ),
    ("drop_msg1", "a lost MSG1 looks like a filter, a wrong address or a dead peer"),
    ("drop_msg2", "one lost MSG2 after the other looks like a filter"),
    ("ios_missing_key", "MSG1 arrives and nothing answers, so the responder's vendor is not known"),
    ("missing_psk", "a group without a key and no group at all look the same"),
    ("peer_down", "a dead peer looks like a filter"),
    ("udp500_blocked", "a filter looks like a missing route"),
    ("wrong_peer_address", "an address that nobody has looks like a filter"),
];

/// Every scenario below `scenarios/`, by name.
fn scenarios() -> Vec<(String, Scenario)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let mut paths: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
    paths.sort();
    let read = |path: PathBuf| {
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let scenario = Scenario::parse(&name, &fs::read_to_string(&path).unwrap()).unwrap();
        (name, scenario)
    };
    paths.into_iter().map(read).collect()
}

/// The capture that `run --pcap` writes, what it saw at one interface alone, and the truth.
fn captured(scenario: &Scenario) -> (Capture, [Capture; 2], Outcome, Option<Cause>) {
    let (trace, outcome) = sim::run(&scenario.setup, &Powers::new(64));
    let whole = capture::read(&report::pcapng(&scenario.setup, &trace)).unwrap();
    let only = [0, 1].map(|interface| {
        let mut datagrams = whole.datagrams.clone();
        datagrams.retain(|datagram| datagram.interface == interface);
        Capture { datagrams, ..whole.clone() }
    });
    let report = Report::new(scenario.clone(), (trace, outcome.clone()), None);
    (whole, only, outcome, report.diagnosis.first().map(|first| first.cause))
}

/// The negotiation that the capture is about: a damaged cookie can make another.
fn main_one<'f, 'c>(findings: &'f Findings<'c>) -> Option<&'f Judgement<'c>> {
    findings.judgements.iter().max_by_key(|judgement| judgement.negotiation.emissions.len())
}

/// The state is the run's, or plainly not visible.
fn is_right(left: &Left, outcome: &Outcome, role: Role) -> bool {
    let truth = outcome.peers[role].state;
    match left.state {
        Some(state) => state == truth,
        None => left.sure == Sure::NotVisible && left.possible.contains(&truth),
    }
}

fn states(judgement: &Judgement<'_>) -> String {
    let [i, r] = Role::BOTH.map(|role| {
        let left = &judgement.sides[role];
        format!("{:?} {:?}", left.state.map(sim::state_name), left.possible)
    });
    format!("{i} / {r}, {:?}", judgement.causes.iter().map(|one| one.cause.name()).collect::<Vec<_>>())
}

/// States right; the cause among those named; what would decide is another thing for each.
fn check(place: &str, judgement: &Judgement<'_>, outcome: &Outcome, cause: Option<Cause>) {
    for role in Role::BOTH {
        assert!(is_right(&judgement.sides[role], outcome, role), "{place}: {role}: {}", states(judgement));
    }
    let named: Vec<Cause> = judgement.causes.iter().map(|one| one.cause).collect();
    match cause {
        Some(cause) => assert!(named.contains(&cause), "{place}: {cause} is missing: {}", states(judgement)),
        None => assert!(named.is_empty(), "{place}: {}", states(judgement)),
    }
    let up = judgement.verdict == diagnose::captures::CaptureVerdict::Established;
    assert_eq!(up, outcome.verdict == Verdict::Established, "{place}: {:?}", judgement.verdict);
    let mut decides: Vec<String> =
        judgement.causes.iter().filter_map(|one| one.decides.as_ref()).map(report::observation).collect();
    decides.sort_unstable();
    decides.dedup();
    assert_eq!(decides.len(), named.len(), "{place}: two causes are told apart by the same thing");
}

#[test]
fn every_scenario_is_diagnosed_from_its_captures() {
    let (mut first, mut blind) = (0, 0);
    let all = scenarios();
    let mut judged = all.len();
    for (name, scenario) in &all {
        let (whole, only, outcome, cause) = captured(scenario);
        // Of a capture phase 1 alone is judged: what failed behind it is sealed, and no cause of phase 2 is named yet.
        if outcome.phase_2.is_some() && !outcome.works() {
            judged -= 1;
            continue;
        }
        let mut is_first = false;
        for (view, captures) in [("one file", vec![whole]), ("two files", only.to_vec())] {
            let place = format!("{name}, both sides in {view}");
            let findings = judge(&captures, &GivenKeys::default());
            let judgement = main_one(&findings).unwrap_or_else(|| panic!("{place}: nothing found"));
            check(&place, judgement, &outcome, cause);
            is_first = judgement.causes.first().map(|one| one.cause) == cause;
        }
        let listed = NOT_FIRST.iter().any(|(known, _)| known == name);
        assert_eq!(is_first, !listed, "{name}: NOT_FIRST is not up to date");
        first += usize::from(is_first);
        for (side, capture) in only.into_iter().enumerate() {
            let captures = [capture];
            let findings = judge(&captures, &GivenKeys::default());
            match main_one(&findings) {
                Some(judgement) => {
                    check(&format!("{name}, interface {side} alone"), judgement, &outcome, cause);
                }
                None => blind += 1,
            }
        }
    }
    say(&format!(
        "diagnose: {first} of {judged} scenarios get their cause first from both sides' captures; {blind} one-sided captures are empty"
    ));
}

#[test]
fn what_one_side_cannot_tell_apart_its_capture_names_in_the_same_order() {
    let mut compared = 0;
    for (name, scenario) in &scenarios() {
        let (_, only, outcome, _) = captured(scenario);
        if outcome.phase_2.is_some() && !outcome.works() {
            continue;
        }
        for (role, capture) in Role::BOTH.into_iter().zip(only) {
            let run = sim::run(&scenario.setup, &Powers::new(64));
            let seen: Vec<Cause> = Report::new(scenario.clone(), run, Some(role))
                .diagnosis
                .iter()
                .map(|one| one.cause)
                .collect();
            let captures = [capture];
            let findings = judge(&captures, &GivenKeys::default());
            let Some(judgement) = main_one(&findings) else { continue };
            let mut named: Vec<Cause> = judgement.causes.iter().map(|one| one.cause).collect();
            named.retain(|cause| seen.contains(cause));
            assert_eq!(named, seen, "{name}, {role}");
            compared += 1;
        }
    }
    assert!(compared > 60, "{compared}");
}

/// `../shared`; says so where it is absent.
pub fn shared(what: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared");
    if !path.is_dir() {
        say(&format!("{what}: skipped, ../shared is absent"));
        return None;
    }
    Some(path)
}

fn objects(args: &[&str]) -> Vec<Value> {
    let output = ikesim().arg("diagnose").args(args).args(["--format", "json"]).output().unwrap();
    let all: Vec<Value> = stdout(&output).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(code(&output), crate::undecided(&all), "{args:?}: {}", stderr(&output));
    all
}

/// Handshakes of real daemons: all up, with the right mode, roles and vendors.
#[test]
fn golden_handshakes_are_established() {
    let Some(shared) = shared("diagnose golden handshakes") else { return };
    let mut count = 0;
    for entry in fs::read_dir(shared.join("golden")).unwrap() {
        let folder = entry.unwrap().path();
        let file = folder.join("wire.pcap");
        if !file.is_file() {
            continue;
        }
        count += 1;
        let name = folder.file_name().unwrap().to_str().unwrap().to_owned();
        let found = objects(&[file.to_str().unwrap()]);
        assert_eq!(found.len(), 1, "{name}");
        let of = |side: &str| found[0][side]["vendor"]["profile"].as_str().unwrap_or_default().to_owned();
        let vendor = |libreswan| if libreswan { "libreswan" } else { "strongswan" };
        let expected = (
            "established",
            if name.starts_with("mm-") { "main" } else { "aggressive" },
            vendor(name.contains("-libreswan-to-charon")),
            vendor(name.contains("-charon-to-libreswan")),
        );
        let got = (found[0]["outcome"].as_str().unwrap(), found[0]["mode"].as_str().unwrap());
        assert_eq!((got.0, got.1, of("initiator").as_str(), of("responder").as_str()), expected, "{name}");
        let nat = found[0]["nat"]["initiator"] == true || found[0]["nat"]["responder"] == true;
        assert_eq!(nat, name.ends_with("nat-t"), "{name}: NAT");
    }
    assert!(count >= 47, "{count} golden handshakes");
}

/// Captures of IOS, Openswan, strongSwan; damaged ones.
#[test]
fn captures_of_others_are_judged() {
    let Some(shared) = shared("diagnose captures of others") else { return };
    for entry in fs::read_dir(shared.join("vectors/pcap")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.to_str().unwrap();
        if name.ends_with(".pcap") || name.ends_with(".pcapng") || name.ends_with(".gz") {
            let found = objects(&[name]);
            assert_eq!((found.len(), found[0]["outcome"].as_str()), (1, Some("established")), "{name}");
        }
    }
    for entry in fs::read_dir(shared.join("vectors/malformed")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.to_str().unwrap();
        // A datagram whose length says more than there is cannot be told from one that was cut: it leaves the verdict open.
        if name.ends_with("isakmp-delete-segfault.pcap") {
            assert_eq!(code(&run(&["diagnose", name])), 4, "{name}");
        } else if name.ends_with(".pcap") || name.ends_with(".pcapng") {
            objects(&[name]);
        }
    }
}

/// Aggressive Mode's hashes need the key alone, Main Mode's a key line too. No key is shown.
#[test]
fn candidates_for_the_key_are_checked() {
    let Some(shared) = shared("diagnose key candidates") else { return };
    let folder = scratch("diagnose-keys");
    let file = |name: &str, text: &str| {
        let path = folder.join(name);
        fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let (right, wrong) = (file("right.txt", "XMd3azP95q\n"), file("wrong.txt", "XMd3azP95q \n"));
    let aggressive = shared.join("vectors/pcap/strongswan-am-psk-1.pcapng");
    let notes = |found: &[Value]| found[0]["notes"].to_string();
    let found = objects(&[aggressive.to_str().unwrap(), "--psk-file", &right, "--psk-file", &wrong]);
    assert!(notes(&found).contains("right.txt: frame 2: the responder's HASH verified"), "{}", notes(&found));
    assert!(notes(&found).contains("wrong.txt: frame 2: the responder's HASH wrong"), "{}", notes(&found));
    assert!(!notes(&found).contains("XMd3"), "a key is shown");
    let main = shared.join("golden/mm-aes256-sha256-modp2048");
    let vector: Value = serde_json::from_str(&fs::read_to_string(main.join("vector.json")).unwrap()).unwrap();
    let text = |name: &str| vector[name].as_str().map_or_else(|| vector[name].to_string(), str::to_owned);
    let (key, line) = (folder.join("main.txt"), folder.join("line.txt"));
    fs::write(&key, text("psk")).unwrap();
    fs::write(
        &line,
        format!(
            "{},{}\n",
            &text("list_sas").split("IKEv1, ").nth(1).unwrap()[..16],
            vector["keys_initiator"]["enc_key"].as_str().unwrap()
        ),
    )
    .unwrap();
    let [wire, key, line] = [main.join("wire.pcap"), key, line].map(|path| path.to_str().unwrap().to_owned());
    let found = objects(&[&wire, "--psk-file", &key]);
    assert!(notes(&found).contains("could not be checked"), "{}", notes(&found));
    let found = objects(&[&wire, "--psk-file", &key, "--keys", &line]);
    for side in ["initiator", "responder"] {
        assert!(notes(&found).contains(&format!("the {side}'s HASH verified")), "{}", notes(&found));
    }
}

#[test]
fn what_is_no_capture_is_said() {
    let output = feed(&["diagnose", "-"], b"");
    assert_eq!(code(&output), 2, "an empty file");
    let output = feed(&["diagnose", "-"], b"hello, this is text\n");
    assert_eq!(code(&output), 2, "a text file");
    assert!(stderr(&output).contains("neither a pcap nor a pcapng file"));
    assert_eq!(code(&run(&["diagnose", "no-such.pcap"])), 3);
    assert_eq!(code(&run(&["diagnose"])), 2);
    assert_eq!(code(&run(&["diagnose", "a", "b", "c"])), 2);
    assert_eq!(code(&run(&["diagnose", "-", "-"])), 2);
}

/// Faults that look unlike from one vendor to the next.
const FAULTS: [&str; 8] = [
    "kind = 'psk-mismatch'",
    "kind = 'missing-tunnel-group'",
    "kind = 'policy-mismatch'\nattribute = 'authentication'",
    "kind = 'identity-mismatch'",
    "kind = 'identity-mismatch'\nat = 'initiator'",
    "kind = 'peer-down'\nfrom = '35ms'",
    "kind = 'nat'\n[[fault]]\nkind = 'block-port'\nport = 4500",
    "kind = 'corrupt'\nmessage = 1\nbyte = 0\ntimes = 'all'",
];

/// Initiators and responders of different vendors, from both sides and from one. Where nothing more comes after the
/// last message, the capture ends too early to tell: pluto answers AM3 with silence, whatever it is.
#[test]
fn faults_between_vendors_are_diagnosed() {
    let mut count = 0;
    for fault in FAULTS {
        for (mode, pairs) in [
            ("main", [("asa", "strongswan"), ("libreswan", "ios"), ("strongswan", "libreswan")]),
            ("aggressive", [("asa", "strongswan"), ("libreswan", "ios"), ("ios", "asa")]),
        ] {
            for (i, r) in pairs {
                let text = format!(
                    "mode = '{mode}'\nconfirm = false\n[initiator]\nprofile = '{i}'\n[responder]\nprofile = '{r}'\n[[fault]]\n{fault}\n"
                );
                let scenario = Scenario::parse("vendors", &text).unwrap();
                let (_, only, outcome, cause) = captured(&scenario);
                let [left, right] = only.clone();
                for (view, captures) in [("both", only.to_vec()), ("I", vec![left]), ("R", vec![right])] {
                    let findings = judge(&captures, &GivenKeys::default());
                    let place = format!("{mode} {i} to {r}, {}, seen by {view}", fault.replace('\n', " "));
                    if let Some(judgement) = main_one(&findings) {
                        check(&place, judgement, &outcome, cause);
                        count += 1;
                    }
                }
            }
        }
    }
    say(&format!("diagnose: {count} captures of faults between vendors"));
}

/// The captures of field reports: every negotiation of many, ICMP as evidence, two hosts with cookies alike.
#[test]
fn captures_from_the_field_are_judged() {
    let Some(shared) = shared("diagnose field captures") else { return };
    let file = |name: &str| shared.join("field").join(name).to_str().unwrap().to_owned();
    let many = file("captures/c65.pcap");
    assert_eq!(objects(&[&many]).len(), 66);
    let html = scratch("diagnose-field").join("c65.html");
    let output = run(&["diagnose", &many, "--html", html.to_str().unwrap()]);
    assert_eq!(stdout(&output).matches("\n   outcome    ").count(), 66);
    let page = fs::read_to_string(html).unwrap();
    assert!(page.contains("10.0.0.66") && page.contains("<h2>66</h2>"));
    let closed = objects(&[&file("captures/port-closed-icmp.pcap")]);
    let state = |side: &str| closed[0][side]["state"].as_str().unwrap().to_owned();
    assert_eq!((state("initiator"), state("responder")), ("MM_WAIT_MSG2".into(), "NONE".into()));
    assert_eq!(closed[0]["causes"][0]["cause"], "port-closed");
    assert_eq!(closed[0]["icmp"].as_array().unwrap().len(), 4);
    let hosts = objects(&[&file("robustness/two_hosts.pcap")]);
    let from: Vec<&str> = hosts.iter().map(|one| one["peers"]["initiator"].as_str().unwrap()).collect();
    assert_eq!(from, ["198.51.100.1:500", "198.51.100.2:500"]);
}

/// A snap length that leaves nothing to judge is told in each format, and in the exit code.
#[test]
fn what_is_cut_is_not_nothing() {
    let file = scratch("diagnose-cut").join("cut.pcap");
    for (snap, said) in [
        (60_u8, "cut before they can be read"),
        (30, "frames end before their ports"),
        (30, "frames not read"),
    ] {
        fs::write(&file, snapped("tests/captures/up-charon-pluto-i.pcap", snap)).unwrap();
        let file = file.to_str().unwrap();
        let text = run(&["diagnose", file]);
        assert!(code(&text) == 4 && stdout(&text).contains(said), "{text:?}");
        assert!(!stdout(&text).contains("no IKEv1 message:"), "nobody knows that: {text:?}");
        let json = run(&["diagnose", file, "--format", "json"]);
        assert!(code(&json) == 4 && stdout(&json).is_empty() && stderr(&json).contains(said), "{json:?}");
    }
    let decoded = run(&["decode", file.to_str().unwrap()]);
    assert!(stderr(&decoded).contains("frames not read"), "{decoded:?}");
}

/// A pcap with so many bytes of each frame: the record's own length says that there was more.
fn snapped(file: &str, snap: u8) -> Vec<u8> {
    let mut bytes = fs::read(file).unwrap();
    let (mut at, mut cut) = (24, bytes[..24].to_vec());
    while at < bytes.len() {
        let length = u32::from_le_bytes(bytes[at + 8..at + 12].try_into().unwrap()) as usize;
        bytes[at + 8..at + 12].copy_from_slice(&u32::from(snap).to_le_bytes());
        cut.extend(&bytes[at..at + 16 + usize::from(snap)]);
        at += 16 + length;
    }
    cut
}

/// What is not looked at is counted in each format, and in the exit code.
#[test]
fn what_is_not_judged_is_counted() {
    let setup = Scenario::parse("", "").unwrap().setup;
    let (trace, _) = sim::run(&setup, &Powers::new(64));
    let first = trace.entries().iter().find_map(|entry| entry.kind.sent());
    let first = first.unwrap();
    let mut flood = capture::Writer::new(&["wire"]);
    for n in 0..1100_u32 {
        let at = std::time::Duration::from_millis(100) * n;
        flood.datagram(0, at, (first.from, first.to), &first.bytes, None);
    }
    let folder = scratch("diagnose-flood");
    let [file, html] = ["flood.pcapng", "flood.html"].map(|name| folder.join(name));
    fs::write(&file, flood.finish()).unwrap();
    let (file, html) = (file.to_str().unwrap(), html.to_str().unwrap());
    let text = run(&["diagnose", file, "--html", html]);
    assert_eq!(code(&text), 4);
    let said = "100 more messages are not looked at";
    assert!(stdout(&text).contains(said) && fs::read_to_string(html).unwrap().contains(said));
    let json = run(&["diagnose", file, "--format", "json"]);
    assert_eq!(code(&json), 4);
    let object: Value = serde_json::from_str(&stdout(&json)).unwrap();
    assert_eq!(object["not_judged"]["messages"], 100);
}
