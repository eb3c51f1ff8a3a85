//! What is said beside a verdict, and changes none: lifetimes, ESP, routes, who can start.

use config::{Carries, Child, Dialect, Doubt, Place, Remote, in_net};
use ike::config::Net;

use super::Entry;
use crate::compose::stopped;
use crate::pair::{End, Session};

/// Something beside the verdict.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// What.
    pub text: String,
    /// The lines on one side and on the other.
    pub at: [Option<Place>; 2],
}

/// What neither phase decides, the caller's side first.
pub fn notes(session: &Session<'_>) -> Vec<Note> {
    let (i, r) = (&session.initiator, &session.responder);
    let mut notes = Vec::new();
    match session.phase2() {
        Some([asks, answers]) => {
            notes.extend(lifetimes([(i, &asks), (r, &answers)]));
            notes.extend(unrouted(i, &asks).map(|(text, at)| Note { text, at: [Some(at), None] }));
            notes.extend(unrouted(r, &answers).map(|(text, at)| Note { text, at: [None, Some(at)] }));
        }
        None if r.connection.is_none() && r.device.dialect.is_cisco() => {
            let text = format!("{} has no crypto map entry and no tunnel for {}", r.device.name(), r.peer);
            notes.push(Note { text, at: [Some(session.connection.at.clone()), None] });
        }
        // A daemon without a connection bars the session: that is told before phase 2.
        None => {}
    }
    if session.phase2().is_none() {
        notes.extend(unjudged(session));
    }
    for (what, carries) in
        [("ESP", Carries::Esp), ("UDP 4500, which a NAT on the way would need", Carries::Udp(4500))]
    {
        let at = [stopped(i, r, carries), stopped(r, i, carries)];
        if at.iter().any(Option::is_some) {
            notes.push(Note { text: format!("an access list stops {what}"), at });
        }
    }
    if r.connection.is_some_and(|c| c.remote == Remote::Anybody) {
        let text =
            format!("{} takes anybody and calls nobody: only {} can start", r.device.name(), i.device.name());
        notes.push(Note { text, at: [None, r.connection.map(|c| c.at.clone())] });
    }
    notes
}

/// What keeps phase 2 from being judged, on each side.
fn unjudged(session: &Session<'_>) -> Vec<Note> {
    let side = |end: &End<'_>| {
        let hidden = end.connection.into_iter().flat_map(|c| &c.children).filter(|child| !child.is_shown());
        hidden.flat_map(|child| &child.doubts).next().cloned()
    };
    let [i, r] = [side(&session.initiator), side(&session.responder)];
    let note = |doubt: Doubt| (format!("phase 2 is not judged: {}", doubt.text), doubt.at);
    let one = i.map(note).map(|(text, at)| Note { text, at: [Some(at), None] });
    let other = r.map(note).map(|(text, at)| Note { text, at: [None, Some(at)] });
    one.into_iter().chain(other).collect()
}

/// A network behind the peer that no line of a device routes: its packets never come to the crypto map.
fn unrouted(end: &End<'_>, entries: &[Entry<'_>]) -> Option<(String, Place)> {
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
    let text = format!("no line of {} routes {net}: its packets may never come to the tunnel", device.name());
    Some((text, at?))
}

/// Lifetimes that differ, and which one counts. They are never a fault.
fn lifetimes([(i, asks), (r, answers)]: [(&End<'_>, &[Entry<'_>]); 2]) -> Option<Note> {
    let (one, other) = (asks.first()?.child, answers.first()?.child);
    let seconds = [life(one, i), life(other, r)];
    let kilobytes = [size(one), size(other)];
    if seconds[0] == seconds[1] && kilobytes[0] == kilobytes[1] {
        return None;
    }
    let says = |end: &End<'_>, seconds: u32, kilobytes: u32| {
        let size = if kilobytes > 0 { format!(", {kilobytes} kB") } else { String::new() };
        format!("{} has {seconds} s{size}", end.device.name())
    };
    let [here, there] = [says(i, seconds[0], kilobytes[0]), says(r, seconds[1], kilobytes[1])];
    // As the recorded runs of the daemons, and syslog 713073 to 713076 of an ASA, have it.
    let wins = if i.device.dialect.is_cisco() && r.device.dialect.is_cisco() {
        "the smaller ones count"
    } else if i.device.dialect.is_cisco() || r.device.dialect.is_cisco() {
        "the Cisco side takes the smaller ones, the other keeps its own"
    } else {
        "each side keeps its own"
    };
    let line = |child: &Child| {
        let line = child.lifetime.as_ref().and_then(|life| life.at.clone());
        line.or_else(|| child.kilobytes.as_ref().and_then(|size| size.at.clone()))
    };
    let text = format!("lifetimes of children differ: {here}; {there}: {wins}, no fault");
    Some(Note { text, at: [line(one), line(other)] })
}

/// Seconds; the defaults are the scenario's.
fn life(child: &Child, end: &End<'_>) -> u32 {
    let default = if end.device.dialect == Dialect::Ios { 3600 } else { 28_800 };
    child.lifetime.as_ref().map_or(default, |life| life.value)
}

fn size(child: &Child) -> u32 {
    child.kilobytes.as_ref().map_or(4_608_000, |size| size.value)
}
