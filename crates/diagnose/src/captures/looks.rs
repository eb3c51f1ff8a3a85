//! Pictures as sets of small numbers, so that a captured one is compared with thousands of runs in no time.

use std::collections::BTreeMap;
use std::time::Duration;

use ike::{MessageName, Role, Sides};

use super::frame::What;
use super::picture::{Fact, Facts, Strictness, by, of};

/// Facts that are told apart: what the engine's runs can leave on the wire, with room to spare.
const FACTS: usize = 512;

/// A set of facts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Set([u64; FACTS / 64]);

impl Set {
    fn add(&mut self, number: usize) {
        if let Some(word) = self.0.get_mut(number / 64) {
            *word |= 1 << (number % 64);
        }
    }

    fn and(&self, other: &Set) -> Set {
        let mut both = *self;
        both.0.iter_mut().zip(other.0).for_each(|(word, other)| *word &= other);
        both
    }

    fn without(&self, other: &Set) -> Set {
        let mut rest = *self;
        rest.0.iter_mut().zip(other.0).for_each(|(word, other)| *word &= !other);
        rest
    }

    fn is_within(&self, other: &Set) -> bool {
        // Word by word: each captured picture meets thousands of runs.
        self.0.iter().zip(other.0).all(|(word, other)| word & !other == 0)
    }
}

/// The number of each fact that some run leaves.
#[derive(Debug, Default)]
pub(super) struct Numbers {
    known: BTreeMap<Fact, usize>,
    /// Facts that count at each strictness.
    kept: [Set; 3],
    /// Facts about a message of this number or a later one, or about no numbered one.
    behind: [Set; 8],
    /// Facts about what each side sent, as a capture of that direction alone has them.
    own: Sides<Set>,
    /// The notifies in clear that each side sent.
    notifies: Sides<Set>,
}

impl Numbers {
    /// `None`: there are too many.
    fn of(&mut self, fact: Fact) -> Option<usize> {
        let next = self.known.len();
        if let Some(known) = self.known.get(&fact) {
            return Some(*known);
        }
        // A run that cannot be told apart any more is left out: it must not pass for another.
        if next >= FACTS {
            return None;
        }
        self.known.insert(fact, next);
        for (kept, strictness) in self.kept.iter_mut().zip(Strictness::ALL) {
            if strictness.keeps(&fact) {
                kept.add(next);
            }
        }
        for (first, behind) in self.behind.iter_mut().enumerate() {
            // What has no number may come at any time: a capture that starts late can still have it.
            if !matches!(of(&fact), Some(What::Phase1(name)) if usize::from(name.number()) < first) {
                behind.add(next);
            }
        }
        // What a sealed Informational answers was sent by the other side: without it nobody can say.
        if of(&fact) != Some(What::Sealed) {
            self.own[by(&fact)].add(next);
        }
        if matches!(of(&fact), Some(What::Notify(_) | What::Informational)) {
            self.notifies[by(&fact)].add(next);
        }
        Some(next)
    }
}

/// A run's picture from one place: what is there from each moment on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Look(Vec<(Duration, Set)>);

impl Look {
    /// `None`: it has facts that cannot be told apart any more.
    pub fn new(facts: &Facts, numbers: &mut Numbers) -> Option<Look> {
        let mut moments: Vec<(Duration, usize)> =
            facts.iter().map(|(fact, at)| Some((*at, numbers.of(*fact)?))).collect::<Option<_>>()?;
        moments.sort_unstable();
        let mut so_far = Set::default();
        let mut look: Vec<(Duration, Set)> = Vec::new();
        for (at, number) in moments {
            so_far.add(number);
            match look.last_mut() {
                // What happens in one instant is one step: half of it is no picture.
                Some((last, set)) if *last == at => *set = so_far,
                _ => look.push((at, so_far)),
            }
        }
        Some(Look(look))
    }

    /// When something is added to it.
    pub fn moments(&self) -> impl Iterator<Item = Duration> {
        self.0.iter().map(|(at, _)| *at)
    }

    fn until(&self, count: usize) -> Set {
        count.checked_sub(1).and_then(|last| self.0.get(last)).map_or(Set::default(), |(_, set)| *set)
    }
}

/// A captured picture, to be compared with those of runs.
pub(super) struct Seen {
    set: Set,
    /// Something in it that counts is in no run; at each strictness.
    foreign: [bool; 3],
    /// What has to be there, and what can be, of runs that were watched so long.
    bounds: (Duration, Duration),
    first: usize,
    heard: Heard,
}

/// What of a negotiation was not captured, or not captured whole.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Heard {
    /// The side whose messages alone were.
    pub only: Option<Role>,
    /// The side that sent notifies in clear of which too little was.
    pub mumbles: Option<Role>,
}

/// What has to be there after so long a watch, and what can be: devices' timers are not exact.
pub(super) fn bounds(watched: Duration) -> (Duration, Duration) {
    let sure = watched.mul_f64(0.85).saturating_sub(Duration::from_secs(1));
    (sure, watched.mul_f64(1.15) + Duration::from_secs(1))
}

impl Seen {
    /// `first`: the first message of the exchange that was captured.
    pub fn new(
        facts: &Facts,
        numbers: &Numbers,
        bounds: (Duration, Duration),
        first: Option<MessageName>,
        heard: Heard,
    ) -> Seen {
        let first = first.map_or(0, |first| first.number().into());
        let mut seen = Seen { set: Set::default(), foreign: [false; 3], bounds, first, heard };
        for fact in facts.keys() {
            match numbers.known.get(fact) {
                Some(number) => seen.set.add(*number),
                // No run leaves this: where it counts, nothing can fit.
                None => {
                    for (foreign, strictness) in seen.foreign.iter_mut().zip(Strictness::ALL) {
                        *foreign |= strictness.keeps(fact);
                    }
                }
            }
        }
        seen
    }

    /// Whether a capture that was watched so long could be of a run with this picture. A fact of the run that must have
    /// become true by then has to be there, and nothing may be there that the run does not have.
    pub fn fits(&self, run: &Look, numbers: &Numbers, strictness: Strictness) -> bool {
        let level = strictness as usize;
        let (Some(kept), Some(foreign)) = (numbers.kept.get(level), self.foreign.get(level)) else {
            return false;
        };
        // What came before the first captured message was not seen: it need not be there.
        let behind = numbers.behind.get(self.first).unwrap_or(kept);
        let (sure, at_most) = self.bounds;
        let own = self.heard.only.map_or(kept, |only| &numbers.own[only]);
        let must = run.until(run.0.partition_point(|(at, _)| *at < sure)).and(kept).and(behind).and(own);
        let may = run.until(run.0.partition_point(|(at, _)| *at <= at_most));
        let Some(mumbles) = self.heard.mumbles.map(|role| &numbers.notifies[role]) else {
            return !foreign && must.is_within(&self.set) && self.set.and(kept).is_within(&may);
        };
        // Some notify was sent there: any that a run has may be it.
        let must = must.without(mumbles);
        may.and(mumbles) != Set::default()
            && !foreign
            && must.is_within(&self.set)
            && self.set.and(kept).is_within(&may)
    }
}
