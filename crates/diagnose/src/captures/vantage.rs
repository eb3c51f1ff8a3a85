//! From where a run can be seen, and the picture that it leaves there.

use std::net::SocketAddr;
use std::time::Duration;

use capture::{Capture, Datagram, Unreachable};
use ike::{Event, Instant, Label, Reason, Role};
use sim::{Actor, Entry, Kind, Trace};

use super::find::find;
use super::negotiation::{Emission, Negotiation};
use super::picture::{Fact, Facts, Own, facts};
use crate::causes::{by_configuration, is_about_keys, is_stray};

/// Where something was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Vantage {
    /// In the device itself, which knows its own states and refusals.
    Device(Role),
    /// Beside one peer.
    Beside(Role),
    /// Where both can be seen sending: between them.
    Between,
    /// Beside both.
    Both,
}

impl Vantage {
    /// What a single place can be.
    pub const ONE: [Vantage; 3] =
        [Vantage::Beside(Role::Initiator), Vantage::Beside(Role::Responder), Vantage::Between];

    /// It has what left this peer, or came to it.
    fn sees(self, role: Role, kind: &Kind) -> bool {
        match self {
            Vantage::Device(own) | Vantage::Beside(own) => own == role,
            // Once, as it left: what the network loses is lost behind this place.
            Vantage::Between => matches!(kind, Kind::Sent(_)),
            Vantage::Both => true,
        }
    }
}

/// The run as if it had been captured there, up to this moment.
pub(crate) fn captures(trace: &Trace, vantage: Vantage, last: Duration) -> Vec<Capture> {
    // Captures of both sides are two files: one that stays empty says something, too.
    let files = if vantage == Vantage::Both { 2 } else { 1 };
    let mut captures = vec![Capture { last, ..Capture::default() }; files];
    for entry in trace.entries() {
        let Actor::Peer(role) = entry.actor else { continue };
        let file = usize::from(vantage == Vantage::Both && role == Role::Responder);
        if let Some(capture) = captures.get_mut(file).filter(|_| vantage.sees(role, &entry.kind)) {
            add(capture, trace, entry);
        }
    }
    captures
}

fn add(capture: &mut Capture, trace: &Trace, entry: &Entry) {
    let (frame, at) = (capture.frames + 1, entry.at.since(Instant::ZERO));
    match &entry.kind {
        Kind::Sent(one) => {
            let (from, to) = (one.from, on_ikes_port(one.from, one.to));
            capture.datagrams.push(datagram(frame, at, (from, to), &one.bytes));
        }
        Kind::Arrived(one) => {
            let (from, to) = (on_ikes_port(one.to, one.from), one.to);
            capture.datagrams.push(datagram(frame, at, (from, to), &one.bytes));
        }
        Kind::Unreached { .. } => capture.unreachables.extend(unreachable(trace, entry, frame, at)),
        Kind::Edited { .. }
        | Kind::Initiated
        | Kind::Lost { .. }
        | Kind::Altered { .. }
        | Kind::Cleared { .. }
        | Kind::Timer(_)
        | Kind::Engine(_) => return,
    }
    capture.frames = frame;
}

fn datagram(frame: u64, at: Duration, (from, to): (SocketAddr, SocketAddr), bytes: &[u8]) -> Datagram {
    // There are no routers in a run, and a socket does not tell: a time to live of 0 is one that is not known.
    Datagram { frame, interface: 0, at, from, to, payload: bytes.to_vec(), cut: false, ttl: 0 }
}

/// The peer's address, seen from this one. A live peer may be asked for on any port, where a capture would show no IKE.
fn on_ikes_port(own: SocketAddr, peer: SocketAddr) -> SocketAddr {
    let is_ike = [own, peer].iter().any(|end| [500, 4500].contains(&end.port()));
    if is_ike { peer } else { SocketAddr::new(peer.ip(), 500) }
}

fn unreachable(trace: &Trace, entry: &Entry, frame: u64, at: Duration) -> Option<Unreachable> {
    let (what, by) = entry.kind.unreached()?;
    let sent = trace.causes(entry.id).find_map(|cause| cause.kind.sent())?;
    let (about, quoted) = ((sent.from, on_ikes_port(sent.from, sent.to)), sent.bytes.to_vec());
    Some(Unreachable { frame, interface: 0, at, by, what, about, quoted })
}

/// Silence after the last frame is watched, too.
const WATCHED: Duration = Duration::from_secs(3600);

/// The picture that a run leaves there.
pub(super) fn picture(trace: &Trace, vantage: Vantage) -> Facts {
    let captures = captures(trace, vantage, WATCHED);
    of_negotiation(trace, vantage, longest(find(&captures).negotiations).as_ref())
}

/// The one that the run is about: a damaged cookie can make another.
pub(super) fn longest(all: Vec<Negotiation<'_>>) -> Option<Negotiation<'_>> {
    all.into_iter().max_by_key(|one| one.emissions.len())
}

/// The picture of what was captured there of a run, with what a device knows besides.
pub(super) fn of_negotiation(
    trace: &Trace,
    vantage: Vantage,
    negotiation: Option<&Negotiation<'_>>,
) -> Facts {
    let mut picture = negotiation.map_or_else(Facts::new, facts);
    if let Vantage::Device(role) = vantage {
        let began = negotiation.and_then(|one| one.emissions.first()).map_or(Duration::ZERO, Emission::at);
        for (own, at) in own(trace, role) {
            picture.entry(Fact::Own(role, own)).or_insert(at.saturating_sub(began));
        }
    }
    picture
}

/// What a device knows of a run besides its messages, in the order of time.
fn own(trace: &Trace, role: Role) -> impl Iterator<Item = (Own, Duration)> {
    // Anybody can send a live side what is no message of the exchange, and no run of ours has it.
    let foreign = |entry: &Entry| {
        let arrived = entry.cause.and_then(|cause| trace.get(cause)).and_then(|cause| cause.kind.arrived());
        arrived.is_some_and(|datagram| matches!(datagram.label, Label::Foreign { .. }))
    };
    let entries = trace.entries().iter().filter(move |entry| entry.actor == Actor::Peer(role));
    let events = entries.filter(move |entry| !foreign(entry));
    events.filter_map(|entry| Some((known(entry.kind.event()?)?, entry.at.since(Instant::ZERO))))
}

fn known(event: &Event) -> Option<Own> {
    if let Event::Entered { state, .. } = event {
        Some(Own::Entered(*state))
    } else if let Event::Ended { .. } = event {
        Some(Own::Ended)
    } else if let Event::NotifyReceived { notify, .. } = event {
        Some(Own::Notified(*notify))
    } else if let Event::DeleteReceived { .. } = event {
        Some(Own::Deleted)
    } else {
        event.reason().map(class)
    }
}

fn class(reason: &Reason) -> Own {
    if is_about_keys(reason) {
        Own::Unreadable
    } else if is_stray(reason) {
        Own::Stray
    } else {
        by_configuration(reason).map_or(Own::Bad, Own::Refused)
    }
}
