//! One endpoint against a peer that is not ours: the same engine, trace and outcome, while somebody else
//! carries the datagrams and reads the clock.

use std::net::SocketAddr;
use std::sync::Arc;

use ike::{
    Endpoint, Event, Input, Instant, Label, Output, Powers, Role, SaId, Sending, State, Streams, TimerName,
};
use isakmp::{Flags, Header};

use crate::outcome::{Outcome, Verdict};
use crate::scenario::Scenario;
use crate::tally::Tally;
use crate::trace::{Actor, Datagram, EntryId, Kind, Trace};

/// One side of a negotiation with the outside.
#[derive(Clone, Debug)]
pub struct Live {
    role: Role,
    endpoint: Endpoint,
    trace: Trace,
    tally: Tally,
    active: bool,
    over: bool,
}

/// How far it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Nothing decided yet.
    Open,
    /// The SA is up on this side.
    Active,
    /// It gave up, or the SA was refused or removed.
    Over,
}

impl Live {
    /// This side of the scenario, nothing sent yet.
    pub fn new(scenario: &Scenario, role: Role, streams: Streams, powers: Powers) -> Live {
        let endpoint = Endpoint::new(Arc::new(scenario.hosts[role].clone()), streams, powers);
        let (trace, tally) = (Trace::new(), Tally::new(scenario));
        Live { role, endpoint, trace, tally, active: false, over: false }
    }

    /// Begins the negotiation; returns what to send.
    pub fn initiate(&mut self, now: Instant, from: SocketAddr, to: SocketAddr) -> Vec<Datagram> {
        let cause = self.trace.push(now, Actor::Peer(self.role), None, || Kind::Initiated);
        let outputs = self.endpoint.handle(now, Input::Initiate { from, to });
        self.carry_out(now, cause, outputs)
    }

    /// A datagram came; returns what to send.
    pub fn hear(&mut self, now: Instant, from: SocketAddr, to: SocketAddr, bytes: &[u8]) -> Vec<Datagram> {
        let outputs = self.endpoint.handle(now, Input::Datagram { from, to, bytes });
        let label = label(&outputs, bytes);
        let datagram = Datagram { from, to, bytes: bytes.into(), label, sender: self.role.other() };
        let cause = self.trace.push(now, Actor::Peer(self.role), None, || Kind::Arrived(datagram));
        self.carry_out(now, cause, outputs)
    }

    /// The moment that [`Live::next_timeout`] named has come; returns what to send.
    pub fn tick(&mut self, now: Instant) -> Vec<Datagram> {
        let Some((_, timer)) = self.endpoint.next_timeout() else {
            return Vec::new();
        };
        let cause = self.trace.push(now, Actor::Peer(self.role), None, || Kind::Timer(timer));
        let outputs = self.endpoint.handle(now, Input::Timeout);
        self.carry_out(now, cause, outputs)
    }

    /// When the engine next wants a [`Live::tick`].
    pub fn next_timeout(&self) -> Option<(Instant, TimerName)> {
        self.endpoint.next_timeout()
    }

    /// How far it is.
    pub fn standing(&self) -> Standing {
        match (self.active, self.over && self.endpoint.next_timeout().is_none()) {
            (true, _) => Standing::Active,
            (false, true) => Standing::Over,
            (false, false) => Standing::Open,
        }
    }

    /// Entries of the trace so far.
    pub fn entries(&self) -> usize {
        self.trace.entries().len()
    }

    /// What happened, and where it left this side. Of the other side nothing is known: it counts as having
    /// no SA, and `keys_match` stays open.
    pub fn finish(self, now: Instant) -> (Trace, Outcome) {
        let verdict = if self.active { Verdict::Established } else { Verdict::Stalled };
        let outcome = self.tally.outcome(now);
        (self.trace, Outcome { verdict, ..outcome })
    }

    fn carry_out(&mut self, now: Instant, cause: EntryId, outputs: Vec<Output>) -> Vec<Datagram> {
        let mut datagrams = Vec::new();
        let actor = Actor::Peer(self.role);
        for output in outputs {
            match output {
                Output::Event(event) => {
                    self.note(&event);
                    self.tally.event(self.role, now, &event);
                    self.trace.push(now, actor, Some(cause), || Kind::Engine(event));
                }
                Output::Transmit { from, to, bytes, label } => {
                    let datagram = Datagram { from, to, bytes: bytes.into(), label, sender: self.role };
                    self.tally.sent(self.role, &label);
                    self.trace.push(now, actor, Some(cause), || Kind::Sent(datagram.clone()));
                    datagrams.push(datagram);
                }
            }
        }
        datagrams
    }

    fn note(&mut self, event: &Event) {
        match event {
            Event::Entered { state, .. } if State::is_active(*state) => self.active = true,
            Event::Ended { state, .. } => {
                self.active &= !state.is_active();
                self.over = true;
            }
            Event::NotStarted(_) | Event::Refused { .. } => self.over = true,
            _ => {}
        }
    }
}

/// What a foreign datagram is, as far as the engine's own words and its header tell.
fn label(outputs: &[Output], bytes: &[u8]) -> Label {
    let said = outputs.iter().find_map(|output| match output {
        Output::Event(event) => said(event),
        Output::Transmit { .. } => None,
    });
    // A cookie is never zero, so four zero bytes are the non-ESP marker (RFC 3948 section 2.2).
    let message = bytes.strip_prefix(&[0; 4]).unwrap_or(bytes);
    let header = Header::decode(message).ok();
    said.unwrap_or(Label::Foreign {
        exchange: header.as_ref().map(|header| header.exchange),
        encrypted: header.is_some_and(|header| header.flags.contains(Flags::ENCRYPTION)),
    })
}

/// What an event calls the datagram that brought it about.
fn said(event: &Event) -> Option<Label> {
    let message = |sa, name| Some(Label::Message { sa, name, sending: Sending::First });
    match event {
        Event::Accepted { sa, message: name } | Event::Duplicate { sa, message: name, .. } => {
            message(*sa, *name)
        }
        Event::Dropped { sa, message: Some(name), .. } | Event::Refused { sa, message: Some(name), .. } => {
            // Refused before it had a negotiation, it would have begun the first.
            message(sa.unwrap_or(SaId(0)), *name)
        }
        Event::NotifyReceived { sa, notify, protected, .. } => {
            Some(Label::Notify { sa: *sa, notify: *notify, protected: *protected })
        }
        Event::DeleteReceived { sa } => Some(Label::Delete { sa: Some(*sa) }),
        _ => None,
    }
}
