//! Captures of every kind of stall: where it left each side, what was seen, and each cause with its grounds.

use std::time::Duration;

use capture::Datagram;
use ike::Role;

use crate::taken::{Edit, I, R, Taken, outline, sides, table, taken};

/// Faults as they are written, and what a row calls them.
const FAULTS: [&str; 17] = [
    "kind = 'psk-mismatch'",
    "kind = 'missing-tunnel-group'",
    "kind = 'missing-psk'\nat = 'initiator'",
    "kind = 'policy-mismatch'\nattribute = 'hash'",
    "kind = 'ike-disabled'",
    "kind = 'identity-mismatch'",
    "kind = 'identity-mismatch'\nat = 'initiator'",
    "kind = 'no-route'\nat = 'responder'",
    "kind = 'peer-down'\nfrom = '25ms'",
    "kind = 'nat'\n[[fault]]\nkind = 'block-port'\nport = 4500",
    "kind = 'drop'\nmessage = 1\ntimes = 2",
    "kind = 'drop'\nmessage = 2\ntimes = 'all'",
    "kind = 'drop'\nmessage = 3\ntimes = 'all'",
    "kind = 'delay'\nmessage = 2\nby = '12s'",
    "kind = 'corrupt'\nmessage = 1\nbyte = 40\ntimes = 'all'",
    "kind = 'corrupt'\nmessage = 3\nbyte = 3",
    "kind = 'truncate'\nmessage = 2\ntimes = 'all'",
];

/// The last messages, which Aggressive Mode has no more.
const LAST: [&str; 5] = [
    "kind = 'drop'\nmessage = 5\ntimes = 'all'",
    "kind = 'drop'\nmessage = 6\ntimes = 'all'",
    "kind = 'drop'\nmessage = 6",
    "kind = 'corrupt'\nmessage = 6\nbyte = 28\ntimes = 'all'",
    "kind = 'delay'\nmessage = 6\nby = '90s'",
];

fn cases(head: &str, faults: &[&str], places: &[&[Role]]) -> Vec<(String, Taken)> {
    let mut cases = Vec::new();
    for fault in faults {
        for at in places {
            let at = at.to_vec();
            let places = at.iter().map(ToString::to_string).collect::<Vec<_>>().join(" and ");
            let title = format!("{} at {places}", fault.replace('\n', ", "));
            cases.push((title, Taken { at, ..taken(format!("{head}[[fault]]\n{fault}\n")) }));
        }
    }
    cases
}

#[test]
fn stalls_of_main_mode() {
    let faults = [&FAULTS[..], &LAST[..]].concat();
    table("main.txt", cases("", &faults, &[&[I], &[I, R]]));
    outline("responder.txt", cases("", &faults, &[&[R]]));
}

#[test]
fn stalls_of_daemons() {
    let daemons = sides("strongswan", "libreswan");
    let mut all = cases(&daemons, &[&FAULTS[..10], &LAST[..2]].concat(), &[&[I], &[R], &[I, R]]);
    all.iter_mut().for_each(|(_, taken)| taken.last = Duration::from_secs(200));
    table("daemons.txt", all);
}

#[test]
fn stalls_of_aggressive_mode() {
    let mode = "mode = 'aggressive'\n";
    let refused = ["kind = 'aggressive-mode-disabled'", "kind = 'drop'\nmessage = 4\ntimes = 'all'"];
    let mut all = cases(mode, &[&FAULTS[..], &refused[..]].concat(), &[&[I], &[I, R]]);
    let last = "mode = 'aggressive'\nconfirm = false\n".to_owned() + &sides("ios", "ios");
    all.extend(cases(&last, &[FAULTS[0], FAULTS[5], FAULTS[6], FAULTS[11], FAULTS[12]], &[&[I], &[R]]));
    table("aggressive.txt", all);
}

/// What was captured of a run without a fault, or with one: from a message on, up to one, of one side.
#[test]
fn parts_of_a_capture() {
    let mut all = Vec::new();
    let key = "[[fault]]\nkind = 'psk-mismatch'\n";
    for (name, head) in [
        ("main", "phase2 = true\n".to_owned()),
        ("main with two keys", key.to_owned()),
        ("aggressive", "mode = 'aggressive'\nphase2 = true\n".to_owned()),
        ("aggressive of three", format!("mode = 'aggressive'\nconfirm = false\n{}", sides("ios", "ios"))),
    ] {
        for count in 1..=9 {
            let last = Duration::from_secs(3);
            all.push((format!("{name}, the first {count}"), Taken { count, last, ..taken(&*head) }));
        }
        for from in 1..=8 {
            all.push((format!("{name}, from the {from}th"), Taken { from, ..taken(&*head) }));
        }
        for of in [I, R] {
            for (from, count) in [(0, 1), (0, 2), (0, 9), (1, 1), (1, 9), (2, 9)] {
                let title = format!("{name}, {count} of {of} from the {from}th");
                all.push((title, Taken { of: Some(of), from, count, ..taken(&*head) }));
            }
        }
    }
    // What got over a loss looks like no run without one.
    for message in [1, 5, 6] {
        let text = format!("[[fault]]\nkind = 'drop'\nmessage = {message}\n");
        for (of, from) in [(Some(I), 0), (Some(R), 0), (None, 2), (None, 4)] {
            let title = format!("main with a lost MSG{message}, of {of:?} from the {from}th");
            all.push((title, Taken { of, from, ..taken(&*text) }));
        }
    }
    outline("parts.txt", all);
}

/// Frames of which a snap length left so many bytes: a header without its end, and a part of the payloads.
#[test]
fn frames_that_were_cut() {
    let edits: [(usize, Edit); 2] = [(26, |all| cut(all, 26)), (60, |all| cut(all, 60))];
    let mut all = Vec::new();
    for (mode, faults) in [("main", &[0, 1, 3, 5, 12][..]), ("aggressive", &[0, 3, 5])] {
        for fault in faults.iter().map(|n| FAULTS[*n]) {
            for (length, edit) in edits {
                for of in [None, Some(R)] {
                    let text = format!("mode = '{mode}'\n[[fault]]\n{fault}\n");
                    let title = format!("{mode}, {}, {length} bytes of {of:?}", fault.replace('\n', ", "));
                    all.push((title, Taken { edit, of, ..taken(text) }));
                }
            }
        }
    }
    outline("cut.txt", all);
}

fn cut(all: &mut [Datagram], length: usize) {
    for one in all {
        one.cut = one.payload.len() > length;
        one.payload.truncate(length);
    }
}
