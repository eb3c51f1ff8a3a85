//! Many runs: the product of chosen axes over base scenarios, each run with a number and a name.
//!
//! A run is made from its number alone, so any part of a sweep can be run anywhere, in any order.

mod axes;
mod base_scenario;
mod catalogue;
mod point;

pub use axes::Axes;
pub use base_scenario::BaseScenario;
pub use catalogue::FaultText;
pub use point::Point;

/// Seeds that go through every combination together.
// The memory for powers is bounded by it, and smaller sweeps go in their plain order.
const STRETCH: u64 = 64;

/// Bases and axes.
#[derive(Clone, Debug, PartialEq)]
pub struct Sweep {
    /// Never empty.
    pub bases: Vec<BaseScenario>,
    /// What is varied.
    pub axes: Axes,
}

impl Sweep {
    /// How many runs there are.
    pub fn len(&self) -> u64 {
        self.radices().iter().fold(self.axes.seed_count(), |product, radix| product.saturating_mul(*radix))
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Sizes of the axes but the seeds, the slowest first.
    fn radices(&self) -> [u64; 8] {
        let Axes { modes, profiles, faults, groups, encryptions, hashes, losses, .. } = &self.axes;
        let sizes = [
            self.bases.len(),
            modes.len().max(1),
            profiles.len().max(1),
            faults.len().max(1),
            groups.len().max(1),
            encryptions.len().max(1),
            hashes.len().max(1),
            losses.len().max(1),
        ];
        sizes.map(|size| size as u64)
    }

    /// From a run's number to the number of its combination of the other axes, and the place of its seed.
    fn split(&self, number: u64) -> (u64, u64) {
        let combinations =
            self.radices().iter().fold(1, |product: u64, radix| product.saturating_mul(*radix));
        let stretch = STRETCH.saturating_mul(combinations).max(1);
        let first = number / stretch * STRETCH;
        // The last stretch may have fewer.
        let seeds = self.axes.seed_count().saturating_sub(first).clamp(1, STRETCH);
        let rest = number % stretch;
        (rest / seeds, first + rest % seeds)
    }

    /// The run with this number, below [`Sweep::len`]. A stretch of 64 seeds goes through every combination before
    /// the next one comes, so that what follows from a seed can be kept that long; within it seeds vary fastest.
    pub fn point(&self, number: u64) -> Option<Point<'_>> {
        if number >= self.len() {
            return None;
        }
        let (combination, seed) = self.split(number);
        let mut left = combination;
        let mut digits = [0_usize; 8];
        for (digit, radix) in digits.iter_mut().zip(self.radices()).rev() {
            *digit = usize::try_from(left.checked_rem(radix)?).ok()?;
            left /= radix;
        }
        let [base, mode, profiles, faults, group, encryption, hash, loss] = digits;
        let axes = &self.axes;
        Some(Point {
            number,
            combination,
            base: self.bases.get(base)?,
            mode: axes.modes.get(mode).copied(),
            profiles: axes.profiles.get(profiles),
            faults: axes.faults.get(faults).map_or(&[], Vec::as_slice),
            group: axes.groups.get(group).copied(),
            encryption: axes.encryptions.get(encryption).map(String::as_str),
            hash: axes.hashes.get(hash).map(String::as_str),
            loss: axes.losses.get(loss).copied(),
            seed: axes.seed(seed),
        })
    }
}
