//! Named random streams. Every random byte comes from a ChaCha20 stream named by seed, peer, purpose and
//! number, so that a change in one place shifts no byte in another.
//!
//! The scheme is frozen: the same seed gives the same bytes for ever.

use std::fmt;

use chacha20::ChaCha20Rng;
use chacha20::rand_core::{Rng, SeedableRng};
use isakmp::MessageId;

use crate::crypto::{DhGroup, Private, sha256_of_named};

/// The streams of one peer.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Streams {
    key: [u8; 32],
    peer: &'static str,
}

const DOMAIN: &[u8] = b"ikesim stream 1";

impl Streams {
    /// Streams that follow from a scenario's seed.
    pub fn new(seed: u64, peer: &'static str) -> Streams {
        let mut key = [0; 32];
        key[..8].copy_from_slice(&seed.to_be_bytes());
        Streams { key, peer }
    }

    /// Streams that nobody can predict, for a live peer.
    pub fn from_entropy(key: [u8; 32], peer: &'static str) -> Streams {
        Streams { key, peer }
    }

    /// The stream for a purpose; `index` tells its uses apart. Its key is SHA-256 over domain, key, peer,
    /// purpose and index, each behind its length in eight bytes.
    pub fn stream(&self, purpose: &str, index: u64) -> ChaCha20Rng {
        let index = index.to_be_bytes();
        let named = [DOMAIN, &self.key, self.peer.as_bytes(), purpose.as_bytes(), &index];
        ChaCha20Rng::from_seed(sha256_of_named(&named))
    }

    /// The first bytes of a stream.
    pub fn bytes(&self, purpose: &str, index: u64, out: &mut [u8]) {
        self.stream(purpose, index).fill_bytes(out);
    }

    /// The private exponent of the peer's n-th SA, whatever the group: it can be told before the run.
    pub fn exponent(&self, group: DhGroup, sa: u32) -> Private {
        group.private_from_stream(&mut self.stream("dh", u64::from(sa)))
    }

    /// The private exponent of the peer's n-th Quick Mode with PFS.
    pub fn quick_exponent(&self, group: DhGroup, child: u64) -> Private {
        group.private_from_stream(&mut self.stream("quick dh", child))
    }

    /// A message id, never zero.
    pub fn message_id(&self, purpose: &str, index: u64) -> MessageId {
        let mut bytes = [0; 4];
        self.bytes(purpose, index, &mut bytes);
        // RFC 2408 3.1: 0 is the message id of phase 1 alone.
        MessageId(u32::from_be_bytes(bytes).max(1))
    }
}

impl fmt::Debug for Streams {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Streams({})", self.peer)
    }
}
