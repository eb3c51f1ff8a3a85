//! Captures of `../shared/field` whose truth is given: both places' captures, and each alone.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::{code, ikesim, say, stderr, stdout};

/// Nothing on the wire tells these from what is named first: charon refuses a version and an offer with the same bytes,
/// and a peer without XAUTH as one whose identity it does not know.
const ALIKE: [(&str, &str); 2] =
    [("v2only-charon-charon", "policy-mismatch"), ("xauth-server-pluto-charon", "identity-mismatch")];

fn field() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/field")
}

fn judged(files: &[PathBuf]) -> Vec<Value> {
    let output = ikesim().arg("diagnose").args(files).args(["--format", "json"]).output().unwrap();
    let all: Vec<Value> = stdout(&output).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(code(&output), crate::undecided(&all), "{files:?}: {}", stderr(&output));
    all
}

fn causes(found: &Value) -> Vec<&str> {
    found["causes"].as_array().unwrap().iter().map(|cause| cause["cause"].as_str().unwrap()).collect()
}

/// Healthy ones are said to be healthy; the cause is the first of both captures, and among those of one.
fn is_right(found: &[Value], name: &str, truth: &str, two: bool) -> bool {
    let named = |one: &Value| match truth {
        "up" => one["outcome"] == "established",
        truth if two => {
            let first = ALIKE.iter().find(|(alike, _)| *alike == name).map_or(truth, |(_, first)| *first);
            causes(one).first() == Some(&first) && causes(one).contains(&truth)
        }
        truth => causes(one).contains(&truth),
    };
    if truth == "up" { !found.is_empty() && found.iter().all(named) } else { found.iter().any(named) }
}

#[test]
fn daemons_with_the_truth_beside_them() {
    let folder = field().join("daemons");
    let Ok(truth) = fs::read_to_string(folder.join("truth.tsv")) else {
        return say("diagnose daemons of the field: skipped, ../shared is absent");
    };
    let (mut all, mut wrong) = (0, Vec::new());
    for line in truth.lines() {
        let (name, truth) = line.split_once('\t').unwrap();
        let truth = if truth == "xauth" { "xauth-missing" } else { truth };
        let [i, r] = ["i.pcap", "r.pcap"].map(|file| folder.join(name).join(file));
        for files in [vec![i.clone(), r.clone()], vec![i], vec![r]] {
            let found = judged(&files);
            all += 1;
            if !is_right(&found, name, truth, files.len() > 1) {
                let named: Vec<_> = found.iter().map(|one| (one["outcome"].clone(), causes(one))).collect();
                wrong.push(format!("{name}, {} captures: {truth}: {named:?}", files.len()));
            }
        }
    }
    say(&format!(
        "diagnose daemons of the field: {} of {all} right, {} alike",
        all - wrong.len(),
        ALIKE.len()
    ));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn captures_of_the_field() {
    let folder = field().join("captures");
    if !folder.is_dir() {
        return say("diagnose captures of the field: skipped, ../shared is absent");
    }
    let of = |names: &[&str]| judged(&names.iter().map(|name| folder.join(name)).collect::<Vec<_>>());
    let lost = of(&["charon-libreswan-mm-e-drop-forever-M6.i.pcap"]);
    assert_eq!(lost[0]["responder"]["state"], "MM_ACTIVE");
    assert!(causes(&lost[0]).contains(&"message-lost"));
    let refused = of(&["charon-libreswan-mm-k-initiator-expects-other-id.i.pcap"]);
    assert_ne!(refused[0]["outcome"], "established");
    assert_eq!(causes(&refused[0])[0], "identity-mismatch");
    let files = ["i", "r"].map(|side| format!("strongswan-mm-h-M6-BODY-FIRST-once.{side}.pcap"));
    let up = of(&[&files[0], &files[1]]);
    assert_eq!(up[0]["outcome"], "established");
    let closed = of(&["port-closed-icmp.pcap"]);
    assert_eq!(causes(&closed[0])[0], "port-closed");
    let many = of(&["c65.pcap"]);
    assert_eq!(many.len(), 66);
    assert!(many.iter().all(|one| one["outcome"] == "established" || !causes(one).is_empty()));
}

/// What `connect` and `listen` wrote.
#[test]
fn live_captures_of_the_field() {
    let folder = field().join("live");
    let Ok(files) = fs::read_dir(&folder) else {
        return say("diagnose live captures of the field: skipped, ../shared is absent");
    };
    for path in files.map(|file| file.unwrap().path()) {
        let name = path.file_name().unwrap().to_str().unwrap();
        let truth = if name.contains("wrong-group") { "policy-mismatch" } else { "psk-mismatch" };
        let found = judged(std::slice::from_ref(&path));
        assert_eq!(causes(&found[0]).first(), Some(&truth), "{name}");
    }
}
