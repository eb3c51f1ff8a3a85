//! One negotiation out of what was captured at several places: who is who, which copy is which, and whose clock is right.

use std::net::SocketAddr;
use std::time::Duration;

use capture::{Capture, Datagram};
use diagnose::captures::{GivenKeys, Judge};

use crate::taken::{I, R, Taken, file, sides, taken};
use crate::told;

const MINUTE: Duration = Duration::from_secs(60);
const MS: Duration = Duration::from_millis(1);

/// What each side sees of a run.
fn both(text: &str) -> [Vec<Datagram>; 2] {
    let mut captures = Taken { at: vec![I, R], ..taken(text) }.captures().0.into_iter();
    [(); 2].map(|()| captures.next().unwrap().datagrams)
}

fn later(all: &[Datagram], by: Duration) -> Vec<Datagram> {
    all.iter().map(|one| Datagram { at: one.at + by, ..one.clone() }).collect()
}

fn on(all: &[Datagram], interface: u32) -> Vec<Datagram> {
    all.iter().map(|one| Datagram { interface, ..one.clone() }).collect()
}

fn of(all: &[Datagram], began: bool, first: &Datagram) -> Vec<Datagram> {
    all.iter().filter(|one| (one.from.ip() == first.from.ip()) == began).cloned().collect()
}

type Case = (&'static str, Vec<Vec<Datagram>>);

fn clocks() -> Vec<Case> {
    let lossy = "[[fault]]\nkind = 'drop'\nmessage = 3\n[[fault]]\nkind = 'drop'\nmessage = 4\n";
    let [own, far] = both(lossy);
    let first = own[0].clone();
    let ahead = Duration::from_secs(7);
    let one_file = |far: &[Datagram]| vec![[on(&own, 0), on(far, 1)].concat()];
    let turned = |own: &[Datagram], far: &[Datagram]| vec![[on(own, 1), on(far, 0)].concat()];
    let way = |there: bool| (of(&own, there, &first), of(&far, there, &first));
    let ((own_there, far_there), (own_back, far_back)) = (way(true), way(false));
    vec![
        ("one clock", vec![own.clone(), far.clone()]),
        ("the responder's file first", vec![far.clone(), own.clone()]),
        ("the second clock 7 s ahead", vec![own.clone(), later(&far, ahead)]),
        ("the first clock 7 s ahead", vec![later(&own, ahead), far.clone()]),
        ("one file, the initiator's interface first", one_file(&far)),
        ("one file, the responder's interface first", turned(&own, &far)),
        ("the second has the way there alone", vec![own.clone(), later(&of(&far, true, &first), ahead)]),
        ("the second has the way back alone", vec![own.clone(), later(&of(&far, false, &first), ahead)]),
        ("one file, the second has the way there alone", one_file(&of(&far, true, &first))),
        ("one file, the second has the way back alone", one_file(&of(&far, false, &first))),
        (
            "one file and one moment, the way there alone",
            vec![[on(&own, 0), on(&of(&own, true, &first), 1)].concat()],
        ),
        (
            "one file and one moment, the way back alone",
            vec![[on(&own, 0), on(&of(&own, false, &first), 1)].concat()],
        ),
        ("the same, turned: the way there alone", turned(&own, &far_there)),
        ("the same, turned: the way back alone", turned(&own, &far_back)),
        ("one file, both have the way there alone", vec![[on(&own_there, 0), on(&far_there, 1)].concat()]),
        ("one file, both have the way back alone", vec![[on(&own_back, 0), on(&far_back, 1)].concat()]),
        ("turned, both have the way there alone", turned(&own_there, &far_there)),
        ("turned, both have the way back alone", turned(&own_back, &far_back)),
        ("each has one way", vec![of(&own, true, &first), of(&far, false, &first)]),
        ("the other one each", vec![of(&own, false, &first), of(&far, true, &first)]),
        ("the second has nothing", vec![own.clone(), Vec::new()]),
        ("the second has nothing, and nobody answered", vec![of(&own, true, &first), Vec::new()]),
        ("the first has nothing, and nobody answered", vec![Vec::new(), of(&own, true, &first)]),
        ("three interfaces", vec![[on(&own, 0), on(&far, 1), on(&later(&far, MS), 2)].concat()]),
    ]
}

fn copies() -> Vec<Case> {
    let [own, far] = both("");
    let twice = |by: u64, last: usize| {
        let mut all = own.clone();
        all.extend(later(&own[..last], Duration::from_millis(by)));
        all
    };
    let translated: Vec<Datagram> = far
        .iter()
        .map(|one| {
            let outside = |end: SocketAddr| {
                if end.ip() == own[0].from.ip() { SocketAddr::new([192, 0, 2, 99].into(), 1024) } else { end }
            };
            Datagram { from: outside(one.from), to: outside(one.to), ..one.clone() }
        })
        .collect();
    let damaged = |bit: u8| {
        let mut all = far.clone();
        all[0].payload[2] ^= bit;
        all
    };
    let inside: Vec<Datagram> = own[..1]
        .iter()
        .map(|one| Datagram { to: SocketAddr::new([10, 0, 0, 1].into(), 500), ..one.clone() })
        .collect();
    let [mut foreign, mut zero] = [own.clone(), own.clone()];
    foreign[2].payload[10] ^= 1;
    zero[1].payload[8..16].fill(0);
    let host = |all: &[Datagram]| -> Vec<Datagram> {
        all.iter()
            .map(|one| Datagram { from: SocketAddr::new([203, 0, 113, 77].into(), 500), ..one.clone() })
            .collect()
    };
    let without = |all: &[Datagram], n: usize| {
        let mut all = all.to_vec();
        all.remove(n);
        all
    };
    let [mut other, mut first] = [own.clone(), own[..1].to_vec()];
    let mut again = own[1].clone();
    again.at += MS * 5;
    again.payload[8] ^= 0xff;
    other.insert(2, again);
    first.extend(host(&damaged(1)[..1]));
    vec![
        ("MSG3 was missed beside the initiator", vec![without(&own, 2), far.clone()]),
        ("MSG3 was missed beside the responder", vec![own.clone(), without(&far, 2)]),
        ("MSG4 was missed beside the responder", vec![own.clone(), without(&far, 3)]),
        ("twice within 250 ms", vec![twice(250, 1)]),
        ("twice within 251 ms", vec![twice(251, 1)]),
        ("everything twice", vec![twice(40, 6)]),
        ("behind an address translation", vec![own.clone(), translated.clone()]),
        (
            "on both sides of an address translation in one file",
            vec![[on(&own, 0), on(&translated, 1)].concat()],
        ),
        ("the responder behind an address translation, silent", vec![own[..1].to_vec(), inside]),
        ("the responder's cookie is damaged in MSG3", vec![foreign]),
        ("two on one host", vec![one_host(&own, 40_000, 40_000)]),
        ("two on one host, the initiator's port moves", vec![one_host(&own, 40_000, 40_001)]),
        ("a message without the responder's cookie comes first", vec![zero]),
        ("a damaged cookie", vec![own.clone(), damaged(4)]),
        ("a cookie with two bits of damage", vec![own.clone(), damaged(5)]),
        ("a damaged cookie from another host", vec![first]),
        ("the responder has two cookies", vec![other]),
        ("a message that arrives before it leaves by 5 ms", vec![own[..2].to_vec(), early(&own, 5)]),
        ("a message that arrives before it leaves by 6 ms", vec![own[..2].to_vec(), early(&own, 6)]),
    ]
}

/// Both under one address, told by their ports: the initiator's, at first and from MSG3 on.
fn one_host(own: &[Datagram], first: u16, then: u16) -> Vec<Datagram> {
    let began = own[0].from;
    let moved = |n: usize, end: SocketAddr| {
        let port = if n < 2 { first } else { then };
        SocketAddr::new([192, 0, 2, 7].into(), if end == began { port } else { 500 })
    };
    let all = own.iter().enumerate();
    all.map(|(n, one)| Datagram { from: moved(n, one.from), to: moved(n, one.to), ..one.clone() }).collect()
}

/// Of two, the first comes at the same time, and the second's clock is so far behind.
fn early(own: &[Datagram], by: u64) -> Vec<Datagram> {
    let mut all = own[..2].to_vec();
    all[1].at -= Duration::from_millis(by);
    all
}

/// The confirmation of Aggressive Mode among other Informationals.
fn fourth() -> Vec<Case> {
    let mode = |confirm: bool| {
        both(&format!("mode = 'aggressive'\nconfirm = {confirm}\nphase2 = true\n{}", sides("ios", "ios")))
    };
    let ([promised, _], [plain, _]) = (mode(true), mode(false));
    let sealed = |from: &Datagram, by: Duration, mark: u8| {
        let mut one = Datagram { at: from.at + by, ..from.clone() };
        one.payload[18] = 5;
        one.payload[20] = mark;
        one
    };
    let with = |all: &[Datagram], one: Datagram| vec![[all, &[one]].concat()];
    let answer = promised[3].clone();
    let own = Datagram { from: answer.to, to: answer.from, ..answer.clone() };
    vec![
        ("promised", vec![promised[..4].to_vec()]),
        ("promised, and another behind it", with(&promised[..4], sealed(&answer, MS, 9))),
        (
            "promised and sent again",
            with(&promised[..4], Datagram { at: answer.at + MS * 900, ..answer.clone() }),
        ),
        ("promised, and the initiator's own", with(&promised[..3], sealed(&own, MS, 9))),
        (
            "promised, and sealed before AM3",
            with(&promised[..3], Datagram { at: promised[1].at + MS, ..answer.clone() }),
        ),
        ("not promised, and an Informational behind", with(&plain[..3], sealed(&answer, MS, 9))),
    ]
}

fn rows(cases: Vec<Case>) -> Vec<String> {
    let mut judge = Judge::default();
    let told = cases.into_iter().flat_map(|(title, files)| {
        let captures: Vec<Capture> = files.into_iter().map(|all| file(all, MINUTE)).collect();
        let findings = judge.judge(&captures, &GivenKeys::default());
        let mut rows = vec![format!("{title}: {} found", findings.found)];
        for one in &findings.judgements {
            let sent = std::iter::once(&one.negotiation).chain(&one.alike);
            rows.extend(sent.flat_map(told::negotiation));
            rows.extend(told::brief(one));
            rows.extend(one.seen.iter().map(|seen| format!("  seen {}", told::evidence(seen))));
        }
        rows
    });
    told.collect()
}

#[test]
fn which_copy_is_which() {
    told::compare("places.txt", &rows([clocks(), copies(), fourth()].concat()));
}
