//! Who calls whom: connections of one device, matched with the device that has the address called.

mod answer;
mod bar;
mod end;
mod hidden;
mod meant;

use std::collections::BTreeSet;
use std::net::IpAddr;

use config::{Connection, Device, Dialect, Policy, Remote};
use ike::Role;

use crate::net::Net;
use crate::phase2::mirrors;

pub use answer::Spoken;
use answer::{Answer, Caller};
pub use bar::Bar;
pub use end::SessionEnd;
use hidden::{back, documentation, hidden, own_for};
use meant::meant;

/// What was taken to be so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Assumed {
    /// Its own address is not in its file: it is the one that the other side calls.
    OwnAddress,
    /// Its own address is not in its file, and no line tells: any.
    MadeUp,
    /// It has another address than the one that is called, and calls back: it stands behind a NAT that has this one.
    Nat(IpAddr),
    /// The address that is called was masked: it is taken to be this device's.
    Masked,
    /// Nobody has the address that is called, and this is the one device that calls back: it must be meant.
    Meant,
}

/// Somebody calls somebody.
#[derive(Clone, Copy, Debug)]
pub struct Session<'d> {
    /// Who calls.
    pub initiator: SessionEnd<'d>,
    /// Who is called.
    pub responder: SessionEnd<'d>,
    /// What calls.
    pub connection: &'d Connection,
}

/// A connection whose other end is not among the devices.
#[derive(Clone, Copy, Debug)]
pub struct Unmatched<'d> {
    /// Whose.
    pub device: &'d Device,
    /// Which.
    pub connection: &'d Connection,
}

/// As many policies as a scenario may have: what a daemon takes is cut to it, what is offered first.
const MOST: usize = 64;

impl<'d> Session<'d> {
    /// One of the two.
    pub fn end(&self, role: Role) -> &SessionEnd<'d> {
        match role {
            Role::Initiator => &self.initiator,
            Role::Responder => &self.responder,
        }
    }

    /// `hq calls branch`
    pub fn name(&self) -> String {
        format!("{} calls {}", self.initiator.device.name(), self.responder.device.name())
    }

    /// What the caller offers, and what the called side takes.
    pub fn policies(&self) -> [Vec<Policy>; 2] {
        let (i, r) = (&self.initiator, &self.responder);
        let offered: Vec<Policy> = i.device.offered_by(i.connection).iter().take(MOST).cloned().collect();
        // pluto chooses before it knows the caller's identity.
        let by = if r.device.dialect == Dialect::Libreswan { r.first } else { r.connection };
        let taken = r.device.accepted_by(by, &offered, MOST);
        [offered, taken]
    }

    /// It starts with Aggressive Mode.
    pub fn aggressive(&self) -> bool {
        self.connection.aggressive.is_some()
    }
}

/// The devices, each turned so that as many connections as can be name each other: a file of a daemon may not say which
/// of its two ends it is. One such file alone is one machine, and its peer is in no file.
pub fn facing(devices: &[Device]) -> Vec<&Device> {
    match devices {
        [one] => vec![one],
        [one, other] => two_facing(one, other).to_vec(),
        several => {
            let net = Net::new(several.iter().collect());
            several.iter().enumerate().map(|(n, device)| turned(device, n, &net)).collect()
        }
    }
}

/// Two devices, each as it stands or turned, so that as many connections as can be name each other. As they stand where
/// nothing tells, and the first of the best: the same file given twice is both ends of its conns.
fn two_facing<'d>(one: &'d Device, other: &'d Device) -> [&'d Device; 2] {
    let ways = |device: &'d Device| std::iter::once(device).chain(device.turned.as_deref());
    let pairs = ways(one).flat_map(|one| ways(other).map(move |other| [one, other]));
    let scored = pairs.map(|pair| {
        let [one, other] = pair;
        (names(one, other) + names(other, one), pair)
    });
    let best = scored.reduce(|best, next| if next.0 > best.0 { next } else { best });
    best.map_or([one, other], |(_, pair)| pair)
}

/// How many addresses of the other one a device's connections name: one file is one machine, however often it is named.
fn names(device: &Device, other: &Device) -> usize {
    let meant = |c: &&Connection| {
        // A conn with one address on both sides names itself and tells nothing of the other.
        c.remote.address().is_some_and(|address| c.local != Some(address) && other.has(address))
    };
    let named: BTreeSet<_> = device.connections.iter().filter(meant).map(|c| &c.remote).collect();
    named.len()
}

fn turned<'d>(device: &'d Device, n: usize, net: &Net<'_>) -> &'d Device {
    match device.turned.as_deref() {
        Some(turned) if net.named(turned, n) > net.named(device, n) => turned,
        _ => device,
    }
}

/// Every session between the devices, and the connections that point at nothing here. A tunnel whose other end is shut
/// down is neither.
pub fn sessions<'d>(devices: &[&'d Device]) -> (Vec<Session<'d>>, Vec<Unmatched<'d>>) {
    let net = Net::new(devices.to_vec());
    let (mut found, mut unmatched, mut answers) = (Vec::new(), Vec::new(), Vec::new());
    for (n, device) in devices.iter().copied().enumerate() {
        // No device calls itself.
        let own = |c: &Connection| c.remote.address().is_some_and(|address| device.has(address));
        let wanted = |c: &&Connection| !c.remote.is_open() && !net.is_shut(c) && !own(c);
        for connection in device.connections.iter().filter(wanted) {
            match session(n, connection, &net) {
                Some(session) if !connection.answers_only => found.push(session),
                Some(session) => answers.push(session),
                None => unmatched.push(Unmatched { device, connection }),
            }
        }
    }
    meant(&mut found, &answers, &mut unmatched, &net);
    backups(&mut found, &answers);
    waiting(&mut found, answers);
    told_apart(&mut found, &mut unmatched);
    (found, unmatched)
}

/// The peers behind the first are called where that is nobody here, or can only be guessed and no key is for it.
fn backups<'d>(found: &mut Vec<Session<'d>>, answers: &[Session<'d>]) {
    let keyed =
        |s: &Session<'_>| s.initiator.device.key_for(s.initiator.peer, s.initiator.address, true).is_some();
    let is_backup = |s: &&Session<'_>| s.connection.waits.is_none() && s.initiator.device.dialect.is_cisco();
    for backup in answers.iter().filter(is_backup) {
        let same = |s: &Session<'_>| {
            std::ptr::eq(s.initiator.device, backup.initiator.device)
                && s.connection.by == backup.connection.by
        };
        match found.iter_mut().find(|s| same(s)) {
            None => found.push(*backup),
            Some(first) if first.responder.assumed.is_some() && !keyed(first) && keyed(backup) => {
                *first = *backup;
            }
            Some(_) => {}
        }
    }
}

/// Two ends that wait for each other, where neither calls the other by anything else: nothing ever begins.
fn waiting<'d>(found: &mut Vec<Session<'d>>, answers: Vec<Session<'d>>) {
    let pair = |s: &Session<'d>| [s.initiator.device, s.responder.device].map(std::ptr::from_ref);
    let mut calling: BTreeSet<_> = found.iter().map(pair).collect();
    calling.extend(found.iter().map(pair).map(|[from, to]| [to, from]));
    let waits = |s: &Session<'_>| {
        s.connection.waits.is_some() && s.responder.connection.is_some_and(|c| c.waits.is_some())
    };
    found.extend(answers.into_iter().filter(|s| waits(s) && !calling.contains(&pair(s))));
}

/// Connections to several addresses may all seem to mean one device behind a NAT: where the traffic of one fits, the
/// others mean somebody else.
fn told_apart<'d>(found: &mut Vec<Session<'d>>, unmatched: &mut Vec<Unmatched<'d>>) {
    let hidden = |s: &Session<'_>| matches!(s.responder.assumed, Some(Assumed::Nat(_)));
    let fits = |s: &Session<'_>| s.responder.connection.is_some_and(|c| mirrors(s.connection, c));
    let ends = |s: &Session<'d>| [s.initiator.device, s.responder.device].map(std::ptr::from_ref);
    let fitting: BTreeSet<_> = found.iter().filter(|s| hidden(s) && fits(s)).map(ends).collect();
    found.retain(|s| {
        let kept = !hidden(s) || fits(s) || !fitting.contains(&ends(s));
        if !kept {
            unmatched.push(Unmatched { device: s.initiator.device, connection: s.connection });
        }
        kept
    });
}

fn session<'d>(n: usize, connection: &'d Connection, net: &Net<'d>) -> Option<Session<'d>> {
    let Remote::Address(called) = connection.remote else { return None };
    let device = *net.devices.get(n)?;
    let owner = net.owner(called, n).and_then(|owner| net.devices.get(owner));
    let (other, address, assumed) = match owner {
        Some(other) => (*other, called, None),
        None => hidden(n, connection, called, net)?,
    };
    join([device, other], connection, [called, address], assumed, net)
}

/// Both ends, once the responder and its own address are known. Where the caller's own address is not, the one with which
/// the two get furthest.
fn join<'d>(
    [device, other]: [&'d Device; 2],
    connection: &'d Connection,
    [called, address]: [IpAddr; 2],
    assumed: Option<Assumed>,
    net: &Net<'d>,
) -> Option<Session<'d>> {
    let locals = match connection.local {
        Some(local) => vec![(local, None)],
        None => own_for(device, other, [called, address], net),
    };
    let made = locals.into_iter().filter(|(local, _)| {
        // A packet cannot change its family on the way, and none comes from the address that it goes to.
        *local != address && local.is_ipv4() == address.is_ipv4() && address.is_ipv4() == called.is_ipv4()
    });
    let made = made.map(|own| with([device, other], connection, [called, address], assumed, own));
    // `>`: among equals the first address, which is the one best founded in the files.
    made.reduce(|best, next| if next.0 > best.0 { next } else { best }).map(|(_, session)| session)
}

/// A session with one own address of the caller, and how far it gets.
fn with<'d>(
    [device, other]: [&'d Device; 2],
    connection: &'d Connection,
    [called, address]: [IpAddr; 2],
    assumed: Option<Assumed>,
    (local, own): (IpAddr, Option<Assumed>),
) -> (usize, Session<'d>) {
    let caller = back(other, address, local, device, connection);
    // The responder sees the translated address, and looks its keys up by that.
    let outside = caller.unwrap_or(local);
    let initiator = SessionEnd {
        device,
        address: local,
        peer: called,
        connection: Some(connection),
        first: Some(connection),
        calls: true,
        assumed: caller.map(Assumed::Nat).or(own),
        peer_name: connection.peer_name(),
    };
    let shows = Caller {
        connection,
        identity: initiator.identity().value,
        address: local,
        offered: device.offered_by(Some(connection)),
    };
    let Answer { first, last, depth } = match assumed {
        // Its peer's address may be masked too.
        Some(Assumed::Masked) => {
            let fits = |c: &&Connection| matches!(c.remote, Remote::Unknown(_)) || c.remote.is_open();
            let fitting: Vec<&Connection> = other.connections.iter().filter(fits).collect();
            answer::among(other, &fitting, &shows)
        }
        _ => answer::answer(other, [address, outside], &shows),
    };
    let responder = SessionEnd {
        device: other,
        address,
        peer: outside,
        connection: last,
        first,
        calls: false,
        assumed,
        peer_name: last.and_then(Connection::peer_name),
    };
    // Among equals traffic tells: the connection whose access list is the mirror.
    let mirrored = last.is_some_and(|answers| mirrors(connection, answers));
    let keyed = other.key_for(outside, address, false).is_some();
    let likely = 4 * depth + 2 * usize::from(keyed) + usize::from(mirrored);
    (likely, Session { initiator, responder, connection })
}
