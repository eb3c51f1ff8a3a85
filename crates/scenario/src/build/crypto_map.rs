//! Crypto maps of the file: what each side protects, and the mirror of it where only one side says so.

use std::net::IpAddr;

use ike::config::{AclEnd, Net, protocol_number};
use ike::crypto::DhGroup;
use ike::ipsec::{Encapsulation, TransformSet};
use ike::{AclLine, MapEntry, Profile, Retry, Role, Sides, Subnet};
use sim::setup::{DEFAULT_SET, default_child_lifetime, default_entry};

use super::bound;
use crate::error::Problem;
use crate::file::{File, MapTable, Peer};
use crate::kinds::FaultKind;
use crate::value::{At, NumberOrWord, address, duration, short, whole, word};
use crate::vocabulary;

/// Bounds that keep a run short.
const MAX_ENTRIES: usize = 64;
const MAX_LINES: usize = 64;

/// Quick Mode follows phase 1: asked for, or implied.
pub(crate) fn asked_for(file: &File) -> bool {
    let written = file.initiator.crypto_map.is_some() || file.responder.crypto_map.is_some();
    let mut kinds = file.fault.iter().filter_map(|table| FaultKind::from_name(&table.value.kind.value));
    // Who writes an entry means Quick Mode: to want the key as well would be a trap.
    file.phase2 == Some(true) || written || kinds.any(FaultKind::is_of_phase_2)
}

/// Both sides' entries, in order of their numbers. `peers`: whom each side talks to.
pub(super) fn crypto_maps(
    file: &File,
    profiles: Sides<&'static Profile>,
    peers: Sides<IpAddr>,
) -> Result<Sides<Vec<MapEntry>>, Problem> {
    let read = |peer: &Peer, role: Role| {
        let Some(tables) = &peer.crypto_map else { return Ok(None) };
        entries(tables, role, profiles[role], peers[role]).map(Some)
    };
    let written =
        Sides::new(read(&file.initiator, Role::Initiator)?, read(&file.responder, Role::Responder)?);
    let of = |role: Role| match (&written[role], &written[role.other()]) {
        (Some(own), _) => own.clone(),
        (None, Some(theirs)) => {
            // No part of the mirror: each vendor has a default of its own.
            let lifetime = default_child_lifetime(profiles[role]);
            let mirrored = |entry: &MapEntry| MapEntry { lifetime, ..entry.mirrored(peers[role]) };
            theirs.iter().map(mirrored).collect()
        }
        (None, None) => vec![default_entry(profiles[role], role, peers[role])],
    };
    Ok(Sides::from_fn(of))
}

fn entries(
    tables: &[At<MapTable>],
    role: Role,
    profile: &Profile,
    peer: IpAddr,
) -> Result<Vec<MapEntry>, Problem> {
    bound(tables, MAX_ENTRIES, "crypto map entries")?;
    let mut entries: Vec<MapEntry> = Vec::new();
    for At { value, span } in tables {
        let entry = entry(value, role, profile, peer)?;
        if entries.iter().any(|known| known.sequence == entry.sequence) {
            let span = value.sequence.as_ref().map_or(span, |at| &at.span);
            let message = format!("sequence {} is taken by an earlier entry", entry.sequence);
            return Err(Problem::new(span, message).help("give every entry of a peer its own number"));
        }
        entries.push(entry);
    }
    // A device asks its entries by number, in whatever order they were typed.
    entries.sort_by_key(|entry| entry.sequence);
    Ok(entries)
}

fn entry(table: &MapTable, role: Role, profile: &Profile, peer: IpAddr) -> Result<MapEntry, Problem> {
    let default = default_entry(profile, role, peer);
    let dynamic = table.dynamic.as_ref().filter(|at| at.value);
    if let Some(at) = dynamic.filter(|_| role == Role::Initiator) {
        return Err(Problem::new(&at.span, "a dynamic entry waits for a peer, and cannot begin")
            .help("allowed at the responder alone"));
    }
    Ok(MapEntry {
        sequence: table.sequence.as_ref().map_or(Ok(10), |at| whole(at, "sequence", 1..=65_535))?,
        interface: table.interface.unwrap_or(true),
        peers: match &table.peer {
            // A dynamic entry learns its peer when it is called.
            None if dynamic.is_some() => Vec::new(),
            None => default.peers,
            Some(at) => peers(at)?,
        },
        acl: match &table.acl {
            // Without lines it takes whatever proxies are asked for.
            None if dynamic.is_some() => Vec::new(),
            None => default.acl,
            Some(lines) => {
                bound(lines, MAX_LINES, "access list lines")?;
                lines.iter().map(line).collect::<Result<_, _>>()?
            }
        },
        transform_sets: match &table.transform_set {
            None => vec![DEFAULT_SET],
            Some(sets) => {
                bound(sets, MAX_LINES, "transform sets")?;
                sets.iter().map(transform_set).collect::<Result<_, _>>()?
            }
        },
        compress: table.compress.unwrap_or(false),
        mode: table
            .mode
            .as_ref()
            .map_or(Ok(Encapsulation::Tunnel), |at| word(at, "mode", &vocabulary::ENCAPSULATIONS))?,
        pfs: table.pfs.as_ref().map_or(Ok(None), pfs)?,
        lifetime: number(table.lifetime.as_ref(), "lifetime", 1, default.lifetime)?,
        kilobytes: number(table.kilobytes.as_ref(), "kilobytes", 0, default.kilobytes)?,
        dynamic: dynamic.is_some(),
        retry: table.retry.as_ref().map_or(Ok(Retry::Vendor), retry)?,
        attempts: table.attempts.as_ref().map_or(Ok(1), |at| whole(at, "attempts", 0..=100))?,
    })
}

fn retry(at: &At<String>) -> Result<Retry, Problem> {
    match at.value.as_str() {
        "vendor" => Ok(Retry::Vendor),
        "none" => Ok(Retry::Never),
        _ => duration(at, "retry")
            .map(Retry::After)
            .map_err(|problem| problem.help("allowed as well: \"vendor\" and \"none\"")),
    }
}

fn number(at: Option<&At<i64>>, what: &str, least: i64, default: u32) -> Result<u32, Problem> {
    at.map_or(Ok(default), |at| whole(at, what, least..=i64::from(u32::MAX)))
}

fn peers(at: &At<crate::value::OneOrMany>) -> Result<Vec<IpAddr>, Problem> {
    // The list has one place in the file, and so have all errors in it.
    let one = |text: &String| address(&At { value: text.clone(), span: at.span.clone() }, "peer");
    at.value.list().iter().map(one).collect()
}

fn pfs(at: &At<NumberOrWord>) -> Result<Option<DhGroup>, Problem> {
    let group = match &at.value {
        NumberOrWord::Word(word) if word == "none" => return Ok(None),
        NumberOrWord::Number(number) => vocabulary::group(*number),
        NumberOrWord::Word(_) => None,
    };
    group.map(Some).ok_or_else(|| {
        let allowed = vocabulary::GROUPS.map(|number| number.to_string()).join(", ");
        Problem::new(&at.span, "pfs is neither \"none\" nor a known group")
            .help(format!("allowed: \"none\", {allowed}"))
    })
}

fn transform_set(at: &At<String>) -> Result<TransformSet, Problem> {
    TransformSet::from_words(&at.value).ok_or_else(|| {
        let words = vocabulary::transforms();
        // The nearest word, where one of them is not known.
        let foreign = at.value.split_whitespace().find(|word| !words.contains(word));
        match foreign {
            Some(word) => {
                Problem::unknown(&at.span, format!("unknown transform `{}`", short(word)), word, words)
            }
            None => Problem::new(&at.span, format!("`{}` is no transform set", short(&at.value)))
                .help("allowed: one esp- cipher, with one esp- HMAC unless it is GCM; one ah- HMAC; or both"),
        }
    })
}

/// A line of an access list in the file's words, as `ip 10.1.0.0/24 10.2.0.0/24`; `None` for anything else.
pub fn access_line(text: &str) -> Option<AclLine> {
    line(&At { value: text.to_owned(), span: 0..0 }).ok()
}

/// `ip 10.1.0.0/24 10.2.0.0/24`, `deny udp self:1701 peer`
fn line(at: &At<String>) -> Result<AclLine, Problem> {
    let problem = |message: String| {
        Problem::new(&at.span, message).help(
            "as \"ip 10.1.0.0/24 10.2.0.0/24\" or \"udp self:1701 peer\": protocol, source, destination",
        )
    };
    let (permit, rest) = match at.value.strip_prefix("deny ") {
        Some(rest) => (false, rest),
        None => (true, at.value.as_str()),
    };
    let words: Vec<&str> = rest.split_whitespace().collect();
    let [protocol, source, destination] = words.as_slice() else {
        return Err(problem(format!("{} words where an access list line has three", words.len())));
    };
    let number = protocol_number(protocol)
        .ok_or_else(|| problem(format!("unknown protocol `{}`", short(protocol))))?;
    let read = |word: &str| end(word).ok_or_else(|| problem(format!("`{}` is no subnet", short(word))));
    let (source, destination) = (read(source)?, read(destination)?);
    let ports = source.port > 0 || destination.port > 0;
    // An ID payload has a port for TCP and UDP alone.
    if ports && ![6, 17].contains(&number) {
        return Err(problem(format!("{protocol} has no ports")));
    }
    Ok(AclLine { permit, protocol: number, source, destination })
}

fn end(word: &str) -> Option<AclEnd> {
    // An IPv6 address has colons of its own: its port stands behind the prefix.
    let split = match word.rsplit_once(':') {
        Some((net, port)) if !net.contains(':') || net.contains('/') => (net, port.parse().ok()?),
        _ => (word, 0),
    };
    let (text, port) = split;
    let net = match text {
        "self" => Net::Own,
        "peer" => Net::Peer,
        "any" => Net::Subnet(Subnet::new(IpAddr::from([0; 4]), 0)?),
        text => {
            let (address, prefix) = text.split_once('/').map_or((text, None), |(a, p)| (a, Some(p)));
            let address: IpAddr = address.parse().ok()?;
            match prefix {
                // An access list's `host`.
                None => Net::Subnet(Subnet::host(address)),
                Some(prefix) => Net::Subnet(Subnet::new(address, prefix.parse().ok()?)?),
            }
        }
    };
    Some(AclEnd { net, port })
}
