//! The world: two hosts, the datagrams in flight, and a virtual clock that jumps to the next event.
//!
//! Runs, counterfactuals and the explorer are this one world under different choosers ([`crate::choice`]); who
//! watches it ([`Watch`]) decides what is remembered.

mod clearing;
mod travel;
mod watch;

use std::collections::BTreeMap;
use std::net::SocketAddr;

use ike::{Input, Instant, Powers, Role, Sides, Streams};

use crate::choice::{Chooser, Enabled, Step};
use crate::host::{Effect, Host};
use crate::path::Path;
use crate::setup::Setup;
use crate::trace::Datagram;

use clearing::Clearings;
pub use watch::Watch;

/// The port IKE starts on (RFC 2408 section 2.5.1).
const IKE_PORT: u16 = 500;

/// Two hosts and everything between them.
#[derive(Clone, Debug)]
pub struct World<W: Watch> {
    pub(crate) now: Instant,
    pub(crate) hosts: Sides<Host>,
    pub(crate) path: Path,
    clearings: Clearings,
    pub(crate) in_flight: InFlight<W::Entry>,
    /// Datagrams that each host has sent so far.
    sent: Sides<u64>,
    next_sequence: u64,
    pub(crate) watch: W,
}

/// Datagrams under way, in the order in which they arrive where nothing else is chosen.
pub(crate) type InFlight<E> = BTreeMap<(Instant, Role, u64), Flying<E>>;

/// A datagram under way.
#[derive(Clone, Debug)]
pub(crate) struct Flying<E> {
    pub datagram: Datagram,
    pub cause: E,
    /// The wire holds it back: what was sent later may pass it.
    pub held: bool,
}

impl<W: Watch> World<W> {
    /// The hosts of a setup, configured, nothing sent yet.
    pub fn new(setup: &Setup, powers: &Powers, watch: W) -> World<W> {
        let host = |role: Role| {
            // Streams for each side: what one draws more shifts no byte of the other's.
            let streams = Streams::new(setup.seed, role.name());
            Host::new(role, setup.hosts[role].clone(), streams, powers.clone())
        };
        let world = World::of(Sides::from_fn(host), Path::new(setup), watch);
        World { clearings: Clearings::new(&setup.faults), ..world }
    }

    /// These hosts with this between them, nothing under way.
    pub(crate) fn of(hosts: Sides<Host>, path: Path, watch: W) -> World<W> {
        let (in_flight, sent) = (BTreeMap::new(), Sides::new(0, 0));
        let clearings = Clearings::default();
        World { now: Instant::ZERO, hosts, path, clearings, in_flight, sent, next_sequence: 0, watch }
    }

    /// Traffic asks the initiator for a tunnel with `peer`, as its configuration says.
    pub fn initiate(&mut self, setup: &Setup, chooser: &mut dyn Chooser) {
        let config = &setup.hosts.initiator;
        let [from, to] = [config.address, config.peer].map(|ip| SocketAddr::new(ip, IKE_PORT));
        let cause = self.watch.initiated(self.now);
        let effects = self.hosts.initiator.handle(self.now, Input::Initiate { from, to });
        self.carry_out(Role::Initiator, cause, effects, chooser);
    }

    /// Who watches it.
    pub fn watch(&self) -> &W {
        &self.watch
    }

    /// The clock, and who watched.
    pub fn into_watch(self) -> (Instant, W) {
        (self.now, self.watch)
    }

    /// The moment of the clock.
    pub fn now(&self) -> Instant {
        self.now
    }

    /// Everything that can happen now, the earliest first.
    pub fn enabled(&self) -> impl Iterator<Item = Enabled> {
        let deliveries = self
            .in_flight
            .keys()
            .map(|(at, receiver, sequence)| Enabled { at: *at, what: Step::Deliver(*receiver, *sequence) });
        let mut deliveries = deliveries.peekable();
        let timer = |role: Role| {
            let (at, _) = self.hosts[role].next_timeout()?;
            Some(Enabled { at, what: Step::Fire(role) })
        };
        let mut timers = Role::BOTH.map(timer);
        timers.sort();
        let mut timers = timers.into_iter().flatten().peekable();
        let mut clearings: Vec<Enabled> = self.clearings.enabled().collect();
        clearings.sort();
        let mut clearings = clearings.into_iter().peekable();
        // Merged one by one: a run takes the first and asks anew.
        std::iter::from_fn(move || {
            let firsts = [deliveries.peek(), timers.peek(), clearings.peek()];
            match firsts.into_iter().flatten().min()?.what {
                Step::Deliver(..) => deliveries.next(),
                Step::Fire(_) => timers.next(),
                Step::Clear(_) => clearings.next(),
            }
        })
    }

    /// Lets the next thing happen that the chooser wants. False: nothing can, or it wants none.
    pub fn step(&mut self, chooser: &mut dyn Chooser) -> bool {
        let Some(next) = chooser.next(&mut self.enabled()) else {
            return false;
        };
        self.happen(next, chooser);
        true
    }

    /// Lets this happen; what is not enabled does nothing.
    pub fn happen(&mut self, Enabled { at, what }: Enabled, chooser: &mut dyn Chooser) {
        self.now = at;
        match what {
            Step::Deliver(receiver, sequence) => {
                if let Some(flying) = self.in_flight.remove(&(at, receiver, sequence)) {
                    self.deliver(receiver, flying, chooser);
                }
            }
            Step::Fire(role) => self.fire(role, chooser),
            Step::Clear(fault) => self.clear(fault, chooser),
        }
    }

    /// Hands a datagram to its receiver, if the path's end lets it through.
    pub(crate) fn deliver(
        &mut self,
        receiver: Role,
        Flying { mut datagram, mut cause, .. }: Flying<W::Entry>,
        chooser: &mut dyn Chooser,
    ) {
        let now = self.now;
        // Asked at arrival: it may have been up when this was sent.
        if let Some(by) = self.path.receiver_down(receiver, now) {
            return self.watch.lost(now, by, cause);
        }
        match self.path.translate_in(receiver, datagram.to) {
            Err(by) => return self.watch.lost(now, by, cause),
            Ok(None) => {}
            Ok(Some(translated)) => {
                datagram.to = translated.after;
                cause = self.translated(&translated, cause);
            }
        }
        let cause = self.watch.arrived(now, receiver, &datagram, cause);
        let effects = self.hosts[receiver].receive(now, datagram.from, datagram.to, &datagram.bytes);
        self.carry_out(receiver, cause, effects, chooser);
    }

    /// Lets the next timer of a host run out, at the moment that it waits for.
    pub(crate) fn fire_next(&mut self, role: Role, chooser: &mut dyn Chooser) {
        if let Some((at, _)) = self.hosts[role].next_timeout() {
            // Where a chooser let something later happen first, the clock stays there.
            self.now = self.now.max(at);
            self.fire(role, chooser);
        }
    }

    fn fire(&mut self, role: Role, chooser: &mut dyn Chooser) {
        let Some((_, timer)) = self.hosts[role].next_timeout() else {
            return;
        };
        let cause = self.watch.timer(self.now, role, timer);
        let effects = self.hosts[role].handle(self.now, Input::Timeout);
        self.carry_out(role, cause, effects, chooser);
    }

    fn carry_out(&mut self, role: Role, cause: W::Entry, effects: Vec<Effect>, chooser: &mut dyn Chooser) {
        for effect in effects {
            match effect {
                Effect::Said(event) => self.watch.said(self.now, role, event, cause),
                Effect::Sent(datagram) => self.transmit(datagram, cause, chooser),
            }
        }
    }
}
