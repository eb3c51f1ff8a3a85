//! Another attempt at a child that failed, was refused or was deleted: when, how often, and under which SA.

use std::time::Duration;

use ike::ipsec::TransformSet;
use ike::{Clear, Cleared, Input, MessageName, Retry, Role};

use super::host::{HOST, PEER};
use super::quick_mode::{Pair, configs, entry, initiator, line, responder};

/// The seconds at which the initiator sent this message, resends included.
fn times(pair: &Pair, name: &str) -> Vec<u64> {
    let all = pair.sent.iter().zip(&pair.at);
    all.filter(|(sent, _)| *sent == name).map(|(_, at)| at.as_micros() / 1_000_000).collect()
}

fn refused(vendor: &str, retry: Retry, attempts: u32) -> Pair {
    let mut configs = configs(vendor);
    (initiator(&mut configs).retry, initiator(&mut configs).attempts) = (retry, attempts);
    responder(&mut configs).transform_sets = vec![TransformSet::from_words("esp-des esp-md5-hmac").unwrap()];
    let mut pair = Pair::new(configs).begin();
    pair.wait();
    pair
}

const TEN: Retry = Retry::After(Duration::from_secs(10));

/// Under the SA that is there; an ASA deletes it with a refusal, and begins a new one.
#[test]
fn a_refused_child_is_asked_for_again_as_often_as_it_may() {
    for attempts in 0..3 {
        let expected: Vec<u64> = (0..=u64::from(attempts)).map(|n| 10 * n).collect();
        let ios = refused("ios", TEN, attempts);
        assert_eq!((times(&ios, "QM1"), times(&ios, "MSG1")), (expected.clone(), vec![0]));
        let asa = refused("asa", TEN, attempts);
        assert_eq!((times(&asa, "QM1"), times(&asa, "MSG1")), (expected.clone(), expected));
    }
    for vendor in ["asa", "ios", "generic"] {
        assert_eq!(times(&refused(vendor, Retry::Never, 9), "QM1"), [0], "{vendor}");
        assert_eq!(times(&refused(vendor, Retry::Vendor, 9), "QM1"), [0], "{vendor} waits for traffic");
    }
}

/// An SA that never came up is a failed attempt of whatever waited for it.
#[test]
fn an_attempt_fails_with_its_phase_1() {
    let mut configs = configs("asa");
    (initiator(&mut configs).retry, initiator(&mut configs).attempts) = (TEN, 2);
    let mut pair = Pair::new(configs.clone());
    pair.lose = Some(MessageName::MSG1);
    let mut pair = pair.begin();
    pair.wait();
    // Four times in 24 s, given up at 32 s, ten more.
    assert_eq!(times(&pair, "MSG1"), [0, 8, 16, 24, 42, 50, 58, 66, 84, 92, 100, 108]);
    // Once it gets through, nothing more is begun.
    let mut pair = Pair::new(configs);
    pair.lose = Some(MessageName::MSG1);
    let mut pair = pair.begin();
    pair.lose = None;
    pair.wait();
    assert!(pair.is_up());
    assert_eq!((times(&pair, "MSG1"), times(&pair, "QM1")), (vec![0, 8], vec![8]));
}

/// Of two entries the one that failed is asked for again, and what is up is left alone.
#[test]
fn only_what_failed_is_asked_for_again() {
    let mut configs = configs("ios");
    let other = [line("10.3.0.0/24", "10.4.0.0/24"), line("10.4.0.0/24", "10.3.0.0/24")];
    let more = |peer, line| ike::MapEntry { sequence: 20, retry: TEN, attempts: 1, ..entry(peer, line) };
    configs.initiator.crypto_map.as_mut().unwrap().push(more(HOST, other[0]));
    let mut theirs = more(PEER, other[1]);
    theirs.transform_sets = vec![TransformSet::from_words("esp-des esp-md5-hmac").unwrap()];
    configs.responder.crypto_map.as_mut().unwrap().push(theirs);
    initiator(&mut configs).retry = TEN;
    let mut pair = Pair::new(configs).begin();
    pair.wait();
    assert_eq!(times(&pair, "QM1"), [0, 0, 10]);
    assert_eq!(times(&pair, "QM3"), [0]);
}

fn cleared(vendor: &str, by: Role, what: Cleared) -> Pair {
    let mut pair = Pair::new(configs(vendor)).begin();
    assert!(pair.is_up(), "{vendor}");
    let outputs = pair.endpoints[by].handle(pair.now, Input::Clear(Clear { what, notify: true }));
    pair.take(by, outputs);
    pair.settle();
    pair.wait();
    pair
}

/// pluto asks again for a child that the peer deleted, not for one that its own operator cleared; others wait for traffic.
#[test]
fn a_deleted_child_is_asked_for_again_by_pluto_alone() {
    for (vendor, by, asked) in [
        ("libreswan", Role::Responder, 2),
        ("libreswan", Role::Initiator, 1),
        ("strongswan", Role::Responder, 1),
        ("ios", Role::Responder, 1),
    ] {
        let pair = cleared(vendor, by, Cleared::Phase2);
        assert_eq!(times(&pair, "QM1").len(), asked, "{vendor}, by the {by}");
        assert_eq!(pair.is_up(), asked == 2, "{vendor}, by the {by}");
    }
}

/// The peer's own child is the peer's to ask for: who answered begins nothing.
#[test]
fn a_responder_begins_nothing() {
    let mut configs = configs("libreswan");
    responder(&mut configs).retry = TEN;
    let mut pair = Pair::new(configs).begin();
    let clear = Clear { what: Cleared::All, notify: false };
    let outputs = pair.endpoints.responder.handle(pair.now, Input::Clear(clear));
    pair.take(Role::Responder, outputs);
    pair.settle();
    pair.wait();
    assert_eq!((times(&pair, "MSG1").len(), times(&pair, "QM1").len()), (1, 1));
}

/// charon begins phase 1 anew where it went with a child that was still asked for.
#[test]
fn charon_begins_anew_where_phase_1_went_with_an_attempt() {
    let begun = |vendor| {
        let mut pair = Pair::new(configs(vendor));
        pair.lose = Some(MessageName::QM1);
        let mut pair = pair.begin();
        pair.wait();
        times(&pair, "MSG1").len()
    };
    assert_eq!([begun("strongswan"), begun("ios"), begun("asa")], [2, 1, 1]);
}
