//! What each kind of line adds to the facts.

use ike::{MessageName, NotifyType, Role};
use sim::Cause;
use vendor::{Phase2, Says, Statement, Vendor, Way};

use super::super::Issue;
use super::super::message::{Told, notify, told};
use super::Facts;
use super::flow::number;

impl Facts {
    /// Takes what a line says; after phase 1 is complete, errors are phase 2's.
    pub fn take(&mut self, vendor: Vendor, statement: &Statement<'_>, line: usize) {
        self.lines += 1;
        let _ = self.took_step(statement, line)
            || self.took_phase_2(statement, line)
            || self.took_values(vendor, statement, line)
            || self.took_reason(statement, line);
    }

    /// The initiator's proof came, and could be read. A router sends messages 4 and 6 in one state: only what came before
    /// tells them apart.
    fn is_proven(&self) -> bool {
        let last = (self.received, self.sent);
        last == (Some(MessageName::MSG5), Some(MessageName::MSG4)) && self.unreadable.is_empty()
    }

    fn took_message(&mut self, way: Way, statement: &Statement<'_>, line: usize) {
        let fields = &statement.fields;
        self.ports(fields.get("pport"), line);
        // A router names its state with each packet, and nothing of what is in it.
        if way == Way::Received && fields.get("state").is_some() {
            self.packets.push(line);
        }
        let signs = |word: &str| word.trim_matches(['[', ']']) == "SIG";
        if fields.get("payloads").is_some_and(|list| list.split_whitespace().any(signs)) {
            self.signatures = self.signatures.or(Some(line));
        }
        let told = told(way, fields, self.role, self.mode, self.is_proven());
        // These say in another line when a Delete ends more than a child.
        let says_more = matches!(statement.vendor, Vendor::Asa | Vendor::Strongswan);
        let of_child = told == Told::Delete && says_more && self.phase2.is_some();
        let unknown = self.role.is_none() && statement.vendor == Vendor::Asa;
        if !of_child {
            self.message(way, told, line);
        }
        self.assumed |= unknown && self.role.is_some();
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "the others are taken elsewhere")]
    fn took_step(&mut self, statement: &Statement<'_>, line: usize) -> bool {
        let fields = &statement.fields;
        match statement.line.says {
            Says::Begins(role, mode) => {
                self.role = self.role.or(Some(role));
                self.mode = self.mode.or(mode);
            }
            Says::Message(way) => self.took_message(way, statement, line),
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
            Says::HeardAgain if self.phase2.is_some() => self.child_again.push(line),
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
            Says::Connecting => {
                self.connecting = Some(line);
                self.cookies(fields.get("spis"));
            }
            Says::Phase1Done => {
                self.phase1 = self.phase1.or(Some(line));
                self.is_up_again();
            }
            Says::Cleared => (self.deleted, self.cleared) = (Some(line), Some(line)),
            Says::Deletes => {
                self.deleted = Some(line);
                // A router says so behind the Delete that it got.
                self.peer_ends = self.delete_received.map(|_| line).or(self.peer_ends);
            }
            Says::DeleteReceived => self.delete_received = Some(line),
            Says::PeerEnds => (self.delete_received, self.peer_ends) = (Some(line), Some(line)),
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
                // An ASA says so in two lines, the first of which has the SPIs.
                self.children += usize::from(fields.get("mid").is_none());
                self.child_spi = fields.get("in").map(bare).or(self.child_spi.take());
                self.phase2_done(line);
                self.is_up_again();
            }
            Says::ChildDeleted => self.child_deleted(fields.get("spi"), line),
            Says::Phase2Refused(why) => {
                self.refuse(why, fields.get("proxies").map(str::to_owned), line);
                // An ASA names this reason when it takes the session down with phase 1.
                self.deleted = Some(line).filter(|_| why == Phase2::CryptoMap).or(self.deleted);
            }
            Says::Phase2Failed => self.phase2_failed = self.phase2_failed.or(Some(line)),
            Says::Xauth => self.xauth = Some(line),
            Says::XauthDone => (self.xauth, self.xauth_done) = (Some(line), Some(line)),
            Says::Dpd | Says::Rekey | Says::Traffic => self.behind.push(line),
            // A router that answers the repeated second message sends its third again.
            Says::Phase2Waits if statement.vendor == Vendor::Ios && self.phase2 > self.phase2_begun => {
                self.child_again.push(line);
            }
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
                    Some(NotifyType::INVALID_ID_INFORMATION) if esp => {
                        self.refuse(Phase2::Networks, None, line);
                    }
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
            // Under another key the responder could not have read message 5, nor this side message 6.
            Says::HashWrong if self.role == Some(Role::Initiator) && self.sent == Some(MessageName::MSG5) => {
                self.damaged.push(line);
            }
            _ => return false,
        }
        true
    }

    /// A child that was replaced is deleted, too: only the newest is missed.
    fn child_deleted(&mut self, spi: Option<&str>, line: usize) {
        self.behind.push(line);
        let newest = match (&self.child_spi, spi) {
            (Some(known), Some(spi)) => *known == bare(spi),
            // A router does not name the SPIs of those that come up.
            _ => self.children == 1 && self.phase1.is_some(),
        };
        self.child_gone = Some(line).filter(|_| newest).or(self.child_gone);
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
}

/// What pluto calls payloads that are in clear in the messages before the keys.
const CLEAR: [&str; 4] = ["Security Association", "Vendor ID", "Key Exchange", "Nonce"];

/// The digits of an SPI, as whoever prints them does not.
fn bare(spi: &str) -> String {
    spi.trim_start_matches("0x").trim_start_matches('0').to_ascii_lowercase()
}
