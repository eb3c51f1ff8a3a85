//! One step of one host, taken in the one [`World`] and remembered by what went into it.

use std::sync::Arc;

use ike::{Ended, Event, Instant, Role, Sides};

use super::super::monitor::Heard;
use super::{After, Left, Node, Tables};
use super::{Gram, Under, at, number};
use crate::choice::{Chooser, Handling};
use crate::host::Host;
use crate::rule::Rules;
use crate::trace::{Alteration, Datagram};
use crate::world::{Flying, Watch, World};

/// What a step comes to; it depends on nothing but its key.
pub(super) struct Stepped {
    pub(super) number: u32,
    pub(super) end: u32,
    pub(super) around: u32,
    pub(super) launched: Vec<(Role, Under)>,
    pub(super) events: Vec<Event>,
    pub(super) left: Left,
}

pub(super) type StepKey = (Role, u32, u32, u32);

/// The timer, where a datagram's number would stand.
pub(super) const TIMER: u32 = u32::MAX;

/// Hears what the engines say; nothing else is remembered.
#[derive(Default)]
pub(super) struct Listener(pub(super) Vec<Event>);

impl Watch for Listener {
    // Causes are the trace's business, which `replay` makes for the one way that is shown.
    type Entry = ();

    fn initiated(&mut self, _: Instant) {}
    fn sent(&mut self, _: Instant, _: &Datagram, (): ()) {}
    fn altered(&mut self, _: Instant, _: crate::Blame, _: Alteration, (): ()) {}
    fn lost(&mut self, _: Instant, _: crate::Blame, (): ()) {}
    fn launched(&mut self, _: &Datagram, (): ()) {}
    fn arrived(&mut self, _: Instant, _: Role, _: &Datagram, (): ()) {}
    fn timer(&mut self, _: Instant, _: Role, _: ike::TimerName) {}
    fn cleared(&mut self, _: Instant, _: Role, _: usize, _: ike::Clear, _: bool) {}
    fn said(&mut self, _: Instant, _: Role, event: Event, (): ()) {
        self.0.push(event);
    }
}

/// The wire's rules hold; chances are nature's, who decides later. Nothing takes time.
pub(super) struct Wire(pub(super) Rules);

impl Chooser for Wire {
    fn handling(&mut self, _: Instant, _: u64, datagram: &Datagram) -> Handling {
        Handling { acts: self.0.acts(datagram).unwrap_or_default(), arrives: Instant::ZERO }
    }
}

impl Tables {
    /// What became of a world in one step.
    pub(super) fn stepped(&mut self, role: Role, world: World<Listener>, wire: Wire) -> Stepped {
        let mut flying: Vec<_> = world.in_flight.into_iter().collect();
        // By sending: in what order they arrive is nature's choice.
        flying.sort_by_key(|((_, _, sequence), _)| *sequence);
        let launched = flying.into_iter().map(|((_, receiver, _), Flying { datagram, held, .. })| {
            (receiver, Under { gram: self.gram(datagram, None), held })
        });
        let launched = launched.collect();
        let end = number(&mut self.endpoints, Arc::clone(world.hosts[role].endpoint()));
        let around = number(&mut self.around, (world.path, wire.0));
        // Its place among the steps, which only grow.
        let number = u32::try_from(self.steps.len()).unwrap_or(u32::MAX);
        let events = world.watch.0;
        let left = left(role, &events);
        Stepped { number, end, around, launched, events, left }
    }

    /// Lets a datagram reach a side of a world, or its timer run out.
    pub(super) fn step(&mut self, mut node: Node, role: Role, gram: u32) -> Option<After> {
        let key = (role, node.ends[role], gram, node.around);
        // The far endpoint is no part of the key: worlds that differ there take the same step.
        if !self.steps.contains_key(&key) {
            let stepped = self.make(&node, role, gram)?;
            self.steps.insert(key, stepped);
        }
        let stepped = self.steps.get(&key)?;
        node.take(role, stepped);
        let judged = (node.monitor, stepped.number);
        if !self.judged.contains_key(&judged) {
            let mut monitor = at(&self.monitors, node.monitor)?.clone();
            let heard = at(&self.grams, gram).map(|gram| Heard {
                bytes: number(&mut self.bytes, Arc::clone(&gram.datagram.bytes)),
                tamper: gram.tamper,
            });
            let broken = monitor.step(role, heard, &stepped.events);
            self.judged.insert(judged, (number(&mut self.monitors, monitor), broken));
        }
        let (monitor, broken) = self.judged.get(&judged)?;
        node.monitor = *monitor;
        Some(After { node, broken: broken.clone(), left: stepped.left })
    }

    /// Makes a step that nobody made yet, in a world of its own.
    fn make(&mut self, node: &Node, role: Role, gram: u32) -> Option<Stepped> {
        let (path, rules) = at(&self.around, node.around)?.clone();
        let host =
            |role: Role| Some(Host::from_endpoint(role, Arc::clone(at(&self.endpoints, node.ends[role])?)));
        let hosts = Sides::new(host(Role::Initiator)?, host(Role::Responder)?);
        let (mut world, mut wire) = (World::of(hosts, path, Listener::default()), Wire(rules));
        match at(&self.grams, gram) {
            Some(Gram { datagram, .. }) => {
                // Whether it was held back is over once it arrives.
                let flying = Flying { datagram: datagram.clone(), cause: (), held: false };
                world.deliver(role, flying, &mut wire);
            }
            None => world.fire_next(role, &mut wire),
        }
        Some(self.stepped(role, world, wire))
    }
}

/// The last of these events that says where the side is left.
pub(super) fn left(role: Role, events: &[Event]) -> Left {
    events.iter().rev().find_map(|event| match event {
        Event::Entered { state, .. } => Some((role, Some(*state))),
        // A refused SA is NONE, as in an outcome.
        Event::Ended { how: Ended::Rejected | Ended::Cleared, .. } => Some((role, None)),
        Event::Ended { how: Ended::Deleted | Ended::Replaced, state, .. } => {
            Some((role, Some(*state).filter(|state| !state.is_active())))
        }
        Event::Ended { how: Ended::GaveUp, state, .. } => Some((role, Some(*state))),
        Event::NotStarted(_)
        | Event::Created { .. }
        | Event::Accepted { .. }
        | Event::Duplicate { .. }
        | Event::Chosen { .. }
        | Event::GroupFound { .. }
        | Event::NatChecked { .. }
        | Event::Floated { .. }
        | Event::Keys { .. }
        | Event::Child { .. }
        | Event::Dropped { .. }
        | Event::Refused { .. }
        | Event::NotifyReceived { .. }
        | Event::DeleteReceived { .. }
        | Event::Impaired { .. } => None,
    })
}
