//! What the runs whose picture is the captured one say together.

use std::sync::Arc;

use ike::{Profile, Role, Sides, State};
use sim::{Cause, Fault, Outcome, Verdict};

use super::runs::Run;
use super::vantage::Vantage;
use crate::rank;

/// A run that fits, from where it was seen, and where it stands when the capture ends.
pub(super) struct Match<'r> {
    pub run: &'r Run,
    pub outcome: Arc<Outcome>,
    pub vantage: Vantage,
    /// Whom its peers behave like.
    pub profiles: Sides<&'static Profile>,
}

/// All of them.
#[derive(Debug, Default)]
pub(super) struct Fits {
    /// How many there are.
    pub count: usize,
    /// One has no fault.
    pub healthy: bool,
    /// One comes up although something is lost or held back.
    pub up_late: bool,
    /// How many come up.
    pub up: usize,
    /// How many leave one side up.
    pub half: usize,
    /// The states in which those that do not come up leave initiator and responder, in rising order.
    pub states: Sides<Vec<Option<State>>>,
    /// Why those do not, each cause once.
    pub grounds: Vec<Ground>,
}

/// What the runs with one cause say.
#[derive(Clone, Debug)]
pub(crate) struct Ground {
    pub cause: Cause,
    /// Where it sits.
    pub at: Role,
    /// Some run has the vendors that the capture suggests.
    pub usual: bool,
    /// Names of the profiles with which it fits, of each side.
    pub profiles: Sides<Vec<&'static str>>,
    /// It fits only if the capture was taken beside the responder.
    pub beside_responder: bool,
    /// The states in which each side is left, in the order of the runs.
    pub states: Sides<Vec<Option<State>>>,
    /// What is wrong in the first run.
    pub fault: Option<Fault>,
    /// The states in which the first run had its SAs last.
    pub last: Sides<Option<State>>,
    /// How many public reports name it, and for which of its states.
    pub sources: (u8, Option<State>),
}

impl Fits {
    /// `usual`: the vendors that the capture suggests.
    pub fn new(matches: &[Match<'_>], usual: Sides<&'static Profile>) -> Fits {
        let is_up = |one: &&Match<'_>| one.outcome.verdict == Verdict::Established;
        let up: Vec<&Match<'_>> = matches.iter().filter(is_up).collect();
        let stalls: Vec<&Match<'_>> = matches.iter().filter(|one| !is_up(one)).collect();
        let mut by_cause: Vec<(Cause, Vec<&Match<'_>>)> = Vec::new();
        for one in &stalls {
            let Some(cause) = one.run.cause else { continue };
            match by_cause.iter_mut().find(|(known, _)| *known == cause) {
                Some((_, list)) => list.push(one),
                None => by_cause.push((cause, vec![one])),
            }
        }
        Fits {
            count: matches.len(),
            healthy: matches.iter().any(|one| one.run.fault.is_none()),
            up_late: up.iter().any(|one| one.run.is_harmless()),
            up: up.len(),
            half: stalls.iter().filter(|one| one.outcome.verdict == Verdict::HalfOpen).count(),
            states: Sides::from_fn(|role| distinct(stalls.iter().map(|one| one.outcome.peers[role].state))),
            grounds: by_cause.iter().map(|(cause, list)| Ground::new(*cause, list, usual)).collect(),
        }
    }
}

impl Ground {
    fn new(cause: Cause, list: &[&Match<'_>], usual: Sides<&'static Profile>) -> Ground {
        let named = |profiles: Sides<&'static Profile>| profiles.map(|profile| profile.name);
        let counted = list.iter().flat_map(|one| {
            // Reports speak of the state that their author saw.
            let seen = |role: &Role| match one.vantage {
                Vantage::Beside(own) | Vantage::Device(own) => own == *role,
                Vantage::Between | Vantage::Both => true,
            };
            let last = |role: Role| one.outcome.peers[role].last;
            Role::BOTH
                .into_iter()
                .filter(seen)
                .map(last)
                .map(|state| (rank::sources(state, cause), state))
                .collect::<Vec<_>>()
        });
        let of = |role| distinct(list.iter().map(|one| one.profiles[role].name));
        Ground {
            cause,
            at: list.first().map_or(Role::Responder, |one| one.run.at),
            usual: list.iter().any(|one| named(one.profiles) == named(usual)),
            profiles: Sides::from_fn(of),
            beside_responder: list.iter().all(|one| one.vantage == Vantage::Beside(Role::Responder)),
            states: Sides::from_fn(|role| first_seen(list.iter().map(|one| one.outcome.peers[role].state))),
            fault: list.first().and_then(|one| one.run.fault.clone()),
            last: Sides::from_fn(|role| list.first().and_then(|one| one.outcome.peers[role].last)),
            // A cause may fit in several states: the one for which reports name it most speaks for it.
            sources: counted.max_by_key(|(count, _)| *count).unwrap_or((0, None)),
        }
    }

    /// A cause that was seen itself, whatever runs look like.
    pub fn seen(cause: Cause, at: Role) -> Ground {
        Ground {
            cause,
            at,
            usual: true,
            profiles: Sides::default(),
            beside_responder: false,
            states: Sides::default(),
            fault: None,
            last: Sides::default(),
            sources: (0, None),
        }
    }
}

/// Each once, in the order given.
fn first_seen<T: PartialEq>(all: impl Iterator<Item = T>) -> Vec<T> {
    all.fold(Vec::new(), |mut known, one| {
        if !known.contains(&one) {
            known.push(one);
        }
        known
    })
}

/// Each once, in rising order.
fn distinct<T: Ord>(all: impl Iterator<Item = T>) -> Vec<T> {
    let mut all: Vec<T> = all.collect();
    all.sort_unstable();
    all.dedup();
    all
}
