//! `explain` knows every name, and what it says of pairs of states is what the engine does: both tables that it reads are
//! made here. `EXPLAIN=write cargo test --test ikesim explain` writes them anew.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use ike::{Mode, Powers, Role};
use sim::sweep::{Axes, Base, FaultText, Sweep};
use sim::{Scenario, Trace, state_name};

use crate::{code, run, stderr, stdout};

const PAIRS: &str = "crates/diagnose/src/explain/pairs.tsv";
const LESSONS: &str = "crates/diagnose/src/explain/lessons.tsv";

type Key = (&'static str, &'static str, String);

/// Counts the outcomes of a sweep; where one is new, the first run is kept.
fn sweep(
    bases: &[&str],
    profiles: &[[&str; 2]],
    faults: Vec<Vec<FaultText>>,
    found: &mut BTreeMap<Key, (u64, String)>,
) {
    let bases = bases.iter().map(|text| Base { file: None, text: (*text).into() }).collect();
    let profiles = profiles.iter().map(|pair| pair.map(str::to_owned)).collect();
    let axes = Axes { modes: vec![Mode::Main, Mode::Aggressive], profiles, faults, ..Axes::default() };
    let sweep = Sweep { bases, axes };
    let powers = Powers::new(1024);
    for point in (0..sweep.len()).filter_map(|number| sweep.point(number)) {
        let Ok(scenario) = point.scenario() else { continue };
        let (trace, outcome) = sim::run(&scenario, &powers);
        let [i, r] = [Role::Initiator, Role::Responder].map(|role| state_name(outcome.peer(role).state));
        let key = (i, r, first_cause(&scenario, &trace, &outcome));
        found.entry(key).or_insert_with(|| (0, point.replay())).0 += 1;
    }
}

fn first_cause(scenario: &Scenario, trace: &Trace, outcome: &sim::Outcome) -> String {
    let causes = diagnose::diagnose(scenario, trace, outcome, None);
    causes.first().map_or("none".into(), |first| first.cause.name().to_owned())
}

/// Every fault in both modes and between vendors; then the pairs that only two faults together lead to.
fn pairs() -> String {
    let vendors = [
        ["asa", "asa"],
        ["ios", "ios"],
        ["strongswan", "strongswan"],
        ["libreswan", "libreswan"],
        ["asa", "ios"],
        ["ios", "asa"],
    ];
    let every = Axes::every_fault();
    let mut found = BTreeMap::new();
    sweep(&["", "confirm = false\n"], &vendors, every.clone(), &mut found);
    // A NAT is what makes the peers move to port 4500.
    let nat: FaultText = FaultText::parse("nat").unwrap();
    let behind_nat =
        every.iter().map(|fault| [std::slice::from_ref(&nat), fault.as_slice()].concat()).collect();
    sweep(&["", "confirm = false\n"], &vendors, behind_nat, &mut found);
    let mut two = BTreeMap::new();
    sweep(&[""], &[["asa", "asa"]], Axes::pairs(&every), &mut two);
    let known: Vec<_> = found.keys().map(|(i, r, _)| (*i, *r)).collect();
    found.extend(two.into_iter().filter(|((i, r, _), _)| !known.contains(&(*i, *r))));
    let mut text = String::new();
    for ((i, r, cause), (runs, replay)) in found {
        writeln!(text, "{i}\t{r}\t{cause}\t{runs}\t{replay}").unwrap();
    }
    text
}

/// The bundled scenarios: file, initiator, responder, cause, notifies.
fn lessons() -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|ext| ext == "toml"));
    files.sort();
    let mut text = String::new();
    for file in files {
        let name = format!("scenarios/{}", file.file_name().unwrap().to_str().unwrap());
        let scenario = Scenario::parse(&name, &fs::read_to_string(&file).unwrap()).unwrap();
        let (trace, outcome) = sim::run(&scenario, &Powers::none());
        let [i, r] = [Role::Initiator, Role::Responder].map(|role| state_name(outcome.peer(role).state));
        let notifies: Vec<String> = outcome.notifies.iter().map(ToString::to_string).collect();
        let cause = first_cause(&scenario, &trace, &outcome);
        writeln!(text, "{name}\t{i}\t{r}\t{cause}\t{}", notifies.join(" ")).unwrap();
    }
    text
}

fn up_to_date(file: &str, made: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
    if std::env::var("EXPLAIN").is_ok_and(|word| word == "write") {
        fs::write(&path, made).unwrap();
    }
    assert!(
        fs::read_to_string(&path).unwrap() == made,
        "{file} is not what the engine does: EXPLAIN=write cargo test --test ikesim explain"
    );
}

#[test]
fn the_table_of_pairs_is_what_the_engine_does() {
    up_to_date(PAIRS, &pairs());
}

#[test]
fn the_list_of_scenarios_is_complete() {
    up_to_date(LESSONS, &lessons());
}

/// Every name that `list` prints, but for groups, ciphers and profiles, has an article that says more than the name.
#[test]
fn every_listed_name_is_explained() {
    for topic in ["states", "causes", "notifies", "faults"] {
        for line in stdout(&run(&["list", topic])).lines() {
            let name = line.split("  ").next().unwrap();
            let output = run(&["explain", name]);
            assert_eq!(code(&output), 0, "{name}: {}", stderr(&output));
            let text = stdout(&output);
            assert!(text.contains("means") && text.lines().count() > 2, "{name}: {text}");
        }
    }
    for name in diagnose::names() {
        assert!(diagnose::explain(std::slice::from_ref(&name)).is_ok(), "{name}");
    }
}

/// Each pair that a sweep reaches has causes, or is a tunnel that is up.
#[test]
fn every_reached_pair_has_an_answer() {
    let table = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(PAIRS)).unwrap();
    assert!(table.lines().count() > 40, "{table}");
    for line in table.lines() {
        let columns: Vec<&str> = line.split('\t').collect();
        let text = stdout(&run(&["explain", columns[0], columns[1]]));
        assert!(columns[2] == "none" || text.contains(columns[2]), "{line}: {text}");
    }
}

#[test]
fn log_lines_of_each_vendor_are_recognised() {
    for (line, expected) in [
        ("%ASA-3-713138: Group = 203.0.113.1 not found", "missing-tunnel-group"),
        ("Jan 01 00:00:08 IP = 198.51.100.1, Duplicate first packet detected. Ignoring packet.", "no-route"),
        (
            "%CRYPTO-4-IKMP_BAD_MESSAGE: IKE message from 198.51.100.1 failed its sanity check or is malformed",
            "psk-mismatch",
        ),
        ("ISAKMP:(0):phase 1 SA policy not acceptable! (local 1.1.1.1 remote 2.2.2.2)", "policy-mismatch"),
        ("13[ENC] invalid ID_V1 payload length, decryption failed?", "psk-mismatch"),
        ("\"peer\" #1: STATE_MAIN_I1: retransmission; will wait 0.5 seconds for response", "no-route"),
        (
            "probable authentication failure (mismatch of preshared secrets?): malformed payload in packet",
            "psk-mismatch",
        ),
    ] {
        let output = run(&["explain", line]);
        assert!(code(&output) == 0 && stdout(&output).contains(expected), "{line}: {output:?}");
    }
}

/// Our own look-alikes are understood too: every ASA id that `logs` prints.
#[test]
fn our_own_logs_are_recognised() {
    for scenario in [
        "scenarios/psk_mismatch.toml",
        "scenarios/no_return_route.toml",
        "scenarios/missing_tunnel_group.toml",
    ] {
        for device in ["initiator", "responder"] {
            let log = stdout(&run(&["logs", scenario, "--device", device]));
            for line in log.lines().filter(|line| {
                !line.contains("-713906") && !line.contains("(simulated)") && !line.contains("no matching SA")
            }) {
                assert!(diagnose::explain(&[line.to_owned()]).is_ok(), "{line}");
            }
        }
    }
}

#[test]
fn unknown_words_get_the_nearest() {
    let output = run(&["explain", "MM_WAIT_MGS4"]);
    assert!(code(&output) == 2 && stderr(&output).contains("did you mean MM_WAIT_MSG4?"), "{output:?}");
    let output = run(&["explain", "quite something else"]);
    assert!(code(&output) == 2 && stderr(&output).contains("ikesim list"), "{output:?}");
}
