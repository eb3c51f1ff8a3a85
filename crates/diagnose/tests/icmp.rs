//! What ICMP tells a live initiator, and when it tells nothing.

#![cfg(test)]

use std::net::{IpAddr, SocketAddr};

use capture::Unreached;
use diagnose::diagnose;
use ike::{Instant, Powers, Role, Streams};
use sim::{Cause, Live, Setup};

const PEER: [u8; 4] = [198, 51, 100, 1];
const ROUTER: [u8; 4] = [192, 0, 2, 254];

/// The first cause, and how many there are, after what ICMP said; `heard`: the peer sent something before, or after it.
fn told(what: Unreached, by: [u8; 4], heard: [bool; 2]) -> (Option<Cause>, usize) {
    let setup = Setup::default();
    let streams = Streams::new(1, "initiator");
    let mut live = Live::new(&setup, Role::Initiator, streams, Powers::none());
    let [from, to] =
        [setup.hosts.initiator.address, setup.hosts.responder.address].map(|ip| SocketAddr::new(ip, 500));
    let first = live.initiate(Instant::ZERO, from, to).remove(0);
    let hear = |live: &mut Live, heard: bool| {
        if heard {
            live.hear(Instant::ZERO, to, from, b"something");
        }
    };
    hear(&mut live, heard[0]);
    live.unreached(Instant::ZERO, to, &first.bytes[..28], what, IpAddr::from(by));
    hear(&mut live, heard[1]);
    while let Some((at, _)) = live.next_timeout() {
        live.tick(at);
    }
    let (trace, outcome) = live.finish(Instant::from_micros(33_000_000));
    let found = diagnose(&setup, &trace, &outcome, Some(Role::Initiator));
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
    assert!(count > 2, "and what it sent was no message of the exchange: all else is open");
}
