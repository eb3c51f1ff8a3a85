//! One host's IKE service on UDP 500 and 4500: finds the negotiation that a datagram belongs to, hands it
//! over, and carries out what follows.

mod again;
mod child_end;
mod clear;
mod conversation;
mod deliver;
mod incoming;
mod inform;
mod quick;
mod refuse;
mod taken;
mod timers;

use std::collections::{BTreeMap, VecDeque};
use std::net::SocketAddr;
use std::sync::Arc;

use again::Again;
use clear::Orphan;
use conversation::Conversation;
use isakmp::{Cookie, CookiePair, MessageId};
use quick::Child;

use crate::config::Config;
use crate::event::{Ended, Event, Input, Label, Output, SaId, Sending, TimerName};
use crate::exchange::{Ctx, Exchange, NAT_T_PORT, Path, aggressive, main_mode};
use crate::flight::Flight;
use crate::message_name::MessageName;
use crate::powers::Powers;
use crate::profile::Schedule;
use crate::reason::Reason;
use crate::rng::Streams;
use crate::state::{Mode, Role};
use crate::time::Instant;

/// One host's IKE service. Pure: the same inputs give the same outputs, and copies are independent.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Endpoint {
    config: Arc<Config>,
    streams: Streams,
    powers: Powers,
    /// In order of creation.
    sas: Vec<Sa>,
    /// Cookies of SAs removed on our own decision, the oldest first: they earn an INVALID_COOKIE.
    removed: VecDeque<CookiePair>,
    /// Number of the next negotiation.
    next: u32,
    /// Number of the next protected Informational exchange.
    informational: u64,
    /// Number of the next Quick Mode.
    quick: u64,
    /// Attempts to come.
    again: Again,
    /// Children that outlived their SA.
    orphans: Vec<Orphan>,
}

/// A negotiation, and what it leads to.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Sa {
    id: SaId,
    role: Role,
    mode: Mode,
    cookies: CookiePair,
    path: Path,
    phase1: Conversation,
    /// The exchanges under it.
    under: BTreeMap<MessageId, Child>,
    /// Quick Modes that were refused here.
    refused: Vec<MessageId>,
    /// Quick Modes that were answered here and given up.
    given_up: Vec<MessageId>,
    /// Messages of each Quick Mode whose hash failed, where the vendor counts them.
    turns: BTreeMap<MessageId, u32>,
    /// Protected Informational exchanges so far, where the vendor counts them.
    informed: u32,
    /// When it was made.
    created: Instant,
    /// It is never sent for again, and goes at this moment.
    muted_until: Option<Instant>,
    exchange: Exchange,
}

/// Negotiations held at once, and removed cookies remembered. Beyond it a new MSG1 is dropped.
const MAX_SAS: usize = 256;

impl Endpoint {
    /// A host with this configuration. Its cookies, nonces and exponents come from `streams`; `powers`
    /// may be shared, it only saves time.
    pub fn new(config: Arc<Config>, streams: Streams, powers: Powers) -> Endpoint {
        let (sas, removed) = (Vec::new(), VecDeque::new());
        Endpoint {
            config,
            streams,
            powers,
            sas,
            removed,
            next: 0,
            informational: 0,
            quick: 0,
            again: Again::default(),
            orphans: Vec::new(),
        }
    }

    /// What it was made with.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Takes one input at virtual time `now` and returns everything that follows, in order. Network input
    /// never makes an error: it is dropped, refused or accepted, and an [`Event`] says which and why.
    pub fn handle(&mut self, now: Instant, input: Input<'_>) -> Vec<Output> {
        // As many as a message of phase 1 mostly brings.
        let mut out = Vec::with_capacity(8);
        match input {
            Input::Initiate { from, to } => {
                let path = Path { local: from, remote: to };
                self.again.path = Some(path);
                self.again.asking = self.config.asking().map(|entry| entry.sequence).collect();
                self.initiate(now, path, &mut out);
            }
            Input::Datagram { from, to, bytes } => {
                self.deliver(now, Path { local: to, remote: from }, bytes, &mut out);
            }
            Input::Timeout => self.fire(now, &mut out),
            Input::Clear(clear) => self.clear(clear, &mut out),
        }
        self.plan_another(now, &mut out);
        out
    }

    /// The next moment at which it wants an [`Input::Timeout`], and the timer's name.
    pub fn next_timeout(&self) -> Option<(Instant, TimerName)> {
        // Of two that run out together the older SA is first, so that a run depends on its inputs alone.
        let timers = self.sas.iter().filter_map(|sa| self.deadline(sa));
        timers.chain(self.child_timers()).chain(self.next_attempt()).min()
    }

    /// Begins the configured exchange with the peer at `path.remote`.
    fn initiate(&mut self, now: Instant, path: Path, out: &mut Vec<Output>) {
        if !self.config.ike_enabled {
            return out.push(Output::Event(Event::NotStarted(Reason::IkeDisabled)));
        }
        if let Some(reason) = self.config.cannot_ask() {
            return out.push(Output::Event(Event::NotStarted(reason)));
        }
        // The number is used up only by a start that succeeds: one that fails shifts no later cookie or nonce.
        let id = SaId(self.next);
        let mode = self.config.mode;
        let cookies = CookiePair { initiator: self.cookie(id), responder: Cookie::ZERO };
        let mut ctx = self.ctx(id, cookies, path);
        let (first, started) = match mode {
            Mode::Main => (MessageName::MSG1, main_mode::Initiator::start(&mut ctx)),
            Mode::Aggressive => (MessageName::AM1, aggressive::Initiator::start(&mut ctx)),
        };
        let events = ctx.events;
        match started {
            Err(reason) => out.push(Output::Event(Event::NotStarted(reason))),
            Ok((exchange, bytes)) => {
                self.next = self.next.saturating_add(1);
                let mut sa = Sa::new((id, now), Role::Initiator, mode, cookies, path, exchange);
                sa.phase1 = Conversation::opened(Flight::waiting(first, bytes, now));
                out.push(sa.created());
                out.extend(events.into_iter().map(Output::Event));
                out.push(Output::Event(Event::Entered { sa: id, state: sa.exchange.state() }));
                out.extend(sa.transmit(Sending::First));
                self.sas.push(sa);
            }
        }
    }

    fn ctx(&self, sa: SaId, cookies: CookiePair, path: Path) -> Ctx<'_> {
        let Endpoint { config, streams, powers, .. } = self;
        // The first datagram's address: a NAT may change it later, and key and identity hang on it.
        let peer = self.sas.iter().find(|known| known.id == sa).map_or(path, |known| known.path).remote.ip();
        Ctx { config, streams, powers, sa, cookies, path, peer, events: Vec::new() }
    }

    /// The cookie of negotiation `id`: never zero, from this host's own stream.
    fn cookie(&self, id: SaId) -> Cookie {
        // RFC 2408 2.5.3: made by this host alone, another one for each SA; zero stands for "not known yet".
        let mut bytes = [0; 8];
        self.streams.bytes("cookie", u64::from(id.0), &mut bytes);
        let [first, rest @ ..] = bytes;
        let [a, b, c, d, e, f, g] = rest;
        Cookie([first.max(1), a, b, c, d, e, f, g])
    }

    fn schedule(&self, sa: &Sa) -> Option<&'static Schedule> {
        let message = sa.phase1.flight.as_ref()?.message;
        self.config.profile.timers.value.schedule(message)
    }

    /// Takes a negotiation out and says how it ended.
    fn end(&mut self, id: SaId, how: Ended, out: &mut Vec<Output>) {
        let Some(position) = self.sas.iter().position(|sa| sa.id == id) else {
            return;
        };
        let sa = self.sas.remove(position);
        self.phase_1_gone(&sa);
        // Only a refusal leaves a tombstone: what ran out or was deleted, the peer has given up too.
        if how == Ended::Rejected {
            // Bounded, for a stranger can make us refuse as often as he likes.
            if self.removed.len() >= MAX_SAS {
                self.removed.pop_front();
            }
            self.removed.push_back(sa.cookies);
        }
        let state = sa.exchange.state();
        self.end_under(sa, how, out);
        out.push(Output::Event(Event::Ended { sa: id, how, state }));
    }
}

impl Sa {
    fn new(
        (id, created): (SaId, Instant),
        role: Role,
        mode: Mode,
        cookies: CookiePair,
        path: Path,
        exchange: Exchange,
    ) -> Sa {
        let (phase1, under, refused, given_up) = Default::default();
        let (turns, informed, muted_until) = (BTreeMap::new(), 0, None);
        Sa {
            id,
            role,
            mode,
            cookies,
            path,
            phase1,
            under,
            refused,
            given_up,
            turns,
            informed,
            created,
            muted_until,
            exchange,
        }
    }

    fn created(&self) -> Output {
        let Sa { id, role, mode, cookies, .. } = *self;
        Output::Event(Event::Created { sa: id, role, mode, cookies })
    }

    fn is_own_cookie(&self, cookie: Cookie) -> bool {
        let own = match self.role {
            Role::Initiator => self.cookies.initiator,
            Role::Responder => self.cookies.responder,
        };
        own == cookie
    }

    /// Sends the flight of phase 1.
    fn transmit(&self, sending: Sending) -> Option<Output> {
        self.phase1.transmit(self.id, self.path, sending)
    }
}

/// A datagram to the peer, non-ESP marker included.
fn transmit(path: Path, message: &[u8], label: Label) -> Output {
    let Path { local: from, remote: to } = path;
    // RFC 3948 2.2: on 4500 IKE stands behind four zero bytes, where ESP has its SPI, which is never zero.
    let bytes = if uses_marker(from) { [&[0; 4], message].concat() } else { message.to_vec() };
    Output::Transmit { from, to, bytes, label }
}

fn uses_marker(local: SocketAddr) -> bool {
    local.port() == NAT_T_PORT
}
