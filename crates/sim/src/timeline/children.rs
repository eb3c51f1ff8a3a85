//! The Quick Modes of one side, and the children they led to.

use std::collections::BTreeMap;

use ike::{
    Agreed, ChildEvent, Ended, Instant, IpsecSa, MessageName, NotifyType, QuickState, Role, SaId, Selectors,
    Sending,
};
use isakmp::MessageId;

use super::note;

/// One Quick Mode of one side, as far as it has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Child {
    /// The negotiation that it is under.
    pub sa: SaId,
    /// Its message id: the same on both sides.
    pub id: MessageId,
    /// This side's part in it.
    pub role: Role,
    /// What it was begun for, as this side sees it.
    pub asked: Selectors,
    /// What it is to protect: what was asked for, or what a responder made of it.
    pub selectors: Selectors,
    /// The state; `None`: it has none yet, or is gone.
    pub state: Option<QuickState>,
    /// The state it was last in while it lived.
    pub last: Option<QuickState>,
    /// When it entered that.
    pub entered: Instant,
    /// What was agreed on.
    pub agreed: Option<Agreed>,
    /// Its SAs. Secret.
    pub sas: Vec<IpsecSa>,
    /// How it ended, and when.
    pub ended: Option<(Ended, Instant)>,
    /// Messages sent, each once, in order.
    pub sent: Vec<MessageName>,
    /// Messages accepted.
    pub received: Vec<MessageName>,
    /// Resends by timer.
    pub resends: u32,
}

/// All of one side.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Children {
    /// In the order in which they began.
    pub all: Vec<Child>,
    /// The Quick Modes that it refused, and when first.
    pub refused: BTreeMap<MessageId, Instant>,
    /// Error notifies sent under an SA that was up, each once, and whether they were protected.
    pub notifies: Vec<(NotifyType, bool)>,
}

impl Children {
    pub(super) fn hear(&mut self, now: Instant, sa: SaId, id: MessageId, what: &ChildEvent) {
        if let ChildEvent::Opened { role, selectors } = what {
            return self.all.push(Child::new(sa, id, *role, *selectors));
        }
        // The latest: a message id may come again once its exchange is over.
        if let Some(child) = self.all.iter_mut().rev().find(|one| one.sa == sa && one.id == id) {
            child.hear(now, what);
        }
    }

    /// A message of Quick Mode left.
    pub(super) fn sent(&mut self, id: MessageId, name: MessageName, sending: Sending) {
        if let Some(child) = self.all.iter_mut().rev().find(|one| one.id == id) {
            note(&mut child.sent, name);
            child.resends += u32::from(matches!(sending, Sending::Resend(_)));
        }
    }

    /// The Quick Mode with this message id.
    pub fn find(&self, id: MessageId) -> Option<&Child> {
        self.all.iter().find(|one| one.id == id)
    }
}

impl Child {
    fn new(sa: SaId, id: MessageId, role: Role, selectors: Selectors) -> Child {
        Child {
            sa,
            id,
            role,
            asked: selectors,
            selectors,
            state: None,
            last: None,
            entered: Instant::ZERO,
            agreed: None,
            sas: Vec::new(),
            ended: None,
            sent: Vec::new(),
            received: Vec::new(),
            resends: 0,
        }
    }

    fn hear(&mut self, now: Instant, what: &ChildEvent) {
        match what {
            ChildEvent::Opened { .. } => {}
            ChildEvent::Entered(state) => {
                (self.state, self.last, self.entered) = (Some(*state), Some(*state), now);
                // A state is entered by the message that it waited for, or by the first one.
                match (self.role, state) {
                    (_, QuickState::WaitMsg2) => {}
                    (_, QuickState::WaitMsg3) => note(&mut self.received, MessageName::QM1),
                    (Role::Initiator, QuickState::Active) => note(&mut self.received, MessageName::QM2),
                    (Role::Responder, QuickState::Active) => note(&mut self.received, MessageName::QM3),
                }
            }
            ChildEvent::Agreed(agreed) => {
                // The responder may have narrowed what was asked for.
                (self.agreed, self.selectors) = (Some(*agreed), agreed.selectors);
            }
            ChildEvent::Installed(sas) => self.sas.clone_from(sas),
            ChildEvent::Ended { how, .. } => (self.state, self.ended) = (None, Some((*how, now))),
        }
    }

    /// It is up, or was.
    pub fn was_active(&self) -> bool {
        self.last == Some(QuickState::Active)
    }

    /// Both ends derived the same keys; `None` where one derived none.
    pub fn keys_match(&self, other: &Child) -> Option<bool> {
        if self.sas.is_empty() || other.sas.is_empty() {
            return None;
        }
        Some(mirrored(&self.sas, &other.sas))
    }
}

/// What one side receives under an SPI, the other sends under it, with the same key; and neither has more.
pub(crate) fn mirrored(own: &[IpsecSa], others: &[IpsecSa]) -> bool {
    let same = |one: &IpsecSa| {
        let twin = |its: &&IpsecSa| its.inbound != one.inbound && its.spi == one.spi;
        let mut twins = others.iter().filter(twin).filter(|its| its.protocol == one.protocol);
        twins.any(|its| its.key == one.key)
    };
    own.len() == others.len() && own.iter().all(same)
}
