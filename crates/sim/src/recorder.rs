//! Who watches a run: the trace that keeps everything, and the tally that counts.

use std::net::IpAddr;

use capture::Unreached;
use ike::{Clear, Event, Instant, Role, TimerName};

use crate::fault::Blame;
use crate::outcome::Outcome;
use crate::setup::Setup;
use crate::tally::Tally;
use crate::trace::{Actor, Alteration, Datagram, EntryId, Kind, Trace};
use crate::world::Watch;

/// Trace and tally of a run.
#[derive(Clone, Debug)]
pub struct Recorder {
    trace: Trace,
    tally: Tally,
}

impl Recorder {
    /// Begins with what the operator's faults edited.
    pub fn new(setup: &Setup, mut trace: Trace) -> Recorder {
        // First and at zero, so that whatever follows stands behind them.
        for (fault, changes) in &setup.edits {
            trace.push(Instant::ZERO, Actor::Operator, None, || Kind::Edited {
                fault: *fault,
                changes: changes.clone(),
            });
        }
        Recorder { trace, tally: Tally::new(setup) }
    }

    /// What happened so far.
    pub fn trace(&self) -> &Trace {
        &self.trace
    }

    /// Where both peers stand at this moment.
    pub fn outcome(&self, now: Instant) -> Outcome {
        self.tally.outcome(now)
    }

    /// Both sides as they stand.
    pub fn timeline(&self) -> &crate::Timeline {
        &self.tally.timeline
    }

    /// A datagram reaches this side from a peer of which nothing else is known.
    pub(crate) fn heard(&mut self, at: Instant, receiver: Role, datagram: &Datagram) -> EntryId {
        self.trace.push(at, Actor::Peer(receiver), None, || Kind::Arrived(datagram.clone()))
    }

    /// ICMP says that what was sent with this entry did not get there.
    pub(crate) fn unreached(&mut self, at: Instant, role: Role, sent: EntryId, what: Unreached, by: IpAddr) {
        self.trace.push(at, Actor::Peer(role), Some(sent), || Kind::Unreached { what, by });
    }

    /// The trace alone, at the end of a run.
    pub fn into_trace(self) -> Trace {
        self.trace
    }
}

impl Watch for Recorder {
    type Entry = EntryId;

    fn initiated(&mut self, at: Instant) -> EntryId {
        self.trace.push(at, Actor::Peer(Role::Initiator), None, || Kind::Initiated)
    }

    fn sent(&mut self, at: Instant, datagram: &Datagram, cause: EntryId) -> EntryId {
        self.tally.sent(datagram);
        self.trace.push(at, Actor::Peer(datagram.sender), Some(cause), || Kind::Sent(datagram.clone()))
    }

    fn altered(&mut self, at: Instant, by: Blame, how: Alteration, cause: EntryId) -> EntryId {
        self.tally.fired(by);
        self.trace.push(at, Actor::Network, Some(cause), || Kind::Altered { by, how })
    }

    fn lost(&mut self, at: Instant, by: Blame, cause: EntryId) {
        self.tally.fired(by);
        self.trace.push(at, Actor::Network, Some(cause), || Kind::Lost { by });
    }

    fn launched(&mut self, _: &Datagram, cause: EntryId) -> EntryId {
        // No entry: what happens next to it is its arrival.
        cause
    }

    fn arrived(&mut self, at: Instant, receiver: Role, datagram: &Datagram, cause: EntryId) -> EntryId {
        self.trace.push(at, Actor::Peer(receiver), Some(cause), || Kind::Arrived(datagram.clone()))
    }

    fn timer(&mut self, at: Instant, role: Role, timer: TimerName) -> EntryId {
        // A chain of causes ends at a timer: what armed it is no entry.
        self.trace.push(at, Actor::Peer(role), None, || Kind::Timer(timer))
    }

    fn cleared(&mut self, at: Instant, role: Role, fault: usize, clear: Clear, acts: bool) -> EntryId {
        if acts {
            self.tally.fired(Blame::Fault(fault));
        }
        self.trace.push(at, Actor::Peer(role), None, || Kind::Cleared { fault, clear })
    }

    fn said(&mut self, at: Instant, role: Role, event: Event, cause: EntryId) {
        // The tally first: the trace takes the event itself.
        self.tally.event(role, at, &event);
        self.trace.push(at, Actor::Peer(role), Some(cause), || Kind::Engine(event));
    }
}
