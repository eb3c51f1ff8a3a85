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
}
