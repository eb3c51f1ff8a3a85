//! A file's blocks, one at a time: a stream is read once, and no more of it is held than one block.

use std::io::{self, BufReader, Cursor, ErrorKind, Read};

use flate2::bufread::MultiGzDecoder;
use pcap_parser::pcapng::{parse_block_be, parse_block_le};
use pcap_parser::{PcapBlockOwned, PcapHeader, parse_pcap_frame, parse_pcap_frame_be, parse_pcap_header};

use crate::Error;

/// The longest block that is held, in bytes: no link has frames so long.
const MAX_BLOCK: u64 = 16 << 20;

const SECTION_HEADER: [u8; 4] = [0x0a, 0x0d, 0x0d, 0x0a];
const BIG_ENDIAN: [u8; 4] = [0x1a, 0x2b, 0x3c, 0x4d];
/// Section header, interface, simple and enhanced packet.
const WANTED: [u32; 4] = [0x0a0d_0d0a, 1, 3, 6];

const PCAP_HEADER: u64 = 24;
/// What stands before a packet of pcap: times and lengths.
const PACKET_HEADER: u64 = 16;
/// Type and length of a pcapng block, and the word that tells a section's order of bytes.
const BLOCK_HEADER: u64 = 12;

#[derive(Clone, Copy)]
enum Format {
    Pcap { big_endian: bool },
    PcapNg { big_endian: bool },
}

/// Why there is no further block.
pub(crate) enum Stop {
    /// The file ends here.
    End,
    /// A block that is cut, or cannot be one: what follows it cannot be found.
    Damage,
    /// The file cannot be read on.
    Failed(ErrorKind),
}

/// A file that is read block by block.
pub(crate) struct Blocks<'r> {
    file: Box<dyn Read + 'r>,
    format: Format,
    block: Vec<u8>,
}

impl<'r> Blocks<'r> {
    /// Unpacks the file if it is packed, and reads what stands before its first block: pcap's header.
    pub fn open(file: impl Read + 'r) -> Result<(Blocks<'r>, Option<PcapHeader>), Error> {
        let (mut magic, mut file) = peeked(file).map_err(|error| Error::Read(error.kind()))?;
        // Once: a file could be packed so often that it never came to an end.
        if magic.starts_with(&[0x1f, 0x8b]) {
            (magic, file) = peeked(MultiGzDecoder::new(BufReader::new(file))).map_err(|error| {
                if is_damage(error.kind()) { Error::Gzip } else { Error::Read(error.kind()) }
            })?;
        }
        let format = match magic.as_slice() {
            // This number reads alike from both ends: the section tells its order of bytes further on.
            magic if *magic == SECTION_HEADER => Format::PcapNg { big_endian: false },
            [0xd4, 0xc3, 0xb2, 0xa1] | [0x4d, 0x3c, 0xb2, 0xa1] => Format::Pcap { big_endian: false },
            [0xa1, 0xb2, 0xc3, 0xd4] | [0xa1, 0xb2, 0x3c, 0x4d] => Format::Pcap { big_endian: true },
            _ => return Err(Error::Magic(magic)),
        };
        let mut blocks = Blocks { file, format, block: Vec::new() };
        let Format::Pcap { .. } = format else { return Ok((blocks, None)) };
        blocks.more(PCAP_HEADER).map_err(Stop::at_the_header)?;
        let (_, header) = parse_pcap_header(&blocks.block).map_err(|_| Error::Header)?;
        Ok((blocks, Some(header)))
    }

    /// The next block.
    pub fn next(&mut self) -> Result<PcapBlockOwned<'_>, Stop> {
        match self.format {
            Format::Pcap { big_endian } => self.packet(big_endian),
            Format::PcapNg { .. } => self.wanted(),
        }
    }

    fn packet(&mut self, big_endian: bool) -> Result<PcapBlockOwned<'_>, Stop> {
        self.block.clear();
        self.more(PACKET_HEADER)?;
        // What was captured of it: what was sent may be longer.
        let length = self.number(8, big_endian)?;
        self.more(length)?;
        let parse = if big_endian { parse_pcap_frame_be } else { parse_pcap_frame };
        let (_, packet) = parse(&self.block).map_err(|_| Stop::Damage)?;
        Ok(PcapBlockOwned::Legacy(packet))
    }

    /// The parser sees only those blocks that matter: it can overflow on others.
    fn wanted(&mut self) -> Result<PcapBlockOwned<'_>, Stop> {
        let big_endian = loop {
            self.block.clear();
            self.more(BLOCK_HEADER)?;
            // Captures may be put together from sections of different machines.
            if self.block.starts_with(&SECTION_HEADER) {
                self.format = Format::PcapNg { big_endian: self.block.ends_with(&BIG_ENDIAN) };
            }
            let Format::PcapNg { big_endian } = self.format else { return Err(Stop::Damage) };
            let [kind, length] = [self.number(0, big_endian)?, self.number(4, big_endian)?];
            // The length counts the block's own header too.
            let rest = length.checked_sub(BLOCK_HEADER).ok_or(Stop::Damage)?;
            if WANTED.iter().any(|wanted| u64::from(*wanted) == kind) {
                self.more(rest)?;
                break big_endian;
            }
            self.skip(rest)?;
        };
        let parse = if big_endian { parse_block_be } else { parse_block_le };
        let (_, block) = parse(&self.block).map_err(|_| Stop::Damage)?;
        Ok(PcapBlockOwned::NG(block))
    }

    /// Reads so many more bytes into the block. Memory grows with what comes, not with what a length field says.
    fn more(&mut self, length: u64) -> Result<(), Stop> {
        if length > MAX_BLOCK {
            return Err(Stop::Damage);
        }
        let begun = !self.block.is_empty();
        let read = (&mut self.file).take(length).read_to_end(&mut self.block).map_err(Stop::failed)?;
        match read as u64 {
            read if read == length => Ok(()),
            // Only between two blocks is an end no damage.
            0 if !begun => Err(Stop::End),
            _ => Err(Stop::Damage),
        }
    }

    fn skip(&mut self, length: u64) -> Result<(), Stop> {
        // A pipe cannot seek.
        let skipped = io::copy(&mut (&mut self.file).take(length), &mut io::sink()).map_err(Stop::failed)?;
        if skipped == length { Ok(()) } else { Err(Stop::Damage) }
    }

    fn number(&self, at: usize, big_endian: bool) -> Result<u64, Stop> {
        let bytes = self.block.get(at..).and_then(|rest| rest.first_chunk::<4>()).ok_or(Stop::Damage)?;
        let number = if big_endian { u32::from_be_bytes(*bytes) } else { u32::from_le_bytes(*bytes) };
        Ok(number.into())
    }
}

impl Stop {
    fn failed(error: io::Error) -> Stop {
        if is_damage(error.kind()) { Stop::Damage } else { Stop::Failed(error.kind()) }
    }

    /// The same where the file's own header stands.
    pub fn at_the_header(self) -> Error {
        match self {
            Stop::End | Stop::Damage => Error::Header,
            Stop::Failed(kind) => Error::Read(kind),
        }
    }
}

/// What unpacking says of bytes that are no gzip.
fn is_damage(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::InvalidData | ErrorKind::InvalidInput | ErrorKind::UnexpectedEof)
}

/// The first four bytes, or fewer, and the whole again.
fn peeked<'r>(mut file: impl Read + 'r) -> io::Result<(Vec<u8>, Box<dyn Read + 'r>)> {
    let mut magic = Vec::new();
    (&mut file).take(4).read_to_end(&mut magic)?;
    let whole = BufReader::new(Cursor::new(magic.clone()).chain(file));
    Ok((magic, Box::new(whole)))
}
