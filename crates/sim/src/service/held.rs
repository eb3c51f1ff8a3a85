//! The calls of a service: found by address and cookie, served in the order of their deadlines, held to a sum of bytes.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr};

use chacha20::ChaCha20Rng;
use chacha20::rand_core::Rng;
use ike::Instant;
use isakmp::{Cookie, CookiePair};

use super::call::Call;

/// Number of a call.
pub(super) type Number = u64;

/// Callers with one initiator cookie that are looked at where the address is another: behind some NATs it changes.
const MAX_NAMESAKES: usize = 16;
/// The address that sorts first.
const LEAST: IpAddr = IpAddr::V4(Ipv4Addr::UNSPECIFIED);
/// Draws until a call goes, whatever its size.
const MAX_DRAWS: u32 = 64;

/// A call with what it counts as, and its place among those that can go.
#[derive(Debug)]
struct Kept {
    call: Call,
    bytes: usize,
    due: Option<Instant>,
    place: Option<usize>,
}

#[derive(Debug)]
pub(super) struct Calls {
    /// Boxed: the nodes of a tree are a third empty.
    kept: BTreeMap<Number, Box<Kept>>,
    by_cookie: BTreeMap<(Cookie, IpAddr), Number>,
    by_due: BTreeSet<(Instant, Number)>,
    /// Those that can go, in no order: they never answered, or are reported.
    loose: Vec<Number>,
    told_unanswered: u32,
    bytes: usize,
    max_bytes: usize,
    /// The largest that was held: by it the draws are weighed.
    largest: usize,
    random: ChaCha20Rng,
}

impl Calls {
    pub fn new(random: ChaCha20Rng, max_bytes: usize) -> Calls {
        Calls {
            kept: BTreeMap::new(),
            by_cookie: BTreeMap::new(),
            by_due: BTreeSet::new(),
            loose: Vec::new(),
            told_unanswered: 0,
            bytes: 0,
            max_bytes,
            largest: 1,
            random,
        }
    }

    pub fn len(&self) -> usize {
        self.kept.len()
    }

    pub fn bytes(&self) -> usize {
        self.bytes
    }

    pub fn numbers(&self) -> Vec<Number> {
        self.kept.keys().copied().collect()
    }

    /// Callers that are told of although they never answered.
    pub fn told_unanswered(&self) -> u32 {
        self.told_unanswered
    }

    pub fn next_due(&self) -> Option<(Instant, Number)> {
        self.by_due.first().copied()
    }

    /// The call that a datagram with these cookies from this address belongs to.
    pub fn find(&self, ip: IpAddr, cookies: CookiePair) -> Option<Number> {
        let CookiePair { initiator, responder } = cookies;
        if let Some(number) = self.by_cookie.get(&(initiator, ip)) {
            return Some(*number);
        }
        // Behind some NATs port 4500 leaves under another address than port 500: both cookies are the name then.
        let namesakes =
            self.by_cookie.range((initiator, LEAST)..).take_while(|((one, _), _)| *one == initiator);
        let mut numbers = namesakes.map(|(_, number)| *number).take(MAX_NAMESAKES);
        let is_it = |number: &Number| {
            let kept = self.kept.get(number);
            // Without a responder's cookie it is a first message, and from elsewhere a call of its own.
            !responder.is_zero() && kept.is_some_and(|kept| kept.call.cookies.responder == responder)
        };
        numbers.find(is_it)
    }

    /// Takes a call out; whoever does puts it back, or it is gone.
    pub fn take(&mut self, number: Number) -> Option<Call> {
        let Kept { call, bytes, due, place } = *self.kept.remove(&number)?;
        self.bytes = self.bytes.saturating_sub(bytes);
        // As it was put in: a call changes only while it is out.
        self.told_unanswered -= u32::from(call.is_told() && call.is_unanswered());
        if let Some(due) = due {
            self.by_due.remove(&(due, number));
        }
        if let Some(place) = place {
            self.leave(place);
        }
        let name = (call.cookies.initiator, call.caller.address.ip());
        // A later call may bear the name by now.
        if self.by_cookie.get(&name) == Some(&number) {
            self.by_cookie.remove(&name);
        }
        Some(call)
    }

    /// Puts a call in, and lets some go until the bound holds: how many of them were not reported.
    pub fn put(&mut self, number: Number, call: Call) -> u64 {
        let (bytes, due) = (call.bytes(), call.due());
        self.by_cookie.insert((call.cookies.initiator, call.caller.address.ip()), number);
        self.by_due.extend(due.map(|due| (due, number)));
        self.told_unanswered += u32::from(call.is_told() && call.is_unanswered());
        // Who has answered and is not done never goes: no flood can end a real negotiation.
        let place = (call.is_unanswered() || call.is_reported()).then(|| {
            self.loose.push(number);
            self.loose.len() - 1
        });
        self.bytes = self.bytes.saturating_add(bytes);
        // It never shrinks: too large, it costs a few draws more.
        self.largest = self.largest.max(bytes);
        self.kept.insert(number, Box::new(Kept { call, bytes, due, place }));
        self.evict(self.max_bytes)
    }

    /// Lets calls go until there is room for so many bytes: how many were not reported; `None`: too few can go.
    pub fn make_room(&mut self, bytes: usize) -> Option<u64> {
        let bound = self.max_bytes.checked_sub(bytes)?;
        let evicted = self.evict(bound);
        (self.bytes <= bound).then_some(evicted)
    }

    fn evict(&mut self, bound: usize) -> u64 {
        let mut evicted = 0;
        while self.bytes > bound {
            // What is left has answered: rather beyond the bound than without it.
            let Some(number) = self.draw() else { break };
            let gone = self.take(number);
            evicted += u64::from(gone.is_some_and(|call| !call.is_reported()));
        }
        evicted
    }

    /// One of those that can go, each as likely as it is large: many small ones are not driven out by few that take
    /// all the room.
    fn draw(&mut self) -> Option<Number> {
        let mut drawn = None;
        for _ in 0..MAX_DRAWS {
            let place = below(&mut self.random, self.loose.len())?;
            let number = *self.loose.get(place)?;
            drawn = Some(number);
            let bytes = self.kept.get(&number).map_or(0, |kept| kept.bytes);
            if below(&mut self.random, self.largest)? < bytes {
                break;
            }
        }
        drawn
    }

    /// Takes a place among those that can go; the last one moves there.
    fn leave(&mut self, place: usize) {
        self.loose.swap_remove(place);
        if let Some(moved) = self.loose.get(place)
            && let Some(kept) = self.kept.get_mut(moved)
        {
            kept.place = Some(place);
        }
    }
}

/// A number below `bound`; `None`: there is none. The bias of the remainder is below one in 2^30 here.
fn below(random: &mut ChaCha20Rng, bound: usize) -> Option<usize> {
    let bound = u64::try_from(bound).ok()?;
    random.next_u64().checked_rem(bound).and_then(|number| usize::try_from(number).ok())
}
