//! From a captured frame to the UDP datagram in it.

use std::net::{IpAddr, SocketAddr};

use etherparse::{EtherType, LaxNetSlice, LaxSlicedPacket, TransportSlice};
use pcap_parser::Linktype;

/// A UDP datagram in a frame.
pub(crate) struct Udp {
    pub from: SocketAddr,
    pub to: SocketAddr,
    pub payload: Vec<u8>,
    pub cut: bool,
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

/// The UDP datagram in a frame; `None` where there is none, or it is a later fragment.
pub(crate) fn udp(link: Linktype, frame: &[u8]) -> Option<Udp> {
    let sliced = match link {
        Linktype::ETHERNET => LaxSlicedPacket::from_ethernet(frame).ok()?,
        // The protocol family of the host that captured; the IP header itself says which version it is.
        Linktype::NULL | Linktype::LOOP => LaxSlicedPacket::from_ip(frame.get(4..)?).ok()?,
        Linktype::LINUX_SLL => cooked(frame, 14, 16)?,
        Linktype(LINUX_SLL2) => cooked(frame, 0, 20)?,
        _ => LaxSlicedPacket::from_ip(frame).ok()?,
    };
    datagram(&sliced)
}

/// Linux cooked capture: an EtherType at `protocol`, the packet after `header` bytes.
fn cooked(frame: &[u8], protocol: usize, header: usize) -> Option<LaxSlicedPacket<'_>> {
    let ether_type = frame.get(protocol..)?.first_chunk::<2>()?;
    Some(LaxSlicedPacket::from_ether_type(EtherType(u16::from_be_bytes(*ether_type)), frame.get(header..)?))
}

fn datagram(sliced: &LaxSlicedPacket<'_>) -> Option<Udp> {
    let TransportSlice::Udp(udp) = sliced.transport.as_ref()? else {
        return None;
    };
    let (from, to): (IpAddr, IpAddr) = match sliced.net.as_ref()? {
        LaxNetSlice::Ipv4(ip) => (ip.header().source_addr().into(), ip.header().destination_addr().into()),
        LaxNetSlice::Ipv6(ip) => (ip.header().source_addr().into(), ip.header().destination_addr().into()),
        LaxNetSlice::Arp(_) => return None,
    };
    // The length field counts the header's eight bytes; 0 (jumbogram) means what is there.
    let said = usize::from(udp.length()).checked_sub(8);
    let payload = udp.payload();
    Some(Udp {
        from: SocketAddr::new(from, udp.source_port()),
        to: SocketAddr::new(to, udp.destination_port()),
        payload: payload.to_vec(),
        cut: said.is_some_and(|said| said > payload.len()),
    })
}
