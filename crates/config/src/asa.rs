//! ASA 8.4 and later, and the `crypto isakmp` forms before.

use std::net::IpAddr;

use crate::cisco::{Reader, Section, place};
use crate::clean::Line;
use crate::device::{Key, KeyFor, KeyLine, Sourced};

/// Takes a line that matters; false: it does not.
pub(crate) fn take(reader: &mut Reader, line: &Line, words: &[&str]) -> bool {
    match words {
        ["name", address, name, ..] => reader.names.push(((*name).to_owned(), (*address).to_owned())),
        ["object", "network", name] => {
            reader.section = Section::Other;
            reader.object = Some((*name).to_owned());
        }
        ["host", address] => {
            let Some(name) = reader.object.clone() else { return false };
            reader.names.push((name, (*address).to_owned()));
        }
        ["crypto", "ikev1" | "isakmp", "enable", name] | ["isakmp", "enable", name] => {
            reader.device.enabled.push(((*name).to_owned(), place(line)));
            reader.section = Section::None;
        }
        ["crypto", "ikev1" | "isakmp", "am-disable"] => reader.device.aggressive_off = Some(place(line)),
        ["no", "crypto", "isakmp" | "ikev1", "nat-traversal", ..] => {
            reader.device.nat_off = Some(place(line));
        }
        ["crypto", "isakmp", "identity", rest @ ..] => {
            reader.device.identity = Sourced { value: rest.join(" "), at: Some(place(line)) };
        }
        ["crypto", "map", map, "interface", name] => {
            reader.bound.push(((*map).to_owned(), (*name).to_owned()));
        }
        ["crypto", "map", map, _, "set", "peer", peers @ ..] => {
            for peer in peers {
                reader.entries.push(((*map).to_owned(), (*peer).to_owned(), place(line), false));
            }
        }
        ["crypto", "map", map, _, "set", "ikev1" | "isakmp", "phase1-mode", "aggressive", ..] => {
            let of_map = reader.entries.iter_mut().filter(|(name, ..)| name == map);
            of_map.for_each(|(.., aggressive)| *aggressive = true);
        }
        ["crypto", "map", _, _, "ipsec-isakmp", "dynamic", ..] => reader.device.dynamic = true,
        ["tunnel-group", name, "type", ..] => group(reader, line, name),
        ["tunnel-group", name, "ipsec-attributes"] => {
            group(reader, line, name);
            reader.section = Section::Group((*name).to_owned());
        }
        ["ikev1", "pre-shared-key", ..] | ["pre-shared-key", ..] => return key(reader, line),
        _ => return false,
    }
    true
}

fn whose(reader: &Reader, name: &str) -> KeyFor {
    match (name, reader.resolve(name).parse::<IpAddr>()) {
        ("DefaultL2LGroup", _) => KeyFor::Anybody,
        (_, Ok(address)) => KeyFor::Address(address),
        (name, Err(_)) => KeyFor::Name(name.to_owned()),
    }
}

/// A tunnel-group is there from its first line on, with or without a key.
fn group(reader: &mut Reader, line: &Line, name: &str) {
    reader.section = Section::None;
    let peer = whose(reader, name);
    if !reader.device.keys.iter().any(|key| key.peer == peer) {
        reader.device.keys.push(KeyLine { peer, key: Key::Missing, at: place(line), local: None });
    }
}

/// Everything behind the one blank after `pre-shared-key` is the key, trailing blanks included.
fn key(reader: &mut Reader, line: &Line) -> bool {
    let Section::Group(name) = reader.section.clone() else {
        reader.problem_with_key(line, "a key outside a tunnel-group's ipsec-attributes");
        return true;
    };
    let Some((_, value)) = line.text.split_once("pre-shared-key ") else { return false };
    let peer = whose(reader, &name);
    reader.device.keys.retain(|key| key.peer != peer || key.key != Key::Missing);
    reader.key(line, peer, value);
    true
}
