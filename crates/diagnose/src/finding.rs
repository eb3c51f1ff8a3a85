//! What is concluded, whatever it is concluded from.

use sim::Cause;

use crate::evidence::{Evidence, Observation};
use crate::remedy::Remedy;

/// One possible cause.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What it is.
    pub cause: Cause,
    /// 1 is the likeliest.
    pub rank: usize,
    /// What speaks for it.
    pub evidence: Vec<Evidence>,
    /// What speaks against it.
    pub against: Vec<Evidence>,
    /// The observation that would decide; `None`: nothing is left to decide, or only what it shows on the other side.
    pub decides: Option<Observation>,
    /// What to do; `None`: nothing is known.
    pub remedy: Option<Remedy>,
    /// Some of it rests on inferred vendor behaviour, or on a peer that is only supposed.
    pub inferred: bool,
}

impl Finding {
    /// This cause, and what speaks for it; it gets its rank among others.
    pub(crate) fn new(cause: Cause, evidence: Vec<Evidence>, remedy: Option<Remedy>) -> Finding {
        Finding { cause, rank: 0, evidence, against: Vec::new(), decides: None, remedy, inferred: false }
    }
}

/// Numbers the causes in the order given.
pub(crate) fn ranked(findings: impl IntoIterator<Item = Finding>) -> Vec<Finding> {
    let numbered = findings.into_iter().zip(1..);
    numbered.map(|(finding, rank)| Finding { rank, ..finding }).collect()
}
