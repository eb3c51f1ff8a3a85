//! Runs as captures have them.

use std::time::Duration;

use capture::{Capture, Datagram};
use diagnose::captures::{GivenKeys, Judge, Judgement};
use ike::{Powers, Role};
use scenario::Scenario;
use sim::{Actor, Outcome, Setup, Timeline, Trace};

use crate::told;

pub const I: Role = Role::Initiator;
pub const R: Role = Role::Responder;

pub fn run(text: &str) -> (Setup, Trace, Outcome) {
    let scenario = Scenario::parse("table", text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    let (trace, outcome) = sim::run(&scenario.setup, &Powers::new(64));
    (scenario.setup, trace, outcome)
}

/// A side that behaves like this profile.
pub fn sides(initiator: &str, responder: &str) -> String {
    format!("[initiator]\nprofile = '{initiator}'\n[responder]\nprofile = '{responder}'\n")
}

/// What is done to the datagrams of a file.
pub type Edit = fn(&mut Vec<Datagram>);

/// A run, and how it was captured.
#[derive(Clone)]
pub struct Taken {
    pub text: String,
    /// Beside whom; a file each.
    pub at: Vec<Role>,
    /// Of the messages of this side alone.
    pub of: Option<Role>,
    /// Which messages, of those in the first file.
    pub from: usize,
    pub count: usize,
    pub last: Duration,
    /// With the keys that the run's initiator made.
    pub keys: bool,
    pub edit: Edit,
}

/// Of the whole run, beside the initiator, for a minute.
pub fn taken(text: impl Into<String>) -> Taken {
    Taken {
        text: text.into(),
        at: vec![I],
        of: None,
        from: 0,
        count: usize::MAX,
        last: Duration::from_secs(60),
        keys: false,
        edit: |_| {},
    }
}

impl Taken {
    /// What this side sends and gets.
    fn beside(&self, trace: &Trace, role: Role, initiator: std::net::IpAddr) -> Vec<Datagram> {
        let own = trace.entries().iter().filter(|entry| entry.actor == Actor::Peer(role));
        let all = own.filter_map(|entry| {
            let datagram = entry.kind.sent().or(entry.kind.arrived())?;
            let at = Duration::from_micros(entry.at.as_micros());
            let (from, to, payload) = (datagram.from, datagram.to, datagram.bytes.to_vec());
            Some(Datagram { frame: 0, interface: 0, at, from, to, payload, cut: false, ttl: 0 })
        });
        let by = |one: &Datagram| if one.from.ip() == initiator { I } else { R };
        let all = all.filter(|one| self.of.is_none_or(|of| by(one) == of));
        all.skip(self.from).take(self.count).collect()
    }

    pub fn captures(&self) -> (Vec<Capture>, GivenKeys) {
        let (setup, trace, _) = run(&self.text);
        let file = |role: &Role| {
            let mut datagrams = self.beside(&trace, *role, setup.hosts.initiator.address);
            (self.edit)(&mut datagrams);
            file(datagrams, self.last)
        };
        let keys = if self.keys { keys(&trace) } else { GivenKeys::default() };
        (self.at.iter().map(file).collect(), keys)
    }

    /// What is concluded of it, negotiation by negotiation.
    fn told(&self, judge: &mut Judge, one: fn(&Judgement<'_>) -> Vec<String>) -> Vec<String> {
        let (captures, keys) = self.captures();
        let findings = judge.judge(&captures, &keys);
        let notes = findings.notes.iter().map(|note| format!("  all {}", told::short(note)));
        findings.judgements.iter().flat_map(one).chain(notes).collect()
    }
}

/// One file, that ends then.
pub fn file(mut datagrams: Vec<Datagram>, last: Duration) -> Capture {
    datagrams.sort_by_key(|datagram| datagram.at);
    datagrams.retain(|datagram| datagram.at <= last);
    (1..).zip(&mut datagrams).for_each(|(frame, datagram)| datagram.frame = frame);
    let frames = datagrams.len() as u64;
    Capture { datagrams, frames, last, ..Capture::default() }
}

/// Those that the initiator made.
pub fn keys(trace: &Trace) -> GivenKeys {
    let mut keys = GivenKeys::default();
    for one in Timeline::after(trace.entries()).sides.initiator.negotiations.into_values() {
        if let (Some((.., cookies)), Some((_, keymat))) = (one.made, one.standing.keys) {
            keys.cipher.insert(cookies.initiator, keymat.cipher_key.clone());
            keys.authenticators.insert(cookies.initiator, keymat.skeyid_a.clone());
        }
    }
    keys
}

/// The table of these captures, each under its title, with all that is concluded.
pub fn table(name: &str, cases: Vec<(String, Taken)>) {
    with(name, cases, told::judgement);
}

/// The same, with the outcome alone.
pub fn outline(name: &str, cases: Vec<(String, Taken)>) {
    with(name, cases, told::outline);
}

fn with(name: &str, cases: Vec<(String, Taken)>, one: fn(&Judgement<'_>) -> Vec<String>) {
    let mut judge = Judge::default();
    let cases = cases.into_iter().map(|(title, taken)| (title, taken.told(&mut judge, one)));
    told::compare(name, &told::merged(cases));
}
