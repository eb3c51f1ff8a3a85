//! The sights of one initiator cookie and one pair of addresses, and those that NAT or damage parted.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use capture::Unreachable;
use isakmp::Cookie;

use super::super::frame::{CapturePoint, Sight};

/// Messages of one negotiation that are kept at one place.
pub(super) const MAX_SIGHTS: usize = 1_000;

/// Messages under one initiator cookie.
#[derive(Default)]
pub(in crate::captures) struct Group<'c> {
    pub sights: Vec<Sight<'c>>,
    /// How many were kept at each place.
    pub(super) kept: BTreeMap<CapturePoint, usize>,
    /// How many were not.
    pub left_out: usize,
    /// ICMP errors about them.
    pub refusals: Vec<(CapturePoint, &'c Unreachable)>,
}

impl<'c> Group<'c> {
    pub(super) fn add(&mut self, sight: Sight<'c>) {
        let kept = self.kept.entry(sight.place).or_default();
        // Of a flood under one cookie the beginning is enough, and memory stays bounded.
        if *kept >= MAX_SIGHTS {
            self.left_out += 1;
        } else {
            *kept += 1;
            self.sights.push(sight);
        }
    }

    pub(super) fn began(&self) -> Option<Duration> {
        self.sights.first().map(|sight| sight.at)
    }

    pub(super) fn refuse(&mut self, place: CapturePoint, error: &'c Unreachable) {
        if self.refusals.len() < MAX_SIGHTS {
            self.refusals.push((place, error));
        }
    }

    /// Its initiator took up a responder's cookie that never stood beside the other's cookie. Damage to the initiator's
    /// cookie alone cannot lead to that: who sent another one drops what answers it.
    fn goes_on_beside(&self, other: &Group<'_>) -> bool {
        let phase_1 =
            |sight: &&Sight<'_>| sight.mode().is_some() && !sight.header.cookies.responder.is_zero();
        let known: BTreeSet<Cookie> = other.sights.iter().map(|one| one.header.cookies.responder).collect();
        let mut told: BTreeMap<(CapturePoint, Cookie), IpAddr> = BTreeMap::new();
        self.sights.iter().filter(phase_1).any(|sight| {
            let cookie = sight.header.cookies.responder;
            // Sent by both: one told it, the other took it up.
            let sender = *told.entry((sight.place, cookie)).or_insert(sight.ends.0.ip());
            sender != sight.ends.0.ip() && !known.contains(&cookie)
        })
    }

    pub(super) fn join(&mut self, other: Group<'c>) {
        other.sights.into_iter().for_each(|sight| self.add(sight));
        other.refusals.into_iter().for_each(|(place, error)| self.refuse(place, error));
        self.left_out += other.left_out;
    }
}

/// Two addresses, whoever sends: at one place a negotiation has one such pair.
pub(super) type Pair = [IpAddr; 2];

pub(super) type Key = (Cookie, Pair);

pub(super) type Groups<'c> = BTreeMap<Key, Group<'c>>;
// IPv4 sorts before IPv6, so that between these two is every pair.
const LEAST: Pair = [IpAddr::V4(Ipv4Addr::UNSPECIFIED); 2];
const MOST: Pair = [IpAddr::V6(Ipv6Addr::from_bits(u128::MAX)); 2];

pub(super) fn pair((from, to): (SocketAddr, SocketAddr)) -> Pair {
    let mut pair = [from.ip(), to.ip()];
    pair.sort();
    pair
}

/// A negotiation that was seen on both sides of an address translation has one pair of addresses at each place.
pub(super) fn join_translated(groups: &mut Groups<'_>) {
    let mut pairs: BTreeMap<Cookie, Vec<Pair>> = BTreeMap::new();
    for (cookie, pair) in groups.keys() {
        pairs.entry(*cookie).or_default().push(*pair);
    }
    for (cookie, pairs) in pairs {
        let places =
            |pair: &Pair| groups.get(&(cookie, *pair)).into_iter().flat_map(|group| group.kept.keys());
        let mut seen = BTreeSet::new();
        // A NAT shows one pair at each place: two at one place are two negotiations, whatever their cookie.
        let one_each = pairs.iter().flat_map(places).all(|place| seen.insert(*place));
        let [first, others @ ..] = pairs.as_slice() else { continue };
        if !one_each {
            continue;
        }
        for other in others {
            if let (Some(other), Some(first)) =
                (groups.remove(&(cookie, *other)), groups.get_mut(&(cookie, *first)))
            {
                first.join(other);
            }
        }
    }
}

/// A message whose cookie was damaged by a bit belongs to the negotiation that it was sent in: everything else
/// in it is the same, its addresses too.
pub(super) fn join_damaged(groups: &mut Groups<'_>) {
    let keys: Vec<Key> = groups.keys().copied().collect();
    for key in keys {
        let Some(own) = groups.get(&key) else { continue };
        // Damage is taken to be one bit: 64 look-ups are cheap, each cookie against each other is not.
        let near = (0..64).map(|bit| Cookie((u64::from_be_bytes(key.0.0) ^ (1 << bit)).to_be_bytes()));
        let near = near.flat_map(|cookie| groups.range((cookie, LEAST)..=(cookie, MOST)));
        let mut near = near.filter(|(_, other)| other.began() <= own.began()).peekable();
        if near.peek().is_none() {
            continue;
        }
        let mut tails: BTreeMap<_, Vec<&Sight<'_>>> = BTreeMap::new();
        own.sights.iter().for_each(|sight| tails.entry(tail(sight)).or_default().push(sight));
        let shares = |other: &Group<'_>| {
            let same =
                |seen| tails.get(&tail(seen)).is_some_and(|own| own.iter().any(|one| could_be(one, seen)));
            // Two negotiations of one offer begin alike: what tells them is that each has gone on by itself.
            other.sights.iter().any(same) && !(own.goes_on_beside(other) && other.goes_on_beside(own))
        };
        let Some(other) = near.find(|(_, other)| shares(other)).map(|(key, _)| *key) else { continue };
        if let (Some(own), Some(known)) = (groups.remove(&key), groups.get_mut(&other)) {
            known.join(own);
        }
    }
}

/// What stands behind the initiator's cookie.
pub(super) fn tail<'c>(sight: &Sight<'c>) -> &'c [u8] {
    sight.bytes.get(8..).unwrap_or_default()
}

/// Two sights could be of one negotiation: at one place its addresses are the same, from one place to the other at least
/// one of them.
pub(super) fn could_be(one: &Sight<'_>, other: &Sight<'_>) -> bool {
    let (own, [a, b]) = (pair(one.ends), pair(other.ends));
    own == [a, b] || (one.place != other.place && (own.contains(&a) || own.contains(&b)))
}
