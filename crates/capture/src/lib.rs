//! pcap and pcapng files to and from timed UDP datagrams, and what ICMP says of them. Knows nothing of IKE.

mod blocks;
mod frame;
mod read;
mod write;

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

pub use read::{Error, MAX_BYTES, Reader, read, read_some};
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

/// What an ICMP message says cannot be reached (RFC 792, RFC 1812 section 5.2.7.1, RFC 4443 section 3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Unreached {
    /// Nobody listens on the port.
    Port,
    /// The host does not answer on its own network.
    Host,
    /// No router knows a way.
    Network,
    /// A filter rejects it.
    Prohibited,
}

impl Unreached {
    /// What the code of an ICMP "destination unreachable" says (ICMPv6 where `v6`); `None`: it is no matter of reaching.
    pub fn from_code(code: u8, v6: bool) -> Option<Unreached> {
        frame::unreached(code, v6)
    }
}

/// An ICMP "destination unreachable" about a UDP datagram.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreachable {
    /// Number of its frame in the file, from 1.
    pub frame: u64,
    /// Number of the interface that captured it, from 0.
    pub interface: u32,
    /// Time since the file's first frame.
    pub at: Duration,
    /// Who says so.
    pub by: IpAddr,
    /// What cannot be reached.
    pub what: Unreached,
    /// Source and destination of the datagram that it is about.
    pub about: (SocketAddr, SocketAddr),
    /// The beginning of that datagram's payload, as far as it is quoted; RFC 792 demands none of it.
    pub quoted: Vec<u8>,
}

/// What a frame holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Captured {
    /// A UDP datagram.
    Datagram(Datagram),
    /// An ICMP error about one.
    Unreachable(Unreachable),
}

/// What a capture file holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Capture {
    /// The UDP datagrams that are kept, in the file's order.
    pub datagrams: Vec<Datagram>,
    /// Every ICMP error about a UDP datagram, in the file's order.
    pub unreachables: Vec<Unreachable>,
    /// Frames of any kind.
    pub frames: u64,
    /// Those of them that could not be looked into, of which the notes say why.
    pub unread: u64,
    /// When the last frame of any kind came, counted from the first.
    pub last: Duration,
    /// What could not be read, each once.
    pub notes: Vec<Unread>,
}

/// What of a file could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unread {
    /// All behind the frame of this number, from 1; 0: all.
    Behind(u64),
    /// Frames of this link type.
    LinkType(i32),
    /// The frame of this number, whose interface the file does not describe.
    NoInterface(u64),
    /// Frames captured in part, which end before UDP's ports.
    Headers,
}

impl fmt::Display for Unread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unread::Behind(frame) => write!(f, "the file is damaged or cut behind frame {frame}"),
            Unread::LinkType(link) => write!(f, "link type {link} is not read"),
            Unread::NoInterface(frame) => write!(f, "frame {frame} names an interface that does not exist"),
            Unread::Headers => {
                f.write_str("frames end before their ports: capture whole frames, as `tcpdump -s 0` does")
            }
        }
    }
}
