//! The critical message: the first of the exchange that was sent and never accepted. Everything after it
//! is silence, so why it failed is why the negotiation stalled.

use std::collections::{BTreeMap, BTreeSet};

use ike::{Certainty, Event, Impair, MessageName, Reason, Role};
use isakmp::MessageId;
use sim::{Actor, Alteration, Blame, Datagram, Entry, EntryId, Kind, Trace};

/// The message, and what became of each of its copies.
pub(crate) struct Critical<'t> {
    pub message: MessageName,
    pub fates: Vec<Fate<'t>>,
}

/// What the network did to a datagram, the last thing first.
pub(crate) type Altered<'t> = Vec<(Blame, &'t Alteration)>;

/// What became of one copy. A copy that the network doubled has one fate per arrival.
pub(crate) struct Fate<'t> {
    /// What the network did to it short of losing it.
    pub altered: Altered<'t>,
    pub end: End<'t>,
    /// The entry that decided it.
    pub entry: EntryId,
}

pub(crate) enum End<'t> {
    Lost(Blame),
    /// Dropped by its receiver: nothing changed there.
    Dropped(&'t Reason, Certainty),
    /// Refused by its receiver: the SA was removed, or never made.
    Refused(&'t Reason, Certainty),
}

impl Fate<'_> {
    /// Its bytes are not the ones that were sent.
    pub fn is_damaged(&self) -> bool {
        self.altered.iter().any(|(_, how)| damages(how))
    }
}

impl<'t> Critical<'t> {
    /// Finds it; `None` where every message that was sent was accepted by somebody.
    pub fn find(trace: &'t Trace) -> Option<Critical<'t>> {
        let of_child = |entry| Some((accepted(entry)?, child_of(trace, entry)));
        let accepted: BTreeSet<_> = trace.entries().iter().filter_map(of_child).collect();
        let sent = trace.entries().iter().filter_map(sent).filter(|name| !accepted.contains(name));
        // The least by its place in the exchange: resends of early messages come late.
        let (message, child) = sent.min()?;
        let fates = trace.entries().iter().filter_map(|entry| fate(trace, entry, (message, child))).collect();
        Some(Critical { message, fates })
    }

    pub fn sender(&self) -> Role {
        self.message.sender()
    }

    pub fn receiver(&self) -> Role {
        self.sender().other()
    }
}

/// The message that this entry accepts.
pub(crate) fn accepted(entry: &Entry) -> Option<MessageName> {
    if let Event::Accepted { message, .. } = entry.kind.event()? { Some(*message) } else { None }
}

fn sent(entry: &Entry) -> Option<(MessageName, MessageId)> {
    named(entry.kind.sent()?)
}

/// A message's name, and the Quick Mode that it belongs to: several may run at once.
fn named(datagram: &Datagram) -> Option<(MessageName, MessageId)> {
    let name = datagram.label.message()?;
    // Phase 1's own message id is always 0, whatever damage has made of it.
    Some((name, if name.mode().is_some() { MessageId(0) } else { datagram.message_id() }))
}

/// The Quick Mode of the message behind this entry.
fn child_of(trace: &Trace, entry: &Entry) -> MessageId {
    let sent = trace.causes(entry.id).find_map(|cause| named(cause.kind.sent()?));
    sent.map_or(MessageId(0), |(_, child)| child)
}

/// What this entry decides about a copy of this message.
fn fate<'t>(trace: &'t Trace, entry: &'t Entry, message: (MessageName, MessageId)) -> Option<Fate<'t>> {
    let end = end(entry)?;
    let (copy, altered) = journey(trace, entry.id)?;
    // By the name it was sent under: damage may have made another message of it.
    (named(copy) == Some(message)).then_some(Fate { altered, end, entry: entry.id })
}

/// What became of the copies of one datagram.
pub(crate) fn fates_of(trace: &Trace, sent: EntryId) -> impl Iterator<Item = Fate<'_>> {
    let datagram = |entry: &Entry| trace.causes(entry.id).find(|cause| cause.kind.sent().is_some());
    let copies =
        trace.entries().iter().filter(move |entry| datagram(entry).is_some_and(|one| one.id == sent));
    copies.filter_map(move |entry| {
        let (_, altered) = journey(trace, entry.id)?;
        Some(Fate { altered, end: end(entry)?, entry: entry.id })
    })
}

fn end(entry: &Entry) -> Option<End<'_>> {
    Some(match &entry.kind {
        Kind::Lost { by } => End::Lost(*by),
        Kind::Engine(Event::Dropped { reason, certainty, .. }) => End::Dropped(reason, *certainty),
        Kind::Engine(Event::Refused { reason, certainty, .. }) => End::Refused(reason, *certainty),
        Kind::Edited { .. }
        | Kind::Initiated
        | Kind::Sent(_)
        | Kind::Altered { .. }
        | Kind::Arrived(_)
        | Kind::Unreached { .. }
        | Kind::Cleared { .. }
        | Kind::Timer(_)
        | Kind::Engine(_) => return None,
    })
}

/// The datagram behind this entry, and what the network did to it.
fn journey(trace: &Trace, id: EntryId) -> Option<(&Datagram, Altered<'_>)> {
    let mut altered = Vec::new();
    for entry in trace.causes(id) {
        match &entry.kind {
            Kind::Altered { by, how } => altered.push((*by, how)),
            Kind::Sent(datagram) => return Some((datagram, altered)),
            Kind::Edited { .. }
            | Kind::Initiated
            | Kind::Lost { .. }
            | Kind::Arrived(_)
            | Kind::Unreached { .. }
            | Kind::Cleared { .. }
            | Kind::Timer(_)
            | Kind::Engine(_) => {}
        }
    }
    None
}

fn damages(how: &Alteration) -> bool {
    // Delay and doubling change no byte, and translation is a NAT's work, no damage.
    matches!(how, Alteration::Corrupted { .. } | Alteration::Truncated(_))
}

/// The first message that was accepted although the network had damaged it.
pub(crate) fn accepted_damaged(trace: &Trace) -> Option<MessageName> {
    let damaged = |entry: &&Entry| {
        accepted(entry).is_some()
            && journey(trace, entry.id)
                .is_some_and(|(_, altered)| altered.iter().any(|(_, how)| damages(how)))
    };
    trace.entries().iter().find(damaged).and_then(accepted)
}

/// Whether anything on the way to this entry was held back by the network.
pub(crate) fn held_back(trace: &Trace, id: EntryId) -> bool {
    trace.causes(id).any(|entry| {
        // A second copy comes later than the first.
        matches!(&entry.kind, Kind::Altered { how: Alteration::Delayed(_) | Alteration::Duplicated(_), .. })
    })
}

/// The defects that acted, by whose they are: each defect and the first message it touched.
pub(crate) fn impaired(trace: &Trace) -> BTreeMap<(Role, Impair), MessageName> {
    let mut found = BTreeMap::new();
    for entry in trace.entries() {
        if let (Actor::Peer(role), Kind::Engine(Event::Impaired { what, message, .. })) =
            (entry.actor, &entry.kind)
        {
            found.entry((role, *what)).or_insert(*message);
        }
    }
    found
}

/// Why the initiator never began, or did not ask for a child.
pub(crate) fn not_started(trace: &Trace) -> Option<&Reason> {
    last_of(trace, Role::Initiator, |event| {
        // A refusal of no message is one of its own configuration.
        if let Event::NotStarted(reason) | Event::Refused { reason, message: None, child: Some(_), .. } =
            event
        {
            Some(reason)
        } else {
            None
        }
    })
}

/// The last event of a peer for which `pick` has something to say.
pub(crate) fn last_of<'t, T>(
    trace: &'t Trace,
    role: Role,
    pick: impl Fn(&'t Event) -> Option<T>,
) -> Option<T> {
    trace.entries().iter().rev().find_map(|entry| match (&entry.kind, entry.actor) {
        (Kind::Engine(event), Actor::Peer(peer)) if peer == role => pick(event),
        _ => None,
    })
}
