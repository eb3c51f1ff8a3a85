//! pcap and pcapng files to and from timed UDP datagrams. Knows nothing of IKE.

mod frame;
mod read;
mod write;

use std::net::SocketAddr;
use std::time::Duration;

pub use read::{Error, MAX_BYTES, read};
pub use write::Writer;

/// One UDP datagram of a capture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Datagram {
    /// Number of its frame in the file, from 1.
    pub frame: u64,
    /// Number of the interface that captured it, from 0.
    pub interface: u32,
    /// Time since the file's first frame; a clock that went back gives zero.
    pub at: Duration,
    /// Source.
    pub from: SocketAddr,
    /// Destination.
    pub to: SocketAddr,
    /// UDP payload, as far as it was captured.
    pub payload: Vec<u8>,
    /// Fewer bytes were captured than were sent.
    pub cut: bool,
    /// The IP header's time to live (IPv6: hop limit).
    pub ttl: u8,
}

/// What a capture file holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Capture {
    /// Every UDP datagram, in the file's order.
    pub datagrams: Vec<Datagram>,
    /// Frames of any kind.
    pub frames: u64,
    /// When the last frame of any kind came, counted from the first.
    pub last: Duration,
    /// What could not be read, a line each.
    pub notes: Vec<String>,
}
