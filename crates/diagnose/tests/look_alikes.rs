//! What devices print of a run, pasted: the paste comes to what the run was.

#![cfg(test)]

use diagnose::diagnose;
use diagnose::paste::{self, Paste, Phase, Story};
use ike::{Instant, Mode, Powers, Role, State};
use report::{Detail, Like, logs, show};
use scenario::Scenario;
use sim::{Cause, Outcome, Setup, Trace};
use vendor::Vendor;

const DEVICES: [(&str, Like, Vendor); 2] = [("asa", Like::Asa, Vendor::Asa), ("ios", Like::Ios, Vendor::Ios)];

const LATE: Instant = Instant::from_micros(600_000_000);

fn ran(text: &str) -> (Setup, Trace, Outcome) {
    let scenario = Scenario::parse("test", text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    let (trace, outcome) = sim::run(&scenario.setup, &Powers::new(64));
    (scenario.setup, trace, outcome)
}

/// Both sides of one vendor, the plain form of Aggressive Mode, one fault.
fn scenario(device: &str, mode: Mode, fault: &str) -> String {
    let sides = ["initiator", "responder"].map(|side| format!("[{side}]\nprofile = '{device}'\n"));
    format!("mode = '{mode}'\nconfirm = false\n{}[[fault]]\n{fault}\n", sides.concat())
}

fn issues(story: &Story) -> Vec<&'static str> {
    story.suspects.iter().map(|suspect| suspect.issue.name()).collect()
}

const FAULTS: [&str; 20] = [
    "kind = 'psk-mismatch'",
    "kind = 'psk-mismatch'\nat = 'initiator'",
    "kind = 'missing-tunnel-group'",
    "kind = 'missing-psk'",
    "kind = 'policy-mismatch'\nattribute = 'encryption'",
    "kind = 'policy-mismatch'\nattribute = 'group'",
    "kind = 'policy-mismatch'\nattribute = 'authentication'",
    "kind = 'ike-disabled'",
    "kind = 'wrong-peer-address'",
    "kind = 'identity-mismatch'",
    "kind = 'identity-mismatch'\nat = 'initiator'",
    "kind = 'no-route'",
    "kind = 'no-route'\nat = 'responder'",
    "kind = 'peer-down'\nfrom = '15ms'",
    "kind = 'block-port'\nport = 500\ndirection = 'to-initiator'",
    "kind = 'drop'\nmessage = 2\ntimes = 'all'",
    "kind = 'drop'\nmessage = 3\ntimes = 'all'",
    "kind = 'delay'\nmessage = 2\nby = '90s'",
    "kind = 'drop'\nmessage = 1\ntimes = 1",
    "kind = 'duplicate'\nmessage = 2",
];

/// Each vendor, mode, fault and side: the setup, what came of it, the side, and what its log holds.
fn each(mut check: impl FnMut(&str, &(Setup, Trace, Outcome), Role, Like, &Paste)) {
    for (device, like, _) in DEVICES {
        for mode in [Mode::Main, Mode::Aggressive] {
            for fault in FAULTS {
                let text = scenario(device, mode, fault);
                let run = ran(&text);
                for role in Role::BOTH {
                    let log = logs(&run.0, &run.1, role, LATE, like);
                    check(&text, &run, role, like, &paste::read(&[&log]));
                }
            }
        }
    }
}

/// Every line that is printed is understood, as its own vendor's; numbers are those of the lines.
#[test]
fn every_line_of_a_look_alike_is_understood() {
    each(|text, (.., outcome), role, like, paste| {
        let told = || paste.unknown.iter().map(|line| &paste.lines[line - 1]).collect::<Vec<_>>();
        assert!(paste.unknown.is_empty(), "{text} {role}: {:?}", told());
        assert_eq!(paste.total, paste.lines.iter().filter(|line| !line.trim().is_empty()).count());
        // Where nothing was negotiated nobody can tell whose the few lines are.
        let vendor = if like == Like::Asa { Vendor::Asa } else { Vendor::Ios };
        let own = paste.understood.iter().filter(|one| one.vendor == vendor).count();
        assert!(outcome.peers[role].last.is_none() || own == paste.understood.len(), "{text} {role}");
        assert!(paste.understood.is_sorted_by_key(|one| one.line));
        for story in &paste.stories {
            let lines = story.shows.iter().chain(story.suspects.iter().flat_map(|suspect| &suspect.lines));
            assert!(lines.into_iter().all(|line| (1..=paste.lines.len()).contains(line)), "{text}");
        }
    });
}

/// One negotiation, with its peer, its mode and its end, and no cause where there is no trouble.
#[test]
fn a_log_tells_how_far_it_came() {
    each(|text, (setup, _, outcome), role, _, paste| {
        let peer = &outcome.peers[role];
        let Some(last) = peer.last else { return };
        let story = paste.stories.first().unwrap_or_else(|| panic!("{text} {role}: no story"));
        let config = &setup.hosts[role];
        assert_eq!(story.peer, Some(config.peer), "{text} {role}");
        if let Some(mode) = story.mode {
            assert_eq!(mode, last.mode(), "{text} {role}");
        }
        if let Some(part) = story.role {
            assert_eq!(part, role, "{text} {role}");
        }
        let up = last.is_active();
        let told = matches!(story.phase1, Phase::Established | Phase::Deleted);
        assert_eq!(told, up, "{text} {role}: {:?} {last}", story.phase1);
        if outcome.works() {
            assert!(story.is_healthy(), "{text} {role}: {:?}", issues(story));
        }
        // What it says of its own state is the truth, where it says one.
        if let Some(Some(state)) = story.states[role].filter(|_| !up) {
            assert_eq!(Some(state), peer.state.or(peer.last), "{text} {role}");
        }
    });
}

/// What a side alone cannot rule out holds the truth; and so does what its log makes suspect.
#[test]
fn the_truth_is_among_what_a_log_makes_suspect() {
    each(|text, (setup, trace, outcome), role, _, paste| {
        let truth = diagnose(setup, trace, outcome, None);
        let Some(truth) = truth.first().map(|first| first.cause) else { return };
        // An end that is up has nothing to tell of; and an initiator that drops AM2 does not say why.
        if outcome.peers[role].last.is_some_and(State::is_active) || setup.mode == Mode::Aggressive {
            return;
        }
        for story in &paste.stories {
            // A log shows silence, and not by what.
            let alike = if truth == Cause::MessageLate { Cause::MessageLost } else { truth };
            let named = issues(story);
            assert!(
                named.is_empty() || named.contains(&truth.name()) || named.contains(&alike.name()),
                "{text} {role}: {truth} is not among {named:?}"
            );
        }
    });
}

/// Both devices' logs are one negotiation; whichever is pasted first.
#[test]
fn two_logs_of_one_negotiation_are_put_together() {
    for (device, like, _) in DEVICES {
        for fault in [
            "kind = 'psk-mismatch'",
            "kind = 'policy-mismatch'\nattribute = 'hash'",
            "kind = 'identity-mismatch'",
        ] {
            let text = scenario(device, Mode::Main, fault);
            let (setup, trace, _) = ran(&text);
            let [i, r] = Role::BOTH.map(|role| logs(&setup, &trace, role, LATE, like));
            let one = paste::read(&[&i, &r]);
            assert_eq!(one.stories.len(), 1, "{text}: {:#?}", one.stories);
            assert!(one.stories[0].both, "{text}");
            let other = paste::read(&[&r, &i]);
            assert_eq!(issues(&one.stories[0]), issues(&other.stories[0]), "{text}");
            let kind = fault.split('\'').nth(1).unwrap();
            assert_eq!(issues(&one.stories[0]).first(), Some(&kind), "{text}");
        }
    }
}

/// `show` at each second: the state of a row is the side's own, and an active one is no trouble.
#[test]
fn a_row_of_show_stands_for_its_state() {
    for (device, like, vendor) in DEVICES {
        for fault in [
            "kind = 'psk-mismatch'",
            "kind = 'drop'\nmessage = 4\ntimes = 'all'",
            "kind = 'duplicate'\nmessage = 2",
        ] {
            let (setup, trace, _) = ran(&scenario(device, Mode::Main, fault));
            for role in Role::BOTH {
                for second in [1, 5, 20] {
                    let at = Instant::from_micros(second * 1_000_000);
                    let table = show(&setup, &trace, role, at, like, Detail::Brief);
                    let timeline =
                        sim::Timeline::after(trace.entries().iter().take_while(|entry| entry.at <= at));
                    let state = timeline.furthest()[role].and_then(|one| one.standing.state);
                    let paste = paste::read(&[&table]);
                    let Some(state) = state else { continue };
                    let story = &paste.stories[0];
                    // A row of IOS does not say which of the two is this device.
                    let ends = [setup.hosts[role].peer, setup.hosts[role].address];
                    let known = if device == "asa" { &ends[..1] } else { &ends[..] };
                    assert!(story.peer.is_some_and(|peer| known.contains(&peer)), "{table}");
                    assert_eq!(story.device, vendor, "{table}");
                    assert_eq!(story.phase1 == Phase::Established, state.is_active(), "{table}");
                    let says = story.states[role].or(story.standing[role].map(Some));
                    if let Some(Some(says)) = says.filter(|_| device == "asa") {
                        assert_eq!(says, state, "{table}");
                    }
                }
            }
        }
    }
}
