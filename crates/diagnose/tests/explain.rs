//! What a name is found to mean, as values; the words are `report`'s.

#![cfg(test)]

use diagnose::explain::{End, Step, Subject, Topic};
use diagnose::{Entry, explain};
use ike::{MessageName, QuickState, Role, Sides, State};
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

/// A fault is run when it is asked for, in both modes.
#[test]
fn a_fault_says_how_its_runs_end() {
    let Subject::Fault(nat) = entry(&["nat"]).subject else { panic!() };
    let up = |end: &End| end.verdict == Verdict::Established;
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
    ] {
        let found = entry(&words.split(' ').collect::<Vec<_>>()).scenarios;
        let has = |name: &str| found.contains(&format!("scenarios/{name}.toml").as_str());
        assert!(has(shown) && !has(other), "{words}: {found:?}");
    }
}
