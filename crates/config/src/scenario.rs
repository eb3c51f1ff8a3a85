//! Two devices as a scenario of the simulator: TOML, each value with the line it comes from.

use std::fmt::Write;

use crate::device::{Connection, Identity, Place, Policy, Sourced};
use crate::filter::{Carries, Packet};
use crate::keys::{Key, KeyLine, Owner, hidden};
use crate::pair::{Assumed, End, Session};

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

/// A device as initiator, against a responder of which only the address is known.
pub fn alone(end: &End<'_>, connection: &Connection, keys: Keys) -> String {
    let mode = mode(connection);
    format!(
        "{mode}{}\n[responder]\naddress = \"{}\"\n",
        side(
            end,
            end.device.policies_for(end.peer, end.address),
            keys,
            None,
            connection.aggressive.is_some()
        ),
        end.peer
    )
}

fn mode(connection: &Connection) -> String {
    match &connection.aggressive {
        Some(at) => format!("mode = \"aggressive\"{}confirm = false\n\n", comment(Some(at))),
        None => String::new(),
    }
}

/// Initiator and responder.
pub fn direction(session: &Session<'_>, keys: Keys) -> String {
    let (initiator, responder) = (&session.initiator, &session.responder);
    let aggressive = session.aggressive();
    let mode = mode(session.connection);
    let [offered, taken] = session.policies();
    let first = side(initiator, &offered, keys, Some(responder), aggressive);
    let second = side(responder, &taken, keys, Some(initiator), aggressive);
    format!("{mode}{first}\n{second}{}", faults(session))
}

/// One side's tables. `other` is whose known key a masked one is taken to equal.
fn side(end: &End<'_>, policies: &[Policy], keys: Keys, other: Option<&End<'_>>, aggressive: bool) -> String {
    let End { device, address, .. } = end;
    let role = role(end);
    let mut text = format!(
        "# {} ({})\n[{role}]\nprofile = \"{}\"\naddress = \"{address}\"",
        printable(&device.name()),
        printable(&device.file),
        device.dialect.profile()
    );
    text += &match end.assumed {
        Some(Assumed::OwnAddress | Assumed::Masked) if end.address_line().is_none() => {
            "    # not in the file: taken to be so\n".into()
        }
        _ => comment(end.address_line()),
    };
    if end.calls {
        let _ = write!(text, "peer = \"{}\"{}", end.peer, comment(end.connection.map(|c| &c.at)));
    }
    if !device.listens(*address) {
        text += "ike_enabled = false";
        text += &device
            .ike_off
            .as_ref()
            .map_or_else(|| "    # no line enables it on this interface\n".into(), |at| comment(Some(at)));
    }
    if let Some(at) = &device.aggressive_off {
        let _ = write!(text, "aggressive_mode = false{}", comment(Some(at)));
    }
    let nat_off = end.connection.and_then(|c| c.nat_off.as_ref()).or(device.nat_off.as_ref());
    if let Some(at) = nat_off {
        let _ = write!(text, "nat_traversal = false{}", comment(Some(at)));
    }
    text += &named("identity", Some(end.identity()));
    if policies.is_empty() {
        let _ = writeln!(text, "policy = []    # no line has one");
    }
    for policy in policies {
        text += &self::policy(role, policy);
    }
    text + &groups(end, keys, other, aggressive)
}

fn role(end: &End<'_>) -> &'static str {
    if end.calls { "initiator" } else { "responder" }
}

/// An identity of its own; a peer's own address is the default.
fn named(key: &str, identity: Option<Sourced<Identity>>) -> String {
    let Some(Sourced { value, at }) = identity else { return String::new() };
    let written = match value {
        Identity::OwnAddress if key == "identity" => return String::new(),
        Identity::OwnAddress => "\"address\"".into(),
        Identity::Address(address) => format!("{{ address = \"{address}\" }}"),
        Identity::Fqdn(name) => format!("{{ fqdn = {} }}", quoted(&name)),
        Identity::UserFqdn(name) => format!("{{ user_fqdn = {} }}", quoted(&name)),
        Identity::KeyId(name) => format!("{{ key_id = {} }}", quoted(&name)),
    };
    format!("{key} = {written}{}", comment(at.as_ref()))
}

fn policy(role: &str, policy: &Policy) -> String {
    let mut text = format!("\n[[{role}.policy]]{}", comment(policy.priority.at.as_ref()));
    let _ = writeln!(text, "priority = {}", policy.priority.value);
    let mut value = |name: &str, written: String, at: &Option<Place>| {
        let from = match at {
            Some(_) => comment(at.as_ref()),
            None => format!("    # {}\n", policy.defaults),
        };
        let _ = write!(text, "{name} = {written}{from}");
    };
    value("authentication", quoted(&policy.authentication.value), &policy.authentication.at);
    value("encryption", quoted(&policy.encryption.value), &policy.encryption.at);
    value("hash", quoted(&policy.hash.value), &policy.hash.at);
    value("group", policy.group.value.to_string(), &policy.group.at);
    value("lifetime", policy.lifetime.value.to_string(), &policy.lifetime.at);
    text
}

/// The group for the peer; one for nobody where there is none, since the simulator's default has a key.
fn groups(end: &End<'_>, keys: Keys, other: Option<&End<'_>>, aggressive: bool) -> String {
    let role = role(end);
    // Without the other side its identity is not known: the key is the one for its address.
    let line = match other {
        Some(other) => end.key(other, aggressive),
        None => end.device.key_for(end.peer, end.address, end.calls),
    };
    let Some(line) = line else {
        return format!(
            "\n[[{role}.tunnel_group]]    # no line has a key for {}\npeer = \"nobody\"\n",
            end.peer
        );
    };
    let peer = match line.owners.as_slice() {
        [Owner::Anybody] => "default".into(),
        [Owner::Name(name)] if end.device.dialect.is_cisco() && end.peer_name != Some(name) => name.clone(),
        _ => end.peer.to_string(),
    };
    let mut text = format!("\n[[{role}.tunnel_group]]{}peer = {}\n", comment(Some(&line.at)), quoted(&peer));
    if let Some(key) = written(role, line, keys, other.and_then(|other| other.key(end, aggressive))) {
        let _ = writeln!(text, "pre_shared_key = {}", quoted(&key));
    }
    text + &named("peer_identity", other.and_then(|other| end.expects(other)))
}

fn written(role: &str, line: &KeyLine, keys: Keys, others: Option<&KeyLine>) -> Option<String> {
    let known = |line: &KeyLine| match &line.key {
        Key::Known(secret) => Some(text(secret.reveal())),
        _ => None,
    };
    match (&line.key, keys) {
        (Key::Missing, _) => None,
        (Key::Known(secret), Keys::Hidden) => Some(hidden(secret.reveal())),
        (Key::Masked, Keys::Hidden) => Some("<masked>".into()),
        (Key::Known(_), _) => known(line),
        (Key::Masked, Keys::Real) => Some(others.and_then(known).unwrap_or_else(|| "masked".into())),
        (Key::Masked, Keys::RealElseDifferent) => Some(format!("masked, the {role}'s")),
    }
}

/// A key as a scenario's text. What is no text keeps apart whatever differs, though not its bytes.
fn text(key: &[u8]) -> String {
    match std::str::from_utf8(key) {
        Ok(text) => text.to_owned(),
        Err(_) => key.iter().fold("\0bytes ".to_owned(), |mut out, byte| {
            let _ = write!(out, "{byte:02x}");
            out
        }),
    }
}

/// What lies on the way: NAT, and each side's own access lists.
fn faults(session: &Session<'_>) -> String {
    let mut text = String::new();
    let (initiator, responder) = (&session.initiator, &session.responder);
    for end in [initiator, responder] {
        if let Some(Assumed::Nat(outside)) = end.assumed {
            let _ = write!(
                text,
                "\n[[fault]]    # {} has another address than the one that is called\nkind = \"nat\"\nat = \"{}\"\noutside = \"{outside}\"\n",
                printable(&end.device.name()),
                role(end)
            );
        }
    }
    for end in [initiator, responder] {
        if let Some(at) = end.device.interface(end.address).and_then(|interface| interface.shutdown.as_ref())
        {
            let _ = write!(
                text,
                "\n[[fault]]{}kind = \"peer-down\"\nat = \"{}\"\n",
                comment(Some(at)),
                role(end)
            );
        }
    }
    for (end, from) in [(responder, initiator), (initiator, responder)] {
        if let Some(at) = stopped(end, from, Carries::Udp(500)) {
            let direction = format!("to-{}", role(end));
            let _ = write!(
                text,
                "\n[[fault]]{}kind = \"block-port\"\nport = 500\ndirection = \"{direction}\"\n",
                comment(Some(&at))
            );
        }
    }
    text
}

/// The line of a side's own access list that stops what the other sends.
pub(crate) fn stopped(end: &End<'_>, from: &End<'_>, carries: Carries) -> Option<Place> {
    end.device.stops(&Packet { from: from.outside(), to: end.address, carries })
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

/// As a comment may have it: TOML allows no control characters there.
fn printable(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).collect()
}

fn comment(at: Option<&Place>) -> String {
    at.map_or("\n".into(), |at| format!("    # line {}: {}\n", at.line, printable(&at.text)))
}
