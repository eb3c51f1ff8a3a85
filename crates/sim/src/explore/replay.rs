//! A list of choices as a run: the same world, with its trace.

use std::collections::BTreeMap;
use std::sync::Arc;

use ike::{Event, Instant, Powers, Role};

use super::monitor::{Heard, Monitor, Property};
use super::nature::{Adversary, Tamper, tampered};
use super::node::may_succeed;
use super::{Action, Choice};
use crate::choice::{Chooser, Handling};
use crate::fault::Blame;
use crate::outcome::Outcome;
use crate::recorder::Recorder;
use crate::rule::Rules;
use crate::setup::Setup;
use crate::trace::{Actor, Datagram, Entry, EntryId, Kind, Trace};
use crate::world::{Flying, Watch, World};

/// The setup's wire without chances.
struct Wire {
    rules: Rules,
    latency: std::time::Duration,
}

impl Chooser for Wire {
    fn handling(&mut self, now: Instant, _: u64, datagram: &Datagram) -> Handling {
        let acts = self.rules.acts(datagram).unwrap_or_default();
        Handling { acts, arrives: now + self.latency }
    }
}

/// Runs a setup along a list of choices. What a choice names must be there: it is where it came from a
/// violation of the same setup; one that is not there is passed over.
pub fn replay(setup: &Setup, path: &[Action]) -> (Trace, Outcome) {
    let mut wire = Wire { rules: Rules::new(&setup.faults), latency: setup.network.latency };
    let adversary = Adversary::of(setup);
    let mut world = World::new(setup, &Powers::none(), Recorder::new(setup, Trace::new()));
    world.initiate(setup, &mut wire);
    for action in path {
        choose(&mut world, action.choice, &mut wire, &adversary);
    }
    let (now, recorder) = world.into_watch();
    let outcome = recorder.outcome(now);
    (recorder.into_trace(), outcome)
}

fn choose(world: &mut World<Recorder>, choice: Choice, wire: &mut Wire, adversary: &Adversary) {
    let Some((receiver, place)) = choice.place() else {
        if let Choice::Fire(role) = choice {
            world.fire_next(role, wire);
        }
        return;
    };
    let mut under: Vec<_> = world.in_flight.keys().filter(|(_, to, _)| *to == receiver).copied().collect();
    // By sending, as the explorer counts places.
    under.sort_by_key(|(.., sequence)| *sequence);
    let Some(key) = under.get(usize::from(place)).copied() else {
        return;
    };
    let stays = matches!(choice, Choice::Repeat(..) | Choice::Forge(..));
    let flying = if stays { world.in_flight.get(&key).cloned() } else { world.in_flight.remove(&key) };
    let Some(flying) = flying else {
        return;
    };
    // Nature may deliver the later one first, but no clock goes back.
    world.now = world.now.max(key.0);
    match choice {
        // No fault of the list took it; a trace knows only chance besides.
        Choice::Lose(..) => world.watch.lost(world.now, Blame::RandomLoss, flying.cause),
        Choice::Damage(_, _, how) | Choice::Forge(_, _, how) => {
            if let Some(datagram) = tampered(&flying.datagram, how, adversary) {
                world.deliver(receiver, Flying { datagram, ..flying }, wire);
            }
        }
        Choice::Deliver(..) | Choice::Repeat(..) | Choice::Fire(_) => world.deliver(receiver, flying, wire),
    }
}

/// The first moment of a run at which a property that is judged step by step is broken.
pub fn broken_at(setup: &Setup, trace: &Trace, property: Property) -> Option<Instant> {
    let mut monitor = Monitor::new(may_succeed(setup));
    let mut bytes: BTreeMap<Arc<[u8]>, u32> = BTreeMap::new();
    steps(trace).find_map(|(at, role, heard, events)| {
        let heard = heard.map(|datagram| {
            let next = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
            // A trace does not say what was forged: the adversary's properties cannot be judged from it.
            Heard { bytes: *bytes.entry(Arc::clone(&datagram.bytes)).or_insert(next), tamper: None::<Tamper> }
        });
        monitor.step(role, heard, &events).contains(&property).then_some(at)
    })
}

/// A trace cut into steps: what reached a side, and what its engine said to it.
fn steps(trace: &Trace) -> impl Iterator<Item = (Instant, Role, Option<&Datagram>, Vec<Event>)> {
    let mut said: BTreeMap<EntryId, Vec<Event>> = BTreeMap::new();
    for entry in trace.entries() {
        if let (Some(cause), Kind::Engine(event)) = (entry.cause, &entry.kind) {
            said.entry(cause).or_default().push(event.clone());
        }
    }
    let step = move |entry: &Entry| said.get(&entry.id).cloned();
    trace.entries().iter().filter_map(move |entry| {
        let Actor::Peer(role) = entry.actor else { return None };
        let heard = if let Kind::Arrived(datagram) = &entry.kind { Some(datagram) } else { None };
        Some((entry.at, role, heard, step(entry)?))
    })
}
