//! Quick Mode in an ASA's syslog: the lines of public traces of both roles, in their order.

use ike::{ChildEvent, Ended, Instant, IpsecSa, QuickState, Role};
use isakmp::MessageId;
use sim::{Actor, Entry, Kind};
use vendor::asa::quick;
use vendor::{Line, Printed};

use super::super::child::number;
use super::Log;

impl Log<'_> {
    pub(super) fn child(&mut self, entry: &Entry, id: MessageId, what: &ChildEvent) {
        let at = entry.at;
        let lines: &[&Line] = match what {
            ChildEvent::Opened { role: Role::Initiator, .. } => {
                &[&quick::BEGIN, &quick::ASKS, &quick::SENDS_1]
            }
            ChildEvent::Opened { role: Role::Responder, .. } => &[&quick::ANSWERS],
            ChildEvent::Installed(_) => &[&quick::KEY, &quick::KEY],
            ChildEvent::Entered(QuickState::WaitMsg3) => &[&quick::SENDS_2],
            ChildEvent::Entered(QuickState::Active) => return self.completed(entry, id),
            ChildEvent::Ended { how: Ended::Deleted | Ended::Cleared, state: QuickState::Active } => {
                return self.sas(entry, id, &quick::DELETED);
            }
            ChildEvent::Entered(QuickState::WaitMsg2) | ChildEvent::Agreed(_) | ChildEvent::Ended { .. } => {
                &[]
            }
        };
        for line in lines {
            self.in_group(at, &line.print(&[("mid", &mid(id))]));
        }
    }

    fn completed(&mut self, entry: &Entry, id: MessageId) {
        let (at, peer) = (entry.at, self.peer.clone());
        let Some((role, sas)) = self.made(entry, id) else { return };
        let spi = |inbound| sas.iter().find(|sa| sa.inbound == inbound).map_or(0, |sa| number(&sa.spi));
        let [inbound, outbound] = [spi(true), spi(false)].map(|spi| format!("{spi:08x}"));
        let who = if role == Role::Initiator { "Initiator" } else { "Responder" };
        let line =
            quick::NEGOTIATED.print(&[("peer", &peer), ("who", &who), ("in", &inbound), ("out", &outbound)]);
        self.in_group(at, &line);
        if role == Role::Initiator {
            self.in_group(at, &quick::SENDS_3.print(&[("mid", &mid(id))]));
        }
        self.sas(entry, id, &quick::CREATED);
        self.in_group(at, &quick::COMPLETED.print(&[("mid", &mid(id))]));
    }

    /// One line for each SA of a child.
    fn sas(&mut self, entry: &Entry, id: MessageId, line: &Line) {
        let (at, peer) = (entry.at, self.peer.clone());
        let Some((_, sas)) = self.made(entry, id) else { return };
        let spi = |inbound| sas.iter().find(|sa| sa.inbound == inbound).map_or(0, |sa| number(&sa.spi));
        let own = self.setup.hosts[self.device].address;
        for (way, inward) in [("outbound", false), ("inbound", true)] {
            let spi = format!("{:08X}", spi(inward));
            let ends: [(&str, &dyn std::fmt::Display); 3] = [("own", &own), ("peer", &peer), ("user", &peer)];
            let values =
                [[("way", &way as &dyn std::fmt::Display), ("spi", &spi)].as_slice(), &ends].concat();
            self.say(at, &line.print(&values));
        }
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
    fn in_group(&mut self, at: Instant, Printed { head, text }: &Printed) {
        let peer = &self.peer;
        let text = format!("Group = {peer}, IP = {peer}, {text}");
        self.say(at, &Printed { head, text });
    }
}

fn mid(MessageId(id): MessageId) -> String {
    format!("{id:08x}")
}
