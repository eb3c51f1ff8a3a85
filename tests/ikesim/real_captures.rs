//! Captures of real daemons with real faults (tests/captures), and files that hold something else than one negotiation.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use capture::{Capture, Writer};
use ike::{MessageName, Powers};
use scenario::Scenario;
use serde_json::Value;
use sim::{Actor, Kind};

use crate::{code, ikesim, scratch, stderr, stdout};

fn objects(files: &[&Path], more: &[&str]) -> Vec<Value> {
    let output = ikesim().arg("diagnose").args(files).args(more).args(["--format", "json"]).output().unwrap();
    let all: Vec<Value> = stdout(&output).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(code(&output), crate::undecided(&all), "{files:?}: {}", stderr(&output));
    all
}

fn causes(found: &Value) -> Vec<&str> {
    found["causes"].as_array().unwrap().iter().map(|cause| cause["cause"].as_str().unwrap()).collect()
}

/// Name, initiator's and responder's state, first cause of both captures: one of each verdict. `diagnose`'s own tests have
/// all of them.
const REAL: [(&str, &str, &str, &str); 4] = [
    ("up-charon-pluto", "MM_ACTIVE", "MM_ACTIVE", ""),
    ("blocked-return-pluto-pluto", "MM_WAIT_MSG2", "MM_WAIT_MSG3", "no-route"),
    ("identity-charon-charon", "MM_WAIT_MSG6", "NONE", "identity-mismatch"),
    ("aggressive-psk-charon-charon", "NONE", "AM_WAIT_MSG3", "psk-mismatch"),
];

#[test]
fn real_stalls_are_named() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/captures");
    for (name, initiator, responder, cause) in REAL {
        let [left, right] = ["i", "r"].map(|side| folder.join(format!("{name}-{side}.pcap")));
        let found = objects(&[&left, &right], &[]);
        assert_eq!(found.len(), 1, "{name}");
        let state = |found: &Value, side: &str| found[side]["state"].as_str().unwrap_or("?").to_owned();
        assert_eq!(state(&found[0], "initiator"), initiator, "{name}");
        assert_eq!(state(&found[0], "responder"), responder, "{name}");
        assert_eq!(causes(&found[0]).first().copied().unwrap_or_default(), cause, "{name}");
        // One side alone: the same, or plainly not visible.
        for one in [&left, &right] {
            for found in objects(&[one], &[]) {
                for (side, truth) in [("initiator", initiator), ("responder", responder)] {
                    let possible = found[side]["possible"].as_array().unwrap();
                    let right = if found[side]["sure"] == "not visible" {
                        possible.iter().any(|name| name == truth)
                    } else {
                        state(&found, side) == truth
                    };
                    assert!(right, "{name}, {}: {side} {}", one.display(), found[side]);
                }
                assert!(cause.is_empty() || causes(&found).contains(&cause), "{name}: {}", found["causes"]);
            }
        }
    }
}

/// A datagram: when, between whom, its bytes, and which phase 1 message it is (0: none).
type Frame = (Duration, (SocketAddr, SocketAddr), Vec<u8>, u8);

/// What a run's initiator and responder send, moved in time, written as a capture at one place.
fn sent(text: &str, reversed: bool) -> Vec<Frame> {
    let scenario = Scenario::parse("odd", text).unwrap();
    let (trace, _) = sim::run(&scenario.setup, &Powers::new(64));
    let flip = |end: SocketAddr| {
        let (i, r) = (scenario.setup.hosts.initiator.address, scenario.setup.hosts.responder.address);
        SocketAddr::new(if end.ip() == i { r } else { i }, end.port())
    };
    let sent = trace.entries().iter().filter_map(|entry| match (&entry.kind, entry.actor) {
        (Kind::Sent(datagram), Actor::Peer(_)) => {
            let ends = if reversed {
                (flip(datagram.from), flip(datagram.to))
            } else {
                (datagram.from, datagram.to)
            };
            let number = datagram.label.message().map_or(0, MessageName::number);
            Some((Duration::from_micros(entry.at.as_micros()), ends, datagram.bytes.to_vec(), number))
        }
        _ => None,
    });
    sent.collect()
}

fn write(name: &str, frames: &[Frame]) -> PathBuf {
    let mut frames = frames.to_vec();
    frames.sort_by_key(|frame| frame.0);
    let mut writer = Writer::new(&["wire"]);
    for (at, ends, bytes, _) in &frames {
        assert!(writer.datagram(0, *at, *ends, bytes, None));
    }
    // A folder each: another test would empty one that is shared.
    let path = scratch(&format!("odd-captures-{name}")).join(name);
    fs::write(&path, writer.finish()).unwrap();
    path
}

const MISMATCH: &str = "[[fault]]\nkind = 'psk-mismatch'";

#[test]
fn what_else_a_capture_holds_is_said() {
    // Two negotiations at once, from opposite ends.
    let both = [sent(MISMATCH, false), sent("seed = 2\n[[fault]]\nkind = 'psk-mismatch'", true)].concat();
    let path = write("opposite.pcapng", &both);
    let text = stdout(&ikesim().arg("diagnose").arg(&path).output().unwrap());
    assert!(text.contains("began at the same time from opposite ends"), "{text}");
    let found = objects(&[&path], &[]);
    assert_eq!(found.len(), 2);
    assert!(found.iter().all(|one| one["initiator"]["state"] == "MM_WAIT_MSG6"));
    assert_ne!(found[0]["peers"]["initiator"], found[1]["peers"]["initiator"]);

    // A capture that starts behind message 4.
    let mut late = sent(MISMATCH, false);
    late.retain(|frame| frame.3 != 1 && frame.3 != 2 && (frame.3 != 3));
    late.retain(|frame| frame.0 > Duration::from_millis(35));
    let found = objects(&[&write("late.pcapng", &late)], &[]);
    assert_eq!(
        (&found[0]["starts_late"], &found[0]["initiator"]["state"]),
        (&true.into(), &"MM_WAIT_MSG6".into())
    );
    assert!(causes(&found[0]).contains(&"psk-mismatch"), "{}", found[0]);

    // A capture that ends at once.
    let mut short = sent("", false);
    short.truncate(3);
    let found = objects(&[&write("short.pcapng", &short)], &[]);
    assert_eq!(
        (&found[0]["outcome"], &found[0]["initiator"]["state"]),
        (&"undecided".into(), &"MM_WAIT_MSG4".into())
    );

    // An error in clear that nobody obeys.
    let ignored = sent("[[fault]]\nkind = 'policy-mismatch'\nattribute = 'group'", false);
    let found = objects(&[&write("ignored.pcapng", &ignored)], &[]);
    assert!(
        found[0]["notes"].to_string().contains("does not obey what nothing protects"),
        "{}",
        found[0]["notes"]
    );

    // IKEv2, ESP in UDP, and what is no IKE at all.
    let (_, ends, bytes, _) = sent("", false).swap_remove(0);
    let mut version_2 = bytes.clone();
    version_2[17] = 0x20;
    let moved = (SocketAddr::new(ends.0.ip(), 4500), SocketAddr::new(ends.1.ip(), 4500));
    let at = Duration::ZERO;
    let rest = [(at, ends, version_2, 0), (at, moved, vec![9; 80], 0), (at, ends, vec![1, 2, 3], 0)];
    let path = write("rest.pcapng", &rest);
    assert!(objects(&[&path], &[]).is_empty());
    let text = stdout(&ikesim().arg("diagnose").arg(&path).output().unwrap());
    for word in ["IKEv2", "ESP or keepalives", "no IKE message", "no IKEv1 message: capture UDP 500"] {
        assert!(text.contains(word), "{word}: {text}");
    }
}

/// The same negotiation cut off after every frame, and each frame cut short: always a result.
#[test]
fn cut_captures_are_judged() {
    let whole = sent(MISMATCH, false);
    for length in 0..=whole.len() {
        objects(&[&write("cut.pcapng", &whole[..length])], &[]);
    }
    let file = fs::read(write("whole.pcapng", &whole)).unwrap();
    for length in (0..file.len()).step_by(97) {
        if let Ok(capture) = capture::read(&file[..length]) {
            diagnose::captures::judge(&[capture], &diagnose::captures::GivenKeys::default());
        }
    }
    let mut snapped = capture::read(&file).unwrap();
    for datagram in &mut snapped.datagrams {
        datagram.payload.truncate(60);
        datagram.cut = true;
    }
    let captures: [Capture; 1] = [snapped];
    let findings = diagnose::captures::judge(&captures, &diagnose::captures::GivenKeys::default());
    assert_eq!(
        findings.judgements[0].sides.initiator.sent,
        [MessageName::MSG1, MessageName::MSG3, MessageName::MSG5]
    );
    assert!(findings.judgements[0].notes.iter().any(|note| matches!(note, diagnose::captures::Note::Cut(_))));
}

/// The page needs nothing else, and holds no key.
#[test]
fn the_page_stands_alone() {
    let folder = scratch("diagnose-page");
    let (page, key) = (folder.join("page.html"), folder.join("key.txt"));
    fs::write(&key, "a secret of ours").unwrap();
    let capture =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/captures/aggressive-psk-pluto-pluto-i.pcap");
    objects(&[&capture], &["--psk-file", key.to_str().unwrap(), "--html", page.to_str().unwrap()]);
    let html = fs::read_to_string(&page).unwrap();
    assert!(
        html.contains("AM_WAIT_MSG3") && html.contains("psk-mismatch") && html.contains("class=\"bytes\"")
    );
    // Links to RFCs are followed when somebody clicks, and by nothing else.
    let html = html.replace("<a href=\"https://www.rfc-editor.org/rfc/rfc", "");
    for word in ["a secret of ours", "http://", "https://", " src=", "@import"] {
        assert!(!html.contains(word), "{word}");
    }
}
