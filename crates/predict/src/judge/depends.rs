//! What the files do not say, and a verdict hangs on.

use std::net::IpAddr;

use config::{Connection, Device, Dialect, Doubt, Interface, Key, Place, Problem, Subject};
use ike::Role;

use crate::pair::{Assumed, Session, SessionEnd};

/// Something that the files do not say.
#[derive(Clone, Debug)]
pub struct Depends {
    /// What.
    pub on: Unknown,
    /// The line that it is about.
    pub at: Option<Place>,
}

/// What is not known.
#[derive(Clone, Debug)]
pub enum Unknown {
    /// A side's key: masked, or in a file that is not here.
    Key(Role),
    /// Whether the masked address that is called is this side's.
    Called(Role),
    /// IOS answers by a keyring that has the caller first; its profile wants another.
    Keyring {
        /// Who answers.
        by: Role,
        /// The name of the keyring that has the caller first.
        first: String,
        /// The name of the one that the profile wants.
        wanted: String,
    },
    /// A daemon's connection is for Aggressive Mode alone, and Main Mode calls it.
    Mode(Role),
    /// Whether the name that a side's connection has for its peer means the other side.
    Name(Role, String),
    /// A side's own address, on which key or identity hang.
    Address(Role),
    /// IOS: a side's entry for the other has another own address than the one that is called or guessed; `None`: its
    /// interface has it from elsewhere.
    LeavesFrom(Role, Option<IpAddr>),
    /// What a line means.
    Unread(Problem),
    /// What phase 2 may come to.
    Phase2(Doubt),
    /// Whether the called side's connection of this name, whose peer is named and not numbered, means the caller.
    Caller(String),
    /// Whose address a host's own one is: it is protected, and one side stands behind a NAT.
    HostBehindNat,
    /// A value that the simulator does not take: what it says of it.
    Unfit(String),
}

impl From<Doubt> for Depends {
    fn from(doubt: Doubt) -> Depends {
        let at = Some(doubt.at.clone());
        Depends { on: Unknown::Phase2(doubt), at }
    }
}

/// What the files do not say and the verdict hangs on.
pub(super) fn depends(session: &Session<'_>) -> Vec<Depends> {
    let mut depends = Vec::new();
    for role in Role::BOTH {
        let end = session.end(role);
        if let Some(at) = masked(session, role) {
            depends.push(Depends { on: Unknown::Key(role), at: Some(at) });
        }
        if end.assumed == Some(Assumed::Masked) {
            depends.push(Depends { on: Unknown::Called(role), at: Some(session.connection.at.clone()) });
        }
        depends.extend(other_keyring(end, role));
        depends.extend(other_mode(end, session, role));
        depends.extend(other_source(end, role));
        // A lifetime decides nothing: each side keeps to the shorter one by itself.
        let matter = |problem: &&Problem| problem.about != Some(Subject::Lifetime) && !is_stock(problem, end);
        depends.extend(
            end.device.problems.iter().filter(matter).map(|problem| Depends {
                on: Unknown::Unread(problem.clone()),
                at: Some(problem.at.clone()),
            }),
        );
    }
    depends
}

/// The line by which a package's own file includes what is most often nothing: of a connection that is there no other one
/// takes the place.
fn is_stock(problem: &Problem, end: &SessionEnd<'_>) -> bool {
    const STOCK: [&str; 3] =
        ["/var/lib/strongswan/ipsec.conf.inc", "/etc/ipsec.d/*.conf", "/etc/swanctl/conf.d/*.conf"];
    matches!(problem.about, None | Some(Subject::Connection))
        && end.connection.is_some()
        && (STOCK.contains(&problem.part.as_str()) || problem.part == "conf.d/*.conf")
}

/// IOS that answers takes the first keyring that has the caller, before it knows which profile is meant; a profile with
/// another keyring then refuses the caller at message 5. Source: Cisco document 117259.
fn other_keyring(end: &SessionEnd<'_>, by: Role) -> Option<Depends> {
    let wanted = end.connection?.keyring.as_ref().filter(|_| !end.calls)?;
    let line = end.device.key_for(end.peer, end.address, false)?;
    let first = line.keyring.as_ref().filter(|first| **first != wanted.value)?;
    let on = Unknown::Keyring { by, first: first.clone(), wanted: wanted.value.clone() };
    Some(Depends { on, at: Some(line.at.clone()) })
}

/// IOS whose peer names an address of another interface than the one that its packets leave from, as a router does whose
/// map lacks `local-address`: it looks the entry up by its own address too [I].
fn other_source(end: &SessionEnd<'_>, role: Role) -> Option<Depends> {
    if end.device.dialect != Dialect::Ios || !end.device.has(end.address) {
        return None;
    }
    let guessed = |c: &&Connection| c.local.is_none() && c.unbound.is_none() && nameless(end.device);
    let elsewhere = |c: &&Connection| {
        let meant = c.unbound.is_none() && c.remote.address() == Some(end.peer);
        meant && c.local.is_some_and(|local| local != end.address)
    };
    let entry = match end.connection {
        Some(own) => Some(own).filter(guessed),
        None => end.device.connections.iter().find(elsewhere),
    }?;
    Some(Depends { on: Unknown::LeavesFrom(role, entry.local), at: Some(entry.at.clone()) })
}

/// Whether an interface that calls has no address in the file: by DHCP, masked.
fn nameless(device: &Device) -> bool {
    let all = &device.interfaces;
    let source = |name: &String| all.iter().any(|one| one.tunnel.source.as_ref() == Some(name));
    let calls = |one: &&Interface| one.tunnel.source.is_none() && (one.map.is_some() || source(&one.name));
    all.iter().filter(calls).any(|one| one.addresses().next().is_none())
}

/// A daemon's connection is for one mode alone, which a scenario does not know of a responder to Main Mode. Seen with
/// charon 5.9.8, which refuses at message 5, and pluto 4.10, which keeps silent.
fn other_mode(end: &SessionEnd<'_>, session: &Session<'_>, role: Role) -> Option<Depends> {
    let own = end.connection?.aggressive.as_ref()?;
    // Cisco devices answer Main Mode, whichever mode they call in themselves.
    let refused = !end.calls && !end.device.dialect.is_cisco() && !session.aggressive();
    refused.then(|| Depends { on: Unknown::Mode(role), at: Some(own.clone()) })
}

pub(super) fn masked(session: &Session<'_>, role: Role) -> Option<Place> {
    let line = session.end(role).key(session.end(role.other()), session.aggressive())?;
    (line.key == Key::Masked).then(|| line.at.clone())
}
