//! What an operator's `clear crypto` comes to, on every vendor, whatever is cleared and whoever is told.

#![cfg(test)]

use diagnose::{ChildEvidence, Evidence, Finding, diagnose};
use ike::{Cleared, Powers, Role};
use scenario::Scenario;
use sim::{Cause, Outcome, Passage, Verdict};

const PROFILES: [&str; 4] = ["asa", "ios", "strongswan", "libreswan"];

/// Two of a kind with cheap powers.
fn text(profile: &str, rest: &str) -> String {
    let side = |side: &str| format!("[{side}]\nprofile = {profile:?}\n[[{side}.policy]]\ngroup = 31\n");
    format!("phase2 = true\n{}{}{rest}", side("initiator"), side("responder"))
}

fn run(text: &str, view: Option<Role>) -> (Outcome, Vec<Finding>) {
    let scenario = Scenario::parse("test", text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    let (trace, outcome) = sim::run(&scenario.setup, &Powers::new(64));
    let found = diagnose(&scenario.setup, &trace, &outcome, view);
    (outcome, found)
}

fn causes(found: &[Finding]) -> Vec<Cause> {
    found.iter().map(|one| one.cause).collect()
}

fn clear(at: &str, what: &str, rest: &str) -> String {
    format!("[[fault]]\nkind = \"clear-crypto\"\nat = {at:?}\nwhat = {what:?}\n{rest}\n")
}

#[test]
fn a_tunnel_that_was_cleared_is_deleted_and_nothing_else_is_to_blame() {
    for profile in PROFILES {
        for (what, verdict) in
            [("phase1", Verdict::TornDown), ("phase2", Verdict::Established), ("all", Verdict::TornDown)]
        {
            for at in ["initiator", "responder"] {
                for notify in [true, false] {
                    let fault = clear(at, what, &format!("when = \"20s\"\nnotify = {notify}"));
                    let (outcome, found) = run(&text(profile, &fault), None);
                    let phase_2 = outcome.phase_2.as_ref().unwrap();
                    let name = format!("{profile} {what} {at} {notify}");
                    // pluto that began a child asks for it again when the peer deletes it.
                    if [profile, what, at] == ["libreswan", "phase2", "responder"] && notify {
                        assert_eq!((phase_2.passage, causes(&found)), (Passage::Passes, vec![]), "{name}");
                        assert_eq!((phase_2.up(), phase_2.children[0].attempts.len()), (1, 2), "{name}");
                        continue;
                    }
                    let verdict = match (verdict, notify) {
                        (Verdict::TornDown, false) => Verdict::HalfOpen,
                        (told, _) => told,
                    };
                    assert_eq!((outcome.verdict, phase_2.passage), (verdict, Passage::Deleted), "{name}");
                    assert_eq!(causes(&found), [Cause::Deleted], "{name}: {found:#?}");
                }
            }
        }
    }
}

#[test]
fn what_is_cleared_amid_the_exchange_is_no_misbehaviour() {
    for profile in PROFILES {
        for what in ["phase1", "phase2", "all"] {
            for at in ["initiator", "responder"] {
                for after in ["MSG5", "QM1", "QM2", "QM3"] {
                    let fault = clear(at, what, &format!("when = \"5ms\"\nafter = {after:?}"));
                    let (outcome, found) = run(&text(profile, &fault), None);
                    if !outcome.works() {
                        let name = format!("{profile} {what} {at} {after}");
                        assert_eq!(causes(&found), [Cause::Deleted], "{name}: {found:#?}");
                        let cleared =
                            matches!(found[0].evidence[0], Evidence::Child(ChildEvidence::Cleared { .. }));
                        assert!(cleared, "{name}: {found:#?}");
                    }
                }
            }
        }
    }
}

#[test]
fn a_delete_that_is_lost_comes_before_the_clearing() {
    let end = |profile: &str, what: &str, wire: &str| {
        let wire = format!("[[fault]]\n{wire}\nmessage = \"INFO1\"\nfrom = \"responder\"\n");
        let (_, found) = run(&text(profile, &(clear("responder", what, "when = \"20s\"") + &wire)), None);
        causes(&found)
    };
    let lost = [Cause::MessageLost, Cause::Deleted];
    for profile in PROFILES {
        assert_eq!(end(profile, "phase2", "kind = \"drop\""), lost, "{profile}");
        assert_eq!(end(profile, "phase2", "kind = \"corrupt\"")[0], Cause::MessageCorrupted, "{profile}");
        assert_eq!(
            end(profile, "phase2", "kind = \"delay\"\nby = \"2s\"").first(),
            match profile {
                "libreswan" => None,
                _ => Some(&Cause::Deleted),
            }
        );
    }
    // Of the child's Delete and phase 1's the first is lost: where phase 1 takes its children along, nothing is left.
    assert_eq!(end("asa", "all", "kind = \"drop\""), [Cause::Deleted]);
    assert_eq!(end("ios", "all", "kind = \"drop\""), lost);
}

#[test]
fn a_message_that_was_lost_before_the_clearing_stays_the_cause() {
    let lost = "[[fault]]\nkind = \"drop\"\nmessage = \"QM1\"\ntimes = \"all\"\n";
    let (_, found) = run(&text("asa", &(clear("initiator", "all", "when = \"20s\"") + lost)), None);
    assert_eq!(causes(&found), [Cause::MessageLost, Cause::Deleted], "{found:#?}");
}

/// What this side's own picture shows, and nothing of the other's.
#[test]
fn one_side_does_not_know_that_the_other_was_cleared() {
    let silent = clear("responder", "all", "when = \"20s\"\nnotify = false");
    let (_, found) = run(&text("asa", &silent), Some(Role::Initiator));
    assert_eq!(causes(&found), [Cause::Deleted]);
    assert!(found[0].inferred);
    assert_eq!(found[0].evidence[0], Evidence::Child(ChildEvidence::StillUp(Role::Initiator)));
    let (_, found) = run(&text("asa", &silent), Some(Role::Responder));
    let own = matches!(
        found[0].evidence[0],
        Evidence::Child(ChildEvidence::ClearedHere { what: Cleared::All, .. })
    );
    assert!(own, "{found:#?}");
    // QM3 lost looks otherwise: its copies of QM2 come again.
    let lost = "[[fault]]\nkind = \"drop\"\nmessage = \"QM3\"\ntimes = \"all\"\n";
    let (_, found) = run(&text("asa", lost), Some(Role::Initiator));
    assert_eq!(causes(&found), [Cause::MessageLost]);
    assert!(matches!(found[0].evidence[0], Evidence::Child(ChildEvidence::Qm2Again { .. })), "{found:#?}");
}
