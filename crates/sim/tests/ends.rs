//! The explorer and runs are one world: where a run may end, the explorer says it may.

#![cfg(test)]

use ike::{Clear, Cleared, GroupName, Identity, Impair, Instant, MessageName, Mode, Powers, Role, State};
use sim::explore::{Bounds, Exploration, Property, Refusal, explore, missed};
use sim::fault::{Direction, Times};
use sim::setup::default_entry;
use sim::{
    ClearFault, Edit, Fault, MismatchAttribute, Outcome, PathFault, PeerFault, Setup, Verdict, WireAct,
    run_untraced,
};

fn bounds(drops: u8) -> Bounds {
    Bounds { drops, eager: Some(0), ..Bounds::default() }
}

fn explored(setup: &Setup, bounds: Bounds) -> Exploration {
    explore(setup, bounds, &Powers::new(64), usize::MAX).unwrap()
}

fn with(setup: &Setup, fault: Fault) -> Setup {
    let mut setup = setup.clone();
    setup.add_fault(fault);
    setup
}

fn drop(message: MessageName, times: Times) -> Fault {
    Fault::wire(message, WireAct::Drop { times })
}

fn pair(outcome: &Outcome) -> (Option<State>, Option<State>) {
    let [i, r] = outcome.peers.as_ref().map(|peer| peer.state).into_array();
    (i, r)
}

fn with_maps(mode: Mode) -> Setup {
    let mut setup = Setup::default().in_mode(mode);
    for role in Role::BOTH {
        let host = &mut setup.hosts[role];
        host.crypto_map = Some(vec![default_entry(host.profile, role, host.peer)]);
    }
    setup
}

/// Without any trouble there is one way to go, and it is the run's. What the configurations and the path decide holds for
/// both.
#[test]
fn without_trouble_the_only_end_is_the_runs() {
    let at = Role::Responder;
    let faults = [
        Fault::operator(at, Edit::PskMismatch),
        Fault::operator(at, Edit::MissingTunnelGroup),
        Fault::operator(at, Edit::MissingPsk),
        Fault::operator(at, Edit::IkeDisabled),
        Fault::operator(at, Edit::IdentityMismatch),
        Fault::operator(Role::Initiator, Edit::IdentityMismatch),
        Fault::operator(at, Edit::PolicyMismatch(MismatchAttribute::Group)),
        Fault::operator(Role::Initiator, Edit::WrongPeerAddress),
        Fault::Path(PathFault::NoRoute { at }),
        Fault::Path(PathFault::BlockPort { port: 500, direction: Direction::ToResponder }),
        Fault::Path(PathFault::PeerDown { at, from: Instant::ZERO, until: None }),
        Fault::Peer(PeerFault { at, what: Impair::CorruptHash, message: None }),
        Fault::Peer(PeerFault { at: Role::Initiator, what: Impair::NeverRetransmit, message: None }),
        drop(MessageName::MSG2, Times::All),
        drop(MessageName::AM3, Times::All),
    ];
    for mode in [Mode::Main, Mode::Aggressive] {
        let healthy = Setup::default().in_mode(mode);
        for setup in faults.iter().map(|fault| with(&healthy, fault.clone())).chain([healthy.clone()]) {
            let found = explored(&setup, bounds(0));
            let outcome = run_untraced(&setup, &Powers::none());
            let ends: Vec<_> = found.ends.keys().copied().collect();
            assert_eq!(ends, [pair(&outcome)], "{mode} {:?}", setup.faults);
            assert_eq!(found.succeeds, outcome.verdict == Verdict::Established, "{:?}", setup.faults);
            assert!(found.complete && !found.violations.contains_key(&Property::NoFalseSuccess));
        }
    }
}

/// Whichever message a run loses for good, and whichever once: the explorer that may lose as many has that end.
#[test]
fn every_end_of_a_run_with_losses_is_known() {
    for mode in [Mode::Main, Mode::Aggressive] {
        let setup = Setup::default().in_mode(mode);
        let found = explored(&setup, bounds(4));
        assert_eq!(missed(&setup, &found), []);
        for message in MessageName::all(mode, true) {
            for times in [Times::Count(1), Times::Count(2), Times::Count(4)] {
                let outcome = run_untraced(&with(&setup, drop(message, times)), &Powers::none());
                assert!(
                    found.ends.contains_key(&pair(&outcome)),
                    "{message} {times:?}: {:?}",
                    pair(&outcome)
                );
            }
        }
        let up = if mode == Mode::Main { State::MmActive } else { State::AmActive };
        assert!(found.ends.contains_key(&(Some(up), Some(up))));
        // Nobody ends in a state of the other mode, or in one that is the other side's.
        for (initiator, responder) in found.ends.keys() {
            assert!(initiator.is_none_or(|state| state.is_in(mode, Role::Initiator)), "{initiator:?}");
            assert!(responder.is_none_or(|state| state.is_in(mode, Role::Responder)), "{responder:?}");
        }
    }
}

#[test]
fn every_end_of_a_child_is_known() {
    for mode in [Mode::Main, Mode::Aggressive] {
        let setup = with_maps(mode);
        let found = explored(&setup, bounds(4));
        assert_eq!(found.violations, [].into());
        let first = |outcome: &Outcome| {
            let [i, r] = outcome.phase_2.as_ref().unwrap().first.as_ref().map(|side| side.last).into_array();
            (i, r)
        };
        for message in MessageName::quick() {
            for times in [Times::Count(1), Times::Count(4)] {
                let outcome = run_untraced(&with(&setup, drop(message, times)), &Powers::none());
                assert!(found.child_ends.contains_key(&first(&outcome)), "{message} {times:?}");
            }
        }
        let none = explored(&Setup::default().in_mode(mode), bounds(1));
        assert_eq!(none.child_ends, [].into(), "nobody asked for one");
    }
}

/// Keys and identities decide whether both may come up; by name in Aggressive Mode alone.
#[test]
fn a_tunnel_comes_up_where_the_key_is_found() {
    for (name, in_main, in_aggressive) in [
        (GroupName::Default, true, true),
        (GroupName::Name("branch".into()), false, true),
        (GroupName::Name("other".into()), false, false),
    ] {
        for (mode, succeeds) in [(Mode::Main, in_main), (Mode::Aggressive, in_aggressive)] {
            let mut setup = Setup::default().in_mode(mode);
            setup.hosts.initiator.identity = Identity::Fqdn("branch".into());
            setup.hosts.responder.tunnel_groups[0].name = name.clone();
            let found = explored(&setup, bounds(1));
            assert_eq!(found.succeeds, succeeds, "{mode} {name}");
            assert_eq!(found.violations, [].into(), "{mode} {name}");
        }
    }
    // Behind a NAT the responder looks for the outside address.
    let outside = "192.0.2.7".parse().unwrap();
    let mut setup = with(&Setup::default(), Fault::Path(PathFault::Nat { at: Role::Initiator, outside }));
    assert!(!explored(&setup, bounds(0)).succeeds);
    setup.hosts.responder.tunnel_groups[0].name = GroupName::Address(outside);
    let found = explored(&setup, bounds(0));
    assert!(found.succeeds && found.violations.is_empty());
}

#[test]
fn what_hangs_on_the_clock_is_refused() {
    let at = Role::Responder;
    let refusal = |fault: Fault| {
        let mut setup = with(&Setup::default(), Fault::Path(PathFault::NoRoute { at }));
        setup.add_fault(fault);
        explore(&setup, bounds(0), &Powers::none(), usize::MAX).err()
    };
    let ten = Instant::from_micros(10);
    let down = |from, until| Fault::Path(PathFault::PeerDown { at, from, until });
    assert_eq!(refusal(down(Instant::ZERO, None)), None);
    assert_eq!(refusal(down(ten, None)), Some(Refusal::PeerDownForAWhile { fault: 1 }));
    assert_eq!(refusal(down(Instant::ZERO, Some(ten))), Some(Refusal::PeerDownForAWhile { fault: 1 }));
    let clear = Clear { what: Cleared::All, notify: true };
    let clear = ClearFault { at, when: std::time::Duration::ZERO, after: None, clear };
    assert_eq!(refusal(Fault::Clear(clear)), Some(Refusal::Cleared { fault: 1 }));
}

/// A part of the worlds proves nothing: no ends, no property that needs all of them.
#[test]
fn a_part_is_no_proof() {
    let setup = Setup::default();
    let all = explored(&setup, bounds(1));
    let part = |most| explore(&setup, bounds(1), &Powers::new(64), most).unwrap();
    assert_eq!(part(all.states + 1).states, all.states);
    let cut = part(10);
    assert!(!cut.complete && (10..all.states).contains(&cut.states));
    assert!(cut.ends.is_empty() && cut.child_ends.is_empty() && cut.violations.is_empty());
    assert!(!missed(&setup, &cut).is_empty());
    // Nobody waits for AM4 that nobody promised.
    let mut plain = Setup::default().in_mode(Mode::Aggressive);
    plain.hosts.responder.confirm = false;
    let found = explored(&plain, bounds(0));
    assert_eq!(missed(&plain, &found), []);
    assert_eq!(missed(&Setup::default().in_mode(Mode::Aggressive), &found), [State::AmWaitMsg4]);
}
