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
        (
            "a value changed in the middle",
            lines[..4].concat() + &lines[4].replace("\"seed\":1", "\"seed\":2") + &lines[5..].concat(),
            ":5: run 4 comes out otherwise",
        ),
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

/// However long the file is, lines all over it are run again, and the first of each base is one of them.
#[test]
fn a_long_file_is_looked_into() {
    let folder = scratch("resume-long");
    for (name, profile) in [("a.toml", "asa"), ("b.toml", "ios"), ("c.toml", "asa")] {
        fs::write(folder.join(name), format!("[initiator]\nprofile = '{profile}'\n")).unwrap();
    }
    let sweep = |more: &[&str]| {
        let mut command = ikesim();
        command.current_dir(&folder).args(["sweep", "a.toml", "b.toml", "c.toml", "--seeds", "1..151"]);
        command.args(["--group", "1", "--format", "json"]).args(more).output().unwrap()
    };
    let whole = sweep(&[]).stdout;
    fs::write(folder.join("file"), &whole).unwrap();
    let output = sweep(&["--resume", "file"]);
    assert!(code(&output) == 0 && fs::read(folder.join("file")).unwrap() == whole, "{output:?}");
    // Of the second base the first and the last of the file's 450 lines tell nothing.
    fs::write(folder.join("b.toml"), "[network]\nlatency = '20ms'\n").unwrap();
    let output = sweep(&["--resume", "file"]);
    assert!(code(&output) == 2 && stderr(&output).contains("comes out otherwise"), "{output:?}");
    assert!(fs::read(folder.join("file")).unwrap() == whole);
}

#[cfg(target_os = "linux")]
#[test]
fn what_keeps_nothing_is_not_resumed() {
    let output = resumed(Path::new("/dev/null"), &[]);
    assert!(
        code(&output) == 2 && stderr(&output).contains("no file that a sweep could go on in"),
        "{output:?}"
    );
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

#[cfg(unix)]
fn mode(file: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(file).unwrap().permissions().mode() & 0o777
}

/// Keys, and what leads to them, are for their owner alone, also where a file for all was there before.
#[cfg(unix)]
#[test]
fn secrets_are_for_their_owner() {
    use std::os::unix::fs::PermissionsExt;
    let folder = scratch("modes");
    let run = |args: &[&str]| {
        let output = ikesim().current_dir(&folder).args(args).output().unwrap();
        assert!(matches!(code(&output), 0 | 1), "{output:?}");
    };
    // What any new file gets here, whatever the mask.
    fs::write(folder.join("any"), "").unwrap();
    let usual = mode(&folder.join("any"));
    fs::write(folder.join("s.toml"), "mode = 'aggressive'\nconfirm = false\n").unwrap();
    for (file, old) in [("keys", 0o644), ("kept.svg", 0o640)] {
        fs::write(folder.join(file), "old").unwrap();
        fs::set_permissions(folder.join(file), fs::Permissions::from_mode(old)).unwrap();
    }
    run(&[
        "run",
        "s.toml",
        "--keys",
        "keys",
        "--trace",
        "trace",
        "--pcap",
        "both.pcapng",
        "--html",
        "whole.html",
    ]);
    run(&[
        "run",
        "s.toml",
        "--pcap",
        "alone.pcapng",
        "--html",
        "redacted.html",
        "--redact",
        "--svg",
        "new.svg",
    ]);
    run(&["run", "s.toml", "--svg", "kept.svg"]);
    run(&["diagnose", "alone.pcapng", "--html", "captured.html"]);
    run(&["explore", "s.toml", "--drops", "0", "--write", "violation.toml"]);
    for file in ["keys", "trace", "both.pcapng", "whole.html", "captured.html", "violation.toml"] {
        assert_eq!(mode(&folder.join(file)), 0o600, "{file}");
    }
    for file in ["alone.pcapng", "redacted.html", "new.svg"] {
        assert_eq!(mode(&folder.join(file)), usual, "{file}");
    }
    assert_eq!(mode(&folder.join("kept.svg")), 0o640);
    let left: Vec<String> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert!(left.iter().all(|name| !name.starts_with('.')), "{left:?}");
}

/// A link stays a link; a device is written to; what cannot be written leaves what was there.
#[cfg(target_os = "linux")]
#[test]
fn links_devices_and_failures() {
    let folder = scratch("replaced");
    let trace =
        |to: &str| ikesim().current_dir(&folder).args(["run", "s.toml", "--trace", to]).output().unwrap();
    fs::write(folder.join("s.toml"), "").unwrap();
    fs::write(folder.join("target"), "old").unwrap();
    std::os::unix::fs::symlink("target", folder.join("link")).unwrap();
    assert_eq!(code(&trace("link")), 0);
    assert!(fs::symlink_metadata(folder.join("link")).unwrap().is_symlink());
    assert!(fs::read_to_string(folder.join("target")).unwrap().starts_with("{\"id\":0"));
    assert_eq!(code(&trace("/dev/null")), 0);
    let full = trace("/dev/full");
    assert!(code(&full) == 3 && stderr(&full).contains("cannot write /dev/full"), "{full:?}");
    assert_eq!(code(&trace("no/such/folder")), 3);
    assert_eq!(code(&trace(".")), 3);
}

/// Whatever leads to the same file: its name, another path, a link of either kind.
#[cfg(unix)]
#[test]
fn an_input_is_not_overwritten() {
    let folder = scratch("overwritten");
    fs::create_dir(folder.join("in")).unwrap();
    fs::write(folder.join("s.toml"), "title = 'mine'\n").unwrap();
    fs::write(folder.join("in/hq.cfg"), crate::hostile::HQ).unwrap();
    fs::write(folder.join("in/branch.cfg"), crate::hostile::BRANCH).unwrap();
    fs::write(folder.join("psk.txt"), "cisco123").unwrap();
    std::os::unix::fs::symlink("s.toml", folder.join("link")).unwrap();
    fs::hard_link(folder.join("s.toml"), folder.join("hard")).unwrap();
    let run = |args: &[&str]| ikesim().current_dir(&folder).args(args).output().unwrap();
    assert_eq!(code(&run(&["run", "s.toml", "--pcap", "c.pcapng"])), 0);
    let kept = ["s.toml", "in/hq.cfg", "psk.txt", "c.pcapng"]
        .map(|file| (file, fs::read(folder.join(file)).unwrap()));
    let cases: [&[&str]; 11] = [
        &["run", "s.toml", "--trace", "s.toml"],
        &["run", "s.toml", "--pcap", "./in/../s.toml"],
        &["run", "s.toml", "--keys", "link"],
        &["run", "link", "--html", "s.toml"],
        &["run", "s.toml", "--svg", "hard"],
        &["predict", "in", "--html", "in/hq.cfg"],
        &["predict", "in/hq.cfg", "in/branch.cfg", "--html", "in/branch.cfg"],
        &["diagnose", "c.pcapng", "--html", "c.pcapng"],
        &["diagnose", "c.pcapng", "--psk-file", "psk.txt", "--html", "psk.txt"],
        &["sweep", "s.toml", "--heatmap", "s.toml"],
        &["listen", "--local", "127.0.0.1:0", "--psk-file", "psk.txt", "--keys", "psk.txt", "--timeout", "1"],
    ];
    for case in cases {
        let output = run(case);
        assert!(code(&output) == 2 && stderr(&output).contains("which is read"), "{case:?}: {output:?}");
    }
    for (file, bytes) in kept {
        assert!(fs::read(folder.join(file)).unwrap() == bytes, "{file}");
    }
    let output = run(&["run", "s.toml", "--keys", "new", "--trace", "./new"]);
    assert!(code(&output) == 2 && stderr(&output).contains("--trace and --keys both want"), "{output:?}");
    assert!(!folder.join("new").exists());
}

/// `-` is standard output: the file alone, byte for byte, and the exit code of the run.
#[test]
fn a_dash_is_standard_output() {
    let folder = scratch("dash");
    let run = |args: &[&str]| ikesim().current_dir(&folder).args(args).output().unwrap();
    fs::write(folder.join("s.toml"), "[expect]\nestablished = false\n").unwrap();
    for option in ["--trace", "--pcap", "--keys", "--html", "--svg"] {
        for colour in ["never", "always"] {
            let piped = run(&["run", "s.toml", option, "-", "--color", colour]);
            run(&["run", "s.toml", option, "file"]);
            assert_eq!(code(&piped), 1, "{option}: {piped:?}");
            assert!(piped.stdout == fs::read(folder.join("file")).unwrap(), "{option}");
        }
    }
    assert_eq!(code(&crate::feed(&["run", "-", "--trace", "-"], b"")), 0);
    run(&["run", "s.toml", "--pcap", "c.pcapng"]);
    assert!(stdout(&run(&["diagnose", "c.pcapng", "--html", "-"])).starts_with("<!doctype html>"));
    assert!(stdout(&run(&["sweep", "s.toml", "--heatmap", "-"])).starts_with("<svg"));
    let both: [&[&str]; 5] = [
        &["run", "s.toml", "--trace", "-", "--keys", "-"],
        &["run", "s.toml", "--trace", "-", "--format", "json"],
        &["run", "s.toml", "--svg", "-", "--mermaid"],
        &["diagnose", "c.pcapng", "--html", "-", "--format", "json"],
        &["sweep", "s.toml", "--heatmap", "-", "--format", "csv"],
    ];
    for case in both {
        let output = run(case);
        assert!(code(&output) == 2 && stderr(&output).contains("both want"), "{case:?}: {output:?}");
    }
}
