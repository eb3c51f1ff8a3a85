//! Which entries each side of a session has for phase 2.

use std::collections::HashSet;
use std::net::IpAddr;

use config::{Child, Connection, Dialect, Group, Part, Place, Policy, Remote, Sourced, Subject, Version};
use ike::AclLine;
use ike::config::Net;

use crate::judge::{Depends, Unknown};
use crate::pair::{Session, SessionEnd};

/// An entry as a side has it in a session.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'d> {
    /// What it protects, and how.
    pub child: &'d Child,
    /// Its peer, and the line that names it; `None`: it names none.
    pub peer: Option<(IpAddr, &'d Place)>,
    /// It waits for whoever comes.
    pub dynamic: bool,
    /// Its crypto map is on no interface.
    pub unbound: bool,
}

/// As many entries as a scenario takes.
const MOST: usize = 64;

impl<'d> Session<'d> {
    /// Both sides' entries, the caller's first. `None`: the files do not show phase 2 of both.
    pub fn phase2(&self) -> Option<[Vec<Entry<'d>>; 2]> {
        let (i, r) = (&self.initiator, &self.responder);
        let asks: Vec<Entry<'d>> = i.entries(self.connection).take(MOST).collect();
        let answers = r.answering();
        let shown =
            |entries: &[Entry<'_>]| !entries.is_empty() && entries.iter().all(|entry| entry.child.is_shown());
        (shown(&asks) && shown(&answers)).then_some([asks, answers])
    }

    /// The group of phase 1: the caller's first that the called side takes.
    fn group(&self) -> Option<u16> {
        let [offered, taken] = self.policies();
        let meets = |one: &Policy| taken.iter().any(|other| one.same_algorithms(other));
        offered.iter().find(|one| meets(one)).or(offered.first()).map(|policy| policy.group.value)
    }

    /// PFS of an entry, by the words of a scenario; `theirs`: what the caller asks for, where this is the called side.
    pub(crate) fn secrecy(&self, child: &Child, theirs: Option<Option<u16>>) -> Option<u16> {
        let own = match child.pfs.group? {
            Group::Number(number) => Some(number),
            Group::OfPhase1 => self.group(),
        };
        // Of several that it takes the one that is asked for counts.
        theirs.filter(|theirs| child.pfs.takes.contains(theirs)).unwrap_or(own)
    }
}

/// Whether some line of one's access lists is the mirror of one of the other's.
pub(crate) fn mirrors(one: &Connection, other: &Connection) -> bool {
    fn lines(c: &Connection) -> impl Iterator<Item = AclLine> {
        let lists = c.children.iter().filter_map(|child| child.acl.get());
        lists.flat_map(|lines| lines.iter()).map(|line| line.value)
    }
    // Asked, and never gone through: its order is nobody's.
    let theirs: HashSet<AclLine> = lines(other).map(AclLine::mirrored).collect();
    lines(one).any(|line| theirs.contains(&line))
}

impl<'d> SessionEnd<'d> {
    /// The entries of a connection.
    fn entries(&self, connection: &'d Connection) -> impl Iterator<Item = Entry<'d>> + use<'d> {
        let (peer, unbound) = (self.peer, connection.unbound.is_some());
        let open = connection.remote.is_open();
        connection.children.iter().map(move |child| Entry {
            child,
            peer: (!open).then_some((peer, &connection.at)),
            dynamic: open,
            unbound,
        })
    }

    /// What a connection asks for, where its file shows all of it.
    pub(crate) fn own_entries(&self, connection: &'d Connection) -> Vec<Entry<'d>> {
        let all: Vec<Entry<'d>> = self.entries(connection).take(MOST).collect();
        if all.iter().all(|entry| entry.child.is_shown()) { all } else { Vec::new() }
    }

    /// By what it answers: every entry for the caller, in its order; where there is none, those for others.
    fn answering(&self) -> Vec<Entry<'d>> {
        let fitting: Vec<Entry<'d>> = self.fitting().into_iter().flat_map(|c| self.entries(c)).collect();
        let mut all = if fitting.is_empty() { self.for_others() } else { fitting };
        // Stable: equal numbers are in the order written.
        all.sort_by_key(|entry| entry.child.sequence);
        all.truncate(MOST);
        all
    }

    /// The connections that may take the caller's children.
    fn fitting(&self) -> Vec<&'d Connection> {
        // An ASA that only originates takes no child from a caller.
        let Some(own) = self.connection.filter(|c| c.calls_only.is_none()) else { return Vec::new() };
        let here = |c: &&Connection| {
            c.version.value != Version::Two
                && c.unbound.is_none()
                && c.calls_only.is_none()
                && c.local.is_none_or(|local| local == self.address)
                && c.remote.distance(self.peer).is_some()
        };
        let all = self.device.connections.iter().filter(here);
        // charon keeps to the connection that it found; those that differ by nothing but children are one.
        let alike = |c: &&Connection| {
            self.device.dialect != Dialect::Strongswan
                || (c.identity == own.identity && c.expects == own.expects && c.remote == own.remote)
        };
        let mut found: Vec<&Connection> = all.filter(alike).collect();
        if !found.iter().any(|known| std::ptr::eq(*known, own)) {
            // Found by other means than its address: that one alone.
            found = vec![own];
        }
        found
    }

    /// A Cisco device takes phase 1 from a peer that no entry names, and refuses phase 2.
    fn for_others(&self) -> Vec<Entry<'d>> {
        if !self.device.dialect.is_cisco() {
            return Vec::new();
        }
        let here = |local: Option<IpAddr>| local.is_none_or(|local| local == self.address);
        let named = self.device.connections.iter().filter(|c| here(c.local) && c.unbound.is_none());
        let named = named.flat_map(|c| {
            let peer = match c.remote {
                Remote::Address(peer) if c.calls_only.is_none() => Some((peer, &c.at)),
                Remote::Address(_) => None,
                // A name may mean the caller, which `doubts` says.
                Remote::Unknown(_) => Some((self.peer, &c.at)),
                Remote::Range(..) | Remote::Anybody => None,
            };
            c.children.iter().map(move |child| Entry { child, peer, dynamic: false, unbound: false })
        });
        let peerless = self.device.peerless.iter().filter(|(local, _)| here(*local));
        let peerless = peerless.map(|(_, child)| Entry { child, peer: None, dynamic: false, unbound: false });
        named.chain(peerless).collect()
    }
}

impl<'d> Entry<'d> {
    /// The lines of its access list, as the side of this dialect asks for them or takes them.
    pub fn lines(&self, dialect: Dialect, calls: bool) -> &'d [Sourced<AclLine>] {
        let Part::Is(lines) = &self.child.acl else { return &[] };
        // IKEv1 has room for one pair of selectors, and charon's first is it (seen).
        let first = calls && dialect == Dialect::Strongswan;
        if first { lines.get(..1).unwrap_or_default() } else { lines }
    }

    /// Its transform sets, likewise.
    pub fn sets(&self, calls: bool) -> &'d [Sourced<String>] {
        let Part::Is(offers) = &self.child.sets else { return &[] };
        if calls || self.child.takes.is_empty() { offers } else { &self.child.takes }
    }
}

impl Session<'_> {
    /// What the verdict of phase 2 may hang on, each with what it would mend; `None`: any cause, and also what comes up may
    /// not.
    pub fn doubts(&self) -> Vec<(Option<Subject>, Depends)> {
        let Some([asks, answers]) = self.phase2() else { return Vec::new() };
        let told = asks.iter().chain(&answers).flat_map(|entry| entry.child.doubts.iter().cloned());
        let mut doubts: Vec<_> = told.map(|doubt| (doubt.about, Depends::from(doubt))).collect();
        let r = &self.responder;
        let named = |c: &&Connection| matches!(c.remote, Remote::Unknown(_));
        if let (None, Some(c)) = (r.connection, r.device.connections.iter().find(named)) {
            doubts.push((None, Depends { on: Unknown::Caller(c.by.clone()), at: Some(c.at.clone()) }));
        }
        // Whose address stands for `self` or `peer` behind a NAT is the device's choice.
        let nat = [&self.initiator, &self.responder].iter().any(|end| end.address != end.outside());
        let hosts = |line: &AclLine| {
            [line.source, line.destination].iter().any(|end| matches!(end.net, Net::Own | Net::Peer))
        };
        let own = |entry: &Entry<'_>| {
            entry.child.acl.get().into_iter().flat_map(|lines| lines.iter()).any(|line| hosts(&line.value))
        };
        if let (true, Some(entry)) = (nat, asks.iter().chain(&answers).find(|entry| own(entry))) {
            let at = Some(entry.child.at.clone());
            doubts.push((Some(Subject::Traffic), Depends { on: Unknown::HostBehindNat, at }));
        }
        doubts
    }
}
