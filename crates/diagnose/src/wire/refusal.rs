//! What ICMP says of a negotiation's messages, and what follows from it.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use capture::Unreached;
use ike::Role;
use sim::Cause;

use super::find::{Emission, Negotiation};
use super::sight::{Place, What, frame_name};
use crate::{reach, words};

/// An ICMP error about a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Where it was seen.
    pub place: Place,
    /// Number of its frame in its file.
    pub frame: u64,
    /// There is no other file.
    pub one_file: bool,
    /// Since the first file's first frame.
    pub at: Duration,
    /// Who says so.
    pub by: IpAddr,
    /// What cannot be reached.
    pub what: Unreached,
    /// Source and destination of the message.
    pub ends: (SocketAddr, SocketAddr),
    /// Who sent the message.
    pub sender: Role,
    /// Position of the message; `None`: it was not captured.
    pub message: Option<usize>,
}

impl Refusal {
    /// Its frame: `7`, and with two files `2:7`.
    pub fn frame_name(&self) -> String {
        frame_name(self.place, self.frame, self.one_file)
    }
}

/// What the last refusal means.
pub(super) struct Told {
    pub cause: Cause,
    /// The side that the message did not reach.
    pub at: Role,
}

/// `None` where no message was refused, or the side that it was for was heard from afterwards.
pub(super) fn told(negotiation: &Negotiation<'_>) -> Option<Told> {
    // An error about a later exchange says nothing of phase 1.
    let of_phase_1 = |refusal: &&Refusal| {
        let message = refusal.message.and_then(|position| negotiation.emissions.get(position));
        message.is_none_or(|one| matches!(one.what, What::Phase1(_)))
    };
    let last = negotiation.refusals.iter().rfind(of_phase_1)?;
    let at = last.sender.other();
    let heard_since = negotiation.emissions.iter().any(|one| one.sender == at && one.at() > last.at);
    if heard_since {
        return None;
    }
    let heard = negotiation.emissions.iter().any(|one| one.sender == at);
    let by_itself = last.by == last.ends.1.ip();
    Some(Told { cause: reach::cause(last.what, last.ends.1.port(), by_itself, heard), at })
}

/// Each kind of refusal with its frames.
pub(super) fn seen(negotiation: &Negotiation<'_>, named: impl Fn(&Emission<'_>) -> String) -> Vec<String> {
    let mut groups: Vec<(String, Vec<String>)> = Vec::new();
    for refusal in &negotiation.refusals {
        let message = refusal.message.and_then(|position| negotiation.emissions.get(position));
        let about = message.map_or_else(|| format!("a message of the {}", refusal.sender), &named);
        let text = words::refusal(refusal.what, refusal.by, &about);
        let port = refusal.ends.1.port();
        // UDP 500 is what everybody expects.
        let text = if port == 500 { text } else { format!("{text} to port {port}") };
        match groups.iter_mut().find(|(known, _)| *known == text) {
            Some((_, frames)) => frames.push(refusal.frame_name()),
            None => groups.push((text, vec![refusal.frame_name()])),
        }
    }
    groups.into_iter().map(|(text, frames)| format!("{}: {text}", super::evidence::frames(frames))).collect()
}
