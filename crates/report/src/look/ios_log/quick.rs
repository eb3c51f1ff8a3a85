//! Quick Mode in `debug crypto isakmp`: nodes and the states that public traces of both roles have.

use ike::{ChildEvent, Ended, Instant, QuickState, Role};
use isakmp::{MessageId, NotifyType};

use super::super::clock;
use super::super::ios::connection;
use super::Log;

impl Log<'_> {
    pub(super) fn child(&mut self, at: Instant, MessageId(node): MessageId, what: &ChildEvent) {
        let first = if self.device == Role::Initiator { "IKE_QM_I_QM1" } else { "IKE_QM_SPI_STARVE" };
        match what {
            ChildEvent::Opened { role: Role::Initiator, .. } => {
                self.quick(at, "ISAKMP", &format!("beginning Quick Mode exchange, M-ID of {node}"));
                self.node(at, node, "IKE_MESG_INTERNAL, IKE_INIT_QM", ["IKE_QM_READY", "IKE_QM_I_QM1"]);
            }
            ChildEvent::Opened { role: Role::Responder, .. } => {
                self.quick(at, "ISAKMP", &format!("set new node {node} to QM_IDLE      "));
            }
            ChildEvent::Agreed(_) => {
                self.quick(at, "ISAKMP", "Checking IPSec proposal 1");
                self.quick(at, "ISAKMP", "atts are acceptable.");
            }
            ChildEvent::Installed(_) => {
                let starved = self.device == Role::Responder;
                if starved {
                    self.node(at, node, "IKE_MESG_FROM_PEER, IKE_QM_EXCH", ["IKE_QM_READY", first]);
                }
                let input = if starved {
                    "IKE_MESG_INTERNAL, IKE_GOT_SPI"
                } else {
                    "IKE_MESG_FROM_PEER, IKE_QM_EXCH"
                };
                self.node(at, node, input, [first, "IKE_QM_IPSEC_INSTALL_AWAIT"]);
            }
            ChildEvent::Entered(QuickState::WaitMsg3) => self.installed(at, node, "IKE_QM_R_QM2"),
            ChildEvent::Entered(QuickState::Active) if self.device == Role::Initiator => {
                self.deleted(at, node, "No Error");
                self.installed(at, node, "IKE_QM_PHASE2_COMPLETE");
            }
            ChildEvent::Entered(QuickState::Active) => {
                self.deleted(at, node, "QM done (await)");
                let states = ["IKE_QM_R_QM2", "IKE_QM_PHASE2_COMPLETE"];
                self.node(at, node, "IKE_MESG_FROM_PEER, IKE_QM_EXCH", states);
            }
            // A refusal that was obeyed.
            ChildEvent::Ended { how: Ended::Deleted, state: QuickState::WaitMsg2 } => {
                let text = format!("deleting node {node} error TRUE reason \"Delete Larval\"");
                self.quick(at, "ISAKMP-ERROR", &text);
            }
            ChildEvent::Entered(QuickState::WaitMsg2) | ChildEvent::Ended { .. } => {}
        }
    }

    /// A protected refusal, as it comes in.
    pub(super) fn told(&mut self, at: Instant, notify: NotifyType) {
        if notify == NotifyType::NO_PROPOSAL_CHOSEN {
            self.quick(at, "ISAKMP", "processing NOTIFY PROPOSAL_NOT_CHOSEN protocol 3");
        }
    }

    fn installed(&mut self, at: Instant, node: u32, state: &str) {
        let states = ["IKE_QM_IPSEC_INSTALL_AWAIT", state];
        self.node(at, node, "IKE_MESG_FROM_IPSEC, IPSEC_INSTALL_DONE", states);
    }

    fn deleted(&mut self, at: Instant, node: u32, reason: &str) {
        self.quick(at, "ISAKMP", &format!("deleting node {node} error FALSE reason \"{reason}\""));
    }

    fn node(&mut self, at: Instant, node: u32, input: &str, [before, after]: [&str; 2]) {
        self.quick(at, "ISAKMP", &format!("Node {node}, Input = {input}"));
        self.quick(at, "ISAKMP", &format!("Old State = {before}  New State = {after}"));
    }

    fn quick(&mut self, at: Instant, head: &str, text: &str) {
        let (time, millis) = clock(at);
        let number = self.newest().map_or(0, |(id, one)| connection(*id, one));
        self.lines.push(format!("*Jan  1 {time}.{millis:03}: {head}: ({number}):{text}"));
    }
}
