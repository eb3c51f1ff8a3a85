//! From a captured frame to the UDP datagram in it, or to the ICMP error about one.

use std::net::{IpAddr, SocketAddr};

use etherparse::defrag::IpDefragPool;
use etherparse::err::Layer;
use etherparse::icmpv4::DestUnreachableHeader;
use etherparse::icmpv6::DestUnreachableCode;
use etherparse::{
    EtherType, Icmpv4Type, Icmpv6Type, LaxNetSlice, LaxSlicedPacket, NetSlice, SlicedPacket, TransportSlice,
    UdpSlice,
};
use pcap_parser::Linktype;

use crate::Unreached;

/// A UDP datagram in a frame.
pub(crate) struct Udp {
    pub from: SocketAddr,
    pub to: SocketAddr,
    pub payload: Vec<u8>,
    pub cut: bool,
    pub ttl: u8,
}

/// An ICMP error in a frame.
pub(crate) struct Icmp {
    pub by: IpAddr,
    pub what: Unreached,
    pub about: (SocketAddr, SocketAddr),
    pub quoted: Vec<u8>,
}

/// What a frame holds.
pub(crate) enum Found {
    Udp(Udp),
    Icmp(Icmp),
}

/// Link types that are not in the reader's table.
const LINUX_SLL2: i32 = 276;
const IPV4: i32 = 228;
const IPV6: i32 = 229;
/// OpenBSD numbers raw IP 12 or 14.
const RAW_BSD: [i32; 2] = [12, 14];

/// Whether frames of this link type can be read at all.
pub(crate) fn is_known(link: Linktype) -> bool {
    matches!(link, Linktype::ETHERNET | Linktype::NULL | Linktype::LOOP | Linktype::RAW | Linktype::LINUX_SLL)
        || RAW_BSD.contains(&link.0)
        || [LINUX_SLL2, IPV4, IPV6].contains(&link.0)
}

/// Datagrams whose fragments are put together; those of old frames are given up.
#[derive(Default)]
pub(crate) struct Fragments {
    pool: IpDefragPool<u64, ()>,
}

/// Frames after which an incomplete datagram is forgotten: a flood of fragments must not fill the memory.
const PATIENCE: u64 = 1000;

impl Fragments {
    /// The UDP datagram that this frame completes.
    pub fn udp(&mut self, link: Linktype, frame: &[u8], number: u64) -> Option<Udp> {
        let sliced = match link {
            Linktype::ETHERNET => SlicedPacket::from_ethernet(frame).ok()?,
            Linktype::NULL | Linktype::LOOP => SlicedPacket::from_ip(frame.get(4..)?).ok()?,
            Linktype::LINUX_SLL => {
                SlicedPacket::from_ether_type(ether_type(frame, 14)?, frame.get(16..)?).ok()?
            }
            Linktype(LINUX_SLL2) => {
                SlicedPacket::from_ether_type(ether_type(frame, 0)?, frame.get(20..)?).ok()?
            }
            _ => SlicedPacket::from_ip(frame).ok()?,
        };
        let (from, to, ttl): (IpAddr, IpAddr, u8) = match sliced.net.as_ref()? {
            NetSlice::Ipv4(ip) if ip.header().is_fragmenting_payload() => {
                (ip.header().source_addr().into(), ip.header().destination_addr().into(), ip.header().ttl())
            }
            NetSlice::Ipv6(ip) if ip.is_payload_fragmented() => {
                let header = ip.header();
                (header.source_addr().into(), header.destination_addr().into(), header.hop_limit())
            }
            // Whole packets were tried before, and had no datagram.
            NetSlice::Ipv4(_) | NetSlice::Ipv6(_) | NetSlice::Arp(_) => return None,
        };
        self.pool.retain(|seen| seen.saturating_add(PATIENCE) > number);
        let whole = self.pool.process_sliced_packet(&sliced, number, ()).ok()??;
        let found = UdpSlice::from_slice_lax(&whole.payload).ok().map(|udp| Udp {
            from: SocketAddr::new(from, udp.source_port()),
            to: SocketAddr::new(to, udp.destination_port()),
            payload: udp.payload().to_vec(),
            cut: false,
            ttl,
        });
        self.pool.return_buf(whole);
        found
    }
}

fn ether_type(frame: &[u8], at: usize) -> Option<EtherType> {
    frame.get(at..)?.first_chunk::<2>().map(|bytes| EtherType(u16::from_be_bytes(*bytes)))
}

/// A frame's headers. Lax: a frame that was cut at the snap length still shows most of an exchange.
fn headers(link: Linktype, frame: &[u8]) -> Option<LaxSlicedPacket<'_>> {
    match link {
        Linktype::ETHERNET => LaxSlicedPacket::from_ethernet(frame).ok(),
        // The protocol family of the host that captured; the IP header itself says which version it is.
        Linktype::NULL | Linktype::LOOP => LaxSlicedPacket::from_ip(frame.get(4..)?).ok(),
        Linktype::LINUX_SLL => cooked(frame, 14, 16),
        Linktype(LINUX_SLL2) => cooked(frame, 0, 20),
        _ => LaxSlicedPacket::from_ip(frame).ok(),
    }
}

/// Whether a frame that was cut ends before anybody can tell that it holds no UDP datagram.
pub(crate) fn ends_early(link: Linktype, frame: &[u8]) -> bool {
    let Some(sliced) = headers(link, frame) else { return true };
    let other = [Layer::Arp, Layer::TcpHeader, Layer::Icmpv4, Layer::Icmpv6, Layer::Igmp];
    sliced.transport.is_none() && sliced.stop_err.is_some_and(|(_, layer)| !other.contains(&layer))
}

/// The UDP datagram or the ICMP error in a frame; `None` where there is none, or it is a fragment.
pub(crate) fn found(link: Linktype, frame: &[u8]) -> Option<Found> {
    let sliced = headers(link, frame)?;
    match sliced.transport.as_ref()? {
        TransportSlice::Udp(udp) => datagram(&sliced, udp).map(Found::Udp),
        TransportSlice::Icmpv4(icmp) => {
            let Icmpv4Type::DestinationUnreachable(what) = icmp.icmp_type() else { return None };
            unreachable(&sliced, unreached_v4(&what)?, icmp.payload()).map(Found::Icmp)
        }
        TransportSlice::Icmpv6(icmp) => {
            let Icmpv6Type::DestinationUnreachable(what) = icmp.icmp_type() else { return None };
            unreachable(&sliced, unreached_v6(what), icmp.payload()).map(Found::Icmp)
        }
        TransportSlice::Tcp(_) | TransportSlice::Igmp(_) => None,
    }
}

/// Linux cooked capture: an EtherType at `protocol`, the packet after `header` bytes.
fn cooked(frame: &[u8], protocol: usize, header: usize) -> Option<LaxSlicedPacket<'_>> {
    Some(LaxSlicedPacket::from_ether_type(ether_type(frame, protocol)?, frame.get(header..)?))
}

/// Source, destination and time to live.
fn addresses(sliced: &LaxSlicedPacket<'_>) -> Option<(IpAddr, IpAddr, u8)> {
    match sliced.net.as_ref()? {
        LaxNetSlice::Ipv4(ip) => {
            let header = ip.header();
            Some((header.source_addr().into(), header.destination_addr().into(), header.ttl()))
        }
        LaxNetSlice::Ipv6(ip) => {
            let header = ip.header();
            Some((header.source_addr().into(), header.destination_addr().into(), header.hop_limit()))
        }
        LaxNetSlice::Arp(_) => None,
    }
}

fn datagram(sliced: &LaxSlicedPacket<'_>, udp: &UdpSlice<'_>) -> Option<Udp> {
    let (from, to, ttl) = addresses(sliced)?;
    // The length field counts the header's eight bytes; 0 (jumbogram) means what is there.
    let said = usize::from(udp.length()).checked_sub(8);
    let payload = udp.payload();
    Some(Udp {
        from: SocketAddr::new(from, udp.source_port()),
        to: SocketAddr::new(to, udp.destination_port()),
        payload: payload.to_vec(),
        cut: said.is_some_and(|said| said > payload.len()),
        ttl,
    })
}

/// The quote is an IP header and at least eight bytes: UDP's ports and length.
fn unreachable(sliced: &LaxSlicedPacket<'_>, what: Unreached, quote: &[u8]) -> Option<Icmp> {
    let (by, ..) = addresses(sliced)?;
    let quote = LaxSlicedPacket::from_ip(quote).ok()?;
    let TransportSlice::Udp(udp) = quote.transport.as_ref()? else { return None };
    let Udp { from, to, payload, .. } = datagram(&quote, udp)?;
    Some(Icmp { by, what, about: (from, to), quoted: payload })
}

/// What a code means, of ICMP or of ICMPv6.
pub(crate) fn unreached(code: u8, v6: bool) -> Option<Unreached> {
    if v6 {
        DestUnreachableCode::from_u8(code).map(unreached_v6)
    } else {
        DestUnreachableHeader::from_values(code, 0).as_ref().and_then(unreached_v4)
    }
}

/// `None`: it is no matter of reaching.
fn unreached_v4(what: &DestUnreachableHeader) -> Option<Unreached> {
    use DestUnreachableHeader as D;
    Some(match what {
        D::Port => Unreached::Port,
        D::Host | D::HostUnknown | D::TosHost | D::Isolated => Unreached::Host,
        D::Network | D::NetworkUnknown | D::TosNetwork => Unreached::Network,
        D::NetworkProhibited
        | D::HostProhibited
        | D::FilterProhibited
        | D::HostPrecedenceViolation
        | D::PrecedenceCutoff => Unreached::Prohibited,
        // These are about the packet, and leave open whether its receiver is there.
        D::Protocol | D::FragmentationNeeded { .. } | D::SourceRouteFailed => return None,
    })
}

fn unreached_v6(what: DestUnreachableCode) -> Unreached {
    use DestUnreachableCode as D;
    match what {
        D::Port => Unreached::Port,
        D::Address => Unreached::Host,
        D::NoRoute | D::BeyondScope => Unreached::Network,
        D::Prohibited | D::SourceAddressFailedPolicy | D::RejectRoute => Unreached::Prohibited,
    }
}
