//! Phase 2 of this side: the flags as an entry of a crypto map, or the scenario's entries for the real peer.

use std::net::IpAddr;

use ike::crypto::DhGroup;
use ike::ipsec::{Encapsulation, EspCipher, Integrity, TransformSet};
use ike::{AclLine, Config, MapEntry, Role};
use scenario::access_line;
use sim::setup::{DEFAULT_SET, default_entry};

use super::unknown;
use crate::args::Quick;
use crate::failure::{Failure, USAGE};

/// Puts the flags into the side's crypto map; a scenario's own entries meet the real peer.
pub fn flags(args: &Quick, role: Role, config: &mut Config) -> Result<(), Failure> {
    if args.phase2 {
        config.crypto_map = Some(vec![entry(args, role, config)?]);
    }
    let peer = config.peer;
    for entry in config.crypto_map.iter_mut().flatten() {
        // Who calls a responder is not known before: an entry serves whoever does.
        entry.dynamic = role == Role::Responder;
        entry.peers = if entry.dynamic { Vec::new() } else { vec![peer] };
    }
    Ok(())
}

/// What the other side has to have; `None` where this one wants no child.
pub fn mirrored(config: &Config, own: IpAddr) -> Option<Vec<MapEntry>> {
    let entries = config.crypto_map.as_ref()?;
    Some(entries.iter().map(|entry| entry.mirrored(own)).collect())
}

fn entry(args: &Quick, role: Role, config: &Config) -> Result<MapEntry, Failure> {
    let acl = match (&args.local_net, &args.remote_net) {
        (Some(local), Some(remote)) => vec![line(local, remote, config.peer.is_ipv6())?],
        // A daemon without subnets protects the two hosts.
        _ if role == Role::Initiator => {
            access_line("ip self peer", config.peer.is_ipv6()).into_iter().collect()
        }
        _ => Vec::new(),
    };
    let sets = args.esp.iter().map(|text| set(text)).collect::<Result<Vec<_>, _>>()?;
    Ok(MapEntry {
        acl,
        transform_sets: if sets.is_empty() { vec![DEFAULT_SET] } else { sets },
        pfs: args.pfs.map(group).transpose()?,
        mode: if args.transport { Encapsulation::Transport } else { Encapsulation::Tunnel },
        ..default_entry(config.profile, role, config.peer)
    })
}

fn line(local: &str, remote: &str, v6: bool) -> Result<AclLine, Failure> {
    access_line(&format!("ip {local} {remote}"), v6).map_err(|[message, _]| {
        Failure::new(USAGE, format!("--local-net and --remote-net: {message}"))
            .help(Some("both IPv4 or both IPv6, each as 10.1.0.0/24, an address, or any".into()))
    })
}

fn set(text: &str) -> Result<TransformSet, Failure> {
    TransformSet::from_words(text).ok_or_else(|| {
        let ciphers = EspCipher::ALL.into_iter().map(EspCipher::word);
        let words: Vec<&str> = ciphers.chain(Integrity::ALL.into_iter().map(Integrity::esp_word)).collect();
        match text.split_whitespace().find(|word| !words.contains(word)) {
            Some(word) => unknown("transform", word, words.iter().copied()),
            None => Failure::new(USAGE, format!("`{text}` is no transform set"))
                .help(Some("one esp- cipher, with one esp- HMAC unless it is GCM".into())),
        }
    })
}

fn group(number: u16) -> Result<DhGroup, Failure> {
    DhGroup::from_number(number).ok_or_else(|| {
        let numbers: Vec<String> = DhGroup::ALL.iter().map(|group| group.number().to_string()).collect();
        unknown("group", &number.to_string(), numbers.iter().map(String::as_str))
    })
}
