//! What mends a refused child: commands for the blamed line, in the device's own words and names.

use std::net::{IpAddr, Ipv4Addr};

use config::{Child, Device, Dialect, Group, Subject};
use ike::config::{AclEnd, Net, protocol_name};
use ike::{AclLine, Subnet};

use super::Entry;
use crate::blame::Refused;
use crate::pair::{End, Session};

/// What to type, a line each; empty: nothing better is known than what the cause itself says.
pub fn mend(subject: Subject, session: &Session<'_>) -> Vec<String> {
    let Some([asks, answers]) = session.phase2() else { return Vec::new() };
    let Some(refused) = Refused::of(subject) else { return Vec::new() };
    let (i, r) = (&session.initiator, &session.responder);
    let (Some(ask), Some(answer)) = (asks.first(), answers.first()) else { return Vec::new() };
    let on = |end: &End<'_>, lines: Vec<String>| {
        let head = (!lines.is_empty()).then(|| format!("on {}:", end.device.name()));
        head.into_iter().chain(lines.into_iter().map(|line| format!("  {line}"))).collect::<Vec<_>>()
    };
    match refused {
        Refused::Traffic => {
            let head =
                "Mirror the access lists line by line; either side's line may be the wrong one.".to_owned();
            let there = mirrors(&asks, &answers, i, r);
            // A side that names several peers' traffic needs no line for each of the other's.
            let here = if answers.iter().flat_map(|e| e.lines(r.device.dialect, false)).count() == 1 {
                mirrors(&answers, &asks, r, i)
            } else {
                Vec::new()
            };
            let or = (!here.is_empty()).then(|| "or".to_owned());
            [vec![head], on(r, there), or.into_iter().collect(), on(i, here)].concat()
        }
        Refused::Transforms => {
            let head = "Give both the same transform set and mode.".to_owned();
            [vec![head], on(r, transforms(r, answer, ask))].concat()
        }
        Refused::Secrecy => {
            let group = session.secrecy(ask.child, None);
            let head = "Have the same PFS group on both sides, or none on both.".to_owned();
            [vec![head], on(r, secrecy(r.device, answer.child, group))].concat()
        }
        Refused::Entry => {
            let lacking =
                |end: &End<'_>, entry: &Entry<'_>, other: &End<'_>| complete(end, entry, other.outside());
            let head = "Complete the crypto map entry: a peer, an access list, a transform set.".to_owned();
            let (one, other) = (lacking(i, ask, r), lacking(r, answer, i));
            [vec![head], on(i, one), on(r, other)].concat()
        }
    }
}

/// The lines that `to` needs for what `from` has.
fn mirrors(from: &[Entry<'_>], to: &[Entry<'_>], end: &End<'_>, other: &End<'_>) -> Vec<String> {
    let lines = |of: &[Entry<'_>], end: &End<'_>| -> Vec<AclLine> {
        let all = of.iter().flat_map(|entry| entry.lines(end.device.dialect, end.calls));
        all.map(|line| line.value).collect()
    };
    let known = lines(to, other);
    let mirrored = lines(from, end).into_iter().map(AclLine::mirrored);
    let missing = mirrored.filter(|line| line.permit && !known.contains(line));
    let list = to.first().and_then(|entry| entry.child.list.as_deref()).unwrap_or("<list>");
    let commands: Vec<String> = missing.take(8).flat_map(|line| access(other, list, line)).collect();
    // The list is entered once.
    let head = commands.first().cloned();
    let again = |(n, line): (usize, String)| (n == 0 || Some(&line) != head.as_ref()).then_some(line);
    commands.into_iter().enumerate().filter_map(again).collect()
}

/// A line of an access list in the device's words.
fn access(end: &End<'_>, list: &str, line: AclLine) -> Vec<String> {
    let dialect = end.device.dialect;
    let protocol = protocol_name(line.protocol);
    let [from, to] = [line.source, line.destination].map(|one| net(one, end));
    match dialect {
        Dialect::Asa => vec![format!("access-list {list} extended permit {protocol} {from} {to}")],
        Dialect::Ios => {
            vec![format!("ip access-list extended {list}"), format!(" permit {protocol} {from} {to}")]
        }
        Dialect::Strongswan | Dialect::Libreswan
            if end.connection.is_some_and(|c| c.by.starts_with("connections.")) =>
        {
            vec![format!("local_ts = {from}"), format!("remote_ts = {to}")]
        }
        Dialect::Strongswan | Dialect::Libreswan => {
            vec![format!("own subnet {from}, the peer's subnet {to}")]
        }
    }
}

/// Addresses as the device writes them: netmasks, wildcards, prefixes.
fn net(one: AclEnd, end: &End<'_>) -> String {
    let subnet = match one.net {
        Net::Own => Subnet::host(end.address),
        Net::Peer => Subnet::host(end.peer),
        Net::Subnet(subnet) => subnet,
    };
    let cisco = end.device.dialect.is_cisco();
    let written = match (subnet.address(), subnet.mask()) {
        (address, _) if cisco && subnet.is_host() => format!("host {address}"),
        (IpAddr::V4(address), IpAddr::V4(mask)) if cisco => {
            // The same four numbers mean the opposite on the two.
            let mask = if end.device.dialect == Dialect::Ios { !mask.to_bits() } else { mask.to_bits() };
            format!("{address} {}", Ipv4Addr::from(mask))
        }
        (address, _) => format!("{address}/{}", subnet.prefix()),
    };
    match (one.port, cisco) {
        (0, _) => written,
        (port, true) => format!("{written} eq {port}"),
        (port, false) => format!("{written}, port {port}"),
    }
}

/// What the called side's set has to be for the caller's.
fn transforms(end: &End<'_>, entry: &Entry<'_>, asks: &Entry<'_>) -> Vec<String> {
    let Some(set) = asks.sets(true).first().map(|set| set.value.as_str()) else { return Vec::new() };
    let transport = asks.child.transport.is_some();
    let mode = if transport { "transport" } else { "tunnel" };
    let entered = entry.child.name.clone();
    match end.device.dialect {
        Dialect::Asa => {
            let more = transport.then(|| "crypto ipsec ikev1 transform-set PEER mode transport".to_owned());
            let first = format!("crypto ipsec ikev1 transform-set PEER {set}");
            let last = format!("{entered} set ikev1 transform-set PEER");
            [Some(first), more, Some(last)].into_iter().flatten().collect()
        }
        Dialect::Ios => {
            let set = ["128", "192", "256"].into_iter().fold(set.to_owned(), |set, bits| {
                set.replace(&format!("esp-aes-{bits}"), &format!("esp-aes {bits}"))
                    .replace(&format!("esp-gcm-{bits}"), &format!("esp-gcm {bits}"))
            });
            vec![
                format!("crypto ipsec transform-set PEER {set}"),
                format!(" mode {mode}"),
                entered,
                " set transform-set PEER".into(),
            ]
        }
        Dialect::Strongswan | Dialect::Libreswan => {
            vec![format!("{}: {set}, {mode} mode", entry.child.name)]
        }
    }
}

fn secrecy(device: &Device, child: &Child, group: Option<u16>) -> Vec<String> {
    let entered = child.name.clone();
    let old = match child.pfs.group {
        Some(Group::Number(number)) => number.to_string(),
        _ => String::new(),
    };
    match (device.dialect, group) {
        (Dialect::Asa, Some(group)) => vec![format!("{entered} set pfs group{group}")],
        (Dialect::Asa, None) => vec![format!("no {entered} set pfs")],
        (Dialect::Ios, Some(group)) => vec![entered, format!(" set pfs group{group}")],
        (Dialect::Ios, None) => vec![entered, format!(" no set pfs group{old}")],
        (Dialect::Strongswan, Some(group)) => {
            vec![format!("{entered}: DH group {group} in its ESP proposal")]
        }
        (Dialect::Strongswan, None) => vec![format!("{entered}: no DH group in its ESP proposal")],
        (Dialect::Libreswan, Some(group)) => vec![format!("{entered}: pfs=yes, DH group {group} in esp=")],
        (Dialect::Libreswan, None) => vec![format!("{entered}: pfs=no")],
    }
}

fn complete(end: &End<'_>, entry: &Entry<'_>, other: IpAddr) -> Vec<String> {
    let named = entry.dynamic || entry.peer.is_some_and(|(peer, _)| peer == other);
    let peer = format!("set peer {other}");
    let part = match entry.child.lacks() {
        Some(("match address", Some(_))) => {
            let list = entry.child.list.as_deref().unwrap_or("<list>");
            return vec![format!(
                "{} names access list {list}, which has no lines: write it",
                entry.child.name
            )];
        }
        Some((what, _)) => format!("{what} <name>"),
        None if !named => peer,
        None => return Vec::new(),
    };
    let entered = entry.child.name.clone();
    match end.device.dialect {
        Dialect::Asa => vec![format!("{entered} {part}")],
        Dialect::Ios => vec![entered, format!(" {part}")],
        Dialect::Strongswan | Dialect::Libreswan => Vec::new(),
    }
}
