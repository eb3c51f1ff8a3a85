//! What a run comes to: counted while it runs, so that a run needs no trace to have an outcome.

use std::collections::BTreeMap;

use ike::{
    Ended, Event, Instant, Label, MessageName, Negotiated, NotifyType, Role, SaId, Sending, Sides, State,
};

use crate::fault::{Blame, Fault};
use crate::outcome::{End, Outcome, PeerOutcome, Verdict};
use crate::scenario::Scenario;

/// Counts of a run so far.
#[derive(Clone, Debug)]
pub(crate) struct Tally {
    peers: Sides<Peer>,
    fired: Vec<u64>,
    /// Where each peer's impairments stand in the scenario's faults.
    impairments: BTreeMap<(Role, usize), usize>,
    notifies: Vec<NotifyType>,
}

#[derive(Clone, Debug, Default)]
struct Peer {
    sas: BTreeMap<SaId, Sa>,
    notifies: Vec<NotifyType>,
    /// When it first refused to make an SA.
    refused: Option<Instant>,
    /// When it found that it cannot start.
    not_started: Option<Instant>,
}

#[derive(Clone, Debug, Default)]
struct Sa {
    state: Option<State>,
    entered: Instant,
    ended: Option<(Ended, Instant)>,
    sent: Vec<MessageName>,
    received: Vec<MessageName>,
    resends: u32,
    negotiated: Option<Negotiated>,
    skeyid_e: Option<Vec<u8>>,
}

impl Tally {
    pub fn new(scenario: &Scenario) -> Tally {
        let mut fired = vec![0; scenario.faults.len()];
        for (fault, changes) in &scenario.edits {
            if let Some(count) = fired.get_mut(*fault) {
                *count += u64::from(!changes.is_empty());
            }
        }
        let mut impairments = BTreeMap::new();
        for role in Role::BOTH {
            let of_role = scenario.faults.iter().enumerate();
            let of_role =
                of_role.filter(|(_, fault)| matches!(fault, Fault::Impair { at, .. } if *at == role));
            impairments.extend(of_role.enumerate().map(|(nth, (fault, _))| ((role, nth), fault)));
        }
        Tally { peers: Sides::default(), fired, impairments, notifies: Vec::new() }
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
    pub fn sent(&mut self, role: Role, label: &Label) {
        match *label {
            Label::Message { sa, name, sending } => {
                let sa = self.peers[role].sas.entry(sa).or_default();
                note(&mut sa.sent, name);
                sa.resends += u32::from(matches!(sending, Sending::Resend(_)));
            }
            Label::Notify { notify, .. } if notify.is_error() => {
                note(&mut self.peers[role].notifies, notify);
                note(&mut self.notifies, notify);
            }
            Label::Notify { .. } | Label::Delete { .. } | Label::Foreign { .. } => {}
        }
    }

    /// A peer explained something.
    pub fn event(&mut self, role: Role, now: Instant, event: &Event) {
        if let Event::Impaired { index, .. } = event
            && let Some(fault) = self.impairments.get(&(role, *index)).copied()
        {
            self.fired(Blame::Fault(fault));
        }
        self.peers[role].event(now, event);
    }

    /// The outcome of a run that ended at `ended`.
    pub fn outcome(self, ended: Instant) -> Outcome {
        let furthest = self.peers.as_ref().map(Peer::furthest);
        // The responder chose; what the initiator read counts where the responder's SA is gone.
        let [read, chosen] = furthest.map(|sa| sa.and_then(|sa| sa.negotiated)).into_array();
        let negotiated = chosen.or(read);
        let keys = furthest.map(|sa| sa.and_then(|sa| sa.skeyid_e.as_deref()));
        let keys_match = keys.initiator.zip(keys.responder).map(|(i, r)| i == r);
        let peers = self.peers.as_ref().map(|peer| peer.outcome(ended));
        let active = peers.as_ref().map(|peer| peer.state.is_some_and(State::is_active));
        let verdict = match active.into_array() {
            [true, true] if keys_match == Some(true) => Verdict::Established,
            [true, false] | [false, true] => Verdict::HalfOpen,
            [true, true] | [false, false] => Verdict::Stalled,
        };
        let Tally { fired, notifies, .. } = self;
        Outcome { verdict, keys_match, negotiated, peers, fired, notifies, ended }
    }
}

impl Peer {
    fn event(&mut self, now: Instant, event: &Event) {
        match event {
            Event::NotStarted(_) => self.not_started = Some(now),
            Event::Refused { sa: None, .. } => {
                self.refused.get_or_insert(now);
            }
            Event::Entered { sa, state } => {
                let sa = self.sas.entry(*sa).or_default();
                (sa.state, sa.entered) = (Some(*state), now);
            }
            Event::Accepted { sa, message } => note(&mut self.sas.entry(*sa).or_default().received, *message),
            Event::Chosen { sa, negotiated, .. } => {
                self.sas.entry(*sa).or_default().negotiated = Some(*negotiated);
            }
            Event::Keys { sa, keymat, .. } => {
                self.sas.entry(*sa).or_default().skeyid_e = Some(keymat.skeyid_e.as_bytes().to_vec());
            }
            Event::Ended { sa, how, .. } => self.sas.entry(*sa).or_default().ended = Some((*how, now)),
            _ => {}
        }
    }

    /// The SA that got furthest, among equals the first; one that was replaced only where there is no other.
    fn furthest(&self) -> Option<&Sa> {
        let rank = |sa: &Sa| (!matches!(sa.ended, Some((Ended::Replaced, _))), sa.state);
        self.sas.values().reduce(|best, sa| if rank(sa) > rank(best) { sa } else { best })
    }

    fn outcome(&self, ended: Instant) -> PeerOutcome {
        let notifies = self.notifies.clone();
        let Some(sa) = self.furthest() else {
            let (end, at) = match (self.refused, self.not_started) {
                (Some(at), _) => (End::Rejected, at),
                (None, at) => (End::NoSa, at.unwrap_or(ended)),
            };
            let (sent, received) = (Vec::new(), Vec::new());
            return PeerOutcome { state: None, last: None, end, at, sent, received, resends: 0, notifies };
        };
        let last = sa.state;
        let is_active = last.is_some_and(State::is_active);
        let (state, end, at) = match sa.ended {
            None if is_active => (last, End::Active, sa.entered),
            None => (last, End::Waiting, ended),
            Some((Ended::GaveUp, at)) => (last, End::GaveUp, at),
            Some((Ended::Rejected, at)) => (None, End::Rejected, at),
            Some((Ended::Deleted | Ended::Replaced, at)) => (last.filter(|_| !is_active), End::Deleted, at),
        };
        let Sa { sent, received, resends, .. } = sa.clone();
        PeerOutcome { state, last, end, at, sent, received, resends, notifies }
    }
}

/// Appends what is not there yet.
fn note<T: PartialEq>(list: &mut Vec<T>, item: T) {
    if !list.contains(&item) {
        list.push(item);
    }
}
