//! What ICMP says of a negotiation's messages, and what follows from it.

use std::net::IpAddr;

use capture::Unreached;
use ike::Role;
use sim::Cause;

use super::frame::{Frame, What};
use super::negotiation::{Negotiation, Refusal};
use crate::evidence::{About, Captured};
use crate::reach;

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

/// What makes refusals alike: what cannot be reached, who says so, of which message, to which port.
type Sort = (Unreached, IpAddr, About, u16);

/// Each sort of refusal with its frames.
pub(super) fn seen(negotiation: &Negotiation<'_>) -> Vec<Captured> {
    let mut groups: Vec<(Sort, Vec<Frame>)> = Vec::new();
    for refusal in &negotiation.refusals {
        let message = refusal.message.and_then(|position| negotiation.emissions.get(position));
        let about = message.map_or(About::Of(refusal.sender), |one| About::Message(one.what));
        let sort = (refusal.what, refusal.by, about, refusal.ends.1.port());
        match groups.iter_mut().find(|(known, _)| *known == sort) {
            Some((_, frames)) => frames.push(refusal.frame_name()),
            None => groups.push((sort, vec![refusal.frame_name()])),
        }
    }
    let captured = |((what, by, about, port), frames)| Captured::Unreached { frames, what, by, about, port };
    groups.into_iter().map(captured).collect()
}
