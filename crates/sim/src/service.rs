//! A responder that serves one negotiation after another, several at once: each is a [`Live`] of its own, found by address
//! and cookie. Anybody can send a first message, under any address, so that what is held for callers who never answered is
//! bounded in bytes, and what goes beyond the bound goes at random.

mod call;
mod held;
mod opening;
mod witness;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use ike::{Config, Instant, Powers, Role, Streams};
use isakmp::{CookiePair, Header};

use crate::live::{Live, Progress};
use crate::setup::Setup;
use crate::trace::Datagram;
use call::{Call, Held};
use held::{Calls, Number};
pub use witness::{Caller, Counts, Witness};

/// How long a negotiation that is over is waited with before it is reported: its last message may have been lost.
const LINGER: Duration = Duration::from_secs(1);
/// How long after that its repetitions are still known: the longest wait of a profile's resends.
const REST: Duration = Duration::from_secs(64);
/// Bytes of one negotiation; what comes beyond them is not heard.
const MAX_CALL: usize = 2 << 20;

/// Bytes that a service holds unless told otherwise: 64 MB.
pub const MAX_BYTES: usize = 64_000_000;

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
        // A stream of its own: who has to go shifts no byte of anybody's answers.
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
        // It was taken out; not to put it back is to forget it.
        if call.is_rested(now) {
            return Vec::new();
        }
        if call.is_to_report(now) {
            self.report(&mut call, now, witness);
            self.keep(number, call);
            return Vec::new();
        }
        let mut live = self.revived(number, &mut call, now);
        // The deadline may have been the call's own, with no timer of its engine behind it.
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
        // All from the number: a call that was put by must draw the same again.
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
        // Timers that ran out meanwhile have their own times in the trace.
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
        // Not even heard: one caller must not take the room of all.
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
        // Of whose call nobody was told, the end would say nothing; it is counted.
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
}

/// The cookies of a datagram, behind the non-ESP marker or not: a cookie is never zero (RFC 3948 section 2.2).
fn cookies(bytes: &[u8]) -> Option<CookiePair> {
    let message = bytes.strip_prefix(&[0; 4]).unwrap_or(bytes);
    Header::decode(message).ok().map(|header| header.cookies)
}
