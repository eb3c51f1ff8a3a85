//! Writing pcapng (draft-ietf-opsawg-pcapng): one section, raw IP, little-endian, microseconds.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use etherparse::PacketBuilder;

const SECTION_HEADER: u32 = 0x0a0d_0d0a;
const INTERFACE: u32 = 1;
const ENHANCED_PACKET: u32 = 6;
/// LINKTYPE_RAW: the frame begins with the IP header.
const RAW: u16 = 101;
const OPT_COMMENT: u16 = 1;
const IF_NAME: u16 = 2;

/// A capture that is being written. Interfaces are numbered from 0 in the order given.
#[derive(Clone, Debug)]
pub struct Writer {
    out: Vec<u8>,
}

impl Writer {
    /// A section with these interfaces.
    pub fn new(interfaces: &[&str]) -> Writer {
        let mut writer = Writer { out: Vec::new() };
        // Byte order, version 1.0, unknown section length.
        let mut header = 0x1a2b_3c4d_u32.to_le_bytes().to_vec();
        header.extend([1, 0, 0, 0]);
        header.extend([0xff; 8]);
        writer.block(SECTION_HEADER, header);
        for name in interfaces {
            let mut body = RAW.to_le_bytes().to_vec();
            // Reserved, no limit on the length.
            body.extend([0; 6]);
            option(&mut body, IF_NAME, name.as_bytes());
            end_of_options(&mut body);
            writer.block(INTERFACE, body);
        }
        writer
    }

    /// Adds a datagram as seen on an interface at a time since the epoch, with IP and UDP checksums. False:
    /// it cannot be framed (two address families, or more than 65 507 bytes), and nothing was added.
    pub fn datagram(
        &mut self,
        interface: u32,
        at: Duration,
        (from, to): (SocketAddr, SocketAddr),
        payload: &[u8],
        comment: Option<&str>,
    ) -> bool {
        let Some(frame) = frame(from, to, payload) else {
            return false;
        };
        let Ok(length) = u32::try_from(frame.len()) else {
            return false;
        };
        let micros = u64::try_from(at.as_micros()).unwrap_or(u64::MAX);
        let [high, low] = [micros >> 32, micros & 0xffff_ffff].map(|half| u32::try_from(half).unwrap_or(0));
        let mut body: Vec<u8> =
            [interface, high, low, length, length].into_iter().flat_map(u32::to_le_bytes).collect();
        body.extend(&frame);
        pad(&mut body);
        if let Some(comment) = comment {
            option(&mut body, OPT_COMMENT, comment.as_bytes());
            end_of_options(&mut body);
        }
        self.block(ENHANCED_PACKET, body);
        true
    }

    /// The file.
    pub fn finish(self) -> Vec<u8> {
        self.out
    }

    fn block(&mut self, kind: u32, body: Vec<u8>) {
        // Type, both lengths, and the body, which is padded already.
        let length = u32::try_from(body.len() + 12).unwrap_or(u32::MAX).to_le_bytes();
        self.out.extend(kind.to_le_bytes());
        self.out.extend(length);
        self.out.extend(body);
        self.out.extend(length);
    }
}

fn option(body: &mut Vec<u8>, code: u16, value: &[u8]) {
    // An option's length is 16 bits; what is longer is cut.
    let value = value.get(..0xffff).unwrap_or(value);
    body.extend(code.to_le_bytes());
    body.extend(u16::try_from(value.len()).unwrap_or(u16::MAX).to_le_bytes());
    body.extend(value);
    pad(body);
}

fn end_of_options(body: &mut Vec<u8>) {
    body.extend([0; 4]);
}

fn pad(body: &mut Vec<u8>) {
    body.resize(body.len().next_multiple_of(4), 0);
}

fn frame(from: SocketAddr, to: SocketAddr, payload: &[u8]) -> Option<Vec<u8>> {
    const HOPS: u8 = 64;
    let builder = match (from.ip(), to.ip()) {
        (IpAddr::V4(from), IpAddr::V4(to)) => PacketBuilder::ipv4(from.octets(), to.octets(), HOPS),
        (IpAddr::V6(from), IpAddr::V6(to)) => PacketBuilder::ipv6(from.octets(), to.octets(), HOPS),
        _ => return None,
    };
    let builder = builder.udp(from.port(), to.port());
    let mut frame = Vec::with_capacity(builder.size(payload.len()));
    builder.write(&mut frame, payload).ok()?;
    Some(frame)
}
