//! What charon's and pluto's files have in common: identities, secrets, addresses, times.

mod secret;
mod traffic;

use std::net::IpAddr;
use std::sync::Arc;

use crate::device::{Connection, Device, Identity, Place, Remote};
use crate::keys::{Owner, masked};
use crate::proposal::Daemon;

use secret::hex_text;
pub(crate) use secret::{is_turned, literal, secret};
pub(crate) use traffic::{MOST_LINES, traffic};

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
            (Some('#'), _) if is_no_hex(text) => return None,
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

/// `@#` and no hexadecimal digits behind it. charon makes zeros of such text and pluto refuses it; what is meant is a key id.
pub(crate) fn is_no_hex(text: &str) -> bool {
    let digits = text.strip_prefix("@#").map(|digits| digits.strip_prefix("0x").unwrap_or(digits));
    let is_digit = |c: char| c.is_ascii_hexdigit() || c == ':';
    digits.is_some_and(|digits| digits.is_empty() || !digits.chars().all(is_digit))
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
        assert_eq!((read("@#vpn"), read("@#")), (None, None));
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
    fn times_have_units() {
        assert_eq!(
            ["90", "15m", "4h", "1d", "x"].map(seconds),
            [Some(90), Some(900), Some(14_400), Some(86_400), None]
        );
    }
}
