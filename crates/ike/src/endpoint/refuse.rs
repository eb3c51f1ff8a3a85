//! A message was not accepted: what is said, what the peer is told, and whether the SA goes.

use std::time::Duration;

use isakmp::{Cookie, CookiePair, ExchangeType, Header, MessageId};

use super::incoming::strip_marker;
use super::{Endpoint, transmit};
use crate::event::{Ended, Event, Label, Output, SaId};
use crate::exchange::{Failure, Path, Secrets, informational};
use crate::iv::Iv;
use crate::message_name::{ExchangeKind, MessageName};
use crate::reason::{Answer, Disposition};
use crate::state::Mode;
use crate::time::Instant;

/// What a message that was not accepted belongs to.
pub(super) struct About {
    pub sa: Option<SaId>,
    /// Where it can be told.
    pub message: Option<MessageName>,
    pub cookies: CookiePair,
    /// When it came.
    pub now: Instant,
    /// It came in an Informational exchange.
    pub notify: bool,
}

impl Endpoint {
    /// Whose message it would have been, as far as the header can be read.
    pub(super) fn about(&self, now: Instant, path: Path, datagram: &[u8]) -> About {
        let header = strip_marker(path, datagram).ok().and_then(|bytes| Header::decode(bytes).ok());
        let Some(header) = header else {
            let cookies = CookiePair { initiator: Cookie::ZERO, responder: Cookie::ZERO };
            return About { sa: None, message: None, cookies, now, notify: false };
        };
        let mode = mode_of(header.exchange);
        let sa = self.find(header.cookies, mode);
        let first = mode.filter(|_| header.cookies.responder.is_zero());
        let message = match sa {
            Some(sa) if mode.is_none_or(|mode| mode != sa.mode) => None,
            Some(sa) => sa.exchange.state().awaited(),
            None => first.map(first_of),
        };
        let mut cookies = header.cookies;
        if sa.is_none() && first.is_some() {
            // The answer to a first message bears both cookies (RFC 2408 section 2.5.3).
            cookies.responder = self.cookie(SaId(self.next));
        }
        let notify = header.exchange == ExchangeType::INFORMATIONAL;
        About { sa: sa.map(|sa| sa.id), message, cookies, now, notify }
    }

    /// Carries out what the profile's table says about the reason.
    pub(super) fn refuse(&mut self, path: Path, about: &About, failure: Failure, out: &mut Vec<Output>) {
        let Failure { reason, secrets } = failure;
        let reaction = self.config.profile.reaction(&reason, about.message);
        let (sa, message, certainty) = (about.sa, about.message, reaction.certainty);
        let removes = reaction.disposition == Disposition::Remove;
        // Those of the failed step first: its message moved the sender's IV, and ours must stand behind it.
        let secrets = secrets.or_else(|| self.secrets_of(sa));
        // Before the answer: a reader sees the cause above its effect.
        out.push(Output::Event(if removes {
            Event::Refused { sa, message, child: None, reason, certainty }
        } else {
            Event::Dropped { sa, message, reason, certainty }
        }));
        // Never to the sender of this datagram: its address may be forged.
        let path = self.sas.iter().find(|known| Some(known.id) == sa).map_or(path, |known| known.path);
        // Two hosts that answered each other's damaged notifies would never stop.
        if !about.notify {
            self.answer(path, about, reaction.answer, secrets.as_deref(), out);
        }
        if let Some(id) = sa.filter(|_| removes) {
            self.end(id, Ended::Rejected, out);
        } else if reaction.disposition == Disposition::Mute {
            self.mute(sa, about.now);
        }
    }

    /// Nothing is sent again for this SA, and it goes a while after the last such message.
    fn mute(&mut self, id: Option<SaId>, now: Instant) {
        const MUTED: Duration = Duration::from_secs(60);
        if let Some(sa) = self.sas.iter_mut().find(|sa| Some(sa.id) == id) {
            sa.muted_until = Some(now + MUTED);
        }
    }

    /// The keys of an SA, where it has any.
    fn secrets_of(&self, id: Option<SaId>) -> Option<Box<Secrets>> {
        let sa = self.sas.iter().find(|sa| Some(sa.id) == id)?;
        sa.exchange.secrets().map(|secrets| Box::new(secrets.clone()))
    }

    /// Tells the peer, as the table says. Without keys a protected notify cannot be sent.
    fn answer(
        &mut self,
        path: Path,
        about: &About,
        answer: Answer,
        secrets: Option<&Secrets>,
        out: &mut Vec<Output>,
    ) {
        let label = |notify, protected| Label::Notify { sa: about.sa, notify, protected };
        let (bytes, label) = match (answer, secrets) {
            (Answer::Silence, _) | (Answer::Protected(_) | Answer::Delete, None) => return,
            (Answer::Clear(notify), _) => (informational::clear(about.cookies, notify), label(notify, false)),
            (Answer::Protected(notify), Some(secrets)) => {
                let (iv, message_id) = self.answer_iv(about.sa, secrets);
                (informational::protected(secrets, &iv, message_id, notify), label(notify, true))
            }
            (Answer::Delete, Some(secrets)) => {
                let (iv, message_id) = self.answer_iv(about.sa, secrets);
                (informational::delete(secrets, &iv, message_id), Label::Delete { sa: about.sa })
            }
        };
        out.push(transmit(path, &bytes, label));
    }

    fn answer_iv(&mut self, id: Option<SaId>, secrets: &Secrets) -> (Iv, MessageId) {
        let message_id = self.fresh_message_id();
        let sa = self.sas.iter().find(|sa| Some(sa.id) == id);
        let iv = sa.map(|sa| self.informational_iv(sa, secrets, message_id));
        (iv.unwrap_or_else(|| secrets.chain(message_id)), message_id)
    }

    pub(super) fn fresh_message_id(&mut self) -> MessageId {
        // Never used twice: under one message id two exchanges would have one IV.
        let message_id = self.streams.message_id("informational", self.informational);
        self.informational = self.informational.saturating_add(1);
        message_id
    }
}

/// The phase 1 exchange of this type.
pub(super) fn mode_of(exchange: ExchangeType) -> Option<Mode> {
    ExchangeKind::from_assigned(exchange)?.mode()
}

/// The message that begins an exchange of this mode.
pub(super) fn first_of(mode: Mode) -> MessageName {
    match mode {
        Mode::Main => MessageName::MSG1,
        Mode::Aggressive => MessageName::AM1,
    }
}
