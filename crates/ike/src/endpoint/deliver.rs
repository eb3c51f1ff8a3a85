//! From a datagram to the negotiation it belongs to, and on to its next state.

use isakmp::{CookiePair, ExchangeType, Header, Message};

use super::refuse::About;
use super::{Endpoint, MAX_SAS, Sa, uses_marker};
use crate::event::{Event, Output, SaId, Sending};
use crate::exchange::{Failure, Path, Step, aggressive, main_mode};
use crate::flight::Flight;
use crate::impair::Impair;
use crate::message_name::{ExchangeKind, MessageName};
use crate::reason::Reason;
use crate::state::{Mode, Role};
use crate::time::Instant;

/// A message, where it came from, and its raw ISAKMP bytes.
pub(super) struct Incoming<'a> {
    pub now: Instant,
    pub path: Path,
    pub bytes: &'a [u8],
    pub message: Message,
}

impl Endpoint {
    pub(super) fn deliver(&mut self, now: Instant, path: Path, datagram: &[u8], out: &mut Vec<Output>) {
        match self.parse(now, path, datagram) {
            Ok(incoming) => self.dispatch(&incoming, out),
            Err(reason) => {
                // It could not be read, but the log should still say whose it seems to be.
                let about = self.about(path, datagram);
                self.refuse(path, &about, reason.into(), out);
            }
        }
    }

    /// The ISAKMP message in a datagram, if this host listens at all.
    fn parse<'a>(&self, now: Instant, path: Path, datagram: &'a [u8]) -> Result<Incoming<'a>, Reason> {
        if !self.config.ike_enabled {
            return Err(Reason::IkeDisabled);
        }
        let bytes = strip_marker(path, datagram)?;
        let version = Header::decode(bytes).map_err(Reason::Malformed)?.version;
        // RFC 2408 5.2: another major version may have another layout, so the message is discarded unread.
        if version.major() != 1 {
            return Err(Reason::Version(version));
        }
        let message = self.decode(bytes).map_err(Reason::Malformed)?;
        Ok(Incoming { now, path, bytes, message })
    }

    /// Some vendors take the datagram's length for the header's.
    fn decode(&self, bytes: &[u8]) -> Result<Message, isakmp::Error> {
        let header = Header::decode(bytes)?;
        let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
        if self.config.profile.header_length_must_match.value || header.length == length {
            return Message::decode(bytes);
        }
        // Mended, not skipped: what reads the message further on holds every length against the bytes that came.
        let header = Header { length, ..header }.encode();
        let body = bytes.get(Header::LEN..).unwrap_or_default();
        Message::decode(&[&header, body].concat())
    }

    fn dispatch(&mut self, incoming: &Incoming<'_>, out: &mut Vec<Output>) {
        let header = &incoming.message.header;
        let mode = mode_of(header.exchange);
        if let Some(id) = self.find(header.cookies).map(|sa| sa.id) {
            return match mode {
                Some(mode) => self.continue_exchange(id, mode, incoming, out),
                None => self.informational(id, incoming, out),
            };
        }
        match mode {
            Some(mode) if header.cookies.responder.is_zero() => self.first_message(mode, incoming, out),
            _ => self.stray(incoming, out),
        }
    }

    /// The negotiation with these cookies; an initiator that has heard nothing yet knows only its own.
    pub(super) fn find(&self, cookies: CookiePair) -> Option<&Sa> {
        // A zero responder cookie never matches: that is a first message, and its repetition is known by its bytes.
        let both = self.sas.iter().find(|sa| sa.cookies == cookies && !cookies.responder.is_zero());
        both.or_else(|| {
            // Nothing authenticates the responder's cookie before its HASH does: whoever answers first is heard.
            let unanswered = |sa: &&Sa| sa.role == Role::Initiator && sa.cookies.responder.is_zero();
            let mut waiting = self.sas.iter().filter(unanswered);
            waiting.find(|sa| sa.cookies.initiator == cookies.initiator && !cookies.responder.is_zero())
        })
    }

    /// The peer went to UDP 4500: so do we.
    pub(super) fn float(&mut self, id: SaId, path: Path, out: &mut Vec<Output>) {
        // RFC 3947 4: only a message that verified may move the negotiation, for its cookies are no secret.
        let sa = self.sas.iter_mut().find(|sa| sa.id == id);
        if let Some(sa) = sa.filter(|sa| uses_marker(path.local) && !uses_marker(sa.path.local)) {
            sa.path = path;
            out.push(Output::Event(Event::Floated { sa: id }));
        }
    }

    /// A phase 1 message with cookies that are known here.
    fn continue_exchange(&mut self, id: SaId, mode: Mode, incoming: &Incoming<'_>, out: &mut Vec<Output>) {
        let Some(sa) = self.sas.iter().find(|sa| sa.id == id) else {
            return;
        };
        // RFC 2408 5.1: what was accepted before is a retransmission: its sender lacks our answer.
        if let Some(name) = sa.already_accepted(incoming.bytes) {
            return self.duplicate(id, name, out);
        }
        let (state, cookies) = (sa.exchange.state(), incoming.message.header.cookies);
        let awaited = state.awaited().filter(|name| name.mode() == Some(mode));
        let about = About { sa: Some(id), message: awaited, cookies, notify: false };
        let Some(name) = awaited else {
            return self.refuse(incoming.path, &about, Reason::OutOfOrder(state).into(), out);
        };
        // Behind the order: the defect is deafness to a message that is waited for.
        if self.ignores(name, out) {
            return self.refuse(incoming.path, &about, Reason::Impaired.into(), out);
        }
        // RFC 2408 2.5.3: each side makes its own cookie; two equal ones are ours come back.
        if cookies.initiator == cookies.responder {
            return self.refuse(incoming.path, &about, Reason::Reflected.into(), out);
        }
        let mut ctx = self.ctx(id, cookies, incoming.path);
        let result = sa.exchange.handle(&mut ctx, &incoming.message);
        let events = ctx.events;
        match result {
            Ok(step) => {
                // Before the step: the answer goes to the port that the message came from.
                self.float(id, incoming.path, out);
                self.take_step(id, name, incoming, (events, step), out);
            }
            Err(failure) => {
                // What the handler found before it failed is true all the same, and explains the refusal.
                out.extend(events.into_iter().map(Output::Event));
                self.refuse(incoming.path, &about, failure, out);
            }
        }
    }

    /// MSG1 or AM1: a new negotiation, unless its very bytes are known.
    fn first_message(&mut self, mode: Mode, incoming: &Incoming<'_>, out: &mut Vec<Output>) {
        let first = first_of(mode);
        let known = self.sas.iter().find(|sa| {
            // Not the port: behind a NAT a repetition may come from another one.
            let same_host = sa.path.remote.ip() == incoming.path.remote.ip();
            same_host && sa.already_accepted(incoming.bytes) == Some(first)
        });
        if let Some(id) = known.map(|sa| sa.id) {
            return self.duplicate(id, first, out);
        }
        let (id, initiator) = (SaId(self.next), incoming.message.header.cookies.initiator);
        let cookies = CookiePair { initiator, responder: self.cookie(id) };
        match self.respond(id, mode, cookies, incoming, out) {
            Err(failure) => {
                let about = About { sa: None, message: Some(first), cookies, notify: false };
                self.refuse(incoming.path, &about, failure, out);
            }
            Ok((events, step)) => {
                // Refused ones take no number: noise does not change the cookies of those that follow.
                self.next = self.next.saturating_add(1);
                let sa = Sa::new(
                    (id, incoming.now),
                    Role::Responder,
                    mode,
                    cookies,
                    incoming.path,
                    step.next.clone(),
                );
                out.push(sa.created());
                self.sas.push(sa);
                self.take_step(id, first, incoming, (events, step), out);
            }
        }
    }

    fn respond(
        &self,
        id: SaId,
        mode: Mode,
        cookies: CookiePair,
        incoming: &Incoming<'_>,
        out: &mut Vec<Output>,
    ) -> Result<(Vec<Event>, Step), Failure> {
        // RFC 2408 2.5.3: zero stands for "not known yet", so that two peers without a cookie would be one.
        if cookies.initiator.is_zero() {
            return Err(Reason::ZeroCookie.into());
        }
        if self.sas.iter().any(|sa| sa.is_own_cookie(cookies.initiator)) {
            return Err(Reason::Reflected.into());
        }
        // RFC 2408 2.5.3: a flood must cost neither work nor memory; cookies alone keep no state away.
        if self.sas.len() >= MAX_SAS {
            return Err(Reason::TooMany.into());
        }
        if self.ignores(first_of(mode), out) {
            return Err(Reason::Impaired.into());
        }
        let mut ctx = self.ctx(id, cookies, incoming.path);
        let step = match mode {
            Mode::Main => main_mode::Responder::start(&mut ctx, &incoming.message)?,
            Mode::Aggressive => aggressive::Responder::start(&mut ctx, &incoming.message)?,
        };
        Ok((ctx.events, step))
    }

    /// No negotiation has these cookies.
    fn stray(&mut self, incoming: &Incoming<'_>, out: &mut Vec<Output>) {
        let header = &incoming.message.header;
        let known = [ExchangeType::MAIN, ExchangeType::AGGRESSIVE, ExchangeType::INFORMATIONAL];
        // RFC 2408 5.2: an unknown exchange and unknown cookies are discarded; that one of ours is gone may be said.
        let reason = if !known.contains(&header.exchange) {
            Reason::UnknownExchange(header.exchange)
        } else if self.removed.contains(&header.cookies) && header.exchange != ExchangeType::INFORMATIONAL {
            Reason::RemovedSa
        } else {
            Reason::UnknownCookies
        };
        let notify = header.exchange == ExchangeType::INFORMATIONAL;
        let about = About { sa: None, message: None, cookies: header.cookies, notify };
        self.refuse(incoming.path, &about, reason.into(), out);
    }

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
        sa.accepted.push((name, incoming.bytes.to_vec()));
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
        sa.flight = step.reply.map(|(name, bytes)| {
            // The last message is kept as well: the peer may have lost it, and asks by repeating its own.
            if state.is_active() {
                Flight::last(name, bytes)
            } else {
                Flight::waiting(name, bytes, incoming.now)
            }
        });
        out.extend(sa.transmit(Sending::First));
    }

    /// What was accepted came again: the last flight goes out again, its timer does not move. The side that
    /// received the last message of the exchange has no flight and answers nothing.
    pub(super) fn duplicate(&mut self, id: SaId, name: MessageName, out: &mut Vec<Output>) {
        let silent = self.never_retransmits();
        let Some(sa) = self.sas.iter_mut().find(|sa| sa.id == id) else {
            return;
        };
        let limit = self.config.profile.duplicate_answers.value[sa.role];
        // Some vendors stop here: anybody who recorded the message can ask for the answer.
        let willing = silent.is_none() && limit.is_none_or(|limit| sa.answered < limit);
        let answer = sa.transmit(Sending::Answer).filter(|_| willing);
        out.push(Output::Event(Event::Duplicate { sa: id, message: name, answered: answer.is_some() }));
        if let (Some(index), Some(flight)) = (silent, &sa.flight) {
            let (what, message) = (Impair::NeverRetransmit, flight.message);
            out.push(Output::Event(Event::Impaired { index, what, message }));
        }
        // Counted only where it matters: worlds that differ in it alone are the same world.
        sa.answered = sa.answered.saturating_add(u32::from(answer.is_some() && limit.is_some()));
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

/// On port 4500 an IKE message stands behind four zero bytes; what has none is ESP or a keepalive.
pub(super) fn strip_marker(path: Path, datagram: &[u8]) -> Result<&[u8], Reason> {
    if !uses_marker(path.local) {
        return Ok(datagram);
    }
    // RFC 3948 2.2: what has no marker is ESP (2.1) or a keepalive (2.3), and none of IKE's business.
    datagram.strip_prefix(&[0; 4]).ok_or(Reason::NoMarker)
}

/// The phase 1 exchange of this type.
pub(super) fn mode_of(exchange: ExchangeType) -> Option<Mode> {
    ExchangeKind::from_wire(exchange)?.mode()
}

/// The message that begins an exchange of this mode.
pub(super) fn first_of(mode: Mode) -> MessageName {
    match mode {
        Mode::Main => MessageName::MSG1,
        Mode::Aggressive => MessageName::AM1,
    }
}
