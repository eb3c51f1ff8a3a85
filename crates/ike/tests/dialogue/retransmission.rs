//! Nobody answers: when a flight goes out again, and when it is given up.

use ike::Mode;

use super::host::{Host, config, vendor};
use super::peer::{Peer, initiator, responder};

/// What the timers of a host bring once it waits for message `number`.
fn lonely(name: &str, mut peer: Peer, number: u8) -> Vec<String> {
    let mut host = Host::new(vendor(name, peer.mode));
    host.talks(&mut peer, number);
    host.waits()
}

/// An ASA that sent `what` at 0 s and waits in `state`.
fn asa_gives_up(what: &str, state: &str) -> Vec<String> {
    let resends = [(8, 1), (16, 2), (24, 3)];
    let mut lines: Vec<String> =
        resends.iter().map(|(at, n)| format!("{at}.000 sends {what} by timer ({n})")).collect();
    lines.push(format!("32.000 SA 0 ends: GaveUp in {state}"));
    lines
}

// tests RFC 2408 5.1
#[test]
fn every_state_of_an_asa_resends_three_times_and_gives_up_in_silence() {
    let (main, aggressive) = (Mode::Main, Mode::Aggressive);
    let cases = [
        (responder(main), 2, "MSG1", "MM_WAIT_MSG2"),
        (initiator(main), 3, "MSG2", "MM_WAIT_MSG3"),
        (responder(main), 4, "MSG3", "MM_WAIT_MSG4"),
        (initiator(main), 5, "MSG4", "MM_WAIT_MSG5"),
        (responder(main), 6, "MSG5", "MM_WAIT_MSG6"),
        (responder(aggressive), 2, "AM1", "AM_WAIT_MSG2"),
        (initiator(aggressive), 3, "AM2", "AM_WAIT_MSG3"),
        (responder(aggressive), 4, "AM3", "AM_WAIT_MSG4"),
    ];
    for (peer, number, what, state) in cases {
        assert_eq!(lonely("asa", peer, number), asa_gives_up(what, state));
    }
}

#[test]
fn a_resend_is_byte_for_byte_the_first_sending() {
    let (mut host, mut peer) = (Host::new(config(Mode::Main)), responder(Mode::Main));
    host.talks(&mut peer, 4);
    let msg5 = host.hears(&peer.says(4)).message();
    for _ in 0..3 {
        assert_eq!(host.wakes().unwrap().message(), msg5);
    }
}

/// Each flight has a schedule of its own, counted from its first sending.
#[test]
fn a_new_flight_starts_anew() {
    let (mut host, mut peer) = (Host::new(config(Mode::Main)), initiator(Mode::Main));
    host.talks(&mut peer, 3);
    host.wakes().unwrap().is(&["sends MSG2 by timer (1)"]);
    host.wakes().unwrap().is(&["sends MSG2 by timer (2)"]);
    host.sleeps(4000);
    host.hears(&peer.says(3)).is(&["accepts MSG3", "is MM_WAIT_MSG5", "sends MSG4"]);
    assert_eq!(host.waits()[0], "28.000 sends MSG4 by timer (1)");
}

#[test]
fn a_message_that_is_dropped_moves_no_timer() {
    let (mut host, mut peer) = (Host::new(config(Mode::Main)), initiator(Mode::Main));
    host.talks(&mut peer, 5);
    host.sleeps(7000);
    let mut junk = peer.message(5);
    junk[40] ^= 1;
    host.hears(&junk).drops("MSG5", "Undecryptable");
    assert_eq!(host.waits(), asa_gives_up("MSG4", "MM_WAIT_MSG5"));
}

#[test]
fn a_timeout_that_is_not_due_does_nothing() {
    let mut host = Host::new(config(Mode::Main));
    host.is_woken_early().is(&[]);
    host.initiates();
    host.sleeps(7999);
    host.is_woken_early().is(&[]);
    host.sleeps(1);
    host.is_woken_early().is(&["sends MSG1 by timer (1)"]);
    host.is_woken_early().is(&[]);
}

/// Who gave up has forgotten: what comes late is told nothing, and a first message begins anew.
#[test]
fn what_comes_after_giving_up_is_a_stranger() {
    let (mut host, mut peer) = (Host::new(config(Mode::Main)), initiator(Mode::Main));
    host.talks(&mut peer, 5);
    host.waits();
    host.hears(&peer.message(3)).drops("it", "UnknownCookies");
    host.hears(&peer.message(5)).drops("it", "UnknownCookies");
    let fresh = Peer::new(ike::Role::Initiator, Mode::Main, 1);
    host.hears(&fresh.message(1)).is(&["makes SA 1", "accepts MSG1", "is MM_WAIT_MSG3", "sends MSG2"]);
}

/// Two negotiations that are due at one moment are served in the order of their making.
#[test]
fn timers_of_two_negotiations_do_not_disturb_each_other() {
    let mut host = Host::new(config(Mode::Main));
    host.initiates();
    let mut peer = initiator(Mode::Main);
    host.hears(&peer.says(1));
    host.wakes().unwrap().is(&["sends MSG1 by timer (1)", "sends MSG2 by timer (1)"]);
    host.hears(&peer.message(1)).is(&["knows MSG1", "sends MSG2 again"]);
    assert_eq!(host.waits().len(), 6);
}

#[test]
fn an_ios_router_resends_every_ten_seconds() {
    let lines = lonely("ios", initiator(Mode::Main), 5);
    let at = |line: &str| line.split(' ').next().unwrap().to_owned();
    let times: Vec<String> = lines.iter().map(|line| at(line)).collect();
    assert_eq!(times, ["10.000", "20.000", "30.000", "40.000", "50.000", "60.000"]);
}

/// charon's responder never resends in Main Mode; whatever its flight, it is gone 30 s after its making.
#[test]
fn a_half_open_strongswan_responder_goes_by_its_own_timer() {
    for (number, state) in [(3, "MM_WAIT_MSG3"), (5, "MM_WAIT_MSG5")] {
        let lines = lonely("strongswan", initiator(Mode::Main), number);
        assert_eq!(lines, [format!("30.000 SA 0 ends: GaveUp in {state}")]);
    }
    let initiators = lonely("strongswan", responder(Mode::Main), 2);
    assert_eq!(initiators.last().unwrap(), "165.061 SA 0 ends: GaveUp in MM_WAIT_MSG2");
    let (mut host, mut peer) = (Host::new(vendor("strongswan", Mode::Main)), initiator(Mode::Main));
    host.talks(&mut peer, 6);
    assert!(host.waits().is_empty(), "an active responder stays");
}

#[test]
fn pluto_never_resends_its_answer_to_a_first_message() {
    for (mode, state) in [(Mode::Main, "MM_WAIT_MSG3"), (Mode::Aggressive, "AM_WAIT_MSG3")] {
        let lines = lonely("libreswan", initiator(mode), 3);
        assert_eq!(lines, [format!("60.000 SA 0 ends: GaveUp in {state}")]);
    }
    assert_eq!(
        lonely("libreswan", responder(Mode::Main), 2).len(),
        8,
        "half a second, doubling, seven times"
    );
}

#[test]
fn every_profile_gives_every_wait_an_end() {
    for profile in vendor::profile::all() {
        for mode in [Mode::Main, Mode::Aggressive] {
            for number in 2..=6 {
                let peer = if number % 2 == 0 { responder(mode) } else { initiator(mode) };
                let lines = lonely(profile.name, peer, number);
                assert!(
                    lines.last().is_none_or(|line| line.contains("ends: GaveUp")),
                    "{profile}: {lines:?}"
                );
            }
        }
    }
}
