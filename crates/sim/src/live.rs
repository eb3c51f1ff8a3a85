//! One host against a peer that is not ours: the same engine, trace and outcome, while somebody else carries the
//! datagrams and reads the clock.

use std::net::SocketAddr;

use ike::{Event, Input, Instant, Label, Powers, Role, SaId, Sending, State, Streams, TimerName};
use isakmp::{Flags, Header};

use crate::host::{Effect, Host};
use crate::outcome::{Outcome, Verdict};
use crate::recorder::Recorder;
use crate::setup::Setup;
use crate::trace::{Datagram, EntryId, Trace};
use crate::world::Watch;

/// One side of a negotiation with the outside.
#[derive(Clone, Debug)]
pub struct Live {
    host: Host,
    recorder: Recorder,
}

/// How far it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// Nothing decided yet.
    Open,
    /// The SA is up on this side.
    Active,
    /// It gave up, or the SA was refused or removed.
    Over,
}

impl Live {
    /// This side of the setup, nothing sent yet.
    pub fn new(setup: &Setup, role: Role, streams: Streams, powers: Powers) -> Live {
        let host = Host::new(role, setup.hosts[role].clone(), streams, powers);
        Live { host, recorder: Recorder::new(setup, Trace::new()) }
    }

    /// Begins the negotiation; returns what to send.
    pub fn initiate(&mut self, now: Instant, from: SocketAddr, to: SocketAddr) -> Vec<Datagram> {
        let cause = self.recorder.initiated(now);
        let effects = self.host.handle(now, Input::Initiate { from, to });
        self.carry_out(now, cause, effects)
    }

    /// A datagram came; returns what to send.
    pub fn hear(&mut self, now: Instant, from: SocketAddr, to: SocketAddr, bytes: &[u8]) -> Vec<Datagram> {
        let effects = self.host.receive(now, from, to, bytes);
        let (label, role) = (label(&effects, bytes), self.host.role());
        let datagram = Datagram { from, to, bytes: bytes.into(), label, sender: role.other() };
        // The trace begins where the peer's own would: nothing is known of its sending.
        let cause = self.recorder.heard(now, role, &datagram);
        self.carry_out(now, cause, effects)
    }

    /// The moment that [`Live::next_timeout`] named has come; returns what to send.
    pub fn tick(&mut self, now: Instant) -> Vec<Datagram> {
        let Some((_, timer)) = self.host.next_timeout() else {
            return Vec::new();
        };
        let cause = self.recorder.timer(now, self.host.role(), timer);
        let effects = self.host.handle(now, Input::Timeout);
        self.carry_out(now, cause, effects)
    }

    /// When the engine next wants a [`Live::tick`].
    pub fn next_timeout(&self) -> Option<(Instant, TimerName)> {
        self.host.next_timeout()
    }

    /// How far it is.
    pub fn progress(&self) -> Progress {
        let side = &self.recorder.timeline().sides[self.host.role()];
        let active = |state: Option<State>| state.is_some_and(State::is_active);
        if side.negotiations.values().any(|one| active(one.standing.state)) {
            return Progress::Active;
        }
        let ended = side.negotiations.values().any(|one| one.ended.is_some());
        let over = ended || side.refused.is_some() || side.not_started.is_some();
        if over && self.host.next_timeout().is_none() { Progress::Over } else { Progress::Open }
    }

    /// Entries of the trace so far.
    pub fn entries(&self) -> usize {
        self.recorder.trace().entries().len()
    }

    /// What happened, and where it left this side. Of the other side nothing is known: it counts as having
    /// no SA, and `keys_match` stays open.
    pub fn finish(self, now: Instant) -> (Trace, Outcome) {
        let active = self.progress() == Progress::Active;
        let verdict = if active { Verdict::Established } else { Verdict::Stalled };
        let outcome = Outcome { verdict, ..self.recorder.outcome(now) };
        (self.recorder.into_trace(), outcome)
    }

    /// Notes everything; what is to be sent goes to the caller, who is the wire.
    fn carry_out(&mut self, now: Instant, cause: EntryId, effects: Vec<Effect>) -> Vec<Datagram> {
        let mut datagrams = Vec::new();
        for effect in effects {
            match effect {
                Effect::Said(event) => self.recorder.said(now, self.host.role(), event, cause),
                Effect::Sent(datagram) => {
                    self.recorder.sent(now, &datagram, cause);
                    datagrams.push(datagram);
                }
            }
        }
        datagrams
    }
}

/// What a foreign datagram is, as far as the engine's own words and its header tell.
fn label(effects: &[Effect], bytes: &[u8]) -> Label {
    let said = effects.iter().find_map(|effect| match effect {
        Effect::Said(event) => said(event),
        Effect::Sent(_) => None,
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
        Event::Dropped { message: None, .. }
        | Event::Refused { message: None, .. }
        | Event::NotStarted(_)
        | Event::Created { .. }
        | Event::Entered { .. }
        | Event::Chosen { .. }
        | Event::GroupFound { .. }
        | Event::NatChecked { .. }
        | Event::Floated { .. }
        | Event::Keys { .. }
        | Event::Child { .. }
        | Event::Ended { .. }
        | Event::Impaired { .. } => None,
    }
}
