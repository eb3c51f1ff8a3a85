//! What goes into an endpoint.

use std::net::SocketAddr;

/// What an endpoint is given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input<'a> {
    /// Interesting traffic: start phase 1 with the configured peer.
    Initiate {
        /// Own address and port.
        from: SocketAddr,
        /// The peer's.
        to: SocketAddr,
    },
    /// A UDP datagram arrived.
    Datagram {
        /// Source as seen here.
        from: SocketAddr,
        /// Own address and port.
        to: SocketAddr,
        /// UDP payload, at most 65 535 bytes.
        bytes: &'a [u8],
    },
    /// The moment that [`crate::Endpoint::next_timeout`] named has come.
    Timeout,
    /// An operator clears SAs.
    Clear(Clear),
}

/// What an operator's `clear crypto isakmp sa` or `clear crypto ipsec sa` does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Clear {
    /// Which SAs.
    pub what: Cleared,
    /// The peer is told of each, under the SA (RFC 2408 section 3.15).
    pub notify: bool,
}

/// Which SAs an operator clears.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cleared {
    /// ISAKMP SAs. What becomes of children under them is the vendor's.
    Phase1,
    /// Children.
    Phase2,
    /// Both.
    All,
}

impl Cleared {
    /// The scenario file's word.
    pub const fn name(self) -> &'static str {
        match self {
            Cleared::Phase1 => "phase1",
            Cleared::Phase2 => "phase2",
            Cleared::All => "all",
        }
    }

    pub(crate) fn has_phase_1(self) -> bool {
        self != Cleared::Phase2
    }

    pub(crate) fn has_children(self) -> bool {
        self != Cleared::Phase1
    }
}
