//! What is written, and what is left alone: files that exist, files that are read, files that hold secrets.

use std::fs;
use std::path::Path;
use std::process::Output;

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
