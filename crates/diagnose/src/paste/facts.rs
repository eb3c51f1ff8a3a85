//! What the lines of one negotiation say together.

mod flow;
mod standing;

use std::net::IpAddr;

use ike::{MessageName, Mode, NotifyType, Role, State};
use sim::Cause;
use vendor::{Cover, Phase2, Says, Statement, Vendor, Way};

use super::Issue;
use super::message::{Told, notify, told};
use flow::{Flow, number};

/// One attempt at a tunnel, as one device tells it.
#[derive(Clone, Debug, Default)]
pub(super) struct Facts {
    pub role: Option<Role>,
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
    /// IOS: packets that came, whatever was in them.
    pub packets: Vec<usize>,
    pub gave_up: Option<usize>,
    pub deleted: Option<usize>,
    pub delete_received: Option<usize>,
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

    /// Takes what a line says; after phase 1 is complete, errors are phase 2's.
    pub fn take(&mut self, vendor: Vendor, statement: &Statement<'_>, line: usize) {
        self.lines += 1;
        let _ = self.took_step(statement, line)
            || self.took_phase_2(statement, line)
            || self.took_values(vendor, statement, line)
            || self.took_reason(statement, line);
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "the others are taken elsewhere")]
    fn took_step(&mut self, statement: &Statement<'_>, line: usize) -> bool {
        let fields = &statement.fields;
        match statement.line.says {
            Says::Begins(role, mode) => {
                self.role = self.role.or(Some(role));
                self.mode = self.mode.or(mode);
            }
            Says::Message(way) => {
                self.ports(fields.get("pport"), line);
                // A router names its state with each packet, and nothing of what is in it.
                if way == Way::Received && fields.get("state").is_some() {
                    self.packets.push(line);
                }
                let signs = |word: &str| word.trim_matches(['[', ']']) == "SIG";
                if fields.get("payloads").is_some_and(|list| list.split_whitespace().any(signs)) {
                    self.signatures = self.signatures.or(Some(line));
                }
                // A router sends messages 4 and 6 in one state: only what came before tells them apart.
                let proven = self.received == Some(MessageName::MSG5) && self.sent == Some(MessageName::MSG4);
                self.message(way, told(way, fields, self.role, self.mode, proven), line);
            }
            Says::Named(way, name) => self.message(way, Told::Phase1(name), line),
            Says::Resends => {
                self.resends.push(line);
                // charon numbers its requests: of an initiator's, 1 is message 1, 2 is 3, 3 is 5.
                if let Some(seq) = fields.get("seq").and_then(|seq| seq.parse::<u8>().ok()) {
                    self.resent(fields.get("kind") == Some("request"), seq);
                }
                // The one source has it of an initiator; a responder has named what it got.
                let fortios = Some(Role::Initiator).filter(|_| statement.vendor == Vendor::Fortios);
                self.role = self.role.or(fortios);
                self.responder_cookie(fields.get("rcookie"));
                self.stands(fields.get("state"), None, line);
            }
            Says::HeardAgain if self.phase1.is_some() => self.heard_after.push(line),
            Says::HeardAgain => self.heard_again.push(line),
            Says::GivesUp => {
                self.gave_up = Some(line);
                self.responder_cookie(fields.get("rcookie"));
                self.stands(fields.get("state"), fields.get("role"), line);
            }
            Says::Stands => {
                self.stands(fields.get("state"), fields.get("role"), line);
                self.cookies(fields.get("spis"));
            }
            Says::Session => self.stands(fields.get("state"), None, line),
            Says::Connecting => {
                self.connecting = Some(line);
                self.cookies(fields.get("spis"));
            }
            Says::Phase1Done => {
                self.phase1 = self.phase1.or(Some(line));
                self.is_up_again();
            }
            Says::Deletes => self.deleted = Some(line),
            Says::DeleteReceived => self.delete_received = Some(line),
            Says::Ikev2 => self.ikev2 = Some(line),
            Says::Nat => self.nat = Some(line),
            Says::CiscoPeer => self.cisco = Some(line),
            _ => return false,
        }
        true
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "the others are taken elsewhere")]
    fn took_phase_2(&mut self, statement: &Statement<'_>, line: usize) -> bool {
        let fields = &statement.fields;
        let count = |name| number(fields.get(name)?);
        match statement.line.says {
            Says::Phase2Begins => self.phase2_begun = Some(line),
            Says::Phase2Done => {
                self.phase2_done(line);
                self.is_up_again();
            }
            Says::Phase2Refused(why) => {
                self.refuse(why, fields.get("proxies").map(str::to_owned), line);
                // An ASA names this reason when it takes the session down with phase 1.
                self.deleted = Some(line).filter(|_| why == Phase2::CryptoMap).or(self.deleted);
            }
            Says::Phase2Failed => self.phase2_failed = self.phase2_failed.or(Some(line)),
            Says::Xauth => self.xauth = Some(line),
            Says::XauthDone => (self.xauth, self.xauth_done) = (Some(line), Some(line)),
            Says::Dpd | Says::Rekey | Says::Traffic => self.behind.push(line),
            Says::Phase2Waits => {
                self.phase2_begun = Some(line);
                self.resends.push(line);
            }
            Says::Encaps => self.count(count("count"), None, line),
            Says::Decaps => self.count(None, count("count"), line),
            Says::Counts => self.count(count("out"), count("in"), line),
            Says::SendErrors => {
                self.send_errors = count("count").map(|count| (count, line)).max(self.send_errors);
            }
            Says::NoSa => self.has_no_sa(line),
            Says::Notify(way, cover) => {
                // Protocol 3 is ESP: the notify is about Quick Mode, though phase 1 has its number too.
                let esp = fields.get("protocol").is_some_and(|protocol| protocol.starts_with('3'));
                match fields.get("notify").and_then(notify).filter(|notify| notify.is_error()) {
                    Some(_) if esp => self.refuse(Phase2::Unsaid, None, line),
                    Some(notify) => self.notified(way, notify, cover, line),
                    None => {}
                }
            }
            _ => return false,
        }
        true
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "the others are taken elsewhere")]
    fn took_values(&mut self, vendor: Vendor, statement: &Statement<'_>, line: usize) -> bool {
        let get = |name| statement.fields.get(name).map(str::to_owned);
        match statement.line.says {
            Says::Differs => {
                let [attribute, offered, configured] =
                    ["attribute", "offered", "configured"].map(|name| get(name).unwrap_or_default());
                self.differs.push((attribute, offered, configured, line));
            }
            Says::Offered => self.offered.extend(get("proposals").map(|text| (text, line))),
            Says::Configured => self.configured.extend(get("proposals").map(|text| (text, line))),
            Says::ChildOffered => self.child_offered = get("proposals"),
            Says::ChildConfigured => self.child_configured = get("proposals"),
            Says::PeerIdentity => self.peer_identity = get("id"),
            Says::Signatures => self.signatures = self.signatures.or(Some(line)),
            // charon's complaint to an initiator with another key is encrypted: what cannot be read is a notify.
            Says::Unreadable if self.role == Some(Role::Initiator) && vendor == Vendor::Strongswan => {
                self.unreadable_notify.push(line);
            }
            Says::Unreadable if self.is_in_clear(statement.fields.get("payload")) => self.damaged.push(line),
            Says::Unreadable => self.unreadable.push(line),
            Says::UnreadableNotify => self.unreadable_notify.push(line),
            Says::Damaged => self.damaged.push(line),
            _ => return false,
        }
        true
    }

    /// A payload that comes before there are keys cannot be read: the message was damaged.
    fn is_in_clear(&self, payload: Option<&str>) -> bool {
        let early = self.sent.is_none_or(|name| name.number() < 4) && self.phase1.is_none();
        let clear = |payload: &str| CLEAR.iter().any(|known| payload.eq_ignore_ascii_case(known));
        // Behind such a line pluto says of the whole packet that it is malformed.
        early
            && payload.map_or(!self.damaged.is_empty(), |payload| clear(payload.trim_end_matches(" Payload")))
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "the others say nothing that is counted")]
    fn took_reason(&mut self, statement: &Statement<'_>, line: usize) -> bool {
        let fields = &statement.fields;
        let get = |name| fields.get(name).map(str::to_owned);
        let issue = match statement.line.says {
            Says::IdentityRefused => {
                self.peer_identity = get("id").or(self.peer_identity.take());
                self.wanted = get("wanted").or(self.wanted.take());
                Some(Issue::Phase1(Cause::IdentityMismatch))
            }
            Says::NoGroup => {
                self.group = get("group").or(self.group.take());
                Some(Issue::Phase1(Cause::MissingTunnelGroup))
            }
            Says::NoSuchAuthentication => {
                let aggressive =
                    fields.get("mode").is_some_and(|mode| mode.eq_ignore_ascii_case("aggressive"));
                let xauth =
                    fields.get("auth").is_some_and(|auth| auth.to_ascii_lowercase().contains("xauth"));
                Some(if aggressive && !xauth {
                    Issue::Phase1(Cause::AggressiveModeDisabled)
                } else {
                    Issue::XauthMissing
                })
            }
            other => Issue::said_by(other),
        };
        self.said.extend(issue.map(|issue| (issue, line)));
        issue.is_some()
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
        (self.deleted, self.delete_received) = (None, None);
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
        if self.phase1.is_some() || self.phase2_begun.is_some() || child {
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

    fn message(&mut self, way: Way, told: Told, line: usize) {
        match told {
            Told::Phase1(name) => {
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

/// What pluto calls payloads that are in clear in the messages before the keys.
const CLEAR: [&str; 4] = ["Security Association", "Vendor ID", "Key Exchange", "Nonce"];

/// Whom a line is about.
pub(super) fn peer(statement: &Statement<'_>) -> Option<IpAddr> {
    let text = statement.fields.get("peer")?;
    super::line::address_of(text).parse().ok()
}
