//! What an accepted message, or one that came before, brings about.

use super::Endpoint;
use super::incoming::Incoming;
use crate::event::{Event, Output, SaId, Sending};
use crate::exchange::Step;
use crate::flight::Flight;
use crate::impair::Impair;
use crate::message_name::MessageName;

impl Endpoint {
    /// Moves the negotiation on: the message is accepted, its answer is sent.
    pub(super) fn take_step(
        &mut self,
        id: SaId,
        name: MessageName,
        incoming: &Incoming<'_>,
        (events, step): (Vec<Event>, Step),
        out: &mut Vec<Output>,
    ) {
        out.push(Output::Event(Event::Accepted { sa: id, message: name }));
        out.extend(events.into_iter().map(Output::Event));
        if step.initial_contact {
            self.initial_contact(id, out);
        }
        let Some(sa) = self.sas.iter_mut().find(|sa| sa.id == id) else {
            return;
        };
        // The responder's first message brings its cookie, under which the rest runs (RFC 2408 section 2.5.3).
        if name.number() == 2 {
            sa.cookies = incoming.message.header.cookies;
        }
        // Whole: a repetition is the same datagram byte for byte, and nothing else may be answered as one.
        sa.phase1.accepted.push((name, incoming.bytes.to_vec()));
        sa.exchange = step.next;
        // What muted it was another message: this one was right.
        sa.muted_until = None;
        // From this reply on: MSG5 or AM3 is the first message on 4500 (RFC 3947 section 4).
        if step.float {
            sa.path = sa.path.floated();
            out.push(Output::Event(Event::Floated { sa: id }));
        }
        let state = sa.exchange.state();
        out.push(Output::Event(Event::Entered { sa: id, state }));
        sa.phase1.flight = step.reply.map(|(name, bytes)| {
            // The last message is kept as well: the peer may have lost it, and asks by repeating its own.
            if state.is_active() {
                Flight::last(name, bytes)
            } else {
                Flight::waiting(name, bytes, incoming.now)
            }
        });
        out.extend(sa.transmit(Sending::First));
        self.ask_for_children(id, incoming.now, out);
    }

    /// What was accepted came again: the last flight goes out again, its timer does not move. The side that
    /// received the last message of the exchange has no flight and answers nothing.
    pub(super) fn duplicate(&mut self, id: SaId, name: MessageName, out: &mut Vec<Output>) {
        let silent = self.never_retransmits();
        let Some(sa) = self.sas.iter_mut().find(|sa| sa.id == id) else {
            return;
        };
        let profile = self.config.profile;
        let of_message = profile.duplicate_answers_to.value.iter().find(|(message, _)| *message == name);
        let limit = of_message.map_or(profile.duplicate_answers.value[sa.role], |(_, limit)| *limit);
        // Some vendors stop here: anybody who recorded the message can ask for the answer.
        let willing = silent.is_none() && limit.is_none_or(|limit| sa.phase1.answered < limit);
        let answer = sa.transmit(Sending::Answer).filter(|_| willing);
        out.push(Output::Event(Event::Duplicate { sa: id, message: name, answered: answer.is_some() }));
        if let (Some(index), Some(flight)) = (silent, &sa.phase1.flight) {
            let (what, message) = (Impair::NeverRetransmit, flight.message);
            out.push(Output::Event(Event::Impaired { index, what, message }));
        }
        // Counted only where it matters: worlds that differ in it alone are the same world.
        sa.phase1.answered =
            sa.phase1.answered.saturating_add(u32::from(answer.is_some() && limit.is_some()));
        out.extend(answer);
    }

    /// A configured defect makes this host deaf to this message.
    pub(super) fn ignores(&self, name: MessageName, out: &mut Vec<Output>) -> bool {
        let deaf = self.config.impairments.iter().position(|impairment| {
            impairment.what == Impair::IgnoreMessage
                && impairment.message.is_none_or(|message| message == name)
        });
        if let Some(index) = deaf {
            let what = Impair::IgnoreMessage;
            out.push(Output::Event(Event::Impaired { index, what, message: name }));
        }
        deaf.is_some()
    }
}
