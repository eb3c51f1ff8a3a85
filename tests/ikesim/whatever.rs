//! `ikesim FILE...`, and scenarios by the names they ship under.

use std::fs;

use crate::{code, feed, ikesim, run, scratch, stderr, stdout};

/// Each file goes to the command that reads it, whatever it is called; files of a kind go together.
#[test]
fn a_file_says_which_command_is_meant() {
    let folder = scratch("whatever");
    let capture = folder.join("capture");
    run(&["run", ":main_mode", "--pcap", capture.to_str().unwrap()]);
    let scenario = folder.join("mine");
    fs::write(&scenario, "title = 'mine'\nmode = 'aggressive'\n").unwrap();
    let cases = [
        (vec![capture.to_str().unwrap()], "1 IKEv1 negotiation"),
        (vec![scenario.to_str().unwrap()], "mine · aggressive mode"),
        (vec!["scenarios/main_mode.toml"], "scenarios/main_mode.toml · Main Mode comes up"),
        (vec![":main_mode"], ":main_mode · Main Mode comes up"),
    ];
    for (files, told) in cases {
        let output = run(&files);
        assert!(stdout(&output).contains(told), "{files:?}: {}{}", stdout(&output), stderr(&output));
        assert_eq!(code(&output), 0, "{files:?}");
    }
    let both = run(&["tests/configs/branch.cfg", "tests/configs/hq.txt"]);
    assert!(stdout(&both).contains('→'), "{}{}", stdout(&both), stderr(&both));
    // In the order given, each with its own command, and the options are every command's.
    let mixed = run(&[":main_mode", capture.to_str().unwrap(), ":drop_msg1", "--format", "json"]);
    let schemas: Vec<String> = stdout(&mixed)
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()["schema"].to_string())
        .collect();
    assert_eq!(schemas, ["\"ikesim/run/1\"", "\"ikesim/run/1\"", "\"ikesim/diagnose/1\""]);
}

/// The good ones are told, the exit code is the worst.
#[test]
fn a_file_that_is_not_there_stops_no_other() {
    let output = run(&[":main_mode", "none.txt", ":drop_msg1"]);
    let text = stdout(&output);
    assert!(text.contains(":main_mode · ") && text.contains(":drop_msg1 · "), "{text}");
    assert!(stderr(&output).contains("cannot read none.txt"), "{}", stderr(&output));
    assert_eq!(code(&output), 3);
}

#[test]
fn standard_input_is_looked_at_too() {
    let starter = stdout(&run(&["init", "-"]));
    let output = feed(&["-"], starter.as_bytes());
    assert!(stdout(&output).contains("<stdin> · "), "{}{}", stdout(&output), stderr(&output));
}

#[test]
fn a_shipped_scenario_stands_wherever_a_file_may() {
    let folder = scratch("shipped");
    for command in [&["run"][..], &["why"], &["explore"], &["test"], &["sweep", "--seeds", "1"]] {
        let output = ikesim().current_dir(&folder).args(command).arg(":psk_mismatch").output().unwrap();
        assert_eq!(code(&output), 0, "{command:?}: {}", stderr(&output));
    }
    let listed = stdout(&run(&["list", "scenarios"]));
    let row =
        |line: &str| line.split_once(' ').map(|(name, title)| (name.to_owned(), title.trim().to_owned()));
    let wanted = ("psk_mismatch".to_owned(), "The pre-shared keys differ".to_owned());
    assert!(listed.lines().filter_map(row).any(|row| row == wanted), "{listed}");
}

#[test]
fn what_is_no_file_and_no_command_is_an_error_that_teaches() {
    let folder = scratch("neither");
    let file = |name: &str, text: &str| {
        let path = folder.join(name);
        fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let cases = [
        (":psk_mismtch".to_owned(), 2, "did you mean :psk_mismatch?"),
        ("rnu".to_owned(), 2, "unrecognized subcommand 'rnu'"),
        ("none/mine.toml".to_owned(), 3, "there is no such file or folder"),
        (file("empty.txt", "\n \n"), 2, "is empty"),
        (file("run.jsonl", "{}\n"), 2, "is a trace"),
    ];
    for (word, exit, told) in cases {
        let output = run(&[&word]);
        assert!(stderr(&output).contains(told), "{word}: {}", stderr(&output));
        assert_eq!(code(&output), exit, "{word}");
    }
}
