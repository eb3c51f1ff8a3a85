//! The contract's table of faults: where each leaves two peers, in both modes; and the same stall states
//! from hand-written configurations, and with every group, cipher and hash.

#![cfg(test)]

use ike::crypto::{Cipher, DhGroup, HashAlg};
use ike::{MessageName, Powers, Role, Sides};
use scenario::Scenario;
use sim::{Outcome, Verdict, run_untraced, state_name};

fn run(text: &str) -> Outcome {
    let scenario = Scenario::parse("test", text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    run_untraced(&scenario.setup, &Powers::new(64))
}

/// `initiator / responder`, as the contract writes it; `up` where both are active with the same keys.
fn states(outcome: &Outcome) -> String {
    if outcome.verdict == Verdict::Established {
        return "up".into();
    }
    let [i, r] = Role::BOTH.map(|role| {
        let name = state_name(outcome.peers[role].state);
        name.trim_start_matches("MM_WAIT_MSG").trim_start_matches("AM_WAIT_MSG").to_owned()
    });
    format!("{i} / {r}")
}

/// Fault table, what Main Mode comes to, what Aggressive Mode comes to; empty: an error in that mode.
const TABLE: [(&str, &str, &str); 27] = [
    ("kind = \"psk-mismatch\"", "6 / 5", "NONE / 3"),
    ("kind = \"psk-mismatch\"\nat = \"initiator\"", "6 / 5", "NONE / 3"),
    ("kind = \"missing-tunnel-group\"", "4 / NONE", "2 / NONE"),
    ("kind = \"missing-tunnel-group\"\nat = \"initiator\"", "NONE / NONE", "NONE / NONE"),
    ("kind = \"wrong-tunnel-group-name\"", "4 / NONE", "2 / NONE"),
    ("kind = \"missing-psk\"", "4 / NONE", "2 / NONE"),
    ("kind = \"missing-psk\"\nat = \"initiator\"", "NONE / NONE", "NONE / NONE"),
    ("kind = \"policy-mismatch\"\nattribute = \"encryption\"", "2 / NONE", "2 / NONE"),
    ("kind = \"policy-mismatch\"\nattribute = \"key-length\"", "2 / NONE", "2 / NONE"),
    ("kind = \"policy-mismatch\"\nattribute = \"hash\"", "2 / NONE", "2 / NONE"),
    ("kind = \"policy-mismatch\"\nattribute = \"group\"", "2 / NONE", "2 / NONE"),
    ("kind = \"policy-mismatch\"\nattribute = \"authentication\"", "2 / NONE", "2 / NONE"),
    ("kind = \"policy-mismatch\"\nattribute = \"lifetime\"", "up", "up"),
    ("kind = \"ike-disabled\"", "2 / NONE", "2 / NONE"),
    ("kind = \"ike-disabled\"\nat = \"initiator\"", "NONE / NONE", "NONE / NONE"),
    ("kind = \"aggressive-mode-disabled\"", "", "2 / NONE"),
    ("kind = \"nat-traversal-disabled\"", "up", "up"),
    ("kind = \"wrong-peer-address\"", "2 / NONE", "2 / NONE"),
    ("kind = \"identity-mismatch\"", "6 / NONE", "2 / NONE"),
    ("kind = \"no-route\"", "2 / NONE", "2 / NONE"),
    ("kind = \"no-route\"\nat = \"responder\"", "2 / 3", "2 / 3"),
    ("kind = \"peer-down\"", "2 / NONE", "2 / NONE"),
    ("kind = \"block-port\"\nport = 500", "2 / NONE", "2 / NONE"),
    ("kind = \"block-port\"\nport = 500\ndirection = \"to-initiator\"", "2 / 3", "2 / 3"),
    ("kind = \"nat\"", "up", "up"),
    ("kind = \"nat\"\nat = \"responder\"\noutside = \"192.0.2.7\"", "up", "up"),
    ("kind = \"nat\"\n\n[[fault]]\nkind = \"block-port\"\nport = 4500", "6 / 5", "4 / 3"),
];

#[test]
fn every_row_of_the_fault_table() {
    for (fault, main, aggressive) in TABLE {
        for (mode, expected) in [("main", main), ("aggressive", aggressive)] {
            let text = format!("mode = \"{mode}\"\n\n[[fault]]\n{fault}\n");
            if expected.is_empty() {
                assert!(Scenario::parse("test", &text).is_err(), "{text}");
                continue;
            }
            let outcome = run(&text);
            assert_eq!(states(&outcome), expected, "{text}");
            assert_eq!(outcome.unfired().count(), 0, "a fault never fired:\n{text}");
        }
    }
}

#[test]
fn an_ios_responder_looks_the_key_up_at_message_1() {
    for (profile, expected) in [("asa", "4 / NONE"), ("ios", "2 / NONE")] {
        let fault = "[[fault]]\nkind = \"missing-psk\"\n";
        assert_eq!(states(&run(&format!("[responder]\nprofile = \"{profile}\"\n\n{fault}"))), expected);
    }
}

#[test]
fn a_message_dropped_for_ever() {
    let main = ["2 / NONE", "2 / 3", "4 / 3", "4 / 5", "6 / 5", "6 / MM_ACTIVE"];
    let aggressive = ["2 / NONE", "2 / 3", "4 / 3", "4 / AM_ACTIVE"];
    let plain = ["2 / NONE", "2 / 3", "AM_ACTIVE / 3"];
    let modes = [
        ("mode = \"main\"", &main[..]),
        ("mode = \"aggressive\"", &aggressive[..]),
        ("mode = \"aggressive\"\nconfirm = false", &plain[..]),
    ];
    for (mode, expected) in modes {
        for (message, expected) in (1..).zip(expected) {
            let text = format!("{mode}\n\n[[fault]]\nkind = \"drop\"\nmessage = {message}\n");
            let outcome = run(&text);
            assert_eq!(states(&outcome), *expected, "{text}");
            let half_open = expected.contains("ACTIVE");
            assert_eq!(outcome.verdict == Verdict::HalfOpen, half_open, "{text}");
        }
    }
}

/// The same states from configurations that a person wrote; no fault is named.
#[test]
fn hand_written_configurations_stall_alike() {
    let cases = [
        ("[[responder.tunnel_group]]\npeer = \"203.0.113.1\"\npre_shared_key = \"another\"\n", "6 / 5"),
        ("[[responder.tunnel_group]]\npeer = \"203.0.113.1\"\npre_shared_key = \"cisco123 \"\n", "6 / 5"),
        ("[[responder.tunnel_group]]\npeer = \"192.0.2.77\"\n", "4 / NONE"),
        ("[responder]\ntunnel_group = []\n", "4 / NONE"),
        ("[[responder.tunnel_group]]\npeer = \"203.0.113.1\"\n", "4 / NONE"),
        ("[[responder.tunnel_group]]\npeer = \"default\"\npre_shared_key = \"cisco123\"\n", "up"),
        ("[[responder.tunnel_group]]\npeer = \"default\"\npre_shared_key = \"x\"\n", "6 / 5"),
        ("[[responder.policy]]\npriority = 10\nencryption = \"3des\"\n", "2 / NONE"),
        ("[[responder.policy]]\npriority = 10\ngroup = 2\n", "2 / NONE"),
        ("[[responder.policy]]\npriority = 10\nlifetime = 3600\n", "up"),
        ("[responder]\nike_enabled = false\n", "2 / NONE"),
        ("[initiator]\npeer = \"192.0.2.200\"\n", "2 / NONE"),
    ];
    for (text, expected) in cases {
        assert_eq!(states(&run(text)), expected, "{text}");
    }
}

/// The key mismatch is found by decrypting, so it must come out alike for every cipher, hash and group.
#[test]
fn every_suite_comes_up_and_stalls_alike() {
    let mut suites: Vec<(Cipher, HashAlg, DhGroup)> = Vec::new();
    for cipher in Cipher::ALL {
        suites.extend(HashAlg::ALL.map(|hash| (cipher, hash, DhGroup::X25519)));
    }
    suites.extend(DhGroup::ALL.map(|group| (Cipher::Aes128, HashAlg::Sha256, group)));
    for (cipher, hash, group) in suites {
        let policy = |role: &str| {
            let (cipher, hash, group) = (cipher.name(), hash.name(), group.number());
            format!("[[{role}.policy]]\nencryption = \"{cipher}\"\nhash = \"{hash}\"\ngroup = {group}\n\n")
        };
        let policies = policy("initiator") + &policy("responder");
        for (mode, mismatch) in [("main", "6 / 5"), ("aggressive", "NONE / 3")] {
            let base = format!("mode = \"{mode}\"\n\n{policies}");
            let outcome = run(&base);
            assert_eq!((states(&outcome).as_str(), outcome.keys_match), ("up", Some(true)), "{base}");
            let stalled = format!("{base}[[fault]]\nkind = \"psk-mismatch\"\n");
            assert_eq!(states(&run(&stalled)), mismatch, "{stalled}");
        }
    }
}

#[test]
fn the_empty_file_is_a_tunnel_that_comes_up() {
    let outcome = run("");
    assert_eq!(states(&outcome), "up");
    let i = &outcome.peers.initiator;
    assert_eq!((numbers(&i.sent), numbers(&i.received), i.resends), (vec![1, 3, 5], vec![2, 4, 6], 0));
    let four = run("mode = \"aggressive\"");
    assert_eq!(four.peers.map(|peer| numbers(&peer.sent)), Sides::new(vec![1, 3], vec![2, 4]));
    let three = run("mode = \"aggressive\"\nconfirm = false");
    assert_eq!(three.peers.map(|peer| numbers(&peer.sent)), Sides::new(vec![1, 3], vec![2]));
}

/// Resends at 8, 16 and 24 s, the end at 32 s; an IOS peer resends every 10 s, five times.
#[test]
fn resends_follow_the_profile() {
    for (profile, resends, at) in [("asa", 3, "32.000"), ("ios", 5, "60.000")] {
        let text = format!("[initiator]\nprofile = \"{profile}\"\n\n[[fault]]\nkind = \"peer-down\"\n");
        let initiator = run(&text).peers.initiator;
        assert_eq!((initiator.resends, initiator.at.to_string().as_str()), (resends, at), "{profile}");
    }
}

#[test]
fn refusals_tell_what_the_contract_says() {
    let notifies = |text: &str| {
        let names: Vec<String> = run(text).notifies.iter().map(ToString::to_string).collect();
        names.join(" ")
    };
    let fault = |kind: &str| format!("[[fault]]\nkind = {kind}\n");
    assert_eq!(notifies(&fault("\"policy-mismatch\"\nattribute = \"hash\"")), "NO_PROPOSAL_CHOSEN");
    assert_eq!(notifies(&fault("\"missing-tunnel-group\"")), "INVALID_COOKIE");
    assert_eq!(notifies(&fault("\"identity-mismatch\"")), "INVALID_ID_INFORMATION");
    assert_eq!(notifies(&fault("\"psk-mismatch\"")), "");
    let aggressive = |kind: &str| notifies(&format!("mode = \"aggressive\"\n{}", fault(kind)));
    assert_eq!(aggressive("\"missing-tunnel-group\""), "");
    assert_eq!(aggressive("\"identity-mismatch\""), "INVALID_ID_INFORMATION");
}

/// What an impaired peer leaves behind. The receiver drops what breaks the protocol; a peer deaf to a
/// message waits for it for ever.
#[test]
fn impairments_stall_where_they_act() {
    let cases = [
        ("initiator", "omit-ke", "4 / 3"),
        ("initiator", "empty-ke", "4 / 3"),
        ("initiator", "zero-ke", "4 / 3"),
        ("responder", "omit-ke", "4 / 5"),
        ("responder", "zero-ke", "4 / 5"),
        ("initiator", "empty-hash", "6 / 5"),
        ("initiator", "corrupt-hash", "6 / 5"),
        ("responder", "corrupt-hash", "6 / MM_ACTIVE"),
        ("initiator", "nonzero-reserved", "2 / NONE"),
        ("responder", "ignore-message", "2 / NONE"),
    ];
    for (at, what, expected) in cases {
        let text = format!("[[fault]]\nkind = \"impair\"\nat = \"{at}\"\nwhat = \"{what}\"\n");
        assert_eq!(states(&run(&text)), expected, "{text}");
    }
    let lost = "[[fault]]\nkind = \"drop\"\nmessage = 1\ntimes = 1\n\n[[fault]]\nkind = \"impair\"\n\
                at = \"initiator\"\nwhat = \"never-retransmit\"\n";
    assert_eq!(states(&run(lost)), "2 / NONE");
}

fn numbers(names: &[MessageName]) -> Vec<u8> {
    names.iter().map(|name| name.number()).collect()
}
