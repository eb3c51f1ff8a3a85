//! Fixes for one side of a refused Quick Mode come from its own configuration and from what it saw of QM1.

use diagnose::{Finding, diagnose};
use ike::{Powers, Role};
use scenario::Scenario;
use sim::Cause;

use super::lines;

fn seen(maps: &str, view: Role) -> Finding {
    let policies = "[[initiator.policy]]\ngroup = 31\n[[responder.policy]]\ngroup = 31\n";
    let scenario = Scenario::parse("test", &format!("{maps}{policies}")).unwrap();
    let (trace, outcome) = sim::run(&scenario.setup, &Powers::new(64));
    diagnose(&scenario.setup, &trace, &outcome, Some(view)).into_iter().next().unwrap()
}

/// The initiator's entry and the responder's, and the lines of the fix that are commands.
fn fixes(own: &str, theirs: &str, view: Role) -> (Cause, String) {
    let found = seen(&format!("[[initiator.crypto_map]]\n{own}\n[[responder.crypto_map]]\n{theirs}\n"), view);
    let fix = lines(found.remedy.as_ref());
    let commands = fix.iter().filter(|line| line.starts_with(' ')).map(|line| line.trim());
    (found.cause, commands.collect::<Vec<_>>().join("; "))
}

#[test]
fn a_responder_is_told_to_take_what_qm1_offered() {
    let fix = |own, theirs| fixes(own, theirs, Role::Responder);
    let (cause, text) = fix("", "pfs = 14");
    assert_eq!((cause, text.as_str()), (Cause::PfsMismatch, "no crypto map MAP 10 set pfs"));
    let (cause, text) = fix("pfs = 5", "pfs = 14");
    assert_eq!((cause, text.as_str()), (Cause::PfsMismatch, "crypto map MAP 10 set pfs group5"));
    let (cause, text) = fix("mode = \"transport\"", "");
    assert_eq!(cause, Cause::TransformMismatch);
    assert!(text.contains("T1 mode transport") && !text.contains("no crypto"), "{text}");
    let (cause, text) = fix("transform_set = [\"esp-3des esp-md5-hmac\"]", "");
    assert_eq!(cause, Cause::TransformMismatch);
    assert!(text.contains("transform-set T1 esp-3des esp-md5-hmac"), "{text}");
    let (cause, text) =
        fix("acl = [\"ip 10.7.0.0/24 10.2.0.0/24\"]", "acl = [\"ip 10.2.0.0/24 10.1.0.0/24\"]");
    assert_eq!(cause, Cause::ProxyMismatch);
    // The responder's list as QM1 wants it; the initiator's as the responder's own would.
    assert!(text.contains("10.2.0.0 255.255.255.0 10.7.0.0 255.255.255.0"), "{text}");
    assert!(text.contains("10.1.0.0 255.255.255.0 10.2.0.0 255.255.255.0"), "{text}");
}

#[test]
fn an_initiator_knows_no_value_of_the_responder() {
    for (own, theirs, hidden) in [
        ("", "pfs = 14", "group14"),
        ("", "transform_set = [\"esp-3des esp-md5-hmac\"]", "3des"),
        ("", "acl = [\"ip 10.99.0.0/24 10.1.0.0/24\"]", "10.99."),
    ] {
        let found = seen(
            &format!("[[initiator.crypto_map]]\n{own}\n[[responder.crypto_map]]\n{theirs}\n"),
            Role::Initiator,
        );
        let text = format!("{found:?}");
        assert!(!text.contains(hidden), "{theirs}: {text}");
    }
}

/// charon's own configuration is at fault, with either side in view.
#[test]
fn transport_mode_between_networks_is_mended_where_it_is_asked_for() {
    let (cause, text) = {
        let profiles = "[initiator]\nprofile = \"strongswan\"\n[responder]\nprofile = \"strongswan\"\n";
        let maps = "[[initiator.crypto_map]]\nmode = \"transport\"\n[[responder.crypto_map]]\n";
        let found = seen(&format!("{profiles}{maps}"), Role::Initiator);
        (found.cause, lines(found.remedy.as_ref()).join(";"))
    };
    assert_eq!(cause, Cause::TransformMismatch);
    assert!(text.starts_with("Give the initiator") && text.contains("mode = tunnel"), "{text}");
}

/// Each entry has flows of its own, and a list of IPv6 has prefixes.
#[test]
fn a_fix_has_the_lines_of_every_entry() {
    let side = |side: &str, lines: &[&str]| -> String {
        let entry = |(n, line): (usize, &&str)| {
            format!("[[{side}.crypto_map]]\nsequence = {}\nacl = [{line:?}]\n", n + 1)
        };
        lines.iter().enumerate().map(entry).collect()
    };
    let maps = side("initiator", &["ip 10.1.0.0/24 10.2.0.0/24", "ip 2001:db8:1::/48 2001:db8:2::/48"])
        + &side("responder", &["ip 10.2.0.0/24 10.1.0.0/24", "ip 2001:db8:3::/48 2001:db8:1::/48"]);
    let fix = lines(seen(&maps, Role::Responder).remedy.as_ref()).join(";");
    assert!(fix.contains("permit ip 2001:db8:2::/48 2001:db8:1::/48"), "{fix}");
    assert!(fix.contains("10.1.0.0 255.255.255.0 10.2.0.0 255.255.255.0"), "{fix}");
    assert!(fix.contains("permit ip 2001:db8:1::/48 2001:db8:3::/48"), "{fix}");
}
