//! Access lists: `access-list NAME extended permit udp ...` (ASA), `access-list 101 ...` and `ip access-list extended`
//! (IOS). ASA writes netmasks, IOS wildcards.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::Arc;

use ike::config::{AclEnd, Net};
use ike::{AclLine, Subnet};

use crate::cisco::Reader;
use crate::cisco::terminal::Line;
use crate::daemon::MOST_LINES;
use crate::device::{Dialect, Family, Place, Sourced};
use crate::filter::{AccessList, Entry, Nets, Ports, Protocol};

impl Reader {
    /// A line of an access list, from `permit` or `deny` on. False: it cannot be understood, and is counted.
    pub(super) fn access_line(&mut self, name: &str, line: &Line, words: &[&str]) -> bool {
        let entry = self.entry(line, words);
        let taken = entry.is_some();
        let place = self.place(line);
        let list = self.access_lists.entry(name.to_owned()).or_default();
        list.entries.extend(entry);
        // A remark is no line, and an inactive one is skipped by the device.
        if !taken && matches!(words, ["permit" | "deny", ..]) && !words.contains(&"inactive") {
            list.unread = list.unread.take().or(Some(place));
        }
        taken
    }

    fn entry(&self, line: &Line, words: &[&str]) -> Option<Entry> {
        let (permit, rest) = match words {
            ["permit", rest @ ..] => (true, rest),
            ["deny", rest @ ..] => (false, rest),
            _ => return None,
        };
        let (protocol, rest) = match rest {
            // A service group mixes protocols; a guess could open or close the wrong port.
            ["object" | "object-group", _, ..] => return None,
            ["ip" | "any", rest @ ..] => (Protocol::Any, rest),
            ["udp" | "17", rest @ ..] => (Protocol::Udp, rest),
            ["esp" | "50", rest @ ..] => (Protocol::Esp, rest),
            // Kept: in a crypto access list it is traffic to protect, whatever the protocol.
            [word, rest @ ..] => (Protocol::Other(number(word)), rest),
            [] => return None,
        };
        let (from, rest) = self.nets(rest)?;
        let (from_ports, rest) = ports(rest);
        let (to, rest) = self.nets(rest)?;
        let (to_ports, rest) = ports(rest);
        // The device skips such a line; it must not decide about a packet here either.
        if rest.contains(&"inactive") {
            return None;
        }
        Some(Entry { permit, protocol, from, from_ports, to, to_ports, at: self.place(line) })
    }

    /// Addresses at the beginning of the words. Empty: any.
    fn nets<'w>(&self, words: &'w [&'w str]) -> Option<(Nets, &'w [&'w str])> {
        match words {
            ["any" | "any4" | "any6", rest @ ..] => Some((Nets::default(), rest)),
            ["host", name, rest @ ..] => {
                let address = self.address(name)?;
                Some((one((address, full(address))), rest))
            }
            ["object" | "object-group", name, rest @ ..] => Some((self.objects.get(*name)?.clone(), rest)),
            [net, rest @ ..] if net.contains('/') => Some((one(prefixed(net)?), rest)),
            [net, mask, rest @ ..] => {
                let (net, mask) = (self.address(net)?, mask.parse::<Ipv4Addr>().ok()?);
                // The same four numbers mean the opposite on the two: an ASA's mask is an IOS wildcard turned over.
                let wildcard = self.device.dialect == Dialect::Ios;
                Some((one((net, bits(mask, wildcard)?)), rest))
            }
            _ => None,
        }
    }

    /// `host A`, `A MASK`, of an object or an object-group.
    pub(super) fn object(&mut self, name: &str, words: &[&str]) -> bool {
        let nets: Option<Nets> = match words {
            ["host", address] | ["network-object", "host", address] => {
                self.address(address).map(|address| one((address, full(address))))
            }
            ["group-object" | "network-object", other] | ["network-object", "object", other] => {
                self.objects.get(*other).cloned()
            }
            ["subnet", net, mask] | ["network-object", net, mask] => self.address(net).and_then(|net| {
                let mask = mask.parse::<Ipv4Addr>().ok()?;
                Some(one((net, bits(mask, false)?)))
            }),
            _ => None,
        };
        let Some(nets) = nets else { return false };
        let known = Arc::make_mut(self.objects.entry(name.to_owned()).or_default());
        // A group in a group may double it each time.
        known.extend(nets.iter().take(MOST_NETS.saturating_sub(known.len())));
        true
    }
}

/// Networks of one group, and pairs of networks of one crypto access list.
const MOST_NETS: usize = 4096;

fn one(net: (IpAddr, u8)) -> Nets {
    Arc::new(vec![net])
}

fn full(address: IpAddr) -> u8 {
    if address.is_ipv4() { 32 } else { 128 }
}

/// `2001:db8::/32`
fn prefixed(text: &str) -> Option<(IpAddr, u8)> {
    let (net, bits) = text.split_once('/')?;
    let net: IpAddr = net.parse().ok()?;
    bits.parse().ok().filter(|bits| *bits <= full(net)).map(|bits| (net, bits))
}

/// How many leading bits a mask has; `None`: it is not contiguous.
pub(super) fn bits(mask: Ipv4Addr, wildcard: bool) -> Option<u8> {
    // A wildcard has ones where an address may differ.
    let mask = if wildcard { !u32::from(mask) } else { u32::from(mask) };
    let bits = mask.leading_ones();
    // Wildcards with holes are legal on IOS, but no prefix says what they take.
    (mask.checked_shl(bits).unwrap_or(0) == 0).then(|| u8::try_from(bits).ok()).flatten()
}

/// Ports at the beginning of the words.
fn ports<'w>(words: &'w [&'w str]) -> (Ports, &'w [&'w str]) {
    let number = |word: &str| match word {
        "isakmp" => Some(500),
        "non500-isakmp" => Some(4500),
        other => other.parse().ok(),
    };
    match words {
        ["eq", port, rest @ ..] => {
            // A name that is not known is no port of IKE's.
            (number(port).map_or(Ports::Between(0, 0), |port| Ports::Between(port, port)), rest)
        }
        ["neq", port, rest @ ..] => (number(port).map_or(Ports::Any, Ports::Not), rest),
        ["range", first, last, rest @ ..] => {
            let range = number(first).zip(number(last)).map(|(first, last)| Ports::Between(first, last));
            (range.unwrap_or(Ports::Between(0, 0)), rest)
        }
        ["gt", port, rest @ ..] => {
            (number(port).map_or(Ports::Any, |port| Ports::Between(port.saturating_add(1), u16::MAX)), rest)
        }
        ["lt", port, rest @ ..] => {
            (number(port).map_or(Ports::Any, |port| Ports::Between(0, port.saturating_sub(1))), rest)
        }
        rest => (Ports::Any, rest),
    }
}

/// The number of an IP protocol.
fn number(word: &str) -> Option<u8> {
    match word {
        "icmp" => Some(1),
        "tcp" => Some(6),
        "gre" => Some(47),
        "ah" | "ahp" => Some(51),
        "ospf" => Some(89),
        number => number.parse().ok(),
    }
}

/// What a crypto access list protects. `Err`: the line that no scenario has, or that is one too many.
pub(super) fn traffic(list: &AccessList) -> Result<Vec<Sourced<AclLine>>, (String, Place)> {
    let mut lines = Vec::new();
    for entry in &list.entries {
        let all =
            protected(entry).ok_or_else(|| ("this line is not simulated".to_owned(), entry.at.clone()))?;
        lines.extend(all.into_iter().map(|line| Sourced::new(line, entry.at.clone())));
        if lines.len() > MOST_LINES {
            return Err((format!("the access list has more than {MOST_LINES} lines"), entry.at.clone()));
        }
    }
    match &list.unread {
        Some(at) => Err(("this line of the access list could not be read".into(), at.clone())),
        None => Ok(lines),
    }
}

/// A line of a list: one for each pair of networks.
fn protected(entry: &Entry) -> Option<Vec<AclLine>> {
    let protocol = match entry.protocol {
        Protocol::Any => 0,
        Protocol::Udp => 17,
        Protocol::Esp => 50,
        Protocol::Other(number) => number?,
    };
    let port = |ports| match ports {
        Ports::Any => Some(0),
        Ports::Between(port, last) if port == last && port > 0 => Some(port),
        Ports::Between(..) | Ports::Not(_) => None,
    };
    let (from_port, to_port) = (port(entry.from_ports)?, port(entry.to_ports)?);
    if (from_port > 0 || to_port > 0) && ![6, 17].contains(&protocol) {
        return None;
    }
    let (from, to) = (subnets(&entry.from, &entry.to)?, subnets(&entry.to, &entry.from)?);
    // One more than there may be is enough to see that they are too many.
    let all = from.iter().flat_map(|from| to.iter().map(move |to| (*from, *to))).take(MOST_LINES + 1);
    let end = |subnet, port| AclEnd { net: Net::Subnet(subnet), port };
    let lines = all.map(|(from, to)| AclLine {
        permit: entry.permit,
        protocol,
        source: end(from, from_port),
        destination: end(to, to_port),
    });
    Some(lines.collect())
}

/// One end's networks; `any` is of the family that stands beside it.
fn subnets(nets: &Nets, beside: &Nets) -> Option<Vec<Subnet>> {
    if nets.is_empty() {
        let six = beside.first().is_some_and(|(net, _)| net.is_ipv6());
        return any(if six { Family::Six } else { Family::Four }).map(|net| vec![net]);
    }
    nets.iter().map(|(net, bits)| Subnet::new(*net, *bits)).collect()
}

/// All addresses of a family.
pub(super) fn any(family: Family) -> Option<Subnet> {
    let first: IpAddr = match family {
        Family::Four => Ipv4Addr::UNSPECIFIED.into(),
        Family::Six => Ipv6Addr::UNSPECIFIED.into(),
    };
    Subnet::new(first, 0)
}

/// A line that permits a protocol, whatever its ports.
pub(super) fn line(protocol: u8, [source, destination]: [Net; 2]) -> AclLine {
    let end = |net| AclEnd { net, port: 0 };
    AclLine { permit: true, protocol, source: end(source), destination: end(destination) }
}
