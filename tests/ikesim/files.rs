//! Files that are none, are too long, or must not be overwritten; pipes that close early.

use std::fs;
use std::process::Stdio;

use crate::{code, feed, ikesim, run, scratch, stderr, stdout};

#[test]
fn what_is_no_scenario_is_refused() {
    let folder = scratch("refused");
    let write = |name: &str, bytes: &[u8]| {
        let path = folder.join(name);
        fs::write(&path, bytes).unwrap();
        path.display().to_string()
    };
    let huge = folder.join("huge.toml");
    fs::File::create(&huge).unwrap().set_len(100 << 20).unwrap();
    let binary: Vec<u8> = (1..=255).collect();
    let cases = [
        (write("binary.toml", &binary), 2, "byte 127 is not UTF-8"),
        (write("zeros.toml", &[0; 64]), 2, "byte 0 is zero"),
        (write("deep.toml", "a=[".repeat(50_000).as_bytes()), 2, "deep.toml:1"),
        (huge.display().to_string(), 2, "at most 1048576 bytes"),
        (folder.display().to_string(), 3, "it is a folder"),
        (folder.join("none.toml").display().to_string(), 3, "no such file"),
        ("scenarios/psk_mismatc.toml".into(), 3, "did you mean scenarios/psk_mismatch.toml?"),
    ];
    for (file, expected, said) in cases {
        let output = run(&["run", &file]);
        assert_eq!(code(&output), expected, "{file}: {}", stderr(&output));
        assert!(stderr(&output).contains(said), "{file}: {}", stderr(&output));
        assert!(stdout(&output).is_empty(), "{file}");
    }
}

#[cfg(unix)]
#[test]
fn an_endless_file_is_not_read_to_its_end() {
    let output = run(&["run", "/dev/zero"]);
    assert_eq!(code(&output), 2);
    assert_eq!(code(&feed(&["run", "-"], &vec![b'#'; 3 << 20])), 2);
}

#[test]
fn init_overwrites_nothing() {
    let folder = scratch("init");
    let init = |args: &[&str]| ikesim().current_dir(&folder).arg("init").args(args).output().unwrap();
    assert_eq!(code(&init(&[])), 0);
    let written = fs::read_to_string(folder.join("scenario.toml")).unwrap();
    let again = init(&["--fault", "drop"]);
    assert_eq!(code(&again), 2);
    assert!(stderr(&again).contains("exists and is left as it is"));
    assert_eq!(fs::read_to_string(folder.join("scenario.toml")).unwrap(), written);
    assert_eq!(code(&init(&["no/such/folder.toml"])), 3);
    let unknown = init(&["x.toml", "--fault", "psk-mismach"]);
    assert!(
        code(&unknown) == 2 && stderr(&unknown).contains("did you mean psk-mismatch?"),
        "{}",
        stderr(&unknown)
    );
    assert!(!folder.join("x.toml").exists());
}

#[cfg(unix)]
#[test]
fn a_reader_that_leaves_is_no_error() {
    for args in [
        &["list"][..],
        &["run", "scenarios/psk_mismatch.toml"],
        &["test"],
        &["schema"],
        &["completions", "bash"],
    ] {
        let mut child = ikesim().args(args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert_eq!((code(&output), stderr(&output).as_str()), (0, ""), "{args:?}");
    }
}

#[test]
fn colour_is_for_terminals() {
    let shown = |args: &[&str]| {
        stdout(&run(&[&["run", "scenarios/drop_msg3.toml"], args].concat())).contains('\u{1b}')
    };
    assert!(!shown(&[]) && !shown(&["--color", "never"]) && shown(&["--color", "always"]));
}

#[test]
fn a_trace_of_two_scenarios_is_refused() {
    let output = run(&["run", "--trace", "t.jsonl", "scenarios/main_mode.toml", "scenarios/drop_msg1.toml"]);
    assert!(code(&output) == 2 && stderr(&output).contains("--trace takes one scenario"));
}

/// The page shows both sides, and a diagram is no JSON: neither wish is quietly dropped.
#[test]
fn wishes_that_exclude_each_other_are_refused() {
    let output = run(&["run", "scenarios/psk_mismatch.toml", "--mermaid", "--format", "json"]);
    assert!(code(&output) == 2 && stderr(&output).contains("--mermaid prints a diagram"), "{output:?}");
}

#[test]
fn test_goes_through_folders_and_goes_on_after_a_mistake() {
    let folder = scratch("below");
    fs::create_dir_all(folder.join("deeper")).unwrap();
    fs::write(folder.join("deeper/held.toml"), "[expect]\nestablished = true").unwrap();
    fs::write(folder.join("failed.toml"), "[expect]\nestablished = false").unwrap();
    fs::write(folder.join("wrong.toml"), "title = 3").unwrap();
    let output = run(&["test", folder.to_str().unwrap()]);
    assert_eq!(code(&output), 2, "the worst of 0, 1 and 2");
    assert!(stdout(&output).ends_with("3 scenarios: 1 held, 1 failed, 1 not run\n"), "{}", stdout(&output));
    let empty = run(&["test", scratch("empty").to_str().unwrap()]);
    assert!(code(&empty) == 2 && stderr(&empty).contains("no scenario"));
    assert_eq!(code(&run(&["test", "no/such/folder"])), 3);
}

#[test]
fn every_scenario_holds() {
    let output = run(&["test"]);
    assert_eq!(code(&output), 0, "{}", stdout(&output));
    // Those that the main job names, and whatever came later.
    assert!(stdout(&output).lines().count() > 44);
}

/// The longest line of a report fits a wide terminal.
#[test]
fn reports_fit_a_terminal() {
    for entry in fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios")).unwrap() {
        let path = entry.unwrap().path();
        for view in [&[][..], &["--as", "initiator"], &["--as", "responder"]] {
            let output = run(&[&["run", path.to_str().unwrap()], view].concat());
            let text = stdout(&output);
            for line in text.lines().skip(1) {
                assert!(line.chars().count() <= 110, "{}: {line}", path.display());
            }
        }
    }
}
