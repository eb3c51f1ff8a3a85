//! What would have helped: for each fault the change that takes it back and no other, and when it was too late.

#![cfg(test)]

use diagnose::{Alternative, EntryPart, PolicyPart, Why, why};
use ike::{Instant, Role};
use scenario::Scenario;

const I: Role = Role::Initiator;
const R: Role = Role::Responder;

fn of(text: &str) -> (Scenario, Why) {
    let scenario = Scenario::parse("test", text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    let found = why(&scenario.setup);
    (scenario, found)
}

fn fault(text: &str) -> Why {
    of(&format!("[[fault]]\n{text}\n")).1
}

/// With a crypto map on each side.
fn phase_2(text: &str) -> Why {
    of(&format!("[[initiator.crypto_map]]\n[[responder.crypto_map]]\n[[fault]]\n{text}\n")).1
}

#[test]
fn the_change_that_takes_a_fault_back_is_the_only_one() {
    let peer = "203.0.113.1".parse().unwrap();
    for (text, expected) in [
        ("kind = 'psk-mismatch'", Alternative::SameKey),
        ("kind = 'psk-mismatch'\nat = 'initiator'", Alternative::SameKey),
        ("kind = 'missing-tunnel-group'", Alternative::Group { at: R, peer }),
        ("kind = 'missing-psk'", Alternative::Key(R)),
        ("kind = 'missing-psk'\nat = 'initiator'", Alternative::Key(I)),
        ("kind = 'policy-mismatch'\nattribute = 'encryption'", Alternative::Policy(PolicyPart::Encryption)),
        ("kind = 'policy-mismatch'\nattribute = 'key-length'", Alternative::Policy(PolicyPart::Encryption)),
        ("kind = 'policy-mismatch'\nattribute = 'hash'", Alternative::Policy(PolicyPart::Hash)),
        ("kind = 'policy-mismatch'\nattribute = 'group'", Alternative::Policy(PolicyPart::Group)),
        ("kind = 'policy-mismatch'\nattribute = 'authentication'\nat = 'initiator'", Alternative::PreShared),
        ("kind = 'ike-disabled'", Alternative::Enabled(R)),
        ("kind = 'ike-disabled'\nat = 'initiator'", Alternative::Enabled(I)),
        ("kind = 'identity-mismatch'", Alternative::AnyIdentity(R)),
        ("kind = 'identity-mismatch'\nat = 'initiator'", Alternative::AnyIdentity(I)),
        ("kind = 'wrong-peer-address'", Alternative::Called("198.51.100.1".parse().unwrap())),
    ] {
        let found = fault(text);
        assert_eq!(found.changes, [vec![expected]], "{text}");
        assert!(!found.was_possible && found.no_return.is_none(), "{text}");
    }
    let refused = of("mode = 'aggressive'\n[[fault]]\nkind = 'aggressive-mode-disabled'\n").1;
    assert_eq!(refused.changes, [vec![Alternative::AggressiveMode]]);
}

/// A fault of path, wire or implementation is named by its number; others in the list stay what they are.
#[test]
fn a_fault_that_is_no_edit_is_taken_out_of_the_list() {
    for text in [
        "kind = 'no-route'",
        "kind = 'peer-down'",
        "kind = 'block-port'\nport = 500",
        "kind = 'drop'\nmessage = 3\ntimes = 'all'",
        "kind = 'corrupt'\nmessage = 5\ntimes = 'all'",
        "kind = 'impair'\nat = 'responder'\nwhat = 'omit-ke'",
    ] {
        let before = "[[fault]]\nkind = 'duplicate'\nmessage = 1\n[[fault]]\nkind = 'impair'\nat = 'responder'\nwhat = 'never-retransmit'\n";
        let (scenario, found) = of(&format!("{before}[[fault]]\n{text}\n"));
        let expected = Alternative::Without { number: 3, fault: scenario.setup.faults[2].clone() };
        assert_eq!(found.changes, [vec![expected]], "{text}");
    }
    let edited = "[[fault]]\nkind = 'psk-mismatch'\n[[fault]]\nkind = 'no-route'\n";
    let (scenario, found) = of(edited);
    let without = Alternative::Without { number: 2, fault: scenario.setup.faults[1].clone() };
    assert_eq!(found.changes, [vec![Alternative::SameKey, without]]);
}

#[test]
fn two_troubles_want_two_changes_and_three_have_no_answer() {
    let two = of("[[fault]]\nkind = 'psk-mismatch'\n[[fault]]\nkind = 'ike-disabled'\n").1;
    assert_eq!(two.changes, [vec![Alternative::SameKey, Alternative::Enabled(R)]]);
    let three = of("[[fault]]\nkind = 'psk-mismatch'\n[[fault]]\nkind = 'ike-disabled'\n[[fault]]\nkind = 'identity-mismatch'\n").1;
    assert_eq!(three.changes, [[]; 0]);
    // Neither is an edit: each goes by its place in the list.
    let (scenario, path) =
        of("[[fault]]\nkind = 'no-route'\n[[fault]]\nkind = 'nat'\n[[fault]]\nkind = 'peer-down'\n");
    let without =
        |number: usize| Alternative::Without { number, fault: scenario.setup.faults[number - 1].clone() };
    assert_eq!(path.changes, [vec![without(1), without(3)]]);
    // Either would do.
    let either = of("until = '15ms'\n").1;
    assert_eq!(either.changes, [vec![Alternative::Time]]);
    for chance in ["loss", "corrupt"] {
        let noisy = of(&format!("[network]\n{chance} = 1.0\n")).1;
        assert_eq!(noisy.changes, [vec![Alternative::QuietNetwork]], "{chance}");
        assert!(noisy.was_possible, "{chance}");
    }
}

#[test]
fn a_part_of_a_crypto_map() {
    for (text, part) in [
        ("kind = 'transform-mismatch'\nattribute = 'encryption'", EntryPart::TransformSets),
        ("kind = 'transform-mismatch'\nattribute = 'mode'", EntryPart::Mode),
        ("kind = 'pfs-mismatch'\nhow = 'extra'", EntryPart::Pfs),
        ("kind = 'proxy-mismatch'\nhow = 'other'", EntryPart::AccessList),
        ("kind = 'map-unbound'", EntryPart::Interface),
        ("kind = 'crypto-map-incomplete'\nwhat = 'acl'", EntryPart::AccessList),
        ("kind = 'crypto-map-incomplete'\nwhat = 'transform-set'", EntryPart::TransformSets),
        ("kind = 'crypto-map-incomplete'\nwhat = 'peer'", EntryPart::Peer),
    ] {
        let found = phase_2(text);
        let parts: Vec<_> = found.changes.iter().flatten().collect();
        let is_it =
            |one: &&Alternative| matches!(one, Alternative::Entry { part: known, .. } if *known == part);
        assert!(!parts.is_empty() && parts.iter().all(is_it), "{text}: {parts:?}");
    }
}

/// What comes up wants nothing; what was lost for good was lost at the moment when the last one gave up.
#[test]
fn the_moment_after_which_nothing_helped() {
    let well = of("").1;
    assert!(well.changes.is_empty() && well.was_possible && well.no_return.is_none());
    let lost = fault("kind = 'drop'\nmessage = 2\ntimes = 'all'");
    assert!(lost.was_possible);
    let entry = lost.no_return.unwrap();
    // The last copy of MSG2 leaves 24 s behind the first.
    assert_eq!(entry.at, Instant::from_micros(24_010_000), "{entry:?}");
    // As long as the wire is kind from then on: a first copy that is lost decides nothing.
    let late = fault("kind = 'delay'\nmessage = 1\nby = '90s'");
    assert!(
        late.was_possible && late.no_return.is_some_and(|entry| entry.at < Instant::from_micros(90_000_000))
    );
    let mended = of("until = '9s'\n[[fault]]\nkind = 'drop'\nmessage = 1\ntimes = 1\n").1;
    assert!(mended.changes.is_empty() && mended.no_return.is_none());
}
