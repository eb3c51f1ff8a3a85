//! One host against a peer that is not ours: the same engine, trace and outcome, while somebody else carries the
//! datagrams and reads the clock.

mod label;
mod phase2;

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use capture::Unreached;
use ike::{Config, Event, Input, Instant, Label, Powers, Role, Sending, State, Streams, TimerName};

use crate::host::{Effect, Host};
use crate::outcome::{Outcome, Phase2, Verdict};
use crate::recorder::Recorder;
use crate::setup::Setup;
use crate::timeline::{Negotiation, Side};
use crate::trace::{Datagram, Entry, EntryId, Kind, Trace};
use crate::world::Watch;
use label::label;

/// Bytes of the trace that datagrams which change nothing may take: more of them are heard, and counted alone.
const MAX_NOISE: usize = 256 << 10;
/// What one holds besides what came and went: endpoint, tally, vectors.
const OWN_BYTES: usize = 4 << 10;
/// A datagram that was accepted is held by the trace, as the bytes by which its repetition is known, and in parts by the
/// exchange.
const COPIES: usize = 3;

/// One side of a negotiation with the outside.
#[derive(Clone, Debug)]
pub struct Live {
    host: Host,
    recorder: Recorder,
    /// A peer that never answered is not sent for again.
    once_unanswered: bool,
    noise: usize,
    unrecorded: u64,
    bytes: usize,
    /// Children that this side wants; `None`: phase 1 alone.
    children: Option<usize>,
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
        Live::configured(setup, role, Arc::new(setup.hosts[role].clone()), streams, powers)
    }

    /// The same, with a configuration that many share.
    pub(crate) fn configured(
        setup: &Setup,
        role: Role,
        config: Arc<Config>,
        streams: Streams,
        powers: Powers,
    ) -> Live {
        let children = phase2::wanted(&config, role);
        let host = Host::new(role, config, streams, powers);
        let recorder = Recorder::new(setup, Trace::new());
        Live { host, recorder, once_unanswered: false, noise: 0, unrecorded: 0, bytes: OWN_BYTES, children }
    }

    /// Resends nothing to a peer that sent one message and no more: its address may be forged.
    #[must_use]
    pub fn once_unanswered(self) -> Live {
        Live { once_unanswered: true, ..self }
    }

    /// Begins the negotiation; returns what to send.
    pub fn initiate(&mut self, now: Instant, from: SocketAddr, to: SocketAddr) -> Vec<Datagram> {
        let cause = self.recorder.initiated(now);
        let effects = self.host.handle(now, Input::Initiate { from, to });
        self.carry_out(now, cause, effects)
    }

    /// A datagram came; returns what to send.
    pub fn hear(&mut self, now: Instant, from: SocketAddr, to: SocketAddr, bytes: &[u8]) -> Vec<Datagram> {
        // The engine first: only its words tell what a stranger's datagram is.
        let effects = self.host.receive(now, from, to, bytes);
        if effects.iter().all(is_noise) && !self.records(bytes.len()) {
            // Not noted, but answered: a peer that repeats itself may have missed the answer.
            return effects.into_iter().filter_map(sent).collect();
        }
        self.bytes = self.bytes.saturating_add(bytes.len().saturating_mul(COPIES));
        let (label, role) = (label(&effects, bytes), self.host.role());
        let datagram = Datagram { from, to, bytes: bytes.into(), label, sender: role.other() };
        // The trace begins where the peer's own would: nothing is known of its sending.
        let cause = self.recorder.heard(now, role, &datagram);
        self.carry_out(now, cause, effects)
    }

    /// ICMP says that a datagram to `to`, which begins with `quoted`, did not get there. It is noted, and no more: anybody
    /// can say so. What was never sent is nobody's.
    pub fn unreached(&mut self, now: Instant, to: SocketAddr, quoted: &[u8], what: Unreached, by: IpAddr) {
        let is_it = |entry: &&Entry| {
            matches!(&entry.kind, Kind::Sent(sent)
                if sent.to == to && !quoted.is_empty() && sent.bytes.starts_with(quoted))
        };
        // The last one: a resend has the same bytes. An empty quote would fit anything.
        let sent = self.recorder.trace().entries().iter().rfind(is_it).map(|entry| entry.id);
        // Anybody can send ICMP: it counts as noise.
        if let Some(sent) = sent.filter(|_| self.records(0)) {
            self.recorder.unreached(now, self.host.role(), sent, what, by);
        }
    }

    /// Whether there is room for a datagram that changes nothing.
    fn records(&mut self, length: usize) -> bool {
        let after = self.noise.saturating_add(length).saturating_add(size_of::<Entry>());
        let room = after <= MAX_NOISE;
        if room {
            self.noise = after;
        } else {
            self.unrecorded = self.unrecorded.saturating_add(1);
        }
        room
    }

    /// The moment that [`Live::next_timeout`] named has come; returns what to send.
    pub fn tick(&mut self, now: Instant) -> Vec<Datagram> {
        let Some((_, timer)) = self.host.next_timeout() else {
            return Vec::new();
        };
        let cause = self.recorder.timer(now, self.host.role(), timer);
        let mut effects = self.host.handle(now, Input::Timeout);
        if self.once_unanswered && !self.is_answered() {
            // The engine is not told: its schedule, and when it gives up, stay the profile's.
            effects.retain(|effect| !is_resend(effect));
        }
        self.carry_out(now, cause, effects)
    }

    /// When the engine next wants a [`Live::tick`].
    pub fn next_timeout(&self) -> Option<(Instant, TimerName)> {
        self.host.next_timeout()
    }

    /// How far it is.
    pub fn progress(&self) -> Progress {
        let side = &self.recorder.timeline().sides[self.host.role()];
        if is_up(side) {
            match self.children {
                None => return Progress::Active,
                Some(asked) => return phase2::progress(side, asked),
            }
        }
        let ended = side.negotiations.values().any(|one| one.ended.is_some());
        let over = ended || side.refused.is_some() || side.not_started.is_some();
        // A timer that is armed belongs to another negotiation of the same peer, which goes on.
        if over && self.host.next_timeout().is_none() { Progress::Over } else { Progress::Open }
    }

    /// What happened so far.
    pub fn trace(&self) -> &Trace {
        self.recorder.trace()
    }

    /// Datagrams that changed nothing and that the trace had no room for.
    pub fn unrecorded(&self) -> u64 {
        self.unrecorded
    }

    /// The peer's second message was accepted: it has what was sent to its address.
    pub fn is_answered(&self) -> bool {
        let side = &self.recorder.timeline().sides[self.host.role()];
        // Messages 1 and 2 show nothing: anybody can send a first one under any address.
        side.negotiations.values().any(|one| one.received.iter().any(|name| name.number() > 2))
    }

    /// The negotiation that got furthest.
    pub(crate) fn furthest(&self) -> Option<&Negotiation> {
        self.recorder.timeline().sides[self.host.role()].furthest()
    }

    /// It refused to make a negotiation.
    pub(crate) fn has_refused(&self) -> bool {
        self.recorder.timeline().sides[self.host.role()].refused.is_some()
    }

    /// Bytes that it holds, estimated from above.
    pub(crate) fn bytes(&self) -> usize {
        // Vectors grow by doubling.
        let entries = self.trace().entries().len().saturating_mul(2 * size_of::<Entry>());
        self.bytes.saturating_add(entries)
    }

    /// What happened, and where it left this side. Of the other side nothing is known: it counts as having
    /// no SA, and `keys_match` stays open.
    pub fn finish(self, now: Instant) -> (Trace, Outcome) {
        let passes = self.progress() == Progress::Active;
        let side = &self.recorder.timeline().sides[self.host.role()];
        // Phase 1's own: what fails behind it is `passage`.
        let came_up = passes || (self.children.is_some() && phase2::came_up(side));
        let verdict = if came_up { Verdict::Established } else { Verdict::Stalled };
        let mut outcome = Outcome { verdict, ..self.recorder.outcome(now) };
        outcome.phase_2 = self.children.map(|_| {
            let passage = phase2::passage(self.recorder.trace(), side, self.host.config(), passes);
            Phase2::seen_by(self.recorder.timeline(), self.host.role(), passage, now)
        });
        (self.recorder.into_trace(), outcome)
    }

    /// Notes everything; what is to be sent goes to the caller, who is the wire.
    fn carry_out(&mut self, now: Instant, cause: EntryId, effects: Vec<Effect>) -> Vec<Datagram> {
        let mut datagrams = Vec::new();
        for effect in effects {
            match effect {
                Effect::Said(event) => self.recorder.said(now, self.host.role(), event, cause),
                Effect::Sent(datagram) => {
                    self.bytes = self.bytes.saturating_add(datagram.bytes.len().saturating_mul(COPIES));
                    self.recorder.sent(now, &datagram, cause);
                    datagrams.push(datagram);
                }
            }
        }
        datagrams
    }
}

/// Phase 1 is up.
fn is_up(side: &Side) -> bool {
    side.negotiations.values().any(|one| one.standing.state.is_some_and(State::is_active))
}

/// It leaves everything as it was.
fn is_noise(effect: &Effect) -> bool {
    match effect {
        // What answers a repetition was sent before.
        Effect::Sent(_) => true,
        Effect::Said(event) => matches!(
            event,
            Event::Dropped { .. }
                | Event::Duplicate { .. }
                // With an SA, a refusal may have ended it.
                | Event::Refused { sa: None, .. }
                | Event::NotifyReceived { obeyed: false, .. }
        ),
    }
}

fn is_resend(effect: &Effect) -> bool {
    matches!(effect, Effect::Sent(Datagram { label: Label::Message { sending: Sending::Resend(_), .. }, .. }))
}

fn sent(effect: Effect) -> Option<Datagram> {
    match effect {
        Effect::Sent(datagram) => Some(datagram),
        Effect::Said(_) => None,
    }
}
