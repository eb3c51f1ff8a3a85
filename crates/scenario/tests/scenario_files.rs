//! Scenario files: every mistake gets one error with its place and what is allowed; no text makes the
//! reader panic, and no error shows a key.

#![cfg(test)]

use ike::Powers;
use proptest::prelude::*;
use scenario::{FaultKind, Scenario};
use scenario::{MAX_BYTES, schema, starter};

/// Text, place, message, and what the help must contain.
const MISTAKES: [(&str, &str, &str, &str); 53] = [
    ("titel = 'x'", "1:1", "unknown key `titel`", "did you mean `title`?"),
    ("seed = 'one'", "1:8", "invalid type: string \"one\", expected a whole number", ""),
    ("seed = -1", "1:8", "seed -1 is out of range", "0 to 9223372036854775807"),
    ("seed = 9223372036854775808", "1:8", "invalid value: integer `9223372036854775808`", ""),
    ("mode = 'agressive'", "1:8", "unknown mode `agressive`", "did you mean `aggressive`?"),
    ("until = '-1s'", "1:9", "until `-1s` is no duration", "a number from 0"),
    ("[network]\nlatency = '10'", "2:11", "latency `10` is no duration", "us, ms, s, m or h"),
    ("[network]\nloss = -0.5", "2:8", "loss -0.5 is out of range", "0.0 to 1.0"),
    ("[network]\nloss = nan", "2:8", "loss NaN is out of range", "0.0 to 1.0"),
    ("[network]\nlos = 0.5", "2:1", "unknown key `los`", "did you mean `loss`?"),
    ("[initiator]\nprofile = 'cisco'", "2:11", "unknown profile `cisco`", "asa, ios"),
    ("[initiator]\naddress = '198.51.100.1'", "2:11", "both peers have the address 198.51.100.1", ""),
    ("[initiator]\naddress = '2001:db8::1'", "2:11", "different address families", "both as IPv6"),
    ("[initiator]\naddress = 'vpn.example.com'", "2:11", "`vpn.example.com` is no IP address", ""),
    ("[initiator]\nidentity = 'fqdn'", "2:12", "unknown identity `fqdn`", "fqdn, user_fqdn, key_id, address"),
    ("[[initiator.policy]]\ngroup = 3", "2:9", "unknown group 3", "1, 2, 5, 14"),
    ("[[initiator.policy]]\nencryption = 'aes256'", "2:14", "unknown encryption", "did you mean `aes-256`?"),
    ("[[initiator.policy]]\nhash = 'sha1'", "2:8", "unknown hash `sha1`", "did you mean `sha`?"),
    ("[[initiator.policy]]\nlifetime = 0", "2:12", "lifetime 0 is out of range", "1 to 4294967295"),
    ("[[initiator.policy]]\npriority = 0", "2:12", "priority 0 is out of range", "1 to 65535"),
    (
        "[[initiator.policy]]\npriority = 5\n[[initiator.policy]]\npriority = 5",
        "4:12",
        "priority 5 is taken",
        "",
    ),
    (
        "[[responder.tunnel_group]]\npeer = 'x'\npre_shared_key = ''",
        "3:18",
        "empty pre-shared key",
        "1 to 1024 bytes",
    ),
    (
        "[[responder.tunnel_group]]\npeer = 'x'\npre_shared_key = { hex = 'ff0' }",
        "3:18",
        "an odd number of hex digits (3)",
        "two digits for each byte",
    ),
    (
        "[[responder.tunnel_group]]\npeer = 'x'\npre_shared_key = { hex = '' }",
        "3:18",
        "empty pre-shared key",
        "1 to 1024 bytes",
    ),
    (
        "[[responder.tunnel_group]]\npeer = 'x'\npre_shared_key = { hex = 'fg' }",
        "3:18",
        "in hex with something else",
        "0 to 9, a to f",
    ),
    (
        "[[responder.tunnel_group]]\npeer = 'x'\npre_shared_key = { text = 'x' }",
        "3:18",
        "a string in quotes, or { hex = \"ff00aa55\" }",
        "",
    ),
    (
        "[[responder.tunnel_group]]\npeer = 'x'\npre_shared_key = 12345",
        "3:18",
        "a string in quotes, or { hex = \"ff00aa55\" }",
        "",
    ),
    ("[[responder.tunnel_group]]\npre_shared_key = 'abc'", "1:1", "missing key `peer`", ""),
    ("[[fault]]\nkind = 'psk-mismach'", "2:8", "unknown fault `psk-mismach`", "did you mean `psk-mismatch`?"),
    ("[[fault]]\nmessage = 3", "1:1", "a fault needs `kind`", "ikesim list faults"),
    ("[[fault]]\nkind = 'drop'\nmessage = 7", "3:11", "message 7 does not exist", ""),
    ("[[fault]]\nkind = 'drop'\nmessage = 'MSG7'", "3:11", "unknown message `MSG7`", "MSG1, MSG2, MSG3"),
    ("[[fault]]\nkind = 'drop'\nmessage = 'msg3'", "3:11", "unknown message `msg3`", "did you mean `MSG3`?"),
    (
        "[[fault]]\nkind = 'drop'\nmessage = 'AM2'",
        "3:11",
        "AM2 is no message of main mode",
        "allowed: MSG1, ",
    ),
    ("[[fault]]\nkind = 'drop'\nmessage = true", "3:11", "expected a whole number or a word", ""),
    (
        "mode = 'aggressive'\nconfirm = false\n[[fault]]\nkind = 'drop'\nmessage = 'AM4'",
        "5:11",
        "AM4 is no message of aggressive mode",
        "confirm = true",
    ),
    ("[[fault]]\nkind = 'drop'\nmessage = 3\ntimes = 0", "4:9", "neither a number of copies nor \"all\"", ""),
    ("[[fault]]\nkind = 'drop'", "1:1", "drop needs `message`", "as message = 3"),
    ("[[fault]]\nkind = 'delay'\nmessage = 3", "1:1", "delay needs `by`", "as by = \"12s\""),
    ("[[fault]]\nkind = 'policy-mismatch'", "1:1", "needs `attribute`", ""),
    (
        "[[fault]]\nkind = 'policy-mismatch'\nattribute = 'cipher'",
        "3:13",
        "unknown attribute `cipher`",
        "encryption",
    ),
    (
        "[[fault]]\nkind = 'psk-mismatch'\nmessage = 3",
        "3:11",
        "`message` is no field of psk-mismatch",
        "kind, at",
    ),
    ("[[fault]]\nkind = 'corrupt'\nmessage = 3\nbit = 8", "4:7", "bit 8 is out of range", "0 to 7"),
    ("[[fault]]\nkind = 'block-port'\nport = 80", "3:8", "port 80 is not used by IKE", "500, 4500"),
    ("[[fault]]\nkind = 'aggressive-mode-disabled'", "2:8", "cannot act in Main Mode", "aggressive"),
    ("[[fault]]\nkind = 'nat'\noutside = '2001:db8::5'", "3:11", "outside address", "same family"),
    ("[responder]\nike_enabled = false\n[[fault]]\nkind = 'ike-disabled'", "3:1", "changes nothing here", ""),
    ("[expect]\ninitiator = 'MM_WAIT_MSG7'", "2:13", "unknown state `MM_WAIT_MSG7`", "did you mean"),
    ("[expect]\ninitiator = 'MM_WAIT_MSG5'", "2:13", "never in MM_WAIT_MSG5", "MM_WAIT_MSG2"),
    ("[expect]\ncause = 'psk'", "2:9", "unknown cause `psk`", "psk-mismatch"),
    ("[expect]\nnotify = ['NOPE']", "2:11", "unknown error notify `NOPE`", "NO_PROPOSAL_CHOSEN"),
    ("title = ", "1:9", "expected literal string", ""),
    (
        "mode = 'aggressive'\nconfirm = false\n[[fault]]\nkind = 'drop'\nmessage = 4",
        "5:11",
        "messages 1 to 3",
        "confirm",
    ),
];

#[test]
fn every_mistake_is_told_with_its_place() {
    for (text, place, message, help) in MISTAKES {
        let error = Scenario::parse("f.toml", text).expect_err(text);
        let line = error.to_string();
        assert!(line.starts_with(&format!("f.toml:{place}: ")), "{text}\n{line}");
        assert!(line.contains(message), "{text}\n{line}");
        assert!(error.render(false).contains(help), "{text}\n{}", error.render(false));
    }
}

#[test]
fn no_error_shows_a_key() {
    let secrets = [
        "[[responder.tunnel_group]]\npeer = 'x'\npre_shared_key = 'hunter2' x",
        "[[responder.tunnel_group]]\npeer = 'x'\npre_shared_key = hunter2",
        "[[responder.tunnel_group]]\npeer = 'x'\npresharedkey = 'hunter2'",
        "[[responder.tunnel_group]]\npeer = 'x'\npsk = \"hunter2\"",
        "[[responder.tunnel_group]]\npeer = 7\npre_shared_key = \"\"\"\nhunter2\"\"\"",
        "responder = { tunnel_group = [{ pre_shared_key = 'hunter2', peer = 3 }] }",
        "[[responder.tunnel_group]]\npeer = 'x'\npre_shared_key = ['hunter2']",
        "[[responder.tunnel_group]]\npeer = 'x'\npre_shared_key = { a = 'hunter2' }",
        "[[responder.tunnel_group]]\npeer = 'x'\npre_shared_key = ['a', 'hunter2']",
        "[[responder.tunnel_group]]\npeer = 'x'\npre_shared_key = { hex = 'hunter2' }",
        "[[responder.tunnel_group]]\npeer = 'x'\npre_shared_key = { hex = 'a#,hunter2' }",
        "[[responder.tunnel_group]]\npeer = 'x'\npre_shared_key = { hex = 'ab', hox = 'hunter2' }",
        "[[responder.tunnel_group]]\npeer = 'x'\npre_shared_key = {\nhox = 'hunter2'\n}",
        "[[responder.tunnel_group]]\npeer = 'x'\npre_shared_key.hex = 'hunter2'",
        "[[responder.tunnel_group]]\npeer = 'x'\n[responder.tunnel_group.pre_shared_key]\nhex = 'hunter2'",
    ];
    for text in secrets {
        let error = Scenario::parse("f.toml", text).expect_err(text);
        for shown in [error.to_string(), error.render(true), error.render(false)] {
            assert!(!shown.contains("hunter2"), "{shown}");
        }
    }
}

/// A message by its name is the one by its number.
#[test]
fn a_message_has_a_name() {
    let faults = |mode: &str, message: &str| {
        let impair = "[[fault]]\nkind = 'impair'\nat = 'initiator'\nwhat = 'nonzero-reserved'";
        let text = format!(
            "mode = '{mode}'\n[[fault]]\nkind = 'drop'\nmessage = {message}\n{impair}\nmessage = {message}"
        );
        Scenario::parse("f.toml", &text).unwrap().setup.faults
    };
    assert_eq!(faults("main", "'MSG3'"), faults("main", "3"));
    assert_eq!(faults("aggressive", "'AM3'"), faults("aggressive", "3"));
    assert_ne!(faults("main", "'MSG3'"), faults("main", "'MSG5'"));
}

/// A key in hex is its bytes, whatever they are.
#[test]
fn a_key_in_hex_is_bytes() {
    let group = |key: &str| {
        let text = format!("[[initiator.tunnel_group]]\npeer = '198.51.100.1'\npre_shared_key = {key}");
        Scenario::parse("f.toml", &text).map(|scenario| {
            let key = scenario.setup.hosts.initiator.tunnel_groups[0].pre_shared_key.clone();
            key.unwrap().as_bytes().to_vec()
        })
    };
    assert_eq!(group("{ hex = 'ff00Aa55' }").unwrap(), [0xff, 0x00, 0xaa, 0x55]);
    assert_eq!(group("{ hex = '636973636f313233' }").unwrap(), b"cisco123");
    assert_eq!(group(&format!("{{ hex = '{}' }}", "00".repeat(1024))).unwrap().len(), 1024);
    let error = group(&format!("{{ hex = '{}' }}", "ab".repeat(1025))).unwrap_err();
    assert!(error.to_string().ends_with("a pre-shared key of 1025 bytes"), "{error}");
}

#[test]
fn a_file_that_is_too_long_is_refused_before_it_is_read() {
    let text = "#".repeat(MAX_BYTES + 1);
    let error = Scenario::parse("f.toml", &text).unwrap_err();
    assert!(error.render(false).contains("at most 1048576 bytes"), "{}", error.render(false));
    assert!(Scenario::parse("f.toml", &"[".repeat(MAX_BYTES)).is_err());
}

/// What `ikesim init` writes is a scenario that runs, and its fault acts.
#[test]
fn every_starter_runs() {
    let healthy = Scenario::parse("starter", &starter(None)).unwrap();
    assert_eq!(sim::run_untraced(&healthy.setup, &Powers::new(64)).verdict, sim::Verdict::Established);
    for kind in FaultKind::ALL {
        let text = starter(Some(kind));
        let scenario = Scenario::parse("starter", &text).unwrap_or_else(|error| panic!("{error}\n{text}"));
        let outcome = sim::run_untraced(&scenario.setup, &Powers::new(64));
        assert_eq!(outcome.unfired().count(), 0, "the fault never fires:\n{text}");
    }
}

/// A default that the starter shows behind a # is the default: with the # removed nothing changes.
#[test]
fn the_starter_shows_the_real_defaults() {
    let text = starter(None);
    let uncommented: String = text
        .lines()
        .map(|line| match line.strip_prefix("# ") {
            Some(rest) if is_default(rest) => format!("{rest}\n"),
            _ => format!("{line}\n"),
        })
        .collect();
    let mut written =
        Scenario::parse("starter", &uncommented).unwrap_or_else(|e| panic!("{}", e.render(false)));
    let commented = Scenario::parse("starter", &text).unwrap();
    // A written peer is the address; the default is derived from the other side, and the same here.
    written.name.clone_from(&commented.name);
    assert_eq!(written, commented, "{uncommented}");
}

/// Lines of the peers and the network, not the examples of faults and expectations.
fn is_default(line: &str) -> bool {
    let example = ["kind =", "initiator =", "cause =", "[[fault]]", "established =", "until ="];
    (line.contains(" = ") || line.starts_with('[')) && !example.iter().any(|word| line.starts_with(word))
}

#[test]
fn the_schema_names_every_fault_and_no_other() {
    let schema = schema();
    let listed = schema["$defs"]["Fault"]["oneOf"].as_array().unwrap().iter();
    let listed: Vec<&str> =
        listed.map(|kind| kind["properties"]["kind"]["const"].as_str().unwrap()).collect();
    assert_eq!(listed, FaultKind::ALL.map(FaultKind::name));
    let keys = schema["properties"].as_object().unwrap();
    for key in
        ["title", "mode", "confirm", "seed", "until", "initiator", "responder", "network", "fault", "expect"]
    {
        assert!(keys.contains_key(key), "{key}");
    }
    assert_eq!(schema["additionalProperties"], false);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn no_text_makes_the_reader_panic(text in ".{0,300}") {
        if let Err(error) = Scenario::parse("f.toml", &text) {
            prop_assert!(!error.render(false).is_empty());
        }
    }

    /// A file that was right, with one stretch of it replaced.
    #[test]
    fn a_damaged_scenario_is_read_or_refused(
        which in 0_usize..21, at in any::<prop::sample::Index>(), length in 0_usize..8, new in "[a-z0-9\"'=\\[\\]\n.{}-]{0,6}",
    ) {
        let text: Vec<char> = starter(FaultKind::ALL.get(which).copied()).chars().collect();
        let at = at.index(text.len());
        let end = (at + length).min(text.len());
        let damaged: String = text[..at].iter().copied().chain(new.chars()).chain(text[end..].iter().copied()).collect();
        match Scenario::parse("f.toml", &damaged) {
            Ok(mut scenario) => {
                // A damaged until or seed must still end in a run that ends.
                scenario.setup.hosts.initiator.policies.truncate(1);
                sim::run_untraced(&scenario.setup, &Powers::new(64));
            }
            Err(error) => prop_assert!(!error.to_string().is_empty()),
        }
    }
}
