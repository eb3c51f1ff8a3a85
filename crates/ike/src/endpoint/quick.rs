//! Quick Mode under an SA of ours: children are asked for and answered.

use isakmp::{MessageId, NotifyType};

use super::Endpoint;
use super::conversation::Conversation;
use super::incoming::Incoming;
use crate::config::MapEntry;
use crate::event::{ChildEvent, Ended, Event, Output, SaId, Sending};
use crate::exchange::quick_mode::{self, Quick, QuickFailure, QuickStep, Under};
use crate::exchange::{Exchange, Secrets};
use crate::flight::Flight;
use crate::ipsec::Encapsulation;
use crate::message_name::MessageName;
use crate::reason::Reason;
use crate::selector::Selectors;
use crate::state::{QuickState, Role};
use crate::time::Instant;

/// A Quick Mode, and the child it leads to.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Child {
    pub role: Role,
    /// The number of the entry that asks for it; `None`: the peer asked.
    pub entry: Option<u16>,
    /// Which of this side's random values are its own.
    pub number: u64,
    pub conversation: Conversation,
    /// Informational exchanges of the SA when it last moved on.
    pub informed: u32,
    pub quick: Quick,
}

/// Children under one SA. Beyond it a new QM1 is dropped.
// Each keeps keys and a flight: an authenticated peer must not fill the memory either.
pub(super) const MAX_CHILDREN: usize = 256;

impl Endpoint {
    /// An initiator whose SA has come up asks for a child for each line of its access lists.
    pub(super) fn ask_for_children(&mut self, id: SaId, now: Instant, out: &mut Vec<Output>) {
        let up = |sa: &super::Sa| sa.role == Role::Initiator && sa.exchange.state().is_active();
        if !self.sas.iter().any(|sa| sa.id == id && up(sa)) {
            return;
        }
        let config = self.config.clone();
        let asking = std::mem::take(&mut self.again.asking);
        for entry in config.asking().filter(|entry| asking.contains(&entry.sequence)) {
            for flow in entry.flows(config.address, config.peer).take(MAX_CHILDREN) {
                // A later attempt is for what is not there, and not asked for.
                if !self.has_child(id, flow) {
                    self.ask(id, entry, flow, now, out);
                }
            }
        }
    }

    /// There is a child for this flow, or one is asked for.
    fn has_child(&self, id: SaId, flow: Selectors) -> bool {
        let Some(sa) = self.sas.iter().find(|sa| sa.id == id) else {
            return false;
        };
        let peer = sa.path.remote.ip();
        let orphans = self.orphans.iter().filter(|orphan| orphan.peer == peer).map(|orphan| &orphan.child);
        sa.under.values().chain(orphans).any(|child| child.quick.flow() == flow)
    }

    fn ask(&mut self, id: SaId, entry: &MapEntry, flow: Selectors, now: Instant, out: &mut Vec<Output>) {
        let number = self.quick;
        let message_id = self.streams.message_id("quick", number);
        let Some((secrets, cookies, path)) = self.keys_of(id) else {
            return;
        };
        let rules = &self.config.profile.quick_mode;
        let hosts = flow.local.subnet.is_host() && flow.remote.subnet.is_host();
        if rules.leaves_transport_of_nets.value && entry.mode == Encapsulation::Transport && !hosts {
            let (reason, certainty) = (Reason::TransportOfNets, rules.leaves_transport_of_nets.certainty);
            let (sa, child) = (Some(id), Some(message_id));
            out.push(Output::Event(Event::Refused { sa, message: None, child, reason, certainty }));
            return self.end(id, Ended::Rejected, out);
        }
        self.quick = self.quick.saturating_add(1);
        let alone = self.has_nothing_but(id);
        let mut ctx = self.ctx(id, cookies, path);
        let under = Under { secrets: &secrets, message_id, number, turn: 0, anew: false };
        let (quick, bytes) = quick_mode::ask(&mut ctx, under, entry, (flow, alone));
        out.extend(ctx.events.into_iter().map(Output::Event));
        let conversation = Conversation::opened(Flight::waiting(MessageName::QM1, bytes, now));
        let child = Child {
            role: Role::Initiator,
            entry: Some(entry.sequence),
            number,
            conversation,
            informed: 0,
            quick,
        };
        self.rest(id, message_id, child, out);
    }

    /// No other SA with this peer is up, and no child.
    fn has_nothing_but(&self, id: SaId) -> bool {
        let Some(sa) = self.sas.iter().find(|sa| sa.id == id) else {
            return false;
        };
        let peer = sa.path.remote.ip();
        let mut others = self.sas.iter().filter(|other| other.id != id && other.path.remote.ip() == peer);
        let orphans = self.orphans.iter().any(|orphan| orphan.peer == peer);
        sa.under.is_empty() && !orphans && !others.any(|other| other.exchange.state().is_active())
    }

    /// Keeps a child in its new state, says so, and sends what it has to send.
    fn rest(&mut self, id: SaId, message_id: MessageId, mut child: Child, out: &mut Vec<Output>) {
        let Some(sa) = self.sas.iter_mut().find(|sa| sa.id == id) else {
            return;
        };
        child.informed = sa.informed;
        let what = ChildEvent::Entered(child.quick.state());
        out.push(Output::Event(Event::Child { sa: id, child: message_id, what }));
        out.extend(child.conversation.transmit(id, sa.path, Sending::First));
        sa.under.insert(message_id, child);
    }

    pub(super) fn keys_of(&self, id: SaId) -> Option<(Secrets, isakmp::CookiePair, crate::exchange::Path)> {
        let sa = self.sas.iter().find(|sa| sa.id == id)?;
        let Exchange::Active(active) = &sa.exchange else {
            return None;
        };
        Some((active.secrets.clone(), sa.cookies, sa.path))
    }

    /// A message of Quick Mode under an SA that is known here.
    pub(super) fn quick(&mut self, id: SaId, incoming: &Incoming<'_>, out: &mut Vec<Output>) {
        let message_id = incoming.message.header.message_id;
        let Some(sa) = self.sas.iter().find(|sa| sa.id == id) else {
            return;
        };
        let child = sa.under.get(&message_id).cloned();
        let repeated = child.as_ref().and_then(|child| child.conversation.already_accepted(incoming.bytes));
        if let Some(name) = repeated {
            return self.duplicate_quick(id, message_id, name, out);
        }
        let awaited = match &child {
            Some(child) => child.quick.state().awaited(),
            None => Some(MessageName::QM1),
        };
        let drop = |reason| QuickFailure { reason, offered: None };
        let result = match (self.keys_of(id), awaited) {
            // It may overtake phase 1's last message: till that is here, nothing under the SA is taken.
            (None, _) => Err(drop(Reason::OutOfOrder(sa.exchange.state()))),
            (_, None) => Err(drop(Reason::ChildDone)),
            // RFC 2409 5.5: an id is for one Quick Mode; what comes again is a copy.
            _ if sa.given_up.contains(&message_id) => Err(drop(Reason::ChildGone)),
            (_, Some(name)) if self.ignores(name, out) => Err(drop(Reason::Impaired)),
            (Some((secrets, ..)), _) => self.handle_quick(id, &secrets, child, incoming, out),
        };
        if let Err(failure) = result {
            self.count_turn(id, message_id, &failure.reason);
            self.refuse_child(id, message_id, awaited, failure, out);
        }
    }

    /// A hash that failed was one of the three, as some count them.
    fn count_turn(&mut self, id: SaId, message_id: MessageId, reason: &Reason) {
        let counts = self.config.profile.quick_mode.loses_thread.value
            && matches!(reason, Reason::HashMismatch { .. } | Reason::NotBlocks { .. });
        let sa = self.sas.iter_mut().find(|sa| sa.id == id).filter(|_| counts);
        if let Some(sa) = sa.filter(|sa| sa.turns.len() < MAX_CHILDREN) {
            let turn = sa.turns.entry(message_id).or_default();
            *turn = turn.saturating_add(1);
        }
    }

    fn handle_quick(
        &mut self,
        id: SaId,
        secrets: &Secrets,
        child: Option<Child>,
        incoming: &Incoming<'_>,
        out: &mut Vec<Output>,
    ) -> Result<(), QuickFailure> {
        let message_id = incoming.message.header.message_id;
        let full = self.sas.iter().any(|sa| sa.id == id && sa.under.len() >= MAX_CHILDREN);
        if full && child.is_none() {
            return Err(Reason::TooMany.into());
        }
        // Counted on when it is accepted: what a stranger sends shifts no random value.
        let number = child.as_ref().map_or(self.quick, |child| child.number);
        let mut ctx = self.ctx(id, incoming.message.header.cookies, incoming.path);
        let sa = self.sas.iter().find(|sa| sa.id == id);
        let turn = sa.and_then(|sa| sa.turns.get(&message_id)).copied().unwrap_or(0);
        // charon keeps the IVs of three exchanges.
        let since =
            sa.zip(child.as_ref()).map_or(0, |(sa, child)| sa.informed.saturating_sub(child.informed));
        let under = Under { secrets, message_id, number, turn, anew: since >= 3 };
        let step = match &child {
            Some(child) => child.quick.handle(&mut ctx, under, &incoming.message),
            None => quick_mode::respond(&mut ctx, under, &incoming.message),
        };
        let events = ctx.events;
        let QuickStep { next, reply, initial_contact } = step?;
        // Behind a message that verified alone: one forged datagram would lead all answers away.
        self.float(id, incoming.path, out);
        let (role, entry, mut conversation) = match child {
            Some(child) => (child.role, child.entry, child.conversation),
            None => {
                self.quick = self.quick.saturating_add(1);
                (Role::Responder, None, Conversation::default())
            }
        };
        let name = match (role, &next) {
            (_, Quick::WaitMsg2(_) | Quick::WaitMsg3(_)) => MessageName::QM1,
            (Role::Initiator, Quick::Active(_)) => MessageName::QM2,
            (Role::Responder, Quick::Active(_)) => MessageName::QM3,
        };
        out.push(Output::Event(Event::Accepted { sa: id, message: name }));
        out.extend(events.into_iter().map(Output::Event));
        if initial_contact {
            self.initial_contact(id, out);
        }
        conversation.accepted.push((name, incoming.bytes.to_vec()));
        let active = next.state() == QuickState::Active;
        conversation.flight = reply.map(|(name, bytes)| match active {
            true => Flight::last(name, bytes),
            false => Flight::waiting(name, bytes, incoming.now),
        });
        self.rest(id, message_id, Child { role, entry, number, conversation, informed: 0, quick: next }, out);
        Ok(())
    }

    /// The last flight goes out again; who received QM3 has none.
    fn duplicate_quick(&mut self, id: SaId, message_id: MessageId, name: MessageName, out: &mut Vec<Output>) {
        let silent = self.never_retransmits().is_some();
        let sa = self.sas.iter().find(|sa| sa.id == id);
        let child = sa.and_then(|sa| sa.under.get(&message_id));
        let since = sa.zip(child).map_or(0, |(sa, child)| sa.informed.saturating_sub(child.informed));
        if since > 0 && child.is_some_and(|child| child.quick.state() == QuickState::WaitMsg3) {
            // No copy of the last request, and behind an IV that has moved on.
            let failure = QuickFailure { reason: Reason::ChildDone, offered: None };
            return self.refuse_child(id, message_id, Some(name), failure, out);
        }
        let answer =
            sa.and_then(|sa| sa.under.get(&message_id)?.conversation.transmit(id, sa.path, Sending::Answer));
        let answer = answer.filter(|_| !silent);
        out.push(Output::Event(Event::Duplicate { sa: id, message: name, answered: answer.is_some() }));
        if answer.is_none()
            && name == MessageName::QM1
            && self.config.profile.quick_mode.tells_unreadable.value
        {
            // The exchange is over for it, and its bytes begin no new one.
            self.tell(id, NotifyType::PAYLOAD_MALFORMED, out);
        }
        out.extend(answer);
    }
}
