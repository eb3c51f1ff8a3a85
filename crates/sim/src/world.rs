//! The world: two endpoints, the datagrams in flight, and a virtual clock that jumps to the next event.

use std::net::SocketAddr;
use std::sync::Arc;

use ike::{Endpoint, Event, Input, Instant, Output, Powers, Role, Streams};

use crate::choice::{Act, Chooser, Verdict};
use crate::fault::Blame;
use crate::link::Link;
use crate::outcome::Outcome;
use crate::scenario::Scenario;
use crate::tally::Tally;
use crate::trace::{Actor, Alteration, Datagram, EntryId, Kind, Trace};

/// The port IKE starts on (RFC 2408 section 2.5.1).
const IKE_PORT: u16 = 500;

/// Two peers and everything between them.
#[derive(Clone, Debug)]
pub struct World {
    now: Instant,
    initiator: Endpoint,
    responder: Endpoint,
    link: Link,
    /// Not sorted: few at a time.
    in_flight: Vec<Flying>,
    /// Datagrams sent so far by each peer.
    sent: [u64; 2],
    next_sequence: u64,
    trace: Trace,
    tally: Tally,
}

/// A datagram under way.
#[derive(Clone, Debug)]
struct Flying {
    due: Instant,
    receiver: Role,
    sequence: u64,
    datagram: Datagram,
    cause: EntryId,
}

/// What comes next; the order of the variants is the order at one instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Next {
    Delivery(Role, u64),
    Timer(Role),
}

impl World {
    /// The peers of a scenario, configured, nothing sent yet.
    pub fn new(scenario: &Scenario, powers: &Powers, trace: Trace) -> World {
        let endpoint = |role: Role| {
            let config = Arc::new(scenario.hosts[role].clone());
            Endpoint::new(config, Streams::new(scenario.seed, role.name()), powers.clone())
        };
        let mut world = World {
            now: Instant::ZERO,
            initiator: endpoint(Role::Initiator),
            responder: endpoint(Role::Responder),
            link: Link::new(scenario),
            in_flight: Vec::new(),
            sent: [0, 0],
            next_sequence: 0,
            trace,
            tally: Tally::new(scenario),
        };
        for (fault, changes) in &scenario.edits {
            world.trace.push(Instant::ZERO, Actor::Operator, None, || Kind::Edited {
                fault: *fault,
                changes: changes.clone(),
            });
        }
        world
    }

    /// Traffic asks the initiator for a tunnel.
    pub fn initiate(&mut self, scenario: &Scenario, chooser: &mut dyn Chooser) {
        let cause = self.trace.push(self.now, Actor::Peer(Role::Initiator), None, || Kind::Initiated);
        let from = SocketAddr::new(scenario.hosts.initiator.address, IKE_PORT);
        let to = SocketAddr::new(scenario.hosts.initiator.peer, IKE_PORT);
        let outputs = self.initiator.handle(self.now, Input::Initiate { from, to });
        self.carry_out(Role::Initiator, cause, outputs, chooser);
    }

    /// The moment of the next event; `None`: nothing is pending.
    pub fn next_at(&self) -> Option<Instant> {
        self.next().map(|(at, _)| at)
    }

    /// Lets the next event happen. False: nothing was pending.
    pub fn step(&mut self, chooser: &mut dyn Chooser) -> bool {
        let Some((at, next)) = self.next() else {
            return false;
        };
        self.now = at;
        match next {
            Next::Delivery(_, sequence) => self.deliver(sequence, chooser),
            Next::Timer(role) => self.fire(role, chooser),
        }
        true
    }

    /// What happened so far.
    pub fn trace(&self) -> &Trace {
        &self.trace
    }

    /// Where both peers stand now.
    pub fn outcome(&self) -> Outcome {
        self.tally.clone().outcome(self.now)
    }

    /// Trace and tally, at the end of a run.
    pub(crate) fn finish(self) -> (Trace, Tally, Instant) {
        (self.trace, self.tally, self.now)
    }

    /// At one instant deliveries come before timers, and the initiator comes first.
    fn next(&self) -> Option<(Instant, Next)> {
        let deliveries = self.in_flight.iter().map(|f| (f.due, Next::Delivery(f.receiver, f.sequence)));
        let timers = Role::BOTH.into_iter();
        let timers =
            timers.filter_map(|role| Some((self.endpoint(role).next_timeout()?.0, Next::Timer(role))));
        deliveries.chain(timers).min()
    }

    fn endpoint(&self, role: Role) -> &Endpoint {
        match role {
            Role::Initiator => &self.initiator,
            Role::Responder => &self.responder,
        }
    }

    fn endpoint_mut(&mut self, role: Role) -> &mut Endpoint {
        match role {
            Role::Initiator => &mut self.initiator,
            Role::Responder => &mut self.responder,
        }
    }

    fn deliver(&mut self, sequence: u64, chooser: &mut dyn Chooser) {
        let Some(position) = self.in_flight.iter().position(|flying| flying.sequence == sequence) else {
            return;
        };
        let Flying { receiver, mut datagram, mut cause, .. } = self.in_flight.swap_remove(position);
        if let Some(by) = self.link.receiver_down(receiver, self.now) {
            return self.lose(by, cause);
        }
        match self.link.translate_in(receiver, datagram.to) {
            Err(by) => return self.lose(by, cause),
            Ok(None) => {}
            Ok(Some(translated)) => {
                datagram.to = translated.after;
                let how = Alteration::Translated { before: translated.before, after: translated.after };
                cause = self.alter(translated.by, how, cause);
            }
        }
        let cause =
            self.trace.push(self.now, Actor::Peer(receiver), Some(cause), || Kind::Arrived(datagram.clone()));
        let (now, Datagram { from, to, bytes, .. }) = (self.now, &datagram);
        let input = Input::Datagram { from: *from, to: *to, bytes };
        let outputs = self.endpoint_mut(receiver).handle(now, input);
        self.carry_out(receiver, cause, outputs, chooser);
    }

    fn fire(&mut self, role: Role, chooser: &mut dyn Chooser) {
        let Some((_, timer)) = self.endpoint(role).next_timeout() else {
            return;
        };
        let cause = self.trace.push(self.now, Actor::Peer(role), None, || Kind::Timer(timer));
        let now = self.now;
        let outputs = self.endpoint_mut(role).handle(now, Input::Timeout);
        self.carry_out(role, cause, outputs, chooser);
    }

    fn carry_out(&mut self, role: Role, cause: EntryId, outputs: Vec<Output>, chooser: &mut dyn Chooser) {
        for output in outputs {
            match output {
                Output::Event(event) => self.explain(role, cause, event),
                Output::Transmit { from, to, bytes, label } => {
                    let datagram = Datagram { from, to, bytes: bytes.into(), label, sender: role };
                    self.transmit(datagram, cause, chooser);
                }
            }
        }
    }

    fn explain(&mut self, role: Role, cause: EntryId, event: Event) {
        self.tally.event(role, self.now, &event);
        self.trace.push(self.now, Actor::Peer(role), Some(cause), || Kind::Engine(event));
    }

    /// Sends a datagram: out of its NAT, past the path's conditions, then onto the wire.
    fn transmit(&mut self, mut datagram: Datagram, cause: EntryId, chooser: &mut dyn Chooser) {
        let sender = datagram.sender;
        self.tally.sent(sender, &datagram.label);
        let actor = Actor::Peer(sender);
        let mut cause = self.trace.push(self.now, actor, Some(cause), || Kind::Sent(datagram.clone()));
        let nth = self.count(sender);
        if let Some(translated) = self.link.translate_out(sender, datagram.from) {
            datagram.from = translated.after;
            let how = Alteration::Translated { before: translated.before, after: translated.after };
            cause = self.alter(translated.by, how, cause);
        }
        if let Some(by) = self.link.obstacle(sender, self.now, datagram.from, datagram.to) {
            return self.lose(by, cause);
        }
        match self.link.host(datagram.to.ip()) {
            None => self.lose(Blame::NoHost, cause),
            // Only now: a datagram that the path lost must not use up a rule's `times`.
            Some(receiver) => {
                let verdict = chooser.verdict(nth, &datagram);
                self.travel(receiver, datagram, verdict, cause);
            }
        }
    }

    /// How many datagrams this peer had sent before.
    fn count(&mut self, sender: Role) -> u64 {
        let [initiator, responder] = &mut self.sent;
        let counter = match sender {
            Role::Initiator => initiator,
            Role::Responder => responder,
        };
        let nth = *counter;
        *counter += 1;
        nth
    }

    /// Carries out the verdict of the wire.
    fn travel(&mut self, receiver: Role, mut datagram: Datagram, verdict: Verdict, mut cause: EntryId) {
        let mut due = self.now + verdict.travel;
        let mut copies = Vec::new();
        for (by, act) in verdict.acts {
            match act {
                Act::Lose => return self.lose(by, cause),
                Act::Hold(hold) => {
                    due = due + hold;
                    cause = self.alter(by, Alteration::Delayed(hold), cause);
                }
                Act::Repeat(after) => {
                    let cause = self.alter(by, Alteration::Duplicated(after), cause);
                    copies.push((after, cause));
                }
                Act::Flip { byte, bit } => {
                    datagram.bytes = datagram.with_message(|message| flip(message, byte, bit));
                    cause = self.alter(by, Alteration::Corrupted { byte, bit }, cause);
                }
                Act::Cut(length) => {
                    datagram.bytes = datagram.with_message(|message| message.truncate(length));
                    cause = self.alter(by, Alteration::Truncated(length), cause);
                }
            }
        }
        self.launch(due, receiver, datagram.clone(), cause);
        for (after, cause) in copies {
            self.launch(due + after, receiver, datagram.clone(), cause);
        }
    }

    fn launch(&mut self, due: Instant, receiver: Role, datagram: Datagram, cause: EntryId) {
        let sequence = self.next_sequence;
        self.next_sequence += 1;
        self.in_flight.push(Flying { due, receiver, sequence, datagram, cause });
    }

    fn lose(&mut self, by: Blame, cause: EntryId) {
        self.tally.fired(by);
        self.trace.push(self.now, Actor::Network, Some(cause), || Kind::Lost { by });
    }

    fn alter(&mut self, by: Blame, how: Alteration, cause: EntryId) -> EntryId {
        self.tally.fired(by);
        self.trace.push(self.now, Actor::Network, Some(cause), || Kind::Altered { by, how })
    }
}

impl Datagram {
    /// The ISAKMP message in it, behind the non-ESP marker on port 4500.
    pub fn message(&self) -> &[u8] {
        self.bytes.get(self.marker()..).unwrap_or_default()
    }

    fn marker(&self) -> usize {
        // An initiator cookie is never zero, so four zero bytes can only be the marker.
        if self.bytes.starts_with(&[0; 4]) { 4 } else { 0 }
    }

    /// The payload after a change to the ISAKMP message in it.
    fn with_message(&self, change: impl FnOnce(&mut Vec<u8>)) -> Arc<[u8]> {
        let mut message = self.message().to_vec();
        change(&mut message);
        let marker = self.bytes.get(..self.marker()).unwrap_or_default();
        [marker, &message].concat().into()
    }
}

fn flip(message: &mut [u8], byte: usize, bit: u8) {
    if let Some(byte) = message.get_mut(byte) {
        *byte ^= 1_u8.checked_shl(u32::from(bit)).unwrap_or(0);
    }
}
