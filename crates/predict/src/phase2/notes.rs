//! What is said beside a verdict, and changes none: lifetimes, ESP, routes, who can start.

use config::{Carries, Child, Dialect, Doubt, Place, Remote, in_net};
use ike::config::Net;
use ike::{Role, Sides, Subnet};

use super::Entry;
use crate::compose::stopped;
use crate::pair::{Session, SessionEnd};

/// Something beside the verdict.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineNote {
    /// What.
    pub what: Beside,
    /// The lines on one side and on the other.
    pub at: [Option<Place>; 2],
}

/// What there is to say beside a verdict.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Beside {
    /// Lifetimes of children differ, which is no fault.
    Lifetimes {
        /// In seconds.
        seconds: Sides<u32>,
        /// In kilobytes; 0: not bound.
        kilobytes: Sides<u32>,
        /// Which of them count.
        wins: Wins,
    },
    /// No line of this side routes a network behind the peer.
    Unrouted(Role, Subnet),
    /// The called side has neither crypto map entry nor tunnel for the caller.
    NoEntry,
    /// What keeps phase 2 from being judged.
    NotJudged(Doubt),
    /// An access list stops it.
    Stopped(Carries),
    /// The called side takes anybody and calls nobody.
    OneCaller,
}

/// Whose lifetimes count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wins {
    /// The smaller ones.
    Smaller,
    /// The smaller ones on the Cisco side, its own on the other.
    SmallerOnCisco,
    /// Each side keeps its own.
    Own,
}

impl LineNote {
    /// About a line of one side.
    fn of(role: Role, what: Beside, at: Place) -> LineNote {
        let at = match role {
            Role::Initiator => [Some(at), None],
            Role::Responder => [None, Some(at)],
        };
        LineNote { what, at }
    }
}

/// What neither phase decides, the caller's side first.
pub fn notes(session: &Session<'_>) -> Vec<LineNote> {
    let (i, r) = (&session.initiator, &session.responder);
    let mut notes = Vec::new();
    match session.phase2() {
        Some([asks, answers]) => {
            notes.extend(lifetimes([(i, &asks), (r, &answers)]));
            notes.extend(unrouted(Role::Initiator, i, &asks));
            notes.extend(unrouted(Role::Responder, r, &answers));
        }
        None if r.connection.is_none() && r.device.dialect.is_cisco() => {
            notes.push(LineNote::of(Role::Initiator, Beside::NoEntry, session.connection.at.clone()));
        }
        // A daemon without a connection bars the session: that is told before phase 2.
        None => {}
    }
    if session.phase2().is_none() {
        notes.extend(unjudged(session));
    }
    for carries in [Carries::Esp, Carries::Udp(4500)] {
        let at = [stopped(i, r, carries), stopped(r, i, carries)];
        if at.iter().any(Option::is_some) {
            notes.push(LineNote { what: Beside::Stopped(carries), at });
        }
    }
    if r.connection.is_some_and(|c| c.remote == Remote::Anybody) {
        notes.push(LineNote { what: Beside::OneCaller, at: [None, r.connection.map(|c| c.at.clone())] });
    }
    notes
}

/// What keeps phase 2 from being judged, on each side.
fn unjudged(session: &Session<'_>) -> Vec<LineNote> {
    let side = |role: Role| {
        let connection = session.end(role).connection.into_iter();
        let mut hidden = connection.flat_map(|c| &c.children).filter(|child| !child.is_shown());
        let doubt = hidden.find_map(|child| child.doubts.first())?.clone();
        let at = doubt.at.clone();
        Some(LineNote::of(role, Beside::NotJudged(doubt), at))
    };
    Role::BOTH.into_iter().filter_map(side).collect()
}

/// A network behind the peer that no line of a device routes: its packets never come to the crypto map.
fn unrouted(role: Role, end: &SessionEnd<'_>, entries: &[Entry<'_>]) -> Option<LineNote> {
    let device = end.device;
    if device.learns_routes || device.routes.is_empty() {
        return None;
    }
    let lines = entries.iter().flat_map(|entry| entry.lines(device.dialect, end.calls));
    let missing = lines.filter(|line| line.value.permit).find_map(|line| {
        let Net::Subnet(net) = line.value.destination.net else { return None };
        let reached = device.routes.iter().any(|(to, wide)| {
            to.is_ipv4() == net.address().is_ipv4()
                && *wide <= net.prefix()
                && in_net(net.address(), *to, *wide)
        });
        (net.prefix() > 0 && net.address().is_ipv4() && !reached).then(|| (net, line.at.clone()))
    });
    let (net, at) = missing?;
    Some(LineNote::of(role, Beside::Unrouted(role, net), at?))
}

/// Lifetimes that differ, and which one counts. They are never a fault.
fn lifetimes([(i, asks), (r, answers)]: [(&SessionEnd<'_>, &[Entry<'_>]); 2]) -> Option<LineNote> {
    let (one, other) = (asks.first()?.child, answers.first()?.child);
    let seconds = Sides::new(life(one, i), life(other, r));
    let kilobytes = Sides::new(size(one), size(other));
    if seconds.initiator == seconds.responder && kilobytes.initiator == kilobytes.responder {
        return None;
    }
    // As the recorded runs of the daemons, and syslog 713073 to 713076 of an ASA, have it.
    let wins = if i.device.dialect.is_cisco() && r.device.dialect.is_cisco() {
        Wins::Smaller
    } else if i.device.dialect.is_cisco() || r.device.dialect.is_cisco() {
        Wins::SmallerOnCisco
    } else {
        Wins::Own
    };
    let line = |child: &Child| {
        let line = child.lifetime.as_ref().and_then(|life| life.at.clone());
        line.or_else(|| child.kilobytes.as_ref().and_then(|size| size.at.clone()))
    };
    let what = Beside::Lifetimes { seconds, kilobytes, wins };
    Some(LineNote { what, at: [line(one), line(other)] })
}

/// Seconds; the defaults are the scenario's.
fn life(child: &Child, end: &SessionEnd<'_>) -> u32 {
    let default = if end.device.dialect == Dialect::Ios { 3600 } else { 28_800 };
    child.lifetime.as_ref().map_or(default, |life| life.value)
}

fn size(child: &Child) -> u32 {
    child.kilobytes.as_ref().map_or(4_608_000, |size| size.value)
}
