//! Names of the contract, and what is read from an outcome or a trace.

#![cfg(test)]

use std::collections::BTreeSet;
use std::time::Duration;

use ike::crypto::DhGroup;
use ike::{Clear, Cleared, Impair, Instant, MapPart, MessageName, Powers, QuickState, Role, State};
use sim::fault::{Direction, Times};
use sim::{
    Actor, Cause, ClearFault, Edit, End, Fault, MismatchAttribute, Passage, PathFault, PeerFault, PfsHow,
    ProxyHow, Setup, Timeline, Trace, TransformAttribute, Verdict, WireAct, WireTarget, likely_exchange,
    prepare, quick_state_name, run, state_name,
};

/// As the scenario file writes them, and where each sits.
#[test]
fn faults_by_their_kinds() {
    let at = Role::Responder;
    let edits = [
        (Edit::PskMismatch, "psk-mismatch"),
        (Edit::MissingTunnelGroup, "missing-tunnel-group"),
        (Edit::WrongTunnelGroupName, "wrong-tunnel-group-name"),
        (Edit::MissingPsk, "missing-psk"),
        (Edit::PolicyMismatch(MismatchAttribute::Hash), "policy-mismatch"),
        (Edit::IkeDisabled, "ike-disabled"),
        (Edit::AggressiveModeDisabled, "aggressive-mode-disabled"),
        (Edit::NatTraversalDisabled, "nat-traversal-disabled"),
        (Edit::WrongPeerAddress, "wrong-peer-address"),
        (Edit::IdentityMismatch, "identity-mismatch"),
        (Edit::TransformMismatch(TransformAttribute::Mode), "transform-mismatch"),
        (Edit::PfsMismatch(PfsHow::Group), "pfs-mismatch"),
        (Edit::ProxyMismatch(ProxyHow::Any), "proxy-mismatch"),
        (Edit::MapIncomplete(MapPart::Acl), "crypto-map-incomplete"),
        (Edit::MapUnbound, "map-unbound"),
    ];
    let copy = |replay| WireAct::Duplicate { times: 1, after: Duration::ZERO, replay };
    let times = Times::All;
    let acts = [
        (WireAct::Drop { times }, "drop"),
        (WireAct::Delay { by: Duration::ZERO }, "delay"),
        (copy(false), "duplicate"),
        (copy(true), "replay"),
        (WireAct::Corrupt { byte: None, bit: 0, times }, "corrupt"),
        (WireAct::Truncate { length: None, times }, "truncate"),
    ];
    let block = PathFault::BlockPort { port: 500, direction: Direction::Both };
    let down = PathFault::PeerDown { at, from: Instant::ZERO, until: None };
    let clear = Clear { what: Cleared::All, notify: true };
    let others = [
        (Fault::Path(PathFault::NoRoute { at }), "no-route", Some(at)),
        (Fault::Path(down), "peer-down", Some(at)),
        (Fault::Path(block), "block-port", None),
        (Fault::Path(PathFault::Nat { at, outside: [192, 0, 2, 1].into() }), "nat", Some(at)),
        (Fault::Peer(PeerFault { at, what: Impair::OmitKe, message: None }), "impair", Some(at)),
        (Fault::Clear(ClearFault { at, when: Duration::ZERO, after: None, clear }), "clear-crypto", Some(at)),
    ];
    let edits = edits.map(|(edit, name)| (Fault::operator(at, edit), name, Some(at)));
    let acts = acts.map(|(act, name)| (Fault::wire(MessageName::QM1, act), name, None));
    for (fault, name, sits) in edits.into_iter().chain(acts).chain(others) {
        assert_eq!((fault.kind(), fault.to_string().as_str(), fault.at()), (name, name, sits));
    }
    let targets = [WireTarget::Message(MessageName::QM1), WireTarget::Informational(at)];
    assert_eq!(targets.map(|target| target.to_string()), ["QM1", "INFO1"]);
}

#[test]
fn causes_ends_and_passages_have_names_of_their_own() {
    let names: BTreeSet<&str> = Cause::all().map(Cause::name).collect();
    let meanings: BTreeSet<&str> = Cause::all().map(Cause::meaning).collect();
    assert_eq!((names.len(), meanings.len()), (Cause::ALL.len(), Cause::ALL.len()));
    for cause in Cause::all() {
        assert_eq!(Cause::from_name(&cause.to_string()), Some(cause));
    }
    assert_eq!(Cause::from_name("of old age"), None);
    let ends = [End::Active, End::GaveUp, End::Waiting, End::Rejected, End::Deleted, End::NoSa];
    assert_eq!(
        ends.map(|end| end.to_string()),
        ["active", "gave-up", "waiting", "rejected", "deleted", "no-sa"]
    );
    use Passage as P;
    let passages =
        [P::Passes, P::Phase1Stalls, P::Phase2Refused, P::Phase2Stalled, P::Deleted, P::NeverStarted];
    assert_eq!(
        passages.map(|passage| passage.to_string()),
        ["passes", "phase-1-stalls", "phase-2-refused", "phase-2-stalled", "deleted", "never-started"]
    );
    let verdicts = [Verdict::Established, Verdict::HalfOpen, Verdict::Stalled, Verdict::TornDown];
    assert_eq!(
        verdicts.map(|verdict| verdict.to_string()),
        ["established", "half-open", "stalled", "torn-down"]
    );
    assert_eq!([state_name(None), state_name(Some(State::MmWaitMsg2))], ["NONE", "MM_WAIT_MSG2"]);
    let quick = [quick_state_name(None), quick_state_name(Some(QuickState::WaitMsg3))];
    assert_eq!(quick, ["NONE", "QM_WAIT_MSG3"]);
}

/// The fold over a trace comes to what was counted while the run went on.
#[test]
fn the_timeline_of_a_trace_is_that_of_its_run() {
    let lost = Fault::wire(MessageName::MSG4, WireAct::Drop { times: Times::Count(1) });
    let setup = Setup::default().with_fault(lost).unwrap();
    let (trace, outcome) = run(&setup, &Powers::none());
    let timeline = Timeline::after(trace.entries());
    for (role, side) in timeline.sides.both() {
        let one = timeline.furthest()[role].unwrap();
        let peer = &outcome.peers[role];
        assert_eq!((one.last, &one.sent, &one.received), (peer.last, &peer.sent, &peer.received));
        assert_eq!((side.resends(), one.resends), (peer.resends, peer.resends));
    }
    assert!(outcome.peers.map(|peer| peer.resends).into_iter().all(|resends| resends == 1));
    // Half of it: where they stood then.
    let half =
        Timeline::after(trace.entries().iter().take_while(|entry| entry.at < Instant::from_micros(30_000)));
    let states = half.furthest().map(|one| one.and_then(|one| one.standing.state)).into_array();
    assert_eq!(states, [Some(State::MmWaitMsg4), Some(State::MmWaitMsg3)]);
    assert_eq!(trace.entries().first().unwrap().actor.role(), Some(Role::Initiator));
    assert_eq!([Actor::Operator.role(), Actor::Network.role()], [None, None]);
    assert_eq!(Trace::off().entries(), []);
}

/// The first group of the initiator that the responder has too; prepared or not, a run is the same.
#[test]
fn the_exchange_that_is_likely() {
    let mut setup = Setup::default();
    let groups = |setup: &mut Setup, role: Role, groups: &[DhGroup]| {
        let policy = setup.hosts[role].policies[0].clone();
        let with = |group: &DhGroup| ike::Policy { group: *group, ..policy.clone() };
        setup.hosts[role].policies = groups.iter().map(with).collect();
    };
    groups(&mut setup, Role::Initiator, &[DhGroup::Modp3072, DhGroup::Modp1024, DhGroup::Modp1536]);
    groups(&mut setup, Role::Responder, &[DhGroup::Modp1536, DhGroup::Modp1024]);
    assert_eq!(likely_exchange(&setup), Some((DhGroup::Modp1024, setup.seed)));
    let powers = Powers::new(16);
    prepare(likely_exchange(&setup), &powers);
    assert_eq!(run(&setup, &powers), run(&setup, &Powers::none()));
    groups(&mut setup, Role::Responder, &[DhGroup::X25519]);
    assert_eq!(likely_exchange(&setup), None);
}
