//! `diff` stops where two runs part.

use std::fs;

use crate::{code, feed, run, scratch, stderr, stdout};

#[test]
fn two_runs_part_where_the_key_matters() {
    let output = run(&["diff", "scenarios/main_mode.toml", "scenarios/psk_mismatch.toml"]);
    assert_eq!(code(&output), 1);
    let text = stdout(&output);
    for part in [
        "a key of 8 characters → a key of 9 characters",
        "A  0.050s responder: accepted message 5",
        "B  0.050s responder: dropped",
    ] {
        assert!(text.contains(part), "{text}");
    }
}

#[test]
fn equal_runs_are_equal() {
    let output = run(&["diff", "scenarios/main_mode.toml", "scenarios/main_mode.toml"]);
    assert_eq!(code(&output), 0, "{output:?}");
}

/// Another seed changes the first cookie: the bytes and their field are named. Traces do as well as scenarios.
#[test]
fn bytes_are_compared() {
    let folder = scratch("diff");
    let [a, b] = ["a.jsonl", "b.jsonl"].map(|name| folder.join(name).to_str().unwrap().to_owned());
    for (seed, file) in [("1", &a), ("2", &b)] {
        run(&["run", "scenarios/main_mode.toml", "--seed", seed, "--trace", file]);
    }
    let output = run(&["diff", &a, &b]);
    let text = stdout(&output);
    assert_eq!(code(&output), 1);
    assert!(text.contains("icookie: A ") && text.contains(" · B "), "{text}");
    let mixed = run(&["diff", "scenarios/main_mode.toml", &a]);
    assert_eq!(code(&mixed), 0, "{mixed:?}");
    // Flip one digit of a packet.
    let lines = fs::read_to_string(&a).unwrap();
    fs::write(&b, lines.replacen("0110020000000000000000ac", "0110020000000000000001ac", 1)).unwrap();
    let text = stdout(&run(&["diff", &a, &b]));
    assert!(text.contains("the first difference at byte 26, in A's length") && text.contains("^^"), "{text}");
}

#[test]
fn what_is_no_trace_is_said() {
    let folder = scratch("diff-bad");
    let file = folder.join("bad.jsonl");
    fs::write(&file, "{\"id\":0,\"at\":\"0s\",\"actor\":\"operator\",\"kind\":\"edited\"}\nnonsense\n")
        .unwrap();
    let output = run(&["diff", file.to_str().unwrap(), "scenarios/main_mode.toml"]);
    assert!(code(&output) == 2 && stderr(&output).contains("bad.jsonl:2: no JSON"), "{output:?}");
    // JSON, and no trace: two of these would be "equal".
    let report = folder.join("report.jsonl");
    fs::write(&report, stdout(&run(&["run", "scenarios/main_mode.toml", "--format", "json"]))).unwrap();
    let output = run(&["diff", report.to_str().unwrap(), report.to_str().unwrap()]);
    assert!(
        code(&output) == 2 && stderr(&output).contains("report.jsonl:1: no event of a trace"),
        "{output:?}"
    );
}

/// A trace is known by what is in it, not by its name.
#[test]
fn a_trace_may_have_any_name() {
    let file = scratch("diff-name").join("before.txt");
    let file = file.to_str().unwrap();
    run(&["run", "scenarios/psk_mismatch.toml", "--trace", file]);
    let output = run(&["diff", file, "scenarios/psk_mismatch.toml"]);
    assert_eq!(code(&output), 0, "{output:?}");
    let text = stdout(&run(&["diff", "scenarios/main_mode.toml", "scenarios/aggressive_mode.toml"]));
    assert!(text.contains("1 event is equal"), "{text}");
}

/// Whatever `run` writes is read, however long: a trace is no scenario, and has not a scenario's bound.
#[test]
fn a_long_trace_is_read() {
    let folder = scratch("diff-long");
    let scenario = folder.join("many.toml");
    let flood =
        |message| format!("[[fault]]\nkind = 'duplicate'\nmessage = {message}\ntimes = 900\nafter = '1us'\n");
    fs::write(&scenario, flood(1) + &flood(3)).unwrap();
    let [scenario, trace] = [scenario, folder.join("many.jsonl")].map(|path| path.display().to_string());
    run(&["run", &scenario, "--trace", &trace]);
    let text = fs::read_to_string(&trace).unwrap();
    assert!(text.len() > 4 << 20, "{}", text.len());
    assert_eq!(code(&run(&["diff", &trace, &scenario])), 0);
    let cut = folder.join("cut.jsonl").display().to_string();
    let end = text[..text.len() - 1].rfind('\n').unwrap() + 1;
    fs::write(&cut, &text[..end]).unwrap();
    let output = run(&["diff", &trace, &cut]);
    assert!(code(&output) == 1 && stdout(&output).contains("B  nothing more happens"), "{output:?}");
    // From a pipe, and a line without an end.
    assert_eq!(code(&feed(&["diff", "-", &scenario], text.as_bytes())), 0);
    let endless = feed(&["diff", &scenario, "-"], &[b"{".as_slice(), &[b' '; 2 << 20]].concat());
    assert!(code(&endless) == 2 && stderr(&endless).contains("<stdin>:1: a line of"), "{endless:?}");
    assert_eq!(code(&run(&["diff", "-", "-"])), 2);
}
