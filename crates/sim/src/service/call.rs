//! One caller of a service.

use std::net::SocketAddr;

use ike::Instant;
use isakmp::CookiePair;

use super::{Caller, LINGER, REST, Witness};
use crate::live::{Live, Progress};

/// Bytes of a call besides what it holds, its places in the tables included.
const OWN_BYTES: usize = 400;

/// What is kept of a negotiation.
#[derive(Debug)]
pub(super) enum Held {
    /// Its first message: the rest follows from it.
    First { to: SocketAddr, bytes: Box<[u8]> },
    /// Everything.
    Whole(Box<Live>),
    /// It is in somebody's hands.
    Nothing,
}

#[derive(Debug)]
pub(super) struct Call {
    pub caller: Caller,
    pub cookies: CookiePair,
    held: Held,
    /// When the first message alone is given up.
    given_up: Option<Instant>,
    answered: bool,
    /// What happens is told.
    told: bool,
    /// Entries that were.
    entries: usize,
    over: Option<Instant>,
    reported: Option<Instant>,
}

impl Call {
    pub fn new(caller: Caller, cookies: CookiePair, told: bool) -> Call {
        let (held, given_up, answered) = (Held::Nothing, None, false);
        Call { caller, cookies, held, given_up, answered, told, entries: 0, over: None, reported: None }
    }

    /// Bytes of a call that holds this first message.
    pub fn size_of_first(bytes: &[u8]) -> usize {
        bytes.len().saturating_add(OWN_BYTES)
    }

    /// Bytes that it takes.
    pub fn bytes(&self) -> usize {
        match &self.held {
            Held::First { bytes, .. } => Call::size_of_first(bytes),
            Held::Whole(live) => OWN_BYTES.saturating_add(live.bytes()),
            Held::Nothing => OWN_BYTES,
        }
    }

    /// The service's time, on the negotiation's own clock.
    pub fn own_time(&self, now: Instant) -> Instant {
        Instant::ZERO + now.since(self.caller.began)
    }

    pub fn hold(&mut self, held: Held, given_up: Option<Instant>) {
        (self.held, self.given_up) = (held, given_up);
    }

    pub fn hold_whole(&mut self, live: Live) {
        self.hold(Held::Whole(Box::new(live)), None);
    }

    pub fn hold_nothing(&mut self) -> Held {
        std::mem::replace(&mut self.held, Held::Nothing)
    }

    /// Tells what happened since it was last told.
    pub fn tell(&mut self, live: &Live, witness: &mut dyn Witness) {
        self.answered |= live.is_answered();
        // Whoever answers is somebody, and is told from the beginning on, untold as it began.
        self.told |= self.answered;
        let entries = live.trace().entries().len();
        if self.told && entries > self.entries {
            witness.went_on(self.caller, live, self.entries);
            self.entries = entries;
        }
    }

    /// Sees how far it is.
    pub fn look(&mut self, live: &Live, now: Instant) {
        if live.progress() != Progress::Open {
            self.over.get_or_insert(now);
        }
    }

    pub fn reported(&mut self, now: Instant) {
        self.over.get_or_insert(now);
        (self.reported, self.given_up) = (Some(now), None);
    }

    pub fn is_over(&self) -> bool {
        self.over.is_some()
    }

    pub fn is_reported(&self) -> bool {
        self.reported.is_some()
    }

    pub fn is_told(&self) -> bool {
        self.told
    }

    /// Nothing shows that anybody is at its address.
    pub fn is_unanswered(&self) -> bool {
        !self.answered
    }

    /// It is to be reported now.
    pub fn is_to_report(&self, now: Instant) -> bool {
        let lingered = self.over.is_some_and(|over| over + LINGER <= now);
        self.reported.is_none() && (lingered || self.given_up.is_some_and(|at| at <= now))
    }

    /// Its repetitions need not be known any more.
    pub fn is_rested(&self, now: Instant) -> bool {
        self.reported.is_some_and(|reported| reported + REST <= now)
    }

    /// When something is to be done about it.
    pub fn due(&self) -> Option<Instant> {
        let engine = match &self.held {
            Held::Whole(live) => {
                live.next_timeout().map(|(at, _)| self.caller.began + at.since(Instant::ZERO))
            }
            // There is no engine to ask; how long one waits was asked once, of the first call.
            Held::First { .. } | Held::Nothing => self.given_up,
        };
        let end = match (self.over, self.reported) {
            (_, Some(reported)) => Some(reported + REST),
            (over, None) => over.map(|over| over + LINGER),
        };
        [engine, end].into_iter().flatten().min()
    }
}
