//! Informational exchanges with an SA of ours: the fourth Aggressive message, notifies, deletes.

use isakmp::{Body, ExchangeType, Header, MessageId, NotifyType};

use super::incoming::Incoming;
use super::refuse::About;
use super::{Endpoint, Sa};
use crate::event::{Ended, Event, Output, SaId};
use crate::exchange::informational::{self, News};
use crate::exchange::{Exchange, Secrets, Step};
use crate::iv::Iv;
use crate::message_name::MessageName;
use crate::profile::EarlyIv;
use crate::reason::Reason;

impl Endpoint {
    /// A message of another exchange under cookies that are known here.
    pub(super) fn informational(&mut self, id: SaId, incoming: &Incoming<'_>, out: &mut Vec<Output>) {
        let Some(sa) = self.sas.iter().find(|sa| sa.id == id) else {
            return;
        };
        if let Some(name) = sa.phase1.already_accepted(incoming.bytes) {
            return self.duplicate(id, name, out);
        }
        match self.read(sa, incoming) {
            Err(reason) => self.refuse_about(id, incoming, reason, out),
            Ok((news, protected)) => {
                // Only what is proven moves the path: anybody can send from another port.
                if protected {
                    self.float(id, incoming.path, out);
                    self.count_informational(id);
                }
                // Each finds the SA anew: a Delete among them may have ended it.
                for item in news {
                    self.hear(id, item, protected, incoming, out);
                }
            }
        }
    }

    /// Another message id, by which some forget those before it.
    fn count_informational(&mut self, id: SaId) {
        let counts = self.config.profile.quick_mode.loses_thread.value;
        if let Some(sa) = self.sas.iter_mut().find(|sa| sa.id == id).filter(|_| counts) {
            sa.informed = sa.informed.saturating_add(1);
        }
    }

    fn hear(
        &mut self,
        id: SaId,
        news: News,
        protected: bool,
        incoming: &Incoming<'_>,
        out: &mut Vec<Output>,
    ) {
        match news {
            News::Notify(NotifyType::CONNECTED, _) if protected => self.connected(id, incoming, out),
            News::Notify(notify, spi) => {
                if protected && notify.is_error() && self.refused_by_peer(id, notify, &spi, out) {
                    return;
                }
                // Status notifies end nothing, whatever the profile obeys.
                let obeyed = notify.is_error() && self.obeys(id, notify, protected);
                out.push(Output::Event(Event::NotifyReceived { sa: Some(id), notify, protected, obeyed }));
                if obeyed {
                    self.end(id, Ended::Deleted, out);
                }
            }
            News::Delete if protected => {
                out.push(Output::Event(Event::DeleteReceived { sa: id }));
                if self.config.profile.quick_mode.answers_delete.value {
                    self.tell_gone(id, out);
                }
                self.end(id, Ended::Deleted, out);
            }
            News::DeleteChildren(spis) if protected => self.delete_children(id, &spis, out),
            // RFC 2409 5.7: with keys an Informational exchange stands under them; in clear anyone could say it.
            News::Delete | News::DeleteChildren(_) => {
                self.refuse_about(id, incoming, Reason::WrongEncryption { encrypted: false }, out);
            }
        }
    }

    /// What the exchange says, and whether the SA's keys vouch for it.
    fn read(&self, sa: &Sa, incoming: &Incoming<'_>) -> Result<(Vec<News>, bool), Reason> {
        let message = &incoming.message;
        if message.header.exchange != ExchangeType::INFORMATIONAL {
            return Err(Reason::UnknownExchange(message.header.exchange));
        }
        match (&message.body, sa.exchange.secrets()) {
            (Body::Clear(payloads), _) => {
                Ok((informational::news(payloads, sa.cookies, Header::LEN)?, false))
            }
            (Body::Encrypted(_), None) => Err(Reason::WrongEncryption { encrypted: true }),
            (Body::Encrypted(_), Some(secrets)) => {
                let chain = self.informational_iv(sa, secrets, message.header.message_id);
                Ok((informational::open(secrets, &chain, message)?, true))
            }
        }
    }

    /// Where the IV of an Informational exchange begins, as this vendor has it.
    pub(super) fn informational_iv(&self, sa: &Sa, secrets: &Secrets, message_id: MessageId) -> Iv {
        // The wait for CONNECTED is ikesim's own: no vendor has an IV for it.
        let early = !sa.exchange.state().is_active() && confirmed(sa).is_none();
        match self.config.profile.early_informational.value {
            EarlyIv::MessageIdAlone if early => secrets.early_chain(message_id),
            EarlyIv::MessageIdAlone | EarlyIv::LastBlock => secrets.chain(message_id),
        }
    }

    /// Whether an error notify ends this SA, as the profile has it.
    fn obeys(&self, id: SaId, notify: NotifyType, protected: bool) -> bool {
        let profile = self.config.profile;
        let table = if protected { profile.obeys_protected_errors } else { profile.obeys_clear_errors };
        let sa = self.sas.iter().find(|sa| sa.id == id);
        // What is up is not ended by what anybody can say.
        let sa = sa.filter(|sa| protected || !sa.exchange.state().is_active());
        sa.is_some_and(|sa| table.value[sa.role].includes(notify, sa.mode))
    }

    /// AM4, HASH(1) verified: the initiator is up. In any other state it means nothing.
    fn connected(&mut self, id: SaId, incoming: &Incoming<'_>, out: &mut Vec<Output>) {
        let Some(sa) = self.sas.iter().find(|sa| sa.id == id) else {
            return;
        };
        // CONNECTED ends one wait alone; elsewhere a replayed one must not move anything.
        let Some(next) = confirmed(sa) else {
            // RFC 2408 3.1: behind the Commit bit in QM2 it says that the child's SAs may be used. Nothing here sends
            // packets, so a child that is installed has nothing to wait for.
            if !sa.under.is_empty() {
                let notify = NotifyType::CONNECTED;
                let heard = Event::NotifyReceived { sa: Some(id), notify, protected: true, obeyed: false };
                return out.push(Output::Event(heard));
            }
            let reason = Reason::OutOfOrder(sa.exchange.state());
            return self.refuse_about(id, incoming, reason, out);
        };
        if self.ignores(MessageName::AM4, out) {
            return self.refuse_about(id, incoming, Reason::Impaired, out);
        }
        let step = Step { next, reply: None, float: false, initial_contact: false };
        self.take_step(id, MessageName::AM4, incoming, (Vec::new(), step), out);
    }

    /// The peer started afresh: older SAs with it are gone.
    pub(super) fn initial_contact(&mut self, newest: SaId, out: &mut Vec<Output>) {
        // RFC 2407 4.6.3.3: the peer has no other SA with us, so what was up before this one is a leftover.
        let remote = self.sas.iter().find(|sa| sa.id == newest).map(|sa| sa.path.remote.ip());
        let same_peer = self.sas.iter().filter(|sa| Some(sa.path.remote.ip()) == remote);
        let older = same_peer.filter(|sa| sa.id < newest && sa.exchange.state().is_active());
        let older: Vec<SaId> = older.map(|sa| sa.id).collect();
        let orphaned = self.orphans.iter().any(|orphan| Some(orphan.peer) == remote);
        let (notify, obeyed) = (NotifyType::INITIAL_CONTACT, orphaned || !older.is_empty());
        out.push(Output::Event(Event::NotifyReceived { sa: Some(newest), notify, protected: true, obeyed }));
        for id in older {
            self.end(id, Ended::Replaced, out);
        }
        self.end_orphans(Ended::Replaced, |orphan| Some(orphan.peer) == remote, out);
    }

    /// Only an AM4 counts as a message of the exchange here.
    fn refuse_about(&mut self, id: SaId, incoming: &Incoming<'_>, reason: Reason, out: &mut Vec<Output>) {
        let Some(sa) = self.sas.iter().find(|sa| sa.id == id) else {
            return;
        };
        let fourth = confirmed(sa).map(|_| MessageName::AM4);
        let notify = incoming.message.header.exchange == ExchangeType::INFORMATIONAL;
        let about = About { sa: Some(id), message: fourth, cookies: sa.cookies, now: incoming.now, notify };
        self.refuse(incoming.path, &about, reason.into(), out);
    }
}

/// What an initiator that waits for AM4 becomes with it.
fn confirmed(sa: &Sa) -> Option<Exchange> {
    match &sa.exchange {
        Exchange::AggressiveInitiator(initiator) => initiator.confirmed(),
        Exchange::MainInitiator(_)
        | Exchange::MainResponder(_)
        | Exchange::AggressiveResponder(_)
        | Exchange::Active(_) => None,
    }
}
