//! Access lists on the way to the device itself, as far as they touch UDP 500, UDP 4500 and ESP.

use std::net::IpAddr;
use std::sync::Arc;

use crate::device::Place;
use crate::keys::in_net;

/// A packet that wants in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Packet {
    /// Source.
    pub from: IpAddr,
    /// Destination: an address of the device.
    pub to: IpAddr,
    /// What it carries.
    pub carries: Carries,
}

/// What IKE and IPsec carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Carries {
    /// UDP with this port on both sides.
    Udp(u16),
    /// ESP.
    Esp,
}

/// Which packets a line is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Protocol {
    Any,
    Udp,
    Esp,
    /// By number; `None`: a word that is not known.
    Other(Option<u8>),
}

/// Which ports a line is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ports {
    Any,
    Between(u16, u16),
    Not(u16),
}

impl Ports {
    fn has(self, port: u16) -> bool {
        match self {
            Ports::Any => true,
            Ports::Between(first, last) => (first..=last).contains(&port),
            Ports::Not(other) => port != other,
        }
    }
}

/// Addresses: any of these networks. Shared: many lines may name one group.
pub(crate) type Nets = Arc<Vec<(IpAddr, u8)>>;

/// One line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub permit: bool,
    pub protocol: Protocol,
    /// Empty: any.
    pub from: Nets,
    pub from_ports: Ports,
    /// Empty: any.
    pub to: Nets,
    pub to_ports: Ports,
    pub at: Place,
}

impl Entry {
    fn is_about(&self, packet: &Packet) -> bool {
        let within = |nets: &Nets, address| {
            nets.is_empty() || nets.iter().any(|(net, bits)| in_net(address, *net, *bits))
        };
        let carried = match (self.protocol, packet.carries) {
            (Protocol::Any, _) | (Protocol::Esp, Carries::Esp) => true,
            // IKE has the same port on both sides, until a NAT changes the source.
            (Protocol::Udp, Carries::Udp(port)) => self.from_ports.has(port) && self.to_ports.has(port),
            _ => false,
        };
        carried && within(&self.from, packet.from) && within(&self.to, packet.to)
    }
}

/// The lines in their order; what no line is about is denied.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AccessList {
    pub(crate) entries: Vec<Entry>,
    /// The first line that could not be read.
    pub(crate) unread: Option<Place>,
}

impl AccessList {
    /// The line that denies a packet; where none is about it, the line that puts the list in force. A list without
    /// lines lets everything pass.
    pub(crate) fn denies(&self, packet: &Packet, in_force: Option<&Place>) -> Option<Place> {
        if self.entries.is_empty() {
            return None;
        }
        match self.entries.iter().find(|entry| entry.is_about(packet)) {
            Some(entry) if entry.permit => None,
            Some(entry) => Some(entry.at.clone()),
            // The implicit deny has no line; the one that applies the list is what can be changed.
            None => in_force.cloned(),
        }
    }
}
