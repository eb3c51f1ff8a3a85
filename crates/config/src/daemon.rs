//! What charon's and pluto's files have in common: identities, secrets, addresses, times.

use std::net::IpAddr;
use std::sync::Arc;

use crate::device::{Connection, Device, Identity, Place, Remote, Sourced};
use crate::keys::{Key, Owner, Secret, masked};
use crate::phase2::{Child, Part};
use crate::proposal::Daemon;

/// What the simulator has.
pub(crate) const SIMULATED: &str =
    "des, 3des, aes128 to aes256; md5, sha1, sha256 to sha512; groups 1, 2, 5, 14 to 21, 31";

/// Longer lists of peers, networks or ESP proposals are cut: nobody writes them, and their products grow.
const MOST: usize = 32;

/// A place of a file that shows no more than a line is long: lists may go on for pages.
pub(crate) fn place(file: &Arc<str>, line: usize, text: &str) -> Place {
    let first = text.lines().next().unwrap_or("");
    let mut text: String = first.chars().take(160).collect();
    if text.len() < first.len() {
        text.push('…');
    }
    Place { file: file.clone(), line, text: text.into() }
}

/// An identity as it is written, by the rules of the daemon that reads it. `None`: any, or a kind that is not
/// simulated (a distinguished name).
///
/// Sources: strongSwan's `identification_create_from_string`; libreswan's `atoid`.
pub(crate) fn identity(text: &str, daemon: Daemon) -> Option<Identity> {
    let text = text.trim();
    // A `=` makes it a distinguished name, which is a certificate's.
    if is_any(text) || text.contains('=') {
        return None;
    }
    if let Some(after) = text.strip_prefix('@') {
        return Some(match (after.chars().next(), daemon) {
            (Some('#'), _) => Identity::KeyId(hex_text(after.get(1..).unwrap_or(""))),
            // pluto takes the second `@` for a part of the name (seen).
            (Some('@'), Daemon::Charon) => Identity::UserFqdn(after.get(1..).unwrap_or("").to_owned()),
            (Some('['), Daemon::Pluto) => {
                Identity::KeyId(after.trim_start_matches('[').trim_end_matches(']').to_owned())
            }
            _ => Identity::Fqdn(after.to_owned()),
        });
    }
    if let (Some((kind, name)), Daemon::Charon) = (text.split_once(':'), daemon) {
        let name = name.strip_prefix('#').map_or_else(|| name.to_owned(), hex_text);
        match kind.to_ascii_lowercase().as_str() {
            "keyid" => return Some(Identity::KeyId(name)),
            "fqdn" | "dns" => return Some(Identity::Fqdn(name)),
            "email" | "rfc822" | "userfqdn" => return Some(Identity::UserFqdn(name)),
            "ipv4" | "ipv6" => return name.parse().ok().map(Identity::Address),
            "asn1dn" | "asn1gn" | "xmppaddr" => return None,
            _ => {}
        }
    }
    Some(match text.parse() {
        Ok(address) => Identity::Address(address),
        Err(_) if text.contains('@') => Identity::UserFqdn(text.to_owned()),
        // charon's rule: what looks like IPv6 and is none is opaque.
        Err(_) if text.contains(':') => Identity::KeyId(text.to_owned()),
        // pluto asks the DNS for its address.
        Err(_) if daemon == Daemon::Pluto => return None,
        Err(_) => Identity::Fqdn(text.to_owned()),
    })
}

/// Words for everybody.
pub(crate) fn is_any(text: &str) -> bool {
    ["", "%any", "%any4", "%any6", "0.0.0.0", "*", "::", "0::0"].contains(&text)
}

/// Whose secret it is.
pub(crate) fn owner(text: &str, daemon: Daemon) -> Owner {
    if is_any(text) {
        return Owner::Anybody;
    }
    if let Some((net, bits)) = network(text).filter(|_| text.contains('/')) {
        return Owner::Net(net, bits);
    }
    if let Some((low, high)) = range(text) {
        return Owner::Range(low, high);
    }
    match identity(text, daemon) {
        Some(Identity::Address(address)) => Owner::address(address),
        Some(identity) => Owner::Identity(identity),
        None => Owner::Name(text.to_owned()),
    }
}

/// `10.0.0.0/8`, `10.0.0.1`.
pub(crate) fn network(text: &str) -> Option<(IpAddr, u8)> {
    let (address, bits) = text.split_once('/').unwrap_or((text, ""));
    let address: IpAddr = address.parse().ok()?;
    let width = if address.is_ipv4() { 32 } else { 128 };
    let bits = if bits.is_empty() { width } else { bits.parse().ok().filter(|bits| *bits <= width)? };
    Some((address, bits))
}

/// One end of protected traffic: its addresses in a scenario's words, protocol and port.
struct Selector {
    net: String,
    protocol: u8,
    port: u16,
}

/// `10.1.0.0/24[tcp/80]`, `dynamic`; `own` is the word for the end's own address. `None`: no such thing.
fn selector(text: &str, own: &str) -> Option<Selector> {
    let (net, behind) = text.split_once('[').map_or((text, None), |(net, behind)| (net, Some(behind)));
    let net = match net.trim() {
        "dynamic" | "%dynamic" | "" => own.to_owned(),
        net => {
            let (address, bits) = network(net)?;
            format!("{}/{bits}", masked(address, bits))
        }
    };
    let (protocol, port) = match behind {
        Some(behind) => protocol_port(behind.trim_end_matches(']'))?,
        None => (0, 0),
    };
    Some(Selector { net, protocol, port })
}

/// `tcp/80`, `17/1701`, `gre`, `udp/%any`; a port stands only behind TCP and UDP.
pub(crate) fn protocol_port(text: &str) -> Option<(u8, u16)> {
    let (protocol, port) = text.split_once('/').unwrap_or((text, ""));
    let number = match protocol.trim() {
        "" | "%any" | "any" => 0,
        "icmp" => 1,
        "tcp" => 6,
        "udp" => 17,
        "gre" => 47,
        number => number.parse().ok()?,
    };
    let port = match port.trim() {
        "" | "%any" | "any" => 0,
        "l2f" | "l2tp" => 1701,
        port => port.parse().ok()?,
    };
    Some((number, port)).filter(|_| port == 0 || [6, 17].contains(&number))
}

/// What is protected, as lines of an access list: each pair of an own network and one of the peer's.
pub(crate) fn traffic(child: &mut Child, [from, to]: [&str; 2], at: &Place) {
    let (mut lines, mut unread) = (Vec::new(), None);
    let mut read = |list: &str, own| {
        let all = list.split([',', ' ']).map(str::trim).filter(|one| !one.is_empty()).take(MOST);
        let all = all.filter_map(|one| {
            selector(one, own).or_else(|| {
                unread = unread.take().or(Some(one.to_owned()));
                None
            })
        });
        all.collect::<Vec<_>>()
    };
    let [own, theirs] = [read(from, "self"), read(to, "peer")];
    for one in &own {
        for other in &theirs {
            let protocol = one.protocol.max(other.protocol);
            if one.protocol.min(other.protocol) > 0 && one.protocol != other.protocol {
                continue;
            }
            let end = |end: &Selector| {
                if end.port > 0 { format!("{}:{}", end.net, end.port) } else { end.net.clone() }
            };
            let name = protocol_name(protocol);
            lines.push(Sourced::new(format!("{name} {} {}", end(one), end(other)), at.clone()));
        }
    }
    if let Some(part) = unread {
        child.doubt(None, format!("`{part}`: this traffic is not simulated"), at);
    }
    lines.truncate(MOST_LINES);
    child.acl = if lines.is_empty() { Part::Hidden } else { Part::Is(Arc::new(lines)) };
}

/// The word of a scenario's access list for an IP protocol.
pub(crate) fn protocol_name(number: u8) -> String {
    match number {
        0 => "ip".into(),
        1 => "icmp".into(),
        6 => "tcp".into(),
        17 => "udp".into(),
        47 => "gre".into(),
        other => other.to_string(),
    }
}

/// As many lines of an access list as a scenario takes.
pub(crate) const MOST_LINES: usize = 64;

/// One connection for each address of a list: it calls the first, and answers all.
pub(crate) fn connect(device: &mut Device, list: &str, at: &Place, connection: &Connection) {
    let mut calls = !connection.answers_only;
    for one in list.split(',').map(str::trim).filter(|one| !one.is_empty()).take(MOST) {
        let remote = remote(one);
        // A range or `%any` cannot be called, so the next address of the list may be.
        let answers_only = !calls || remote.is_open();
        calls &= answers_only;
        device.connections.push(Connection { remote, at: at.clone(), answers_only, ..connection.clone() });
    }
}

/// Aggressive Mode is taken for connections that are set to it, and no other (both daemons).
pub(crate) fn refuse_aggressive(device: &mut Device) {
    if device.connections.iter().all(|connection| connection.aggressive.is_none()) {
        device.aggressive_off = device.connections.first().map(|connection| connection.at.clone());
    }
}

/// Whom an address, a name or a word means.
pub(crate) fn remote(text: &str) -> Remote {
    if is_any(text) || text.starts_with('%') {
        return Remote::Anybody;
    }
    match text.parse() {
        Ok(address) => Remote::Address(address),
        Err(_) => match range(text) {
            Some((low, high)) if low == high => Remote::Address(low),
            // `0.0.0.0/0` is `%any` in other words.
            Some((low, _)) if low.is_unspecified() => Remote::Anybody,
            Some((low, high)) => Remote::Range(low, high),
            None => Remote::Unknown(text.to_owned()),
        },
    }
}

/// A subnet or a range: its first and its last address.
pub(crate) fn range(text: &str) -> Option<(IpAddr, IpAddr)> {
    if let Some((low, high)) = text.split_once('-') {
        let (low, high): (IpAddr, IpAddr) = (low.trim().parse().ok()?, high.trim().parse().ok()?);
        return (low.is_ipv4() == high.is_ipv4() && low <= high).then_some((low, high));
    }
    let (net, bits) = network(text).filter(|_| text.contains('/'))?;
    Some((masked(net, bits), last(net, bits)))
}

/// The last address of a network.
fn last(net: IpAddr, bits: u8) -> IpAddr {
    match net {
        IpAddr::V4(net) => {
            let rest = u32::MAX.checked_shr(bits.into()).unwrap_or(0);
            IpAddr::V4((u32::from(net) | rest).into())
        }
        IpAddr::V6(net) => {
            let rest = u128::MAX.checked_shr(bits.into()).unwrap_or(0);
            IpAddr::V6((u128::from(net) | rest).into())
        }
    }
}

/// Seconds: `3600`, `60m`, `4h`, `1d`.
pub(crate) fn seconds(text: &str) -> Option<u32> {
    let number = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = match text.get(number.len()..)?.to_ascii_lowercase().as_str() {
        "" | "s" => 1,
        "m" => 60,
        "h" => 3600,
        "d" => 86_400,
        "w" => 604_800,
        _ => return None,
    };
    // Checked: a time of many digits is a mistake, not a short lifetime.
    number.trim().parse::<u32>().ok()?.checked_mul(unit)
}

/// yes, no, and what else is taken for it.
pub(crate) fn flag(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "yes" | "true" | "enabled" | "1" | "on" => Some(true),
        "no" | "false" | "disabled" | "0" | "off" | "never" => Some(false),
        _ => None,
    }
}

/// A secret: text, `0x` and hexadecimal digits, `0s` and base 64. `None`: digits that are none.
pub(crate) fn secret(text: &str) -> Option<Key> {
    let head = text.get(..2).unwrap_or("").to_ascii_lowercase();
    let rest = text.get(2..).unwrap_or("");
    match head.as_str() {
        "0x" if !rest.is_empty() => hex(rest).map(|key| Key::Known(Secret::new(key))),
        "0s" if !rest.is_empty() => base64(rest).map(|key| Key::Known(Secret::new(key))),
        _ => Some(literal(text)),
    }
}

/// A secret that stands for itself.
pub(crate) fn literal(text: &str) -> Key {
    let masked =
        text.chars().all(|c| c == '*') || text.len() > 4 && text.chars().all(|c| c == 'X' || c == 'x');
    match text {
        "" => Key::Missing,
        _ if masked => Key::Masked,
        text => Key::Known(Secret::new(text)),
    }
}

fn hex(digits: &str) -> Option<Vec<u8>> {
    let digits: Vec<u8> = digits
        .chars()
        .filter(|c| !":_".contains(*c))
        .map(|c| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok()))
        .collect::<Option<_>>()?;
    // An odd count has a zero in front.
    let odd = digits.len() % 2;
    let padded: Vec<u8> = std::iter::repeat_n(0, odd).chain(digits).collect();
    Some(padded.chunks(2).map(|pair| pair.iter().fold(0, |byte, digit| byte << 4 | digit)).collect())
}

/// The bytes as text, or, where they are none, each byte as the character of that number.
fn hex_text(digits: &str) -> String {
    let bytes = hex(digits).unwrap_or_default();
    String::from_utf8(bytes).unwrap_or_else(|bad| bad.as_bytes().iter().copied().map(char::from).collect())
}

fn base64(text: &str) -> Option<Vec<u8>> {
    let value = |c: char| {
        let number = match c {
            'A'..='Z' => u32::from(c) - u32::from('A'),
            'a'..='z' => u32::from(c) - u32::from('a') + 26,
            '0'..='9' => u32::from(c) - u32::from('0') + 52,
            '+' => 62,
            '/' => 63,
            _ => return None,
        };
        Some(number)
    };
    let (mut out, mut bits, mut held) = (Vec::new(), 0_u32, 0_u32);
    for c in text.trim_end_matches('=').chars() {
        // Masked: the text may be long, the word is not.
        held = (held << 6 | value(c)?) & 0xff_ffff;
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            out.push(u8::try_from(held >> bits & 0xff).ok()?);
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identities_by_the_rules_of_charon() {
        let read = |text| identity(text, Daemon::Charon);
        let fqdn = |name: &str| Some(Identity::Fqdn(name.into()));
        assert_eq!(read("moon.strongswan.org"), fqdn("moon.strongswan.org"));
        assert_eq!(read("@moon"), fqdn("moon"));
        assert_eq!(read("fqdn:10.0.0.1"), fqdn("10.0.0.1"));
        assert_eq!(read("10.0.0.1"), Some(Identity::Address("10.0.0.1".parse().unwrap())));
        assert_eq!(read("carol@moon"), Some(Identity::UserFqdn("carol@moon".into())));
        assert_eq!(read("@@carol@moon"), Some(Identity::UserFqdn("carol@moon".into())));
        assert_eq!(read("@#6869"), Some(Identity::KeyId("hi".into())));
        assert_eq!(read("keyid:hi"), Some(Identity::KeyId("hi".into())));
        assert_eq!((read("%any"), read("C=CH, CN=moon")), (None, None));
    }

    /// Seen with pluto 4.10; a name that the DNS does not know left it with its own address.
    #[test]
    fn identities_by_the_rules_of_pluto() {
        let read = |text| identity(text, Daemon::Pluto);
        assert_eq!(read("@[key]"), Some(Identity::KeyId("key".into())));
        assert_eq!(read("@@carol@moon"), Some(Identity::Fqdn("@carol@moon".into())));
        assert_eq!(read("carol@moon"), Some(Identity::UserFqdn("carol@moon".into())));
        assert_eq!(read("moon.example"), None);
    }

    #[test]
    fn secrets_in_three_ways() {
        let bytes = |text| match secret(text) {
            Some(Key::Known(secret)) => secret.reveal().to_vec(),
            other => format!("{other:?}").into_bytes(),
        };
        assert_eq!(bytes("abc"), b"abc");
        assert_eq!(bytes("0x616263"), b"abc");
        assert_eq!(bytes("0sYWJj"), b"abc");
        assert_eq!(bytes("0sYWI="), b"ab");
        assert_eq!(secret("0xno"), None);
        assert_eq!(secret("*****"), Some(Key::Masked));
    }

    #[test]
    fn times_have_units() {
        assert_eq!(
            ["90", "15m", "4h", "1d", "x"].map(seconds),
            [Some(90), Some(900), Some(14_400), Some(86_400), None]
        );
    }
}
