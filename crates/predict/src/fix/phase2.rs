//! What mends a refused child.

use std::collections::HashSet;
use std::net::IpAddr;

use config::{Dialect, Format, Group, Place};
use ike::config::protocol_name;
use ike::{AclLine, Role};

use super::phase1::{key_of, peer_side};
use super::{Change, Edit, Fix, gives_way, written};
use crate::lines::Refused;
use crate::pair::{Session, SessionEnd};
use crate::phase2::Entry;

pub(super) fn fixes(refused: Refused, session: &Session<'_>) -> Vec<Fix> {
    let Some(entries) = session.phase2() else { return Vec::new() };
    match refused {
        Refused::Traffic => traffic(session, &entries),
        Refused::Transforms => transforms(session, &entries).into_iter().collect(),
        Refused::Secrecy => secrecy(session, &entries).into_iter().collect(),
        Refused::Entry => complete(session, &entries).into_iter().collect(),
    }
}

/// Mirrored line by line; either side's line may be the wrong one.
fn traffic(session: &Session<'_>, [asks, answers]: &[Vec<Entry<'_>>; 2]) -> Vec<Fix> {
    let (i, r) = (&session.initiator, &session.responder);
    let there = mirrors(asks, answers, i, r).and_then(|edits| all(Role::Responder, edits));
    // A side that names several peers' traffic needs no line for each of the other's.
    let one = answers.iter().flat_map(|e| e.lines(r.device.dialect, false)).count() == 1;
    let here = mirrors(answers, asks, r, i).filter(|_| one).and_then(|edits| all(Role::Initiator, edits));
    there.into_iter().chain(here).collect()
}

/// The entry that the other side's are about: one that has their traffic, else one of the session's own connection.
fn meant<'e, 'd>(
    entries: &'e [Entry<'d>],
    others: &[Entry<'_>],
    end: &SessionEnd<'_>,
) -> Option<&'e Entry<'d>> {
    let lines = |entry: &Entry<'_>| -> Vec<AclLine> {
        entry.child.acl.get().into_iter().flat_map(|lines| lines.iter()).map(|line| line.value).collect()
    };
    let theirs: Vec<AclLine> = others.iter().flat_map(lines).map(AclLine::mirrored).collect();
    let has = |entry: &&Entry<'_>| lines(entry).iter().any(|line| theirs.contains(line));
    let own = end.connection.map_or(&[][..], |connection| &connection.children);
    let is_own = |entry: &&Entry<'_>| own.iter().any(|child| std::ptr::eq(child, entry.child));
    entries.iter().find(has).or_else(|| entries.iter().find(is_own)).or(entries.first())
}

/// The command under which a Cisco device has what an entry says: a tunnel has it in its profile.
fn command(end: &SessionEnd<'_>, entry: &Entry<'_>) -> String {
    let tunnel = end.device.interfaces.iter().find(|interface| interface.name == entry.child.name);
    let profile = tunnel.and_then(|interface| interface.tunnel.profile.as_ref());
    profile.map_or(entry.child.name.clone(), |profile| format!("crypto ipsec profile {profile}"))
}

fn all(side: Role, edits: Vec<Edit>) -> Option<Fix> {
    Fix::of(edits.into_iter().map(|edit| Change { side, edit }).collect())
}

/// Lines of an access list that are told, at most.
const MOST: usize = 8;

/// The lines that `to` needs for what `from` has, instead of those that nothing on the other side is the mirror of.
/// `None`: there is no place for them.
fn mirrors(
    from: &[Entry<'_>],
    to: &[Entry<'_>],
    end: &SessionEnd<'_>,
    other: &SessionEnd<'_>,
) -> Option<Vec<Edit>> {
    let lines = |of: &[Entry<'_>], end: &SessionEnd<'_>| -> Vec<AclLine> {
        let all = of.iter().flat_map(|entry| entry.lines(end.device.dialect, end.calls));
        all.map(|line| line.value).collect()
    };
    let known = lines(to, other);
    let mirrored = lines(from, end).into_iter().map(AclLine::mirrored);
    let missing: Vec<AclLine> =
        mirrored.filter(|line| line.permit && !known.contains(line)).take(MOST).collect();
    let used = used(end);
    let cisco = other.device.dialect.is_cisco();
    // A child that another one is the mirror of stays as it is.
    let whole = |entry: &&Entry<'_>| {
        let own = entry.child.acl.get().map_or(&[][..], |lines| lines.as_slice());
        own.iter().all(|line| !used.contains(&line.value))
    };
    let entry = if cisco { meant(to, from, other)? } else { to.iter().find(whole)? };
    match missing.as_slice() {
        [] => None,
        missing if cisco => Some(listed(entry, other, missing, &used)),
        // A daemon's child has all its traffic in two lines.
        [line] => two_lines(entry, other, line),
        _ => None,
    }
}

/// All that a device protects, as the other side has to have it.
fn used(end: &SessionEnd<'_>) -> HashSet<AclLine> {
    let children = end.device.connections.iter().flat_map(|connection| &connection.children);
    let lines = children.filter_map(|child| child.acl.get()).flat_map(|lines| lines.iter());
    lines.map(|line| line.value.mirrored()).collect()
}

/// Each missing line instead of one that nothing mirrors, or behind the list, where such lines may be for others.
fn listed(
    entry: &Entry<'_>,
    end: &SessionEnd<'_>,
    missing: &[AclLine],
    used: &HashSet<AclLine>,
) -> Vec<Edit> {
    let own = entry.child.acl.get().map_or(&[][..], |lines| lines.as_slice());
    let alone = |at: &Place| own.iter().filter(|line| line.at.as_ref() == Some(at)).count() == 1;
    let places = own.iter().filter(|line| line.value.permit && !used.contains(&line.value));
    // A line with groups in it stands for several.
    let places: Vec<&Place> = places.filter_map(|line| line.at.as_ref()).filter(|at| alone(at)).collect();
    let replaced =
        missing.iter().filter(|_| missing.len() == places.len()).zip(&places).filter_map(|(line, at)| {
            let (before, _) = at.text.split_once("permit ")?;
            Some(Edit::Line { at: (*at).clone(), with: vec![format!("{before}{}", permit(line, end))] })
        });
    let mut edits: Vec<Edit> = replaced.collect();
    let rest = missing.get(edits.len()..).unwrap_or_default();
    if !rest.is_empty() {
        edits.push(access(end, entry.child.list.as_deref(), rest));
    }
    edits
}

/// `permit ip 10.1.0.0 255.255.255.0 host 10.2.0.1`
fn permit(line: &AclLine, end: &SessionEnd<'_>) -> String {
    let [from, to] = [line.source, line.destination].map(|one| written::net(one, end));
    format!("permit {} {from} {to}", protocol_name(line.protocol))
}

fn two_lines(entry: &Entry<'_>, end: &SessionEnd<'_>, line: &AclLine) -> Option<Vec<Edit>> {
    let keys = match end.device.format {
        Format::Swanctl => ["local_ts".into(), "remote_ts".into()],
        Format::Asa | Format::Ios | Format::Strongswan | Format::Libreswan => {
            let peer = peer_side(end).filter(|_| line.protocol == 0)?;
            let own = if peer == "left" { "right" } else { "left" };
            [own, peer].map(|side| format!("{side}subnet"))
        }
    };
    let selected = |net: String| match (line.protocol, net.split_once("[/")) {
        (0, _) => net,
        (protocol, Some((net, port))) => format!("{net}[{}/{port}", protocol_name(protocol)),
        (protocol, None) => format!("{net}[{}]", protocol_name(protocol)),
    };
    let sides = keys.into_iter().zip([line.source, line.destination]).zip(&entry.child.ends);
    let edits = sides.map(|((key, one), at)| Edit::Set {
        at: at.as_ref().unwrap_or(&entry.child.at).clone(),
        key,
        value: selected(written::net(one, end)),
    });
    Some(edits.collect())
}

/// Lines of an access list in the device's words.
fn access(end: &SessionEnd<'_>, list: Option<&str>, lines: &[AclLine]) -> Edit {
    let name = list.unwrap_or("<list>");
    let permits = lines.iter().map(|line| permit(line, end));
    let commands = match end.device.dialect {
        Dialect::Ios => std::iter::once(format!("ip access-list extended {name}"))
            .chain(permits.map(|line| format!(" {line}")))
            .collect(),
        Dialect::Asa | Dialect::Strongswan | Dialect::Libreswan => {
            permits.map(|line| format!("access-list {name} extended {line}")).collect()
        }
    };
    if list.is_some() { Edit::Enter(commands) } else { Edit::FillIn(commands) }
}

fn first_set<'e>(entries: &'e [Entry<'_>]) -> &'e str {
    let set = entries.iter().find_map(|entry| entry.sets(true).first());
    set.map_or("", |set| set.value.as_str())
}

/// How strong the first transform set is.
fn strength(entries: &[Entry<'_>]) -> u32 {
    const ORDER: [&str; 13] = [
        "esp-des", "md5", "esp-3des", "sha-", "aes-128", "gcm-128", "aes-192", "gcm-192", "aes-256",
        "gcm-256", "sha256", "sha384", "sha512",
    ];
    let words = first_set(entries);
    (1..).zip(ORDER).filter(|(_, word)| words.contains(word)).map(|(rank, _)| rank).sum()
}

/// One side's set and mode become the other's.
fn transforms(session: &Session<'_>, [asks, answers]: &[Vec<Entry<'_>>; 2]) -> Option<Fix> {
    let side = gives_way(session, [strength(asks), strength(answers)], [first_set(asks), first_set(answers)]);
    let (own, theirs) = if side == Role::Initiator { (asks, answers) } else { (answers, asks) };
    let end = session.end(side);
    let (entry, other) = (meant(own, theirs, end)?, meant(theirs, own, session.end(side.other()))?);
    let set = &other.sets(true).first()?.value;
    let transport = other.child.transport.is_some();
    let mode = if transport { "transport" } else { "tunnel" };
    let entered = command(end, entry);
    let edits = match end.device.format {
        Format::Asa => {
            let more = transport.then(|| "crypto ipsec ikev1 transform-set PEER mode transport".to_owned());
            let first = format!("crypto ipsec ikev1 transform-set PEER {set}");
            let last = format!("{entered} set ikev1 transform-set PEER");
            vec![Edit::Enter([Some(first), more, Some(last)].into_iter().flatten().collect())]
        }
        Format::Ios => vec![Edit::Enter(vec![
            format!("crypto ipsec transform-set PEER {}", written::spaced(set)),
            format!(" mode {mode}"),
            entered,
            " set transform-set PEER".into(),
        ])],
        Format::Swanctl => vec![esp(entry, end, set)?, in_child(entry, "mode", mode)],
        Format::Strongswan | Format::Libreswan => vec![esp(entry, end, set)?, in_child(entry, "type", mode)],
    };
    all(side, edits)
}

/// The ESP proposal of a daemon's child, with the group that it has now.
fn esp(entry: &Entry<'_>, end: &SessionEnd<'_>, set: &str) -> Option<Edit> {
    let group = match entry.child.pfs.group {
        Some(Group::Number(number)) => Some(number),
        Some(Group::OfPhase1) | None => None,
    };
    proposal(entry, end, set, group)
}

/// Where a line has it, else in the child's section: a daemon has several words for it.
fn proposal(entry: &Entry<'_>, end: &SessionEnd<'_>, set: &str, group: Option<u16>) -> Option<Edit> {
    let mut value = written::esp(end.device.dialect, set)?;
    let (key, between, behind) = match end.device.format {
        Format::Swanctl => ("esp_proposals", "-", ""),
        Format::Libreswan => ("esp", ";", ""),
        // `!`: nothing is added to the list.
        Format::Strongswan | Format::Asa | Format::Ios => ("esp", "-", "!"),
    };
    value.extend(group.map(|number| format!("{between}{}", written::group(number))));
    let at = entry.sets(true).first().and_then(|set| set.at.clone());
    let key = at.as_ref().and_then(key_of).unwrap_or(key.to_owned());
    Some(Edit::Set { at: at.unwrap_or(entry.child.at.clone()), key, value: value + behind })
}

fn in_child(entry: &Entry<'_>, key: &str, value: &str) -> Edit {
    Edit::Set { at: entry.child.at.clone(), key: key.to_owned(), value: value.to_owned() }
}

/// Both have the group of the side that has one, or the stronger one.
fn secrecy(session: &Session<'_>, [asks, answers]: &[Vec<Entry<'_>>; 2]) -> Option<Fix> {
    let ask = meant(asks, answers, &session.initiator)?;
    let answer = meant(answers, asks, &session.responder)?;
    let groups = [ask, answer].map(|entry| session.secrecy(entry.child, None));
    let side =
        gives_way(session, groups.map(|group| group.map_or(0, |number| u32::from(number) + 1)), [""; 2]);
    let [theirs, ours] = groups;
    let (entry, group) = if side == Role::Initiator { (ask, ours?) } else { (answer, theirs?) };
    let end = session.end(side);
    let entered = command(end, entry);
    let edits = match end.device.format {
        Format::Asa => vec![Edit::Enter(vec![format!("{entered} set pfs group{group}")])],
        Format::Ios => vec![Edit::Enter(vec![entered, format!(" set pfs group{group}")])],
        Format::Swanctl | Format::Strongswan => {
            vec![proposal(entry, end, &entry.sets(true).first()?.value, Some(group))?]
        }
        Format::Libreswan => vec![
            in_child(entry, "pfs", "yes"),
            proposal(entry, end, &entry.sets(true).first()?.value, Some(group))?,
        ],
    };
    all(side, edits)
}

/// What each side's entry lacks.
fn complete(session: &Session<'_>, [asks, answers]: &[Vec<Entry<'_>>; 2]) -> Option<Fix> {
    // An entry that only originates is whole, and takes nothing.
    if let Some(at) = session.responder.connection.and_then(|c| c.calls_only.clone()) {
        return all(Role::Responder, vec![Edit::Line { at, with: Vec::new() }]);
    }
    let sides = [(Role::Initiator, asks), (Role::Responder, answers)];
    let changes = sides.into_iter().filter_map(|(side, entries)| {
        let edit = lacking(session.end(side), entries.first()?, session.end(side.other()).outside())?;
        Some(Change { side, edit })
    });
    Fix::of(changes.collect())
}

fn lacking(end: &SessionEnd<'_>, entry: &Entry<'_>, other: IpAddr) -> Option<Edit> {
    let named = entry.dynamic || entry.peer.is_some_and(|(peer, _)| peer == other);
    let entered = |part: String| match end.device.dialect {
        Dialect::Ios => vec![entry.child.name.clone(), format!(" {part}")],
        Dialect::Asa | Dialect::Strongswan | Dialect::Libreswan => {
            vec![format!("{} {part}", entry.child.name)]
        }
    };
    match entry.child.lacks() {
        Some(("match address", Some(_))) => Some(empty_list(end, entry)),
        Some((what, _)) => Some(Edit::FillIn(entered(format!("{what} <name>")))),
        None if named || !end.device.dialect.is_cisco() => None,
        None => Some(Edit::Enter(entered(format!("set peer {other}")))),
    }
}

/// The list that an entry names and that has no lines.
fn empty_list(end: &SessionEnd<'_>, entry: &Entry<'_>) -> Edit {
    let name = entry.child.list.as_deref().unwrap_or("<list>");
    let line = "permit ip <own network> <the peer's network>";
    Edit::FillIn(match end.device.dialect {
        Dialect::Ios => vec![format!("ip access-list extended {name}"), format!(" {line}")],
        Dialect::Asa | Dialect::Strongswan | Dialect::Libreswan => {
            vec![format!("access-list {name} extended {line}")]
        }
    })
}
