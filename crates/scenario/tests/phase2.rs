//! Phase 2 from files: what they mean, what is wrong with them, and what no run may ever leave.

#![cfg(test)]

use ike::{Powers, QuickState, Role};
use proptest::prelude::*;
use scenario::{Remarks, Scenario};
use sim::{Fault, Outcome, Passage, Verdict, quick_state_name};

fn parsed(text: &str) -> Scenario {
    Scenario::parse("test.toml", text).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

fn run(text: &str) -> Outcome {
    sim::run_untraced(&parsed(text).setup, &Powers::new(64))
}

fn problem(text: &str) -> String {
    Scenario::parse("test.toml", text).unwrap_err().to_string()
}

/// A run whose powers are cheap.
fn file(profiles: [&str; 2], rest: &str) -> String {
    let policy = |side: &str| format!("[[{side}.policy]]\ngroup = 31\n");
    let [i, r] = profiles;
    format!(
        "phase2 = true\n[initiator]\nprofile = {i:?}\n[responder]\nprofile = {r:?}\n{}{}{rest}",
        policy("initiator"),
        policy("responder")
    )
}

#[test]
fn a_written_map_or_a_fault_implies_phase_2_and_nothing_else_does() {
    assert!(run("").phase_2.is_none());
    for text in [
        "phase2 = true",
        "[[responder.crypto_map]]",
        "[[initiator.crypto_map]]\nacl = [\"ip 10.7.0.0/24 10.8.0.0/24\"]",
    ] {
        let phase_2 = run(text).phase_2.unwrap();
        assert_eq!((phase_2.passage, phase_2.up()), (Passage::Passes, 1), "{text}");
    }
    let refused = run("[[fault]]\nkind = \"transform-mismatch\"\nattribute = \"integrity\"");
    assert_eq!(refused.phase_2.unwrap().passage, Passage::Phase2Refused);
}

#[test]
fn an_asa_tears_down_what_a_router_keeps() {
    let fault = "[[fault]]\nkind = \"proxy-mismatch\"\nhow = \"other\"\n";
    for (profile, verdict) in [("asa", Verdict::TornDown), ("ios", Verdict::Established)] {
        let outcome = run(&file(["asa", profile], fault));
        assert_eq!(outcome.verdict, verdict);
        let first = outcome.phase_2.unwrap().first;
        assert_eq!((first.initiator.state, first.responder.state), (Some(QuickState::WaitMsg2), None));
    }
}

#[test]
fn an_initiator_without_a_whole_and_bound_map_never_starts() {
    for fault in [
        "kind = \"map-unbound\"",
        "kind = \"crypto-map-incomplete\"\nwhat = \"acl\"",
        "kind = \"crypto-map-incomplete\"\nwhat = \"peer\"",
        "kind = \"crypto-map-incomplete\"\nwhat = \"transform-set\"",
    ] {
        let outcome = run(&format!("[[fault]]\nat = \"initiator\"\n{fault}"));
        assert_eq!(outcome.phase_2.unwrap().passage, Passage::NeverStarted, "{fault}");
        assert_eq!(outcome.peers.initiator.sent, []);
    }
}

#[test]
fn a_dynamic_entry_before_the_static_one_takes_its_peer() {
    let maps = "[[responder.crypto_map]]\nsequence = 5\ndynamic = true\ntransform_set = [\"esp-des esp-md5-hmac\"]\n\
                [[responder.crypto_map]]\nsequence = 10\n";
    assert_eq!(run(&file(["asa", "asa"], maps)).phase_2.unwrap().passage, Passage::Phase2Refused);
    let last = maps.replace("sequence = 5", "sequence = 65535");
    assert_eq!(run(&file(["asa", "asa"], &last)).phase_2.unwrap().passage, Passage::Passes);
}

#[test]
fn what_is_wrong_is_said_where_it_stands() {
    for (text, expected) in [
        ("[[initiator.crypto_map]]\ntransform_set = [\"esp-aes-257 esp-sha-hmac\"]", "esp-aes-257"),
        ("[[initiator.crypto_map]]\ntransform_set = [\"esp-gcm-256 esp-sha-hmac\"]", "no transform set"),
        ("[[initiator.crypto_map]]\nacl = [\"ip 10.1.0.0/24\"]", "three"),
        ("[[initiator.crypto_map]]\nacl = [\"ip 10.1.0.0/33 10.2.0.0/24\"]", "no subnet"),
        ("[[initiator.crypto_map]]\nacl = [\"gre 10.1.0.0/24:5 10.2.0.0/24\"]", "no ports"),
        ("[[initiator.crypto_map]]\npfs = 7", "neither"),
        ("[[initiator.crypto_map]]\ndynamic = true", "cannot begin"),
        ("[[initiator.crypto_map]]\n[[initiator.crypto_map]]", "taken"),
        ("[[initiator.crypto_map]]\nretry = \"soon\"", "no duration"),
        ("[[initiator.crypto_map]]\nattempts = 101", "attempts"),
        ("[[fault]]\nkind = \"drop\"\nmessage = \"QM1\"", "no message of main mode"),
        ("[[fault]]\nkind = \"clear-crypto\"\nat = \"responder\"", "clear-crypto needs `when`"),
        ("[[fault]]\nkind = \"clear-crypto\"\nwhen = \"1s\"", "clear-crypto needs `at`"),
        ("[[fault]]\nkind = \"clear-crypto\"\nat = \"responder\"\nwhen = \"soon\"", "no duration"),
        (
            "[[fault]]\nkind = \"clear-crypto\"\nat = \"responder\"\nwhen = \"1s\"\nwhat = \"acl\"",
            "unknown part",
        ),
        (
            "[[fault]]\nkind = \"clear-crypto\"\nat = \"responder\"\nwhen = \"1s\"\nafter = \"QM4\"",
            "unknown message",
        ),
        (
            "[[fault]]\nkind = \"clear-crypto\"\nat = \"responder\"\nwhen = \"1s\"\nafter = \"AM1\"",
            "no message of main mode",
        ),
        ("[[fault]]\nkind = \"drop\"\nmessage = \"INFO1\"", "INFO1 needs `from`"),
        ("[[fault]]\nkind = \"drop\"\nmessage = \"INFO1\"\nfrom = \"2s\"", "unknown peer"),
        ("[[fault]]\nkind = \"drop\"\nmessage = \"MSG3\"\nfrom = \"initiator\"", "`from` goes with"),
        ("[[fault]]\nkind = \"drop\"\nmessage = \"INFO2\"\nfrom = \"initiator\"", "`from` goes with"),
        (
            "[[fault]]\nkind = \"impair\"\nat = \"responder\"\nwhat = \"ignore-message\"\nmessage = \"INFO1\"",
            "unknown message",
        ),
        (
            "[[initiator.crypto_map]]\nacl = [\"ip 10.1.0.0/24 2001:db8::/32\"]",
            "`10.1.0.0/24` is IPv4, `2001:db8::/32` is IPv6",
        ),
        ("[[initiator.crypto_map]]\nacl = [\"ip self 2001:db8::/32\"]", "`self` is IPv4"),
        ("[expect]\nverdict = \"passes\"", "no phase 2"),
        ("[[fault]]\nkind = \"pfs-mismatch\"\nhow = \"missing\"", "changes nothing"),
        ("phase2 = true\n[expect]\nresponder_phase2 = \"QM_WAIT_MSG2\"", "no state"),
    ] {
        let problem = problem(text);
        assert!(problem.contains(expected), "{text}\n{problem}");
    }
}

#[test]
fn a_scenario_of_phase_2_is_written_and_reads_back_as_itself() {
    for text in [
        "phase2 = true",
        "[[initiator.crypto_map]]\nacl = [\"deny ip 10.1.1.0/24 10.2.0.0/24\", \"udp self:1701 peer:1701\"]\npfs = 14\nmode = \"transport\"",
        "[responder]\nprofile = \"ios\"\n[[responder.crypto_map]]\ndynamic = true\n[expect]\nverdict = \"passes\"\nchildren = 1",
        "[[fault]]\nkind = \"proxy-mismatch\"\nhow = \"any\"",
        "[[initiator.crypto_map]]\nretry = \"30s\"\nattempts = 3",
        "[[fault]]\nkind = \"clear-crypto\"\nat = \"initiator\"\nwhen = \"1.5s\"\nafter = \"QM1\"\nwhat = \"phase2\"\nnotify = false",
        "phase2 = true\n[[fault]]\nkind = \"duplicate\"\nmessage = \"INFO1\"\nfrom = \"responder\"",
        "[[initiator.crypto_map]]\nretry = \"none\"\nattempts = 0",
        "[[initiator.crypto_map]]\ncompress = true",
    ] {
        let scenario = parsed(text);
        let written = scenario.to_toml(&Remarks::default()).unwrap();
        let again = parsed(&written);
        assert_eq!(again.setup.hosts, scenario.setup.hosts, "{written}");
        assert_eq!(again.expect, scenario.expect, "{written}");
        let operators = |fault: &&Fault| !matches!(fault, Fault::Operator(_));
        let [before, after] = [&scenario, &again].map(|one| one.setup.faults.iter().filter(operators));
        assert!(before.eq(after), "{written}");
    }
}

#[test]
fn any_has_the_family_of_the_other_end_or_of_the_peers() {
    let v6 = "[initiator]\naddress = \"2001:db8::1\"\n[responder]\naddress = \"2001:db8::2\"\n";
    let flow = |peers: &str, line: &str| {
        let text = format!("{peers}[[initiator.crypto_map]]\nacl = [\"{line}\"]\n");
        let outcome = run(&text);
        assert!(outcome.works(), "{line}");
        outcome.phase_2.unwrap().first.initiator.selectors.unwrap().to_string()
    };
    assert_eq!(flow(v6, "ip any any"), "::/0 <-> ::/0");
    assert_eq!(flow("", "ip any any"), "0.0.0.0/0 <-> 0.0.0.0/0");
    assert_eq!(flow(v6, "ip self any"), "2001:db8::1 <-> ::/0");
    // IPv4 inside a tunnel between IPv6 peers.
    assert_eq!(flow(v6, "ip 10.1.0.0/24 any"), "10.1.0.0/24 <-> 0.0.0.0/0");
    assert_eq!(flow("", "udp any:1701 2001:db8:1::/48"), "::/0:1701/udp <-> 2001:db8:1::/48/udp");
}

/// Both ends of a child behind a NAT, in transport mode, and what each says it protects.
// tests RFC 3947 5.2
#[test]
fn behind_a_nat_transport_mode_means_the_address_that_the_nat_shows() {
    let line = "[[initiator.crypto_map]]\nacl = [\"udp self:1701 peer:1701\"]\nmode = \"transport\"\n\
                [[fault]]\nkind = \"nat\"\noutside = \"192.0.2.7\"\n";
    for profile in PROFILES {
        let outcome = run(&file([profile, profile], line));
        assert!(outcome.works(), "{profile}: {outcome:?}");
        let sides = outcome.phase_2.unwrap().first.map(|side| side.selectors.unwrap().to_string());
        assert!(sides.initiator.contains("203.0.113.1:1701"), "{profile}: {}", sides.initiator);
        assert!(sides.responder.contains("192.0.2.7:1701"), "{profile}: {}", sides.responder);
    }
}

/// Seconds and kilobytes that the initiator goes by, and that the responder does.
// tests RFC 2407 4.6.3.1
#[test]
fn a_responder_with_the_shorter_lifetime_says_so_where_its_vendor_does() {
    let lives = |profiles: [&str; 2], own: &str, theirs: &str| {
        let maps = format!("[[initiator.crypto_map]]\n{own}\n[[responder.crypto_map]]\n{theirs}\n");
        let sides = run(&file(profiles, &maps)).phase_2.unwrap().first.map(|side| side.agreed.unwrap());
        sides.map(|agreed| (agreed.lifetime, agreed.kilobytes)).into_array()
    };
    let long = "lifetime = 86400\nkilobytes = 4608000";
    let short = "lifetime = 1200\nkilobytes = 100000";
    assert_eq!(lives(["asa", "asa"], long, short), [(1200, 100_000); 2]);
    assert_eq!(lives(["ios", "asa"], long, short), [(1200, 100_000); 2]);
    assert_eq!(lives(["asa", "ios"], long, short), [(1200, 100_000); 2]);
    // charon and pluto say nothing.
    assert_eq!(lives(["asa", "strongswan"], long, short), [(86_400, 4_608_000), (1200, 100_000)]);
    assert_eq!(lives(["asa", "asa"], short, long), [(1200, 100_000); 2]);
    // Each its own.
    assert_eq!(lives(["strongswan", "asa"], long, short), [(86_400, 4_608_000), (1200, 100_000)]);
    // None offered, and told of one.
    assert_eq!(lives(["asa", "asa"], "kilobytes = 0", "kilobytes = 4608000"), [(28_800, 4_608_000); 2]);
}

// tests RFC 3173 3.3
// tests RFC 3173 4
#[test]
fn compression_on_one_side_is_passed_over_or_refused_as_the_vendor_has_it() {
    let end = |profiles, [i, r]: [bool; 2]| {
        let maps =
            format!("[[initiator.crypto_map]]\ncompress = {i}\n[[responder.crypto_map]]\ncompress = {r}\n");
        let phase_2 = run(&file(profiles, &maps)).phase_2.unwrap();
        let sides = phase_2.first.as_ref().map(|side| side.agreed.and_then(|agreed| agreed.compression));
        if let [Some(i), Some(r)] = sides.into_array() {
            // Each marks what it compresses with the other's number, of those that are negotiated.
            assert_eq!((i.own_cpi, i.peer_cpi), (r.peer_cpi, r.own_cpi));
            assert!((256..=61_439).contains(&i.own_cpi) && (256..=61_439).contains(&r.own_cpi));
        }
        let notifies: Vec<String> =
            phase_2.notifies.responder.iter().map(|(one, _)| one.to_string()).collect();
        let by = sides.responder.map_or("none".into(), |one| one.by.to_string());
        format!("{} {by} {}", phase_2.passage, notifies.join(" ")).trim_end().to_owned()
    };
    let (both, initiator, responder) = ([true, true], [true, false], [false, true]);
    let (charon, pluto) = ("strongswan", "libreswan");
    for (profiles, who, expected) in [
        ([charon, charon], both, "passes DEFLATE"),
        ([charon, charon], initiator, "passes none"),
        ([charon, charon], responder, "passes none"),
        ([pluto, pluto], both, "passes DEFLATE"),
        ([pluto, pluto], initiator, "phase-2-refused none BAD_PROPOSAL_SYNTAX"),
        ([pluto, pluto], responder, "passes none"),
        ([charon, pluto], both, "passes DEFLATE"),
        ([charon, pluto], initiator, "phase-2-refused none BAD_PROPOSAL_SYNTAX"),
        ([pluto, charon], both, "passes DEFLATE"),
        ([pluto, charon], initiator, "phase-2-refused none NO_PROPOSAL_CHOSEN"),
        (["ios", "ios"], both, "passes LZS"),
        (["ios", "ios"], initiator, "phase-2-refused none NO_PROPOSAL_CHOSEN"),
        (["ios", "ios"], responder, "phase-2-refused none NO_PROPOSAL_CHOSEN"),
        (["ios", charon], both, "phase-2-refused none NO_PROPOSAL_CHOSEN"),
        ([charon, "ios"], both, "phase-2-refused none NO_PROPOSAL_CHOSEN"),
    ] {
        assert_eq!(end(profiles, who), expected, "{profiles:?} {who:?}");
    }
}

/// Outcome, passage, each side's child and whether its phase 1 lives, after a clearing.
fn cleared(profiles: [&str; 2], fields: &str) -> String {
    let outcome = run(&file(profiles, &format!("[[fault]]\nkind = \"clear-crypto\"\n{fields}\n")));
    assert_eq!(outcome.fired, [1], "{fields}");
    let phase_2 = outcome.phase_2.unwrap();
    let side = |role: Role| {
        let alive = if phase_2.phase_1_alive[role] { "alive" } else { "gone" };
        format!("{} {} {alive}", quick_state_name(phase_2.first[role].state), phase_2.first[role].end)
    };
    let [i, r] = Role::BOTH.map(side);
    format!("{} {}: {i}, {r}", outcome.verdict, phase_2.passage)
}

#[test]
fn what_is_cleared_is_gone_on_both_sides_where_the_peer_is_told() {
    let at = "at = \"responder\"\nwhen = \"20s\"\n";
    for (profiles, fields, expected) in [
        (["asa", "asa"], "", "torn-down deleted: NONE deleted gone, NONE deleted gone"),
        (["asa", "asa"], "what = \"phase1\"", "torn-down deleted: NONE deleted gone, NONE deleted gone"),
        (["asa", "asa"], "what = \"phase2\"", "established deleted: NONE deleted alive, NONE deleted alive"),
        (["asa", "asa"], "notify = false", "half-open deleted: QM_ACTIVE active alive, NONE deleted gone"),
        // A router's children are cleared by a command of their own.
        (
            ["ios", "ios"],
            "what = \"phase1\"",
            "torn-down deleted: QM_ACTIVE active gone, QM_ACTIVE active gone",
        ),
        (["ios", "ios"], "", "torn-down deleted: NONE deleted gone, NONE deleted gone"),
        (
            ["libreswan", "libreswan"],
            "what = \"phase1\"",
            "torn-down deleted: QM_ACTIVE active gone, QM_ACTIVE active gone",
        ),
        (
            ["strongswan", "strongswan"],
            "what = \"phase1\"",
            "torn-down deleted: NONE deleted gone, NONE deleted gone",
        ),
        (
            ["strongswan", "libreswan"],
            "what = \"phase1\"",
            "torn-down deleted: NONE deleted gone, QM_ACTIVE active gone",
        ),
    ] {
        assert_eq!(cleared(profiles, &format!("{at}{fields}")), expected, "{profiles:?} {fields}");
    }
}

#[test]
fn a_clearing_counts_from_the_message_that_it_names() {
    // QM1 leaves at 60 ms and arrives at 70 ms: 5 ms later only the initiator has a child, which waits.
    let at = |side: &str| format!("at = {side:?}\nwhen = \"5ms\"\nafter = \"QM1\"");
    let both = cleared(["asa", "asa"], &at("initiator"));
    assert!(both.starts_with("torn-down phase-2-stalled: NONE deleted gone"), "{both}");
    // No Delete reaches an initiator whose child waits for an SA that is gone: it goes with phase 1.
    let both = cleared(["asa", "asa"], &at("responder"));
    assert!(both.ends_with("NONE no-sa gone"), "{both}");
    // What is there no more clears nothing, and has not fired.
    let never =
        file(["asa", "asa"], "[[fault]]\nkind = \"clear-crypto\"\nat = \"responder\"\nwhen = \"0s\"\n");
    assert_eq!(run(&never).fired, [0]);
}

#[test]
fn a_sides_first_informational_can_be_lost_doubled_or_damaged() {
    let cleared =
        "[[fault]]\nkind = \"clear-crypto\"\nat = \"responder\"\nwhen = \"20s\"\nwhat = \"phase2\"\n";
    let end = |act: &str, from: &str| {
        let fault = format!("{cleared}[[fault]]\n{act}\nmessage = \"INFO1\"\nfrom = {from:?}\n");
        let outcome = run(&file(["asa", "asa"], &fault));
        (outcome.fired[1], outcome.phase_2.unwrap().first.initiator.state)
    };
    let up = Some(QuickState::Active);
    assert_eq!(end("kind = \"drop\"", "responder"), (1, up));
    assert_eq!(end("kind = \"corrupt\"", "responder"), (1, up));
    assert_eq!(end("kind = \"truncate\"", "responder"), (1, up));
    assert_eq!(end("kind = \"duplicate\"", "responder"), (1, None));
    assert_eq!(end("kind = \"replay\"", "responder"), (1, None));
    assert_eq!(end("kind = \"delay\"\nby = \"3s\"", "responder"), (1, None));
    // The initiator sends none.
    assert_eq!(end("kind = \"drop\"", "initiator"), (0, None));
    // The first alone: of an ASA's two, the Delete still comes.
    let refused = "[[fault]]\nkind = \"transform-mismatch\"\nattribute = \"integrity\"\n[[fault]]\nkind = \"drop\"\nmessage = \"INFO1\"\nfrom = \"responder\"\n";
    let outcome = run(&file(["asa", "asa"], refused));
    assert_eq!((outcome.fired[1], outcome.verdict), (1, Verdict::TornDown));
}

#[test]
fn what_was_cleared_comes_again_where_traffic_wants_it() {
    let fault = "[[fault]]\nkind = \"clear-crypto\"\nat = \"responder\"\nwhen = \"20s\"\n";
    let outcome = run(&file(["ios", "ios"], &format!("[[initiator.crypto_map]]\nretry = \"30s\"\n{fault}")));
    assert!(outcome.works(), "{outcome:?}");
    assert_eq!(outcome.phase_2.unwrap().up(), 1);
}

/// Each child's entry by its network, and when each attempt at it ended or came up.
#[test]
fn each_entry_counts_its_own_attempts() {
    let map = |n: u8, retry: &str| {
        format!(
            "[[initiator.crypto_map]]\nsequence = {n}\nacl = [\"ip 10.{n}.0.0/24 10.200.0.0/24\"]\n{retry}"
        )
    };
    let maps = [
        map(1, "retry = \"none\"\n"),
        map(2, "retry = \"30s\"\nattempts = 2\n"),
        map(3, "retry = \"50s\"\n"),
    ];
    let text = file(
        ["ios", "ios"],
        &format!("{}[[fault]]\nkind = \"proxy-mismatch\"\nhow = \"other\"\n", maps.concat()),
    );
    let phase_2 = run(&text).phase_2.unwrap();
    let asked: Vec<String> = phase_2
        .children
        .iter()
        .map(|child| {
            let times: Vec<String> = child.attempts.iter().map(ToString::to_string).collect();
            format!("{} {}", child.sides.initiator.selectors.unwrap().local.subnet, times.join(" "))
        })
        .collect();
    let expected = ["10.1.0.0/24 0.080", "10.2.0.0/24 0.080 30.100 60.120", "10.3.0.0/24 0.080 50.100"];
    assert_eq!(asked, expected);
    // Each refusal has its own moment.
    let refused = phase_2.children.iter().map(|child| child.sides.responder.at.to_string());
    assert_eq!(refused.collect::<Vec<_>>(), ["0.070", "60.110", "50.090"]);
}

#[test]
fn an_attempt_that_fails_in_phase_1_is_followed_by_another_too() {
    let blocked =
        "[[initiator.crypto_map]]\nretry = \"30s\"\nattempts = 2\n[[fault]]\nkind = \"drop\"\nmessage = 1\n";
    let outcome = run(&file(["asa", "asa"], blocked));
    assert_eq!(outcome.ended.to_string(), "156.000");
}

/// When each child ended: a refused one is asked for again 30 s later each time, and never where nobody wants it.
#[test]
fn a_written_retry_counts_and_not_the_vendors() {
    let asked = |profiles, entry: &str, fault: &str| {
        let text = file(profiles, &format!("[[initiator.crypto_map]]\n{entry}[[fault]]\n{fault}"));
        let outcome = run(&text);
        let children = outcome.phase_2.unwrap().children;
        assert_eq!(children.len(), 1);
        children[0].attempts.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    let refused = "kind = \"transform-mismatch\"\nattribute = \"integrity\"\n";
    let lost = "kind = \"drop\"\nmessage = \"QM1\"\ntimes = \"all\"\n";
    let router = ["ios", "ios"];
    assert_eq!(asked(router, "", refused), ["0.080"]);
    assert_eq!(asked(router, "retry = \"30s\"\nattempts = 2\n", refused), ["0.080", "30.100", "60.120"]);
    assert_eq!(asked(router, "retry = \"30s\"\nattempts = 0\n", refused), ["0.080"]);
    let charon = ["strongswan", "strongswan"];
    assert_eq!(asked(charon, "", lost).len(), 2);
    assert_eq!(asked(charon, "retry = \"none\"\n", lost).len(), 1);
    // What the called side writes of attempts is not the caller's.
    let called = "[[responder.crypto_map]]\nretry = \"30s\"\nattempts = 2\n[[fault]]\n".to_owned() + refused;
    assert_eq!(run(&file(router, &called)).phase_2.unwrap().children[0].attempts.len(), 1);
    let soon = Scenario::parse("test.toml", "[[initiator.crypto_map]]\nretry = \"soon\"").unwrap_err();
    assert!(soon.render(false).contains("\"vendor\" and \"none\""), "{}", soon.render(false));
}

/// charon gives phase 1 up with the child and begins anew, while the called side still has the old one.
#[test]
fn of_two_negotiations_that_are_up_those_of_one_exchange_are_compared() {
    let lost = "[[fault]]\nkind = \"proxy-mismatch\"\nhow = \"other\"\n[[fault]]\nkind = \"drop\"\nmessage = \"INFO1\"\nfrom = \"responder\"\n";
    let outcome = run(&file(["strongswan", "strongswan"], lost));
    let passage = outcome.phase_2.unwrap().passage;
    assert_eq!((outcome.verdict, passage), (Verdict::Established, Passage::Phase2Refused));
}

/// charon knows transport mode between hosts alone: it asks for nothing, and its phase 1 is gone without a Delete.
#[test]
fn charon_leaves_where_it_is_to_ask_for_transport_mode_between_networks() {
    let mode = "[[initiator.crypto_map]]\nmode = \"transport\"\n";
    let outcome = run(&file(["strongswan", "libreswan"], mode));
    let phase_2 = outcome.phase_2.unwrap();
    assert_eq!((phase_2.passage, phase_2.children.len()), (Passage::Phase2Refused, 0));
    assert_eq!(phase_2.phase_1_alive.into_array(), [false, true]);
    let hosts = format!("{mode}acl = [\"udp self:1701 peer:1701\"]\n");
    assert!(run(&file(["strongswan", "strongswan"], &hosts)).works());
    assert!(run(&file(["libreswan", "libreswan"], mode)).works());
}

/// Nothing that is denied can be asked for.
#[test]
fn a_list_that_permits_nothing_is_no_list() {
    let outcome = run("[[initiator.crypto_map]]\nacl = [\"deny ip 10.1.0.0/24 10.2.0.0/24\"]");
    assert_eq!(outcome.phase_2.unwrap().passage, Passage::NeverStarted);
}

const PROFILES: [&str; 4] = ["asa", "ios", "strongswan", "libreswan"];
const SETS: [&str; 5] = [
    "esp-aes-256 esp-sha-hmac",
    "esp-3des esp-md5-hmac",
    "esp-gcm-128",
    "ah-sha-hmac",
    "ah-sha256-hmac esp-aes-128",
];
const LINES: [&str; 4] = [
    "ip 10.1.0.0/24 10.2.0.0/24",
    "ip 10.1.0.0/16 10.2.0.0/24",
    "udp 10.1.0.0/24 10.2.0.0/24",
    "ip 10.1.0.0/25 10.2.0.0/25",
];

fn map(side: &str, line: &str, set: usize, transport: bool, pfs: bool) -> String {
    let words: Vec<&str> = line.split(' ').collect();
    let line = match (side, words.as_slice()) {
        ("responder", [protocol, source, destination]) => format!("{protocol} {destination} {source}"),
        _ => line.into(),
    };
    let mode = if transport { "transport" } else { "tunnel" };
    let pfs = if pfs { "31" } else { "\"none\"" };
    let set = SETS[set];
    format!(
        "[[{side}.crypto_map]]\nacl = [{line:?}]\ntransform_set = [{set:?}]\nmode = {mode:?}\npfs = {pfs}\n"
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    /// Whatever the two are and want, whatever is lost: no child has different keys at its ends, none is up without an
    /// ISAKMP SA that both proved, and everything comes to an end.
    #[test]
    fn ends_of_a_child_never_differ(
        profiles in [0_usize..4, 0_usize..4],
        lines in [0_usize..4, 0_usize..4],
        sets in [0_usize..5, 0_usize..5],
        flags in any::<[bool; 4]>(),
        loss in 0.0..0.4,
        seed in 0_u32..1000,
    ) {
        let [i, r] = profiles.map(|n| PROFILES[n]);
        let maps = map("initiator", LINES[lines[0]], sets[0], flags[0], flags[1])
            + &map("responder", LINES[lines[1]], sets[1], flags[2], flags[3]);
        let text = format!("seed = {seed}\n{}[network]\nloss = {loss}\n", file([i, r], &maps));
        let outcome = run(&text);
        prop_assert!(!outcome.cut_off);
        let phase_2 = outcome.phase_2.unwrap();
        for child in &phase_2.children {
            prop_assert_ne!(child.keys_match, Some(false), "{}", text);
            let agreed = child.sides.as_ref().map(|side| side.agreed);
            if let (Some(one), Some(other)) = (agreed.initiator, agreed.responder) {
                prop_assert_eq!((one.set, one.pfs, one.udp), (other.set, other.pfs, other.udp));
            }
        }
        if phase_2.passage == Passage::Passes {
            prop_assert_eq!(outcome.keys_match, Some(true));
        }
    }
}
