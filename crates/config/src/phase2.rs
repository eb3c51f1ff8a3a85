//! What only phase 2 decides: transform sets, PFS, the traffic to protect. It is compared, never judged.

use std::sync::Arc;

use crate::device::{Place, Remote, Sourced};
use crate::filter::Carries;
use crate::pair::{End, Session};
use crate::scenario::stopped;

/// What one end has for phase 2.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Phase2 {
    /// Each a set of algorithms in canonical words, sorted: `esp-aes-256 esp-sha`.
    pub transforms: Vec<Sourced<String>>,
    /// The group of perfect forward secrecy, 0 where none is named and the device's default counts; `None`: off.
    pub pfs: Option<Sourced<u16>>,
    /// What is protected: source and destination as written in canonical form, `10.0.0.0/24`.
    /// Shared: many connections may name one list.
    pub traffic: Arc<Vec<Sourced<(String, String)>>>,
}

/// A difference that phase 2 will trip over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// What differs.
    pub text: String,
    /// The lines on one side and on the other.
    pub at: [Option<Place>; 2],
}

/// What phase 2 will trip over although phase 1 does not care, the caller's side first.
pub fn notes(session: &Session<'_>) -> Vec<Note> {
    let (i, r) = (&session.initiator, &session.responder);
    let mut notes = match r.connection {
        Some(answers) => compare(&session.connection.phase2, &answers.phase2),
        None if r.device.dialect.is_cisco() => {
            let text = format!("{} has no crypto map entry and no tunnel for {}", r.device.name(), r.peer);
            vec![Note { text, at: [Some(session.connection.at.clone()), None] }]
        }
        // A daemon without a connection bars the session: that is told before phase 2.
        None => Vec::new(),
    };
    let stops = |end: &End<'_>, from: &End<'_>, carries| stopped(end, from, carries);
    for (what, carries) in
        [("ESP", Carries::Esp), ("UDP 4500, which a NAT on the way would need", Carries::Udp(4500))]
    {
        let at = [stops(i, r, carries), stops(r, i, carries)];
        if at.iter().any(Option::is_some) {
            notes.push(Note { text: format!("an access list stops {what}"), at });
        }
    }
    let caller_only = |end: &End<'_>| end.connection.is_some_and(|c| c.remote == Remote::Anybody);
    if caller_only(r) {
        let text =
            format!("{} takes anybody and calls nobody: only {} can start", r.device.name(), i.device.name());
        notes.push(Note { text, at: [None, r.connection.map(|c| c.at.clone())] });
    }
    notes
}

/// What does not fit, in the order of the negotiation. Where one side says nothing, nothing is compared.
pub fn compare(one: &Phase2, other: &Phase2) -> Vec<Note> {
    let mut notes = Vec::new();
    if let (Some(left), Some(right)) = (one.transforms.first(), other.transforms.first())
        && !one.transforms.iter().any(|a| other.transforms.iter().any(|b| a.value == b.value))
    {
        notes.push(Note {
            text: format!("no transform set in common: {} here, {} there", all(one), all(other)),
            at: [left.at.clone(), right.at.clone()],
        });
    }
    let group = |side: &Phase2| side.pfs.as_ref().map(|pfs| pfs.value);
    // Without a transform set a side's phase 2 is not in the file, and its PFS may be elsewhere too.
    let known = !one.transforms.is_empty() && !other.transforms.is_empty();
    // A default group may be the very one that the other side names.
    let default = [one, other].iter().all(|side| group(side).is_some())
        && [one, other].iter().any(|side| group(side) == Some(0));
    if known && group(one) != group(other) && !default {
        let says = |side| match group(side) {
            None => "no PFS".to_owned(),
            Some(0) => "PFS with the default group".into(),
            Some(group) => format!("PFS with group {group}"),
        };
        let at = [one, other].map(|side| side.pfs.as_ref().and_then(|pfs| pfs.at.clone()));
        notes.push(Note { text: format!("{} here, {} there", says(one), says(other)), at });
    }
    notes.extend(unmirrored(one, other));
    notes
}

fn all(side: &Phase2) -> String {
    let sets: Vec<&str> = side.transforms.iter().map(|set| set.value.as_str()).collect();
    sets.join(" or ")
}

/// The first line of each side's traffic that the other side does not have mirrored.
fn unmirrored(one: &Phase2, other: &Phase2) -> Option<Note> {
    if one.traffic.is_empty() || other.traffic.is_empty() {
        return None;
    }
    let lonely = |these: &Phase2, those: &Phase2| {
        let mirror = |(from, to): &(String, String)| (to.clone(), from.clone());
        let line =
            these.traffic.iter().find(|line| !those.traffic.iter().any(|t| t.value == mirror(&line.value)));
        line.cloned()
    };
    let (left, right) = (lonely(one, other), lonely(other, one));
    let says = |line: &Option<Sourced<(String, String)>>| {
        line.as_ref().map(|line| format!("{} to {}", line.value.0, line.value.1))
    };
    let text = match (says(&left), says(&right)) {
        (None, None) => return None,
        (Some(here), Some(there)) => {
            format!("the protected traffic is not mirrored: {here} here, {there} there")
        }
        (Some(here), None) => format!("the other side does not protect {here} the other way round"),
        (None, Some(there)) => format!("this side does not protect {there} the other way round"),
    };
    let at = [left, right].map(|line| line.and_then(|line| line.at));
    Some(Note { text, at })
}
