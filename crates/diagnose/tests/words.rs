//! What a word means: every name has an entry, names of several kinds, pairs of states, and what is no name.

#![cfg(test)]

use diagnose::explain::{Effect, Step, Subject};
use diagnose::{Entry, Unknown, explain, names, typed};
use ike::crypto::{Cipher, DhGroup};
use ike::{MessageName, Mode, NotifyType, QuickState, Role, Sides, State};
use sim::{Cause, Passage, Verdict};

fn entries(text: &str) -> Result<Vec<Entry>, Unknown> {
    explain(&text.split(' ').map(str::to_owned).collect::<Vec<_>>())
}

#[track_caller]
fn entry(text: &str) -> Entry {
    let mut found = entries(text).unwrap_or_else(|unknown| panic!("{text}: {unknown:?}"));
    assert_eq!(found.len(), 1, "{text}");
    found.remove(0)
}

fn subject(text: &str) -> Subject {
    entry(text).subject
}

#[test]
fn every_name_has_an_entry_however_it_is_written() {
    let names = names();
    assert!(names.is_sorted() && names.iter().all(|name| !name.is_empty()));
    for name in &names {
        let found = entry(name);
        for other in [name.to_uppercase(), name.to_lowercase()] {
            let Subject::States { .. } = found.subject else {
                assert_eq!(entry(&other), found, "{name}");
                continue;
            };
        }
    }
    for cause in Cause::all() {
        assert!(names.iter().any(|name| name == cause.name()), "{cause}");
        let found = entry(cause.name());
        assert!(matches!(found.subject, Subject::Cause(its, _) if its == cause), "{cause}");
        assert!(found.mend.is_some(), "{cause}");
    }
}

#[test]
fn what_people_type_is_the_name_that_they_mean() {
    for (text, name) in [
        ("psk", "psk-mismatch"),
        ("SHA-256", "policy-mismatch"),
        ("no proposal chosen", "NO_PROPOSAL_CHOSEN"),
        ("INVALID-ID-INFORMATION", "INVALID_ID_INFORMATION"),
        ("DH14", "group 14"),
        ("modp1024", "group 2"),
        ("modp-2048", "group 14"),
        ("crypto map", "crypto-map-incomplete"),
        ("aes", "aes-128"),
        ("quick mode", "QM1"),
    ] {
        assert_eq!(entry(text), entry(name), "{text}");
    }
    assert_eq!(
        [typed("psk"), typed("no-key"), typed("psk-mismatch")],
        [Some("psk-mismatch"), Some("missing-psk"), None]
    );
    for text in ["dh99", "modp1000", "dhx", "modp"] {
        assert!(entries(text).is_err(), "{text}");
    }
}

#[test]
fn what_is_no_name_has_names_near_it() {
    let unknown = entries("psk-mismtch").unwrap_err();
    assert_eq!(
        (unknown.word.as_str(), unknown.near.first().map(String::as_str)),
        ("psk-mismtch", Some("psk-mismatch"))
    );
    assert!(unknown.near.len() <= 3);
    let distinct: std::collections::BTreeSet<_> = unknown.near.iter().collect();
    assert_eq!(distinct.len(), unknown.near.len());
    // Two names are two entries; with one that is none, that is the one that is told.
    let two = entries("no-route, psk-mismatch").unwrap();
    assert_eq!(
        two.iter().map(|one| one.subject.clone()).collect::<Vec<_>>(),
        [subject("no-route"), subject("psk-mismatch")]
    );
    assert_eq!(entries("no-route psk-mismtch").unwrap_err().word, "psk-mismtch");
    // Of a sentence no single word is the mistake.
    let sentence = "why does my tunnel not come up";
    assert_eq!(entries(sentence).unwrap_err().word, sentence);
}

fn leads(text: &str) -> Vec<Cause> {
    entry(text).leads.iter().map(|lead| lead.cause).collect()
}

#[test]
fn states_alone() {
    let Subject::State { state, instant, never } = subject("MM_WAIT_MSG6") else { panic!("a state") };
    assert_eq!((state, instant, never), (State::MmWaitMsg6, false, None));
    assert_eq!(leads("MM_WAIT_MSG6").first(), Some(&Cause::PskMismatch));
    assert!(leads("MM_WAIT_MSG2").contains(&Cause::NoRoute));
    assert!(matches!(subject("initiator MM_WAIT_MSG5"), Subject::State { never: Some(Role::Initiator), .. }));
    assert!(matches!(subject("responder MM_WAIT_MSG5"), Subject::State { never: None, .. }));
    assert_eq!(subject("NONE"), Subject::NoSa);
    // A router's name stands for several of an ASA's.
    let Subject::States { name, states, .. } = subject("mm_key_exch") else { panic!("several") };
    assert_eq!(name, "MM_KEY_EXCH");
    assert!(states.len() > 1 && states.iter().all(|state| state.mode() == Mode::Main), "{states:?}");
    for lead in entry("MM_WAIT_MSG6").leads {
        assert!(lead.runs.is_none_or(|runs| runs.count > 0 && !runs.replay.is_empty()), "{lead:?}");
    }
    assert!(entry("MM_WAIT_MSG3").seen.iter().all(|sides| sides.responder == Some(State::MmWaitMsg3)));
    assert!(entry("MM_WAIT_MSG5").scenarios.iter().all(|file| file.ends_with(".toml")));
}

#[test]
fn pairs_in_either_order_and_with_their_roles() {
    let (six, five) = (Some(State::MmWaitMsg6), Some(State::MmWaitMsg5));
    let sides = Sides::new(six, five);
    let pair = |turned| Subject::Pair { sides, turned, reached: true };
    for text in [
        "MM_WAIT_MSG6 MM_WAIT_MSG5",
        "MM_WAIT_MSG6/MM_WAIT_MSG5",
        "initiator MM_WAIT_MSG6 responder MM_WAIT_MSG5",
        "responder MM_WAIT_MSG5 initiator MM_WAIT_MSG6",
        "initiator=MM_WAIT_MSG6 MM_WAIT_MSG5",
    ] {
        assert_eq!(subject(text), pair(false), "{text}");
    }
    assert_eq!(subject("MM_WAIT_MSG5 MM_WAIT_MSG6"), pair(true));
    assert_eq!(leads("MM_WAIT_MSG6 MM_WAIT_MSG5").first(), Some(&Cause::PskMismatch));
    let none =
        Subject::Pair { sides: Sides::new(Some(State::MmWaitMsg2), None), turned: false, reached: true };
    assert_eq!(subject("MM_WAIT_MSG2 NONE"), none);
    // No two peers are so.
    assert!(matches!(subject("MM_WAIT_MSG2 MM_WAIT_MSG4"), Subject::NoPair(_)));
    assert!(matches!(subject("responder MM_WAIT_MSG6 initiator MM_WAIT_MSG5"), Subject::NoPair(_)));
    let far =
        Subject::Pair { sides: Sides::new(Some(State::MmWaitMsg2), five), turned: false, reached: false };
    assert_eq!(subject("MM_WAIT_MSG2 MM_WAIT_MSG5"), far);
    assert!(!entry("MM_WAIT_MSG6 MM_WAIT_MSG5").scenarios.is_empty());
    // A router's names stand for several states each: meant are two that peers come to.
    for (name, initiator, responder) in [
        ("MM_KEY_EXCH", State::MmWaitMsg6, State::MmWaitMsg5),
        ("MM_SA_SETUP", State::MmWaitMsg4, State::MmWaitMsg3),
        ("AG_INIT_EXCH", State::AmWaitMsg2, State::AmWaitMsg3),
    ] {
        let sides = Sides::new(Some(initiator), Some(responder));
        assert_eq!(subject(&format!("{name} {name}")), Subject::Pair { sides, turned: false, reached: true });
    }
}

#[test]
fn quick_mode() {
    assert_eq!(subject("QM_WAIT_MSG2"), Subject::QuickState(QuickState::WaitMsg2));
    let sides = Sides::new(Some(QuickState::WaitMsg2), None);
    let pair = |turned| Subject::QuickPair { sides, turned, reached: true };
    assert_eq!((subject("QM_WAIT_MSG2 NONE"), subject("NONE QM_WAIT_MSG2")), (pair(false), pair(true)));
    assert!(matches!(subject("QM_WAIT_MSG3 QM_WAIT_MSG3"), Subject::NoQuickPair(_)));
    assert!(leads("QM_WAIT_MSG2 NONE").contains(&Cause::ProxyMismatch));
    assert_eq!(subject("QM3"), Subject::QuickMessage(MessageName::QM3));
    assert_eq!(subject("INFO1"), Subject::Informational);
    assert_eq!(subject("torn-down"), Subject::TornDown);
    for passage in [Passage::Passes, Passage::Phase2Refused, Passage::NeverStarted] {
        assert_eq!(subject(&passage.to_string()), Subject::Passage(passage));
    }
}

#[test]
fn messages_steps_notifies_and_suites() {
    assert_eq!(subject("msg3"), Subject::Message(MessageName::MSG3));
    for (text, step) in [
        ("MM_SND_MSG5", Step::Sent(MessageName::MSG5)),
        ("MM_SND_MSG6_H", Step::Sent(MessageName::MSG6)),
        ("AM_BLD_MSG2", Step::Built(MessageName::AM2)),
        ("MM_DONE", Step::Done),
        ("AM_TM_INIT_XAUTH_V6C", Step::Xauth),
        ("AM_TM_INIT_MODECFG_V6H", Step::ModeConfig),
    ] {
        assert_eq!(subject(text), Subject::Step(text.into(), step));
    }
    for text in ["MM_SND_MSG9", "QM_SND_MSG1", "MM_EAT_MSG2"] {
        assert!(entries(text).is_err(), "{text}");
    }
    assert_eq!(subject("NO_PROPOSAL_CHOSEN"), Subject::Notify(NotifyType::NO_PROPOSAL_CHOSEN));
    assert!(leads("NO_PROPOSAL_CHOSEN").contains(&Cause::PolicyMismatch));
    assert!(entry("NO_PROPOSAL_CHOSEN").mend.is_some());
    assert_eq!(subject("group 5"), Subject::Group(DhGroup::Modp1536));
    assert_eq!(subject("3des"), Subject::Cipher(Cipher::TripleDes));
    assert!(matches!(subject("strongswan"), Subject::Profile(profile) if profile.name == "strongswan"));
}

/// What a fault does is run now, in both modes.
#[test]
fn faults_tell_what_they_do() {
    let ends = |text: &str| {
        let (Subject::Fault(effect) | Subject::Cause(_, Some(effect))) = subject(text) else {
            panic!("{text}: {:?}", subject(text));
        };
        effect
    };
    let verdict = |effect: &Effect| {
        effect.ends.iter().map(|(mode, end)| (*mode, end.as_ref().map(|end| end.verdict))).collect::<Vec<_>>()
    };
    let stalled = Some(Verdict::Stalled);
    assert_eq!(verdict(&ends("psk-mismatch")), [(Mode::Main, stalled), (Mode::Aggressive, stalled)]);
    let (_, main) = &ends("psk-mismatch").ends[0];
    let sides = main.as_ref().unwrap().sides;
    assert_eq!(sides, Sides::new(Some(State::MmWaitMsg6), Some(State::MmWaitMsg5)));
    let up = Some(Verdict::Established);
    assert_eq!(verdict(&ends("duplicate")), [(Mode::Main, up), (Mode::Aggressive, up)]);
    assert!(!entry("drop").scenarios.is_empty());
}
