//! One run under a script: what each fault does to it, and when.

#![cfg(test)]

mod maps;

use std::net::IpAddr;
use std::time::Duration;

use ike::{Clear, Cleared, Impair, Instant, MessageName, Mode, Powers, QuickState, Role, Sides, State};
use sim::fault::{Direction, Times};
use sim::{
    Actor, Alteration, Blame, ClearFault, Edit, End, Fault, Kind, MAX_STEPS, Outcome, Passage, PathFault,
    PeerFault, Setup, Trace, Verdict, WireAct, WireFault, WireTarget, run, run_untraced,
};

use maps::with_maps;

const I: Role = Role::Initiator;
const R: Role = Role::Responder;

fn at(millis: u64) -> Instant {
    Instant::from_micros(millis * 1000)
}

fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// The setup with these faults, run; a run without a trace comes to the same.
fn ran(setup: &Setup, faults: &[Fault]) -> (Trace, Outcome) {
    let mut setup = setup.clone();
    for fault in faults {
        setup.add_fault(fault.clone());
    }
    let (trace, outcome) = run(&setup, &Powers::new(16));
    assert_eq!(run_untraced(&setup, &Powers::none()), outcome);
    (trace, outcome)
}

fn outcome(faults: &[Fault]) -> Outcome {
    ran(&Setup::default(), faults).1
}

fn states(outcome: &Outcome) -> [Option<State>; 2] {
    outcome.peers.as_ref().map(|peer| peer.state).into_array()
}

fn ends(outcome: &Outcome) -> [End; 2] {
    outcome.peers.as_ref().map(|peer| peer.end).into_array()
}

const ACTIVE: Option<State> = Some(State::MmActive);

fn drop(message: MessageName, times: Times) -> Fault {
    Fault::wire(message, WireAct::Drop { times })
}

/// When datagrams of this message reached the other side.
fn arrivals(trace: &Trace, message: MessageName) -> Vec<Instant> {
    let is_it = |datagram: &sim::Datagram| datagram.label.message() == Some(message);
    let entries = trace.entries().iter();
    entries.filter(|entry| entry.kind.arrived().is_some_and(is_it)).map(|entry| entry.at).collect()
}

/// A responder that has a key for callers from behind a NAT.
fn for_any_peer() -> Setup {
    let mut setup = Setup::default();
    setup.hosts.responder.tunnel_groups[0].name = ike::GroupName::Default;
    setup
}

#[test]
fn six_messages_take_six_latencies() {
    let (trace, outcome) = ran(&Setup::default(), &[]);
    assert_eq!(
        (outcome.verdict, outcome.keys_match, outcome.cut_off),
        (Verdict::Established, Some(true), false)
    );
    assert_eq!(outcome.ended, at(60));
    assert_eq!(states(&outcome), [ACTIVE; 2]);
    assert_eq!(outcome.peers.responder.at, at(50));
    for (n, message) in MessageName::all(Mode::Main, false).enumerate() {
        assert_eq!(arrivals(&trace, message), [at(10 * (n as u64 + 1))], "{message}");
    }
    assert!(outcome.works() && outcome.unfired().next().is_none() && outcome.notifies.is_empty());
}

/// Each entry's cause stands before it, and is of the kind that can bring it about.
#[test]
fn each_entry_has_the_cause_that_its_kind_can_have() {
    let nat = PathFault::Nat { at: I, outside: "192.0.2.7".parse().unwrap() };
    let faults = [
        Fault::Path(nat),
        Fault::wire(MessageName::MSG2, WireAct::Delay { by: ms(5) }),
        drop(MessageName::MSG5, Times::Count(1)),
        Fault::operator(R, Edit::IdentityMismatch),
    ];
    let (trace, _) = ran(&Setup::default(), &faults);
    let entries = trace.entries();
    assert!(entries.iter().enumerate().all(|(n, entry)| entry.id.0 as usize == n));
    assert!(entries.is_sorted_by_key(|entry| entry.at));
    for entry in entries {
        let cause = entry.cause.map(|cause| {
            assert!(cause < entry.id);
            &trace.get(cause).unwrap().kind
        });
        let fits = match &entry.kind {
            Kind::Edited { fault, changes } => cause.is_none() && *fault == 3 && !changes.is_empty(),
            Kind::Initiated | Kind::Timer(_) | Kind::Cleared { .. } => cause.is_none(),
            Kind::Sent(_) | Kind::Engine(_) => {
                matches!(cause, Some(Kind::Arrived(_) | Kind::Timer(_) | Kind::Initiated))
            }
            Kind::Altered { .. } | Kind::Lost { .. } | Kind::Arrived(_) => {
                matches!(cause, Some(Kind::Sent(_) | Kind::Altered { .. }))
            }
            Kind::Unreached { .. } => false,
        };
        assert!(fits, "{entry:?}: {cause:?}");
        let networks = matches!(entry.kind, Kind::Altered { .. } | Kind::Lost { .. });
        assert_eq!(entry.actor == Actor::Network, networks, "{entry:?}");
        assert_eq!(entry.actor == Actor::Operator, matches!(entry.kind, Kind::Edited { .. }), "{entry:?}");
    }
    // The resend of MSG5 goes back to a timer, and no further.
    let last = entries.iter().rfind(|entry| entry.kind.arrived().is_some()).unwrap();
    let chain: Vec<_> = trace.causes(last.id).map(|entry| &entry.kind).collect();
    assert!(matches!(chain.last(), Some(Kind::Timer(_) | Kind::Initiated)), "{chain:?}");
}

#[test]
fn a_rule_loses_as_many_copies_as_it_says() {
    for times in 0..3 {
        let (trace, outcome) = ran(&Setup::default(), &[drop(MessageName::MSG3, Times::Count(times))]);
        assert_eq!(
            (outcome.verdict, outcome.fired.as_slice()),
            (Verdict::Established, &[u64::from(times)][..])
        );
        // An ASA sends again after 8 s, and so does its peer, which brings a second copy.
        let again = times.min(1);
        assert_eq!(arrivals(&trace, MessageName::MSG3)[0], at(30 + 8000 * u64::from(again)));
        assert_eq!(outcome.peers.initiator.resends, again);
        assert_eq!(outcome.unfired().collect::<Vec<_>>(), if times == 0 { vec![0] } else { vec![] });
    }
    let (trace, all) = ran(&Setup::default(), &[drop(MessageName::MSG3, Times::All)]);
    let is_msg3 = |one: &sim::Datagram| one.label.message() == Some(MessageName::MSG3);
    let sent = trace.entries().iter().filter(|entry| entry.kind.sent().is_some_and(is_msg3)).count();
    assert_eq!(states(&all), [Some(State::MmWaitMsg4), Some(State::MmWaitMsg3)]);
    assert_eq!((all.verdict, ends(&all), all.fired[0]), (Verdict::Stalled, [End::GaveUp; 2], sent as u64));
    assert_eq!((all.keys_match, all.works()), (None, false));
}

/// The first rule for a message acts until it is used up, then the next.
#[test]
fn rules_take_turns() {
    let delay = Fault::wire(MessageName::MSG3, WireAct::Delay { by: ms(7) });
    let (trace, outcome) = ran(&Setup::default(), &[drop(MessageName::MSG3, Times::Count(1)), delay.clone()]);
    assert_eq!(
        (outcome.fired.as_slice(), arrivals(&trace, MessageName::MSG3)),
        (&[1, 2][..], vec![at(8037); 2])
    );
    let (trace, outcome) = ran(&Setup::default(), &[delay, drop(MessageName::MSG3, Times::Count(1))]);
    assert_eq!((outcome.fired.as_slice(), arrivals(&trace, MessageName::MSG3)), (&[1, 0][..], vec![at(37)]));
}

#[test]
fn copies_follow_one_another() {
    for replay in [false, true] {
        let act = WireAct::Duplicate { times: 2, after: ms(3), replay };
        let (trace, outcome) = ran(&Setup::default(), &[Fault::wire(MessageName::MSG1, act)]);
        assert_eq!(arrivals(&trace, MessageName::MSG1), [10, 13, 16].map(at));
        // Each copy is a firing; no copy of a copy.
        assert_eq!((outcome.verdict, outcome.fired[0]), (Verdict::Established, 2));
    }
}

#[test]
fn a_bit_is_flipped_and_the_end_is_cut() {
    for (act, expected) in [
        (
            WireAct::Corrupt { byte: Some(30), bit: 7, times: Times::Count(1) },
            Some(Alteration::Corrupted { byte: 30, bit: 7 }),
        ),
        (
            WireAct::Corrupt { byte: None, bit: 0, times: Times::Count(1) },
            Some(Alteration::Corrupted { byte: 171, bit: 0 }),
        ),
        (WireAct::Corrupt { byte: Some(172), bit: 0, times: Times::All }, None),
        (WireAct::Truncate { length: None, times: Times::Count(1) }, Some(Alteration::Truncated(86))),
        (WireAct::Truncate { length: Some(171), times: Times::Count(1) }, Some(Alteration::Truncated(171))),
        (WireAct::Truncate { length: Some(172), times: Times::All }, None),
    ] {
        let (trace, outcome) = ran(&Setup::default(), &[Fault::wire(MessageName::MSG1, act)]);
        let sent = trace.entries().iter().find_map(|entry| entry.kind.sent()).unwrap();
        assert_eq!(sent.bytes.len(), 172);
        let came = trace.entries().iter().find_map(|entry| entry.kind.arrived()).unwrap();
        let mut bytes = sent.bytes.to_vec();
        match &expected {
            Some(Alteration::Corrupted { byte, bit }) => bytes[*byte] ^= 1 << bit,
            Some(Alteration::Truncated(length)) => bytes.truncate(*length),
            _ => {}
        }
        assert_eq!(*came.bytes, bytes, "{act:?}");
        let altered = trace.entries().iter().find_map(|entry| {
            let Kind::Altered { by: Blame::Fault(0), how } = &entry.kind else { return None };
            Some(how.clone())
        });
        assert_eq!((altered, outcome.fired[0]), (expected.clone(), u64::from(expected.is_some())));
    }
}

/// A message that did not fit a rule does not use it up: the longer one that comes later is cut.
#[test]
fn a_rule_waits_for_a_message_that_it_can_change() {
    let act = WireAct::Truncate { length: Some(100), times: Times::Count(1) };
    let target = WireTarget::Informational(R);
    let outcome = outcome(&[
        Fault::operator(R, Edit::PolicyMismatch(sim::MismatchAttribute::Hash)),
        Fault::Wire(WireFault { target, act }),
    ]);
    // NO-PROPOSAL-CHOSEN is shorter than 100 bytes.
    assert_eq!((outcome.fired.as_slice(), outcome.peers.responder.end), (&[1, 0][..], End::Rejected));
}

/// The first Informational exchange of a side is the one that is meant, and no later one.
#[test]
fn the_first_informational_is_meant() {
    let refuses = Fault::operator(R, Edit::PolicyMismatch(sim::MismatchAttribute::Hash));
    let lost = |from| WireFault {
        target: WireTarget::Informational(from),
        act: WireAct::Drop { times: Times::All },
    };
    let quiet = outcome(std::slice::from_ref(&refuses));
    let refusals = |outcome: &Outcome| outcome.peers.responder.notifies.len();
    let both = outcome(&[refuses.clone(), Fault::Wire(lost(R))]);
    assert_eq!((refusals(&quiet), refusals(&both), both.fired[1]), (1, 1, 1));
    let other = outcome(&[refuses, Fault::Wire(lost(I))]);
    assert_eq!(other.fired[1], 0);
}

#[test]
fn a_filter_looks_at_either_port_and_one_way_or_both() {
    let blocked = |port, direction| outcome(&[Fault::Path(PathFault::BlockPort { port, direction })]);
    let waits = |outcome: &Outcome| states(outcome);
    let (two, three) = (Some(State::MmWaitMsg2), Some(State::MmWaitMsg3));
    for direction in [Direction::ToResponder, Direction::Both] {
        let outcome = blocked(500, direction);
        assert_eq!((waits(&outcome), outcome.fired[0]), ([two, None], 4));
        assert_eq!(ends(&outcome), [End::GaveUp, End::NoSa]);
    }
    let back = blocked(500, Direction::ToInitiator);
    assert_eq!(waits(&back), [two, three]);
    let other = blocked(4500, Direction::Both);
    assert_eq!((other.verdict, other.fired[0]), (Verdict::Established, 0));
    // Behind a NAT both go on on 4500, one of them from another port.
    let nat = Fault::Path(PathFault::Nat { at: I, outside: "192.0.2.7".parse().unwrap() });
    let setup = for_any_peer();
    for (direction, reached) in [(Direction::ToResponder, false), (Direction::ToInitiator, true)] {
        let block = Fault::Path(PathFault::BlockPort { port: 4500, direction });
        let (_, outcome) = ran(&setup, &[nat.clone(), block]);
        assert_eq!(outcome.peers.responder.state == ACTIVE, reached, "{direction:?}");
        assert_ne!(outcome.verdict, Verdict::Established);
    }
}

#[test]
fn no_route_is_one_way() {
    for (role, reached) in [(I, false), (R, true)] {
        let (trace, outcome) = ran(&Setup::default(), &[Fault::Path(PathFault::NoRoute { at: role })]);
        assert_eq!(outcome.peers.responder.last.is_some(), reached);
        assert_eq!(outcome.verdict, Verdict::Stalled);
        assert_eq!(arrivals(&trace, MessageName::MSG2), []);
    }
}

/// From its first moment to its last but one: what arrives or leaves then is lost.
#[test]
fn a_peer_is_down_for_a_while() {
    let down = |role, from, until: Option<u64>| {
        let fault = PathFault::PeerDown { at: role, from: at(from), until: until.map(at) };
        ran(&Setup::default(), &[Fault::Path(fault)])
    };
    // MSG1 comes at 10 ms.
    for (from, until, lost) in
        [(10, Some(11), true), (11, Some(12), false), (5, Some(10), false), (0, Some(11), true)]
    {
        let (trace, outcome) = down(R, from, until);
        let first = if lost { at(8010) } else { at(10) };
        assert_eq!(arrivals(&trace, MessageName::MSG1)[0], first, "{from} {until:?}");
        assert_eq!((outcome.verdict, outcome.fired[0]), (Verdict::Established, u64::from(lost)));
    }
    let (trace, outcome) = down(I, 0, Some(1));
    assert_eq!(arrivals(&trace, MessageName::MSG1), [at(8010)], "nor does it send");
    assert_eq!(outcome.fired[0], 1);
    assert_eq!(down(R, 0, None).1.peers.responder.end, End::NoSa);
}

#[test]
fn a_nat_hands_out_ports_and_brings_answers_back() {
    let outside: IpAddr = "192.0.2.7".parse().unwrap();
    let (trace, outcome) = ran(&for_any_peer(), &[Fault::Path(PathFault::Nat { at: I, outside })]);
    assert_eq!(outcome.verdict, Verdict::Established);
    let came = |role| {
        let entries = trace.entries().iter().filter(move |entry| entry.actor == Actor::Peer(role));
        entries.filter_map(|entry| entry.kind.arrived()).map(|one| (one.from, one.to)).collect::<Vec<_>>()
    };
    let (inside, peer) = ("203.0.113.1", "198.51.100.1");
    let ends = |text: &str| text.parse::<std::net::SocketAddr>().unwrap();
    // MSG1 and MSG3 from one inside end, MSG5 from another.
    let first = (ends("192.0.2.7:61000"), ends(&format!("{peer}:500")));
    let floated = (ends("192.0.2.7:61001"), ends(&format!("{peer}:4500")));
    assert_eq!(came(R), [first, first, floated]);
    let back = |port| (ends(&format!("{peer}:{port}")), ends(&format!("{inside}:{port}")));
    assert_eq!(came(I), [back(500), back(500), back(4500)]);
    // Out and in, each datagram once.
    assert_eq!(outcome.fired[0], 6);
}

/// A responder behind a NAT has its ports forwarded, an initiator gets nothing that it did not ask for.
#[test]
fn a_responder_behind_a_nat_is_called_by_its_outside_address() {
    let outside: IpAddr = "192.0.2.7".parse().unwrap();
    let mut setup = Setup::default();
    setup.hosts.initiator.peer = outside;
    setup.hosts.initiator.tunnel_groups[0].name = ike::GroupName::Address(outside);
    let nat = Fault::Path(PathFault::Nat { at: R, outside });
    let (trace, outcome) = ran(&setup, std::slice::from_ref(&nat));
    assert_eq!(outcome.verdict, Verdict::Established);
    let answers = trace.entries().iter().filter_map(|entry| entry.kind.arrived());
    let from: Vec<_> = answers.filter(|one| one.sender == R).map(|one| one.from.to_string()).collect();
    assert_eq!(from, ["192.0.2.7:500", "192.0.2.7:500", "192.0.2.7:4500"], "as it was called");
    // Its inside address is nobody's out here.
    let (trace, outcome) = ran(&Setup::default(), &[nat]);
    assert_eq!(outcome.peers.responder.end, End::NoSa);
    let lost = trace.entries().iter().filter(|entry| matches!(entry.kind, Kind::Lost { by: Blame::NoHost }));
    assert_eq!(lost.count(), 4);
}

#[test]
fn chances_of_one_act_on_each_and_of_none_on_no_datagram() {
    let with = |change: fn(&mut Setup)| {
        let mut setup = Setup { until: Some(at(30_000)), ..Setup::default() };
        change(&mut setup);
        ran(&setup, &[])
    };
    let blamed = |trace: &Trace, blame: Blame| {
        let is_it =
            |kind: &Kind| matches!(kind, Kind::Altered { by, .. } | Kind::Lost { by } if *by == blame);
        trace.entries().iter().filter(|entry| is_it(&entry.kind)).count()
    };
    let sent = |trace: &Trace| trace.entries().iter().filter(|entry| entry.kind.sent().is_some()).count();

    let (trace, outcome) = with(|setup| setup.network.loss = 1.0);
    assert_eq!((outcome.verdict, blamed(&trace, Blame::RandomLoss)), (Verdict::Stalled, sent(&trace)));
    let (trace, _) = with(|setup| setup.network.corrupt = 1.0);
    assert_eq!(blamed(&trace, Blame::RandomCorruption), sent(&trace));
    let (trace, outcome) = with(|setup| setup.network.reorder = 1.0);
    assert_eq!((blamed(&trace, Blame::RandomReorder), sent(&trace)), (6, 6));
    assert_eq!(
        (outcome.verdict, outcome.peers.initiator.at),
        (Verdict::Established, at(180)),
        "held two more"
    );
    let (trace, outcome) = with(|setup| {
        setup.network.duplicate = 1.0;
        setup.until = Some(at(60));
    });
    assert_eq!(outcome.verdict, Verdict::Established);
    assert_eq!(blamed(&trace, Blame::RandomDuplicate), sent(&trace));
    assert_eq!(arrivals(&trace, MessageName::MSG1), [at(10), at(20)]);
}

/// Three hundred first messages under as many seeds: as many are hit as the chance says, give or take.
#[test]
fn a_chance_of_a_third_hits_a_third() {
    let mut hit = [0_u32; 2];
    for seed in 0..300 {
        let mut setup = Setup { seed, until: Some(at(5)), ..Setup::default() };
        setup.network.loss = 1.0 / 3.0;
        let (trace, _) = run(&setup, &Powers::none());
        let lost = trace.entries().iter().any(|entry| matches!(entry.kind, Kind::Lost { .. }));
        hit[usize::from(lost)] += 1;
    }
    // Four standard deviations are 33.
    assert!((67..=133).contains(&hit[1]), "{hit:?}");
}

#[test]
fn jitter_goes_both_ways_and_never_back_in_time() {
    let times = |latency: u64, jitter: u64| -> Vec<u64> {
        let one = |seed| {
            let mut setup = Setup { seed, until: Some(at(5000)), ..Setup::default() };
            (setup.network.latency, setup.network.jitter) = (ms(latency), ms(jitter));
            let (trace, _) = run(&setup, &Powers::none());
            arrivals(&trace, MessageName::MSG1)[0].as_micros()
        };
        (0..64).map(one).collect()
    };
    let around = times(100, 40);
    assert!(around.iter().all(|micros| (60_000..=140_000).contains(micros)), "{around:?}");
    assert!(around.iter().any(|micros| *micros < 80_000) && around.iter().any(|micros| *micros > 120_000));
    let early = times(10, 40);
    assert!(early.contains(&0) && early.iter().all(|micros| *micros <= 50_000), "{early:?}");
}

/// One side's trouble shifts no byte of the other's.
#[test]
fn the_same_seed_sends_the_same_bytes() {
    let first = |seed, faults: &[Fault]| {
        let (trace, _) = ran(&Setup { seed, ..Setup::default() }, faults);
        let sent: Vec<_> = trace.entries().iter().filter_map(|entry| entry.kind.sent()).collect();
        (sent[0].bytes.clone(), sent[1].bytes.clone())
    };
    assert_eq!(first(5, &[]), first(5, &[]));
    assert_ne!(first(5, &[]), first(6, &[]));
    let psk = Fault::operator(R, Edit::PskMismatch);
    assert_eq!(first(5, &[psk]), first(5, &[]));
}

#[test]
fn a_run_stops_where_it_is_told() {
    let until = |millis| ran(&Setup { until: Some(at(millis)), ..Setup::default() }, &[]).1;
    // The last message comes at 60 ms: at that moment, but not before it.
    let short = until(59);
    assert_eq!((short.verdict, short.ended, short.cut_off), (Verdict::HalfOpen, at(59), false));
    assert_eq!(ends(&short), [End::Waiting, End::Active]);
    assert_eq!(short.peers.initiator.at, at(59));
    assert_eq!(until(60).verdict, Verdict::Established);
    assert_eq!(until(500).ended, at(60), "nothing is pending");
}

/// More copies than a run may have steps; one copy less than that is no reason to cut.
#[test]
fn the_bound_of_steps_is_told_and_until_is_none() {
    let with = |times| {
        let act = WireAct::Duplicate { times, after: Duration::from_micros(1), replay: false };
        let setup = Setup::default().with_fault(Fault::wire(MessageName::MSG6, act)).unwrap();
        run(&setup, &Powers::new(16))
    };
    let steps = |trace: &Trace| {
        let is_step = |kind: &Kind| matches!(kind, Kind::Arrived(_) | Kind::Timer(_));
        trace.entries().iter().filter(|entry| is_step(&entry.kind)).count() as u64
    };
    let (trace, outcome) = with(20_000);
    assert_eq!((outcome.cut_off, steps(&trace)), (true, MAX_STEPS));
    // Six messages and the copies of the last: the bound is reached, and nothing is left.
    let (trace, outcome) = with(20_000 - 6);
    assert_eq!((outcome.cut_off, steps(&trace), outcome.verdict), (false, MAX_STEPS, Verdict::Established));
}

#[test]
fn defects_and_edits_count_as_fired() {
    let defect = |at, what, message| Fault::Peer(PeerFault { at, what, message });
    let outcome = outcome(&[
        Fault::operator(I, Edit::PskMismatch),
        defect(R, Impair::OmitKe, Some(MessageName::MSG2)),
        defect(R, Impair::NeverRetransmit, None),
        defect(I, Impair::IgnoreMessage, Some(MessageName::MSG4)),
    ]);
    // MSG2 has no KE payload that could be left out.
    assert_eq!((outcome.fired[0], outcome.fired[1]), (1, 0));
    assert!(outcome.fired[2] > 0 && outcome.fired[3] > 0, "{:?}", outcome.fired);
}

#[test]
fn what_a_side_refused_and_what_never_began() {
    let refused = outcome(&[Fault::operator(R, Edit::PolicyMismatch(sim::MismatchAttribute::Group))]);
    assert_eq!(ends(&refused), [End::GaveUp, End::Rejected]);
    assert_eq!(refused.peers.responder.at, at(10), "when it first did");
    assert_eq!(refused.notifies, [ike::NotifyType::NO_PROPOSAL_CHOSEN]);
    assert_eq!(refused.negotiated, None);
    let nothing = outcome(&[Fault::operator(I, Edit::IkeDisabled)]);
    assert_eq!((ends(&nothing), nothing.ended), ([End::NoSa; 2], Instant::ZERO));
    let wrong = outcome(&[Fault::operator(R, Edit::PskMismatch)]);
    assert_eq!((wrong.keys_match, wrong.verdict), (Some(false), Verdict::Stalled));
    assert!(wrong.negotiated.is_some());
}

#[test]
fn one_side_up_and_the_other_not_is_half_open() {
    let outcome = outcome(&[drop(MessageName::MSG6, Times::All)]);
    assert_eq!((outcome.verdict, outcome.keys_match), (Verdict::HalfOpen, Some(true)));
    assert_eq!(states(&outcome), [Some(State::MmWaitMsg6), ACTIVE]);
    assert_eq!(outcome.peers.responder.sent, [MessageName::MSG2, MessageName::MSG4, MessageName::MSG6]);
    assert_eq!(outcome.peers.responder.received, [MessageName::MSG1, MessageName::MSG3, MessageName::MSG5]);
}

#[test]
fn a_child_passes_in_three_messages_more() {
    let (_, outcome) = ran(&with_maps(), &[]);
    let phase_2 = outcome.phase_2.clone().unwrap();
    assert_eq!((phase_2.passage, phase_2.up(), outcome.ended), (Passage::Passes, 1, at(90)));
    assert_eq!(
        phase_2.first.map(|side| side.state),
        Sides::new(Some(QuickState::Active), Some(QuickState::Active))
    );
    assert_eq!(phase_2.phase_1_alive, Sides::new(true, true));
    let child = &phase_2.children[0];
    assert_eq!((child.by, child.keys_match, child.attempts.as_slice()), (I, Some(true), &[at(80)][..]));
    assert_eq!(child.sides.initiator.sent, [MessageName::QM1, MessageName::QM3]);
    assert_eq!(child.sides.initiator.received, [MessageName::QM2]);
    assert_eq!(child.sides.responder.received, [MessageName::QM1, MessageName::QM3]);
    assert!(outcome.works() && child.is_up() && !child.held_by_one());
}

#[test]
fn what_a_child_stalls_on_decides_the_passage() {
    let passage = |faults: &[Fault]| {
        let (_, outcome) = ran(&with_maps(), faults);
        let phase_2 = outcome.phase_2.clone().unwrap();
        assert_eq!(outcome.works(), phase_2.passage == Passage::Passes);
        (phase_2.passage, phase_2.first.map(|side| (side.state, side.end)))
    };
    let waits = Some(QuickState::WaitMsg2);
    let (stalls, first) = passage(&[drop(MessageName::QM1, Times::All)]);
    assert_eq!((stalls, first.initiator), (Passage::Phase2Stalled, (waits, End::GaveUp)));
    assert_eq!(first.responder, (None, End::NoSa));
    let (half, first) = passage(&[drop(MessageName::QM3, Times::All)]);
    assert_eq!((half, first.initiator.1), (Passage::Phase2Stalled, End::Active));
    assert_eq!(first.responder, (Some(QuickState::WaitMsg3), End::GaveUp));
    let (refused, first) = passage(&[Fault::operator(R, Edit::PfsMismatch(sim::PfsHow::Extra))]);
    assert_eq!((refused, first.responder), (Passage::Phase2Refused, (None, End::Rejected)));
    assert_eq!(passage(&[Fault::operator(R, Edit::PskMismatch)]).0, Passage::Phase1Stalls);
    assert_eq!(passage(&[Fault::operator(I, Edit::MapUnbound)]).0, Passage::NeverStarted);
}

#[test]
fn an_operator_clears_at_a_moment_or_behind_a_message() {
    let clear = |when, after, what| {
        let clear = Clear { what, notify: true };
        ran(&with_maps(), &[Fault::Clear(ClearFault { at: R, when: ms(when), after, clear })])
    };
    let cleared = |trace: &Trace| {
        let entry = trace.entries().iter().find(|entry| matches!(entry.kind, Kind::Cleared { .. }));
        entry.map(|entry| entry.at)
    };
    let (trace, outcome) = clear(5000, None, Cleared::All);
    assert_eq!((cleared(&trace), outcome.fired[0]), (Some(at(5000)), 1));
    assert_eq!((outcome.verdict, ends(&outcome)), (Verdict::TornDown, [End::Deleted; 2]));
    assert_eq!(outcome.phase_2.as_ref().map(|phase_2| phase_2.passage), Some(Passage::Deleted));
    // The first MSG3 leaves at 20 ms: there is nothing yet that a Delete could be sent under.
    let (trace, _) = clear(1, Some(MessageName::MSG3), Cleared::All);
    assert_eq!(cleared(&trace), Some(at(21)));
    // The child alone: phase 1 stays.
    let (_, outcome) = clear(5000, None, Cleared::Phase2);
    assert_eq!((outcome.verdict, states(&outcome)), (Verdict::Established, [ACTIVE; 2]));
    // Behind a message that never leaves nothing is cleared, and before the first there is nothing.
    let (trace, outcome) = clear(1, Some(MessageName::AM1), Cleared::All);
    assert_eq!((cleared(&trace), outcome.fired[0]), (None, 0));
    let (_, outcome) = clear(0, None, Cleared::All);
    assert_eq!(outcome.fired[0], 0);
}
