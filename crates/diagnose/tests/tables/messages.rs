//! Messages that are not what the script has, or not when, and what follows from each.

use std::time::Duration;

use capture::{Capture, Datagram};
use diagnose::captures::{GivenKeys, Judge};
use ike::NotifyType;
use isakmp::{ExchangeType, Flags, Header, Message, MessageId, Payload, PayloadType};

use crate::taken::{file, sides, taken};
use crate::told;

pub const MS: Duration = Duration::from_millis(1);
const LAST: Duration = Duration::from_secs(60);

pub type Case = (String, Vec<Capture>);

/// What the initiator's side sees of a run.
pub fn own(text: &str) -> Vec<Datagram> {
    taken(text).captures().0.remove(0).datagrams
}

pub fn one(title: &str, all: Vec<Datagram>) -> Case {
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
pub const EXCHANGE: usize = 18;
pub const FLAGS: usize = 19;
pub const ID: usize = 20;

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
            NotifyType::INVALID_EXCHANGE_TYPE,
            NotifyType(24_578),
        ] {
            let alone = informational(&all[0], true, 1, notify(kind));
            let again = Datagram { at: alone.at + MS * 8000, ..alone.clone() };
            cases.push(one(&format!("{mode}, {} alone", kind.0), vec![alone.clone()]));
            cases.push(one(&format!("{mode}, {} alone and twice", kind.0), vec![alone, again]));
            for count in [1, 2, 3, 5].into_iter().filter(|count| *count <= all.len()) {
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
        let step = Duration::from_micros(micros.unsigned_abs());
        let at = if micros < 0 { base.at - step } else { base.at + step };
        let mut one = Datagram { from, to, at, ..all[4].clone() };
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

pub fn rows(cases: Vec<Case>) -> Vec<String> {
    let mut judge = Judge::default();
    told::merged(cases.into_iter().map(|(title, captures)| {
        let findings = judge.judge(&captures, &GivenKeys::default());
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
