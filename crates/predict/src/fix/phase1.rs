//! What mends a stall of phase 1.

use config::{Carries, Device, Dialect, Format, Identity, Owner, Place, Policy, Subject};
use ike::Role;

use super::keys::keyed;
use super::{Change, Edit, Fix, gives_way, keys, new_key, written};
use crate::compose::stopped;
use crate::pair::{Session, SessionEnd};

pub(super) fn fixes(subject: Subject, session: &Session<'_>) -> Vec<Fix> {
    match subject {
        Subject::Policy => policy(session).into_iter().collect(),
        Subject::Key => keys::key(session).into_iter().collect(),
        Subject::Enabled => enabled(session).into_iter().collect(),
        Subject::Aggressive => aggressive(session),
        Subject::Identity => identity(session).into_iter().collect(),
        Subject::Filter => filter(session).into_iter().collect(),
        Subject::Peer => peer(session).into_iter().collect(),
        Subject::Down => down(session),
        Subject::Resolved
        | Subject::Lifetime
        | Subject::Connection
        | Subject::Transforms
        | Subject::Secrecy
        | Subject::Traffic
        | Subject::Entry => Vec::new(),
    }
}

/// How strong the first policy is; signatures count least, for a key has to be there for them.
fn strength(policies: &[Policy]) -> u32 {
    let Some(first) = policies.first() else { return 0 };
    let rank =
        |list: &[&str], name: &str| (0..).zip(list).find(|(_, one)| **one == name).map_or(0, |(n, _)| n);
    let cipher = rank(&["des", "3des", "aes-128", "aes-192", "aes-256"], &first.encryption.value);
    let hash = rank(&["md5", "sha", "sha256", "sha384", "sha512"], &first.hash.value);
    let keyed = u32::from(first.authentication.value == "pre-share");
    1 + keyed * 1000 + u32::from(first.group.value.min(31)) * 10 + cipher + hash
}

/// Weak by RFC 8247: DES, 3DES, MD5 and groups below 14.
fn is_weak(policy: &Policy) -> bool {
    ["des", "3des"].contains(&policy.encryption.value.as_str())
        || policy.hash.value == "md5"
        || policy.group.value < 14
}

/// The weaker side gets the first policy of the other one.
fn policy(session: &Session<'_>) -> Option<Fix> {
    let own = Role::BOTH.map(|role| {
        let end = session.end(role);
        let offered = end.device.offered_by(end.connection);
        if offered.is_empty() { end.device.accepted_by(end.connection, &[], 1) } else { offered.to_vec() }
    });
    let hashes =
        own.each_ref().map(|policies| policies.first().map_or("", |first| first.hash.value.as_str()));
    let side = gives_way(session, own.each_ref().map(|policies| strength(policies)), hashes);
    let [ours, theirs] = &own;
    let values = if side == Role::Initiator { theirs.first()? } else { ours.first()? };
    let mine = if side == Role::Initiator { ours.first() } else { theirs.first() };
    let edits = offered(session.end(side), mine, values)?;
    let changes = edits.into_iter().map(|edit| Change { side, edit }).collect();
    Some(Fix { weak: is_weak(values), others: false, changes })
}

/// What makes a side have these values; `mine`: what it has.
fn offered(end: &SessionEnd<'_>, mine: Option<&Policy>, values: &Policy) -> Option<Vec<Edit>> {
    let key = match end.device.format {
        Format::Asa | Format::Ios => {
            return Some(vec![Edit::Enter(written::policy(end.device.dialect, free(end.device)?, values))]);
        }
        Format::Swanctl => "proposals",
        Format::Strongswan | Format::Libreswan => "ike",
    };
    let method = mine.filter(|mine| mine.authentication.value != values.authentication.value);
    let method = method.map(|_| match end.device.format {
        // Each side's own has a section of its own.
        Format::Swanctl => {
            Some(Edit::FillIn(vec!["local { auth = psk }".into(), "remote { auth = psk }".into()]))
        }
        Format::Asa | Format::Ios | Format::Strongswan | Format::Libreswan => {
            set(end, "authby", "secret".into())
        }
    });
    // `!`: nothing is added to the list.
    let strict = if end.device.format == Format::Strongswan { "!" } else { "" };
    let value = written::proposal(end.device.dialect, values) + strict;
    let stands = mine.and_then(|mine| mine.encryption.at.as_ref());
    let proposal = match stands {
        Some(at) => Edit::Set { at: at.clone(), key: key_of(at)?, value },
        None => set(end, key, value)?,
    };
    Some(std::iter::once(proposal).chain(method.flatten()).collect())
}

/// The key of a line: `ike` of `ike=aes256`.
pub(super) fn key_of(at: &Place) -> Option<String> {
    at.text.split_once('=').map(|(key, _)| key.trim().to_owned())
}

/// Lower numbers are tried first.
fn free(device: &Device) -> Option<u16> {
    (1..=u16::MAX).find(|n| device.policies.iter().all(|policy| policy.priority.value != *n))
}

/// A key of the connection's own section.
fn set(end: &SessionEnd<'_>, key: &str, value: String) -> Option<Edit> {
    let connection = end.connection.or(end.first)?;
    // The line that names the peer may stand in a section that several conns share; the head of a conn is its own.
    let head = connection.children.first().filter(|_| end.device.format != Format::Swanctl);
    let at = head.map_or(&connection.at, |child| &child.at).clone();
    Some(Edit::Set { at, key: key.to_owned(), value })
}

/// On each side that has it off.
fn enabled(session: &Session<'_>) -> Option<Fix> {
    let off = Role::BOTH.into_iter().filter(|role| {
        let end = session.end(*role);
        !end.device.listens(end.address)
    });
    Fix::of(off.filter_map(|side| Some(Change { side, edit: switched_on(session.end(side))? })).collect())
}

fn switched_on(end: &SessionEnd<'_>) -> Option<Edit> {
    Some(match end.device.format {
        Format::Asa => {
            let nameif = end.device.interface(end.address)?.nameif.as_deref()?;
            Edit::Enter(vec![format!("crypto ikev1 enable {nameif}")])
        }
        Format::Ios if end.device.ike_off.is_some() => Edit::Enter(vec!["crypto isakmp enable".into()]),
        Format::Libreswan => {
            let at = end.device.ike_off.clone()?;
            Edit::Set { at, key: "ikev1-policy".into(), value: "accept".into() }
        }
        Format::Ios | Format::Swanctl | Format::Strongswan => return None,
    })
}

/// Better Main Mode; else it is allowed.
fn aggressive(session: &Session<'_>) -> Vec<Fix> {
    let away = |at: &Place| Edit::Line { at: at.clone(), with: Vec::new() };
    let main = session.connection.aggressive.as_ref().map(|at| Fix::one(Role::Initiator, away(at)));
    let r = &session.responder;
    let allow = match r.device.format {
        Format::Asa | Format::Ios => r.device.aggressive_off.as_ref().map(away),
        Format::Swanctl | Format::Strongswan | Format::Libreswan => set(r, "aggressive", "yes".into()),
    };
    main.into_iter().chain(allow.map(|edit| Fix::one(Role::Responder, edit))).collect()
}

/// Whoever refuses takes what the other one sends.
fn identity(session: &Session<'_>) -> Option<Fix> {
    let refuses = |role: Role| {
        let (end, other) = (session.end(role), session.end(role.other()));
        let sent = other.identity().value.of(other.address);
        let expected = end.expects(other)?;
        (expected.value.of(other.address) != sent).then_some((role, sent, expected.at))
    };
    let (side, sent, at) = refuses(Role::Responder).or_else(|| refuses(Role::Initiator))?;
    let end = session.end(side);
    // Where callers are told apart by their names, another name takes the place of some other caller.
    let open = end.device.connections.iter().filter(|c| c.remote.is_open()).count();
    if open > 1 {
        return Some(Fix::one(side, another(end, &sent)?));
    }
    // What no line expects is the peer's address, and the line is the one that names that.
    let at = at.filter(|at| key_of(at).is_none_or(|key| key.ends_with("id")));
    let edit = match (end.device.format, at) {
        (Format::Ios, Some(at)) => Edit::Line { with: vec![at.text.to_string(), matching(&sent)?], at },
        (Format::Swanctl | Format::Strongswan | Format::Libreswan, Some(at)) => {
            let key = key_of(&at)?;
            // charon takes a name as it is.
            let written = written::identity(&sent)?;
            let plain = end.device.dialect == Dialect::Strongswan && matches!(sent, Identity::Fqdn(_));
            let value = if plain { written.trim_start_matches('@').to_owned() } else { written };
            Edit::Set { at, key, value }
        }
        (Format::Strongswan | Format::Libreswan, None) => {
            set(end, &format!("{}id", peer_side(end)?), written::identity(&sent)?)?
        }
        (Format::Asa | Format::Ios | Format::Swanctl, _) => return None,
    };
    Some(Fix::one(side, edit))
}

/// A connection for this caller, beside those that are for others.
fn another(end: &SessionEnd<'_>, sent: &Identity) -> Option<Edit> {
    let like = format!("# one more like {}, with", end.connection?.by);
    let id = written::identity(sent)?;
    Some(Edit::FillIn(match end.device.format {
        Format::Swanctl => vec![like, format!("remote {{ id = {} }}", id.trim_start_matches('@'))],
        Format::Strongswan | Format::Libreswan => vec![like, format!("{}id={id}", peer_side(end)?)],
        Format::Asa | Format::Ios => return None,
    }))
}

/// `left` or `right`: the side that is the peer's in an ipsec.conf, whose address the line names.
pub(super) fn peer_side(end: &SessionEnd<'_>) -> Option<&'static str> {
    let text = end.connection?.at.text.trim();
    ["left", "right"].into_iter().find(|side| text.starts_with(*side))
}

/// A line of an IOS profile.
fn matching(sent: &Identity) -> Option<String> {
    match sent {
        Identity::Address(address) => Some(format!(" match identity address {address} 255.255.255.255")),
        Identity::Fqdn(name) => Some(format!(" match identity host {name}")),
        Identity::UserFqdn(name) => Some(format!(" match identity user {name}")),
        Identity::OwnAddress | Identity::Net(..) | Identity::Domain(_) | Identity::KeyId(_) => None,
    }
}

/// A line that lets IKE pass, before the one that stops it.
fn filter(session: &Session<'_>) -> Option<Fix> {
    let sides = [(Role::Responder, Role::Initiator), (Role::Initiator, Role::Responder)];
    let (side, at) = sides.into_iter().find_map(|(side, from)| {
        Some((side, stopped(session.end(side), session.end(from), Carries::Udp(500))?))
    })?;
    let (end, from) = (session.end(side), session.end(side.other()).outside());
    let permit = format!("permit udp host {from} host {} eq isakmp", end.address);
    let name = &end.device.interface(end.address)?.filter.as_ref()?.value;
    let edit = match at.text.split_once("deny ") {
        Some((before, _)) => {
            // A line's number is its place: the new one stands before it.
            let before = before.trim_start_matches(|c: char| c.is_ascii_digit() || c == ' ');
            let lead = if before.is_empty() { " " } else { "" };
            Edit::Line { with: vec![format!("{lead}{before}{permit}"), at.text.to_string()], at }
        }
        // No line denies it: what no line permits is denied.
        None if end.device.dialect == Dialect::Asa => {
            Edit::Enter(vec![format!("access-list {name} extended {permit}")])
        }
        None => Edit::Enter(vec![format!("ip access-list extended {name}"), format!(" {permit}")]),
    };
    Some(Fix::one(side, edit))
}

/// The address that the called side has, in place of the one that is called; a key for that alone goes with it.
fn peer(session: &Session<'_>) -> Option<Fix> {
    let (i, r) = (&session.initiator, &session.responder);
    let right = r.outside();
    let changed = |at: &Place| {
        let with = at.text.replace(&i.peer.to_string(), &right.to_string());
        (with != *at.text).then(|| Edit::Line { at: at.clone(), with: vec![keyed(&with)] })
    };
    // No device calls itself.
    if i.peer == right || i.device.has(right) {
        return None;
    }
    let called = changed(&session.connection.at)?;
    let whole = if i.peer.is_ipv4() { 32 } else { 128 };
    let key = i.key(r, session.aggressive()).filter(|line| line.owners.contains(&Owner::Net(i.peer, whole)));
    let key = key.and_then(|line| match i.device.format {
        Format::Asa => Some(Edit::Enter(new_key::tunnel_group(right))),
        Format::Ios | Format::Swanctl | Format::Strongswan | Format::Libreswan => changed(&line.at),
    });
    let edits = std::iter::once(called).chain(key);
    Fix::of(edits.map(|edit| Change { side: Role::Initiator, edit }).collect())
}

fn down(session: &Session<'_>) -> Vec<Fix> {
    let shut = Role::BOTH.into_iter().filter_map(|side| {
        let end = session.end(side);
        let at = end.device.interface(end.address)?.shutdown.clone()?;
        Some(Change { side, edit: Edit::Line { at, with: Vec::new() } })
    });
    Fix::of(shut.collect()).into_iter().collect()
}
