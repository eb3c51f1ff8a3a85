//! What a child protects, as daemons write it.

use std::sync::Arc;

use ike::config::{AclEnd, Net};
use ike::{AclLine, Subnet};

use super::{MOST, network};
use crate::device::{Place, Sourced};
use crate::phase2::{Child, Part};

/// One end of protected traffic: its addresses and port, and the protocol.
struct Selector {
    end: AclEnd,
    protocol: u8,
}

/// `10.1.0.0/24[tcp/80]`, `dynamic`, which is the end's `own` address. `None`: no such thing.
fn selector(text: &str, own: Net) -> Option<Selector> {
    let (net, behind) = text.split_once('[').map_or((text, None), |(net, behind)| (net, Some(behind)));
    let net = match net.trim() {
        "dynamic" | "%dynamic" | "" => own,
        net => {
            let (address, bits) = network(net)?;
            Net::Subnet(Subnet::new(address, bits)?)
        }
    };
    let (protocol, port) = match behind {
        Some(behind) => protocol_port(behind.trim_end_matches(']'))?,
        None => (0, 0),
    };
    Some(Selector { end: AclEnd { net, port }, protocol })
}

/// `tcp/80`, `17/1701`, `gre`, `udp/%any`; a port stands only behind TCP and UDP.
pub(crate) fn protocol_port(text: &str) -> Option<(u8, u16)> {
    let (protocol, port) = text.split_once('/').unwrap_or((text, ""));
    let number = match protocol.trim() {
        "" | "%any" | "any" => 0,
        "icmp" => 1,
        "tcp" => 6,
        "udp" => 17,
        "gre" => 47,
        number => number.parse().ok()?,
    };
    let port = match port.trim() {
        "" | "%any" | "any" => 0,
        "l2f" | "l2tp" => 1701,
        port => port.parse().ok()?,
    };
    Some((number, port)).filter(|_| port == 0 || [6, 17].contains(&number))
}

/// What is protected, as lines of an access list: each pair of an own network and one of the peer's.
pub(crate) fn traffic(child: &mut Child, [from, to]: [&str; 2], at: &Place) {
    let (mut lines, mut unread) = (Vec::new(), None);
    let mut read = |list: &str, own: Net| {
        let all = list.split([',', ' ']).map(str::trim).filter(|one| !one.is_empty()).take(MOST);
        let all = all.filter_map(|one| {
            selector(one, own).or_else(|| {
                unread = unread.take().or(Some(one.to_owned()));
                None
            })
        });
        all.collect::<Vec<_>>()
    };
    let [own, theirs] = [read(from, Net::Own), read(to, Net::Peer)];
    for one in &own {
        for other in &theirs {
            let protocol = one.protocol.max(other.protocol);
            if one.protocol.min(other.protocol) > 0 && one.protocol != other.protocol {
                continue;
            }
            let line = AclLine { permit: true, protocol, source: one.end, destination: other.end };
            lines.push(Sourced::new(line, at.clone()));
        }
    }
    if let Some(part) = unread {
        child.doubt(None, format!("`{part}`: this traffic is not simulated"), at);
    }
    lines.truncate(MOST_LINES);
    child.acl = if lines.is_empty() { Part::Hidden } else { Part::Is(Arc::new(lines)) };
}

/// As many lines of an access list as a scenario takes.
pub(crate) const MOST_LINES: usize = 64;
