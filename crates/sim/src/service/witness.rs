//! What a service tells, and what it counts.

use std::net::SocketAddr;

use ike::Instant;

use crate::live::Live;

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
