//! Captures and logs of real daemons whose truth is known: both places, and each alone.

#![cfg(test)]

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use capture::Capture;
use diagnose::captures::{CaptureVerdict, Findings, GivenKeys, judge};
use diagnose::paste;
use ike::Role;
use sim::{Cause, state_name};

fn from_root(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)
}

/// Straight to stderr: the harness hides what a passing test prints.
fn say(line: &str) {
    writeln!(std::io::stderr(), "{line}").unwrap();
}

fn captured(file: &Path) -> Capture {
    let bytes = fs::read(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    capture::read(&bytes).unwrap()
}

/// `?`: this place does not show it.
fn states(found: &Findings<'_>) -> [&'static str; 2] {
    Role::BOTH.map(|role| found.judgements[0].sides[role].state.map_or("?", state_name))
}

fn causes(found: &Findings<'_>) -> Vec<&'static str> {
    found.judgements[0].causes.iter().map(|one| one.cause.name()).collect()
}

/// Name, initiator's and responder's state, first cause of both captures. Read in the daemons' own logs.
const REAL: [(&str, &str, &str, &str); 15] = [
    ("up-charon-pluto", "MM_ACTIVE", "MM_ACTIVE", ""),
    ("psk-charon-charon", "MM_WAIT_MSG6", "MM_WAIT_MSG5", "psk-mismatch"),
    ("psk-charon-pluto", "MM_WAIT_MSG6", "MM_WAIT_MSG5", "psk-mismatch"),
    ("psk-pluto-charon", "MM_WAIT_MSG6", "MM_WAIT_MSG5", "psk-mismatch"),
    ("psk-pluto-pluto", "MM_WAIT_MSG6", "MM_WAIT_MSG5", "psk-mismatch"),
    ("proposal-pluto-pluto", "MM_WAIT_MSG2", "NONE", "policy-mismatch"),
    ("absent-pluto", "MM_WAIT_MSG2", "NONE", "port-closed"),
    // A filter looks like a missing route.
    ("blocked-500-pluto-pluto", "MM_WAIT_MSG2", "NONE", "no-route"),
    ("blocked-return-pluto-pluto", "MM_WAIT_MSG2", "MM_WAIT_MSG3", "no-route"),
    ("blocked-4500-charon-charon", "MM_WAIT_MSG6", "MM_WAIT_MSG5", "port-4500-blocked"),
    ("identity-charon-charon", "MM_WAIT_MSG6", "NONE", "identity-mismatch"),
    ("identity-pluto-pluto", "MM_WAIT_MSG6", "MM_WAIT_MSG5", "identity-mismatch"),
    ("aggressive-psk-charon-charon", "NONE", "AM_WAIT_MSG3", "psk-mismatch"),
    ("aggressive-psk-pluto-pluto", "AM_WAIT_MSG2", "AM_WAIT_MSG3", "psk-mismatch"),
    // charon sends AUTHENTICATION_FAILED for an identity that it does not know, too.
    ("aggressive-off-charon-charon", "AM_WAIT_MSG2", "NONE", "identity-mismatch"),
];

#[test]
fn both_places_name_the_cause_and_each_alone_does_not_contradict() {
    for (name, initiator, responder, cause) in REAL {
        let captures =
            ["i", "r"].map(|side| captured(&from_root(&format!("tests/captures/{name}-{side}.pcap"))));
        let both = judge(&captures, &GivenKeys::default());
        assert_eq!((both.found, states(&both)), (1, [initiator, responder]), "{name}");
        assert_eq!(causes(&both).first().copied().unwrap_or_default(), cause, "{name}");
        assert!(both.are_whole() && both.are_decided(), "{name}");
        let up = both.judgements[0].verdict == CaptureVerdict::Established;
        assert_eq!(up, cause.is_empty(), "{name}");
        for capture in &captures {
            if capture.datagrams.is_empty() {
                continue;
            }
            let alone = judge(std::slice::from_ref(capture), &GivenKeys::default());
            for (seen, known) in states(&alone).into_iter().zip([initiator, responder]) {
                assert!(seen == known || seen == "?", "{name}: {seen} where it was {known}");
            }
            // A pair of which half is not there has fewer causes ruled out, never the true one.
            let known = cause.is_empty() || causes(&alone).contains(&cause);
            assert!(
                known || alone.judgements[0].verdict == CaptureVerdict::Undecided,
                "{name}: {:?}",
                causes(&alone)
            );
        }
        // Whose file comes first is the user's affair.
        let turned = [captures[1].clone(), captures[0].clone()];
        assert_eq!(causes(&judge(&turned, &GivenKeys::default())), causes(&both), "{name}");
    }
}

/// Nothing on the wire tells these from what is named first: charon refuses a version and an offer with the same bytes,
/// and a peer without XAUTH as one whose identity it does not know.
const ALIKE: [(&str, &str); 2] =
    [("v2only-charon-charon", "policy-mismatch"), ("xauth-server-pluto-charon", "identity-mismatch")];

#[test]
fn daemons_of_the_field() {
    let folder = from_root("../shared/field/daemons");
    let Ok(truth) = fs::read_to_string(folder.join("truth.tsv")) else {
        return say("daemons of the field: skipped, ../shared is absent");
    };
    for line in truth.lines() {
        let (name, truth) = line.split_once('\t').unwrap();
        let truth = if truth == "xauth" { Cause::XauthMissing.name() } else { truth };
        let captures = ["i", "r"].map(|side| captured(&folder.join(name).join(format!("{side}.pcap"))));
        let both = judge(&captures, &GivenKeys::default());
        let up = |found: &Findings<'_>| {
            let all = found.judgements.iter().map(|one| one.verdict);
            !found.judgements.is_empty()
                && all.into_iter().all(|verdict| verdict == CaptureVerdict::Established)
        };
        if truth == "up" {
            assert!(up(&both), "{name}");
            captures.iter().for_each(|one| {
                assert!(up(&judge(std::slice::from_ref(one), &GivenKeys::default())), "{name}");
            });
        } else {
            let first = ALIKE.iter().find(|(alike, _)| *alike == name).map_or(truth, |(_, first)| *first);
            assert_eq!(causes(&both).first(), Some(&first), "{name}");
            assert!(causes(&both).contains(&truth), "{name}");
            for one in &captures {
                let alone = judge(std::slice::from_ref(one), &GivenKeys::default());
                let named =
                    alone.judgements.iter().flat_map(|one| &one.causes).any(|one| one.cause.name() == truth);
                assert!(named, "{name}");
            }
        }
    }
}

/// Either log alone, and both: what happened is among what is suspected, and nothing is suspected where it came up.
#[test]
fn logs_of_the_field() {
    let folder = from_root("../shared/field/daemons");
    let Ok(truth) = fs::read_to_string(folder.join("truth.tsv")) else {
        return say("logs of the field: skipped, ../shared is absent");
    };
    for line in truth.lines() {
        let (name, truth) = line.split_once('\t').unwrap();
        let truth = if truth == "xauth" { Cause::XauthMissing.name() } else { truth };
        let logs = ["i.log", "r.log"].map(|file| {
            String::from_utf8_lossy(&fs::read(folder.join(name).join(file)).unwrap()).into_owned()
        });
        let [i, r] = logs.each_ref().map(String::as_str);
        for texts in [vec![i], vec![r], vec![i, r]] {
            let paste = paste::read(&texts);
            let named: Vec<&str> =
                paste.stories.iter().flat_map(|story| &story.suspects).map(|one| one.issue.name()).collect();
            assert!(!paste.stories.is_empty(), "{name}");
            assert!(paste.understood.iter().all(|one| (1..=paste.lines.len()).contains(&one.line)), "{name}");
            if truth == "up" {
                let phases: Vec<_> = paste.stories.iter().map(|story| (story.phase1, story.phase2)).collect();
                let phase_1 = Cause::all().any(|cause| {
                    named.contains(&cause.name())
                        && paste.stories.iter().any(|story| story.phase1 < paste::Phase::Established)
                });
                assert!(!phase_1, "{name}, {} logs: {named:?} {phases:?}", texts.len());
            } else {
                assert!(named.contains(&truth), "{name}, {} logs: {named:?}", texts.len());
            }
        }
    }
}
