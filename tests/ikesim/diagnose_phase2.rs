//! `diagnose` of what lies behind phase 1: which children came up, were refused, stayed open; and why, with keys.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::{code, run, say, scratch, stdout};

fn diagnosed(args: &[&str]) -> Vec<Value> {
    let output = run(&[&["diagnose", "--format", "json"][..], args].concat());
    assert_eq!(code(&output), 0, "{output:?}");
    stdout(&output).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Children, refused, open.
fn counts(value: &Value) -> [u64; 3] {
    ["children", "refused", "open"].map(|key| value["phase2"][key].as_u64().unwrap())
}

/// A run's capture tells as much as the run, from encrypted frames alone; with its keys the cause too.
#[test]
fn captures_of_runs_tell_what_became_of_their_children() {
    let folder = scratch("diagnose-phase2");
    let [capture, keys] = ["c.pcapng", "keys"].map(|name| folder.join(name).to_str().unwrap().to_owned());
    for (scenario, expected, cause) in [
        (":phase2_up", [1, 0, 0], ""),
        (":main_mode", [0, 0, 0], ""),
        (":phase2_refused_by_asa", [0, 1, 0], "proxy-mismatch"),
        (":phase2_refused_by_ios", [0, 1, 0], ""),
        (":phase2_one_of_two_children", [1, 1, 0], ""),
        (":phase2_mode_mismatch_strongswan", [0, 1, 0], "proxy-mismatch"),
        (":phase2_qm1_lost", [0, 0, 1], ""),
    ] {
        run(&["run", scenario, "--pcap", &capture, "--keys", &keys]);
        let closed = diagnosed(&[&capture]);
        let opened = diagnosed(&[&capture, "--keys", &keys]);
        assert_eq!(counts(&closed[0]), expected, "{scenario}: {:#}", closed[0]);
        assert_eq!(counts(&opened[0]), expected, "{scenario}, with keys: {:#}", opened[0]);
        let causes = opened[0]["causes"].as_array().unwrap();
        if !cause.is_empty() {
            assert_eq!(causes[0]["cause"].as_str(), Some(cause), "{scenario}");
            assert!(closed[0]["causes"].as_array().unwrap().is_empty(), "{scenario}: nothing says why");
        }
        let human = stdout(&run(&["diagnose", &capture, "--keys", &keys]));
        let up = if expected[0] == 1 { "1 child came up" } else { "0 children came up" };
        let told = format!("{up}, {} refused, {} open", expected[1], expected[2]);
        assert_eq!(human.contains(&told), expected != [0, 0, 0], "{scenario}: {human}");
    }
}

/// What an operator cleared: a key opens the Deletes, and without one nothing is claimed.
#[test]
fn a_delete_that_a_key_opens_ends_what_it_names() {
    let folder = scratch("diagnose-phase2-deleted");
    let [file, capture, keys] =
        ["s.toml", "c.pcapng", "keys"].map(|name| folder.join(name).to_str().unwrap().to_owned());
    let judged = |text: &str, keyed: bool| {
        fs::write(&file, format!("phase2 = true\n{text}")).unwrap();
        run(&["run", &file, "--pcap", &capture, "--keys", &keys]);
        let args = [capture.as_str(), "--keys", &keys];
        let all = diagnosed(if keyed { &args } else { &args[..1] });
        let one = &all[0];
        let causes = one["causes"].as_array().unwrap().iter().map(|one| one["cause"].as_str().unwrap());
        let word = |key: &str| one[key].as_str().unwrap().to_owned();
        let state = |side: &str| one[side]["state"].as_str().unwrap_or("?").to_owned();
        let deleted = one["phase2"]["deleted"].as_u64().unwrap_or(0);
        let (i, r) = (state("initiator"), state("responder"));
        format!("{} {i} {r} {deleted} {}", word("outcome"), causes.collect::<Vec<_>>().join(" "))
    };
    let clear = |what: &str, rest: &str| {
        format!("[[fault]]\nkind = 'clear-crypto'\nat = 'responder'\nwhen = '20s'\nwhat = '{what}'\n{rest}")
    };
    assert_eq!(judged(&clear("phase1", ""), true), "torn-down NONE NONE 0 deleted");
    assert_eq!(judged(&clear("all", ""), true), "torn-down NONE NONE 1 deleted");
    assert_eq!(judged(&clear("phase2", ""), true), "established MM_ACTIVE MM_ACTIVE 1 deleted");
    assert_eq!(judged(&clear("all", ""), false), "established MM_ACTIVE MM_ACTIVE 0 ");
    let lost = "[[fault]]\nkind = 'drop'\nmessage = 'INFO1'\nfrom = 'responder'\n";
    assert_eq!(judged(&clear("phase1", lost), true), "half-open MM_ACTIVE NONE 0 message-lost");
    assert_eq!(judged(&clear("phase2", lost), true), "established MM_ACTIVE MM_ACTIVE 1 message-lost");
    let refused = "[[fault]]\nkind = 'transform-mismatch'\nattribute = 'integrity'\n";
    assert!(judged(refused, true).starts_with("torn-down NONE NONE 0 proxy-mismatch"));
    // A child that takes the place of the deleted one is no trouble.
    let again = format!("[[initiator.crypto_map]]\nretry = '5s'\n{}", clear("phase2", ""));
    assert_eq!(judged(&again, true), "established MM_ACTIVE MM_ACTIVE 1 ");
    let new_phase_1 = format!("[[initiator.crypto_map]]\nretry = '5s'\n{}", clear("all", ""));
    assert_eq!(judged(&new_phase_1, true), "torn-down NONE NONE 1 ");
}

/// With both captures a message that never arrives is told, keys or none; one that comes with a resend is no trouble.
#[test]
fn a_message_of_quick_mode_that_was_lost() {
    let folder = scratch("diagnose-phase2-lost");
    let [file, capture] = ["s.toml", "c.pcapng"].map(|name| folder.join(name).to_str().unwrap().to_owned());
    for message in ["QM1", "QM2", "QM3"] {
        for (times, expected, causes) in
            [("'all'", [0, 0, 1], vec!["message-lost"]), ("1", [1, 0, 0], vec![])]
        {
            let fault = format!("kind = 'drop'\nmessage = '{message}'\ntimes = {times}\n");
            fs::write(&file, format!("phase2 = true\n[[fault]]\n{fault}")).unwrap();
            run(&["run", &file, "--pcap", &capture]);
            let judged = &diagnosed(&[&capture])[0];
            assert_eq!(counts(judged), expected, "{message} {times}: {judged:#}");
            let named = judged["causes"].as_array().unwrap().iter().map(|one| one["cause"].as_str().unwrap());
            assert_eq!(named.collect::<Vec<_>>(), causes, "{message} {times}");
        }
    }
}

/// 49 recorded runs of charon and pluto: each child came up, and with SKEYID_a no hash is wrong.
#[test]
fn recorded_children_came_up() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/real-daemons/quick-mode-good");
    if !folder.exists() {
        return say("diagnose: recorded Quick Modes skipped, ../shared is absent");
    }
    let mut runs: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    runs.sort();
    let keys = scratch("diagnose-recorded").join("keys");
    for path in runs {
        let vector: Value =
            serde_json::from_str(&fs::read_to_string(path.join("vector.json")).unwrap()).unwrap();
        let phase_1 = &vector["phase1"];
        let text = |key: &str| phase_1[key].as_str().unwrap_or("");
        let cookie = text("icookie");
        fs::write(&keys, format!("{cookie},{}\n# skeyid_a {cookie},{}\n", text("enc_key"), text("skeyid_a")))
            .unwrap();
        let capture = path.join("wire.pcap");
        let args = [capture.to_str().unwrap(), "--keys", keys.to_str().unwrap()];
        let expected = vector["quick_modes"].as_array().unwrap().len() as u64;
        for args in [&args[..1], &args[..]] {
            let all = diagnosed(args);
            let children: u64 = all.iter().map(|one| counts(one)[0]).sum();
            let others: u64 = all.iter().map(|one| counts(one)[1] + counts(one)[2]).sum();
            assert_eq!((children, others), (expected, 0), "{path:?} {}", args.len());
        }
        let human = stdout(&run(&[&["diagnose"][..], &args].concat()));
        assert!(human.contains("hashes verified"), "{path:?}: {human}");
    }
}
