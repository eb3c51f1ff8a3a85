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
    assert!(code(&output) == 0 && text.contains("? agreement") && !text.contains('✓'), "{text}");
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
