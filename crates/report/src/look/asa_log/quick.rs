//! Quick Mode in an ASA's syslog: the lines of public traces of both roles, in their order.

use ike::{ChildEvent, Instant, IpsecSa, QuickState, Role};
use isakmp::MessageId;
use sim::{Actor, Entry, Kind};

use super::super::clock;
use super::super::ipsec::number;
use super::Log;

impl Log<'_> {
    pub(super) fn child(&mut self, entry: &Entry, MessageId(id): MessageId, what: &ChildEvent) {
        let at = entry.at;
        match what {
            ChildEvent::Opened { role: Role::Initiator, .. } => {
                self.in_group(at, "7-713906", "Oakley begin quick mode");
                self.in_group(at, "7-714002", &format!("IKE Initiator starting QM: msg id = {id:08x}"));
                self.in_group(
                    at,
                    "7-714004",
                    &format!("IKE Initiator sending 1st QM pkt: msg id = {id:08x}"),
                );
            }
            ChildEvent::Opened { role: Role::Responder, .. } => {
                self.in_group(at, "7-714003", &format!("IKE Responder starting QM: msg id = {id:08x}"));
            }
            ChildEvent::Installed(_) => {
                // One for each direction.
                for _ in 0..2 {
                    self.in_group(at, "7-715001", "Generating Quick Mode Key!");
                }
            }
            ChildEvent::Entered(QuickState::WaitMsg3) => {
                self.in_group(
                    at,
                    "7-714005",
                    &format!("IKE Responder sending 2nd QM pkt: msg id = {id:08x}"),
                );
            }
            ChildEvent::Entered(QuickState::Active) => self.completed(entry, MessageId(id)),
            ChildEvent::Entered(QuickState::WaitMsg2) | ChildEvent::Agreed(_) | ChildEvent::Ended { .. } => {}
        }
    }

    fn completed(&mut self, entry: &Entry, id: MessageId) {
        let (at, peer) = (entry.at, self.peer.clone());
        let Some((role, sas)) = self.made(entry, id) else { return };
        let spi = |inbound| sas.iter().find(|sa| sa.inbound == inbound).map_or(0, |sa| number(&sa.spi));
        let (inbound, outbound) = (spi(true), spi(false));
        let who = if role == Role::Initiator { "Initiator" } else { "Responder" };
        // Two blanks, as devices have them.
        let text = format!(
            "Security negotiation complete for LAN-to-LAN Group ({peer})  {who}, Inbound SPI = 0x{inbound:08x}, Outbound SPI = \
             0x{outbound:08x}"
        );
        self.in_group(at, "5-713049", &text);
        if role == Role::Initiator {
            let text = format!("IKE Initiator sending 3rd QM pkt: msg id = {:08x}", id.0);
            self.in_group(at, "7-714006", &text);
        }
        let own = self.setup.hosts[self.device].address;
        for (way, spi) in [("outbound", outbound), ("inbound", inbound)] {
            let (time, _) = clock(at);
            self.lines.push(format!(
                "Jan 01 {time}: %ASA-6-602303: IPSEC: An {way} LAN-to-LAN SA (SPI= 0x{spi:08X}) between {own} and {peer} (user= \
                 {peer}) has been created."
            ));
        }
        self.in_group(at, "5-713120", &format!("PHASE 2 COMPLETED (msgid={:08x})", id.0));
    }

    /// This device's part in a Quick Mode, and what was installed for it by now.
    fn made(&self, entry: &Entry, id: MessageId) -> Option<(Role, Vec<IpsecSa>)> {
        let (mut role, mut sas) = (None, Vec::new());
        let own = self.trace.entries().iter().filter(|one| one.actor == Actor::Peer(self.device));
        for one in own.take_while(|one| one.id <= entry.id) {
            let Kind::Engine(ike::Event::Child { child, what, .. }) = &one.kind else { continue };
            match what {
                ChildEvent::Opened { role: part, .. } if *child == id => role = Some(*part),
                ChildEvent::Installed(made) if *child == id => sas.clone_from(made),
                ChildEvent::Opened { .. }
                | ChildEvent::Installed(_)
                | ChildEvent::Entered(_)
                | ChildEvent::Agreed(_)
                | ChildEvent::Ended { .. } => {}
            }
        }
        role.map(|role| (role, sas))
    }

    /// Once the tunnel-group is known, its name stands in front.
    fn in_group(&mut self, at: Instant, id: &str, text: &str) {
        let ((time, _), peer) = (clock(at), &self.peer);
        self.lines.push(format!("Jan 01 {time}: %ASA-{id}: Group = {peer}, IP = {peer}, {text}"));
    }
}
