//! Look-alikes: what a device would print at a moment of the run. A line whose wording or layout has no public source is
//! marked `(simulated)`.

mod asa;
mod asa_log;
mod ios;
mod ios_log;

use std::net::{IpAddr, SocketAddr};

use ike::{Ended, Event, Instant, MessageName, Negotiated, Role, State};
use sim::{Actor, Entry, Kind, Setup, Trace};

use crate::line::{Line, written};

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
}

/// Behind a line whose wording or layout has no public source.
const SIMULATED: &str = "(simulated)";

/// A negotiation as its device holds it at a moment.
#[derive(Clone, Debug)]
struct Sa {
    number: u32,
    role: Role,
    local: IpAddr,
    peer: IpAddr,
    /// The state it rests in, or rested in last.
    state: State,
    /// A tunnel-group is bound to it.
    bound: bool,
    keys: bool,
    negotiated: Option<Negotiated>,
    active_since: Option<Instant>,
    ended: Option<Ended>,
}

/// The negotiations that a device has made as long as `until` holds, removed ones included.
fn standing(setup: &Setup, trace: &Trace, device: Role, until: impl Fn(&Entry) -> bool) -> Vec<Sa> {
    let mut sas: Vec<Sa> = Vec::new();
    let entries = trace.entries().iter();
    for entry in entries.take_while(|e| until(e)).filter(|e| e.actor == Actor::Peer(device)) {
        let Kind::Engine(event) = &entry.kind else { continue };
        if let Event::Created { sa, role, mode, .. } = event {
            let arrived = trace.causes(entry.id).find_map(|cause| match &cause.kind {
                Kind::Arrived(datagram) => Some((datagram.to, datagram.from)),
                _ => None,
            });
            let config = &setup.hosts[device];
            let (local, peer) = arrived
                .map_or((config.address, config.peer), |ends: (SocketAddr, SocketAddr)| {
                    (ends.0.ip(), ends.1.ip())
                });
            // Until it enters a state it is on its way to the first.
            let state = MessageName::new(*mode, if *role == Role::Initiator { 2 } else { 3 })
                .and_then(State::waiting_for);
            sas.extend(state.map(|state| Sa {
                number: sa.0,
                role: *role,
                local,
                peer,
                state,
                bound: false,
                keys: false,
                negotiated: None,
                active_since: None,
                ended: None,
            }));
        }
        sas.iter_mut().for_each(|sa| hear(sa, event, entry.at));
    }
    sas
}

fn hear(this: &mut Sa, event: &Event, at: Instant) {
    match event {
        Event::Entered { sa, state } if sa.0 == this.number => {
            // Nothing waits for a fourth message on a device: there the initiator is active.
            this.state = if *state == State::AmWaitMsg4 { State::AmActive } else { *state };
            if this.state.is_active() {
                this.active_since.get_or_insert(at);
            }
        }
        Event::GroupFound { sa, .. } if sa.0 == this.number => this.bound = true,
        Event::Keys { sa, .. } if sa.0 == this.number => this.keys = true,
        Event::Chosen { sa, negotiated, .. } if sa.0 == this.number => this.negotiated = Some(*negotiated),
        Event::Ended { sa, how, .. } if sa.0 == this.number => this.ended = Some(*how),
        _ => {}
    }
}

/// What `show` prints on a device at a moment.
pub fn show(setup: &Setup, trace: &Trace, device: Role, at: Instant, like: Like, detail: Detail) -> String {
    let sas = standing(setup, trace, device, |entry| entry.at <= at);
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
