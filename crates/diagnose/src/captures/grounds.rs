//! The one ranking: causes of the runs that fit, and what was seen or told whatever runs look like.

use ike::{Method, Role};
use sim::Cause;

use super::evidence;
use super::fits::{Fits, Ground};
use super::negotiation::Negotiation;
use super::proof::Proof;
use super::rebuild::{chosen, offered};
use super::refusal::Told;
use super::said::Said;
use crate::{rank, reach};

/// What decides or speaks for a cause besides the runs.
#[derive(Default)]
pub(super) struct Statements<'s> {
    /// By ICMP.
    pub told: Option<&'s Told>,
    /// By the peers, the likeliest first.
    pub said: &'s [Said],
    /// What looks like another cause and is in no run: `(what it looks like, what it is)`.
    pub beside: Vec<(Cause, Said)>,
    /// By keys that were given.
    pub proofs: &'s [Proof],
    /// Messages arrived with other bytes.
    pub damaged: bool,
    /// The responder said something.
    pub heard: bool,
    /// They use no pre-shared keys: none can be missing or differ.
    pub without_psk: bool,
}

impl Statements<'_> {
    /// What a negotiation shows itself.
    pub fn of(negotiation: &Negotiation<'_>) -> Statements<'static> {
        let signed = chosen(negotiation).or_else(|| offered(negotiation).into_iter().next());
        let psk = signed.is_none_or(|transform| transform.method.method().is_some_and(Method::is_pre_shared));
        Statements {
            damaged: !evidence::damaged(negotiation).is_empty(),
            heard: negotiation.emissions.iter().any(|one| one.sender == Role::Responder),
            without_psk: !psk,
            ..Statements::default()
        }
    }

    /// Whether a cause is possible beside what is known.
    fn leaves_open(&self, cause: Cause) -> bool {
        let closed = self.told.is_some_and(|told| told.cause == Cause::PortClosed);
        let about_keys = matches!(cause, Cause::PskMismatch | Cause::MissingPsk);
        !(self.without_psk && about_keys) && (!closed || reach::beside_closed(cause))
    }
}

/// The causes, likeliest first.
pub(super) fn grounds(fits: &Fits, known: &Statements<'_>) -> Vec<Ground> {
    let open = fits.grounds.iter().filter(|ground| known.leaves_open(ground.cause));
    let mut grounds: Vec<Ground> = open.cloned().collect();
    let mut add = |cause, at| {
        if !grounds.iter().any(|ground| ground.cause == cause) {
            grounds.push(Ground::seen(cause, at));
        }
    };
    if let Some(told) = known.told {
        add(told.cause, told.at);
    }
    for (cause, at) in known.said {
        add(*cause, *at);
    }
    if known.damaged {
        // What damage does depends on the byte: a run with it may look otherwise.
        add(Cause::MessageCorrupted, Role::Responder);
    }
    grounds.sort_by_key(|ground| {
        let seen = ground.cause == Cause::MessageCorrupted && known.damaged;
        (
            // What was told comes before all that only fits.
            known.told.is_none_or(|told| told.cause != ground.cause),
            known.said.iter().position(|(cause, _)| *cause == ground.cause).unwrap_or(usize::MAX),
            evidence::ruled_out(ground.cause, known.proofs),
            !seen,
            !ground.usual,
            rank::order(ground.sources.0, ground.cause, known.heard),
        )
    });
    for (like, (cause, at)) in &known.beside {
        let place = grounds.iter().position(|ground| ground.cause == *like);
        let is_known = grounds.iter().any(|ground| ground.cause == *cause);
        // Right behind what it looks like, for nothing else is told apart as little from it; but behind what was said.
        if let Some(place) = place.filter(|_| !is_known) {
            let place = (place + 1).max(known.said.len()).min(grounds.len());
            grounds.insert(place, Ground::seen(*cause, *at));
        }
    }
    grounds
}
