//! What the lines of one negotiation say together.

mod flow;
mod states;
mod take;

use std::net::IpAddr;

use ike::{MessageName, Mode, NotifyType, Role, State};
use vendor::{Cover, Phase2, Statement, Way};

use super::Issue;
use super::message::Told;
use flow::Flow;

/// One attempt at a tunnel, as one device tells it.
#[derive(Clone, Debug, Default)]
pub(super) struct Facts {
    pub role: Option<Role>,
    /// The first message seen tells it, as if it were the first of all.
    pub assumed: bool,
    pub mode: Option<Mode>,
    /// The newest message that left, and that came.
    pub sent: Option<MessageName>,
    pub received: Option<MessageName>,
    /// The state that it is said to be in.
    pub state: Option<State>,
    /// The states that its name stands for: two, where either side may be in it.
    pub states: Vec<State>,
    /// The newest line that shows where it stands.
    pub stood: Option<usize>,
    pub phase1: Option<usize>,
    pub phase2_begun: Option<usize>,
    pub phase2: Option<usize>,
    pub refused: Option<(Phase2, usize)>,
    pub phase2_failed: Option<usize>,
    /// The peer complained of a message of Quick Mode that it could not read: the next copy may be taken.
    pub garbled: Option<usize>,
    /// Error notifies: way, which, protected as far as told.
    pub notifies: Vec<(Way, NotifyType, Cover, usize)>,
    /// What lines say outright.
    pub said: Vec<(Issue, usize)>,
    /// Lines that speak of what differs: attribute, offered, configured.
    pub differs: Vec<(String, String, String, usize)>,
    pub offered: Vec<(String, usize)>,
    pub configured: Vec<(String, usize)>,
    /// The newest of phase 2: what the peer offers, and what is configured here.
    pub child_offered: Option<String>,
    pub child_configured: Option<String>,
    pub unreadable: Vec<usize>,
    /// Messages in clear that cannot be read.
    pub damaged: Vec<usize>,
    pub unreadable_notify: Vec<usize>,
    pub resends: Vec<usize>,
    pub heard_again: Vec<usize>,
    /// The peer repeats its last message although this side is done.
    pub heard_after: Vec<usize>,
    /// The peer repeats its part of a Quick Mode that is complete here.
    pub child_again: Vec<usize>,
    /// Under which SPI the newest child receives.
    pub child_spi: Option<String>,
    /// The children that came up.
    pub children: usize,
    /// The newest child is gone again.
    pub child_gone: Option<usize>,
    /// IOS: packets that came, whatever was in them.
    pub packets: Vec<usize>,
    pub gave_up: Option<usize>,
    pub deleted: Option<usize>,
    pub delete_received: Option<usize>,
    /// This device's operator cleared what was up.
    pub cleared: Option<usize>,
    /// The peer's Delete ended the ISAKMP SA.
    pub peer_ends: Option<usize>,
    /// The peer refuses the last message of phase 1, which is complete here.
    pub last_refused: Option<usize>,
    pub ikev2: Option<usize>,
    pub xauth: Option<usize>,
    pub xauth_done: Option<usize>,
    pub nat: Option<usize>,
    /// A vendor id tells that the peer is Cisco's.
    pub cisco: Option<usize>,
    pub behind: Vec<usize>,
    pub peer_identity: Option<String>,
    pub wanted: Option<String>,
    pub group: Option<String>,
    pub proxies: Option<String>,
    /// Packets or bytes into each tunnel, and out of it.
    pub flows: Vec<Flow>,
    pub send_errors: Option<(u64, usize)>,
    pub no_sa: Option<usize>,
    pub signatures: Option<usize>,
    /// `show` has phase 1 under way, and whether the peer has answered.
    pub connecting: Option<usize>,
    pub answered: Option<bool>,
    /// The ISAKMP SA ran out under IPsec SAs that are up.
    pub no_ike: Option<usize>,
    /// Lines that say something of this attempt.
    pub lines: usize,
}

impl Facts {
    /// Something happened in it beside its beginning.
    pub fn has_outcome(&self) -> bool {
        self.phase1.is_some() || self.is_conclusive() || self.stalls()
    }

    /// A line names what is wrong.
    pub fn is_conclusive(&self) -> bool {
        !self.said.is_empty()
            || self.refused.is_some()
            || !self.unreadable.is_empty()
            || !self.damaged.is_empty()
            || self.refusals().next().is_some()
    }

    pub fn stalls(&self) -> bool {
        self.gave_up.is_some() || !self.resends.is_empty() || !self.heard_again.is_empty()
    }

    /// XAUTH or Mode Config was begun, and nothing shows its end.
    pub fn xauth_waits(&self) -> Option<usize> {
        let behind = [self.phase2_begun, self.phase2, self.xauth_done].iter().any(Option::is_some);
        self.xauth.filter(|begun| !behind && self.phase1.is_none_or(|done| done < *begun))
    }

    /// Error notifies that came.
    pub fn refusals(&self) -> impl Iterator<Item = (NotifyType, Cover, usize)> {
        let came = self.notifies.iter().filter(|(way, ..)| *way == Way::Received);
        came.map(|(_, notify, cover, line)| (*notify, *cover, *line))
    }

    /// A peer that calls from another port has a NAT before it.
    fn ports(&mut self, port: Option<&str>, line: usize) {
        let port: Option<u16> = port.and_then(|port| port.parse().ok());
        if port.is_some_and(|port| ![0, 500, 4500].contains(&port)) {
            self.nat = self.nat.or(Some(line));
        }
    }

    /// What was deleted before is not what these lines end with.
    fn is_up_again(&mut self) {
        (self.deleted, self.delete_received, self.cleared) = (None, None, None);
        (self.peer_ends, self.child_gone) = (None, None);
    }

    fn refuse(&mut self, why: Phase2, proxies: Option<String>, line: usize) {
        self.proxies = proxies.or(self.proxies.take());
        // A line that says why counts more than one that does not.
        if self.refused.is_none_or(|(known, _)| matches!(known, Phase2::Unsaid | Phase2::CryptoMap)) {
            self.refused = Some((why, line));
        }
    }

    fn notified(&mut self, way: Way, notify: NotifyType, cover: Cover, line: usize) {
        // Phase 1's offer is refused before there are keys: protected, it is Quick Mode's.
        let child = cover == Cover::Protected && notify == NotifyType::NO_PROPOSAL_CHOSEN;
        // Before a Quick Mode there is phase 1 alone that it can be about: the initiator refuses message 6.
        let before = self.phase2_begun.is_none() && self.phase2.is_none() && way == Way::Received;
        if before && self.phase1.is_some() && notify == NotifyType::INVALID_ID_INFORMATION {
            self.last_refused = self.last_refused.or(Some(line));
        } else if self.phase1.is_some() || self.phase2_begun.is_some() || child {
            let refuses = REFUSALS.contains(&notify);
            match way {
                // A child that is up is not refused by what a late copy of its messages draws.
                Way::Received if self.phase2.is_none() || refuses => {
                    self.garbled = Some(line).filter(|_| !refuses).or(self.garbled);
                    let networks = notify == NotifyType::INVALID_ID_INFORMATION;
                    self.refuse(if networks { Phase2::Networks } else { Phase2::Unsaid }, None, line);
                }
                Way::Sent if refuses => self.phase2_failed = Some(line),
                Way::Received | Way::Sent => {}
            }
        } else if !self.notifies.iter().any(|(w, n, ..)| (*w, *n) == (way, notify)) {
            self.notifies.push((way, notify, cover, line));
        }
    }

    /// A log that begins in the middle of Main Mode: whoever gets keys without an SA before has sent message 2, not 1.
    fn turned(&mut self, way: Way, name: MessageName) -> MessageName {
        let (own, other) = match way {
            Way::Sent => (self.sent, &mut self.received),
            Way::Received => (self.received, &mut self.sent),
        };
        let Some(known) = other.filter(|known| name.number() == known.number() + 3) else { return name };
        let main = |number| MessageName::new(Mode::Main, number);
        let turned = main(known.number() + 1).zip(main(known.number() + 2));
        match turned.filter(|_| self.assumed && own.is_none()) {
            Some((before, now)) => {
                *other = Some(before);
                self.role = self.role.map(Role::other);
                now
            }
            None => name,
        }
    }

    fn message(&mut self, way: Way, told: Told, line: usize) {
        match told {
            Told::Phase1(name) => {
                let name = self.turned(way, name);
                let own = if way == Way::Sent { name.sender() } else { name.sender().other() };
                self.role = self.role.or(Some(own));
                self.mode = name.mode().or(self.mode);
                let newest = if way == Way::Sent { &mut self.sent } else { &mut self.received };
                // A resend of an earlier message does not take the exchange back.
                if newest.is_none_or(|known| known < name) {
                    *newest = Some(name);
                    self.stood = Some(line);
                }
            }
            Told::Notify(notify, protected) => {
                self.notified(way, notify, if protected { Cover::Protected } else { Cover::Clear }, line);
            }
            Told::Quick => self.phase2_begun = Some(line),
            Told::Delete if way == Way::Received => self.delete_received = Some(line),
            Told::Transaction => self.xauth = Some(line),
            Told::Delete | Told::Other => {}
        }
    }
}

/// What Quick Mode is refused with; the other error notifies are about a message that could not be read.
const REFUSALS: [NotifyType; 3] =
    [NotifyType::NO_PROPOSAL_CHOSEN, NotifyType::INVALID_ID_INFORMATION, NotifyType::BAD_PROPOSAL_SYNTAX];

/// Whom a line is about.
pub(super) fn peer(statement: &Statement<'_>) -> Option<IpAddr> {
    let text = statement.fields.get("peer")?;
    super::line::address_of(text).parse().ok()
}
