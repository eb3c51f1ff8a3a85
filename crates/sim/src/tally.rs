//! What a run comes to: counted while it runs, so that a run needs no trace to have an outcome.

use std::collections::BTreeMap;

use ike::{Ended, Event, Instant, Label, NotifyType, Role, Sides, State};

use crate::fault::{Blame, Fault, PeerFault};
use crate::outcome::{End, Outcome, PeerOutcome, Phase2, Verdict};
use crate::setup::Setup;
use crate::timeline::{Negotiation, Side, Timeline, note};
use crate::trace::Datagram;

/// Counts of a run so far.
#[derive(Clone, Debug)]
pub(crate) struct Tally {
    pub timeline: Timeline,
    fired: Vec<u64>,
    /// Where each peer's impairments stand in the setup's faults.
    impairments: BTreeMap<(Role, usize), usize>,
    notifies: Vec<NotifyType>,
    /// Quick Mode is asked for.
    phase_2: bool,
}

impl Tally {
    pub fn new(setup: &Setup) -> Tally {
        let mut fired = vec![0; setup.faults.len()];
        for (fault, changes) in &setup.edits {
            if let Some(count) = fired.get_mut(*fault) {
                // An edit acts before the run begins.
                *count += u64::from(!changes.is_empty());
            }
        }
        // An engine numbers its own defects, an outcome all faults.
        let mut impairments = BTreeMap::new();
        for role in Role::BOTH {
            let own = setup
                .faults
                .iter()
                .enumerate()
                .filter(|(_, fault)| matches!(fault, Fault::Peer(PeerFault { at, .. }) if *at == role));
            impairments.extend(own.enumerate().map(|(nth, (fault, _))| ((role, nth), fault)));
        }
        let phase_2 = setup.hosts.initiator.crypto_map.is_some();
        Tally { timeline: Timeline::default(), fired, impairments, notifies: Vec::new(), phase_2 }
    }

    /// A fault, or chance, touched a datagram.
    pub fn fired(&mut self, by: Blame) {
        if let Blame::Fault(index) = by
            && let Some(count) = self.fired.get_mut(index)
        {
            *count += 1;
        }
    }

    /// A peer sent something.
    pub fn sent(&mut self, datagram: &Datagram) {
        self.timeline.sides[datagram.sender].sent(datagram);
        if let Label::Notify { notify, .. } = datagram.label
            && notify.is_error()
        {
            note(&mut self.notifies, notify);
        }
    }

    /// A peer explained something.
    pub fn event(&mut self, role: Role, now: Instant, event: &Event) {
        if let Event::Impaired { index, .. } = event
            && let Some(fault) = self.impairments.get(&(role, *index)).copied()
        {
            self.fired(Blame::Fault(fault));
        }
        self.timeline.sides[role].hear(now, event);
    }

    /// The outcome of a run that ended at `ended`.
    pub fn outcome(&self, ended: Instant) -> Outcome {
        let furthest = self.timeline.furthest();
        // The responder chose; what the initiator read counts where the responder's SA is gone.
        let [read, chosen] = furthest.map(|one| one.and_then(|one| one.standing.negotiated)).into_array();
        let keys = furthest.map(|one| one.and_then(|one| one.standing.skeyid_e()));
        let keys_match = keys.initiator.zip(keys.responder).map(|(i, r)| i == r);
        let peers = Sides::from_fn(|role| peer(&self.timeline.sides[role], furthest[role], ended));
        let active = peers.as_ref().map(|peer| peer.state.is_some_and(State::is_active));
        let were = self
            .timeline
            .sides
            .as_ref()
            .map(|side| side.negotiations.values().any(|one| one.standing.was_active));
        let both_were_up = were.initiator && were.responder && keys_match == Some(true);
        let phase_2 = self.phase_2.then(|| Phase2::of(&self.timeline, both_were_up, ended));
        let deleted = peers.both().iter().any(|(_, peer)| peer.end == End::Deleted);
        // Where one side alone is gone, no Delete reached the other.
        let one_is_up = active.initiator != active.responder;
        let torn_down = phase_2.is_some() && both_were_up && deleted && !one_is_up;
        Outcome {
            verdict: if torn_down { Verdict::TornDown } else { verdict(active, keys_match) },
            phase_2,
            keys_match,
            negotiated: chosen.or(read),
            peers,
            fired: self.fired.clone(),
            notifies: self.notifies.clone(),
            ended,
            cut_off: false,
        }
    }
}

fn verdict(active: Sides<bool>, keys_match: Option<bool>) -> Verdict {
    match active.into_array() {
        [true, true] if keys_match == Some(true) => Verdict::Established,
        [true, false] | [false, true] => Verdict::HalfOpen,
        // Both up with unequal keys: nothing would get through.
        [true, true] | [false, false] => Verdict::Stalled,
    }
}

fn peer(side: &Side, furthest: Option<&Negotiation>, ended: Instant) -> PeerOutcome {
    let notifies = side.notifies.clone();
    let Some(one) = furthest else {
        let (end, at) = match (side.refused, side.not_started) {
            (Some(at), _) => (End::Rejected, at),
            (None, at) => (End::NoSa, at.unwrap_or(ended)),
        };
        let (sent, received) = (Vec::new(), Vec::new());
        return PeerOutcome { state: None, last: None, end, at, sent, received, resends: 0, notifies };
    };
    let last = one.last;
    let is_active = last.is_some_and(State::is_active);
    let (state, end, at) = match one.ended {
        None if is_active => (last, End::Active, one.entered),
        None => (last, End::Waiting, ended),
        // Only who waits is left in a state: what was up and ended is gone.
        Some((Ended::GaveUp, at)) => (last.filter(|_| !is_active), End::GaveUp, at),
        Some((Ended::Rejected, at)) => (None, End::Rejected, at),
        Some((Ended::Cleared, at)) => (None, End::Deleted, at),
        Some((Ended::Deleted | Ended::Replaced, at)) => (last.filter(|_| !is_active), End::Deleted, at),
    };
    let (sent, received) = (one.sent.clone(), one.received.clone());
    PeerOutcome { state, last, end, at, sent, received, resends: one.resends, notifies }
}
