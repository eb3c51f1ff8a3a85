//! Look-alikes: what a device would print at a moment of the run. A line whose wording or layout has no public source is
//! marked `(simulated)`.

mod asa;
mod asa_ipsec;
mod asa_log;
mod child;
mod ios;
mod ios_ipsec;
mod ios_log;
mod ipsec;
mod offers;

use std::net::IpAddr;

use ike::{Event, Instant, MessageName, Role, SaId, Sides, State};
use sim::{Actor, Entry, Kind, Negotiation, Setup, Timeline, Trace};

use crate::line::{Line, written};
use vendor::SIMULATED;

/// Whose words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Like {
    /// ASA 8.4 and later.
    Asa,
    /// IOS and IOS-XE.
    Ios,
}

/// How much `show` tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// `show crypto ikev1 sa`, `show crypto isakmp sa`.
    Brief,
    /// The same with `detail`.
    Full,
    /// ASA: the other public layout of `detail`, a table.
    Table,
    /// `show crypto ipsec sa`: the children.
    Ipsec,
}

/// A negotiation as its device holds it at a moment, or held it.
#[derive(Clone, Debug)]
struct Sa<'n> {
    id: SaId,
    role: Role,
    local: IpAddr,
    peer: IpAddr,
    state: State,
    negotiation: &'n Negotiation,
}

/// The negotiations that a device has made, removed ones included.
fn sas<'n>(setup: &Setup, trace: &Trace, device: Role, timeline: &'n Timeline) -> Vec<Sa<'n>> {
    let negotiations = timeline.sides[device].negotiations.iter();
    let sa = |(id, negotiation): (&SaId, &'n Negotiation)| {
        let (role, ..) = negotiation.made?;
        let (local, peer) = ends(setup, trace, device, *id);
        Some(Sa { id: *id, role, local, peer, state: shown_state(negotiation)?, negotiation })
    };
    negotiations.filter_map(sa).collect()
}

/// The state that it rests in, or rested in last; until it enters one it is on its way to the first.
fn shown_state(negotiation: &Negotiation) -> Option<State> {
    let (role, mode, _) = negotiation.made?;
    match negotiation.last {
        // Nothing waits for a fourth message on a device: there the initiator is active.
        Some(State::AmWaitMsg4) => Some(State::AmActive),
        // An ASA names states after the awaited message: the first is 2 for who calls, 3 for who is called.
        None => MessageName::new(mode, Sides::new(2, 3)[role]).and_then(State::waiting_for),
        last => last,
    }
}

/// The device's address and its peer's: of the datagram that began the negotiation, or as configured.
fn ends(setup: &Setup, trace: &Trace, device: Role, id: SaId) -> (IpAddr, IpAddr) {
    let makes = |entry: &&Entry| {
        entry.actor == Actor::Peer(device)
            && matches!(entry.kind, Kind::Engine(Event::Created { sa, .. }) if sa == id)
    };
    let made = trace.entries().iter().find(makes);
    // Behind a NAT the configured address is not the one that a device sees and prints.
    let arrived = made.and_then(|made| {
        let arrived = trace.causes(made.id).find_map(|cause| cause.kind.arrived());
        arrived.map(|datagram| (datagram.to.ip(), datagram.from.ip()))
    });
    let config = &setup.hosts[device];
    arrived.unwrap_or((config.address, config.peer))
}

/// What `show` prints on a device at a moment.
pub fn show(setup: &Setup, trace: &Trace, device: Role, at: Instant, like: Like, detail: Detail) -> String {
    if detail == Detail::Ipsec {
        return ipsec::show(setup, trace, device, at, like);
    }
    let timeline = Timeline::after(trace.entries().iter().take_while(|entry| entry.at <= at));
    let sas = sas(setup, trace, device, &timeline);
    match like {
        Like::Asa => asa::show(&sas, detail),
        Like::Ios => ios::show(&sas, detail, at),
    }
}

/// The syslog (ASA) or debug (IOS) stream of a device up to a moment.
pub fn logs(setup: &Setup, trace: &Trace, device: Role, until: Instant, like: Like) -> String {
    let lines = match like {
        Like::Asa => asa_log::lines(setup, trace, device, until),
        Like::Ios => ios_log::lines(setup, trace, device, until),
    };
    written(&lines.into_iter().map(Line::from).collect::<Vec<_>>())
}

/// Hours, minutes and seconds of virtual time, and the thousandths.
fn clock(at: Instant) -> (String, u64) {
    let (seconds, micros) = (at.as_micros() / 1_000_000, at.as_micros() % 1_000_000);
    (format!("{:02}:{:02}:{:02}", seconds / 3600 % 24, seconds / 60 % 60, seconds % 60), micros / 1000)
}
