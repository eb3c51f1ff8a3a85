//! A first message: from it a negotiation is made, or it is a stray.

use std::net::SocketAddr;
use std::time::Duration;

use ike::{Instant, Mode};
use isakmp::CookiePair;

use super::call::{Call, Held};
use super::held::Number;
use super::{Caller, Service, Witness, cookies};
use crate::live::Live;
use crate::trace::Datagram;

/// Callers without an answer, and strays a minute, that are told of; more are counted.
const MAX_TOLD: u32 = 16;
const MINUTE: Duration = Duration::from_secs(60);

impl Service {
    /// A datagram of nobody that is known: a new negotiation, or a stray.
    pub(super) fn first(
        &mut self,
        now: Instant,
        (from, to): (SocketAddr, SocketAddr),
        bytes: &[u8],
        witness: &mut dyn Witness,
    ) -> Vec<Datagram> {
        // Not taken yet: a stray must use up no number, since all bytes of a call follow from it.
        let number = self.next;
        let mut live = self.live(number);
        let datagrams = live.hear(Instant::ZERO, from, to, bytes);
        let made = live.furthest().and_then(|one| one.made).map(|(_, mode, cookies)| (mode, cookies));
        // Who is refused has called all the same, and is reported.
        let refused = || live.has_refused().then(|| cookies(bytes)).flatten().filter(is_first);
        let Some(cookies) = made.map(|(_, cookies)| cookies).or_else(refused) else {
            self.stray(now, from, &live, witness);
            return datagrams;
        };
        let size = Call::size_of_first(bytes);
        match self.calls.make_room(size) {
            // Not answered either: when the next message came, nobody would know of it.
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
        // AM2 needs g^xy: run again, it would cost a power again.
        let expensive = made.is_some_and(|(mode, _)| mode == Mode::Aggressive);
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
                // Asked once: all calls have one profile, and to ask is to run a schedule to its end.
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

fn is_first(cookies: &CookiePair) -> bool {
    cookies.responder.is_zero() && !cookies.initiator.is_zero()
}
