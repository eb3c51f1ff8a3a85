//! Captures: what counts as one negotiation, what ICMP tells, and that many are judged as each alone is.

#![cfg(test)]

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use capture::{Capture, Datagram, Unreachable, Unreached};
use diagnose::captures::{Besides, CaptureVerdict, Findings, GivenKeys, Judgement, Note, What, judge};
use diagnose::{About, Captured, Evidence};
use ike::{GroupName, MessageName, Powers, Role};
use scenario::Scenario;
use sim::{Actor, Cause, state_name};

/// What ICMP says: what cannot be reached, which message, its port.
fn refusals(judgement: &Judgement<'_>) -> impl Iterator<Item = (Unreached, About, u16)> {
    judgement.seen.iter().filter_map(|one| {
        let Evidence::Captured(Captured::Unreached { what, about, port, .. }) = one else { return None };
        Some((*what, *about, *port))
    })
}

/// What a run's initiator sends and receives, moved in time, between its address and the responder's.
fn seen(text: &str, seed: u64, initiator: &str, start: Duration) -> Vec<Datagram> {
    let mut scenario = Scenario::parse("test", text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    let setup = &mut scenario.setup;
    let (old, new): (IpAddr, IpAddr) = (setup.hosts.initiator.address, initiator.parse().unwrap());
    setup.seed = seed;
    setup.hosts.initiator.address = new;
    setup.hosts.responder.peer = new;
    for group in &mut setup.hosts.responder.tunnel_groups {
        if group.name == GroupName::Address(old) {
            group.name = GroupName::Address(new);
        }
    }
    let (trace, _) = sim::run(setup, &Powers::new(64));
    let own = trace.entries().iter().filter(|entry| entry.actor == Actor::Peer(Role::Initiator));
    let datagram = |entry: &sim::Entry| {
        let datagram = entry.kind.sent().or(entry.kind.arrived())?;
        Some(Datagram {
            frame: 0,
            interface: 0,
            at: start + Duration::from_micros(entry.at.as_micros()),
            from: datagram.from,
            to: datagram.to,
            payload: datagram.bytes.to_vec(),
            cut: false,
            ttl: 64,
        })
    };
    own.filter_map(datagram).collect()
}

/// One file; it ends at `last`.
fn capture(mut datagrams: Vec<Datagram>, unreachables: Vec<Unreachable>, last: Duration) -> Capture {
    datagrams.retain(|datagram| datagram.at <= last);
    datagrams.sort_by_key(|datagram| datagram.at);
    for (frame, datagram) in (1..).zip(&mut datagrams) {
        datagram.frame = frame;
    }
    let frames = datagrams.len() as u64;
    Capture { datagrams, unreachables, frames, last, ..Capture::default() }
}

fn end(text: &str) -> SocketAddr {
    text.parse().unwrap()
}

fn refused(datagram: &Datagram, by: IpAddr, what: Unreached, quoted: usize) -> Unreachable {
    Unreachable {
        frame: datagram.frame + 1000,
        interface: 0,
        at: datagram.at + Duration::from_millis(1),
        by,
        what,
        about: (datagram.from, datagram.to),
        quoted: datagram.payload[..quoted.min(datagram.payload.len())].to_vec(),
    }
}

fn causes(judgement: &Judgement<'_>) -> Vec<Cause> {
    judgement.causes.iter().map(|one| one.cause).collect()
}

fn states(judgement: &Judgement<'_>) -> [&'static str; 2] {
    Role::BOTH.map(|role| judgement.sides[role].state.map_or("?", state_name))
}

fn only<'f, 'c>(findings: &'f Findings<'c>) -> &'f Judgement<'c> {
    assert_eq!(findings.found, 1);
    &findings.judgements[0]
}

const SILENT: &str = "[[fault]]\nkind = 'ike-disabled'\n";
const MINUTE: Duration = Duration::from_secs(60);

#[test]
fn a_closed_port_is_what_icmp_says_it_is() {
    let sent = seen(SILENT, 1, "203.0.113.1", Duration::ZERO);
    let peer = sent[0].to.ip();
    // Every copy, the first alone with a long watch, the first alone with none.
    for (count, last) in [(4, MINUTE), (1, MINUTE), (1, Duration::from_millis(100))] {
        for quoted in [0, 200] {
            let errors = sent.iter().take(count).map(|one| refused(one, peer, Unreached::Port, quoted));
            let captures = [capture(sent.clone(), errors.collect(), last)];
            let findings = judge(&captures, &GivenKeys::default());
            let one = only(&findings);
            assert_eq!(one.causes[0].cause, Cause::PortClosed, "{count} {last:?} {quoted}");
            assert_eq!((one.verdict, states(one)), (CaptureVerdict::Stalled, ["MM_WAIT_MSG2", "NONE"]));
            let beside = [Cause::PortClosed, Cause::IkeDisabled, Cause::WrongPeerAddress];
            assert!(causes(one).iter().all(|cause| beside.contains(cause)), "{:?}", causes(one));
            assert!(refusals(one).all(|(what, ..)| what == Unreached::Port), "{:?}", one.seen);
            assert_eq!(refusals(one).count(), 1);
            assert_eq!(one.negotiation.refusals.len(), count);
            assert_eq!(one.negotiation.refusals[0].message, Some(0));
        }
    }
}

#[test]
fn other_icmp_errors_name_their_own_causes() {
    let sent = seen(SILENT, 1, "203.0.113.1", Duration::ZERO);
    let (router, peer) = ("192.0.2.9".parse().unwrap(), sent[0].to.ip());
    let cases = [
        (router, Unreached::Port, Cause::Port500Blocked),
        (router, Unreached::Prohibited, Cause::Port500Blocked),
        (peer, Unreached::Prohibited, Cause::Port500Blocked),
        (router, Unreached::Host, Cause::WrongPeerAddress),
        (router, Unreached::Network, Cause::NoRoute),
    ];
    for (by, what, cause) in cases {
        let errors = sent.iter().map(|one| refused(one, by, what, 28)).collect();
        let captures = [capture(sent.clone(), errors, MINUTE)];
        let findings = judge(&captures, &GivenKeys::default());
        assert_eq!(causes(only(&findings))[0], cause, "{what:?} by {by}");
    }
}

/// The peer goes away in the middle, behind a NAT on port 4500: the quote begins with the marker.
#[test]
fn a_port_that_closes_later_is_told_too() {
    let text = "[[fault]]\nkind = 'nat'\n[[fault]]\nkind = 'block-port'\nport = 4500\n";
    let sent = seen(text, 1, "203.0.113.1", Duration::ZERO);
    let fifth: Vec<&Datagram> = sent.iter().filter(|one| one.to.port() == 4500).collect();
    assert!(fifth.len() >= 4, "MSG5 and its resends");
    let errors = fifth.iter().map(|one| refused(one, one.to.ip(), Unreached::Port, 60)).collect();
    let captures = [capture(sent.clone(), errors, MINUTE)];
    let findings = judge(&captures, &GivenKeys::default());
    let one = only(&findings);
    assert_eq!((causes(one)[0], states(one)), (Cause::PortClosed, ["MM_WAIT_MSG6", "NONE"]));
    let about = About::Message(What::Phase1(MessageName::MSG5));
    assert!(refusals(one).any(|(_, of, port)| (of, port) == (about, 4500)), "{:?}", one.seen);
}

#[test]
fn an_error_that_was_got_over_is_no_cause() {
    let sent = seen("", 1, "203.0.113.1", Duration::ZERO);
    let errors = vec![refused(&sent[0], sent[0].to.ip(), Unreached::Port, 28)];
    let captures = [capture(sent, errors, MINUTE)];
    let findings = judge(&captures, &GivenKeys::default());
    assert_eq!((only(&findings).verdict, causes(only(&findings))), (CaptureVerdict::Established, vec![]));
    // It answers after all, and stalls for another reason.
    let sent = seen("[[fault]]\nkind = 'psk-mismatch'\n", 1, "203.0.113.1", Duration::ZERO);
    let errors = vec![refused(&sent[0], sent[0].to.ip(), Unreached::Port, 28)];
    let captures = [capture(sent, errors, MINUTE)];
    let findings = judge(&captures, &GivenKeys::default());
    assert_eq!(causes(only(&findings))[0], Cause::PskMismatch);
}

#[test]
fn errors_about_what_was_not_captured_are_counted() {
    let sent = seen(SILENT, 1, "203.0.113.1", Duration::ZERO);
    let other = Datagram { to: end("192.0.2.77:500"), ..sent[0].clone() };
    let dns = Datagram { to: end("192.0.2.77:53"), from: end("203.0.113.1:999"), ..sent[0].clone() };
    let errors = [&other, &dns].map(|one| refused(one, one.to.ip(), Unreached::Port, 28)).to_vec();
    let captures = [capture(sent, errors, MINUTE)];
    let findings = judge(&captures, &GivenKeys::default());
    assert!(only(&findings).negotiation.refusals.is_empty());
    assert_eq!(findings.besides.icmp, 1);
    assert!(
        findings.notes.iter().any(|note| matches!(note, Note::Besides(Besides { icmp: 1, .. }))),
        "{:?}",
        findings.notes
    );
}

/// The same bytes but for the cookie's last bit.
fn twin(datagram: &Datagram, later: Duration) -> Datagram {
    let mut twin = Datagram { at: datagram.at + later, ..datagram.clone() };
    twin.payload[7] ^= 1;
    twin
}

#[test]
fn addresses_tell_negotiations_apart() {
    let first = seen(SILENT, 1, "203.0.113.1", Duration::ZERO)[0].clone();
    let count = |datagrams: Vec<Datagram>| {
        judge(&[capture(datagrams, Vec::new(), MINUTE)], &GivenKeys::default()).found
    };
    let second = Duration::from_secs(1);
    let elsewhere = |one: Datagram, from, to| Datagram { from: end(from), to: end(to), ..one };
    assert_eq!(count(vec![first.clone(), twin(&first, second)]), 1, "one host, a damaged cookie");
    let host = elsewhere(twin(&first, second), "203.0.113.2:500", "198.51.100.9:500");
    assert_eq!(count(vec![first.clone(), host]), 2, "two hosts, cookies alike");
    let host = elsewhere(first.clone(), "203.0.113.2:500", "198.51.100.1:500");
    assert_eq!(count(vec![first.clone(), host.clone()]), 2, "two hosts, one cookie");
    // Taken on both sides of an address translation: one.
    let outside = elsewhere(first.clone(), "192.0.2.1:1024", "198.51.100.1:500");
    let captures = [vec![first.clone()], vec![outside]].map(|one| capture(one, Vec::new(), MINUTE));
    assert_eq!(judge(&captures, &GivenKeys::default()).found, 1);
}

/// The same run under a cookie that differs in one bit, and under a responder's cookie of its own where there is one.
fn again(run: &[Datagram], later: Duration) -> Vec<Datagram> {
    let mut all: Vec<Datagram> = run.iter().map(|one| twin(one, later)).collect();
    all.iter_mut().filter(|one| one.payload[8..16] != [0; 8]).for_each(|one| one.payload[8] ^= 0x55);
    all
}

/// One pair of addresses, two cookies that differ in a bit: two negotiations where each has gone on by itself.
#[test]
fn cookies_alike_are_two_where_both_go_on() {
    let run = seen("", 1, "203.0.113.1", Duration::ZERO);
    assert_eq!(run.len(), 6);
    let second = again(&run, Duration::from_secs(5));
    let found = |second: &[Datagram]| {
        let all = [capture([&run, second].concat(), Vec::new(), MINUTE)];
        let findings = judge(&all, &GivenKeys::default());
        let each =
            findings.judgements.iter().flat_map(|one| std::iter::once(&one.negotiation).chain(&one.alike));
        each.map(|one| one.emissions.len()).collect::<Vec<_>>()
    };
    assert_eq!(found(&second), [6, 6]);
    assert_eq!(found(&second[..3]), [6, 3], "its initiator took up what it was told");
    // As damage leaves them: the answer to a cookie that nobody sent is dropped, and the same bit may be hit again.
    assert_eq!(found(&second[..2]), [8]);
    let hit_again: Vec<Datagram> = run.iter().map(|one| twin(one, Duration::from_micros(1))).collect();
    assert_eq!(found(&hit_again), [12]);
}

const FAULTS: [&str; 6] = [
    "",
    "[[fault]]\nkind = 'psk-mismatch'\n",
    "[[fault]]\nkind = 'policy-mismatch'\nattribute = 'group'\n",
    "[[fault]]\nkind = 'missing-tunnel-group'\n",
    "[initiator]\nprofile = 'strongswan'\n[responder]\nprofile = 'libreswan'\n[[fault]]\nkind = 'peer-down'\n",
    "mode = 'aggressive'\nconfirm = false\n[[fault]]\nkind = 'psk-mismatch'\n",
];

/// What was worked out for one negotiation serves another only where the answer is the same: with vendor ids and
/// without, however long each was watched.
#[test]
fn many_are_judged_as_each_alone() {
    let last = Duration::from_secs(25);
    let runs: Vec<Vec<Datagram>> = (0..30_u64)
        .map(|n| {
            let start = Duration::from_millis(n * 811);
            let mut run = seen(FAULTS[(n % 6) as usize], n + 1, &format!("10.0.0.{}", n + 1), start);
            if n % 5 == 0 {
                run.iter_mut().for_each(without_vendor);
            }
            run
        })
        .collect();
    let all = [capture(runs.concat(), Vec::new(), last)];
    let together = judge(&all, &GivenKeys::default());
    assert_eq!(
        (together.found, together.judgements.len()),
        (30, 30),
        "every one of them, whatever it looks like"
    );
    assert!(together.are_whole());
    for run in runs {
        let alone = [capture(run, Vec::new(), last)];
        let alone = judge(&alone, &GivenKeys::default());
        let one = only(&alone);
        let same = |other: &&Judgement<'_>| other.negotiation.cookies == one.negotiation.cookies;
        let other = together.judgements.iter().find(same).unwrap();
        let told = |one: &Judgement<'_>| {
            let causes: Vec<_> =
                one.causes.iter().map(|one| (one.cause, one.decides.clone(), one.remedy.clone())).collect();
            let sides = one.sides.clone().map(|side| (side.state, side.sure, side.possible));
            (one.verdict, sides, causes)
        };
        assert_eq!(told(one), told(other), "{}", one.negotiation.cookies.initiator);
    }
}

/// The bodies of vendor ids are overwritten.
fn without_vendor(datagram: &mut Datagram) {
    let bytes = &mut datagram.payload;
    if bytes.starts_with(&[0; 4]) || bytes[19] & 1 != 0 {
        return;
    }
    let (mut kind, mut at) = (bytes[16], 28);
    while kind != 0 {
        let length = usize::from(u16::from_be_bytes([bytes[at + 2], bytes[at + 3]]));
        if kind == 13 {
            bytes[at + 4..at + length].fill(0x55);
        }
        (kind, at) = (bytes[at], at + length);
    }
}

/// More messages under one cookie than are looked at: it is judged, and the rest is counted.
#[test]
fn a_flood_under_one_cookie_is_counted() {
    let first = seen(SILENT, 1, "203.0.113.1", Duration::ZERO)[0].clone();
    let flood = (0..1200_u32).map(|n| Datagram { at: Duration::from_millis(100) * n, ..first.clone() });
    let captures = [capture(flood.collect(), Vec::new(), Duration::from_secs(600))];
    let findings = judge(&captures, &GivenKeys::default());
    assert!(!findings.are_whole());
    assert_eq!(only(&findings).negotiation.left_out, 200);
    let notes = &only(&findings).notes;
    assert!(notes.contains(&Note::LeftOut(200)), "{notes:?}");
}

/// A snap length of 60 bytes leaves 18 of a message.
#[test]
fn what_a_snap_length_cuts_is_not_called_no_ike() {
    let mut sent = seen(SILENT, 1, "203.0.113.1", Duration::ZERO);
    for datagram in &mut sent {
        datagram.payload.truncate(18);
    }
    let junk = capture(sent.clone(), Vec::new(), MINUTE);
    for datagram in &mut sent {
        datagram.cut = true;
    }
    let count = |capture| {
        let captures = [capture];
        let findings = judge(&captures, &GivenKeys::default());
        (findings.besides.unreadable > 0, findings.besides.cut > 0, findings.are_whole())
    };
    let cut = capture(sent, Vec::new(), MINUTE);
    assert_eq!((count(junk), count(cut)), ((true, false, true), (false, true, false)));
}
