//! Every fault is found by its consequences: the first cause with both sides in view, and one of the named
//! causes with one side in view.

#![cfg(test)]

use diagnose::{Diagnosis, Evidence, Oddity, Remedy, Task, diagnose};
use ike::{Powers, Role};
use scenario::Scenario;
use sim::{Cause, Verdict};
use vendor::Act;

/// Faults and the cause the contract names for them; `None`: comes up, nothing to diagnose.
const FAULTS: [(&str, Option<Cause>); 32] = [
    ("kind = 'psk-mismatch'", Some(Cause::PskMismatch)),
    ("kind = 'psk-mismatch'\nat = 'initiator'", Some(Cause::PskMismatch)),
    ("kind = 'missing-tunnel-group'", Some(Cause::MissingTunnelGroup)),
    ("kind = 'missing-tunnel-group'\nat = 'initiator'", Some(Cause::MissingTunnelGroup)),
    ("kind = 'wrong-tunnel-group-name'", Some(Cause::MissingTunnelGroup)),
    ("kind = 'missing-psk'", Some(Cause::MissingPsk)),
    ("kind = 'missing-psk'\nat = 'initiator'", Some(Cause::MissingPsk)),
    ("kind = 'policy-mismatch'\nattribute = 'encryption'", Some(Cause::PolicyMismatch)),
    ("kind = 'policy-mismatch'\nattribute = 'key-length'", Some(Cause::PolicyMismatch)),
    ("kind = 'policy-mismatch'\nattribute = 'authentication'", Some(Cause::PolicyMismatch)),
    ("kind = 'policy-mismatch'\nattribute = 'authentication'\nat = 'initiator'", Some(Cause::PolicyMismatch)),
    ("kind = 'policy-mismatch'\nattribute = 'lifetime'", None),
    ("kind = 'ike-disabled'", Some(Cause::IkeDisabled)),
    ("kind = 'ike-disabled'\nat = 'initiator'", Some(Cause::IkeDisabled)),
    ("kind = 'nat-traversal-disabled'", None),
    ("kind = 'wrong-peer-address'", Some(Cause::WrongPeerAddress)),
    ("kind = 'identity-mismatch'", Some(Cause::IdentityMismatch)),
    ("kind = 'identity-mismatch'\nat = 'initiator'", Some(Cause::IdentityMismatch)),
    ("kind = 'no-route'", Some(Cause::NoRoute)),
    ("kind = 'no-route'\nat = 'responder'", Some(Cause::NoRoute)),
    ("kind = 'peer-down'", Some(Cause::PeerDown)),
    ("kind = 'peer-down'\nfrom = '15ms'", Some(Cause::PeerDown)),
    ("kind = 'block-port'\nport = 500", Some(Cause::Port500Blocked)),
    ("kind = 'block-port'\nport = 500\ndirection = 'to-initiator'", Some(Cause::Port500Blocked)),
    ("kind = 'nat'", None),
    ("kind = 'nat'\n[[fault]]\nkind = 'block-port'\nport = 4500", Some(Cause::Port4500Blocked)),
    ("kind = 'delay'\nmessage = 1\nby = '90s'", Some(Cause::MessageLate)),
    ("kind = 'delay'\nmessage = 2\nby = '90s'", Some(Cause::MessageLate)),
    ("kind = 'delay'\nmessage = 3\nby = '90s'", Some(Cause::MessageLate)),
    ("kind = 'duplicate'\nmessage = 2", None),
    ("kind = 'replay'\nmessage = 3", None),
    ("kind = 'delay'\nmessage = 3\nby = '12s'", None),
];

fn scenario(text: &str) -> Scenario {
    Scenario::parse("test", text).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

fn causes(text: &str, view: Option<Role>) -> Vec<Diagnosis> {
    let scenario = scenario(text);
    let (trace, outcome) = sim::run(&scenario.setup, &Powers::new(64));
    diagnose(&scenario.setup, &trace, &outcome, view)
}

fn names(diagnoses: &[Diagnosis]) -> Vec<&'static str> {
    diagnoses.iter().map(|diagnosis| diagnosis.cause.name()).collect()
}

/// Every fault in every mode it can act in.
fn cases() -> Vec<(String, Option<Cause>)> {
    let mut cases = Vec::new();
    for mode in ["main", "aggressive"] {
        cases.extend(FAULTS.map(|(fault, cause)| (format!("mode = '{mode}'\n[[fault]]\n{fault}\n"), cause)));
        let last = if mode == "main" { 6 } else { 4 };
        for message in 1..=last {
            let one = |fault: &str| format!("mode = '{mode}'\n[[fault]]\n{fault}\nmessage = {message}\n");
            cases.push((one("kind = 'drop'"), Some(Cause::MessageLost)));
            cases.push((one("kind = 'drop'\ntimes = 1"), None));
            let all = "times = 'all'";
            cases.push((one(&format!("kind = 'corrupt'\n{all}")), Some(Cause::MessageCorrupted)));
            cases.push((one(&format!("kind = 'corrupt'\nbyte = 3\n{all}")), Some(Cause::MessageCorrupted)));
            cases.push((one(&format!("kind = 'truncate'\n{all}")), Some(Cause::MessageCorrupted)));
        }
    }
    cases.push((
        "mode = 'aggressive'\n[[fault]]\nkind = 'aggressive-mode-disabled'\n".into(),
        Some(Cause::AggressiveModeDisabled),
    ));
    for what in ["omit-ke", "empty-ke", "zero-ke", "empty-hash", "corrupt-hash", "ignore-message"] {
        for at in ["initiator", "responder"] {
            let text = format!("[[fault]]\nkind = 'impair'\nat = '{at}'\nwhat = '{what}'\n");
            cases.push((text, Some(Cause::PeerMisbehaved)));
        }
    }
    cases
}

#[test]
fn the_first_cause_is_the_fault() {
    for (text, expected) in cases() {
        let outcome = sim::run_untraced(&scenario(&text).setup, &Powers::new(64));
        let found = causes(&text, None);
        if outcome.verdict == Verdict::Established {
            assert!(found.is_empty(), "{text}\nup, and yet {:?}", names(&found));
            // A corrupted byte that means nothing may do no harm; the other faults must have done what the table says.
            assert!(expected.is_none_or(|cause| cause == Cause::MessageCorrupted), "{text}\ncame up");
            continue;
        }
        assert_eq!(found.first().map(|first| first.cause), expected, "{text}\n{found:#?}");
        let ranks: Vec<usize> = found.iter().map(|diagnosis| diagnosis.rank).collect();
        assert_eq!(ranks, (1..=found.len()).collect::<Vec<_>>());
        for diagnosis in &found {
            assert!(!diagnosis.evidence.is_empty() && diagnosis.remedy.is_some(), "{text}\n{diagnosis:#?}");
        }
    }
}

/// One side alone cannot always tell, but what it names must hold the truth.
#[test]
fn one_side_names_the_truth_among_others() {
    for (text, expected) in cases() {
        let Some(expected) = expected.filter(|cause| *cause != Cause::PeerMisbehaved) else {
            continue;
        };
        let outcome = sim::run_untraced(&scenario(&text).setup, &Powers::new(64));
        if outcome.verdict == Verdict::Established {
            continue;
        }
        for role in Role::BOTH {
            let peer = &outcome.peers[role];
            let blind = peer.state.is_some_and(ike::State::is_active) || peer.end == sim::End::NoSa;
            let found = causes(&text, Some(role));
            assert!(
                blind || found.iter().any(|diagnosis| diagnosis.cause == expected),
                "{role} of\n{text}\nnames {:?}",
                names(&found)
            );
        }
    }
}

#[test]
fn a_view_ranks_by_what_is_reported_most() {
    let found = causes("[[fault]]\nkind = 'peer-down'\n", Some(Role::Initiator));
    let names = names(&found);
    let place =
        |name: &str| names.iter().position(|n| *n == name).unwrap_or_else(|| panic!("{name} in {names:?}"));
    assert!(place("no-route") < place("peer-down") && place("port-500-blocked") < place("ike-disabled"));
    assert!(place("ike-disabled") < place("message-lost"), "{names:?}");
    assert!(!names.contains(&"policy-mismatch"), "a refusal would have been heard: {names:?}");
}

/// Neither key is shown, whoever looks: lengths and positions only.
#[test]
fn no_key_is_shown() {
    let text = "[[initiator.tunnel_group]]\npeer = '198.51.100.1'\npre_shared_key = 'correct horse'\n\
                [[responder.tunnel_group]]\npeer = '203.0.113.1'\npre_shared_key = 'correct hoRse '\n";
    for view in [None, Some(Role::Initiator), Some(Role::Responder)] {
        let found = causes(text, view);
        assert_eq!(found.first().map(|first| first.cause), Some(Cause::PskMismatch));
        let shown = format!("{found:?}");
        assert!(!shown.contains("correct") && !shown.contains("hoRse"), "{shown}");
    }
    let looks = |one| {
        if let Evidence::Keys { sides, first_difference } = one {
            Some((sides, first_difference))
        } else {
            None
        }
    };
    let (sides, first_difference) = evidence(text).into_iter().find_map(looks).unwrap();
    let [i, r] = sides.into_array();
    assert_eq!((i.characters, r.characters, first_difference), (13, 14, Some(11)));
    assert!(i.oddities.is_empty() && r.oddities == [Oddity::EndsInBlank], "{i:?} {r:?}");
}

/// What speaks for the first cause.
fn evidence(text: &str) -> Vec<Evidence> {
    causes(text, None).remove(0).evidence
}

#[test]
fn policies_stand_side_by_side() {
    let text = "[[responder.policy]]\npriority = 20\nencryption = 'aes-128'\nhash = 'sha256'\n";
    let all = evidence(text);
    let Some(Evidence::Policy { at: Role::Responder, nearest }) = all.last() else { panic!("{all:?}") };
    let differing = nearest.differing.iter();
    let differing: Vec<String> = differing
        .map(|one| format!("{} offered {}, own {}", one.attribute.name(), one.offered, one.own))
        .collect();
    assert_eq!(nearest.policy, 20);
    assert_eq!(differing, ["key-length offered aes-256, own aes-128", "hash offered sha, own sha256"]);
}

/// What is to be done on the device that needs it.
fn task(text: &str) -> Task {
    match causes(text, None).remove(0).remedy {
        Some(Remedy::Do(task) | Remedy::GivePolicy(task)) => task,
        other => panic!("{other:?} of\n{text}"),
    }
}

#[test]
fn a_remedy_is_for_the_device_that_needs_it() {
    let typed = |text: &str| {
        let task = task(text);
        assert_eq!(task.at, Role::Responder);
        task.acts.iter().flat_map(task.vendor.about().commands.unwrap()).collect::<Vec<_>>().join("\n")
    };
    let asa = typed("[[fault]]\nkind = 'missing-tunnel-group'\n");
    assert!(asa.contains("tunnel-group 203.0.113.1 ipsec-attributes\n ikev1 pre-shared-key <key>"), "{asa}");
    let ios = typed("[responder]\nprofile = 'ios'\n[[fault]]\nkind = 'missing-psk'\n");
    assert_eq!(ios, "crypto isakmp key <key> address 203.0.113.1");
}

/// With the policy of its remedy added at the responder, the tunnel comes up.
#[test]
fn the_policy_of_a_remedy_works() {
    let text = "[[initiator.policy]]\nencryption = 'aes-192'\nhash = 'sha512'\ngroup = 5\n";
    let acts = task(text).acts;
    let [Act::Policy { number, values }] = acts.as_slice() else { panic!("{acts:?}") };
    let mended = format!(
        "{text}[[responder.policy]]\npriority = {number}\nencryption = '{}'\nhash = '{}'\ngroup = {}\n",
        values.encryption.name(),
        values.hash.name(),
        values.group.number()
    );
    let outcome = sim::run_untraced(&scenario(&mended).setup, &Powers::new(64));
    assert_eq!(outcome.verdict, Verdict::Established, "{mended}");
}
