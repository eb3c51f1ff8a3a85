//! Runs of real daemons and the peers' own test suites, where `../shared/field` is there: no pair is told a stall that
//! came up, and none that it comes up that stalled.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::{run, say, stdout};

fn field(name: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/field").join(name);
    if !path.exists() {
        say(&format!("predict: field/{name} skipped, ../shared is absent"));
        return None;
    }
    Some(path)
}

/// The verdicts and the first cause of what the first of two files calls; `by`: by this connection.
fn verdicts(files: [&Path; 2], extra: &[&str], by: Option<&str>) -> (Vec<String>, Option<String>) {
    let [from, to] = files.map(|path| path.to_str().unwrap());
    let output = run(&[&["predict", "--phase", "1", "--format", "json", from, to], extra].concat());
    let Ok(all) = serde_json::from_str::<Value>(&stdout(&output)) else { return (Vec::new(), None) };
    let mine = all["directions"].as_array().unwrap().iter().filter(|d| {
        d["from_file"].as_str() == Some(from) && by.is_none_or(|by| d["by"].as_str() == Some(by))
    });
    let mine: Vec<&Value> = mine.collect();
    let said = mine.iter().map(|d| d["verdict"].as_str().unwrap().to_owned()).collect();
    (said, mine.first().and_then(|d| d["cause"].as_str()).map(str::to_owned))
}

/// A host's file in a case.
fn host(folder: &Path, name: &str) -> PathBuf {
    let endings = ["swanctl.conf", "ipsec.conf", "conf"];
    endings.iter().map(|end| folder.join(format!("{name}.{end}"))).find(|path| path.exists()).unwrap()
}

#[test]
fn runs_of_daemons() {
    let Some(folder) = field("daemons") else { return };
    for line in fs::read_to_string(folder.join("truth.tsv")).unwrap().lines() {
        let (name, truth) = line.split_once('\t').unwrap();
        let case = folder.join(name);
        let [i, r] = ["i", "r"].map(|side| host(&case, side));
        let (said, cause) = verdicts([&i, &r], &[], None);
        let right = match truth {
            "up" => said.iter().all(|said| said == "up"),
            // The same files as another row: a NAT that no file shows made the difference.
            "identity-mismatch" if name.starts_with("nat-") => said == ["stalls"],
            "xauth" => (said == ["stalls"]) && cause.as_deref() == Some("xauth-missing"),
            truth => (said == ["stalls"]) && cause.as_deref() == Some(truth),
        };
        assert!(right && !said.is_empty(), "{name}: {truth}, and predict says {said:?} {cause:?}");
    }
}

/// A line of EXPECTED: who calls whom, by which conn, whether phase 1 came up or would have without an injected fault.
fn expected(line: &str) -> Option<(&str, &str, Option<&str>, bool)> {
    let (caller, rest) = line.split_once(" calls ")?;
    let (called, rest) = rest.split_once([':', ' '])?;
    let by = rest.split_once("with conn ").and_then(|(_, rest)| rest.split_once(':')).map(|(conn, _)| conn);
    let (_, ends) = line.split_once("phase 1 ")?;
    Some((
        caller,
        called,
        by,
        !ends.starts_with("fails") && !ends.starts_with("still fails") || ends.contains("injected"),
    ))
}

#[test]
fn the_peers_own_suites() {
    for (suite, extra) in [
        ("suites/strongswan", &[][..]),
        ("suites/libreswan", &["--left-format", "libreswan", "--right-format", "libreswan"][..]),
    ] {
        let Some(folder) = field(suite) else { continue };
        let mut cases: Vec<PathBuf> =
            fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        cases.sort();
        let (mut right, mut open) = (0, 0);
        for case in cases.iter().filter(|case| case.join("EXPECTED").exists()) {
            let lines = fs::read_to_string(case.join("EXPECTED")).unwrap();
            for (caller, called, by, up) in lines.lines().filter_map(expected) {
                let files = [host(case, caller), host(case, called)];
                // The peer of some is strongSwan.
                let swanctl = files.iter().any(|file| file.to_str().unwrap().ends_with("swanctl.conf"));
                let extra = if swanctl { &[][..] } else { extra };
                let by = by.map(|conn| format!("conn {conn}"));
                let (said, _) = verdicts([&files[0], &files[1]], extra, by.as_deref());
                let wrong = if up { "stalls" } else { "up" };
                assert!(
                    !said.iter().any(|said| said == wrong),
                    "{}: {caller} calls {called}: {said:?}",
                    case.display()
                );
                let verdict = if up { "up" } else { "stalls" };
                match said.iter().all(|said| said == verdict) && !said.is_empty() {
                    true => right += 1,
                    false => open += 1,
                }
            }
        }
        say(&format!("predict: {suite}: {right} right, {open} left open (signatures, names)"));
        assert!(right > 40, "{suite}: {right} right");
    }
}
