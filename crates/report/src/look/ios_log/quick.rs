//! Quick Mode in `debug crypto isakmp`: nodes and the states that public traces of both roles have.

use ike::{ChildEvent, Ended, Event, Instant, QuickState, Role};
use isakmp::{MessageId, NotifyType};
use sim::{Actor, Entry};
use vendor::ios::{self, quick};

use super::super::child::number;
use super::Log;

impl Log<'_> {
    pub(super) fn child(&mut self, at: Instant, MessageId(node): MessageId, what: &ChildEvent) {
        let first = if self.device == Role::Initiator { "I_QM1" } else { "SPI_STARVE" };
        match what {
            ChildEvent::Opened { role: Role::Initiator, .. } => {
                self.numbered(at, &quick::BEGINNING.print(&[("node", &node)]));
                self.node(at, node, "IKE_MESG_INTERNAL, IKE_INIT_QM", ["READY", "I_QM1"]);
            }
            ChildEvent::Opened { role: Role::Responder, .. } => {
                self.numbered(at, &quick::NEW_NODE.print(&[("node", &node)]));
            }
            ChildEvent::Agreed(_) => {
                self.numbered(at, &quick::CHECKING.print(&[("number", &1)]));
                self.numbered(at, &quick::ACCEPTABLE.print(&[]));
            }
            ChildEvent::Installed(_) => {
                let starved = self.device == Role::Responder;
                if starved {
                    self.node(at, node, "IKE_MESG_FROM_PEER, IKE_QM_EXCH", ["READY", first]);
                }
                let input = if starved {
                    "IKE_MESG_INTERNAL, IKE_GOT_SPI"
                } else {
                    "IKE_MESG_FROM_PEER, IKE_QM_EXCH"
                };
                self.node(at, node, input, [first, "IPSEC_INSTALL_AWAIT"]);
            }
            ChildEvent::Entered(QuickState::WaitMsg3) => self.installed(at, node, "R_QM2"),
            ChildEvent::Entered(QuickState::Active) if self.device == Role::Initiator => {
                self.deleted(at, node, "No Error");
                self.installed(at, node, COMPLETE);
            }
            ChildEvent::Entered(QuickState::Active) => {
                self.deleted(at, node, "QM done (await)");
                self.node(at, node, "IKE_MESG_FROM_PEER, IKE_QM_EXCH", ["R_QM2", COMPLETE]);
            }
            ChildEvent::Ended { how: Ended::Deleted, state: QuickState::Active } => {
                self.numbered(at, &ios::DELETE.print(&[]));
                self.numbered(at, &ios::NOT_PARANOID.print(&[]));
                if let Some(spi) = self.inbound(MessageId(node)) {
                    let spi = format!("{spi:X}");
                    self.numbered(at, &quick::DELETED.print(&[("spi", &spi)]).simulated());
                }
            }
            // A refusal that was obeyed.
            ChildEvent::Ended { how: Ended::Deleted, state: QuickState::WaitMsg2 } => {
                self.numbered(at, &quick::LARVAL.print(&[("node", &node)]));
            }
            ChildEvent::Entered(QuickState::WaitMsg2) | ChildEvent::Ended { .. } => {}
        }
    }

    /// A protected refusal, as it comes in.
    pub(super) fn told(&mut self, at: Instant, notify: NotifyType) {
        if notify == NotifyType::NO_PROPOSAL_CHOSEN {
            return self.numbered(at, &quick::NOT_CHOSEN.print(&[]));
        }
        if notify.is_error() {
            let until = |one: &&Entry| one.at <= at && one.actor == Actor::Peer(self.device);
            let mut own = self.trace.entries().iter().filter(until).filter_map(|one| one.kind.event());
            let protocol = if own.any(|event| matches!(event, Event::Child { .. })) { 3 } else { 1 };
            // No trace has another notify: how IOS spells them is not known.
            let line = ios::NOTIFY.print(&[("notify", &notify), ("protocol", &protocol)]);
            self.numbered(at, &line.simulated());
        }
    }

    /// The SPI under which this side of a child receives.
    fn inbound(&self, id: MessageId) -> Option<u32> {
        let own = self.trace.entries().iter().filter(|one| one.actor == Actor::Peer(self.device));
        own.filter_map(|one| one.kind.event()).find_map(|event| {
            let Event::Child { child, what: ChildEvent::Installed(sas), .. } = event else { return None };
            sas.iter().find(|sa| *child == id && sa.inbound).map(|sa| number(&sa.spi))
        })
    }

    fn installed(&mut self, at: Instant, node: u32, state: &str) {
        self.node(at, node, "IKE_MESG_FROM_IPSEC, IPSEC_INSTALL_DONE", ["IPSEC_INSTALL_AWAIT", state]);
    }

    fn deleted(&mut self, at: Instant, node: u32, reason: &str) {
        self.numbered(at, &quick::DONE.print(&[("node", &node), ("reason", &reason)]));
    }

    fn node(&mut self, at: Instant, node: u32, input: &str, [old, state]: [&str; 2]) {
        self.numbered(at, &quick::NODE.print(&[("node", &node), ("input", &input)]));
        let old = format!("IKE_QM_{old}");
        let line = if state == COMPLETE { &quick::COMPLETE } else { &quick::MOVED };
        self.numbered(at, &line.print(&[("old", &old), ("state", &state)]));
    }
}

/// The last state of a node.
const COMPLETE: &str = "PHASE2_COMPLETE";
