//! The children of one side, as far as the properties need them.

use ike::{ChildEvent, IpsecSa, QuickState, Role};
use isakmp::MessageId;

use crate::timeline::mirrored;

/// One Quick Mode.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Child {
    id: MessageId,
    /// This side began it.
    asked: bool,
    /// Where it stands, or stood last.
    last: Option<QuickState>,
    /// What was installed for it, even if it is gone again.
    sas: Vec<IpsecSa>,
    /// Installed under an SA of phase 1 that never was active here.
    unproven: bool,
}

/// All of one side, in the order in which they began.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Children(Vec<Child>);

impl Children {
    /// `proven`: the SA that it is under is active here, or was.
    pub fn hear(&mut self, id: MessageId, what: &ChildEvent, proven: impl Fn() -> bool) {
        if let ChildEvent::Opened { role, .. } = what {
            let asked = *role == Role::Initiator;
            return self.0.push(Child { id, asked, last: None, sas: Vec::new(), unproven: false });
        }
        let Some(child) = self.0.iter_mut().rev().find(|child| child.id == id) else { return };
        match what {
            ChildEvent::Entered(state) => child.last = Some(*state),
            ChildEvent::Installed(sas) => {
                child.sas.clone_from(sas);
                child.unproven = !proven();
            }
            ChildEvent::Opened { .. } | ChildEvent::Agreed(_) | ChildEvent::Ended { .. } => {}
        }
    }

    /// Whatever is installed stands on an SA that was proven.
    pub fn proven(&self) -> bool {
        !self.0.iter().any(|child| child.unproven)
    }

    /// What is up here was made by the other side too, with the same keys.
    pub fn agree(&self, others: &Children) -> bool {
        let up = self.0.iter().filter(|child| child.last == Some(QuickState::Active));
        up.into_iter().all(|child| {
            let twins = others.0.iter().filter(|other| other.id == child.id);
            twins.into_iter().any(|twin| mirrored(&child.sas, &twin.sas))
        })
    }

    /// The first child that was asked for: where it stands here.
    pub fn first(&self) -> Option<(MessageId, Option<QuickState>)> {
        self.0.iter().find(|child| child.asked).map(|child| (child.id, child.last))
    }

    /// Where the Quick Mode with this message id stands.
    pub fn state(&self, id: MessageId) -> Option<QuickState> {
        self.0.iter().find(|child| child.id == id).and_then(|child| child.last)
    }
}

#[cfg(test)]
mod tests {
    use ike::keymat::ChildKey;
    use isakmp::ProtocolId;

    use super::*;

    fn sas(inbound: bool, key: u8) -> ChildEvent {
        let sa = |inbound, spi: u8| IpsecSa {
            protocol: ProtocolId::ESP,
            inbound,
            spi: vec![0, 0, 0, spi],
            key: ChildKey::new(vec![key; 20]),
        };
        ChildEvent::Installed(vec![sa(inbound, 1), sa(!inbound, 2)])
    }

    fn opened(role: Role) -> ChildEvent {
        let any = ike::Subnet::new("10.0.0.0".parse().unwrap(), 8).unwrap();
        let end = ike::Selector { subnet: any, protocol: 0, port: 0 };
        ChildEvent::Opened { role, selectors: ike::Selectors { local: end, remote: end } }
    }

    fn side(role: Role, key: u8, proven: bool) -> Children {
        let mut children = Children::default();
        let active = ChildEvent::Entered(QuickState::Active);
        for event in [opened(role), sas(role == Role::Initiator, key), active] {
            children.hear(MessageId(7), &event, || proven);
        }
        children
    }

    /// Engines that are broken so say such things: each is found by its property.
    #[test]
    fn a_broken_engine_is_found() {
        let asking = side(Role::Initiator, 1, true);
        assert!(asking.agree(&side(Role::Responder, 1, true)) && asking.proven());
        assert!(!asking.agree(&side(Role::Responder, 2, true)), "other keys at the other end");
        assert!(!asking.agree(&Children::default()), "nothing at the other end");
        assert!(!side(Role::Responder, 1, false).proven(), "a child of an SA that nobody proved");
        assert_eq!(asking.first(), Some((MessageId(7), Some(QuickState::Active))));
    }
}
