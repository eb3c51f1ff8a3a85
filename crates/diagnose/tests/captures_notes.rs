//! What is told beside the verdict of a capture, and by what a device is known.

#![cfg(test)]

use std::time::Duration;

use capture::{Capture, Datagram};
use diagnose::captures::{CaptureVerdict, GivenKeys, Judgement, Note, QuickEnd, judge};
use ike::{NotifyType, Powers, Role};
use isakmp::{ExchangeType, Flags, Header, Message, MessageId, Payload, PayloadType};
use scenario::Scenario;
use sim::{Actor, Cause};

/// What a run's initiator sends and receives.
fn seen(text: &str) -> Vec<Datagram> {
    let scenario = Scenario::parse("notes", text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    let (trace, _) = sim::run(&scenario.setup, &Powers::new(64));
    let own = trace.entries().iter().filter(|entry| entry.actor == Actor::Peer(Role::Initiator));
    let datagram = |entry: &sim::Entry| {
        let datagram = entry.kind.sent().or(entry.kind.arrived())?;
        let at = Duration::from_micros(entry.at.as_micros());
        let (from, to, payload) = (datagram.from, datagram.to, datagram.bytes.to_vec());
        Some(Datagram { frame: 0, interface: 0, at, from, to, payload, cut: false, ttl: 64 })
    };
    own.filter_map(datagram).collect()
}

fn file(mut datagrams: Vec<Datagram>, last: Duration) -> [Capture; 1] {
    datagrams.sort_by_key(|datagram| datagram.at);
    datagrams.retain(|datagram| datagram.at <= last);
    (1..).zip(&mut datagrams).for_each(|(frame, datagram)| datagram.frame = frame);
    let frames = datagrams.len() as u64;
    [Capture { datagrams, frames, last, ..Capture::default() }]
}

fn judged(datagrams: Vec<Datagram>, last: Duration, check: impl FnOnce(&Judgement<'_>)) {
    let captures = file(datagrams, last);
    let findings = judge(&captures, &GivenKeys::default());
    assert_eq!(findings.judgements.len(), 1, "{:?}", findings.notes);
    check(&findings.judgements[0]);
}

/// A capture that ends with the last of these.
fn cut_off(datagrams: Vec<Datagram>, check: impl FnOnce(&Judgement<'_>)) {
    let last = datagrams.last().unwrap().at + Duration::from_millis(1);
    judged(datagrams, last, check);
}

const MINUTE: Duration = Duration::from_secs(60);
const AGGRESSIVE: &str = "mode = 'aggressive'\nconfirm = false\n";
const CHILD: &str = "mode = 'aggressive'\nconfirm = false\nphase2 = true\n";

#[test]
fn where_a_capture_begins_and_ends() {
    let has = |one: &Judgement<'_>, note: &Note| one.notes.contains(note);
    for count in 1..=5 {
        cut_off(seen("")[..count].to_vec(), |one| {
            assert_eq!(one.verdict, CaptureVerdict::Undecided, "{count}");
            assert!(has(one, &Note::EndsEarly) && !has(one, &Note::EndsWithAm2), "{count}: {:?}", one.notes);
            assert!(!has(one, &Note::StartsLate) && !has(one, &Note::RolesGuessed), "{:?}", one.notes);
        });
    }
    cut_off(seen(AGGRESSIVE)[..2].to_vec(), |one| {
        assert_eq!(one.verdict, CaptureVerdict::Undecided);
        assert!(has(one, &Note::EndsWithAm2) && !has(one, &Note::EndsEarly), "{:?}", one.notes);
    });
    judged(seen(""), MINUTE, |one| {
        assert_eq!((one.verdict, &one.notes), (CaptureVerdict::Established, &vec![]));
    });
    judged(seen("")[2..].to_vec(), MINUTE, |one| {
        assert!(has(one, &Note::StartsLate) && !has(one, &Note::NotCaptured), "{:?}", one.notes);
    });
    let late = seen("phase2 = true\n");
    let quick: Vec<Datagram> = late[6..].to_vec();
    judged(quick, MINUTE, |one| {
        assert_eq!(one.verdict, CaptureVerdict::Established, "Quick Mode proves phase 1");
        assert!(has(one, &Note::StartsLate), "{:?}", one.notes);
    });
}

/// Behind AM3 an initiator believes itself up: whether the responder does, its answers tell.
#[test]
fn what_comes_behind_aggressive_mode() {
    let behind = |one: &Judgement<'_>| {
        one.notes.iter().find_map(|note| {
            let Note::Behind { silent, transactions } = note else { return None };
            Some((*silent, *transactions))
        })
    };
    let all = seen(CHILD);
    let began = all[0].from;
    judged(all.clone(), MINUTE, |one| {
        assert_eq!((one.verdict, behind(one)), (CaptureVerdict::Established, None));
        assert_eq!((one.phase2.children(), one.phase2.refused(), one.phase2.open()), (1, 0, 0));
        assert_eq!((one.phase2.deleted(), one.phase2.quick[0].end), (0, QuickEnd::Up));
    });
    let silent: Vec<Datagram> = (0..)
        .zip(&all)
        .filter(|(at, one)| *at < 3 || one.from == began)
        .map(|(_, one)| one.clone())
        .collect();
    judged(silent[..4].to_vec(), MINUTE, |one| {
        assert_eq!(behind(one), Some((true, 0)), "{:?}", one.notes);
        assert_eq!((one.phase2.children(), one.phase2.open()), (0, 1));
    });
    // XAUTH goes both ways there.
    let mut transactions = all[..5].to_vec();
    transactions[3..].iter_mut().for_each(|one| one.payload[18] = ExchangeType::TRANSACTION.0);
    judged(transactions, MINUTE, |one| assert_eq!(behind(one), Some((false, 2)), "{:?}", one.notes));
}

/// Anybody can send a notify in clear: who goes on after it has not obeyed it.
#[test]
fn a_refusal_that_is_not_obeyed() {
    let all = seen("");
    let (first, third) = (&all[0], &all[2]);
    let cookies = Header::decode(&first.payload).unwrap().cookies;
    let notify = |kind: NotifyType| {
        let body = [&[0, 0, 0, 1, 1, 0][..], &kind.0.to_be_bytes()].concat();
        let payloads = vec![Payload::new(PayloadType::N, body)];
        Message::clear(cookies, ExchangeType::INFORMATIONAL, Flags(0), MessageId(7), payloads).encode()
    };
    let ignored = |one: &Judgement<'_>| {
        one.notes.iter().find_map(|note| {
            let Note::Ignored { frame, notify, by, goes_on } = note else { return None };
            Some((frame.number, *notify, *by, goes_on.number))
        })
    };
    let kind = NotifyType::NO_PROPOSAL_CHOSEN;
    let (from, to) = (first.to, first.from);
    let early = Datagram {
        from,
        to,
        payload: notify(kind),
        at: first.at + Duration::from_micros(1),
        ..first.clone()
    };
    assert!(early.at < third.at);
    let mut with = all.clone();
    with.push(early.clone());
    judged(with, MINUTE, |one| {
        assert_eq!(ignored(one), Some((2, kind, Role::Initiator, 4)), "{:?}", one.notes);
        assert_eq!(one.verdict, CaptureVerdict::Established);
    });
    judged(vec![first.clone(), early], MINUTE, |one| {
        assert_eq!((ignored(one), one.verdict), (None, CaptureVerdict::Stalled));
    });
}

/// Frames of which a part was captured are counted.
#[test]
fn messages_in_part_are_counted() {
    for count in [1, 3] {
        let mut all = seen("");
        for one in all.iter_mut().rev().take(count) {
            (one.cut, one.payload) = (true, one.payload[..40].to_vec());
        }
        judged(all, MINUTE, |one| {
            assert!(one.notes.contains(&Note::Cut(count)), "{:?}", one.notes);
        });
    }
}

#[test]
fn several_of_one_pair_are_told_together() {
    let moved = |text: &str, by: Duration| -> Vec<Datagram> {
        seen(text).into_iter().map(|one| Datagram { at: one.at + by, ..one }).collect()
    };
    let notes = |datagrams: Vec<Datagram>| judge(&file(datagrams, MINUTE * 5), &GivenKeys::default()).notes;
    let (first, second) = (seen(""), moved("seed = 2\n", MINUTE));
    let several = |notes: &[Note]| {
        notes.iter().find_map(|note| {
            let Note::Several { count, .. } = note else { return None };
            Some(*count)
        })
    };
    let opposite = |notes: &[Note]| notes.iter().any(|note| matches!(note, Note::Opposite { .. }));
    let one = notes(first.clone());
    assert_eq!((several(&one), opposite(&one)), (None, false));
    let two = notes([first.clone(), second.clone()].concat());
    assert_eq!((several(&two), opposite(&two)), (Some(2), false));
    let turned = |list: Vec<Datagram>| -> Vec<Datagram> {
        list.into_iter().map(|one| Datagram { from: one.to, to: one.from, ..one }).collect()
    };
    // The other end begins a minute later, and at the same time.
    assert!(!opposite(&notes([first.clone(), turned(second)].concat())));
    let at_once = turned(moved("seed = 2\n", Duration::from_micros(10)));
    let both = notes([first, at_once].concat());
    assert_eq!((several(&both), opposite(&both)), (Some(2), true));
}

/// Without vendor ids the times of the resends tell a device, as exactly as clocks and paths allow.
#[test]
fn resends_tell_a_device() {
    let silent = |stretch: u32| {
        let mut sent = seen("[initiator]\nprofile = 'strongswan'\n[[fault]]\nkind = 'ike-disabled'\n");
        for one in &mut sent {
            let message = Message::decode(&one.payload).unwrap();
            let isakmp::Body::Clear(mut payloads) = message.body else { panic!("encrypted") };
            payloads.retain(|payload| payload.kind != PayloadType::VID);
            let Header { cookies, exchange, flags, message_id, .. } = message.header;
            one.payload = Message::clear(cookies, exchange, flags, message_id, payloads).encode();
            one.at = one.at * stretch / 100;
        }
        sent
    };
    let named = |stretch: u32, count: usize, last: Duration| {
        let mut sent = silent(stretch);
        sent.truncate(count);
        let mut name = None;
        judged(sent, last, |one| {
            assert_eq!(one.verdict, CaptureVerdict::Stalled);
            assert!(one.causes.iter().any(|cause| cause.cause == Cause::IkeDisabled));
            name = one.sides.initiator.vendor.as_ref().map(|vendor| vendor.name);
        });
        name
    };
    let long = MINUTE * 10;
    assert!(silent(100).len() > 4, "charon resends five times");
    assert_eq!(named(100, 9, long), Some("strongSwan 5.9 (charon)"));
    assert_eq!(named(103, 9, long), Some("strongSwan 5.9 (charon)"), "3 % late");
    assert_eq!(named(130, 9, long), None, "30 % late");
    assert_eq!(named(100, 2, long), None, "one resend is anybody's");
    assert_eq!(named(100, 3, long), None, "two of five are no schedule");
}
