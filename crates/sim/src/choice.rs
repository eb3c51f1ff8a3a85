//! The one place where a run may go more than one way: what becomes of a datagram, and which of the things that can
//! happen happens next.
//!
//! A setup's rules and chances are one [`Chooser`] ([`Script`]), the explorer is another, a kind wire a third.

use std::time::Duration;

use chacha20::rand_core::Rng;
use ike::{Instant, Role, Streams};

use crate::fault::Blame;
use crate::rule::Rules;
use crate::setup::{Network, Setup};
use crate::trace::Datagram;

pub use crate::rule::Act;

/// What is done to a datagram, in order and by whom, and when what is left of it arrives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handling {
    /// Each act and what is to blame for it.
    pub acts: Vec<(Blame, Act)>,
    /// When it arrives, any hold not counted.
    pub arrives: Instant,
}

/// Something that can happen now; ordered as a run without choices lets things happen: by time, deliveries before
/// timers, the initiator first, what was sent earlier first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Enabled {
    /// When it is due.
    pub at: Instant,
    /// What it is.
    pub what: Step,
}

/// One step of a world.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    // The order of these two is the order within an instant: deliveries first.
    /// The datagram with this number reaches its receiver.
    Deliver(Role, u64),
    /// The next timer of a peer runs out.
    Fire(Role),
    /// An operator does what the fault at this position says.
    Clear(usize),
}

/// Decides wherever a world may go more than one way.
pub trait Chooser {
    /// What becomes of the `nth` datagram (from 0) of its sender, which the path let through at `now`.
    fn handling(&mut self, now: Instant, nth: u64, datagram: &Datagram) -> Handling;

    /// Which of these happens, the earliest first; `None`: none, the run ends here.
    fn next(&mut self, enabled: &mut dyn Iterator<Item = Enabled>) -> Option<Enabled> {
        enabled.next()
    }
}

/// A setup's wire: its rules first, then its chances, all from the seed; time runs as it does, and ends as it says.
#[derive(Clone, Debug)]
pub struct Script {
    rules: Rules,
    network: Network,
    streams: Streams,
    until: Option<Instant>,
    /// Steps that are left.
    steps: u64,
}

/// Steps after which a run is cut off. Real devices' runs take a few hundred; chances of 1 double every answer, and so
/// on without end.
pub const MAX_STEPS: u64 = 20_000;

impl Script {
    /// The wire of this setup.
    pub fn new(setup: &Setup) -> Script {
        let streams = Streams::new(setup.seed, "network");
        let (rules, network) = (Rules::new(&setup.faults), setup.network.clone());
        Script { rules, network, streams, until: setup.until, steps: MAX_STEPS }
    }

    /// The bound of steps ends the run, if anything is still pending.
    pub fn is_spent(&self) -> bool {
        self.steps == 0
    }

    /// Every draw is made whatever comes of it, so that one probability does not shift another's chances.
    fn chances(&self, now: Instant, nth: u64, datagram: &Datagram) -> Handling {
        let Network { latency, jitter, loss, duplicate, reorder, corrupt } = self.network;
        if jitter.is_zero() && [loss, duplicate, reorder, corrupt] == [0.0; 4] {
            // Nothing to draw: each datagram has a stream of its own.
            return Handling { acts: Vec::new(), arrives: now + jittered(latency, jitter, 0) };
        }
        let purpose = match datagram.sender {
            Role::Initiator => "to responder",
            Role::Responder => "to initiator",
        };
        let mut stream = self.streams.stream(purpose, nth);
        let mut draw = || stream.next_u64();
        let [travel, lost, doubled, held, damaged, place] = std::array::from_fn(|_| draw());

        let mut acts = Vec::new();
        // What is lost keeps its other acts: the world stops at the loss, so that none of them is told.
        if chance(lost, loss) {
            acts.push((Blame::RandomLoss, Act::Lose));
        }
        // Damage and delay before the copy: it shares them, and its causes must say so.
        if chance(damaged, corrupt) {
            acts.push((Blame::RandomCorruption, random_bit(place, datagram.message().len())));
        }
        if chance(held, reorder) {
            acts.push((Blame::RandomReorder, Act::Hold(latency.saturating_mul(2))));
        }
        if chance(doubled, duplicate) {
            acts.push((Blame::RandomDuplicate, Act::Repeat(latency)));
        }
        Handling { acts, arrives: now + jittered(latency, jitter, travel) }
    }
}

impl Chooser for Script {
    fn handling(&mut self, now: Instant, nth: u64, datagram: &Datagram) -> Handling {
        let mut handling = self.chances(now, nth, datagram);
        if let Some(acts) = self.rules.acts(datagram) {
            // In front: what a rule loses is the rule's, and not chance's.
            handling.acts.splice(0..0, acts);
        }
        handling
    }

    fn next(&mut self, enabled: &mut dyn Iterator<Item = Enabled>) -> Option<Enabled> {
        let next = enabled.next()?;
        let in_time = self.until.is_none_or(|until| next.at <= until);
        // A step that `until` forbids does not happen, and must not look like the bound.
        self.steps = self.steps.checked_sub(u64::from(in_time))?;
        in_time.then_some(next)
    }
}

/// A wire that does nothing to a datagram, and operators that do nothing.
#[derive(Clone, Copy, Debug)]
pub struct KindWire {
    /// One way.
    pub latency: Duration,
    /// The run stops here.
    pub until: Instant,
}

impl Chooser for KindWire {
    fn handling(&mut self, now: Instant, _: u64, _: &Datagram) -> Handling {
        Handling { acts: Vec::new(), arrives: now + self.latency }
    }

    fn next(&mut self, enabled: &mut dyn Iterator<Item = Enabled>) -> Option<Enabled> {
        // What operators do is no trouble of the wire: it waits.
        let next = std::iter::from_fn(|| enabled.next()).find(|next| !matches!(next.what, Step::Clear(_)))?;
        // No bound of steps: without copies, resends alone come to an end.
        (next.at <= self.until).then_some(next)
    }
}

/// Whether a uniform draw falls below the probability.
fn chance(draw: u64, probability: f64) -> bool {
    // 53 bits are exact in an f64, and the quotient stays below 1: a chance of 1 always acts.
    const STEPS: f64 = (1_u64 << 53) as f64;
    ((draw >> 11) as f64) / STEPS < probability
}

fn random_bit(draw: u64, length: usize) -> Act {
    // A datagram without a message has no bit; the remainder needs a divisor all the same.
    let bits = (length as u64).saturating_mul(8).max(1);
    let place = draw % bits;
    Act::Flip { byte: usize::try_from(place / 8).unwrap_or(0), bit: (place % 8) as u8 }
}

/// Uniform in latency +- jitter, in whole microseconds, never below zero.
fn jittered(latency: Duration, jitter: Duration, draw: u64) -> Duration {
    let micros =
        // A quarter: the latency and twice the jitter must fit 64 bits together.
        |length: Duration| u64::try_from(length.as_micros()).unwrap_or(u64::MAX / 4).min(u64::MAX / 4);
    let (latency, jitter) = (micros(latency), micros(jitter));
    let shift = draw % (2 * jitter + 1);
    Duration::from_micros((latency + shift).saturating_sub(jitter))
}
