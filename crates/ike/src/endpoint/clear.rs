//! SAs that are cleared by an operator, or by the peer's Delete; and children that outlive the SA that they were made
//! under.

use std::net::IpAddr;

use isakmp::{MessageId, ProtocolId};

use super::quick::{Child, MAX_CHILDREN};
use super::{Endpoint, Sa, transmit};
use crate::event::{ChildEvent, Clear, Ended, Event, Label, Output, SaId};
use crate::exchange::informational;
use crate::state::QuickState;

/// A child whose ISAKMP SA is gone.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Orphan {
    sa: SaId,
    message_id: MessageId,
    pub peer: IpAddr,
    pub child: Child,
}

impl Endpoint {
    /// An operator clears SAs.
    pub(super) fn clear(&mut self, Clear { what, notify }: Clear, out: &mut Vec<Output>) {
        let ids: Vec<SaId> = self.sas.iter().map(|sa| sa.id).collect();
        for id in ids {
            // Children first: their Deletes need the SA that goes behind them.
            if what.has_children() {
                self.clear_children(id, notify, out);
            }
            if what.has_phase_1() {
                if notify {
                    self.tell_gone(id, out);
                }
                self.end(id, Ended::Cleared, out);
            }
        }
        if what.has_children() {
            // In silence: there is no SA to tell it under.
            self.end_orphans(Ended::Cleared, |_| true, out);
        }
    }

    fn clear_children(&mut self, id: SaId, notify: bool, out: &mut Vec<Output>) {
        let sa = self.sas.iter().find(|sa| sa.id == id);
        let children: Vec<(MessageId, Child)> =
            sa.into_iter().flat_map(|sa| &sa.under).map(|(id, child)| (*id, child.clone())).collect();
        for (message_id, child) in children {
            if notify {
                self.tell_child_gone(id, &child, out);
            }
            self.end_child(id, message_id, Ended::Cleared, out);
        }
    }

    /// Tells the peer that this ISAKMP SA is gone.
    pub(super) fn tell_gone(&mut self, id: SaId, out: &mut Vec<Output>) {
        let Some((secrets, _, path)) = self.keys_of(id) else {
            return;
        };
        let message_id = self.fresh_message_id();
        let delete = informational::delete(&secrets, &secrets.chain(message_id), message_id);
        out.push(transmit(path, &delete, Label::Delete { sa: Some(id) }));
    }

    /// Tells the peer which SAs of a child this side receives on no more; none that was only asked for.
    pub(super) fn tell_child_gone(&mut self, id: SaId, child: &Child, out: &mut Vec<Output>) {
        let Some((secrets, _, path)) = self.keys_of(id) else {
            return;
        };
        let received: Vec<(ProtocolId, Vec<u8>)> = child.quick.received_on().collect();
        for (protocol, spi) in received {
            let message_id = self.fresh_message_id();
            let delete = informational::delete_child(&secrets, message_id, protocol, spi);
            out.push(transmit(path, &delete, Label::Delete { sa: Some(id) }));
        }
    }

    /// An authenticated Delete of SAs that the peer receives on.
    pub(super) fn delete_children(&mut self, id: SaId, spis: &[Vec<u8>], out: &mut Vec<Output>) {
        let Some(sa) = self.sas.iter().find(|sa| sa.id == id) else {
            return;
        };
        let meant = |child: &Child| spis.iter().any(|spi| child.quick.has_peer_spi(spi));
        let peer = sa.path.remote.ip();
        let gone: Vec<(MessageId, Child)> = sa
            .under
            .iter()
            .filter(|(_, child)| meant(child))
            .map(|(message_id, child)| (*message_id, child.clone()))
            .collect();
        for (message_id, child) in gone {
            if self.config.profile.quick_mode.answers_delete.value {
                self.tell_child_gone(id, &child, out);
            }
            self.end_child(id, message_id, Ended::Deleted, out);
        }
        self.end_orphans(Ended::Deleted, |orphan| orphan.peer == peer && meant(&orphan.child), out);
    }

    /// What stands under an SA goes with it; where the vendor has it so, what is up stays behind a Delete.
    pub(super) fn end_under(&mut self, sa: Sa, how: Ended, out: &mut Vec<Output>) {
        let deleted = matches!(how, Ended::Deleted | Ended::Cleared);
        let keeps = deleted && self.config.profile.quick_mode.keeps_children.value;
        for (message_id, child) in sa.under {
            let is_up = child.quick.state() == QuickState::Active;
            if keeps && is_up && self.orphans.len() < MAX_CHILDREN {
                self.orphans.push(Orphan { sa: sa.id, message_id, peer: sa.path.remote.ip(), child });
                continue;
            }
            let what = ChildEvent::Ended { how, state: child.quick.state() };
            out.push(Output::Event(Event::Child { sa: sa.id, child: message_id, what }));
            self.child_gone(&child, how, true);
        }
    }

    /// Children without an SA of theirs go, those that are meant.
    pub(super) fn end_orphans(&mut self, how: Ended, meant: impl Fn(&Orphan) -> bool, out: &mut Vec<Output>) {
        let (gone, kept) = std::mem::take(&mut self.orphans).into_iter().partition(|orphan| meant(orphan));
        self.orphans = kept;
        let gone: Vec<Orphan> = gone;
        for Orphan { sa, message_id, child, .. } in gone {
            let what = ChildEvent::Ended { how, state: child.quick.state() };
            out.push(Output::Event(Event::Child { sa, child: message_id, what }));
            self.child_gone(&child, how, false);
        }
    }
}
