//! What an operator wants protected, and how: crypto maps and their access lists.

use std::fmt;
use std::net::IpAddr;
use std::time::Duration;

use crate::crypto::DhGroup;
use crate::ipsec::{Encapsulation, TransformSet};
use crate::selector::{Selector, Selectors, Subnet};

/// One entry of a crypto map.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct MapEntry {
    /// 1 to 65535, lower is tried first.
    pub sequence: u16,
    /// Its map is bound to the interface.
    pub interface: bool,
    /// `set peer`; the first is called, the others are backups.
    pub peers: Vec<IpAddr>,
    /// `match address`, in the order written.
    pub acl: Vec<AclLine>,
    /// `set transform-set`, in order of preference.
    pub transform_sets: Vec<TransformSet>,
    /// IPComp is offered, and taken where it is offered.
    pub compress: bool,
    /// Tunnel or transport.
    pub mode: Encapsulation,
    /// `set pfs`.
    pub pfs: Option<DhGroup>,
    /// Seconds, 1 or more.
    pub lifetime: u32,
    /// Kilobytes; 0: none are offered.
    pub kilobytes: u32,
    /// It takes any peer, and calls none.
    pub dynamic: bool,
    /// What follows a failed attempt of this side.
    pub retry: Retry,
    /// How many attempts may follow the first.
    pub attempts: u32,
}

/// When an initiator asks for a child again that it did not get, or that the peer deleted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Retry {
    /// As the vendor does without traffic.
    #[default]
    Vendor,
    /// Never.
    Never,
    /// This long after the failed attempt, as traffic would have it.
    After(Duration),
}

/// A line of an access list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AclLine {
    /// `permit`: to be protected; else not.
    pub permit: bool,
    /// IP protocol; 0: any.
    pub protocol: u8,
    /// Behind this host.
    pub source: AclEnd,
    /// Behind the peer.
    pub destination: AclEnd,
}

/// One end of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AclEnd {
    /// Which addresses.
    pub net: Net,
    /// UDP or TCP port; 0: any.
    pub port: u16,
}

/// The addresses of one end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Net {
    /// This host's own address.
    Own,
    /// The peer's.
    Peer,
    /// These.
    Subnet(Subnet),
}

/// A part of an entry without which it protects nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MapPart {
    /// `match address`.
    Acl,
    /// `set peer`.
    Peer,
    /// `set transform-set`.
    TransformSet,
}

impl MapPart {
    /// The scenario file's word.
    pub fn name(self) -> &'static str {
        match self {
            MapPart::Acl => "acl",
            MapPart::Peer => "peer",
            MapPart::TransformSet => "transform-set",
        }
    }
}

impl MapEntry {
    /// What it lacks.
    pub fn missing(&self) -> Option<MapPart> {
        let lacks = [
            (MapPart::Peer, self.peers.is_empty() && !self.dynamic),
            // A list that denies everything has nothing to protect.
            (MapPart::Acl, !self.acl.iter().any(|line| line.permit) && !self.dynamic),
            (MapPart::TransformSet, self.transform_sets.is_empty()),
        ];
        lacks.into_iter().find(|(_, lacks)| *lacks).map(|(part, _)| part)
    }

    /// What the other side has to have for this entry to be of use. `peer`: this host as the other knows it.
    #[must_use]
    pub fn mirrored(&self, peer: IpAddr) -> MapEntry {
        let acl = self.acl.iter().map(|line| line.mirrored()).collect();
        // Who asks again is each side's own affair.
        let (retry, attempts) = (Retry::Vendor, 1);
        MapEntry { peers: vec![peer], acl, interface: true, dynamic: false, retry, attempts, ..self.clone() }
    }

    /// The flows that it protects, as this host sees them.
    pub fn flows(&self, own: IpAddr, peer: IpAddr) -> impl Iterator<Item = Selectors> {
        let permitted = self.acl.iter().filter(|line| line.permit);
        permitted.map(move |line| line.selectors(own, peer))
    }
}

impl AclLine {
    /// The line with the two hosts' addresses put in.
    pub fn selectors(&self, own: IpAddr, peer: IpAddr) -> Selectors {
        let end = |end: AclEnd| {
            let subnet = match end.net {
                Net::Own => Subnet::host(own),
                Net::Peer => Subnet::host(peer),
                Net::Subnet(subnet) => subnet,
            };
            Selector { subnet, protocol: self.protocol, port: end.port }
        };
        Selectors { local: end(self.source), remote: end(self.destination) }
    }

    /// The line as the other side has to write it.
    #[must_use]
    pub fn mirrored(self) -> AclLine {
        let turn = |end: AclEnd| match end.net {
            Net::Own => AclEnd { net: Net::Peer, ..end },
            Net::Peer => AclEnd { net: Net::Own, ..end },
            Net::Subnet(_) => end,
        };
        AclLine { source: turn(self.destination), destination: turn(self.source), ..self }
    }
}

/// As the scenario file has it: `udp 10.1.0.0/24:1701 peer`.
impl fmt::Display for AclLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.permit {
            f.write_str("deny ")?;
        }
        f.write_str(&protocol_name(self.protocol))?;
        for AclEnd { net, port } in [self.source, self.destination] {
            match net {
                Net::Own => f.write_str(" self")?,
                Net::Peer => f.write_str(" peer")?,
                Net::Subnet(subnet) => write!(f, " {subnet}")?,
            }
            if port > 0 {
                write!(f, ":{port}")?;
            }
        }
        Ok(())
    }
}

const PROTOCOLS: [(&str, u8); 5] = [("ip", 0), ("icmp", 1), ("tcp", 6), ("udp", 17), ("gre", 47)];

/// The word for an IP protocol, or its number.
pub fn protocol_name(protocol: u8) -> String {
    let known = PROTOCOLS.iter().find(|(_, number)| *number == protocol);
    known.map_or_else(|| protocol.to_string(), |(name, _)| (*name).into())
}

/// The IP protocol of this word or number.
pub fn protocol_number(word: &str) -> Option<u8> {
    let known = PROTOCOLS.iter().find(|(name, _)| *name == word);
    known.map(|(_, number)| *number).or_else(|| word.parse().ok())
}
