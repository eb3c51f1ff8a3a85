//! The one place where a run may go more than one way: what happens to a datagram on the wire.
//!
//! A scenario's rules and seeded chances are one [`Chooser`]; an exhaustive explorer is another.

use std::time::Duration;

use ike::{Role, Streams};
use rand_chacha::rand_core::Rng;

use crate::fault::Blame;
use crate::rule::Rules;
use crate::scenario::{Network, Scenario};
use crate::trace::Datagram;

/// What is done to a datagram, in order, and by whom.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// Each act and what is to blame for it.
    pub acts: Vec<(Blame, Act)>,
    /// How long it travels, any hold not counted.
    pub travel: Duration,
}

/// One thing that can be done to a datagram on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Act {
    /// It is gone.
    Lose,
    /// It arrives this much later.
    Hold(Duration),
    /// One more copy arrives this much after the first.
    Repeat(Duration),
    /// This bit of this byte of the ISAKMP message is flipped.
    Flip {
        /// Byte offset in the ISAKMP message.
        byte: usize,
        /// Bit, 0 to 7.
        bit: u8,
    },
    /// Only so many bytes of the ISAKMP message are left.
    Cut(usize),
}

/// Decides what becomes of each datagram.
pub trait Chooser {
    /// The verdict on the `nth` datagram (from 0) that its sender put on the wire.
    fn verdict(&mut self, nth: u64, datagram: &Datagram) -> Verdict;
}

/// A scenario's wire: its rules first, then its chances, all from the seed.
#[derive(Clone, Debug)]
pub struct ScenarioChooser {
    rules: Rules,
    network: Network,
    streams: Streams,
}

impl ScenarioChooser {
    /// The wire of this scenario.
    pub fn new(scenario: &Scenario) -> ScenarioChooser {
        let streams = Streams::new(scenario.seed, "network");
        ScenarioChooser { rules: Rules::new(scenario), network: scenario.network.clone(), streams }
    }
}

impl Chooser for ScenarioChooser {
    fn verdict(&mut self, nth: u64, datagram: &Datagram) -> Verdict {
        let mut verdict = self.chances(nth, datagram);
        if let Some(acts) = self.rules.verdict(datagram) {
            verdict.acts.splice(0..0, acts);
        }
        verdict
    }
}

impl ScenarioChooser {
    /// Every draw is made whatever comes of it, so that one probability does not shift another's chances.
    fn chances(&self, nth: u64, datagram: &Datagram) -> Verdict {
        let Network { latency, jitter, loss, duplicate, reorder, corrupt } = self.network;
        if jitter.is_zero() && [loss, duplicate, reorder, corrupt] == [0.0; 4] {
            // Nothing to draw: each datagram has a stream of its own.
            return Verdict { acts: Vec::new(), travel: jittered(latency, jitter, 0) };
        }
        let purpose = match datagram.sender {
            Role::Initiator => "to responder",
            Role::Responder => "to initiator",
        };
        let mut stream = self.streams.stream(purpose, nth);
        let mut draw = || stream.next_u64();
        let [travel, lost, doubled, held, damaged, place] = std::array::from_fn(|_| draw());

        let mut acts = Vec::new();
        if chance(lost, loss) {
            acts.push((Blame::RandomLoss, Act::Lose));
        }
        if chance(damaged, corrupt) {
            acts.push((Blame::RandomCorruption, random_bit(place, datagram.message().len())));
        }
        if chance(held, reorder) {
            acts.push((Blame::RandomReorder, Act::Hold(latency.saturating_mul(2))));
        }
        if chance(doubled, duplicate) {
            acts.push((Blame::RandomDuplicate, Act::Repeat(latency)));
        }
        Verdict { acts, travel: jittered(latency, jitter, travel) }
    }
}

/// Whether a uniform draw falls below the probability.
fn chance(draw: u64, probability: f64) -> bool {
    const STEPS: f64 = (1_u64 << 53) as f64;
    ((draw >> 11) as f64) / STEPS < probability
}

fn random_bit(draw: u64, length: usize) -> Act {
    let bits = (length as u64).saturating_mul(8).max(1);
    let place = draw % bits;
    Act::Flip { byte: usize::try_from(place / 8).unwrap_or(0), bit: (place % 8) as u8 }
}

/// Uniform in latency +- jitter, in whole microseconds, never below zero.
fn jittered(latency: Duration, jitter: Duration, draw: u64) -> Duration {
    let micros =
        |length: Duration| u64::try_from(length.as_micros()).unwrap_or(u64::MAX / 4).min(u64::MAX / 4);
    let (latency, jitter) = (micros(latency), micros(jitter));
    let shift = draw % (2 * jitter + 1);
    Duration::from_micros((latency + shift).saturating_sub(jitter))
}
