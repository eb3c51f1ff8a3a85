//! `listen` as a service and `connect` against nobody, over loopback. Ports are the system's own.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::net::UdpSocket;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, Command, Output, Stdio};

use serde_json::Value;

use crate::{code, ikesim, scratch, stderr, stdout};

fn folder(name: &str) -> PathBuf {
    let folder = scratch(name);
    fs::write(folder.join("psk.txt"), "correct horse\n").unwrap();
    fs::write(folder.join("wrong.txt"), "wrong\n").unwrap();
    folder
}

/// A listener that is ready.
struct Listener {
    child: Child,
    /// Kept open: who talks must not find the pipe closed.
    _talk: BufReader<ChildStderr>,
    address: String,
}

impl Listener {
    fn start(folder: &Path, more: &[&str]) -> Listener {
        let mut command = ikesim();
        command.current_dir(folder).args(["listen", "--local", "127.0.0.1:0", "--psk-file", "psk.txt"]);
        let mut child = command.args(more).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut talk = BufReader::new(child.stderr.take().unwrap());
        let mut line = String::new();
        talk.read_line(&mut line).unwrap();
        let address = line.trim_start_matches("listening on ").split(';').next().unwrap().to_owned();
        Listener { child, _talk: talk, address }
    }

    /// As Ctrl-C does.
    fn interrupt(self) -> Output {
        let done = Command::new("kill").args(["-INT", &self.child.id().to_string()]).status().unwrap();
        assert!(done.success());
        self.finish()
    }

    fn finish(self) -> Output {
        self.child.wait_with_output().unwrap()
    }

    fn call(&self, folder: &Path, more: &[&str]) -> Child {
        call(folder, &self.address, more)
    }
}

fn call(folder: &Path, peer: &str, more: &[&str]) -> Child {
    let mut command = ikesim();
    command.current_dir(folder).args(["connect", peer, "--local", "127.0.0.1:0", "--format", "json"]);
    command.args(more).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

fn objects(output: &Output) -> Vec<Value> {
    stdout(output).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

const RIGHT: [&str; 2] = ["--psk-file", "psk.txt"];

#[test]
fn callers_at_once_and_one_after_them_are_served_until_ctrl_c() {
    let folder = folder("listen_service");
    let listener = Listener::start(&folder, &["--format", "json", "--keys", "l.keys", "--pcap", "l.pcap"]);
    let stranger = UdpSocket::bind("127.0.0.1:0").unwrap();
    let stray = |bytes: &[u8]| stranger.send_to(bytes, &listener.address).map(|_| ()).unwrap();
    stray(b"hello");
    let pair = [&RIGHT[..], &["--psk-file", "psk.txt", "--mode", "aggressive"]];
    let pair = pair.map(|more| listener.call(&folder, more));
    stray(&[9; 300]);
    for child in pair {
        assert_eq!(code(&child.wait_with_output().unwrap()), 0);
    }
    stray(b"");
    let third = listener.call(&folder, &RIGHT).wait_with_output().unwrap();
    assert_eq!(code(&third), 0, "one after the others");
    let output = listener.interrupt();
    let objects = objects(&output);
    assert_eq!((code(&output), objects.len()), (0, 4), "{}", stdout(&output));
    let (whole, each) = objects.split_last().unwrap();
    let states: Vec<&Value> = each.iter().map(|one| &one["responder"]["state"]).collect();
    assert!(states.contains(&&"MM_ACTIVE".into()) && states.contains(&&"AM_ACTIVE".into()), "{states:?}");
    assert!(each.iter().all(|one| one["peer"].as_str().unwrap().starts_with("127.0.0.1:")));
    assert_eq!(
        (&whole["schema"], &whole["up"], &whole["failed"]),
        (&"ikesim/listen/1".into(), &3.into(), &0.into())
    );
    assert_eq!(whole["dropped"]["strays"], 3);
    assert_eq!(fs::read_to_string(folder.join("l.keys")).unwrap().lines().count(), 3, "a line for each");
    // Not on port 500, so that nothing in it is decoded; but it is all there: six, six and three.
    let read = ikesim().current_dir(&folder).args(["decode", "l.pcap"]).output().unwrap();
    assert!(stderr(&read).contains("in 15 frames"), "{}", stderr(&read));
}

#[test]
fn each_line_says_who_called_as_it_happens() {
    let folder = folder("listen_lines");
    let mut listener = Listener::start(&folder, &["--timeout", "30s"]);
    let mut shown = BufReader::new(listener.child.stdout.take().unwrap());
    let caller = listener.call(&folder, &RIGHT).wait_with_output().unwrap();
    assert_eq!(code(&caller), 0);
    let mut line = String::new();
    // The listener still runs: what is read here was written while it happened.
    while !line.contains("MM_ACTIVE") {
        line.clear();
        assert!(shown.read_line(&mut line).unwrap() > 0, "no MM_ACTIVE");
    }
    assert!(line.starts_with("127.0.0.1:"), "{line}");
    let output = listener.interrupt();
    let mut rest = String::new();
    shown.read_to_string(&mut rest).unwrap();
    assert_eq!(code(&output), 0);
    assert!(rest.contains("came up    1 · 0 did not"), "{rest}");
}

#[test]
fn one_that_stalls_makes_it_1_and_ends_nothing() {
    let folder = folder("listen_stall");
    let listener = Listener::start(&folder, &["--format", "json", "--timeout", "6"]);
    let wrong = listener.call(&folder, &["--psk-file", "wrong.txt", "--timeout", "1500ms"]);
    assert_eq!(code(&wrong.wait_with_output().unwrap()), 1);
    let refused =
        listener.call(&folder, &["--psk-file", "psk.txt", "--policy", "des/md5/14", "--timeout", "1s"]);
    assert_eq!(code(&refused.wait_with_output().unwrap()), 1);
    assert_eq!(code(&listener.call(&folder, &RIGHT).wait_with_output().unwrap()), 0);
    let output = listener.finish();
    let objects = objects(&output);
    let causes: Vec<&str> = objects.iter().filter_map(|one| one["diagnosis"][0]["cause"].as_str()).collect();
    assert_eq!((code(&output), causes), (1, vec!["policy-mismatch", "psk-mismatch"]));
    let whole = objects.last().unwrap();
    assert_eq!((&whole["up"], &whole["failed"]), (&1.into(), &2.into()));
}

#[test]
fn once_ends_with_the_first_whatever_strays_come() {
    let folder = folder("listen_once");
    let listener = Listener::start(&folder, &["--once", "--format", "json"]);
    UdpSocket::bind("127.0.0.1:0").unwrap().send_to(&[0xff; 40], &listener.address).unwrap();
    assert_eq!(code(&listener.call(&folder, &RIGHT).wait_with_output().unwrap()), 0);
    let output = listener.finish();
    let objects = objects(&output);
    assert_eq!((code(&output), objects.len()), (0, 1), "{}", stdout(&output));
    assert_eq!(
        (&objects[0]["schema"], &objects[0]["dropped"]["strays"]),
        (&"ikesim/run/1".into(), &1.into())
    );
}

#[test]
fn nothing_came_is_said_so() {
    let folder = folder("listen_nothing");
    for more in [&["--timeout", "1"][..], &["--timeout", "200ms", "--once"]] {
        let listener = Listener::start(&folder, more);
        let said = format!("no packet came to {}", listener.address);
        let output = listener.finish();
        assert_eq!(code(&output), 1);
        assert!(stdout(&output).contains(&said) && !stdout(&output).contains("cause"), "{}", stdout(&output));
        let listener = Listener::start(&folder, &[more, &["--format", "json"]].concat());
        let said = format!("no packet came to {}", listener.address);
        let output = listener.finish();
        let object = &objects(&output)[0];
        assert_eq!((code(&output), &object["diagnosis"]), (1, &Value::Null));
        assert!(object["said"].as_str().unwrap().starts_with(&said), "{object}");
    }
    for wrong in ["0", "0s", "2d", "-1s", "soon", "86401"] {
        let arguments = ["listen", "--psk-file", "psk.txt", &format!("--timeout={wrong}")];
        let output = ikesim().current_dir(&folder).args(arguments).output().unwrap();
        assert_eq!(code(&output), 2, "{wrong}");
        assert!(stderr(&output).contains("allowed: 1 to 86400 seconds"), "{}", stderr(&output));
    }
}

#[test]
#[cfg(target_os = "linux")]
fn a_closed_port_is_told() {
    let folder = folder("connect_closed");
    // Bound and closed again: nobody listens there.
    for host in ["127.0.0.1", "[::1]"] {
        let Ok(gone) = UdpSocket::bind(format!("{host}:0")) else {
            println!("skipped: no {host} on this machine");
            continue;
        };
        let peer = gone.local_addr().unwrap().to_string();
        drop(gone);
        let local = format!("--local={host}:0");
        let mut command = ikesim();
        command.current_dir(&folder).args(["connect", &peer, &local, "--psk-file", "psk.txt"]);
        let output = command.args(["--timeout", "1s", "--format", "json"]).output().unwrap();
        let object = &objects(&output)[0];
        assert_eq!((code(&output), &object["diagnosis"][0]["cause"]), (1, &"port-closed".into()), "{object}");
        let who = host.trim_matches(['[', ']']);
        let said = format!("ICMP port unreachable from {who} about MSG1 x1");
        assert!(object["diagnosis"][0]["evidence"].to_string().contains(&said), "{object}");
    }
}
