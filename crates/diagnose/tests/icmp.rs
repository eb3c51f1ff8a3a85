//! What ICMP tells a live initiator, and when it tells nothing.

#![cfg(test)]

use std::net::{IpAddr, SocketAddr};

use capture::Unreached;
use diagnose::attempt;
use ike::{Instant, Powers, Role, Streams};
use sim::{Cause, Live, Setup};

const PEER: [u8; 4] = [198, 51, 100, 1];
const ROUTER: [u8; 4] = [192, 0, 2, 254];

/// The first cause, and how many there are, after what ICMP said a second after the start; `heard`: the peer answered before, or
/// after it.
fn told(what: Unreached, by: [u8; 4], heard: [bool; 2]) -> (Option<Cause>, usize) {
    let setup = Setup::default();
    let live = |role, name| Live::new(&setup, role, Streams::new(1, name), Powers::none());
    let (mut live, mut peer) = (live(Role::Initiator, "initiator"), live(Role::Responder, "responder"));
    let [from, to] =
        [setup.hosts.initiator.address, setup.hosts.responder.address].map(|ip| SocketAddr::new(ip, 500));
    let first = live.initiate(Instant::ZERO, from, to).remove(0);
    let answer = peer.hear(Instant::ZERO, from, to, &first.bytes).remove(0);
    let seconds = |n: u64| Instant::from_micros(n * 1_000_000);
    let mut last = first;
    if heard[0] {
        last = live.hear(Instant::ZERO, to, from, &answer.bytes).remove(0);
    }
    live.unreached(seconds(1), to, &last.bytes[..28], what, IpAddr::from(by));
    if heard[1] {
        live.hear(seconds(2), to, from, &answer.bytes);
    }
    while let Some((at, _)) = live.next_timeout() {
        live.tick(at);
    }
    let (trace, outcome) = live.finish(seconds(40));
    let found = attempt(&setup, &trace, &outcome, Role::Initiator).causes;
    (found.first().map(|first| first.cause), found.len())
}

#[test]
fn what_icmp_says_comes_first() {
    let never = [false, false];
    for (what, by, cause) in [
        (Unreached::Port, PEER, Cause::PortClosed),
        (Unreached::Port, ROUTER, Cause::Port500Blocked),
        (Unreached::Prohibited, ROUTER, Cause::Port500Blocked),
        (Unreached::Host, ROUTER, Cause::WrongPeerAddress),
        (Unreached::Network, ROUTER, Cause::NoRoute),
    ] {
        assert_eq!(told(what, by, never).0, Some(cause), "{what:?}");
    }
    assert_eq!(told(Unreached::Host, ROUTER, [true, false]).0, Some(Cause::PeerDown));
}

#[test]
fn a_closed_port_leaves_two_others_open_and_nothing_after_an_answer() {
    assert_eq!(told(Unreached::Port, PEER, [false, false]), (Some(Cause::PortClosed), 3));
    let (cause, count) = told(Unreached::Port, PEER, [false, true]);
    assert_ne!(cause, Some(Cause::PortClosed), "whoever answers is there, whatever ICMP said");
    assert!(count > 2, "and all else is open");
}
