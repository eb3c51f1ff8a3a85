//! Keys that are missing or differ.

use std::collections::BTreeSet;

use config::{Key, Owner};
use ike::Role;

use super::{Change, Edit, Fix, KEY, new_key};
use crate::pair::{Session, SessionEnd};

/// A side without a key gets the other's; where both have one, both get the same.
pub(super) fn key(session: &Session<'_>) -> Option<Fix> {
    let lines = Role::BOTH.map(|role| {
        let line = session.end(role).key(session.end(role.other()), session.aggressive());
        line.filter(|line| line.key != Key::Missing)
    });
    let missing = lines.iter().any(Option::is_none);
    let shared = shared(session);
    let changes = Role::BOTH.into_iter().zip(lines).zip(shared).filter_map(|((side, line), own)| {
        let edit = match line {
            Some(_) if missing => return None,
            // Others have that key: the side that has it for this peer alone takes it over.
            Some(_) if own && shared != [true; 2] => return None,
            Some(line) => Edit::Line { at: line.at.clone(), with: vec![keyed(&line.at.text)] },
            None => new_key::edit(session.end(side)),
        };
        Some(Change { side, edit })
    });
    let others = !missing && shared == [true; 2];
    Fix::of(changes.collect()).map(|fix| Fix { others, ..fix })
}

/// Which sides have their keys for others too. Where both do, that is the one that calls nobody: a hub, whose spoke
/// changes.
fn shared(session: &Session<'_>) -> [bool; 2] {
    let of = |role: Role| is_shared(session.end(role), session.end(role.other()), session.aggressive());
    let hub = |role: Role| session.end(role).device.connections.iter().all(|c| c.remote.is_open());
    match (Role::BOTH.map(of), Role::BOTH.map(hub)) {
        ([true, true], [one, other]) if one != other => [one, other],
        (shared, _) => shared,
    }
}

/// Whether a side uses its key for other peers too.
fn is_shared(end: &SessionEnd<'_>, other: &SessionEnd<'_>, aggressive: bool) -> bool {
    let Some(line) = end.key(other, aggressive) else { return false };
    let of_several = |owner: &Owner| match owner {
        Owner::Net(net, bits) => *bits < if net.is_ipv4() { 32 } else { 128 },
        Owner::Range(..) | Owner::Anybody => true,
        Owner::Name(_) | Owner::Identity(_) | Owner::Unknown => false,
    };
    // A wildcard on a device that has one peer is that peer's.
    let peers = end.device.connections.iter();
    let several = peers.clone().any(|c| c.remote.is_open())
        || peers.map(|c| &c.remote).collect::<BTreeSet<_>>().len() > 1;
    several && (line.owners.is_empty() || line.owners.iter().any(of_several))
}

/// A line that is shown without its key, with the mark for one: `<key, 9 characters>` becomes `<key>`.
pub(super) fn keyed(text: &str) -> String {
    let Some((before, rest)) = text.split_once("<key, ") else { return text.to_owned() };
    let behind = rest.split_once('>').map_or("", |(_, behind)| behind);
    format!("{before}{KEY}{behind}")
}
