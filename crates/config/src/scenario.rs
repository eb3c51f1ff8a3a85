//! Two devices as a scenario of the simulator: TOML, each value with the line it comes from.

use std::fmt::Write;
use std::net::IpAddr;

use crate::device::{Device, Key, KeyFor, KeyLine, Place, Sourced};

/// One side of a session.
#[derive(Clone, Copy, Debug)]
pub struct End<'d> {
    /// The device.
    pub device: &'d Device,
    /// Its own address.
    pub address: IpAddr,
    /// Whom it talks to.
    pub peer: IpAddr,
    /// It starts with Aggressive Mode.
    pub aggressive: bool,
}

/// What is written for a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keys {
    /// The keys themselves; what is masked is taken to be equal on both sides.
    Real,
    /// As above, and what is masked is taken to differ.
    RealElseDifferent,
    /// Their lengths.
    Hidden,
}

/// Initiator and responder.
pub fn direction(initiator: End<'_>, responder: End<'_>, keys: Keys) -> String {
    let mode = if initiator.aggressive { "mode = \"aggressive\"\nconfirm = false\n\n" } else { "" };
    let first = side("initiator", initiator, keys, Some(responder));
    format!("{mode}{first}\n{}", side("responder", responder, keys, Some(initiator)))
}

/// One side's tables. `other` is whose known key a masked one is taken to equal.
pub fn side(role: &str, end: End<'_>, keys: Keys, other: Option<End<'_>>) -> String {
    let End { device, address, peer, .. } = end;
    let mut text = format!(
        "# {} ({})\n[{role}]\nprofile = \"{}\"\naddress = \"{address}\"",
        device.name(),
        device.file,
        device.dialect.name()
    );
    let interface = device.interface(address);
    text += &comment(interface.and_then(|interface| interface.at.as_ref()));
    if role == "initiator" {
        let at = device.peers.iter().find(|known| known.address == peer.to_string()).map(|known| &known.at);
        let _ = write!(text, "peer = \"{peer}\"{}", comment(at));
    }
    if interface.is_some_and(|interface| !device.listens(interface)) {
        text += "ike_enabled = false    # no line enables it on this interface\n";
    }
    if let Some(at) = &device.aggressive_off {
        let _ = write!(text, "aggressive_mode = false{}", comment(Some(at)));
    }
    if let Some(at) = &device.nat_off {
        let _ = write!(text, "nat_traversal = false{}", comment(Some(at)));
    }
    text += &identity(device);
    for policy in &device.policies {
        let _ = write!(text, "\n[[{role}.policy]]{}", comment(policy.priority.at.as_ref()));
        let _ = writeln!(text, "priority = {}", policy.priority.value);
        text += &value("authentication", &policy.authentication, true);
        text += &value("encryption", &policy.encryption, true);
        text += &value("hash", &policy.hash, true);
        text += &value("group", &policy.group, false);
        text += &value("lifetime", &policy.lifetime, false);
    }
    text + &groups(role, end, keys, other)
}

fn identity(device: &Device) -> String {
    let words: Vec<&str> = device.identity.value.split_whitespace().collect();
    let written = match (words.as_slice(), &device.hostname) {
        (["hostname"], Some(name)) => format!("{{ fqdn = {} }}", quoted(name)),
        (["key-id", name], _) => format!("{{ key_id = {} }}", quoted(name)),
        _ => return String::new(),
    };
    format!("identity = {written}{}", comment(device.identity.at.as_ref()))
}

fn value<T: std::fmt::Display>(name: &str, sourced: &Sourced<T>, text: bool) -> String {
    let written = if text { quoted(&sourced.value.to_string()) } else { sourced.value.to_string() };
    match &sourced.at {
        Some(_) => format!("{name} = {written}{}", comment(sourced.at.as_ref())),
        None => format!("{name} = {written}    # the device's default\n"),
    }
}

/// The group for the peer; an empty list where there is none, since the simulator's default has a key.
fn groups(role: &str, end: End<'_>, keys: Keys, other: Option<End<'_>>) -> String {
    let Some(line) = end.device.key_for(end.peer, end.address) else {
        return format!(
            "\n[[{role}.tunnel_group]]    # no line has a key for {}\npeer = \"nobody\"\n",
            end.peer
        );
    };
    let peer = match line.peer {
        KeyFor::Anybody => "default".into(),
        _ => end.peer.to_string(),
    };
    let mut text = format!("\n[[{role}.tunnel_group]]{}peer = \"{peer}\"\n", comment(Some(&line.at)));
    if let Some(key) = written(role, line, keys, other) {
        let _ = writeln!(text, "pre_shared_key = {}", quoted(&key));
    }
    text
}

fn written(role: &str, line: &KeyLine, keys: Keys, other: Option<End<'_>>) -> Option<String> {
    let others = other.and_then(|end| end.device.key_for(end.peer, end.address));
    let known = |line: &KeyLine| match &line.key {
        Key::Known(secret) => Some(secret.reveal().to_owned()),
        _ => None,
    };
    match (&line.key, keys) {
        (Key::Missing, _) => None,
        (Key::Known(secret), Keys::Hidden) => Some(crate::device::hidden(secret.reveal())),
        (Key::Masked, Keys::Hidden) => Some("<masked>".into()),
        (Key::Known(secret), _) => Some(secret.reveal().to_owned()),
        (Key::Masked, Keys::Real) => Some(others.and_then(known).unwrap_or_else(|| "masked".into())),
        (Key::Masked, Keys::RealElseDifferent) => Some(format!("masked, the {role}'s")),
    }
}

/// As TOML writes a string.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if c.is_control() => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out + "\""
}

fn comment(at: Option<&Place>) -> String {
    at.map_or("\n".into(), |at| format!("    # line {}: {}\n", at.line, at.text))
}
