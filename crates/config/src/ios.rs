//! IOS and IOS-XE.

use std::net::IpAddr;

use crate::cisco::{Reader, Section, place};
use crate::clean::Line;
use crate::device::{KeyFor, Sourced};

/// Takes a line that matters; false: it does not.
pub(crate) fn take(reader: &mut Reader, line: &Line, words: &[&str]) -> bool {
    match words {
        ["crypto", "isakmp", "key", rest @ ..] => return key(reader, line, rest),
        ["crypto", "keyring", ..] => {
            reader.section = Section::Keyring;
            reader.keyring.clear();
        }
        ["crypto", "isakmp", "profile", ..] => reader.section = Section::Profile,
        ["crypto", "isakmp", "identity", rest @ ..] => {
            reader.device.identity = Sourced { value: rest.join(" "), at: Some(place(line)) };
        }
        ["crypto", "isakmp", "aggressive-mode", "disable"] => {
            reader.device.aggressive_off = Some(place(line));
        }
        ["no", "crypto", "ipsec", "nat-transparency", "udp-encapsulation"] => {
            reader.device.nat_off = Some(place(line));
        }
        ["crypto", "map", name, _, "ipsec-isakmp", rest @ ..] => {
            reader.device.dynamic |= rest.first() == Some(&"dynamic");
            reader.section = Section::Map { name: (*name).to_owned(), aggressive: false };
        }
        ["crypto", "map", name] => {
            let Section::Interface(at) = reader.section else { return false };
            let name = Some((*name).to_owned());
            reader
                .device
                .interfaces
                .get_mut(at)
                .into_iter()
                .for_each(|interface| interface.map.clone_from(&name));
        }
        ["crypto" | "ip" | "router" | "line" | "access-list" | "end" | "exit", ..] => {
            if !matches!((&reader.section, words), (Section::Interface(_), ["ip", ..])) {
                reader.section = Section::Other;
            }
            return false;
        }
        _ => return in_section(reader, line, words),
    }
    true
}

fn in_section(reader: &mut Reader, line: &Line, words: &[&str]) -> bool {
    match (reader.section.clone(), words) {
        (Section::Map { name, aggressive }, ["set", "peer", peer, ..]) => {
            reader.entries.push((name, (*peer).to_owned(), place(line), aggressive));
        }
        (Section::Keyring, ["pre-shared-key", "address", address, rest @ ..]) => {
            // With or without a mask before `key`.
            let Some(at) = rest.iter().position(|word| *word == "key") else { return false };
            let mask = rest.get(..at).and_then(|mask| mask.first().copied());
            let (kind, value) = typed(rest.get(at + 1..).unwrap_or_default());
            push(reader, line, address, mask, kind, value);
            reader.keyring.push(reader.device.keys.len() - 1);
        }
        (Section::Keyring, ["local-address", address]) => {
            let local = address.parse::<IpAddr>().ok();
            for at in reader.keyring.clone() {
                reader.device.keys.get_mut(at).into_iter().for_each(|key| key.local = local);
            }
        }
        (Section::Interface(at), ["tunnel", rest @ ..]) => {
            let Some(interface) = reader.device.interfaces.get_mut(at) else { return false };
            match rest {
                ["source", source] => interface.tunnel.source = Some((*source).to_owned()),
                ["destination", peer] => {
                    interface.tunnel.destination = Some(((*peer).to_owned(), place(line)));
                }
                ["protection", "ipsec", "profile", ..] => interface.tunnel.protected = true,
                _ => return false,
            }
        }
        (Section::Profile, ["initiate", "mode", "aggressive"]) => {}
        _ => return false,
    }
    true
}

/// `crypto isakmp key [0|6] KEY address A [MASK] [no-xauth]`
fn key(reader: &mut Reader, line: &Line, rest: &[&str]) -> bool {
    reader.section = Section::None;
    let Some(at) = rest.iter().position(|word| ["address", "hostname"].contains(word)).filter(|at| *at > 0)
    else {
        reader.problem_with_key(line, "a key without an address: crypto isakmp key <key> address <peer>");
        return true;
    };
    let (kind, value) = typed(rest.get(..at).unwrap_or_default());
    let (peer, mask) = (rest.get(at + 1).copied().unwrap_or(""), rest.get(at + 2).copied());
    push(reader, line, peer, mask, kind, value);
    true
}

/// The type before a key, if there is one. A key alone is a key, even if it is `6`.
fn typed<'w>(words: &[&'w str]) -> (&'w str, &'w str) {
    match words {
        [kind @ ("0" | "6"), value, ..] => (kind, value),
        [value, ..] => ("0", value),
        [] => ("0", ""),
    }
}

fn push(reader: &mut Reader, line: &Line, peer: &str, mask: Option<&str>, kind: &str, value: &str) {
    let anybody = peer == "0.0.0.0" || mask == Some("0.0.0.0");
    let peer = match peer.parse::<IpAddr>() {
        _ if anybody => KeyFor::Anybody,
        Ok(address) => KeyFor::Address(address),
        Err(_) => KeyFor::Name(peer.to_owned()),
    };
    reader.key(line, peer, value);
    if kind == "6"
        && let Some(last) = reader.device.keys.last_mut()
    {
        last.key = crate::Key::Masked;
    }
}
