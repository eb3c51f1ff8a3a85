//! Kinds of captures that people have, each as small as it can be.

#![cfg(test)]

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use capture::{Capture, Datagram};
use diagnose::Finding;
use diagnose::captures::{Breach, CaptureVerdict, GivenKeys, Judge, Judgement, Note, judge};
use ike::{NotifyType, Powers, Reason, Role};
use isakmp::{CookiePair, ExchangeType, Flags, Header, Message, MessageId, Payload, PayloadType};
use scenario::Scenario;
use sim::{Actor, Cause, Timeline};

const CHARONS: &str = "[initiator]\nprofile = 'strongswan'\n[responder]\nprofile = 'strongswan'\n";
const LONG: Duration = Duration::from_secs(600);

/// What a run's initiator and responder see, a file each, watched so long; the second's clock is ahead by `ahead`.
fn both(text: &str, last: Duration, ahead: Duration) -> [Capture; 2] {
    let scenario = Scenario::parse("kind", text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    let (trace, _) = sim::run(&scenario.setup, &Powers::new(64));
    let of = |role: Role| {
        let late = if role == Role::Responder { ahead } else { Duration::ZERO };
        let own = trace.entries().iter().filter(|entry| entry.actor == Actor::Peer(role));
        let datagrams = own.filter_map(|entry| {
            let datagram = entry.kind.sent().or(entry.kind.arrived())?;
            Some(Datagram {
                frame: 0,
                interface: 0,
                at: late + Duration::from_micros(entry.at.as_micros()),
                from: datagram.from,
                to: datagram.to,
                payload: datagram.bytes.to_vec(),
                cut: false,
                ttl: 0,
            })
        });
        file(datagrams.collect(), last)
    };
    Role::BOTH.map(of)
}

fn file(mut datagrams: Vec<Datagram>, last: Duration) -> Capture {
    datagrams.retain(|datagram| datagram.at <= last);
    for (frame, datagram) in (1..).zip(&mut datagrams) {
        datagram.frame = frame;
    }
    let frames = datagrams.len() as u64;
    Capture { datagrams, frames, last, ..Capture::default() }
}

fn causes(judgement: &Judgement<'_>) -> Vec<Cause> {
    judgement.causes.iter().map(|one| one.cause).collect()
}

fn cookies(datagram: &Datagram) -> CookiePair {
    Header::decode(&datagram.payload).unwrap().cookies
}

/// A message of the other side, that many milliseconds after this one.
fn answer(to: &Datagram, payload: Vec<u8>, millis: u64) -> Datagram {
    let at = to.at + Duration::from_millis(millis);
    Datagram { from: to.to, to: to.from, payload, at, ..to.clone() }
}

/// An Informational exchange in clear with one notify.
fn notify(cookies: CookiePair, kind: NotifyType) -> Vec<u8> {
    let body = [&[0, 0, 0, 1, 1, 0][..], &kind.0.to_be_bytes()].concat();
    let payloads = vec![Payload::new(PayloadType::N, body)];
    let exchange = ExchangeType::INFORMATIONAL;
    Message::clear(cookies, exchange, Flags(0), MessageId(7), payloads).encode()
}

/// The first message in clear with its payloads changed.
fn changed(datagram: &Datagram, change: impl FnOnce(&mut Vec<Payload>)) -> Datagram {
    let message = Message::decode(&datagram.payload).unwrap();
    let isakmp::Body::Clear(mut payloads) = message.body else { panic!("encrypted") };
    change(&mut payloads);
    let Header { cookies, exchange, flags, message_id, .. } = message.header;
    let payload = Message::clear(cookies, exchange, flags, message_id, payloads).encode();
    Datagram { payload, ..datagram.clone() }
}

fn judged(captures: &[Capture], check: impl FnOnce(&Judgement<'_>)) {
    let findings = judge(captures, &GivenKeys::default());
    assert_eq!(findings.judgements.len(), 1, "{:?}", findings.notes);
    check(&findings.judgements[0]);
}

/// The first copy of MSG6 arrives with other bytes: the files are aligned by the messages that agree.
#[test]
fn clocks_that_differ_and_a_message_that_arrives_altered() {
    for ahead in [0, 2, 40] {
        let text = format!("{CHARONS}[[fault]]\nkind = 'corrupt'\nmessage = 6\nbyte = 28\n");
        let captures = both(&text, LONG, Duration::from_secs(ahead));
        judged(&captures, |judgement| {
            assert_eq!(judgement.verdict, CaptureVerdict::Established, "{ahead} s: {:?}", judgement.seen);
            let sent = judgement.negotiation.emissions.iter();
            assert!(sent.clone().all(|one| one.near.is_some() && one.far.is_some()), "{ahead} s");
            assert_eq!(sent.filter(|one| one.altered).count(), 1, "{ahead} s");
        });
    }
}

#[test]
fn a_message_6_that_is_refused_is_not_the_end() {
    let text = format!("{CHARONS}[[fault]]\nkind = 'identity-mismatch'\nat = 'initiator'\n");
    let [own, other] = both(&text, LONG, Duration::ZERO);
    // The responder answers that Informational with one of its own.
    let mut answered = own.clone();
    let last = answered.datagrams.last().unwrap().clone();
    let mut payload = last.payload.clone();
    payload[20] ^= 1;
    answered.datagrams.push(answer(&last, payload, 1));
    for captures in [vec![own.clone()], vec![other.clone()], vec![own, other], vec![answered]] {
        judged(&captures, |judgement| {
            assert_ne!(judgement.verdict, CaptureVerdict::Established);
            assert_eq!(causes(judgement)[0], Cause::IdentityMismatch);
        });
    }
}

/// A Delete minutes later answers nothing: the responder was active, and MSG6 did not come.
#[test]
fn a_late_informational_is_no_answer() {
    let text = format!("{CHARONS}[[fault]]\nkind = 'drop'\nmessage = 6\n");
    let [mut own, _] = both(&text, LONG, Duration::ZERO);
    let last = own.datagrams.last().unwrap().clone();
    let mut payload = last.payload.clone();
    // An Informational exchange instead of Main Mode.
    payload[18] = 5;
    own.datagrams.push(answer(&last, payload, 60_000));
    judged(&[own], |judgement| {
        assert_eq!(judgement.verdict, CaptureVerdict::HalfOpen, "{:?}", judgement.seen);
        assert!(causes(judgement).contains(&Cause::MessageLost));
        assert!(!causes(judgement).contains(&Cause::PskMismatch));
    });
}

#[test]
fn what_the_peers_say_in_clear() {
    let first = |text: &str, count: usize, kind: NotifyType| {
        let [own, _] = both(text, LONG, Duration::ZERO);
        let mut datagrams = own.datagrams[..count].to_vec();
        let last = datagrams[count - 1].clone();
        datagrams.push(answer(&last, notify(cookies(&last), kind), 1));
        let mut first = None;
        judged(&[file(datagrams, LONG)], |judgement| {
            assert_ne!(judgement.verdict, CaptureVerdict::Established);
            first = causes(judgement).first().copied();
        });
        first
    };
    let aggressive = format!("mode = 'aggressive'\n{CHARONS}");
    let key = NotifyType::INVALID_KEY_INFORMATION;
    assert_eq!(first(&aggressive, 1, key), Some(Cause::PolicyMismatch), "the group");
    // charon begins without a key, and cannot go on when MSG4 is there.
    assert_eq!(first(CHARONS, 4, key), Some(Cause::MissingPsk));
    let failed = NotifyType::AUTHENTICATION_FAILED;
    assert_eq!(first(&aggressive, 1, failed), Some(Cause::IdentityMismatch));
}

/// The same peers come up later: address, route and policy are right, the key may have been mended.
#[test]
fn peers_that_come_up_later() {
    let of = |text: &str| both(&format!("{CHARONS}{text}"), LONG, Duration::ZERO)[0].datagrams.clone();
    let lost = of("[[fault]]\nkind = 'drop'\nmessage = 1\n");
    let alone =
        judge(&[file(lost.clone(), LONG)], &GivenKeys::default()).judgements.swap_remove(0).causes.len();
    let mut healthy = both(&format!("seed = 2\n{CHARONS}"), LONG, Duration::ZERO)[0].datagrams.clone();
    healthy.iter_mut().for_each(|datagram| datagram.at += Duration::from_secs(300));
    let captures = [file([lost, healthy].concat(), LONG)];
    let findings = judge(&captures, &GivenKeys::default());
    let [failed, up] = findings.judgements.as_slice() else { panic!("{}", findings.found) };
    assert_eq!(up.verdict, CaptureVerdict::Established);
    let left = causes(failed);
    assert!(!left.is_empty() && left.len() < alone, "{left:?}");
    for right in [Cause::NoRoute, Cause::WrongPeerAddress, Cause::Port500Blocked, Cause::PolicyMismatch] {
        assert!(!left.contains(&right), "{right}");
    }
    assert_eq!(failed.causes[0].rank, 1);
    assert!(failed.notes.iter().any(|note| matches!(note, Note::ComesUpLater(_))), "{:?}", failed.notes);
}

/// What came to the responder's host has arrived.
#[test]
fn a_capture_taken_at_a_host() {
    let [_, other] = both("[[fault]]\nkind = 'ike-disabled'\n", LONG, Duration::ZERO);
    let with = |at: Option<&str>| {
        let at = at.map(|text| text.parse::<IpAddr>().unwrap());
        let captures = [other.clone()];
        let findings = Judge::default().taken_at(at).judge(&captures, &GivenKeys::default());
        (causes(&findings.judgements[0]), findings.notes)
    };
    assert!(with(None).0.contains(&Cause::NoRoute));
    let (named, _) = with(Some("198.51.100.1"));
    assert!(named.contains(&Cause::IkeDisabled) && !named.contains(&Cause::WrongPeerAddress), "{named:?}");
    let elsewhere = with(Some("192.0.2.200"));
    assert_eq!(elsewhere, (with(None).0, vec![Note::Elsewhere([192, 0, 2, 200].into())]));
}

/// Ids that everybody sends say nothing; a product's own does, and the one that a Cisco device makes of a cookie.
#[test]
fn vendors_by_what_says_so() {
    let [own, _] = both("", LONG, Duration::ZERO);
    let first = &own.datagrams[0];
    let cookie = cookies(first).initiator.0;
    let made = [&[9; 4][..], &[cookie[4], cookie[5] ^ 1, cookie[6], cookie[7]], &[9; 8]].concat();
    let fortinet = b"\x82\x99\x03\x17\x57\xa3\x60\x82\xc6\xa6\x21\xde\x00\x00\x05\x02".to_vec();
    let dpd = b"\xaf\xca\xd7\x13\x68\xa1\xf1\xc9\x6b\x86\x96\xfc\x77\x57\x01\x00".to_vec();
    for (id, name) in
        [(Some(made), Some("Cisco")), (Some(fortinet), Some("FortiGate")), (Some(dpd), None), (None, None)]
    {
        let sent = changed(first, |payloads| {
            payloads.retain(|payload| payload.kind != PayloadType::VID);
            payloads.extend(id.map(|body| Payload::new(PayloadType::VID, body)));
        });
        judged(&[file(vec![sent], LONG)], |judgement| {
            let vendor = judgement.sides.initiator.vendor.as_ref().map(|vendor| vendor.name);
            assert_eq!(vendor, name);
            let any = |one: &Finding| format!("{:?}", one.remedy).contains("vendor: Generic");
            assert!(judgement.causes.iter().any(any), "the responder may be any device");
        });
    }
}

/// An answer to a question that was not captured, and answers to a port that a translation gave.
#[test]
fn roles_where_only_answers_were_captured() {
    let [own, _] = both("", LONG, Duration::ZERO);
    let first = &own.datagrams[0];
    let refusal = answer(first, notify(cookies(first), NotifyType::NO_PROPOSAL_CHOSEN), 1);
    let mut ke = own.datagrams[3].clone();
    ke.to = SocketAddr::new(ke.to.ip(), 61_234);
    for only in [refusal, ke] {
        let responder = only.from;
        judged(&[file(vec![only], LONG)], |judgement| assert_eq!(judgement.negotiation.ends.1, responder));
    }
}

#[test]
fn offers_that_break_the_protocol_are_named() {
    let [own, _] = both("", LONG, Duration::ZERO);
    let late = changed(&own.datagrams[0], |payloads| payloads.rotate_left(1));
    let two = changed(&own.datagrams[0], |payloads| {
        // Behind DOI and situation: the proposal, now the first of two.
        let proposal = payloads[0].body[8..].to_vec();
        payloads[0].body[8] = PayloadType::PROPOSAL.0;
        payloads[0].body.extend(proposal);
    });
    for (first, breach) in [(late, Breach::Reason(Reason::SaNotFirst)), (two, Breach::Proposals(2))] {
        judged(&[file(vec![first], LONG)], |judgement| {
            let named = |note: &Note| matches!(note, Note::Breaks { how, .. } if *how == breach);
            assert!(judgement.notes.iter().any(named), "{breach:?}: {:?}", judgement.notes);
        });
    }
}

/// XAUTH was chosen, and the proof is refused under protection.
#[test]
fn xauth_is_named() {
    let text = format!("{CHARONS}[[fault]]\nkind = 'identity-mismatch'\n");
    let [mut own, _] = both(&text, LONG, Duration::ZERO);
    judged(&[own.clone()], |judgement| {
        assert_eq!(causes(judgement)[..2], [Cause::IdentityMismatch, Cause::XauthMissing]);
    });
    for datagram in &mut own.datagrams[..2] {
        *datagram = changed(datagram, |payloads| {
            let body = &mut payloads[0].body;
            let method = [0x80, 3, 0, 1];
            let at = body.windows(4).position(|window| window == method).unwrap();
            body[at + 2..at + 4].copy_from_slice(&65_001_u16.to_be_bytes());
        });
    }
    judged(&[own], |judgement| {
        assert_eq!(causes(judgement)[0], Cause::XauthMissing);
        let chosen = diagnose::captures::chosen(&judgement.negotiation).unwrap().to_string();
        assert!(chosen.ends_with("xauth-init-pre-share"), "{chosen}");
    });
}

/// A key opens what was refused under protection.
#[test]
fn keys_open_an_informational() {
    let text = format!("{CHARONS}[[fault]]\nkind = 'identity-mismatch'\n");
    let scenario = Scenario::parse("kind", &text).unwrap();
    let (trace, _) = sim::run(&scenario.setup, &Powers::new(64));
    let sides = Timeline::after(trace.entries()).sides;
    let negotiation = sides.initiator.negotiations.into_values().next().unwrap();
    let cookie = negotiation.made.unwrap().2.initiator;
    let (_, keymat) = negotiation.standing.keys.unwrap();
    let keys =
        GivenKeys { cipher: BTreeMap::from([(cookie, keymat.cipher_key.clone())]), ..GivenKeys::default() };
    let [own, _] = both(&text, LONG, Duration::ZERO);
    let captures = [own];
    let findings = judge(&captures, &keys);
    let judgement = &findings.judgements[0];
    assert_eq!(causes(judgement)[0], Cause::IdentityMismatch);
    let opened = judgement.notes.iter().any(
        |note| matches!(note, Note::Opened(opened) if opened.notifies == [NotifyType::AUTHENTICATION_FAILED]),
    );
    assert!(opened, "{:?}", judgement.notes);
}

/// charon waits 165 s: what is called late comes after that.
#[test]
fn late_is_later_than_the_peers_wait() {
    let text = format!("{CHARONS}[[fault]]\nkind = 'drop'\nmessage = 3\n");
    let [own, _] = both(&text, LONG, Duration::ZERO);
    judged(&[own], |judgement| assert!(causes(judgement).contains(&Cause::MessageLate)));
}

/// Nothing came for minutes, and nothing was sent again: no capture that ends at once.
#[test]
fn silence_in_a_long_capture() {
    for (mode, count) in [("main", 1), ("main", 2), ("main", 4), ("aggressive", 2)] {
        let [own, _] = both(&format!("mode = '{mode}'\n"), LONG, Duration::ZERO);
        let datagrams = own.datagrams[..count].to_vec();
        judged(&[file(datagrams, LONG)], |judgement| {
            assert_ne!(judgement.verdict, CaptureVerdict::Undecided, "{mode} {count}");
            assert!(!judgement.causes.is_empty(), "{mode} {count}");
        });
    }
}
