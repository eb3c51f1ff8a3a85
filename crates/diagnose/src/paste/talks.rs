//! Lines put together by device, peer and attempt.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use vendor::{Says, Statement, Vendor};

use super::facts::{self, Facts};
use super::line::{Text, address_of};

/// Everything that one device says about one peer.
#[derive(Clone, Debug)]
pub(super) struct Talk {
    pub vendor: Vendor,
    pub peer: Option<IpAddr>,
    pub local: Option<IpAddr>,
    pub conn: Option<String>,
    /// In order; the newest is last.
    pub attempts: Vec<Facts>,
}

impl Talk {
    fn current(&mut self) -> &mut Facts {
        if self.attempts.is_empty() {
            self.attempts.push(Facts::default());
        }
        let last = self.attempts.len() - 1;
        #[expect(clippy::indexing_slicing, reason = "there is one: it was just seen to")]
        &mut self.attempts[last]
    }

    /// The attempt that speaks for this peer: the newest that shows how it ends.
    pub fn telling(&self) -> Option<&Facts> {
        // What failed before it came up was mended since.
        let newest_up = self.attempts.iter().rposition(|facts| facts.phase1.is_some());
        let after = self.attempts.get(newest_up.map_or(0, |at| at + 1)..).unwrap_or_default();
        let conclusive = after.iter().rev().find(|facts| facts.is_conclusive());
        let stalled = || after.iter().rev().find(|facts| facts.stalls());
        let up = || newest_up.and_then(|at| self.attempts.get(at));
        conclusive.or_else(stalled).or_else(up).or(self.attempts.last())
    }
}

/// Sorts the lines of one paste.
#[derive(Debug, Default)]
pub(super) struct Sorter {
    pub talks: Vec<Talk>,
    /// Which negotiation a device's own label stands for.
    labels: BTreeMap<(Vendor, String), usize>,
    /// Which one a thread spoke of last.
    threads: BTreeMap<String, usize>,
    last: Option<usize>,
    /// IOS: negotiations that have no number yet, the newest last.
    unnumbered: Vec<usize>,
    /// Whom the newest packet came from or went to.
    near: Option<IpAddr>,
    /// The newest negotiation with each peer.
    peers: BTreeMap<(Vendor, IpAddr), usize>,
    /// What comes before the peer that it is about: this device's own address, the session's state.
    own: Option<IpAddr>,
    session: Option<String>,
}

/// Negotiations that are told apart in one paste; what is about more of them is read and not judged.
const MOST: usize = 1000;

impl Sorter {
    /// Takes one line that was understood.
    pub fn take(&mut self, text: &Text<'_>, statement: &Statement<'_>, line: usize) {
        let says = statement.line.says;
        let named = facts::peer(statement).or_else(|| address_of(text.peer?).parse().ok());
        if self.comes_before(statement) {
            return;
        }
        // Whom such a line is about cannot be told: it would go to whoever spoke last.
        if matches!(says, Says::Detail | Says::Peer) && text.label.is_none() && named.is_none() {
            return;
        }
        if matches!(says, Says::Peer | Says::Message(_)) {
            self.near = named.or(self.near);
        }
        let fresh = matches!(says, Says::Begins(..))
            || (says == Says::Peer && statement.vendor != Vendor::Strongswan);
        let Some(at) = self.find(statement, text, named, fresh) else { return };
        let Some(talk) = self.talks.get_mut(at) else { return };
        talk.peer = talk.peer.or(named);
        if let Some(peer) = talk.peer {
            self.peers.insert((talk.vendor, peer), at);
        }
        talk.conn = talk.conn.take().or_else(|| statement.fields.get("conn").map(str::to_owned));
        if statement.vendor == Vendor::Libreswan {
            talk.conn = talk.conn.take().or_else(|| text.label.map(str::to_owned));
        }
        talk.local = talk
            .local
            .or_else(|| statement.fields.get("local").and_then(|local| address_of(local).parse().ok()))
            // pluto's initiator names its peer's address in the place of its own.
            .filter(|local| Some(*local) != talk.peer)
            .or(self.own.filter(|_| says == Says::Peer));
        if begins(talk.current(), says) {
            talk.attempts.push(Facts::default());
        }
        talk.current().take(statement.vendor, statement, line);
        if says == Says::Peer
            && let Some(session) = self.session.take()
        {
            talk.current().stands(Some(&session), None, line);
        }
        self.last = Some(at);
        if text.label.is_some() || named.is_some() {
            self.unnumbered.retain(|other| *other != at);
            self.unnumbered.extend((text.serial == Some(0)).then_some(at));
        }
    }

    /// Keeps what a line says of the peer that is named below it.
    fn comes_before(&mut self, statement: &Statement<'_>) -> bool {
        let fields = &statement.fields;
        let (own, session) = (statement.line.says == Says::Own, statement.line.says == Says::Session);
        let cisco = matches!(statement.vendor, Vendor::Asa | Vendor::Ios);
        if session {
            self.session = fields.get("state").map(str::to_owned);
        } else if own && cisco {
            self.own = fields.get("local").and_then(|local| address_of(local).parse().ok());
        }
        session || own && cisco
    }

    /// What lines name as this device's own addresses.
    pub fn own_addresses(&self) -> Vec<IpAddr> {
        self.talks.iter().filter_map(|talk| talk.local).collect()
    }

    /// A row of phase 1's table into what other tables or a log say of that peer; handed back where they say nothing.
    fn joined(&mut self, mut row: Talk) -> Option<Talk> {
        let mut same = self.talks.iter_mut().filter(|talk| talk.vendor == row.vendor);
        let Some(talk) =
            same.find(|talk| talk.peer == row.peer && talk.local.is_none_or(|_| talk.local == row.local))
        else {
            return Some(row);
        };
        talk.local = talk.local.or(row.local);
        if let Some(stands) = row.attempts.pop() {
            talk.current().join(stands);
        }
        None
    }

    /// Every negotiation, with those of tables. One that shows nothing beside another that is up with the same peer is
    /// left over from an earlier attempt.
    pub fn finish(mut self, rows: Vec<Talk>) -> Vec<Talk> {
        let rows: Vec<Talk> = rows.into_iter().filter_map(|row| self.joined(row)).collect();
        let is_up = |talk: &Talk| talk.attempts.iter().any(|facts| facts.phase1.is_some());
        let up: BTreeSet<(Vendor, IpAddr)> = self
            .talks
            .iter()
            .filter(|talk| is_up(talk))
            .filter_map(|talk| Some((talk.vendor, talk.peer?)))
            .collect();
        self.talks.retain(|talk| {
            let beside = talk.peer.is_some_and(|peer| up.contains(&(talk.vendor, peer)));
            is_up(talk)
                || !beside
                || talk.attempts.iter().any(|facts| facts.is_conclusive() || facts.phase2.is_some())
        });
        self.talks.extend(rows);
        self.talks
    }

    fn find(
        &mut self,
        statement: &Statement<'_>,
        text: &Text<'_>,
        named: Option<IpAddr>,
        fresh: bool,
    ) -> Option<usize> {
        let vendor = statement.vendor;
        let label = text.label.map(|label| (vendor, label.to_owned()));
        let known = label.as_ref().and_then(|label| self.labels.get(label)).copied();
        let of_thread = text.thread.and_then(|thread| self.threads.get(thread)).copied();
        let by_peer = |peer: IpAddr| self.peers.get(&(vendor, peer)).copied();
        let last = self.last.filter(|at| self.talks.get(*at).is_some_and(|talk| talk.vendor == vendor));
        let nameless = last.filter(|at| self.is_nameless(*at));
        // A list has a block for each SA: its first line has a number, the peer stands below.
        let heads = statement.fields.get("spis").is_some() && statement.fields.get("sa").is_some();
        let in_block = statement.line.says == Says::Peer && statement.fields.get("id").is_some();
        let at = match (known, named) {
            (None, None) if heads => None,
            (None, Some(_)) if in_block && nameless.is_some() => nameless,
            (Some(at), None) => Some(at),
            // Numbers and names come back: with another address it is another negotiation.
            (Some(at), Some(peer)) if self.fits(at, peer) => Some(at),
            (_, Some(peer)) => by_peer(peer).or_else(|| nameless.filter(|_| !fresh)),
            (None, None) if label.is_some() => self.near.and_then(by_peer).or(nameless),
            // What has a number by now is not meant.
            (None, None) if vendor == Vendor::Ios && text.serial == Some(0) => {
                self.unnumbered.last().copied().or(last).or_else(|| self.near.and_then(by_peer))
            }
            // charon works on several at once: what its thread spoke of last is surer than the line before.
            (None, None) => of_thread.or(last).or_else(|| self.near.and_then(by_peer)),
        };
        if at.is_none() && self.talks.len() >= MOST {
            return None;
        }
        let at = at.unwrap_or_else(|| {
            self.talks.push(Talk { vendor, peer: named, local: None, conn: None, attempts: Vec::new() });
            self.talks.len() - 1
        });
        if let Some(label) = label {
            self.labels.insert(label, at);
        }
        if let Some(thread) = text.thread {
            self.threads.insert(thread.to_owned(), at);
        }
        Some(at)
    }

    fn fits(&self, at: usize, peer: IpAddr) -> bool {
        self.talks.get(at).is_some_and(|talk| talk.peer.is_none_or(|known| known == peer))
    }

    /// Neither an address nor a connection is known of it.
    fn is_nameless(&self, at: usize) -> bool {
        self.talks.get(at).is_some_and(|talk| talk.peer.is_none())
    }
}

/// A new attempt begins with this line.
#[expect(clippy::wildcard_enum_match_arm, reason = "no other line begins one")]
fn begins(facts: &Facts, says: Says) -> bool {
    use ike::MessageName;
    let first = match says {
        Says::Begins(..) => true,
        Says::Named(_, name) => name.is_first() && facts.sent.is_some_and(|sent| !sent.is_first()),
        _ => false,
    };
    // Until something came of it, another beginning is the same attempt told again.
    let under_way = facts.sent.is_some_and(|sent| sent > MessageName::MSG1)
        || facts.phase1.is_some()
        || facts.is_conclusive()
        || facts.gave_up.is_some()
        || facts.resends.len() > 2;
    first && under_way
}
