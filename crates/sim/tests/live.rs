//! One side against a peer that is not ours, with children wanted; and worlds under a wire that does nothing.

#![cfg(test)]

mod maps;

use std::net::SocketAddr;
use std::time::Duration;

use ike::config::{AclEnd, Net};
use ike::ipsec::TransformSet;
use ike::{Clear, Cleared, Instant, MessageName, Mode, Powers, Retry, Role, State, Streams, Subnet};
use sim::choice::KindWire;
use sim::fault::Times;
use sim::{
    ClearFault, Datagram, Edit, End, Fault, Live, Outcome, Passage, PfsHow, Progress, Recorder, Setup,
    Timeline, Trace, Verdict, WireAct, World, run, run_untraced,
};

use maps::with_maps;

fn at(millis: u64) -> Instant {
    Instant::from_micros(millis * 1000)
}

/// Both ends, and what is lost between them.
struct Pair {
    ends: [Live; 2],
    now: Instant,
    lose: Option<MessageName>,
}

impl Pair {
    fn new(setup: &Setup) -> Pair {
        let end = |role: Role| Live::new(setup, role, Streams::new(3, role.name()), Powers::none());
        Pair { ends: Role::BOTH.map(end), now: Instant::ZERO, lose: None }
    }

    fn begin(&mut self) {
        let [from, to] = [[203, 0, 113, 1], [198, 51, 100, 1]].map(|ip| SocketAddr::from((ip, 500)));
        let sent = self.ends[0].initiate(self.now, from, to);
        self.carry(sent);
    }

    fn carry(&mut self, mut under: Vec<Datagram>) {
        while !under.is_empty() {
            let datagram = under.remove(0);
            if datagram.label.message().is_some() && datagram.label.message() == self.lose {
                continue;
            }
            let receiver = usize::from(datagram.sender == Role::Initiator);
            under.extend(self.ends[receiver].hear(self.now, datagram.from, datagram.to, &datagram.bytes));
        }
    }

    /// Every timer of both, until none is left.
    fn wait(&mut self) {
        loop {
            let next = |n: usize| self.ends[n].next_timeout().map(|(at, _)| (at, n));
            let Some((at, n)) = [next(0), next(1)].into_iter().flatten().min() else { return };
            self.now = at;
            let sent = self.ends[n].tick(at);
            self.carry(sent);
        }
    }

    fn progress(&self) -> [Progress; 2] {
        self.ends.each_ref().map(Live::progress)
    }

    fn finish(self) -> [Outcome; 2] {
        let now = self.now;
        self.ends.map(|end| end.finish(now).1)
    }
}

fn passages(outcomes: &[Outcome; 2]) -> [Passage; 2] {
    outcomes.each_ref().map(|outcome| outcome.phase_2.as_ref().unwrap().passage)
}

#[test]
fn it_is_up_when_its_children_are() {
    let mut pair = Pair::new(&with_maps());
    pair.lose = Some(MessageName::QM1);
    pair.begin();
    // Phase 1 is up, and that is not all that was wanted.
    assert_eq!(pair.progress(), [Progress::Open; 2]);
    assert!(pair.ends.iter().all(Live::is_answered));
    pair.lose = None;
    pair.wait();
    assert_eq!(pair.progress(), [Progress::Active; 2]);
    let outcomes = pair.finish();
    assert_eq!(passages(&outcomes), [Passage::Passes; 2]);
    assert!(outcomes.iter().all(|outcome| outcome.verdict == Verdict::Established && outcome.works()));
    // Of the other side nothing is known.
    assert_eq!(outcomes[0].peers.responder.end, End::NoSa);
    let child = &outcomes[0].phase_2.as_ref().unwrap().children[0];
    assert_eq!((child.by, child.keys_match, child.sides.responder.end), (Role::Initiator, None, End::NoSa));
    let child = &outcomes[1].phase_2.as_ref().unwrap().children[0];
    assert_eq!(
        (child.by, child.sides.initiator.end, child.sides.responder.end),
        (Role::Initiator, End::NoSa, End::Active)
    );
}

#[test]
fn without_a_crypto_map_phase_1_is_all() {
    let mut pair = Pair::new(&Setup::default());
    pair.begin();
    assert_eq!(pair.progress(), [Progress::Active; 2]);
    assert!(pair.finish().iter().all(|outcome| outcome.phase_2.is_none() && outcome.works()));
}

/// An initiator wants a child for each of its lines; of two that came up and were refused the one does not do.
#[test]
fn every_line_is_a_child_that_is_wanted() {
    let mut setup = with_maps();
    let other =
        |third| AclEnd { net: Net::Subnet(Subnet::new([10, third, 0, 0].into(), 24).unwrap()), port: 0 };
    for (role, own, theirs) in [(Role::Initiator, 3, 4), (Role::Responder, 4, 3)] {
        let entry = &mut setup.hosts[role].crypto_map.as_mut().unwrap()[0];
        entry.acl.push(ike::AclLine { source: other(own), destination: other(theirs), ..entry.acl[0] });
    }
    let mut pair = Pair::new(&setup);
    pair.begin();
    assert_eq!(pair.progress(), [Progress::Active; 2]);
    let outcomes = pair.finish();
    assert_eq!(outcomes[0].phase_2.as_ref().unwrap().children.len(), 2);
    // The responder has no place for the second.
    setup.hosts.responder.crypto_map.as_mut().unwrap()[0].acl.pop();
    for role in Role::BOTH {
        setup.hosts[role].profile = vendor::profile::from_name("ios").unwrap();
    }
    let mut pair = Pair::new(&setup);
    pair.begin();
    pair.wait();
    assert_eq!(pair.progress()[0], Progress::Over);
    let outcomes = pair.finish();
    assert_eq!(passages(&outcomes)[0], Passage::Phase2Refused);
    assert_eq!(outcomes[0].verdict, Verdict::Established, "phase 1 came up");
    assert!(!outcomes[0].works());
}

#[test]
fn what_it_stalls_on_is_the_passage() {
    let over = |setup: &Setup, lose| {
        let mut pair = Pair::new(setup);
        pair.lose = lose;
        pair.begin();
        pair.wait();
        (pair.progress(), pair.finish())
    };
    let maps = with_maps();
    let (progress, outcomes) = over(&maps, Some(MessageName::QM2));
    assert_eq!((progress, passages(&outcomes)), ([Progress::Over; 2], [Passage::Phase2Stalled; 2]));
    let (progress, outcomes) = over(&maps, Some(MessageName::QM3));
    assert_eq!((progress, passages(&outcomes)[0]), ([Progress::Active, Progress::Over], Passage::Passes));
    let (progress, outcomes) = over(&maps, Some(MessageName::MSG3));
    assert_eq!((progress, passages(&outcomes)), ([Progress::Over; 2], [Passage::Phase1Stalls; 2]));
    assert!(outcomes.iter().all(|outcome| outcome.verdict == Verdict::Stalled));
    let refused =
        maps.with_fault(Fault::operator(Role::Responder, Edit::PfsMismatch(PfsHow::Extra))).unwrap();
    let (_, outcomes) = over(&refused, None);
    assert_eq!(passages(&outcomes), [Passage::Phase2Refused; 2]);
    let unbound = maps.with_fault(Fault::operator(Role::Initiator, Edit::MapUnbound)).unwrap();
    let (progress, outcomes) = over(&unbound, None);
    assert_eq!((progress[0], passages(&outcomes)[0]), (Progress::Over, Passage::NeverStarted));
    assert_eq!(progress[1], Progress::Open, "nobody called");
}

/// Another attempt may come up: the child is one, and the attempt that counts is the one that more sides hold.
#[test]
fn attempts_at_one_flow_are_one_child() {
    let mut setup = with_maps();
    let entry = &mut setup.hosts.initiator.crypto_map.as_mut().unwrap()[0];
    (entry.retry, entry.attempts) = (Retry::After(Duration::from_secs(10)), 2);
    let lost = |message, times| {
        let setup = setup.with_fault(Fault::wire(message, WireAct::Drop { times })).unwrap();
        let outcome = run_untraced(&setup, &Powers::new(16));
        (outcome.phase_2.clone().unwrap(), outcome)
    };
    // An ASA asks four times, and gives up.
    let (phase_2, outcome) = lost(MessageName::QM1, Times::Count(4));
    let child = &phase_2.children[0];
    assert_eq!((phase_2.children.len(), child.attempts.len(), phase_2.up()), (1, 2, 1));
    assert!(outcome.works() && child.is_up() && child.attempts[0] < child.attempts[1]);
    let (phase_2, outcome) = lost(MessageName::QM1, Times::All);
    assert_eq!((phase_2.children[0].attempts.len(), phase_2.up(), outcome.works()), (3, 0, false));
    // QM3 is sent again with no timer of its own: one side holds what the other gave up.
    let (phase_2, _) = lost(MessageName::QM3, Times::All);
    assert!(phase_2.children[0].held_by_one() && phase_2.up() == 0);
}

/// What one side clears without a word the other still holds; phase 1 gone, children may stay.
#[test]
fn what_is_cleared_in_silence_is_held_by_one() {
    let cleared = |profile: &str, what, notify| {
        let mut setup = with_maps();
        for role in Role::BOTH {
            setup.hosts[role].profile = vendor::profile::from_name(profile).unwrap();
        }
        let clear = Clear { what, notify };
        let (role, when) = (Role::Responder, Duration::from_secs(5));
        setup.add_fault(Fault::Clear(ClearFault { at: role, when, after: None, clear }));
        run_untraced(&setup, &Powers::new(16))
    };
    let phase_2 = |outcome: &Outcome| outcome.phase_2.clone().unwrap();
    let silent = cleared("asa", Cleared::Phase2, false);
    assert_eq!(silent.verdict, Verdict::Established);
    let found = phase_2(&silent);
    assert_eq!((found.passage, found.children[0].held_by_one()), (Passage::Deleted, true));
    assert_eq!(found.first.initiator.end, End::Active);
    assert_eq!((found.first.responder.end, found.first.responder.state), (End::Deleted, None));
    let told = phase_2(&cleared("asa", Cleared::Phase2, true));
    assert_eq!((told.passage, told.children[0].held_by_one(), told.up()), (Passage::Deleted, false, 0));
    // Phase 1 alone: whether the children go with it is the vendor's affair.
    let outcome = cleared("ios", Cleared::Phase1, true);
    assert_eq!(outcome.verdict, Verdict::TornDown);
    let found = phase_2(&outcome);
    assert_eq!(found.passage, Passage::Deleted, "they can be renewed no more");
    assert!(!found.phase_1_alive.initiator && !found.phase_1_alive.responder);
    let half = cleared("asa", Cleared::All, false);
    assert_eq!((half.verdict, phase_2(&half).passage), (Verdict::HalfOpen, Passage::Deleted));
}

#[test]
fn a_kind_wire_loses_nothing_and_clears_nothing() {
    let ran = |setup: &Setup, until| {
        let mut wire = KindWire { latency: Duration::from_millis(10), until };
        let mut world = World::new(setup, &Powers::none(), Recorder::new(setup, Trace::new()));
        world.initiate(setup, &mut wire);
        while world.step(&mut wire) {}
        let now = world.now();
        (now, world.watch().outcome(now))
    };
    let lost = Fault::wire(MessageName::MSG2, WireAct::Drop { times: Times::All });
    let mut setup = Setup::default().with_fault(lost).unwrap();
    let clear = Clear { what: Cleared::All, notify: true };
    let when = Duration::from_millis(55);
    setup.add_fault(Fault::Clear(ClearFault { at: Role::Responder, when, after: None, clear }));
    setup.network.loss = 1.0;
    let (now, outcome) = ran(&setup, at(60_000));
    assert_eq!((now, outcome.verdict), (at(60), Verdict::Established));
    assert_eq!(ran(&setup, at(60)).1.verdict, Verdict::Established);
    assert_eq!(ran(&setup, at(59)).1.verdict, Verdict::HalfOpen);
}

/// Of several negotiations the one counts that got furthest, and of both sides the two ends of one.
#[test]
fn a_forged_first_message_is_not_the_negotiation() {
    let act = WireAct::Duplicate { times: 1, after: Duration::from_secs(1), replay: true };
    let mut setup =
        Setup::default().in_mode(Mode::Aggressive).with_fault(Fault::wire(MessageName::AM1, act)).unwrap();
    setup.hosts.responder.confirm = false;
    let (trace, outcome) = run(&setup, &Powers::new(16));
    assert_eq!(outcome.verdict, Verdict::Established);
    let timeline = Timeline::after(trace.entries());
    let furthest = timeline.furthest();
    let cookies = furthest.map(|one| one.unwrap().made.unwrap().2);
    assert_eq!(cookies.initiator.initiator, cookies.responder.initiator);
    assert!(timeline.furthest().into_iter().all(|one| one.unwrap().last == Some(State::AmActive)));
}

/// Children as the timeline has them: on both sides the same, with mirrored keys.
#[test]
fn children_of_the_timeline() {
    let mut setup = with_maps();
    for role in Role::BOTH {
        let set = TransformSet::from_words("ah-sha-hmac esp-aes-256").unwrap();
        setup.hosts[role].crypto_map.as_mut().unwrap()[0].transform_sets = vec![set];
    }
    let (trace, _) = run(&setup, &Powers::new(16));
    let [i, r] = Timeline::after(trace.entries()).sides.map(|side| side.children.all).into_array();
    let (i, r) = (&i[0], &r[0]);
    assert!(i.was_active() && r.was_active() && i.id == r.id);
    assert_eq!((i.sas.len(), i.keys_match(r), r.keys_match(i)), (4, Some(true), Some(true)));
    let mut other = r.clone();
    other.sas.pop();
    assert_eq!((i.keys_match(&other), other.keys_match(i)), (Some(false), Some(false)));
    other.sas.clear();
    assert_eq!((i.keys_match(&other), other.keys_match(i)), (None, None));
    other.sas.clone_from(&i.sas);
    assert_eq!(i.keys_match(&other), Some(false), "not mirrored: both would receive on one SPI");
    let before = Timeline::after(trace.entries().iter().take_while(|entry| entry.at < at(80)));
    assert!(!before.sides.initiator.children.all[0].was_active());
}
