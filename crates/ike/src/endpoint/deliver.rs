//! From a datagram to the negotiation it belongs to, and on to its next state.

use isakmp::{CookiePair, ExchangeType};

use super::incoming::Incoming;
use super::refuse::{About, first_of, mode_of};
use super::{Endpoint, MAX_SAS, Sa, uses_marker};
use crate::event::{Event, Output, SaId};
use crate::exchange::{Failure, Path, Step, aggressive, main_mode};

use crate::reason::Reason;
use crate::state::{Mode, Role};
use crate::time::Instant;

impl Endpoint {
    pub(super) fn deliver(&mut self, now: Instant, path: Path, datagram: &[u8], out: &mut Vec<Output>) {
        if let Some(id) = self.quick_in_clear(path, datagram) {
            return self.refuse_clear_quick(id, out);
        }
        match self.parse(now, path, datagram) {
            Ok(incoming) => self.dispatch(&incoming, out),
            Err(reason) => {
                // It could not be read, but the log should still say whose it seems to be.
                let about = self.about(now, path, datagram);
                self.refuse(path, &about, reason.into(), out);
            }
        }
    }

    fn dispatch(&mut self, incoming: &Incoming<'_>, out: &mut Vec<Output>) {
        let header = &incoming.message.header;
        let mode = mode_of(header.exchange);
        if let Some(id) = self.find(header.cookies, mode).map(|sa| sa.id) {
            return match mode {
                Some(mode) => self.continue_exchange(id, mode, incoming, out),
                None if header.exchange == ExchangeType::QUICK && self.config.crypto_map.is_some() => {
                    self.quick(id, incoming, out);
                }
                None => self.informational(id, incoming, out),
            };
        }
        match mode {
            Some(mode) if header.cookies.responder.is_zero() => self.first_message(mode, incoming, out),
            _ => self.stray(incoming, out),
        }
    }

    /// The negotiation with these cookies; an initiator that has heard nothing yet knows only its own.
    pub(super) fn find(&self, cookies: CookiePair, mode: Option<Mode>) -> Option<&Sa> {
        // A zero responder cookie never matches: that is a first message, and its repetition is known by its bytes.
        let both = self.sas.iter().find(|sa| sa.cookies == cookies && !cookies.responder.is_zero());
        both.or_else(|| {
            // Nothing authenticates the responder's cookie before its HASH does: whoever answers first is heard.
            // In phase 1 alone: what runs under an SA names both.
            let enough = mode.is_some() && self.config.profile.own_cookie_is_enough.value;
            let unanswered =
                |sa: &&Sa| sa.role == Role::Initiator && (enough || sa.cookies.responder.is_zero());
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
        if let Some(name) = sa.phase1.already_accepted(incoming.bytes) {
            return self.duplicate(id, name, out);
        }
        let state = sa.exchange.state();
        // The responder's cookie is whatever its first message says; the keys are made from that one.
        let known = !sa.cookies.responder.is_zero();
        let cookies = if known { sa.cookies } else { incoming.message.header.cookies };
        let awaited = state.awaited().filter(|name| name.mode() == Some(mode));
        let about = About { sa: Some(id), message: awaited, cookies, now: incoming.now, notify: false };
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
            same_host && sa.phase1.already_accepted(incoming.bytes) == Some(first)
        });
        if let Some(id) = known.map(|sa| sa.id) {
            return self.duplicate(id, first, out);
        }
        let (id, initiator) = (SaId(self.next), incoming.message.header.cookies.initiator);
        let cookies = CookiePair { initiator, responder: self.cookie(id) };
        match self.respond(id, mode, cookies, incoming, out) {
            Err(failure) => {
                let about =
                    About { sa: None, message: Some(first), cookies, now: incoming.now, notify: false };
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
        // Devices listen on interfaces that have a crypto map.
        let entries = self.config.crypto_map.as_ref();
        if entries.is_some_and(|entries| !entries.iter().any(|entry| entry.interface)) {
            return Err(Reason::MapUnbound.into());
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
        let about = About { sa: None, message: None, cookies: header.cookies, now: incoming.now, notify };
        self.refuse(incoming.path, &about, reason.into(), out);
    }
}
