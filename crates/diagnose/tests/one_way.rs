//! Captures of one direction, and captures that begin late: who is who, what fits, and what stays open.

#![cfg(test)]

use std::time::Duration;

use capture::{Capture, Datagram};
use diagnose::captures::{CaptureVerdict, GivenKeys, Judgement, Note, QuickEnd, judge};
use ike::{Powers, Role, State};
use scenario::Scenario;
use sim::{Actor, Cause};

const INITIATOR: &str = "203.0.113.1";
const LAST: Duration = Duration::from_secs(40);

/// A run as its initiator sees it, from the `skip`th datagram on that `role` sends; `None`: of both.
fn capture(text: &str, role: Option<Role>, skip: usize) -> [Capture; 1] {
    let scenario = Scenario::parse("test", text).unwrap();
    let (trace, _) = sim::run(&scenario.setup, &Powers::new(64));
    let own = trace.entries().iter().filter(|entry| entry.actor == Actor::Peer(Role::Initiator));
    let of = |datagram: &sim::Datagram| {
        let began = datagram.from.ip().to_string() == INITIATOR;
        role.is_none_or(|role| (role == Role::Initiator) == began)
    };
    let all = own.filter_map(|entry| {
        let datagram = entry.kind.sent().or(entry.kind.arrived()).filter(|datagram| of(datagram))?;
        let at = Duration::from_micros(entry.at.as_micros());
        let (from, to, payload) = (datagram.from, datagram.to, datagram.bytes.to_vec());
        Some(Datagram { frame: 0, interface: 0, at, from, to, payload, cut: false, ttl: 64 })
    });
    let mut datagrams: Vec<Datagram> = all.skip(skip).filter(|datagram| datagram.at <= LAST).collect();
    (1..).zip(&mut datagrams).for_each(|(frame, datagram)| datagram.frame = frame);
    let frames = datagrams.len() as u64;
    [Capture { datagrams, frames, last: LAST, ..Capture::default() }]
}

fn judged(text: &str, role: Option<Role>, skip: usize, check: impl FnOnce(&Judgement<'_>)) {
    let captures = capture(text, role, skip);
    let findings = judge(&captures, &GivenKeys::default());
    assert_eq!(findings.judgements.len(), 1);
    check(&findings.judgements[0]);
}

fn first(judgement: &Judgement<'_>) -> Option<Cause> {
    judgement.causes.first().map(|suspect| suspect.cause)
}

const KEY: &str = "[[fault]]\nkind = 'psk-mismatch'\n";
const POLICY: &str = "[[fault]]\nkind = 'policy-mismatch'\nattribute = 'hash'\n";
const CHILD: &str = "phase2 = true\n";

#[test]
fn one_direction_names_the_causes_that_fit() {
    for (text, role, cause) in [
        (KEY, Role::Initiator, Cause::PskMismatch),
        (KEY, Role::Responder, Cause::PskMismatch),
        (POLICY, Role::Responder, Cause::PolicyMismatch),
    ] {
        judged(text, Some(role), 0, |judgement| {
            assert_eq!(judgement.negotiation.ends.0.ip().to_string(), INITIATOR, "{cause}, {role}");
            assert!(judgement.notes.iter().any(|note| matches!(note, Note::OneWay { .. })), "{judgement:?}");
            assert_eq!(first(judgement), Some(cause), "{role}");
            // Half of it is not in the file: no cause stands alone.
            assert!(judgement.causes.len() > 1, "{cause}, {role}");
        });
    }
}

/// Refusals alone say neither what was refused nor in which mode.
#[test]
fn refusals_alone_leave_the_mode_open() {
    judged(POLICY, Some(Role::Responder), 0, |judgement| {
        assert_eq!((judgement.verdict, judgement.negotiation.mode), (CaptureVerdict::Stalled, None));
        assert_eq!(
            judgement.sides[Role::Initiator].possible,
            [Some(State::MmWaitMsg2), Some(State::AmWaitMsg2)]
        );
    });
}

/// The third message and the fourth look alike, and so do the last two.
#[test]
fn the_last_messages_of_one_side_are_anybodys() {
    for (role, skip) in [(Role::Initiator, 1), (Role::Responder, 1)] {
        judged(KEY, Some(role), skip, |judgement| {
            assert_eq!((judgement.verdict, judgement.causes.len()), (CaptureVerdict::Undecided, 0), "{role}");
            assert!(judgement.sides.both().iter().all(|(_, left)| left.state.is_none()), "{role}");
        });
    }
}

/// What the other side makes of the last message is not in the file.
#[test]
fn a_last_message_alone_brings_nothing_up() {
    judged("", Some(Role::Responder), 0, |judgement| {
        assert_eq!(judgement.verdict, CaptureVerdict::Undecided);
    });
    judged("", None, 0, |judgement| assert_eq!(judgement.verdict, CaptureVerdict::Established));
}

#[test]
fn a_late_beginning_tells_who_began() {
    for skip in [2, 3, 4, 5] {
        judged(CHILD, None, skip, |judgement| {
            assert_eq!(judgement.negotiation.ends.0.ip().to_string(), INITIATOR, "from message {}", skip + 1);
            assert_eq!(judgement.verdict, CaptureVerdict::Established);
        });
    }
}

/// The third message of Quick Mode answers the second, wherever that went.
#[test]
fn the_third_of_quick_mode_proves_the_second() {
    judged(CHILD, Some(Role::Initiator), 0, |judgement| {
        let [quick] = judgement.phase2.quick.as_slice() else { panic!("{judgement:?}") };
        assert_eq!((quick.end, quick.by), (QuickEnd::Up, Some(Role::Initiator)));
    });
    judged(CHILD, Some(Role::Responder), 0, |judgement| {
        let [quick] = judgement.phase2.quick.as_slice() else { panic!("{judgement:?}") };
        assert_eq!((quick.end, quick.by), (QuickEnd::Open, None));
    });
}

/// Both sides' frames in one file, without interfaces: the second copy is no resend.
#[test]
fn frames_of_both_sides_in_one_file_are_one() {
    let [mut captured] = capture("", None, 0);
    let later = captured.datagrams.clone().into_iter();
    captured
        .datagrams
        .extend(later.map(|datagram| Datagram { at: datagram.at + Duration::from_millis(80), ..datagram }));
    captured.datagrams.sort_by_key(|datagram| datagram.at);
    (1..).zip(&mut captured.datagrams).for_each(|(frame, datagram)| datagram.frame = frame);
    let findings = judge(std::slice::from_ref(&captured), &GivenKeys::default());
    let resends = Role::BOTH.map(|role| findings.judgements[0].sides[role].resends);
    assert_eq!((findings.judgements[0].verdict, resends), (CaptureVerdict::Established, [0, 0]));
}

/// 68 bytes of a frame, which tcpdump once kept: not even the header is whole.
#[test]
fn headers_that_were_cut_are_read() {
    let [mut captured] = capture(KEY, None, 0);
    for datagram in &mut captured.datagrams {
        datagram.payload.truncate(26);
        datagram.cut = true;
    }
    let findings = judge(std::slice::from_ref(&captured), &GivenKeys::default());
    assert_eq!(findings.judgements[0].verdict, CaptureVerdict::Stalled);
    assert_eq!(first(&findings.judgements[0]), Some(Cause::PskMismatch));
}

/// Of a refusal only the header is there: some notify came, and it may be any.
#[test]
fn notifies_that_were_cut_may_be_any() {
    let [mut captured] = capture(POLICY, None, 0);
    for datagram in &mut captured.datagrams {
        datagram.payload.truncate(26);
        datagram.cut = true;
    }
    let findings = judge(std::slice::from_ref(&captured), &GivenKeys::default());
    let judgement = &findings.judgements[0];
    assert_eq!((judgement.verdict, first(judgement)), (CaptureVerdict::Stalled, Some(Cause::PolicyMismatch)));
    assert!(!judgement.causes.iter().any(|suspect| suspect.cause == Cause::NoRoute), "{judgement:?}");
}
