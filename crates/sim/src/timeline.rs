//! The one fold over what happens: where each negotiation of each side stands, what it knows and what it counted.
//!
//! Outcomes, the explorer's properties, look-alikes, the page and the live view all read it.

mod children;

use std::collections::BTreeMap;
use std::sync::Arc;

use ike::keymat::{Gxy, Keymat};
use ike::{
    Ended, Event, GroupName, Instant, Label, MessageName, Mode, Negotiated, NotifyType, Role, SaId, Sending,
    Sides, State,
};
use isakmp::CookiePair;

use crate::trace::{Actor, Datagram, Entry, Kind};

pub(crate) use children::mirrored;
pub use children::{Child, Children};

/// Where a negotiation stands, without times and counts: worlds that are equal but for those are one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Standing {
    /// The state; `None`: it has none yet, or is gone.
    pub state: Option<State>,
    /// It is active, or was.
    pub was_active: bool,
    /// The transform that was chosen.
    pub negotiated: Option<Negotiated>,
    /// The tunnel-group that serves the peer.
    pub group: Option<GroupName>,
    /// g^xy and what follows from it. Secret.
    pub keys: Option<(Gxy, Arc<Keymat>)>,
}

impl Standing {
    /// Takes in what the engine said of it.
    pub fn hear(&mut self, event: &Event) {
        match event {
            Event::Entered { state, .. } => {
                self.state = Some(*state);
                self.was_active |= state.is_active();
            }
            // Its keys stay: an outcome compares those of an SA that is gone, too.
            Event::Ended { .. } => self.state = None,
            Event::Keys { gxy, keymat, .. } => self.keys = Some((gxy.clone(), keymat.clone())),
            Event::Chosen { negotiated, .. } => self.negotiated = Some(*negotiated),
            Event::GroupFound { group, .. } => self.group = Some(group.clone()),
            Event::NotStarted(_)
            | Event::Created { .. }
            | Event::Accepted { .. }
            | Event::Duplicate { .. }
            | Event::NatChecked { .. }
            | Event::Floated { .. }
            | Event::Dropped { .. }
            | Event::Refused { .. }
            | Event::NotifyReceived { .. }
            | Event::DeleteReceived { .. }
            | Event::Child { .. }
            | Event::Impaired { .. } => {}
        }
    }

    /// SKEYID_e, by which keys are compared.
    pub fn skeyid_e(&self) -> Option<&[u8]> {
        self.keys.as_ref().map(|(_, keymat)| keymat.skeyid_e.as_bytes())
    }
}

/// One negotiation of one side, as far as it has come.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Negotiation {
    /// Where it stands.
    pub standing: Standing,
    /// This side's part, the exchange and the cookies, once it was made.
    pub made: Option<(Role, Mode, CookiePair)>,
    /// The state it was last in while it lived.
    pub last: Option<State>,
    /// When it entered that.
    pub entered: Instant,
    /// When its exchange was complete as RFC 2409 has it: it was active, or only AM4 was still to come.
    pub complete: Option<Instant>,
    /// How it ended, and when.
    pub ended: Option<(Ended, Instant)>,
    /// Messages sent, each once, in order.
    pub sent: Vec<MessageName>,
    /// Messages accepted.
    pub received: Vec<MessageName>,
    /// Resends by timer.
    pub resends: u32,
}

impl Negotiation {
    fn hear(&mut self, now: Instant, event: &Event) {
        self.standing.hear(event);
        match event {
            Event::Created { role, mode, cookies, .. } => self.made = Some((*role, *mode, *cookies)),
            Event::Entered { state, .. } => self.enter(now, *state),
            // Messages without a mode are Quick Mode's, which go to the children.
            Event::Accepted { message, .. } if message.mode().is_some() => {
                note(&mut self.received, *message);
            }
            Event::Ended { how, .. } => self.ended = Some((*how, now)),
            Event::NotStarted(_)
            | Event::Accepted { .. }
            | Event::Duplicate { .. }
            | Event::Chosen { .. }
            | Event::GroupFound { .. }
            | Event::NatChecked { .. }
            | Event::Floated { .. }
            | Event::Keys { .. }
            | Event::Child { .. }
            | Event::Dropped { .. }
            | Event::Refused { .. }
            | Event::NotifyReceived { .. }
            | Event::DeleteReceived { .. }
            | Event::Impaired { .. } => {}
        }
    }

    /// The greater, the further it got.
    fn rank(&self) -> (bool, Option<State>, bool) {
        let is_up = self.standing.state.is_some_and(State::is_active);
        (!matches!(self.ended, Some((Ended::Replaced, _))), self.last, is_up)
    }

    /// Both are ends of one negotiation.
    fn is_with(&self, other: &Negotiation) -> bool {
        // The responder's cookie an initiator does not have from the start.
        let cookie = |one: &Negotiation| one.made.map(|(.., cookies)| cookies.initiator);
        cookie(self).is_some() && cookie(self) == cookie(other)
    }

    fn enter(&mut self, now: Instant, state: State) {
        (self.last, self.entered) = (Some(state), now);
        if state.is_active() || state == State::AmWaitMsg4 {
            self.complete.get_or_insert(now);
        }
    }
}

/// Everything of one side.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Side {
    /// Its negotiations, in order of creation.
    pub negotiations: BTreeMap<SaId, Negotiation>,
    /// Its Quick Modes.
    pub children: Children,
    /// Error notifies it sent, each once.
    pub notifies: Vec<NotifyType>,
    /// When it first refused to make an SA.
    pub refused: Option<Instant>,
    /// When it found that it cannot start.
    pub not_started: Option<Instant>,
}

impl Side {
    /// Takes in what the side's engine said.
    pub fn hear(&mut self, now: Instant, event: &Event) {
        if let Event::NotStarted(_) = event {
            self.not_started = Some(now);
        }
        if let Event::Refused { sa: None, .. } = event {
            // The first: a caller that repeats its offer is refused again and again.
            self.refused.get_or_insert(now);
        }
        if let Event::Child { sa, child, what } = event {
            self.children.hear(now, *sa, *child, what);
        }
        // A refused QM1 makes no child that could keep it.
        if let Event::Refused { child: Some(child), .. } = event {
            // The first: a QM1 that is sent again is refused again.
            self.children.refused.entry(*child).or_insert(now);
        }
        if let Some(sa) = event.negotiation() {
            self.negotiations.entry(sa).or_default().hear(now, event);
        }
    }

    /// Takes in what the side sent.
    pub fn sent(&mut self, datagram: &Datagram) {
        match datagram.label {
            Label::Message { name, sending, .. } if name.mode().is_none() => {
                // By message id: several Quick Modes may run under one SA.
                self.children.sent(datagram.message_id(), name, sending);
            }
            Label::Message { sa, name, sending } => {
                let negotiation = self.negotiations.entry(sa).or_default();
                note(&mut negotiation.sent, name);
                negotiation.resends += u32::from(matches!(sending, Sending::Resend(_)));
            }
            Label::Notify { sa, notify, protected } if notify.is_error() => {
                note(&mut self.notifies, notify);
                let standing = sa.and_then(|sa| self.negotiations.get(&sa));
                // Phase 1 is done: what is refused now is something under it.
                if standing.is_some_and(|one| one.standing.was_active) {
                    note(&mut self.children.notifies, (notify, protected));
                }
            }
            Label::Notify { .. } | Label::Delete { .. } | Label::Foreign { .. } => {}
        }
    }

    /// Resends by timer, of all its negotiations.
    pub fn resends(&self) -> u32 {
        self.negotiations.values().map(|one| one.resends).sum()
    }

    /// The negotiation that got furthest, among equals one that is up still, then the first; one that was replaced only
    /// where there is no other.
    pub fn furthest(&self) -> Option<&Negotiation> {
        self.negotiations.values().reduce(|best, one| if one.rank() > best.rank() { one } else { best })
    }

    fn as_far_as<'s>(&'s self, best: &'s Negotiation) -> impl Iterator<Item = &'s Negotiation> {
        self.negotiations.values().filter(move |one| one.rank() == best.rank())
    }
}

/// Both sides at a moment of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Timeline {
    /// Each side.
    pub sides: Sides<Side>,
}

impl Timeline {
    /// What got furthest on each side; of several that got equally far the two ends of one negotiation.
    pub fn furthest(&self) -> Sides<Option<&Negotiation>> {
        let furthest = self.sides.as_ref().map(Side::furthest);
        let (Some(initiator), Some(responder)) = (furthest.initiator, furthest.responder) else {
            return furthest;
        };
        let pair = self.sides.initiator.as_far_as(initiator).find_map(|one| {
            let other = self.sides.responder.as_far_as(responder).find(|other| one.is_with(other))?;
            Some(Sides::new(Some(one), Some(other)))
        });
        pair.unwrap_or(furthest)
    }

    /// Both sides after these entries of a trace.
    pub fn after<'t>(entries: impl IntoIterator<Item = &'t Entry>) -> Timeline {
        let mut timeline = Timeline::default();
        entries.into_iter().for_each(|entry| timeline.take(entry));
        timeline
    }

    /// Takes in one entry.
    pub fn take(&mut self, entry: &Entry) {
        let Actor::Peer(role) = entry.actor else {
            return;
        };
        match &entry.kind {
            Kind::Engine(event) => self.sides[role].hear(entry.at, event),
            Kind::Sent(datagram) => self.sides[role].sent(datagram),
            Kind::Edited { .. }
            | Kind::Initiated
            | Kind::Altered { .. }
            | Kind::Lost { .. }
            | Kind::Arrived(_)
            | Kind::Unreached { .. }
            | Kind::Cleared { .. }
            | Kind::Timer(_) => {}
        }
    }
}

/// Appends what is not there yet.
pub(crate) fn note<T: PartialEq>(list: &mut Vec<T>, item: T) {
    if !list.contains(&item) {
        list.push(item);
    }
}
