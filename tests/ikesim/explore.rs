//! `ikesim explore` and `ikesim why`: what is found by visiting everything, and by running again.

use std::fs;

use serde_json::Value;

use crate::{code, ikesim, run, scratch, stderr, stdout};

/// Both modes at the bounds that the book names: nothing is broken, everything is visited.
#[test]
fn equal_configurations_keep_every_property() {
    for scenario in ["main_mode", "aggressive_mode", "ios_pair", "asa_to_ios"] {
        let file = format!("scenarios/{scenario}.toml");
        let bounds = ["--drops", "2", "--duplicates", "1", "--reorders", "1", "--eager", "1"];
        let output = run(&[&["explore", &file, "--format", "json"][..], &bounds].concat());
        let found: Value = serde_json::from_str(&stdout(&output)).unwrap();
        assert_eq!(code(&output), 0, "{scenario}: {}", found["violations"]);
        assert_eq!(
            (&found["complete"], found["violations"].as_array().map(Vec::len)),
            (&true.into(), Some(0)),
            "{scenario}"
        );
        assert!(found["states"].as_u64().unwrap() > 1000, "{scenario}: {}", found["states"]);
    }
}

/// Unequal keys: nobody ends in a tunnel, whatever nature does.
#[test]
fn unequal_keys_never_succeed() {
    for scenario in ["psk_mismatch", "aggressive_psk_mismatch"] {
        let file = format!("scenarios/{scenario}.toml");
        let output = run(&["explore", &file, "--drops", "1", "--duplicates", "1", "--eager", "1"]);
        let text = stdout(&output);
        assert!(text.contains("✓ no false success") && text.contains("✓ agreement"), "{text}");
    }
}

/// The plain Aggressive Mode is not confirmed: found without a drop, written down, and it replays.
#[test]
fn three_messages_break_confirmation() {
    let folder = scratch("explore");
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios/aggressive_mode_three_messages.toml");
    let explore = || ikesim().current_dir(&folder).args(["explore", file, "--drops", "0"]).output().unwrap();
    let output = explore();
    assert_eq!(code(&output), 1);
    assert!(stdout(&output).contains("✗ confirmation"), "{}", stdout(&output));
    assert!(
        stdout(&output)
            .contains("    1  message 1 reaches the responder\n    2  message 2 reaches the initiator\n")
    );
    let replay =
        ikesim().current_dir(&folder).args(["run", "violation.toml", "--format", "json"]).output().unwrap();
    let run: Value = serde_json::from_str(&stdout(&replay)).unwrap();
    assert_eq!((code(&replay), &run["outcome"]), (0, &"half-open".into()));
    assert_eq!(
        (&run["initiator"]["state"], &run["responder"]["state"]),
        (&"AM_ACTIVE".into(), &"AM_WAIT_MSG3".into())
    );
    let before = fs::read(folder.join("violation.toml")).unwrap();
    assert_eq!(code(&explore()), 2, "what exists is not overwritten");
    assert_eq!(fs::read(folder.join("violation.toml")).unwrap(), before);
}

#[test]
fn a_bound_on_worlds_proves_nothing() {
    let output = run(&["explore", "scenarios/main_mode.toml", "--states", "200"]);
    let text = stdout(&output);
    assert!(text.contains("cut short") && text.contains("? agreement") && !text.contains('✓'), "{text}");
    assert_eq!(code(&output), 4, "undecided");
}

fn explored(arguments: &[&str]) -> (i32, Value) {
    let folder = tempfile::tempdir().unwrap();
    let violation = folder.path().join("violation.toml");
    let written = ["--format", "json", "--write", violation.to_str().unwrap()];
    let output = run(&[&["explore"], arguments, &written].concat());
    let first = stdout(&output).lines().next().map(str::to_owned);
    let first = first.unwrap_or_else(|| panic!("{}", stderr(&output)));
    (code(&output), serde_json::from_str(&first).unwrap())
}

/// The stall of a scenario, as its expectations have it, is where every run of it ends; so its faults hold.
#[test]
fn a_scenario_s_own_faults_stay_in_force() {
    let stalls = [
        ("drop_msg3", "MM_WAIT_MSG4", "MM_WAIT_MSG3"),
        ("nat_udp4500_blocked", "MM_WAIT_MSG6", "MM_WAIT_MSG5"),
        ("psk_mismatch", "MM_WAIT_MSG6", "MM_WAIT_MSG5"),
        ("aggressive_psk_mismatch", "NONE", "AM_WAIT_MSG3"),
        ("missing_tunnel_group", "MM_WAIT_MSG4", "NONE"),
        ("no_return_route", "MM_WAIT_MSG2", "MM_WAIT_MSG3"),
        ("peer_down", "MM_WAIT_MSG2", "NONE"),
    ];
    for (scenario, initiator, responder) in stalls {
        let (code, found) = explored(&[&format!("scenarios/{scenario}.toml")]);
        assert_eq!((code, &found["complete"]), (0, &true.into()), "{scenario}: {}", found["violations"]);
        let ends = found["ends"].as_array().unwrap();
        let at = |end: &Value| end["initiator"] == initiator && end["responder"] == responder;
        assert!(ends.iter().any(at), "{scenario}: {ends:?}");
        let up = |end: &Value| end["initiator"].as_str().unwrap().ends_with("_ACTIVE");
        assert!(!ends.iter().any(up), "{scenario} never comes up: {ends:?}");
    }
}

/// Bounds that are left out are enough to prove something, quickly.
#[test]
fn the_default_bounds_prove() {
    for scenario in ["main_mode", "aggressive_mode", "ios_pair", "nat_traversal"] {
        let output = run(&["explore", &format!("scenarios/{scenario}.toml")]);
        let text = stdout(&output);
        assert_eq!(text.matches('✓').count(), 6, "{text}");
        assert_eq!(code(&output), 0);
    }
}

#[test]
fn what_has_no_meaning_without_time_is_refused_or_told() {
    let refused = run(&["explore", "scenarios/peer_comes_back.toml"]);
    assert_eq!(code(&refused), 2);
    assert!(stderr(&refused).contains("an exploration knows no time"), "{}", stderr(&refused));
    let folder = scratch("aside");
    let file = folder.join("chances.toml");
    fs::write(&file, "until = '20s'\n[network]\nloss = 0.1\n").unwrap();
    let told = stdout(&run(&["explore", file.to_str().unwrap()]));
    assert!(told.contains("chances are left aside") && told.contains("`until` is left aside"), "{told}");
}

/// Damage and forgeries break nothing: a missing check would show here.
#[test]
fn an_adversary_breaks_nothing() {
    for scenario in ["main_mode", "aggressive_mode", "ios_pair", "nat_traversal", "identity_mismatch"] {
        let file = format!("scenarios/{scenario}.toml");
        for adversary in [["--corrupt", "1"], ["--forge", "1"]] {
            let (code, found) = explored(&[&[file.as_str()], &adversary[..]].concat());
            assert_eq!(code, 0, "{scenario} {adversary:?}: {}", found["violations"]);
        }
    }
    // The plain form is not confirmed, by any adversary or none; nothing else about it breaks.
    let plain = "scenarios/aggressive_mode_three_messages.toml";
    let (code, found) = explored(&[plain, "--corrupt", "1", "--forge", "1"]);
    let broken: Vec<&Value> =
        found["violations"].as_array().unwrap().iter().map(|violation| &violation["property"]).collect();
    assert_eq!((code, broken), (1, vec![&Value::from("confirmation")]));
}

fn why(arguments: &[&str]) -> Value {
    let output = run(&[&["why"], arguments, &["--format", "json"]].concat());
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    serde_json::from_str(&stdout(&output)).unwrap()
}

#[test]
fn the_only_change_that_helps() {
    let cases = [
        ("psk_mismatch", "the same pre-shared key on both sides"),
        ("psk_trailing_space", "the same pre-shared key on both sides"),
        ("aggressive_psk_mismatch", "the same pre-shared key on both sides"),
        ("missing_psk", "a pre-shared key at the responder"),
        ("missing_tunnel_group", "a tunnel-group for 203.0.113.1 at the responder"),
        ("policy_mismatch_group", "the initiator's group in the responder's policies"),
        ("ike_disabled", "IKE enabled at the responder"),
        ("identity_mismatch", "any identity taken by the responder"),
        ("wrong_peer_address", "the initiator calls 198.51.100.1"),
        ("nat_udp4500_blocked", "without fault 2 (block-port)"),
        ("drop_msg3", "without fault 1 (drop)"),
    ];
    for (scenario, change) in cases {
        let answer = why(&[&format!("scenarios/{scenario}.toml")]);
        assert_eq!(answer["changes"], serde_json::json!([[change]]), "{scenario}");
    }
}

#[test]
fn two_changes_where_one_is_not_enough() {
    let folder = scratch("why");
    let file = folder.join("two.toml");
    fs::write(&file, "[[responder.policy]]\nhash = 'md5'\n[[fault]]\nkind = 'psk-mismatch'\n").unwrap();
    let answer = why(&[file.to_str().unwrap()]);
    let both = ["the same pre-shared key on both sides", "the initiator's hash in the responder's policies"];
    assert_eq!(answer["changes"], serde_json::json!([both]));
}

/// A lost message: the moment at which the last resend was used up.
#[test]
fn the_point_of_no_return() {
    let lost = why(&["scenarios/drop_msg5.toml"]);
    assert!(lost["no_return"].as_str().unwrap().starts_with("24.0"), "{}", lost["no_return"]);
    let hopeless = why(&["scenarios/psk_mismatch.toml"]);
    assert_eq!((&hopeless["no_return"], &hopeless["was_possible"]), (&Value::Null, &false.into()));
}

#[test]
fn what_one_side_cannot_tell_apart() {
    let answer = why(&["scenarios/nat_udp4500_blocked.toml", "--as", "initiator"]);
    let causes: Vec<&str> =
        answer["alike"].as_array().unwrap().iter().map(|one| one["cause"].as_str().unwrap()).collect();
    assert!(causes.contains(&"psk-mismatch") && causes.contains(&"port-4500-blocked"), "{causes:?}");
    assert_eq!(code(&run(&["why", "scenarios/none.toml"])), 3);
}

/// Phase 2: children agree and stand on proven SAs, whatever nature does; a lost QM3 leaves one side installed, which is
/// said with what repairs it.
#[test]
fn children_keep_their_properties() {
    for scenario in ["phase2_up", "phase2_refused_by_asa", "phase2_one_of_two_children"] {
        let (code, found) = explored(&[&format!("scenarios/{scenario}.toml"), "--drops", "1"]);
        assert_eq!((code, &found["complete"]), (0, &true.into()), "{scenario}: {}", found["violations"]);
        assert!(!found["child_ends"].as_array().unwrap().is_empty(), "{scenario}");
    }
    let up = stdout(&run(&["explore", "scenarios/phase2_up.toml"]));
    for part in ["✓ child agreement", "✓ child proof", "QM_ACTIVE     QM_ACTIVE", "QM2 x"] {
        assert!(up.contains(part), "{part}: {up}");
    }
    assert!(!up.contains("One side installed"), "one loss is repaired by a resend: {up}");
    let lost = stdout(&run(&["explore", "scenarios/phase2_qm3_lost.toml"]));
    assert!(lost.contains("QM_ACTIVE     QM_WAIT_MSG3") && lost.contains("What repairs it"), "{lost}");
    let why = stdout(&run(&["why", "scenarios/phase2_qm3_lost.toml"]));
    assert!(why.contains("One side installed") && why.contains("arrived QM2"), "{why}");
    let phase_1 = stdout(&run(&["explore", "scenarios/main_mode.toml"]));
    assert!(!phase_1.contains("child"), "{phase_1}");
}

/// A responder that never takes QM3 is found by where the child is left.
#[test]
fn an_engine_that_ignores_qm3_is_found() {
    let folder = scratch("explore-qm3");
    let file = folder.join("deaf.toml");
    let fault = "[[fault]]\nkind = 'impair'\nat = 'responder'\nwhat = 'ignore-message'\nmessage = 'QM3'\n";
    fs::write(&file, format!("phase2 = true\n{fault}")).unwrap();
    let (_, found) = explored(&[file.to_str().unwrap()]);
    let ends = found["child_ends"].as_array().unwrap();
    let alone = |end: &&Value| end["initiator"] == "QM_ACTIVE" && end["responder"] == "QM_WAIT_MSG3";
    assert!(ends.iter().any(|end| alone(&end)), "{ends:?}");
    let both = |end: &Value| end["responder"] == "QM_ACTIVE";
    assert!(!ends.iter().any(both), "{ends:?}");
}
