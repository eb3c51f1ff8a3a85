//! More negotiations than a host holds: new ones are dropped, the known ones go on.

use ike::{Config, Mode, Role};

use super::host::{Host, config};
use super::peer::Peer;

const MOST: u32 = 256;

/// The first message of peer `number`.
fn peer(number: u32) -> Peer {
    let mut peer = Peer::new(Role::Initiator, Mode::Main, 1);
    peer.cookies.initiator.0[4..].copy_from_slice(&number.to_be_bytes());
    peer
}

/// A host that holds as many as it can.
fn full() -> Host {
    let mut host = Host::new(config(Mode::Main));
    for number in 0..MOST {
        assert!(host.hears(&peer(number).message(1)).has(&format!("makes SA {number}")));
    }
    host
}

// tests RFC 2408 2.5.3
#[test]
fn the_next_one_is_dropped() {
    let mut host = full();
    for number in MOST..MOST + 3 {
        host.hears(&peer(number).message(1)).drops("MSG1", "TooMany");
    }
}

#[test]
fn the_known_ones_go_on() {
    let mut host = full();
    let mut first = peer(0);
    let again = host.hears(&first.message(1)).is(&["knows MSG1", "sends MSG2 again"]);
    first.hears(&again.message());
    host.turn(&mut first, 3).is(&["accepts MSG3", "is MM_WAIT_MSG5", "sends MSG4"]);
    host.turn(&mut first, 5).is(&["accepts MSG5", "is MM_ACTIVE", "sends MSG6"]);
}

#[test]
fn giving_up_makes_room() {
    let mut host = full();
    host.sleeps(1);
    host.hears(&peer(MOST).message(1)).drops("MSG1", "TooMany");
    assert_eq!(host.waits().len(), 4 * 256);
    assert!(host.hears(&peer(MOST).message(1)).has("makes SA 256"));
}

/// Cookies of removed SAs are remembered, but not for ever: the oldest go first.
#[test]
fn the_memory_of_removed_ones_is_bounded_too() {
    let mut host = Host::new(Config { tunnel_groups: Vec::new(), ..config(Mode::Main) });
    let mut late = Vec::new();
    for number in 0..MOST + 1 {
        let mut peer = peer(number);
        host.turn(&mut peer, 1);
        let msg3 = peer.message(3);
        assert!(host.hears(&msg3).has(&format!("SA {number} ends: Rejected in MM_WAIT_MSG3")));
        late.push(msg3);
    }
    host.hears(&late[0]).drops("it", "UnknownCookies");
    host.hears(&late[1]).is(&["drops it: RemovedSa", "sends N(INVALID_COOKIE)"]);
    host.hears(&late[256]).is(&["drops it: RemovedSa", "sends N(INVALID_COOKIE)"]);
}
