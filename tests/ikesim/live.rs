//! Two of our own peers over loopback, exactly as the tour prints the commands; and what goes wrong.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::Value;

use crate::{code, ikesim, scratch, stderr, stdout};

/// A folder with a key in it and the scenarios beside it.
fn folder(name: &str) -> PathBuf {
    let folder = scratch(name);
    fs::write(folder.join("psk.txt"), "correct horse\n").unwrap();
    let scenarios = folder.join("scenarios");
    fs::create_dir(&scenarios).unwrap();
    for name in ["nat_traversal.toml", "psk_mismatch.toml"] {
        let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios").join(name);
        fs::copy(from, scenarios.join(name)).unwrap();
    }
    folder
}

fn start(folder: &Path, arguments: &[&str]) -> Child {
    let mut command: Command = ikesim();
    command.current_dir(folder).args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = command.spawn().unwrap();
    if arguments[0] == "listen" {
        // It says on standard error that it listens, but that pipe is read at the end.
        std::thread::sleep(Duration::from_millis(400));
    }
    child
}

#[test]
fn the_tours_commands_work_as_printed() {
    let tour = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/tour.md")).unwrap();
    let folder = folder("readme");
    let mut ran = 0;
    for block in tour.split("```text\n").skip(1) {
        let mut listening = None;
        for line in block.split("```").next().unwrap().lines() {
            let words: Vec<&str> = line.split(' ').skip(1).collect();
            let child = start(&folder, &words);
            ran += 1;
            if words[0] == "listen" {
                listening = Some(child);
                continue;
            }
            let output = child.wait_with_output().unwrap();
            assert_eq!(code(&output), 0, "{line}: {}", stderr(&output));
            assert!(!stdout(&output).is_empty(), "{line}");
        }
        if let Some(child) = listening {
            let output = child.wait_with_output().unwrap();
            assert_eq!(code(&output), 0, "the listener: {}", stderr(&output));
        }
    }
    assert!(ran >= 4, "the tour shows {ran} commands");
}

/// Name, first port, what the listener and the caller add, and the state both end in.
type Case = (&'static str, u16, &'static [&'static str], &'static [&'static str], &'static str);

/// One call over loopback; both reports and both key lines.
fn call(
    name: &str,
    ports: (u16, u16),
    listen: &[&str],
    connect: &[&str],
) -> (i32, Value, i32, Value, [String; 2]) {
    let folder = folder(name);
    let [own, peer] = [ports.0, ports.1].map(|port| format!("127.0.0.1:{port}"));
    let common = ["--psk-file", "psk.txt", "--timeout", "4", "--format", "json"];
    let listener = start(
        &folder,
        &[&["listen", "--once", "--local", &own, "--keys", "l.keys"][..], &common, listen].concat(),
    );
    let caller = start(
        &folder,
        &[&["connect", &own, "--local", &peer, "--keys", "c.keys"][..], &common, connect].concat(),
    );
    let [caller, listener] = [caller, listener].map(|child| child.wait_with_output().unwrap());
    let json = |output| serde_json::from_str(&stdout(output)).unwrap();
    let keys = ["l.keys", "c.keys"].map(|name| fs::read_to_string(folder.join(name)).unwrap());
    (code(&listener), json(&listener), code(&caller), json(&caller), keys)
}

#[test]
fn both_modes_come_up_with_equal_keys() {
    let cases: [Case; 3] = [
        (
            "live_main",
            11_500,
            &["--policy", "aes-128/sha256/31"],
            &["--policy", "aes-128/sha256/31"],
            "MM_ACTIVE",
        ),
        (
            "live_aggressive",
            11_502,
            &[],
            &["--mode", "aggressive", "--identity", "fqdn:a.example"],
            "AM_ACTIVE",
        ),
        (
            "live_confirm",
            11_504,
            &["--confirm", "--profile", "ios"],
            &["--mode", "aggressive", "--confirm"],
            "AM_ACTIVE",
        ),
    ];
    for (name, port, listen, connect, state) in cases {
        let (l_code, listener, c_code, caller, [l_key, c_key]) =
            call(name, (port, port + 1), listen, connect);
        assert_eq!((l_code, c_code), (0, 0), "{name}: {listener} {caller}");
        assert_eq!(
            (&listener["responder"]["state"], &caller["initiator"]["state"]),
            (&state.into(), &state.into()),
            "{name}"
        );
        assert!(
            listener["initiator"].is_null() && caller["responder"].is_null(),
            "nothing is known of the other side"
        );
        assert!(l_key.len() > 40 && l_key == c_key, "{name}: the keys differ");
    }
}

#[test]
fn nothing_in_common_is_exit_1_on_both_sides() {
    let flags = |policy| ["--policy", policy];
    let (l_code, listener, c_code, caller, _) =
        call("live_mismatch", (11_510, 11_511), &flags("aes-128/sha/14"), &flags("aes-256/sha/14"));
    assert_eq!((l_code, c_code), (1, 1));
    assert_eq!(listener["responder"]["end"], "rejected");
    assert_eq!(caller["diagnosis"][0]["cause"], "policy-mismatch");
}

#[test]
fn two_live_runs_never_draw_the_same() {
    let cookies = [0, 1].map(|n| {
        let (.., [key, _]) = call(&format!("live_random_{n}"), (11_520 + 2 * n, 11_521 + 2 * n), &[], &[]);
        key.split(',').next().unwrap().to_owned()
    });
    assert_ne!(cookies[0], cookies[1]);
}

#[test]
fn wrong_flags_are_told() {
    let folder = folder("live_wrong");
    let cases: [(&[&str], i32, &str); 9] = [
        (&["connect", "127.0.0.1"], 2, "no pre-shared key"),
        (&["connect", "no such host", "--psk-file", "psk.txt"], 2, "is no peer"),
        (&["connect", "127.0.0.1", "--psk-file", "none.txt"], 3, "no such file"),
        (
            &["connect", "127.0.0.1", "--psk-file", "psk.txt", "--policy", "aes/sha/14"],
            2,
            "unknown cipher `aes`",
        ),
        (
            &["connect", "127.0.0.1", "--psk-file", "psk.txt", "--policy", "aes-128/sha/3"],
            2,
            "unknown group `3`",
        ),
        (&["connect", "127.0.0.1", "--psk-file", "psk.txt", "--identity", "name"], 2, "is no identity"),
        (&["connect", "127.0.0.1", "--psk-file", "psk.txt", "--profile", "pix"], 2, "unknown profile `pix`"),
        (&["listen", "--local", "0.0.0.0:500", "--psk-file", "psk.txt"], 2, "names no address"),
        (
            &["listen", "--local", "203.0.113.77:11599", "--psk-file", "psk.txt"],
            3,
            "cannot bind 203.0.113.77:11599",
        ),
    ];
    for (arguments, expected, said) in cases {
        let output = start(&folder, arguments).wait_with_output().unwrap();
        assert!(
            code(&output) == expected && stderr(&output).contains(said),
            "{arguments:?}: {}",
            stderr(&output)
        );
    }
}
