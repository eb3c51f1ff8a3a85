//! Messages that are not what the script has, or not when, and what follows from each.

use std::net::SocketAddr;
use std::time::Duration;

use capture::{Capture, Datagram};
use diagnose::wire::{Judge, Keys};
use ike::NotifyType;
use isakmp::{ExchangeType, Flags, Header, Message, MessageId, Payload, PayloadType};

use crate::taken::{I, R, Taken, file, sides, taken};
use crate::told;

const MS: Duration = Duration::from_millis(1);
const LAST: Duration = Duration::from_secs(60);

pub type Case = (String, Vec<Capture>);

/// What the initiator's side sees of a run.
fn own(text: &str) -> Vec<Datagram> {
    taken(text).captures().0.remove(0).datagrams
}

fn one(title: &str, all: Vec<Datagram>) -> Case {
    (title.to_owned(), vec![file(all, LAST)])
}

/// The byte of this message at this place is another.
fn with(all: &[Datagram], message: usize, changes: &[(usize, u8)]) -> Vec<Datagram> {
    let mut all = all.to_vec();
    for (at, value) in changes {
        all[message].payload[*at] = *value;
    }
    all
}

/// Places in the header.
const NEXT: usize = 16;
const EXCHANGE: usize = 18;
const FLAGS: usize = 19;
const ID: usize = 20;

fn kinds() -> Vec<Case> {
    let all = own("phase2 = true\n");
    let mut cases = Vec::new();
    for (title, message, changes) in [
        ("a fragment for MSG1", 0, &[(NEXT, 132)][..]),
        ("a fragment for MSG3", 2, &[(NEXT, 132)]),
        ("a fragment for MSG5, encrypted", 4, &[(NEXT, 132)]),
        ("MSG1 encrypted", 0, &[(FLAGS, 1)]),
        ("MSG3 encrypted", 2, &[(FLAGS, 1)]),
        ("MSG5 in clear", 4, &[(FLAGS, 0)]),
        ("MSG6 in clear", 5, &[(FLAGS, 0)]),
        ("MSG6 an Informational", 5, &[(EXCHANGE, 5), (ID, 3)]),
        ("QM1 a Transaction", 6, &[(EXCHANGE, 6)]),
        ("QM2 a Transaction", 7, &[(EXCHANGE, 6)]),
        ("QM1 a new group", 6, &[(EXCHANGE, 33)]),
        ("QM1 of an exchange that nobody knows", 6, &[(EXCHANGE, 240)]),
        ("MSG2 in Aggressive Mode", 1, &[(EXCHANGE, 4)]),
        ("MSG3 cannot be read", 2, &[(31, 3)]),
        ("MSG2 begins with a vendor id that is none", 1, &[(NEXT, 13)]),
    ] {
        let changed = with(&all, message, changes);
        cases.push(one(title, changed[..=message].to_vec()));
        cases.push(one(&format!("{title}, and on"), changed));
    }
    cases
}

/// An Informational exchange in clear.
fn informational(to: &Datagram, back: bool, millis: u64, payload: Payload) -> Datagram {
    let cookies = Header::decode(&to.payload).unwrap().cookies;
    let message = Message::clear(cookies, ExchangeType::INFORMATIONAL, Flags(0), MessageId(7), vec![payload]);
    let (from, at) =
        (if back { (to.to, to.from) } else { (to.from, to.to) }, to.at + MS * u32::try_from(millis).unwrap());
    Datagram { from: from.0, to: from.1, at, payload: message.encode(), ..to.clone() }
}

fn notify(kind: NotifyType) -> Payload {
    Payload::new(PayloadType::N, [&[0, 0, 0, 1, 1, 0][..], &kind.0.to_be_bytes()].concat())
}

fn notifies() -> Vec<Case> {
    let mut cases = Vec::new();
    for (mode, text) in [
        ("main", sides("strongswan", "strongswan")),
        ("aggressive", format!("mode = 'aggressive'\n{}", sides("strongswan", "strongswan"))),
    ] {
        let all = own(&text);
        for kind in [
            NotifyType::NO_PROPOSAL_CHOSEN,
            NotifyType::INVALID_KEY_INFORMATION,
            NotifyType::AUTHENTICATION_FAILED,
            NotifyType::INVALID_ID_INFORMATION,
            NotifyType::INVALID_EXCHANGE_TYPE,
            NotifyType(24_578),
        ] {
            for count in 1..=5.min(all.len()) {
                let last = &all[count - 1];
                for back in [true, false] {
                    let said = informational(last, back, 1, notify(kind));
                    let title =
                        format!("{mode}, {} behind {count} {}", kind.0, if back { "back" } else { "on" });
                    cases.push(one(&title, [&all[..count], &[said]].concat()));
                }
            }
        }
        let deleted = Payload::new(PayloadType::D, vec![0, 0, 0, 1, 1, 16, 0, 0]);
        cases.push(one(
            &format!("{mode}, a Delete in clear"),
            [&all[..2], &[informational(&all[1], true, 1, deleted)]].concat(),
        ));
        let go_on = informational(&all[0], true, 1, notify(NotifyType::NO_PROPOSAL_CHOSEN));
        let again = Datagram { at: all[0].at + MS * 4000, ..all[0].clone() };
        cases.push(one(
            &format!("{mode}, refused and sent again"),
            vec![all[0].clone(), go_on.clone(), again],
        ));
        cases.push(one(&format!("{mode}, a refusal that is not obeyed"), [&all[..], &[go_on]].concat()));
    }
    cases
}

/// When a sealed Informational is an answer to phase 1, and when it is not.
fn sealed() -> Vec<Case> {
    let all = own(&sides("strongswan", "strongswan"));
    let text = |base: &Datagram, back: bool, micros: i64, id: u8| {
        let (from, to) = if back { (base.to, base.from) } else { (base.from, base.to) };
        let at = base.at.as_micros() as i64 + micros;
        let mut one = Datagram { from, to, at: Duration::from_micros(at as u64), ..all[4].clone() };
        (one.payload[EXCHANGE], one.payload[ID]) = (5, id);
        one
    };
    let fifth = &all[4];
    let to_5 = |micros: i64, id: u8| text(fifth, true, micros, id);
    let mut cases = Vec::new();
    for micros in [-1, 0, 1, 499_999, 500_000, 500_001, 60_000_000] {
        cases.push(one(&format!("{micros} us behind MSG5"), [&all[..5], &[to_5(micros, 9)]].concat()));
        cases.push(one(
            &format!("{micros} us behind MSG5, MSG6 behind"),
            [&all[..], &[to_5(micros, 9)]].concat(),
        ));
    }
    let by_initiator = |micros: i64| text(fifth, false, micros, 8);
    for (title, more) in [
        ("the initiator's own first", vec![by_initiator(1000), to_5(2000, 9)]),
        ("the initiator's own at once", vec![by_initiator(2000), to_5(2000, 9)]),
        ("the initiator's own at once, and behind", vec![to_5(2000, 9), by_initiator(2000)]),
        ("the initiator's own behind", vec![to_5(2000, 9), by_initiator(3000)]),
        ("twice", vec![to_5(2000, 9), to_5(3000, 10)]),
        ("late, and the initiator's own before", vec![by_initiator(1_000_000), to_5(2_000_000, 9)]),
        ("late, and the initiator's own behind", vec![to_5(2_000_000, 9), by_initiator(3_000_000)]),
    ] {
        cases.push(one(title, [&all[..5], &more[..]].concat()));
    }
    let sixth = &all[5];
    for micros in [1000, 499_999, 500_001] {
        let refusal = text(sixth, true, micros, 9);
        cases.push(one(&format!("{micros} us behind MSG6"), [&all[..], &[refusal]].concat()));
    }
    cases
}

/// XAUTH was chosen, or was not: what a refusal behind the proof means, and one before it.
fn behind_xauth() -> Vec<Case> {
    let mut cases = Vec::new();
    for (mode, text) in [
        ("main", sides("strongswan", "strongswan")),
        ("aggressive", format!("mode = 'aggressive'\nconfirm = false\n{}", sides("ios", "ios"))),
    ] {
        let mut all = own(&text);
        for (name, method) in [
            ("pre-shared key", 1),
            ("XAUTH", 65_001),
            ("signatures", 3),
            ("XAUTH with signatures", 65_005_u16),
        ] {
            for message in 0..2 {
                let body = &mut all[message].payload;
                let at = body.windows(2).position(|window| window == [0x80, 3]).unwrap() + 2;
                body[at..at + 2].copy_from_slice(&method.to_be_bytes());
            }
            let proof = if mode == "main" { 4 } else { 2 };
            for (when, at, back) in [
                ("before", proof - 1, false),
                ("behind", proof, true),
                ("from the initiator behind", proof, false),
            ] {
                let base = &all[at];
                let mut sealed = if back {
                    Datagram { from: base.to, to: base.from, ..all[proof].clone() }
                } else {
                    all[proof].clone()
                };
                if when == "before" {
                    (sealed.from, sealed.to) = (all[1].from, all[1].to);
                }
                sealed.at = base.at + MS;
                (sealed.payload[EXCHANGE], sealed.payload[FLAGS], sealed.payload[ID]) = (5, 1, 9);
                let until = if when == "before" { proof } else { proof + 1 };
                cases.push(one(
                    &format!("{mode}, {name}, refused {when} the proof"),
                    [&all[..until], &[sealed]].concat(),
                ));
            }
            cases.push(one(&format!("{mode}, {name}, nothing behind the proof"), all[..=proof].to_vec()));
            cases.push(one(&format!("{mode}, {name}, the first alone"), all[..1].to_vec()));
        }
    }
    cases
}

/// Time to live, NAT-D against the addresses, and what is under way when the capture ends.
fn paths() -> Vec<Case> {
    let mut cases = Vec::new();
    for fault in [
        "kind = 'drop'\nmessage = 4\ntimes = 'all'",
        "kind = 'psk-mismatch'",
        "kind = 'drop'\nmessage = 6\ntimes = 'all'",
        "kind = 'ike-disabled'",
    ] {
        let all = own(&format!("[[fault]]\n{fault}\n"));
        for ttl in [[64, 64], [64, 57], [57, 64], [57, 57], [0, 57], [57, 0], [255, 128], [0, 64]] {
            let mut all = all.clone();
            let first = all[0].from;
            all.iter_mut().for_each(|one| one.ttl = ttl[usize::from(one.from != first)]);
            cases.push(one(&format!("{}, time to live {ttl:?}", fault.replace('\n', ", ")), all));
        }
    }
    let healthy = own("");
    let elsewhere = |end: SocketAddr| SocketAddr::new([192, 0, 2, 50].into(), end.port());
    let moved = |end: SocketAddr| SocketAddr::new(end.ip(), 1024);
    let began = healthy[0].from;
    for (title, change) in
        [("another address", &elsewhere as &dyn Fn(SocketAddr) -> SocketAddr), ("another port", &moved)]
    {
        for (whose, initiator) in [("the initiator", true), ("the responder", false)] {
            let mut all = healthy.clone();
            for one in &mut all {
                for end in [&mut one.from, &mut one.to] {
                    if (*end == began) == initiator {
                        *end = change(*end);
                    }
                }
            }
            cases.push(one(&format!("{title} of {whose}"), all));
        }
    }
    let [own, far] = {
        let taken =
            Taken { at: vec![I, R], ..taken("[[fault]]\nkind = 'drop'\nmessage = 3\ntimes = 'all'\n") };
        let files = taken.captures().0;
        [files[0].datagrams.clone(), files[1].datagrams.clone()]
    };
    for millis in [299, 300, 301] {
        let last = own[2].at + MS * millis;
        let files = [&own[..3], &far[..2]].map(|all| file(all.to_vec(), last)).to_vec();
        cases.push((format!("MSG3 left {millis} ms before the end"), files));
    }
    cases
}

fn rows(cases: Vec<Case>) -> Vec<String> {
    let mut judge = Judge::default();
    told::merged(cases.into_iter().map(|(title, captures)| {
        let findings = judge.judge(&captures, &Keys::default());
        let mut rows = Vec::new();
        for one in &findings.judgements {
            let sent = one
                .negotiation
                .emissions
                .iter()
                .map(|one| format!("{} {}", one.sender, told::short(&one.what)));
            rows.push(format!(
                "  {}",
                sent.collect::<Vec<_>>().join(", ").replace("initiator", "i").replace("responder", "r")
            ));
            rows.extend(told::brief(one));
        }
        (title, rows)
    }))
}

#[test]
fn what_a_message_is() {
    told::compare("kinds.txt", &rows(kinds()));
}

#[test]
fn what_a_notify_says() {
    told::compare("notifies.txt", &rows(notifies()));
}

#[test]
fn what_a_sealed_message_answers() {
    told::compare("sealed.txt", &rows(sealed()));
}

#[test]
fn what_is_refused_behind_xauth() {
    told::compare("xauth.txt", &rows(behind_xauth()));
}

#[test]
fn what_a_path_shows() {
    told::compare("paths.txt", &rows(paths()));
}
