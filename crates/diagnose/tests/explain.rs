//! What a name is found to mean, as values; the words are `report`'s.

#![cfg(test)]

use std::collections::BTreeMap;

use diagnose::explain::{RunEnd, Step, Subject, Topic, elsewhere};
use diagnose::{Entry, Remedy, explain};
use ike::{MessageName, Mode, QuickState, Role, Sides, State};
use sim::{Cause, Verdict};
use vendor::Look;

/// The one entry of these words.
fn entry(words: &[&str]) -> Entry {
    let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
    let mut entries = explain(&words).unwrap();
    assert_eq!(entries.len(), 1, "{words:?}: {entries:?}");
    entries.remove(0)
}

#[test]
fn a_pair_has_its_causes_and_what_to_do_about_the_first() {
    let sides = Sides::new(Some(State::MmWaitMsg6), Some(State::MmWaitMsg5));
    let straight = entry(&["MM_WAIT_MSG6", "MM_WAIT_MSG5"]);
    assert_eq!(straight.subject, Subject::Pair { sides, turned: false, reached: true });
    let turned = entry(&["MM_WAIT_MSG5", "MM_WAIT_MSG6"]);
    assert_eq!(turned.subject, Subject::Pair { sides, turned: true, reached: true });
    assert_eq!(turned.leads, straight.leads);
    let [first, second, ..] = straight.leads.as_slice() else { panic!("{:?}", straight.leads) };
    assert_eq!((first.cause, first.reports), (Cause::PskMismatch, 8));
    assert!(second.reports <= first.reports && first.runs.is_some_and(|runs| runs.count > 1), "{first:?}");
    let mend = straight.mend.unwrap();
    assert_eq!((mend.cause, mend.one_of, mend.look), (Cause::PskMismatch, true, Look::Keys));
    // ASA, IOS, strongSwan.
    assert_eq!(mend.remedies.len(), 3);
    assert!(straight.scenarios.contains(&"scenarios/psk_mismatch.toml"), "{:?}", straight.scenarios);
}

#[test]
fn two_states_of_one_side_are_no_pair() {
    let names = ["MM_WAIT_MSG2", "MM_WAIT_MSG4"];
    assert_eq!(entry(&names).subject, Subject::NoPair(names.map(str::to_owned)));
    let both = [Some(QuickState::WaitMsg2); 2];
    assert_eq!(entry(&["QM_WAIT_MSG2", "QM_WAIT_MSG2"]).subject, Subject::NoQuickPair(both));
}

#[test]
fn a_role_that_is_never_in_a_state_is_told() {
    let subject = |never, instant, state| Subject::State { state, instant, never };
    let never = entry(&["responder", "MM_WAIT_MSG4"]).subject;
    assert_eq!(never, subject(Some(Role::Responder), false, State::MmWaitMsg4));
    assert_eq!(entry(&["AG_AUTH"]).subject, subject(None, true, State::AmWaitMsg4));
    let Subject::States { states, .. } = entry(&["QM_IDLE"]).subject else { panic!() };
    assert_eq!(states, [State::MmActive, State::AmActive]);
}

fn causes(words: &[&str]) -> Vec<Cause> {
    entry(words).leads.iter().map(|lead| lead.cause).collect()
}

/// How many runs of the catalogue each cause has.
fn runs(entry: &Entry) -> BTreeMap<Cause, u64> {
    entry.leads.iter().map(|lead| (lead.cause, lead.runs.unwrap().count)).collect()
}

/// A state's runs are those of the pairs that it is seen in, each counted once.
#[test]
fn the_runs_of_a_state_are_those_of_its_pairs() {
    for (word, states) in [
        ("MM_WAIT_MSG6", &[State::MmWaitMsg6][..]),
        ("AM_WAIT_MSG4", &[State::AmWaitMsg4]),
        ("MM_KEY_EXCH", &[State::MmWaitMsg6, State::MmWaitMsg5]),
    ] {
        let alone = entry(&[word]);
        let mut sum = BTreeMap::new();
        for sides in &alone.seen {
            let known = |state: Option<State>| state.is_some_and(|state| states.contains(&state));
            assert!(known(sides.initiator) || known(sides.responder), "{word}: {sides:?}");
            let names = [sides.initiator, sides.responder].map(sim::state_name);
            for (cause, count) in runs(&entry(&names)) {
                *sum.entry(cause).or_insert(0) += count;
            }
        }
        assert!(!alone.seen.is_empty() && runs(&alone) == sum, "{word}: {alone:?}\n{sum:?}");
    }
}

/// A name of several states means the one that peers come to with the other name's, else one of the other's mode.
#[test]
fn of_a_name_of_two_modes_the_fitting_one_is_meant() {
    for (names, initiator, responder, reached) in [
        (["AG_AUTH", "QM_IDLE"], Some(State::AmWaitMsg4), Some(State::AmActive), true),
        (["QM_IDLE", "NONE"], Some(State::AmActive), None, true),
        (["AG_INIT_EXCH", "QM_IDLE"], Some(State::AmWaitMsg2), Some(State::AmActive), false),
        (["MM_SA_SETUP", "QM_IDLE"], Some(State::MmWaitMsg4), Some(State::MmActive), false),
    ] {
        let sides = Sides::new(initiator, responder);
        assert_eq!(entry(&names).subject, Subject::Pair { sides, turned: false, reached }, "{names:?}");
    }
}

/// One role beside either name fixes both. It goes before its name where the text begins with one, behind it otherwise.
#[test]
fn one_role_fixes_both() {
    let sides = Sides::new(Some(State::MmWaitMsg6), Some(State::MmWaitMsg5));
    let (six, five) = ("MM_WAIT_MSG6", "MM_WAIT_MSG5");
    for words in [
        ["i", six, five],
        [six, "i", five],
        [six, five, "r"],
        ["r", five, six],
        [five, "r", six],
        [five, six, "i"],
    ] {
        let found = entry(&words).subject;
        assert_eq!(found, Subject::Pair { sides, turned: false, reached: true }, "{words:?}");
    }
    for (words, none) in [
        (["r", six, five], [six, five]),
        ([six, "r", five], [six, five]),
        ([six, five, "i"], [six, five]),
        (["i", five, six], [five, six]),
        ([five, "i", six], [five, six]),
        ([five, six, "r"], [five, six]),
    ] {
        assert_eq!(entry(&words).subject, Subject::NoPair(none.map(str::to_owned)), "{words:?}");
    }
}

/// By either name of its states, ikesim's or a log's; with the causes of the pairs that it is in, the likeliest first.
#[test]
fn quick_mode_leads_by_how_likely_they_are() {
    use Cause::{
        CryptoMapIncomplete, Deleted, MapUnbound, MessageCorrupted, MessageLate, MessageLost, PfsMismatch,
        ProxyMismatch, TransformMismatch,
    };
    let refused = [ProxyMismatch, TransformMismatch, PfsMismatch, CryptoMapIncomplete];
    let lost = [MessageLost, MessageLate, MessageCorrupted];
    assert_eq!(causes(&["QM_WAIT_MSG2"]), [&refused[..], &lost].concat());
    assert_eq!(causes(&["QM_WAIT_MSG3"]), lost);
    assert_eq!(causes(&["QM_ACTIVE"]), [&lost[..], &[Deleted]].concat());
    assert_eq!(causes(&["QM_WAIT_MSG2", "QM_WAIT_MSG3"]), lost);
    for words in [["QM_WAIT_MSG2", "NONE"], ["QUICK_I1", "none"], ["NONE", "ike_qm_i_qm1"]] {
        assert_eq!(causes(&words)[..4], refused, "{words:?}");
    }
    assert_eq!(causes(&["phase-1-stalls"]), [MapUnbound]);
    assert_eq!(causes(&["never-started"]), [CryptoMapIncomplete, MapUnbound]);
    assert_eq!(causes(&["phase-2-stalled"]), lost);
    assert_eq!(causes(&["torn-down"]), causes(&["phase-2-refused"]));
    assert_eq!(causes(&["phase-2-refused"]), refused);
    assert_eq!(causes(&["passes"]), []);
    for state in QuickState::ALL {
        let names = elsewhere(state);
        assert!(!names.is_empty());
        for name in names {
            assert_eq!(entry(&[name]).subject, Subject::QuickState(state), "{name}");
            assert_eq!(entry(&["i", name]), entry(&[name]), "{name}");
            assert_eq!(entry(&["responder", name]), entry(&[name]), "{name}");
        }
    }
}

#[test]
fn roles_of_quick_mode_fix_the_pair() {
    let sides = Sides::new(Some(QuickState::Active), Some(QuickState::WaitMsg3));
    let pair = |turned| Subject::QuickPair { sides, turned, reached: true };
    for (words, turned) in [
        (&["QM_ACTIVE", "QM_WAIT_MSG3"][..], false),
        (&["QM_WAIT_MSG3", "QM_ACTIVE"], true),
        (&["i", "QM_ACTIVE", "QM_WAIT_MSG3"], false),
        (&["r", "QM_WAIT_MSG3", "QM_ACTIVE"], false),
        (&["responder", "QM_WAIT_MSG3", "initiator", "QM_ACTIVE"], false),
    ] {
        assert_eq!(entry(words).subject, pair(turned), "{words:?}");
    }
    // Of phase 2 alone nothing is asked where neither word is its own.
    let none = Subject::Pair { sides: Sides::new(None, None), turned: false, reached: true };
    assert_eq!(entry(&["NONE", "NONE"]).subject, none);
}

/// Whether there are others beside the first, which tells how sure the advice is.
#[test]
fn advice_is_one_of_several_where_there_are_other_causes() {
    for (words, cause, one_of) in [
        (&["NO_PROPOSAL_CHOSEN"][..], Cause::PolicyMismatch, true),
        (&["INVALID_ID_INFORMATION"], Cause::IdentityMismatch, false),
        (&["phase-1-stalls"], Cause::MapUnbound, false),
        (&["never-started"], Cause::CryptoMapIncomplete, true),
        (&["AM_WAIT_MSG4", "NONE"], Cause::PeerMisbehaved, false),
    ] {
        let mend = entry(words).mend.unwrap();
        assert_eq!((mend.cause, mend.one_of), (cause, one_of), "{words:?}");
    }
    // Only the initiator has anything to begin with.
    let at = |remedy: &Remedy| if let Remedy::Do(task) = remedy { Some(task.at) } else { None };
    let sides: Vec<_> = entry(&["never-started"]).mend.unwrap().remedies.iter().map(at).collect();
    assert_eq!(sides, [Some(Role::Initiator); 3]);
    // A word alone does not tell at which side it is.
    let either: Vec<_> = entry(&["crypto-map"]).mend.unwrap().remedies.iter().map(at).collect();
    assert_eq!(
        either,
        [Role::Responder, Role::Initiator].repeat(3).into_iter().map(Some).collect::<Vec<_>>()
    );
}

#[test]
fn where_a_cause_leaves_both_sides() {
    let sides = |initiator, responder| Sides::new(initiator, responder);
    assert_eq!(entry(&["aggressive-mode-disabled"]).seen, [sides(Some(State::AmWaitMsg2), None)]);
    // It cannot act in Main Mode.
    let Subject::Cause(_, Some(effect)) = entry(&["aggressive-mode-disabled"]).subject else { panic!() };
    let [(Mode::Main, None), (Mode::Aggressive, Some(end))] = effect.ends[..] else { panic!("{effect:?}") };
    assert_eq!((end.verdict, end.sides), (Verdict::Stalled, sides(Some(State::AmWaitMsg2), None)));
}

/// A fault is run when it is asked for, in both modes.
#[test]
fn a_fault_says_how_its_runs_end() {
    let Subject::Fault(nat) = entry(&["nat"]).subject else { panic!() };
    let up = |end: &RunEnd| end.verdict == Verdict::Established;
    assert!(nat.ends.len() == 2 && nat.ends.iter().all(|(_, end)| end.as_ref().is_some_and(up)), "{nat:?}");
    let Subject::Cause(Cause::PskMismatch, Some(effect)) = entry(&["psk"]).subject else { panic!() };
    assert!(effect.ends.iter().all(|(_, end)| end.is_some_and(|end| end.verdict == Verdict::Stalled)));
}

#[test]
fn names_beside_the_states_are_found() {
    assert_eq!(entry(&["dead", "peer", "detection"]).subject, Subject::Beside(Topic::DeadPeer));
    let sent = Step::Sent(MessageName::MSG5);
    assert_eq!(entry(&["mm_snd_msg5"]).subject, Subject::Step("MM_SND_MSG5".into(), sent));
    let refused = entry(&["INVALID_COOKIE"]);
    let causes: Vec<Cause> = refused.leads.iter().map(|lead| lead.cause).collect();
    assert_eq!(causes, [Cause::MissingTunnelGroup, Cause::MissingPsk]);
    // Of a notify alone no run is known.
    assert!(refused.leads.iter().all(|lead| lead.runs.is_none() && lead.reports == 0));
}

/// The scenarios that show a cause, a notify and an end are told, and no others.
#[test]
fn lessons_are_of_what_was_asked() {
    for (words, shown, other) in [
        ("psk-mismatch", "psk_mismatch", "main_mode"),
        ("NO_PROPOSAL_CHOSEN", "policy_mismatch_hash", "psk_mismatch"),
        ("phase-2-refused", "phase2_pfs_group", "psk_mismatch"),
        ("MM_WAIT_MSG2", "udp500_blocked", "main_mode"),
        ("nat", "nat_udp4500_blocked", "psk_mismatch"),
        ("delay", "delay_past_resend", "drop_msg1"),
        ("NONE", "udp500_blocked", "psk_mismatch"),
        ("NONE", "aggressive_psk_mismatch", "main_mode"),
        ("MM_WAIT_MSG6 MM_WAIT_MSG5", "psk_mismatch", "identity_mismatch"),
        ("MM_WAIT_MSG6 MM_WAIT_MSG5", "drop_msg5", "drop_msg4"),
        ("MSG5", "drop_msg5", "drop_msg4"),
        ("QM1", "phase2_qm1_lost", "phase2_qm3_lost"),
        ("QM_WAIT_MSG3", "phase2_qm3_lost", "phase2_qm1_lost"),
        ("QM_WAIT_MSG2 NONE", "phase2_qm1_lost", "phase2_cleared"),
        ("QM_ACTIVE QM_WAIT_MSG3", "phase2_qm3_lost", "phase2_up"),
        ("QM_ACTIVE NONE", "phase2_cleared_one_side", "phase2_qm1_lost"),
        ("passes", "phase2_up", "phase2_pfs_group"),
    ] {
        let found = entry(&words.split(' ').collect::<Vec<_>>()).scenarios;
        let has = |name: &str| found.contains(&format!("scenarios/{name}.toml").as_str());
        assert!(has(shown) && !has(other), "{words}: {found:?}");
    }
}
