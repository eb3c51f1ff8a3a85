//! Reading: pcap and pcapng by their first bytes, whatever the file is called; gzip around either.

use std::io::{ErrorKind, Read};
use std::time::Duration;

use pcap_parser::{Block, Linktype, PcapBlockOwned};

use crate::blocks::{Blocks, Stop};
use crate::frame::{Found, Fragments, Icmp, Udp, ends_early, found, is_known};
use crate::{Capture, Captured, Datagram, Unreachable, Unread};

/// The most that is kept of a capture, in bytes.
pub const MAX_BYTES: u64 = 1 << 30;

/// Why a file is no capture.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Neither pcap nor pcapng.
    #[error("neither a pcap nor a pcapng file: it begins with {0:02x?}")]
    Magic(Vec<u8>),
    /// The gzip data is damaged from its beginning on.
    #[error("damaged gzip data")]
    Gzip,
    /// More than [`MAX_BYTES`] would have to be kept.
    #[error("its datagrams are more than {MAX_BYTES} bytes")]
    TooLong,
    /// The file's own header is damaged.
    #[error("the capture's own header is damaged")]
    Header,
    /// It cannot be read on.
    #[error("{0}")]
    Read(ErrorKind),
}

/// What is known of an interface.
#[derive(Clone, Copy)]
struct Interface {
    link: Linktype,
    /// Ticks per second.
    resolution: u64,
    snaplen: usize,
}

/// A whole file that is in memory.
///
/// # Errors
/// As [`read_some`].
pub fn read(file: &[u8]) -> Result<Capture, Error> {
    read_some(file, |_| true)
}

/// Reads a file to its end and keeps the datagrams that are wanted; of their payloads, what is left of them. A damaged
/// or cut end is noted, and everything before it is kept.
///
/// # Errors
/// A file that is no capture at all, or too long to be kept.
pub fn read_some(file: impl Read, mut wanted: impl FnMut(&mut Datagram) -> bool) -> Result<Capture, Error> {
    let mut reader = Reader::open(file)?;
    let (mut capture, mut kept) = (Capture::default(), 0);
    for captured in &mut reader {
        match captured? {
            Captured::Datagram(mut datagram) => {
                if wanted(&mut datagram) {
                    datagram.payload.shrink_to_fit();
                    // With what holds it: a flood of empty datagrams takes room as well.
                    kept += size_of::<Datagram>() + datagram.payload.len();
                    capture.datagrams.push(datagram);
                }
            }
            Captured::Unreachable(error) => {
                kept += size_of::<Unreachable>() + error.quoted.len();
                capture.unreachables.push(error);
            }
        }
        if kept as u64 > MAX_BYTES {
            return Err(Error::TooLong);
        }
    }
    let Seen { frames, unread, last, notes, .. } = reader.seen;
    Ok(Capture { frames, unread, last, notes, ..capture })
}

/// Reads a file frame by frame, in its order. What is neither a UDP datagram nor an ICMP error about one is only counted.
/// After an error nothing more comes.
pub struct Reader<'r> {
    blocks: Option<Blocks<'r>>,
    seen: Seen,
}

impl<'r> Reader<'r> {
    /// Reads the file's header.
    ///
    /// # Errors
    /// A file that is no capture.
    pub fn open(file: impl Read + 'r) -> Result<Reader<'r>, Error> {
        let (blocks, header) = Blocks::open(file)?;
        let mut seen = Seen::default();
        if let Some(header) = header {
            let resolution = if header.is_nanosecond_precision() { 1_000_000_000 } else { 1_000_000 };
            seen.interface(header.network, resolution, header.snaplen);
        }
        Ok(Reader { blocks: Some(blocks), seen })
    }

    /// Frames of any kind so far.
    pub fn frames(&self) -> u64 {
        self.seen.frames
    }

    /// Frames so far that could not be looked into.
    pub fn unread(&self) -> u64 {
        self.seen.unread
    }

    /// What could not be read so far, each once.
    pub fn notes(&self) -> &[Unread] {
        &self.seen.notes
    }
}

impl Iterator for Reader<'_> {
    type Item = Result<Captured, Error>;

    fn next(&mut self) -> Option<Result<Captured, Error>> {
        loop {
            let stop = match self.blocks.as_mut()?.next() {
                Ok(block) => match self.seen.block(&block) {
                    Some(captured) => return Some(Ok(captured)),
                    None => continue,
                },
                Err(stop) => stop,
            };
            // Behind damage no block can be found again.
            self.blocks = None;
            return match stop {
                Stop::End => None,
                Stop::Damage if !self.seen.begun => Some(Err(Error::Header)),
                Stop::Damage => {
                    self.seen.note(Unread::Behind(self.seen.frames));
                    None
                }
                Stop::Failed(kind) => Some(Err(Error::Read(kind))),
            };
        }
    }
}

/// What was seen so far.
#[derive(Default)]
struct Seen {
    /// The file's own header was read.
    begun: bool,
    fragments: Fragments,
    interfaces: Vec<Interface>,
    /// Time of the first frame, in nanoseconds.
    first: Option<u128>,
    frames: u64,
    unread: u64,
    last: Duration,
    notes: Vec<Unread>,
}

impl Seen {
    fn block(&mut self, block: &PcapBlockOwned<'_>) -> Option<Captured> {
        match block {
            PcapBlockOwned::Legacy(packet) => {
                let resolution = self.interfaces.first().map_or(1_000_000, |known| known.resolution);
                let ticks = u128::from(packet.ts_sec) * u128::from(resolution) + u128::from(packet.ts_usec);
                return self.frame(0, Some(ticks), packet.data, packet.origlen);
            }
            PcapBlockOwned::NG(Block::SectionHeader(_)) => {
                self.begun = true;
                // Each section numbers its own.
                self.interfaces.clear();
            }
            PcapBlockOwned::NG(Block::InterfaceDescription(idb)) => {
                // Microseconds are meant where nothing is said.
                self.interface(idb.linktype, idb.ts_resolution().unwrap_or(1_000_000), idb.snaplen);
            }
            PcapBlockOwned::NG(Block::EnhancedPacket(packet)) => {
                let ticks = (u128::from(packet.ts_high) << 32) | u128::from(packet.ts_low);
                // The data is padded to four bytes.
                let length = usize::try_from(packet.caplen).unwrap_or(usize::MAX).min(packet.data.len());
                let bytes = packet.data.get(..length).unwrap_or_default();
                return self.frame(packet.if_id, Some(ticks), bytes, packet.origlen);
            }
            PcapBlockOwned::NG(Block::SimplePacket(packet)) => {
                let snaplen = self.interfaces.first().map_or(usize::MAX, |known| known.snaplen);
                let length = usize::try_from(packet.origlen).unwrap_or(usize::MAX);
                // It has no length of its own for what was captured, and the data ends in padding.
                let length = length.min(snaplen).min(packet.data.len());
                return self.frame(0, None, packet.data.get(..length).unwrap_or_default(), packet.origlen);
            }
            PcapBlockOwned::LegacyHeader(_) | PcapBlockOwned::NG(_) => {}
        }
        None
    }

    fn interface(&mut self, link: Linktype, resolution: u64, snaplen: u32) {
        self.begun = true;
        // The type is 16 bits wide; above them stand the length of a check sequence (pcap) and a sign that a library adds.
        let link = Linktype(link.0 & 0xffff);
        if !is_known(link) {
            self.note(Unread::LinkType(link.0));
        }
        // A snaplen of zero stands for no limit.
        let snaplen = usize::try_from(snaplen).unwrap_or(usize::MAX);
        let snaplen = if snaplen == 0 { usize::MAX } else { snaplen };
        self.interfaces.push(Interface { link, resolution: resolution.max(1), snaplen });
    }

    /// `sent`: how many bytes the frame had on the link.
    fn frame(&mut self, interface: u32, ticks: Option<u128>, bytes: &[u8], sent: u32) -> Option<Captured> {
        self.frames += 1;
        let frame = self.frames;
        let known = usize::try_from(interface).ok().and_then(|at| self.interfaces.get(at)).copied();
        let Some(Interface { link, resolution, .. }) = known else {
            self.unread += 1;
            self.note(Unread::NoInterface(frame));
            return None;
        };
        let nanos = ticks.map_or(0, |ticks| ticks.saturating_mul(1_000_000_000) / u128::from(resolution));
        let first = *self.first.get_or_insert(nanos);
        let at = u64::try_from(nanos.saturating_sub(first)).unwrap_or(u64::MAX);
        let at = Duration::from_nanos(at);
        // Frames of several interfaces need not be in order.
        self.last = self.last.max(at);
        if !is_known(link) {
            self.unread += 1;
            return None;
        }
        let whole = || self.fragments.udp(link, bytes, frame).map(Found::Udp);
        let Some(found) = found(link, bytes).or_else(whole) else {
            let is_cut = usize::try_from(sent).is_ok_and(|sent| sent > bytes.len());
            if is_cut && ends_early(link, bytes) {
                self.unread += 1;
                self.note(Unread::Headers);
            }
            return None;
        };
        Some(match found {
            Found::Udp(Udp { from, to, payload, cut, ttl }) => {
                Captured::Datagram(Datagram { frame, interface, at, from, to, payload, cut, ttl })
            }
            Found::Icmp(Icmp { by, what, about, quoted }) => {
                Captured::Unreachable(Unreachable { frame, interface, at, by, what, about, quoted })
            }
        })
    }

    /// Notes are for people: a hundred of them say enough.
    fn note(&mut self, unread: Unread) {
        if self.notes.len() < 100 && !self.notes.contains(&unread) {
            self.notes.push(unread);
        }
    }
}
