//! What a connection takes: its proposals as policies.

use std::collections::BTreeSet;

use super::{Algorithms, Combination};
use crate::device::{Place, Policy, Sourced};

/// What is the same for every policy of a connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Frame {
    pub authentication: Sourced<String>,
    pub lifetime: Sourced<u32>,
    pub defaults: &'static str,
}

/// What a daemon takes as a responder: every combination of its proposals. Kept as it is written, for there are hundreds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Takes {
    frame: Frame,
    proposals: Vec<(Algorithms, Option<Place>)>,
}

impl Takes {
    pub(crate) fn new(frame: Frame, proposals: Vec<(Algorithms, Option<Place>)>) -> Takes {
        Takes { frame, proposals }
    }

    /// `pre-share`, `rsa-sig`.
    pub fn authentication(&self) -> &str {
        &self.frame.authentication.value
    }

    /// One policy for each combination.
    pub fn policies(&self) -> Vec<Policy> {
        self.each(Algorithms::taken)
    }

    /// charon's offer: the first algorithm of each kind of each proposal.
    pub(crate) fn firsts(&self) -> Vec<Policy> {
        self.each(|algorithms| algorithms.first().into_iter().collect())
    }

    /// pluto's offer.
    pub(crate) fn all(&self) -> Vec<Policy> {
        self.each(Algorithms::all)
    }

    fn each(&self, of: impl Fn(&Algorithms) -> Vec<Combination>) -> Vec<Policy> {
        let (mut known, mut policies) = (BTreeSet::new(), Vec::new());
        for (algorithms, at) in &self.proposals {
            for combination in of(algorithms) {
                // A priority has 16 bits.
                let Ok(priority) = u16::try_from(policies.len() + 1) else { break };
                // Said again later it decides nothing: the first one is met before it.
                if known.insert(combination) {
                    policies.push(self.frame.policy(priority, combination, at.as_ref()));
                }
            }
        }
        policies
    }
}

impl Frame {
    fn policy(&self, priority: u16, (encryption, hash, group): Combination, at: Option<&Place>) -> Policy {
        let at = || at.cloned();
        Policy {
            priority: Sourced { value: priority, at: at() },
            authentication: self.authentication.clone(),
            encryption: Sourced { value: encryption.to_owned(), at: at() },
            hash: Sourced { value: hash.to_owned(), at: at() },
            group: Sourced { value: group, at: at() },
            lifetime: self.lifetime.clone(),
            defaults: self.defaults,
            unread: Vec::new(),
        }
    }
}
