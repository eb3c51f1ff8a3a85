//! The path between the peers: who has which address, what is filtered, what is translated.

use std::net::{IpAddr, SocketAddr};

use ike::{Instant, Role, Sides};

use crate::fault::{Blame, Direction, Fault, PathFault};
use crate::setup::Setup;

/// The conditions of the path. They hold whatever is sent; rules come after them.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Path {
    inside: Sides<IpAddr>,
    nats: Vec<Nat>,
    conditions: Vec<(usize, PathFault)>,
}

/// Address translation in front of one peer.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Nat {
    /// Position in the scenario's faults.
    index: usize,
    at: Role,
    outside: IpAddr,
    /// Inside ends that have sent, and the outside port of each.
    mappings: Vec<(SocketAddr, u16)>,
}

/// The first port that a translation hands out.
const FIRST_NAT_PORT: u16 = 61_000;

/// An address that was rewritten, and by which fault.
pub(crate) struct Translated {
    pub by: Blame,
    pub before: SocketAddr,
    pub after: SocketAddr,
}

impl Path {
    pub fn new(setup: &Setup) -> Path {
        let mut nats = Vec::new();
        let mut conditions = Vec::new();
        for (index, fault) in setup.faults.iter().enumerate() {
            match *fault {
                Fault::Path(PathFault::Nat { at, outside }) => {
                    nats.push(Nat { index, at, outside, mappings: Vec::new() });
                }
                Fault::Path(condition) => conditions.push((index, condition)),
                Fault::Operator(_) | Fault::Clear(_) | Fault::Wire(_) | Fault::Peer(_) => {}
            }
        }
        Path { inside: setup.hosts.as_ref().map(|host| host.address), nats, conditions }
    }

    /// The source as it looks outside the sender's NAT, if it has one.
    pub fn translate_out(&mut self, sender: Role, from: SocketAddr) -> Option<Translated> {
        let nat = self.nats.iter_mut().find(|nat| nat.at == sender)?;
        let port = nat.port_for(from)?;
        Some(Translated {
            by: Blame::Fault(nat.index),
            before: from,
            after: SocketAddr::new(nat.outside, port),
        })
    }

    /// Who has the destination address as seen on the wire.
    pub fn host(&self, to: IpAddr) -> Option<Role> {
        // An address behind a NAT is nobody's out here.
        Role::BOTH.into_iter().find(|role| self.outside(*role) == to)
    }

    /// The destination behind the receiver's NAT, if it has one. A responder behind NAT has its IKE ports
    /// forwarded; elsewhere only answers come through. `Err`: nothing is mapped to that port.
    pub fn translate_in(&mut self, receiver: Role, to: SocketAddr) -> Result<Option<Translated>, Blame> {
        let inside = self.inside[receiver];
        let Some(nat) = self.nats.iter_mut().find(|nat| nat.at == receiver) else {
            return Ok(None);
        };
        let by = Blame::Fault(nat.index);
        // Before the forwarding: answers go back to where the question left.
        let known = nat.mappings.iter().find(|(_, port)| *port == to.port()).map(|(end, _)| *end);
        let forwarded = (receiver == Role::Responder).then(|| SocketAddr::new(inside, to.port()));
        let after = known.or(forwarded).ok_or(by)?;
        if known.is_none() {
            // Answers must leave from the port that was called.
            nat.mappings.push((after, to.port()));
        }
        Ok(Some(Translated { by, before: to, after }))
    }

    /// What keeps a datagram from leaving the sender or from crossing the path at `now`.
    pub fn obstacle(&self, sender: Role, now: Instant, from: SocketAddr, to: SocketAddr) -> Option<Blame> {
        let blocks = |fault: &PathFault| match fault {
            // One way only: what the other peer sends still arrives.
            PathFault::NoRoute { at } => *at == sender,
            PathFault::BlockPort { port, direction } => {
                // Either end: a NAT in front of the sender has changed its source port.
                covers(*direction, sender) && (from.port() == *port || to.port() == *port)
            }
            PathFault::PeerDown { .. } => is_down(fault, sender, now),
            PathFault::Nat { .. } => false,
        };
        self.find(blocks)
    }

    /// Whether the receiver is switched off at `now`.
    pub fn receiver_down(&self, receiver: Role, now: Instant) -> Option<Blame> {
        self.find(|fault| is_down(fault, receiver, now))
    }

    fn find(&self, blocks: impl Fn(&PathFault) -> bool) -> Option<Blame> {
        self.conditions.iter().find(|(_, fault)| blocks(fault)).map(|(index, _)| Blame::Fault(*index))
    }

    fn outside(&self, role: Role) -> IpAddr {
        let nat = self.nats.iter().find(|nat| nat.at == role);
        nat.map_or(self.inside[role], |nat| nat.outside)
    }
}

impl Nat {
    /// The outside port of an inside end, handed out at its first packet.
    fn port_for(&mut self, from: SocketAddr) -> Option<u16> {
        if let Some((_, port)) = self.mappings.iter().find(|(end, _)| *end == from) {
            return Some(*port);
        }
        let taken = u16::try_from(self.mappings.len()).ok()?;
        let port = FIRST_NAT_PORT.checked_add(taken)?;
        self.mappings.push((from, port));
        Some(port)
    }
}

fn covers(direction: Direction, sender: Role) -> bool {
    match direction {
        Direction::Both => true,
        Direction::ToResponder => sender == Role::Initiator,
        Direction::ToInitiator => sender == Role::Responder,
    }
}

fn is_down(fault: &PathFault, peer: Role, now: Instant) -> bool {
    match fault {
        PathFault::PeerDown { at, from, until } => {
            *at == peer && *from <= now && until.is_none_or(|until| now < until)
        }
        PathFault::NoRoute { .. } | PathFault::BlockPort { .. } | PathFault::Nat { .. } => false,
    }
}
