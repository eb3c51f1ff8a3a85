//! What is written, and what is left alone: files that exist, files that are read, files that hold secrets.

use std::fs;
use std::path::Path;
use std::process::{Output, Stdio};

use crate::{code, ikesim, run, scratch, stderr, stdout};

const DROPS: [&str; 5] = ["sweep", "--fault", "drop", "--format", "json"];

fn resumed(file: &Path, more: &[&str]) -> Output {
    ikesim().args(DROPS).args(more).arg("--resume").arg(file).output().unwrap()
}

/// Whatever is no beginning of this very sweep is refused, and not a byte of it is lost.
#[test]
fn a_foreign_file_is_not_resumed() {
    let folder = scratch("resume-foreign");
    let whole = stdout(&run(&DROPS));
    let lines: Vec<&str> = whole.split_inclusive('\n').collect();
    let other = stdout(&run(&["sweep", "--fault", "psk-mismatch", "--format", "json"]));
    let cases = [
        ("a text", "notes\nof mine\n".to_owned(), ":1: no line of a sweep"),
        ("a text without a line end", "notes".into(), ":1: no line of this sweep"),
        ("another plan", other, ":1: run 0 is another one in this sweep"),
        (
            "another plan behind this one's",
            lines[0].to_owned() + "{\"run\":1,\"replay\":\"ikesim sweep\"}\n",
            ":2:",
        ),
        ("a line left out", lines[0].to_owned() + lines[2], ":2: run 1 is not there"),
        ("a line twice", lines[0].to_owned() + lines[0], ":2: run 0 stands where"),
        ("blank lines", lines[0].to_owned() + "\n\n", ":2: no line of a sweep"),
        ("a value changed", whole.replace("\"group\":14", "\"group\":15"), ":1: run 0 comes out otherwise"),
        (
            "a last line of something else",
            lines[0].to_owned() + "{\"schema\":\"other",
            ":2: no line of this sweep",
        ),
        ("all of it and more", whole.clone() + "{", "no line of this sweep"),
    ];
    for (name, text, said) in cases {
        let file = folder.join("file.jsonl");
        fs::write(&file, &text).unwrap();
        let output = resumed(&file, &[]);
        assert_eq!(code(&output), 2, "{name}: {output:?}");
        assert!(stderr(&output).contains(said), "{name}: {}", stderr(&output));
        assert_eq!(fs::read_to_string(&file).unwrap(), text, "{name}");
    }
}

/// Wherever it was cut, the whole comes out; with the last line's end alone missing, and with nothing written, too.
#[test]
fn a_torn_line_is_made_whole() {
    let file = scratch("resume-torn").join("file.jsonl");
    let whole = run(&DROPS).stdout;
    let line = whole.iter().position(|byte| *byte == b'\n').unwrap();
    for length in [0, 1, line, line + 1, line + 2, whole.len() - 1, whole.len()] {
        fs::write(&file, &whole[..length]).unwrap();
        let output = resumed(&file, &[]);
        assert_eq!((code(&output), stderr(&output).contains("error")), (0, false), "{length}: {output:?}");
        assert!(fs::read(&file).unwrap() == whole, "cut at {length}");
    }
}

/// A part goes on as a part; a base that was edited in between would mix two sweeps.
#[test]
fn parts_and_bases_are_told_apart() {
    let folder = scratch("resume-base");
    let file = folder.join("file.jsonl");
    let part = run(&[&DROPS[..], &["--shard", "2/3"]].concat()).stdout;
    fs::write(&file, &part[..part.len() / 2]).unwrap();
    assert_eq!(code(&resumed(&file, &["--shard", "1/3"])), 2);
    assert_eq!(code(&resumed(&file, &["--shard", "2/3"])), 0);
    assert!(fs::read(&file).unwrap() == part);

    let sweep = |more: &[&str]| {
        ikesim()
            .current_dir(&folder)
            .args(["sweep", "base.toml", "--fault", "drop", "--format", "json"])
            .args(more)
            .output()
            .unwrap()
    };
    fs::write(folder.join("base.toml"), "").unwrap();
    fs::write(&file, sweep(&[]).stdout).unwrap();
    fs::write(folder.join("base.toml"), "[initiator]\nprofile = 'ios'\n").unwrap();
    let output = sweep(&["--resume", "file.jsonl"]);
    assert!(code(&output) == 2 && stderr(&output).contains("the base has changed"), "{output:?}");
}

/// Exit codes, with nobody reading what is said: what was found stays found.
#[cfg(unix)]
#[test]
fn a_closed_pipe_keeps_the_exit_code() {
    let folder = scratch("closed-pipe");
    fs::write(folder.join("failing.toml"), "[expect]\nestablished = false\n").unwrap();
    fs::write(folder.join("wrong.toml"), "titel = 1\n").unwrap();
    let [failing, wrong] = ["failing.toml", "wrong.toml"].map(|name| folder.join(name).display().to_string());
    let violation = folder.join("violation.toml").display().to_string();
    let masked = folder.join("masked");
    fs::create_dir(&masked).unwrap();
    fs::write(masked.join("hq.cfg"), crate::hostile::HQ.replace("open-sesame", "*****")).unwrap();
    fs::write(masked.join("branch.cfg"), crate::hostile::BRANCH).unwrap();
    let masked = masked.display().to_string();
    let cases: [(&[&str], i32); 9] = [
        (&["run", &failing], 1),
        (&["run", &failing, "scenarios/main_mode.toml"], 1),
        (&["run", "scenarios/main_mode.toml", &wrong], 2),
        (&["test", &wrong, "scenarios/main_mode.toml"], 2),
        (&["diff", "scenarios/main_mode.toml", "scenarios/psk_mismatch.toml"], 1),
        (&["predict", "tests/configs"], 1),
        (&["predict", &masked], 4),
        (
            &[
                "explore",
                "scenarios/aggressive_mode_three_messages.toml",
                "--drops",
                "0",
                "--write",
                &violation,
            ],
            1,
        ),
        (&["list"], 0),
    ];
    for (args, expected) in cases {
        let mut child = ikesim().args(args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert_eq!(code(&output), expected, "{args:?}: {output:?}");
        assert!(!stderr(&output).contains("cannot write"), "{output:?}");
    }
}

/// A full disk is told, whoever writes: the parser of the command line too.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_error() {
    let cases: [&[&str]; 9] = [
        &["--help"],
        &["help", "run"],
        &["sweep", "--help"],
        &["--version"],
        &[],
        &["list"],
        &["schema"],
        &["completions", "zsh"],
        &["run", "scenarios/main_mode.toml"],
    ];
    for args in cases {
        let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let output = ikesim().args(args).stdout(full).stderr(Stdio::piped()).output().unwrap();
        assert!(
            code(&output) == 3 && stderr(&output).contains("cannot write the result"),
            "{args:?}: {output:?}"
        );
    }
}
