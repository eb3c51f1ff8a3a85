//! Reading: pcap and pcapng by their first bytes, whatever the file is called; gzip around either.

use std::io::Read;
use std::time::Duration;

use flate2::read::MultiGzDecoder;
use pcap_parser::pcapng::{parse_block_be, parse_block_le};
use pcap_parser::{Block, LegacyPcapSlice, Linktype, PcapBlockOwned};

use crate::frame::{Fragments, is_known, udp};
use crate::{Capture, Datagram};

/// The longest capture that is read, in bytes, unpacked.
pub const MAX_BYTES: u64 = 1 << 30;

/// Why a file is no capture.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Neither pcap nor pcapng.
    #[error("neither a pcap nor a pcapng file: it begins with {0:02x?}")]
    Magic(Vec<u8>),
    /// The gzip data is damaged.
    #[error("damaged gzip data")]
    Gzip,
    /// More than [`MAX_BYTES`].
    #[error("more than {MAX_BYTES} bytes when unpacked")]
    TooLong,
    /// The file's own header is damaged.
    #[error("the capture's own header is damaged")]
    Header,
}

/// What is known of an interface.
#[derive(Clone, Copy)]
struct Interface {
    link: Linktype,
    /// Ticks per second.
    resolution: u64,
    snaplen: usize,
}

/// Reads a whole file. A damaged or cut end is noted, and everything before it is kept.
///
/// # Errors
/// A file that is no capture at all.
pub fn read(file: &[u8]) -> Result<Capture, Error> {
    match file {
        [0x1f, 0x8b, ..] => {
            let mut unpacked = Vec::new();
            let mut reader = MultiGzDecoder::new(file).take(MAX_BYTES + 1);
            reader.read_to_end(&mut unpacked).map_err(|_| Error::Gzip)?;
            if unpacked.len() as u64 > MAX_BYTES {
                return Err(Error::TooLong);
            }
            read_plain(&unpacked)
        }
        plain => read_plain(plain),
    }
}

fn read_plain(file: &[u8]) -> Result<Capture, Error> {
    let mut reading = Reading {
        capture: Capture::default(),
        fragments: Fragments::new(),
        interfaces: Vec::new(),
        first: None,
    };
    match file {
        [0x0a, 0x0d, 0x0d, 0x0a, ..] => {
            reading.take_blocks(file);
            if reading.capture.frames == 0 && reading.interfaces.is_empty() && file.len() < 28 {
                return Err(Error::Header);
            }
        }
        [0xd4, 0xc3, 0xb2, 0xa1, ..]
        | [0xa1, 0xb2, 0xc3, 0xd4, ..]
        | [0x4d, 0x3c, 0xb2, 0xa1, ..]
        | [0xa1, 0xb2, 0x3c, 0x4d, ..] => {
            let packets = LegacyPcapSlice::from_slice(file).map_err(|_| Error::Header)?;
            let resolution = if packets.header.is_nanosecond_precision() { 1_000_000_000 } else { 1_000_000 };
            reading.interface(packets.header.network, resolution, packets.header.snaplen);
            reading.take(packets);
        }
        other => return Err(Error::Magic(other.iter().take(4).copied().collect())),
    }
    Ok(reading.capture)
}

const SECTION_HEADER: [u8; 4] = [0x0a, 0x0d, 0x0d, 0x0a];
/// Section header, interface, simple and enhanced packet.
const WANTED: [u32; 4] = [0x0a0d_0d0a, 1, 3, 6];

/// The first block's type, the block, and what is behind it; `None` where its length cannot be.
fn split_block(bytes: &[u8], big_endian: bool) -> Option<(u32, &[u8], &[u8])> {
    let number = |at: usize| {
        let bytes = *bytes.get(at..)?.first_chunk::<4>()?;
        Some(if big_endian { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) })
    };
    let length = usize::try_from(number(4)?).ok().filter(|length| *length >= 12)?;
    let (block, behind) = bytes.split_at_checked(length)?;
    Some((number(0)?, block, behind))
}

struct Reading {
    capture: Capture,
    fragments: Fragments,
    interfaces: Vec<Interface>,
    /// Time of the first frame, in nanoseconds.
    first: Option<u128>,
}

impl Reading {
    fn take<'a, E>(&mut self, blocks: impl Iterator<Item = Result<PcapBlockOwned<'a>, E>>) {
        for block in blocks {
            match block {
                Ok(block) => self.block(&block),
                // The readers cannot go on behind a damaged block.
                Err(_) => return self.damaged(),
            }
        }
    }

    /// pcapng, block by block. The reader sees only those that matter: it can overflow on others.
    fn take_blocks(&mut self, file: &[u8]) {
        let (mut rest, mut big_endian) = (file, false);
        while !rest.is_empty() {
            if rest.starts_with(&SECTION_HEADER) {
                big_endian = rest.get(8..12) == Some(&[0x1a, 0x2b, 0x3c, 0x4d]);
            }
            let Some((kind, block, behind)) = split_block(rest, big_endian) else {
                return self.damaged();
            };
            rest = behind;
            if !WANTED.contains(&kind) {
                continue;
            }
            let parsed = if big_endian { parse_block_be(block) } else { parse_block_le(block) };
            match parsed {
                Ok((_, block)) => self.block(&PcapBlockOwned::NG(block)),
                Err(_) => return self.damaged(),
            }
        }
    }

    fn damaged(&mut self) {
        let frames = self.capture.frames;
        self.note(format!("the file is damaged or cut behind frame {frames}"));
    }

    fn block(&mut self, block: &PcapBlockOwned<'_>) {
        match block {
            PcapBlockOwned::Legacy(packet) => {
                let resolution = self.interfaces.first().map_or(1_000_000, |known| known.resolution);
                let ticks = u128::from(packet.ts_sec) * u128::from(resolution) + u128::from(packet.ts_usec);
                self.frame(0, Some(ticks), packet.data);
            }
            PcapBlockOwned::NG(Block::SectionHeader(_)) => self.interfaces.clear(),
            PcapBlockOwned::NG(Block::InterfaceDescription(idb)) => {
                self.interface(idb.linktype, idb.ts_resolution().unwrap_or(1_000_000), idb.snaplen);
            }
            PcapBlockOwned::NG(Block::EnhancedPacket(packet)) => {
                let ticks = (u128::from(packet.ts_high) << 32) | u128::from(packet.ts_low);
                let length = usize::try_from(packet.caplen).unwrap_or(usize::MAX).min(packet.data.len());
                self.frame(packet.if_id, Some(ticks), packet.data.get(..length).unwrap_or_default());
            }
            PcapBlockOwned::NG(Block::SimplePacket(packet)) => {
                let snaplen = self.interfaces.first().map_or(usize::MAX, |known| known.snaplen);
                let length = usize::try_from(packet.origlen).unwrap_or(usize::MAX);
                let length = length.min(snaplen).min(packet.data.len());
                self.frame(0, None, packet.data.get(..length).unwrap_or_default());
            }
            PcapBlockOwned::LegacyHeader(_) | PcapBlockOwned::NG(_) => {}
        }
    }

    fn interface(&mut self, link: Linktype, resolution: u64, snaplen: u32) {
        if !is_known(link) {
            self.note(format!("link type {} is not read", link.0));
        }
        // A snaplen of zero stands for no limit.
        let snaplen = usize::try_from(snaplen).unwrap_or(usize::MAX);
        let snaplen = if snaplen == 0 { usize::MAX } else { snaplen };
        self.interfaces.push(Interface { link, resolution: resolution.max(1), snaplen });
    }

    fn frame(&mut self, interface: u32, ticks: Option<u128>, bytes: &[u8]) {
        self.capture.frames += 1;
        let known = usize::try_from(interface).ok().and_then(|at| self.interfaces.get(at)).copied();
        let Some(Interface { link, resolution, .. }) = known else {
            let frame = self.capture.frames;
            return self.note(format!("frame {frame} names an interface that does not exist"));
        };
        let nanos = ticks.map_or(0, |ticks| ticks.saturating_mul(1_000_000_000) / u128::from(resolution));
        let first = *self.first.get_or_insert(nanos);
        let at = u64::try_from(nanos.saturating_sub(first)).unwrap_or(u64::MAX);
        self.capture.last = self.capture.last.max(Duration::from_nanos(at));
        let number = self.capture.frames;
        let whole = || udp(link, bytes).or_else(|| self.fragments.udp(link, bytes, number));
        if let Some(udp) = is_known(link).then(whole).flatten() {
            self.capture.datagrams.push(Datagram {
                frame: self.capture.frames,
                interface,
                at: Duration::from_nanos(at),
                from: udp.from,
                to: udp.to,
                payload: udp.payload,
                cut: udp.cut,
                ttl: udp.ttl,
            });
        }
    }

    /// Notes are for people: a hundred of them say enough.
    fn note(&mut self, line: String) {
        if self.capture.notes.len() < 100 && !self.capture.notes.contains(&line) {
            self.capture.notes.push(line);
        }
    }
}
