//! What a sweep varies.

use std::ops::Range;

use ike::Mode;

use super::catalogue::{self, FaultText};

/// What is varied. An empty axis leaves the base's own value.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Axes {
    /// The exchange.
    pub modes: Vec<Mode>,
    /// Vendors: initiator, responder.
    pub profiles: Vec<[String; 2]>,
    /// Faults of one run, added to the base's own.
    pub faults: Vec<Vec<FaultText>>,
    /// Diffie-Hellman group of every policy of both peers.
    pub groups: Vec<u16>,
    /// Cipher of every policy of both peers.
    pub encryptions: Vec<String>,
    /// Hash of every policy of both peers.
    pub hashes: Vec<String>,
    /// Chance of loss per datagram.
    pub losses: Vec<f64>,
    /// Seeds: stretches of them, so that a million take no room.
    pub seeds: Vec<Range<u64>>,
}

fn count(seeds: &Range<u64>) -> u64 {
    seeds.end.saturating_sub(seeds.start)
}

impl Axes {
    /// How many seeds there are; without any, the base's own.
    pub(super) fn seed_count(&self) -> u64 {
        self.seeds.iter().map(count).fold(0, u64::saturating_add).max(1)
    }

    /// The seed at this place of the axis.
    pub(super) fn seed(&self, mut place: u64) -> Option<u64> {
        for range in &self.seeds {
            if place < count(range) {
                return Some(range.start + place);
            }
            place -= count(range);
        }
        None
    }

    /// Every fault with every field value that makes sense, one to a run. `phase_2`: those of Quick Mode too.
    pub fn every_fault(phase_2: bool) -> Vec<Vec<FaultText>> {
        catalogue::every(phase_2).into_iter().map(|fault| vec![fault]).collect()
    }

    /// Every unordered pair of different faults among these.
    pub fn pairs(faults: &[Vec<FaultText>]) -> Vec<Vec<FaultText>> {
        let mut pairs = Vec::new();
        for (n, one) in faults.iter().enumerate() {
            pairs.extend(faults.iter().skip(n + 1).map(|other| [one.as_slice(), other.as_slice()].concat()));
        }
        pairs
    }
}
