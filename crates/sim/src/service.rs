//! A responder that serves one negotiation after another, several at once: each is a [`Live`] of its own, found by address
//! and cookie. Anybody can send a first message, under any address, so that what is held for callers who never answered is
//! bounded in bytes, and what goes beyond the bound goes at random.

mod call;
mod held;

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use ike::{Config, Instant, Powers, Role, Streams};
use isakmp::{Cookie, CookiePair, Header};

use crate::live::{Live, Progress};
use crate::setup::Setup;
use crate::trace::Datagram;
use call::{Call, Held};
use held::{Calls, Number};

/// How long a negotiation that is over is waited with before it is reported: its last message may have been lost.
const LINGER: Duration = Duration::from_secs(1);
/// How long after that its repetitions are still known: the longest wait of a profile's resends.
const REST: Duration = Duration::from_secs(64);
/// Bytes of one negotiation; what comes beyond them is not heard.
const MAX_CALL: usize = 2 << 20;
/// Callers without an answer, and strays a minute, that are told of; more are counted.
const MAX_TOLD: u32 = 64;
const MINUTE: Duration = Duration::from_secs(60);

/// Bytes that a service holds unless told otherwise: 64 MB.
pub const MAX_BYTES: usize = 64_000_000;

/// Who calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Caller {
    /// Its number, from 0 in the order of first messages.
    pub number: u64,
    /// Whence its first message came.
    pub address: SocketAddr,
    /// When it called; its own trace begins there, at zero.
    pub began: Instant,
}

/// Is told what happens at a service.
pub trait Witness {
    /// A negotiation went on: its trace has more entries, from `since` on.
    fn went_on(&mut self, caller: Caller, live: &Live, since: usize);
    /// It is over, or the service is: this long after the call.
    fn over(&mut self, caller: Caller, live: &Live, at: Instant);
    /// A datagram came that belongs to no negotiation and makes none. `live` heard nothing else.
    fn stray(&mut self, at: Instant, from: SocketAddr, live: &Live);
}

/// What a service counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Datagrams heard.
    pub datagrams: u64,
    /// Negotiations that came up.
    pub up: u64,
    /// Negotiations that did not, told or not.
    pub failed: u64,
    /// Of the failed ones those that were not told: their callers never answered, and there were many.
    pub untold: u64,
    /// Datagrams that belong to no negotiation.
    pub strays: u64,
    /// Callers that never answered, dropped at random because memory was short.
    pub evicted: u64,
    /// First messages dropped because memory was short, and nobody could go.
    pub refused: u64,
    /// Datagrams of a negotiation that changed nothing and were too many for its trace.
    pub unrecorded: u64,
}

/// A responder for everybody.
#[derive(Debug)]
pub struct Service {
    setup: Setup,
    config: Arc<Config>,
    streams: Streams,
    calls: Calls,
    /// Whether a caller that never answered is sent for again.
    resend: bool,
    /// How long such a caller is waited for, in Main Mode: the first one's engine said it.
    patience: Option<Duration>,
    next: u64,
    counts: Counts,
    /// Strays told since this moment.
    strays: (Instant, u32),
}

impl Service {
    /// A responder as the setup has it. Everything it draws follows from `streams`. `resend`: messages are sent again to a
    /// caller that never answered, as its profile does; else once, and again only in answer to a repetition. `max_bytes`
    /// bounds what it holds: [`MAX_BYTES`].
    pub fn new(setup: Setup, streams: Streams, resend: bool, max_bytes: usize) -> Service {
        let config = Arc::new(setup.hosts.responder.clone());
        let calls = Calls::new(streams.stream("eviction", 0), max_bytes);
        let (counts, strays) = (Counts::default(), (Instant::ZERO, 0));
        Service { setup, config, streams, calls, resend, patience: None, next: 0, counts, strays }
    }

    /// What it counted so far.
    pub fn counts(&self) -> Counts {
        self.counts
    }

    /// Bytes that it holds, estimated from above.
    pub fn bytes(&self) -> usize {
        self.calls.bytes()
    }

    /// Negotiations that it holds, those that are over included.
    pub fn held(&self) -> usize {
        self.calls.len()
    }

    /// A datagram came; returns what to send.
    pub fn hear(
        &mut self,
        now: Instant,
        (from, to): (SocketAddr, SocketAddr),
        bytes: &[u8],
        witness: &mut dyn Witness,
    ) -> Vec<Datagram> {
        self.counts.datagrams += 1;
        let known = cookies(bytes).and_then(|cookies| self.calls.find(from.ip(), cookies));
        match known.and_then(|number| Some((number, self.calls.take(number)?))) {
            Some((number, call)) => self.go_on(number, call, now, (from, to), bytes, witness),
            None => self.first(now, (from, to), bytes, witness),
        }
    }

    /// When it next wants a [`Service::tick`].
    pub fn next_timeout(&self) -> Option<Instant> {
        self.calls.next_due().map(|(at, _)| at)
    }

    /// Serves the timer that runs out next, if that is due; returns what to send.
    pub fn tick(&mut self, now: Instant, witness: &mut dyn Witness) -> Vec<Datagram> {
        let due = self.calls.next_due().filter(|(at, _)| *at <= now);
        let Some((number, mut call)) = due.and_then(|(_, number)| Some((number, self.calls.take(number)?)))
        else {
            return Vec::new();
        };
        if call.is_rested(now) {
            return Vec::new();
        }
        if call.is_to_report(now) {
            self.report(&mut call, now, witness);
            self.keep(number, call);
            return Vec::new();
        }
        let mut live = self.revived(number, &mut call, now);
        let due = live.next_timeout().is_some_and(|(at, _)| at <= call.own_time(now));
        let datagrams = if due { live.tick(call.own_time(now)) } else { Vec::new() };
        self.settle(number, call, live, now, witness);
        datagrams
    }

    /// Ends everything that is still open, as it stands.
    pub fn finish(&mut self, now: Instant, witness: &mut dyn Witness) {
        for number in self.calls.numbers() {
            if let Some(mut call) = self.calls.take(number) {
                self.report(&mut call, now, witness);
            }
        }
    }

    fn live(&self, number: Number) -> Live {
        let mut key = [0; 32];
        self.streams.bytes("call", number, &mut key);
        let streams = Streams::from_entropy(key, Role::Responder.name());
        // No memo of powers: a live key is computed once and kept nowhere.
        let live =
            Live::configured(&self.setup, Role::Responder, self.config.clone(), streams, Powers::none());
        if self.resend { live } else { live.once_unanswered() }
    }

    /// The negotiation itself.
    fn revived(&self, number: Number, call: &mut Call, now: Instant) -> Live {
        match call.hold_nothing() {
            Held::Whole(live) => *live,
            Held::Nothing => self.live(number),
            Held::First { to, bytes } => self.again(call.caller, to, &bytes, call.own_time(now)),
        }
    }

    /// What was put by after its first message is run again: the same streams give the same bytes.
    fn again(&self, caller: Caller, to: SocketAddr, bytes: &[u8], until: Instant) -> Live {
        let mut live = self.live(caller.number);
        live.hear(Instant::ZERO, caller.address, to, bytes);
        while let Some((at, _)) = live.next_timeout().filter(|(at, _)| *at <= until) {
            live.tick(at);
        }
        live
    }

    /// A datagram of a negotiation that is known.
    fn go_on(
        &mut self,
        number: Number,
        mut call: Call,
        now: Instant,
        (from, to): (SocketAddr, SocketAddr),
        bytes: &[u8],
        witness: &mut dyn Witness,
    ) -> Vec<Datagram> {
        if call.bytes().saturating_add(bytes.len()) > MAX_CALL {
            self.counts.unrecorded += 1;
            self.keep(number, call);
            return Vec::new();
        }
        let mut live = self.revived(number, &mut call, now);
        let before = live.unrecorded();
        let datagrams = live.hear(call.own_time(now), from, to, bytes);
        self.counts.unrecorded += live.unrecorded() - before;
        self.settle(number, call, live, now, witness);
        datagrams
    }

    /// A datagram of nobody that is known: a new negotiation, or a stray.
    fn first(
        &mut self,
        now: Instant,
        (from, to): (SocketAddr, SocketAddr),
        bytes: &[u8],
        witness: &mut dyn Witness,
    ) -> Vec<Datagram> {
        let number = self.next;
        let mut live = self.live(number);
        let datagrams = live.hear(Instant::ZERO, from, to, bytes);
        let made = live.furthest().and_then(|one| one.made).map(|(_, mode, cookies)| (mode, cookies));
        let refused = || live.has_refused().then(|| cookies(bytes)).flatten().filter(is_first);
        let Some(cookies) = made.map(|(_, cookies)| cookies).or_else(refused) else {
            self.stray(now, from, &live, witness);
            return datagrams;
        };
        let size = Call::size_of_first(bytes);
        match self.calls.make_room(size) {
            None => {
                self.counts.refused += 1;
                return Vec::new();
            }
            Some(evicted) => self.counts.evicted += evicted,
        }
        self.next += 1;
        let told = self.calls.told_unanswered() < MAX_TOLD;
        let call = Call::new(Caller { number, address: from, began: now }, cookies, told);
        let first = Held::First { to, bytes: bytes.into() };
        let expensive = made.is_some_and(|(mode, _)| mode == ike::Mode::Aggressive);
        self.opened(number, call, live, (!expensive && !self.resend).then_some(first), now, witness);
        datagrams
    }

    /// Puts a new negotiation by: in Main Mode its first message says all, and costs no power to run again.
    fn opened(
        &mut self,
        number: Number,
        mut call: Call,
        live: Live,
        first: Option<Held>,
        now: Instant,
        witness: &mut dyn Witness,
    ) {
        call.tell(&live, witness);
        call.look(&live, now);
        match first {
            Some(first) if call.is_over() => call.hold(first, None),
            Some(first) => {
                let patience = self.patience.or_else(|| patience(&live));
                self.patience = patience;
                match patience {
                    Some(patience) => call.hold(first, Some(now + patience)),
                    None => call.hold_whole(live),
                }
            }
            None => call.hold_whole(live),
        }
        self.keep(number, call);
    }

    /// After something happened to a negotiation.
    fn settle(
        &mut self,
        number: Number,
        mut call: Call,
        live: Live,
        now: Instant,
        witness: &mut dyn Witness,
    ) {
        call.tell(&live, witness);
        call.look(&live, now);
        call.hold_whole(live);
        self.keep(number, call);
    }

    fn keep(&mut self, number: Number, call: Call) {
        self.counts.evicted += self.calls.put(number, call);
    }

    /// Reports a negotiation, once.
    fn report(&mut self, call: &mut Call, now: Instant, witness: &mut dyn Witness) {
        if call.is_reported() {
            return;
        }
        call.reported(now);
        if !call.is_told() {
            self.counts.failed += 1;
            self.counts.untold += 1;
            return;
        }
        let at = call.own_time(now);
        match call.hold_nothing() {
            Held::Whole(live) => {
                self.judge(call, &live, at, witness);
                call.hold(Held::Whole(live), None);
            }
            // Put by again: that it was told makes nobody answer.
            Held::First { to, bytes } => {
                let live = self.again(call.caller, to, &bytes, at);
                self.judge(call, &live, at, witness);
                call.hold(Held::First { to, bytes }, None);
            }
            Held::Nothing => {}
        }
    }

    fn judge(&mut self, call: &mut Call, live: &Live, at: Instant, witness: &mut dyn Witness) {
        if live.progress() == Progress::Active {
            self.counts.up += 1;
        } else {
            self.counts.failed += 1;
        }
        call.tell(live, witness);
        witness.over(call.caller, live, at);
    }

    fn stray(&mut self, now: Instant, from: SocketAddr, live: &Live, witness: &mut dyn Witness) {
        self.counts.strays += 1;
        let (since, told) = self.strays;
        if now.since(since) >= MINUTE {
            self.strays = (now, 0);
        }
        if told < MAX_TOLD || now.since(since) >= MINUTE {
            self.strays.1 += 1;
            witness.stray(now, from, live);
        }
    }
}

/// How long an engine waits for the answer to its first message.
fn patience(live: &Live) -> Option<Duration> {
    let mut waiting = live.clone();
    let mut last = None;
    // A schedule has an end; what has none is not put by.
    for _ in 0..64 {
        let Some((at, _)) = waiting.next_timeout() else {
            return last.map(|at: Instant| at.since(Instant::ZERO));
        };
        waiting.tick(at);
        last = Some(at);
    }
    None
}

/// The cookies of a datagram, behind the non-ESP marker or not: a cookie is never zero (RFC 3948 section 2.2).
fn cookies(bytes: &[u8]) -> Option<CookiePair> {
    let message = bytes.strip_prefix(&[0; 4]).unwrap_or(bytes);
    Header::decode(message).ok().map(|header| header.cookies)
}

fn is_first(cookies: &CookiePair) -> bool {
    cookies.responder.is_zero() && cookies.initiator != Cookie::ZERO
}

const LEAST: IpAddr = IpAddr::V4(Ipv4Addr::UNSPECIFIED);
