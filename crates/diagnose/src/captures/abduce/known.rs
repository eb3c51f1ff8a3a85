//! The runs under the same circumstances, and which of them fit what was seen.

use std::collections::BTreeMap;
use std::time::Duration;

use ike::{Powers, Role};
use sim::Setup;

use super::super::looks::{Look, Numbers, Seen, bounds};
use super::super::picture::Strictness;
use super::super::runs::{Run, last_moment, runs};
use super::super::vantage::Vantage;

/// The runs under the same circumstances.
pub(super) struct Known {
    pub(super) healthy: Setup,
    pub(super) runs: Vec<Run>,
    /// What they look like, and which of them from where.
    pub(super) looks: Vec<(Look, Vec<(Vantage, usize)>)>,
    /// Every moment at which something changes in one of them, in rising order.
    pub(super) moments: Vec<Duration>,
}

/// How many moments, in rising order, are not behind this one.
pub(super) fn rank(moments: &[Duration], at: Duration) -> usize {
    moments.partition_point(|moment| *moment <= at)
}

impl Known {
    /// As this device sees the runs; `None`: as they look from every place between.
    pub(super) fn new(healthy: Setup, device: Option<Role>, powers: &Powers, numbers: &mut Numbers) -> Known {
        let mut runs = runs(&healthy, device, powers);
        let mut looks: Vec<(Look, Vec<(Vantage, usize)>)> = Vec::new();
        let mut moments: Vec<Duration> = runs.iter().flat_map(|run| run.moments.iter().copied()).collect();
        for (number, run) in runs.iter_mut().enumerate() {
            // Taken, for the looks say the same in a few words each, and there are thousands.
            for (vantage, facts) in std::mem::take(&mut run.pictures) {
                let Some(look) = Look::new(&facts, numbers) else { continue };
                moments.extend(look.moments());
                // Many faults look alike: each look is compared once for all of them.
                match looks.iter_mut().find(|(known, _)| *known == look) {
                    Some((_, seen)) => seen.push((vantage, number)),
                    None => looks.push((look, vec![(vantage, number)])),
                }
            }
        }
        moments.sort_unstable();
        moments.dedup();
        Known { healthy, runs, looks, moments }
    }

    /// The runs that look like this, each with the first of the vantages from which it does.
    pub(super) fn fitting(
        &self,
        seen: &Seen,
        numbers: &Numbers,
        vantages: &[Vantage],
        strictness: Strictness,
    ) -> BTreeMap<usize, Vantage> {
        let mut fitting: BTreeMap<usize, (usize, Vantage)> = BTreeMap::new();
        for (_, from) in self.looks.iter().filter(|(look, _)| seen.fits(look, numbers, strictness)) {
            for (vantage, run) in from {
                let Some(place) = vantages.iter().position(|known| known == vantage) else { continue };
                let best = fitting.entry(*run).or_insert((place, *vantage));
                *best = (*best).min((place, *vantage));
            }
        }
        fitting.into_iter().map(|(run, (_, vantage))| (run, vantage)).collect()
    }

    pub(super) fn ranks(&self, watched: Duration) -> [usize; 4] {
        let (sure, at_most) = bounds(watched);
        let before = self.moments.partition_point(|moment| *moment < sure);
        let [at_most, ended, stands] =
            [at_most, watched, last_moment(watched)].map(|at| rank(&self.moments, at));
        [before, at_most, ended, stands]
    }
}
