//! Everything that happened in a run, in order, each entry with its cause.
//!
//! Reports, diagnosis, captures and look-alikes are pure functions of a trace: nothing is kept elsewhere.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use capture::Unreached;
use ike::{Clear, Event, Instant, Label, Role, TimerName};
use isakmp::{Header, MessageId};

use crate::fault::{Blame, Change};

/// Position of an entry in its trace.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntryId(pub u32);

/// Who did it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Actor {
    /// Whoever configured the peers, before the start.
    Operator,
    /// One of the peers.
    Peer(Role),
    /// What lies between them.
    Network,
}

impl Actor {
    /// The peer, where it is one.
    pub fn role(self) -> Option<Role> {
        if let Actor::Peer(role) = self { Some(role) } else { None }
    }
}

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Position in the trace.
    pub id: EntryId,
    /// Virtual time.
    pub at: Instant,
    /// Who did it.
    pub actor: Actor,
    /// The entry that brought it about; walking up the causes answers "why".
    pub cause: Option<EntryId>,
    /// What it was.
    pub kind: Kind,
}

/// A UDP datagram as seen at one place.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Datagram {
    /// Source.
    pub from: SocketAddr,
    /// Destination.
    pub to: SocketAddr,
    /// UDP payload.
    pub bytes: Arc<[u8]>,
    /// What its sender says it is.
    pub label: Label,
    /// Which peer sent it.
    pub sender: Role,
}

impl Datagram {
    /// The ISAKMP message in it, behind the non-ESP marker on port 4500.
    pub fn message(&self) -> &[u8] {
        self.bytes.get(self.marker()..).unwrap_or_default()
    }

    /// The message id of its header; 0: phase 1's, or no header.
    pub fn message_id(&self) -> MessageId {
        Header::decode(self.message()).map_or(MessageId(0), |header| header.message_id)
    }

    fn marker(&self) -> usize {
        // An initiator cookie is never zero, so four zero bytes can only be the marker (RFC 3948 section 2.2).
        if self.bytes.starts_with(&[0; 4]) { 4 } else { 0 }
    }

    /// The same with a change to the ISAKMP message in it.
    #[must_use]
    pub fn with_message(&self, change: impl FnOnce(&mut Vec<u8>)) -> Datagram {
        let mut message = self.message().to_vec();
        change(&mut message);
        // The marker stays: faults count bytes of the message, on either port.
        let marker = self.bytes.get(..self.marker()).unwrap_or_default();
        Datagram { bytes: [marker, &message].concat().into(), ..self.clone() }
    }
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A fault edited a configuration before the start.
    Edited {
        /// Position in the scenario's list of faults.
        fault: usize,
        /// The values before and after.
        changes: Vec<Change>,
    },
    /// Traffic asked the initiator for a tunnel.
    Initiated,
    /// A datagram left its sender. Cause: what made the peer send it.
    Sent(Datagram),
    /// The network did something to a datagram on its way. Cause: its sending, or the last thing done to it.
    Altered {
        /// What did it.
        by: Blame,
        /// What was done.
        how: Alteration,
    },
    /// A datagram went missing. Cause as above.
    Lost {
        /// What did it.
        by: Blame,
    },
    /// A datagram reached a peer, as that peer sees it. Cause as above.
    Arrived(Datagram),
    /// ICMP tells a peer that a datagram of its own did not get there (RFC 792). Cause: its sending.
    Unreached {
        /// What cannot be reached.
        what: Unreached,
        /// Who says so.
        by: IpAddr,
    },
    /// The operator of a peer cleared SAs.
    Cleared {
        /// Position in the scenario's list of faults.
        fault: usize,
        /// What.
        clear: Clear,
    },
    /// A timer of a peer ran out.
    Timer(TimerName),
    /// What the engine said. Cause: the arrival or timer that it handled.
    Engine(Event),
}

impl Kind {
    /// The datagram that left.
    pub fn sent(&self) -> Option<&Datagram> {
        if let Kind::Sent(datagram) = self { Some(datagram) } else { None }
    }

    /// The datagram that came in.
    pub fn arrived(&self) -> Option<&Datagram> {
        if let Kind::Arrived(datagram) = self { Some(datagram) } else { None }
    }

    /// What cannot be reached, and who says so.
    pub fn unreached(&self) -> Option<(Unreached, IpAddr)> {
        if let Kind::Unreached { what, by } = self { Some((*what, *by)) } else { None }
    }

    /// What the engine said.
    pub fn event(&self) -> Option<&Event> {
        if let Kind::Engine(event) = self { Some(event) } else { None }
    }
}

/// What the network can do to a datagram short of losing it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Alteration {
    /// Held back this much longer than the link's latency.
    Delayed(Duration),
    /// A second copy follows the first after this time.
    Duplicated(Duration),
    /// This bit (0 is the lowest) of this byte of the ISAKMP message was flipped.
    Corrupted {
        /// Byte offset in the ISAKMP message.
        byte: usize,
        /// Bit, 0 to 7.
        bit: u8,
    },
    /// Cut to this many bytes of the ISAKMP message.
    Truncated(usize),
    /// NAT: source or destination rewritten.
    Translated {
        /// The address before.
        before: SocketAddr,
        /// The address after.
        after: SocketAddr,
    },
}

/// The entries of a run; or nothing at all, where a caller wants only the outcome.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trace {
    entries: Vec<Entry>,
    next: u32,
    keep: bool,
}

impl Trace {
    /// A trace that keeps everything.
    pub fn new() -> Trace {
        Trace { entries: Vec::new(), next: 0, keep: true }
    }

    /// A trace that keeps nothing: for runs of which only the outcome matters.
    pub fn off() -> Trace {
        Trace { entries: Vec::new(), next: 0, keep: false }
    }

    /// Appends an entry and says which number it got. `kind` is only built where it is kept.
    pub fn push(
        &mut self,
        at: Instant,
        actor: Actor,
        cause: Option<EntryId>,
        kind: impl FnOnce() -> Kind,
    ) -> EntryId {
        let id = EntryId(self.next);
        // Kept or not, each has a number: causes are handed on all the same.
        self.next = self.next.saturating_add(1);
        if self.keep {
            self.entries.push(Entry { id, at, actor, cause, kind: kind() });
        }
        id
    }

    /// All entries in order.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The entry with this number.
    pub fn get(&self, id: EntryId) -> Option<&Entry> {
        // A number is a place: no entry ever leaves.
        self.entries.get(usize::try_from(id.0).ok()?)
    }

    /// The entry itself, what caused it, what caused that, and so on to the start.
    pub fn causes(&self, id: EntryId) -> impl Iterator<Item = &Entry> {
        std::iter::successors(self.get(id), |entry| self.get(entry.cause?))
    }
}

impl Default for Trace {
    fn default() -> Trace {
        Trace::new()
    }
}
