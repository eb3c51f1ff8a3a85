//! The evidence of a capture: which frames, whether they arrived, and what speaks for a cause.

#![cfg(test)]

use std::time::Duration;

use capture::{Capture, Datagram};
use diagnose::captures::{CaptureVerdict, GivenKeys, Judgement, Note, What, judge};
use diagnose::{Captured, Evidence, Reached};
use ike::{MessageName, Powers, Role};
use scenario::Scenario;
use sim::{Actor, Cause};

const LAST: Duration = Duration::from_secs(60);

/// What a run's initiator and responder see, a file each.
fn both(text: &str) -> [Capture; 2] {
    let scenario = Scenario::parse("seen", text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    let (trace, _) = sim::run(&scenario.setup, &Powers::new(64));
    Role::BOTH.map(|role| {
        let own = trace.entries().iter().filter(|entry| entry.actor == Actor::Peer(role));
        let datagram = |entry: &sim::Entry| {
            let datagram = entry.kind.sent().or(entry.kind.arrived())?;
            let at = Duration::from_micros(entry.at.as_micros());
            let (from, to, payload) = (datagram.from, datagram.to, datagram.bytes.to_vec());
            Some(Datagram { frame: 0, interface: 0, at, from, to, payload, cut: false, ttl: 64 })
        };
        let mut datagrams: Vec<Datagram> = own.filter_map(datagram).filter(|one| one.at <= LAST).collect();
        (1..).zip(&mut datagrams).for_each(|(frame, one)| one.frame = frame);
        let frames = datagrams.len() as u64;
        Capture { datagrams, frames, last: LAST, ..Capture::default() }
    })
}

fn judged(captures: &[Capture], check: impl FnOnce(&Judgement<'_>)) {
    let findings = judge(captures, &GivenKeys::default());
    assert_eq!(findings.judgements.len(), 1, "{:?}", findings.notes);
    check(&findings.judgements[0]);
}

/// The frames of a message, who sent it, whether it was answered, and how many arrived.
type Sent = (MessageName, Role, usize, bool, Option<Reached>);

fn sent(judgement: &Judgement<'_>) -> Vec<Sent> {
    let messages = judgement.seen.iter().filter_map(|one| {
        let Evidence::Captured(Captured::Sent {
            frames,
            what: What::Phase1(name),
            from,
            reached,
            unanswered,
        }) = one
        else {
            return None;
        };
        Some((*name, *from, frames.len(), *unanswered, *reached))
    });
    messages.collect()
}

/// What was answered is no news: where it stopped is, and how often that was sent.
#[test]
fn the_message_where_it_stopped_is_evidence() {
    let [own, far] = both("[[fault]]\nkind = 'drop'\nmessage = 3\ntimes = 'all'\n");
    // An ASA sends a message again three times.
    let copies = 4;
    judged(std::slice::from_ref(&own), |one| {
        assert_eq!(one.verdict, CaptureVerdict::Stalled);
        assert!(
            sent(one).contains(&(MessageName::MSG3, Role::Initiator, copies, true, None)),
            "{:?}",
            sent(one)
        );
        assert!(sent(one).iter().all(|(name, ..)| *name != MessageName::MSG1), "{:?}", sent(one));
    });
    judged(&[own, far], |one| {
        let lost = Reached { arrived: 0, left: copies, altered: 0 };
        assert!(
            sent(one).contains(&(MessageName::MSG3, Role::Initiator, copies, true, Some(lost))),
            "{:?}",
            sent(one)
        );
        assert_eq!(one.causes[0].cause, Cause::MessageLost);
    });
}

/// A run that is up has nothing to tell of its messages; nobody answers the last one.
#[test]
fn what_came_through_is_no_news() {
    let captures = both("");
    for list in [&captures[..1], &captures[1..], &captures[..]] {
        judged(list, |one| {
            assert_eq!((one.verdict, one.causes.len()), (CaptureVerdict::Established, 0));
            assert!(
                sent(one).iter().all(|(name, _, _, unanswered, _)| *name == MessageName::MSG6 && !unanswered)
            );
            let left = Role::BOTH.map(|role| (one.sides[role].resends, one.sides[role].state.is_some()));
            assert_eq!(left, [(0, true); 2]);
        });
    }
}

/// A refused offer stands beside the cause, and a cause without evidence of its own has what would decide it.
#[test]
fn what_speaks_for_a_cause_stands_beside_it() {
    for (fault, cause) in [
        ("kind = 'policy-mismatch'\nattribute = 'hash'", Cause::PolicyMismatch),
        ("kind = 'psk-mismatch'", Cause::PskMismatch),
        ("kind = 'ike-disabled'", Cause::IkeDisabled),
        ("kind = 'drop'\nmessage = 4\ntimes = 'all'", Cause::MessageLost),
    ] {
        let [own, _] = both(&format!("[[fault]]\n{fault}\n"));
        judged(&[own], |one| {
            let ranks: Vec<usize> = one.causes.iter().map(|found| found.rank).collect();
            assert_eq!(ranks, (1..=ranks.len()).collect::<Vec<_>>());
            let found = one.causes.iter().find(|found| found.cause == cause);
            let found = found.unwrap_or_else(|| panic!("{cause}: {:?}", one.causes));
            assert!(found.inferred, "bytes alone do not name {cause}");
            assert!(
                one.causes.iter().all(|one| !one.evidence.is_empty() || one.decides.is_some()),
                "{cause}"
            );
            let offered = found.evidence.iter().find_map(|seen| {
                let Evidence::Captured(Captured::Offered(list)) = seen else { return None };
                Some(list.len())
            });
            assert_eq!(offered.is_some_and(|count| count > 0), cause == Cause::PolicyMismatch, "{cause}");
        });
    }
}

/// A byte that changed on the way: in both files it is told, in one it is another message.
#[test]
fn a_change_on_the_way_is_seen_from_both_ends() {
    let captures = both("[[fault]]\nkind = 'corrupt'\nmessage = 4\nbyte = 60\n");
    judged(&captures, |one| {
        assert_eq!((one.verdict, one.causes[0].cause), (CaptureVerdict::Stalled, Cause::MessageCorrupted));
        let altered: usize =
            sent(one).iter().filter_map(|(.., reached)| Some(reached.as_ref()?.altered)).sum();
        assert_eq!(altered, 1, "{:?}", sent(one));
        assert!(!one.notes.contains(&Note::StartsLate));
    });
}
