//! How children under an SA are refused, deleted and given up.

use isakmp::{ExchangeType, Flags, Header, MessageId, NotifyType, ProtocolId};

use super::incoming::strip_marker;
use super::quick::{Child, MAX_CHILDREN};
use super::{Endpoint, transmit};
use crate::event::{ChildEvent, Ended, Event, Label, Output, SaId};
use crate::exchange::quick_mode::QuickFailure;
use crate::exchange::{Path, informational};
use crate::message_name::MessageName;
use crate::profile::GivesUp;
use crate::reason::{Certainty, Reason};
use crate::state::{QuickState, Role};

impl Endpoint {
    /// What is proven to be the peer's and does not fit is refused, and the peer is told; all else is dropped.
    pub(super) fn refuse_child(
        &mut self,
        id: SaId,
        message_id: MessageId,
        message: Option<MessageName>,
        QuickFailure { reason, offered }: QuickFailure,
        out: &mut Vec<Output>,
    ) {
        let rules = &self.config.profile.quick_mode;
        let Reason::NoChild(mismatch) = &reason else {
            let certainty = Certainty::Inferred;
            let told = if reason == Reason::ChildGone {
                rules.tells_gone.value
            } else {
                unreadable(&reason).filter(|_| rules.tells_unreadable.value)
            };
            out.push(Output::Event(Event::Dropped { sa: Some(id), message, reason, certainty }));
            return told.into_iter().for_each(|notify| self.tell(id, notify, out));
        };
        let (notify, certainty) = rules.refusal(mismatch);
        let deletes = rules.deletes_phase_1.value;
        let Some(sa) = self.sas.iter_mut().find(|sa| sa.id == id) else {
            return;
        };
        let again = sa.refused.contains(&message_id);
        // Beyond the bound a repeated one counts as new, and is refused once more.
        if !again && sa.refused.len() < MAX_CHILDREN {
            sa.refused.push(message_id);
        }
        let child = Some(message_id);
        out.push(Output::Event(Event::Refused { sa: Some(id), message, child, reason, certainty }));
        if again && !rules.refuses_again.value {
            return;
        }
        let Some((secrets, cookies, path)) = self.keys_of(id) else {
            return;
        };
        // An ASA names the ISAKMP SA, whatever the protocol; others the SPI that they refuse.
        let spi = match (deletes, offered) {
            (true, _) => (ProtocolId::ESP, informational::spi(cookies)),
            (false, Some(offered)) => offered,
            (false, None) => (ProtocolId::ESP, Vec::new()),
        };
        let refusal = informational::child_refused(&secrets, self.fresh_message_id(), notify, spi);
        out.push(transmit(path, &refusal, Label::Notify { sa: Some(id), notify, protected: true }));
        // An answer that is refused ends what was asked for.
        self.end_child(id, message_id, Ended::Rejected, out);
        if deletes {
            self.tell_gone(id, out);
            self.end(id, Ended::Rejected, out);
        }
    }

    /// The SA under which a Quick Mode message came that is not encrypted (RFC 2409 5.5: HDR*).
    pub(super) fn quick_in_clear(&self, path: Path, datagram: &[u8]) -> Option<SaId> {
        let header = Header::decode(strip_marker(path, datagram).ok()?).ok()?;
        let in_clear = header.exchange == ExchangeType::QUICK
            && header.version.major() == 1
            && !header.flags.contains(Flags::ENCRYPTION);
        let sa =
            self.sas.iter().find(|sa| sa.cookies == header.cookies && sa.exchange.state().is_active())?;
        let under = self.config.ike_enabled && self.config.crypto_map.is_some();
        (in_clear && under).then_some(sa.id)
    }

    /// Its payloads are not looked at: they may be what was encrypted, under a bit that was flipped.
    pub(super) fn refuse_clear_quick(&mut self, id: SaId, out: &mut Vec<Output>) {
        let (reason, certainty) = (Reason::WrongEncryption { encrypted: false }, Certainty::Inferred);
        out.push(Output::Event(Event::Dropped { sa: Some(id), message: None, reason, certainty }));
        match self.config.profile.quick_mode.tells_clear.value {
            Some((notify, true)) => self.tell(id, notify, out),
            Some((notify, false)) => {
                if let Some(sa) = self.sas.iter().find(|sa| sa.id == id) {
                    let label = Label::Notify { sa: Some(id), notify, protected: false };
                    out.push(transmit(sa.path, &informational::clear(sa.cookies, notify), label));
                }
            }
            None => {}
        }
    }

    /// Tells the peer, under the SA's keys.
    pub(super) fn tell(&mut self, id: SaId, notify: NotifyType, out: &mut Vec<Output>) {
        let Some((secrets, _, path)) = self.keys_of(id) else {
            return;
        };
        let message_id = self.fresh_message_id();
        let bytes = informational::protected(&secrets, &secrets.chain(message_id), message_id, notify);
        out.push(transmit(path, &bytes, Label::Notify { sa: Some(id), notify, protected: true }));
    }

    /// Whether an authenticated error notify is about a child of ours, and not about the SA itself.
    pub(super) fn refused_by_peer(
        &mut self,
        id: SaId,
        notify: NotifyType,
        spi: &[u8],
        out: &mut Vec<Output>,
    ) -> bool {
        let Some(sa) = self.sas.iter().find(|sa| sa.id == id) else {
            return false;
        };
        let rules = &self.config.profile.quick_mode;
        if rules.goes_on_behind(notify) && !sa.under.is_empty() {
            let heard = Event::NotifyReceived { sa: Some(id), notify, protected: true, obeyed: false };
            out.push(Output::Event(heard));
            return true;
        }
        let waiting = || {
            // A refusal answers QM1: behind QM2 there is nothing left to refuse.
            let waits = |child: &&Child| child.quick.state() == QuickState::WaitMsg2;
            sa.under.iter().filter(move |(_, child)| waits(child))
        };
        // By our SPI where it is named; else the oldest that waits: answers come in order.
        let named = waiting().find(|(_, child)| child.quick.own_spi() == spi);
        let oldest = || waiting().min_by_key(|(_, child)| child.number);
        let Some(message_id) = named.or_else(oldest).map(|(message_id, _)| *message_id) else {
            return false;
        };
        let obeyed = rules.obeys_refusal.value;
        out.push(Output::Event(Event::NotifyReceived { sa: Some(id), notify, protected: true, obeyed }));
        if obeyed {
            self.end_child(id, message_id, Ended::Deleted, out);
        }
        true
    }

    /// Takes a child out and says how it ended.
    pub(super) fn end_child(&mut self, id: SaId, child: MessageId, how: Ended, out: &mut Vec<Output>) {
        let sa = self.sas.iter_mut().find(|sa| sa.id == id);
        if let Some(gone) = sa.and_then(|sa| sa.under.remove(&child)) {
            let what = ChildEvent::Ended { how, state: gone.quick.state() };
            out.push(Output::Event(Event::Child { sa: id, child, what }));
            self.child_gone(&gone, how, false);
        }
    }

    /// The wait for QM2 or QM3 is over.
    pub(super) fn give_up_child(&mut self, id: SaId, message_id: MessageId, out: &mut Vec<Output>) {
        let sa = self.sas.iter().find(|sa| sa.id == id);
        let Some(child) = sa.and_then(|sa| sa.under.get(&message_id)).cloned() else {
            return;
        };
        let gives_up = self.config.profile.quick_mode.gives_up.value[child.role];
        if gives_up == GivesUp::Phase1 {
            return self.end(id, Ended::GaveUp, out);
        }
        self.end_child(id, message_id, Ended::GaveUp, out);
        let sa = self.sas.iter_mut().find(|sa| sa.id == id);
        // Beyond the bound a repeated one begins anew.
        if let Some(sa) = sa.filter(|sa| child.role == Role::Responder && sa.given_up.len() < MAX_CHILDREN) {
            sa.given_up.push(message_id);
        }
        // Where QM3 was lost the initiator is up alone: its SAs must go too.
        if gives_up == GivesUp::ChildWithDelete {
            self.tell_child_gone(id, &child, out);
        }
    }
}

/// What is said of a message that is not what it should be.
fn unreadable(reason: &Reason) -> Option<NotifyType> {
    // Cut within a block, charon's plaintext fails the hash and not the cipher.
    if matches!(reason, Reason::HashMismatch { .. } | Reason::NotBlocks { .. }) {
        return Some(NotifyType::INVALID_HASH_INFORMATION);
    }
    let junk = matches!(reason, Reason::Undecryptable(_) | Reason::MissingPayload(_) | Reason::ChildDone);
    junk.then_some(NotifyType::PAYLOAD_MALFORMED)
}
