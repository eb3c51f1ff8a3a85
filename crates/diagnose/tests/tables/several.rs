//! Several negotiations of one file: what a later one says of an earlier one, and what they say together.

use std::time::Duration;

use capture::Datagram;
use diagnose::captures::{GivenKeys, Judge};

use crate::taken::{file, sides, taken};
use crate::told;

const MINUTE: Duration = Duration::from_secs(60);
const LAST: Duration = Duration::from_secs(1200);

fn run(text: &str, start: Duration) -> Vec<Datagram> {
    let all = taken(text).captures().0.remove(0).datagrams;
    all.into_iter().map(|one| Datagram { at: one.at + start, ..one }).collect()
}

fn turned(all: Vec<Datagram>) -> Vec<Datagram> {
    all.into_iter().map(|one| Datagram { from: one.to, to: one.from, ..one }).collect()
}

fn elsewhere(all: Vec<Datagram>) -> Vec<Datagram> {
    let moved = |mut end: std::net::SocketAddr| {
        end.set_ip(if end.ip().to_string() == "203.0.113.1" { [203, 0, 113, 9].into() } else { end.ip() });
        end
    };
    all.into_iter().map(|one| Datagram { from: moved(one.from), to: moved(one.to), ..one }).collect()
}

fn cases() -> Vec<(String, Vec<Datagram>)> {
    let daemons = sides("strongswan", "strongswan");
    let up = |seed: u64, at: u32| run(&format!("seed = {seed}\n{daemons}"), MINUTE * at);
    let other = run(
        &format!(
            "seed = 7\n{daemons}[[initiator.policy]]\nhash = 'sha512'\n[[responder.policy]]\nhash = 'sha512'\n"
        ),
        MINUTE * 5,
    );
    let mut cases = Vec::new();
    for (name, fault) in [
        ("lost", "kind = 'drop'\nmessage = 1\ntimes = 'all'"),
        ("refused", "kind = 'policy-mismatch'\nattribute = 'hash'"),
        ("not enabled", "kind = 'ike-disabled'"),
        ("another key", "kind = 'psk-mismatch'"),
    ] {
        let failed = || run(&format!("{daemons}[[fault]]\n{fault}\n"), Duration::ZERO);
        for (how, then) in [
            ("up later", up(2, 5)),
            ("up later from the other end", turned(up(2, 5))),
            ("up later with another offer", other.clone()),
            ("up later elsewhere", elsewhere(up(2, 5))),
            ("up twice later", [up(2, 5), up(3, 8)].concat()),
        ] {
            cases.push((format!("{name}, {how}"), [failed(), then].concat()));
        }
        let late = failed().into_iter().map(|one| Datagram { at: one.at + MINUTE * 5, ..one }).collect();
        cases.push((format!("{name}, up before"), [up(2, 0), late].concat()));
    }
    for (title, second) in [
        ("at once", up(2, 0)),
        ("at once from the other end", turned(up(2, 0))),
        ("a minute later from the other end", turned(up(2, 1))),
        ("a part of another", up(2, 1)[2..].to_vec()),
        ("another host's", elsewhere(up(2, 1))),
    ] {
        cases.push((format!("two up, {title}"), [up(1, 0), second].concat()));
    }
    let long = run(&format!("{daemons}[[fault]]\nkind = 'drop'\nmessage = 3\n"), Duration::ZERO);
    cases.push((
        "one is begun while another goes on".to_owned(),
        [long, turned(run(&format!("seed = 2\n{daemons}"), Duration::from_secs(2)))].concat(),
    ));
    cases
}

#[test]
fn what_one_says_of_another() {
    let mut judge = Judge::default();
    let rows = cases().into_iter().flat_map(|(title, all)| {
        let captures = [file(all, LAST)];
        let findings = judge.judge(&captures, &GivenKeys::default());
        let mut rows = vec![format!(
            "{title}: {} found, decided {}, whole {}",
            findings.found,
            findings.are_decided(),
            findings.are_whole()
        )];
        for one in &findings.judgements {
            rows.push(format!(
                "  {} alike, ranks {:?}",
                one.alike.len(),
                one.causes.iter().map(|one| one.rank).collect::<Vec<_>>()
            ));
            rows.extend(told::brief(one));
        }
        rows.extend(findings.notes.iter().map(|note| format!("  all {}", told::short(note))));
        rows
    });
    told::compare("several.txt", &rows.collect::<Vec<_>>());
}

/// Notes on pairs of peers are many in a large capture: ten are shown.
#[test]
fn pairs_beyond_the_tenth_are_counted() {
    let of = |pairs: u8| {
        let pair = |n: u8| {
            let mut all = [run("", Duration::ZERO), run("seed = 2\n", MINUTE)].concat();
            for one in &mut all {
                one.payload[7] = n;
                for end in [&mut one.from, &mut one.to] {
                    if end.ip().to_string() == "203.0.113.1" {
                        end.set_ip([10, 0, 0, n].into());
                    }
                }
            }
            all
        };
        let captures = [file((1..=pairs).flat_map(pair).collect(), LAST)];
        let findings = Judge::default().judge(&captures, &GivenKeys::default());
        findings.notes.iter().map(told::short).collect::<Vec<_>>()
    };
    let ten = of(10);
    assert_eq!((ten.len(), ten.iter().all(|note| note.starts_with("Several"))), (10, true), "{ten:?}");
    let more = of(12);
    assert_eq!((more.len(), more[10].as_str()), (11, "More(2)"), "{more:?}");
}
