//! The trace as a capture: interface 0 is the initiator's, 1 the responder's. A datagram that was lost leaves
//! one side and never arrives at the other; what was done to it is its packet comment.

use std::fmt::Write;
use std::time::Duration;

use capture::Writer;
use ike::{Instant, IpsecSa, Role};
use sim::{Actor, Datagram, Entry, EntryId, Kind, Negotiation, Setup, Timeline, Trace};

use crate::reasons;

/// A pcapng file. Virtual time zero is the epoch.
pub fn pcapng(setup: &Setup, trace: &Trace) -> Vec<u8> {
    // Both in one file: two would hide what was lost on the way.
    let mut writer = Writer::new(&["initiator", "responder"]);
    for (entry, role, datagram) in datagrams(trace) {
        // A lost datagram has no arrival that could tell, so its sending does.
        let comment = match entry.kind.sent() {
            Some(_) => after(setup, trace, entry.id),
            None => before(setup, trace, entry),
        };
        let Datagram { from, to, bytes, .. } = datagram;
        let interface = u32::from(role == Role::Responder);
        let at = Duration::from_micros(entry.at.as_micros());
        writer.datagram(interface, at, (*from, *to), bytes, comment.as_deref());
    }
    writer.finish()
}

/// What the interfaces of these hosts carry up to a moment: a pcapng file without a word on what became of it.
pub fn capture_of(trace: &Trace, roles: &[Role], until: Instant) -> Vec<u8> {
    let names: Vec<&str> = roles.iter().map(|role| role.name()).collect();
    let mut writer = Writer::new(&names);
    for (entry, role, datagram) in datagrams(trace).filter(|(entry, ..)| entry.at <= until) {
        let interface = roles.iter().position(|one| *one == role).and_then(|at| u32::try_from(at).ok());
        if let Some(interface) = interface {
            let at = Duration::from_micros(entry.at.as_micros());
            writer.datagram(interface, at, (datagram.from, datagram.to), &datagram.bytes, None);
        }
    }
    writer.finish()
}

/// Every datagram where it leaves a host or reaches one.
fn datagrams(trace: &Trace) -> impl Iterator<Item = (&Entry, Role, &Datagram)> {
    trace.entries().iter().filter_map(|entry| match (entry.actor, &entry.kind) {
        (Actor::Peer(role), Kind::Sent(datagram) | Kind::Arrived(datagram)) => Some((entry, role, datagram)),
        _ => None,
    })
}

/// What became of a datagram after it was sent.
fn after(setup: &Setup, trace: &Trace, sent: EntryId) -> Option<String> {
    let later = trace.entries().iter().filter(|entry| entry.id > sent);
    let of_it = later.filter(|entry| {
        entry.actor == Actor::Network
            && trace.causes(entry.id).find(|e| matches!(e.kind, Kind::Sent(_))).is_some_and(|e| e.id == sent)
    });
    joined(of_it.filter_map(|entry| done(setup, entry)))
}

/// What was done to a datagram before it arrived.
fn before(setup: &Setup, trace: &Trace, arrived: &Entry) -> Option<String> {
    // Of a doubled datagram this copy's way alone: the other has a chain of causes of its own.
    let journey = trace.causes(arrived.id).skip(1).take_while(|entry| !matches!(entry.kind, Kind::Sent(_)));
    joined(journey.filter_map(|entry| done(setup, entry)))
}

fn done(setup: &Setup, entry: &Entry) -> Option<String> {
    match &entry.kind {
        Kind::Lost { by } => Some(format!("lost: {}", reasons::blame(setup, *by))),
        Kind::Altered { by, how } => {
            Some(format!("{}: {}", reasons::blame(setup, *by), reasons::alteration(how)))
        }
        Kind::Edited { .. }
        | Kind::Initiated
        | Kind::Sent(_)
        | Kind::Arrived(_)
        | Kind::Unreached { .. }
        | Kind::Cleared { .. }
        | Kind::Timer(_)
        | Kind::Engine(_) => None,
    }
}

fn joined(parts: impl Iterator<Item = String>) -> Option<String> {
    let parts: Vec<String> = parts.collect();
    (!parts.is_empty()).then(|| parts.join("; "))
}

/// The line of Wireshark's `ikev1_decryption_table`: initiator cookie and cipher key, the initiator's if it
/// has one, else the responder's. `None` where neither got that far. Secret.
pub fn key_line(trace: &Trace) -> Option<String> {
    let timeline = Timeline::after(trace.entries());
    let keyed = |negotiation: &Negotiation| {
        let (.., cookies) = negotiation.made?;
        let (_, keymat) = negotiation.standing.keys.as_ref()?;
        Some((cookies.initiator, keymat.clone()))
    };
    // Comments to Wireshark; with them the hashes and keys of Quick Mode can be computed again.
    let phase_2 = timeline.sides.both().iter().any(|(_, side)| !side.children.all.is_empty());
    // Wireshark's table has one key for a cookie: where the sides' differ, one side's messages stay closed.
    let (cookie, keymat) =
        timeline.sides.into_iter().find_map(|side| side.negotiations.values().find_map(keyed))?;
    let mut text = format!("{cookie},{}\n", hex(keymat.cipher_key.as_bytes()));
    if phase_2 {
        text += &format!("# skeyid_a {cookie},{}\n", hex(keymat.skeyid_a.as_bytes()));
        text += &format!("# skeyid_d {cookie},{}\n", hex(keymat.skeyid_d.as_bytes()));
    }
    Some(text)
}

/// A line for each SA of each child that `role` holds, `# esp SPI,KEYMAT` in hex: comments to Wireshark. KEYMAT is the
/// cipher's key, then what integrity or the salt needs (RFC 2409 section 5.5). Secret.
pub fn child_keys(trace: &Trace, role: Role) -> String {
    let timeline = Timeline::after(trace.entries());
    let sas = timeline.sides[role].children.all.iter().flat_map(|child| &child.sas);
    let line = |sa: &IpsecSa| {
        let protocol = sa.protocol.to_string().to_lowercase();
        format!("# {protocol} {},{}\n", hex(&sa.spi), hex(sa.key.as_bytes()))
    };
    sas.map(line).collect()
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
