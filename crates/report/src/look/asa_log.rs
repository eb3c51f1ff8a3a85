//! The syslog of an ASA with `logging trap debugging`: message ids and grammar from Cisco's message reference and
//! public traces. Virtual time zero is the first of January.

mod quick;
mod refused;

use std::fmt::Display;

use ike::{
    ChildEvent, Commands, Ended, Event, Instant, Label, MessageName, Mode, Reason, Role, Sending, State,
};
use isakmp::{Body, Message, MessageId, PayloadType};
use sim::{Actor, Datagram, Entry, Kind, Setup, Trace};

use vendor::{Printed, asa};

use super::clock;

/// The log of a device.
pub(super) fn lines(setup: &Setup, trace: &Trace, device: Role, until: Instant) -> Vec<String> {
    let peer = setup.hosts[device].peer;
    let mut log = Log { setup, device, trace, peer: peer.to_string(), lines: Vec::new() };
    let entries = trace.entries().iter().take_while(|entry| entry.at <= until);
    for entry in entries.filter(|entry| entry.actor == Actor::Peer(device)) {
        log.take(entry);
    }
    log.lines
}

struct Log<'t> {
    setup: &'t Setup,
    device: Role,
    trace: &'t Trace,
    peer: String,
    lines: Vec<String>,
}

impl Log<'_> {
    /// One line: severity and number, then its text.
    fn say(&mut self, at: Instant, Printed { head, text }: &Printed) {
        let (time, _) = clock(at);
        self.lines.push(format!("Jan 01 {time}: %ASA-{head}: {text}"));
    }

    fn of_peer(&mut self, at: Instant, Printed { head, text }: &Printed) {
        let text = format!("IP = {}, {text}", self.peer);
        self.say(at, &Printed { head, text });
    }

    fn take(&mut self, entry: &Entry) {
        let at = entry.at;
        match &entry.kind {
            // A packet that no whole and bound entry matches asks IKE for nothing.
            Kind::Initiated if !self.has_entry(entry) => {}
            Kind::Initiated => {
                self.of_peer(at, &asa::NEW_PHASE_1.print(&[("interface", &"inside"), ("peer", &self.peer)]));
            }
            Kind::Sent(datagram) => {
                let again = matches!(
                    datagram.label,
                    Label::Message { sending: Sending::Resend(_) | Sending::Answer, .. }
                );
                self.decoded(at, if again { &asa::RESENDING } else { &asa::SENDING }, datagram, true);
            }
            Kind::Arrived(datagram) => {
                // Where there is a NAT, its address: a device logs the one that it sees.
                self.peer = datagram.from.ip().to_string();
                // Where no service listens, nothing decodes: all that is said of it is 710005.
                if !self.setup.hosts[self.device].ike_enabled {
                    return;
                }
                // A device knows what is in a message once it opens; the trace shows that by what follows from it.
                let opened = self.follows(entry, opens);
                self.decoded(at, &asa::RECEIVED, datagram, opened);
            }
            Kind::Engine(event) => self.said(entry, event),
            Kind::Cleared { .. } => self.terminated(at, &asa::CLEARED),
            Kind::Edited { .. }
            | Kind::Altered { .. }
            | Kind::Lost { .. }
            | Kind::Unreached { .. }
            | Kind::Timer(_) => {}
        }
    }

    /// The engine says this because of an entry.
    fn follows(&self, entry: &Entry, is: fn(&Event) -> bool) -> bool {
        // What the engine says of something it says at once: behind it, and in the same instant.
        let behind = self.trace.entries().iter().skip(usize::try_from(entry.id.0).unwrap_or(usize::MAX));
        let at_once = behind.take_while(|later| later.at == entry.at);
        let caused = at_once.filter(|later| later.cause == Some(entry.id));
        caused.filter_map(|later| later.kind.event()).any(is)
    }

    fn has_entry(&self, entry: &Entry) -> bool {
        !self.follows(entry, |event| {
            matches!(event, Event::NotStarted(Reason::MapUnbound | Reason::MapIncomplete(_)))
        })
    }

    /// 713050, whose reasons the syslog guide lists.
    fn terminated(&mut self, at: Instant, line: &vendor::Line) {
        let line = line.print(&[("peer", &self.peer)]).simulated();
        self.of_peer(at, &line);
    }

    /// 713236: every message with its payloads and its length.
    fn decoded(&mut self, at: Instant, line: &vendor::Line, datagram: &Datagram, opened: bool) {
        let Ok(message) = Message::decode(datagram.message()) else { return };
        let payloads = match &message.body {
            Body::Clear(payloads) => payloads.iter().map(|payload| named(payload.kind)).collect(),
            Body::Encrypted(_) if opened => {
                let mut list = inside(&datagram.label);
                // The initiator's first Quick Mode says that it has nothing else with this peer.
                list.extend(self.begins_anew(datagram).then(|| "NOTIFY (11)".to_owned()));
                list
            }
            // All that can be told is what the header says.
            Body::Encrypted(_) => vec![named(message.header.next_payload)],
        };
        let closed = matches!(message.body, Body::Encrypted(_)) && !opened;
        let list: String = payloads.iter().map(|name| format!("{name} + ")).collect();
        let MessageId(id) = message.header.message_id;
        let fourth = matches!(datagram.label, Label::Message { name: MessageName::AM4, .. });
        let (mid, payloads) = (format!("{id:x}"), format!("HDR + {list}NONE (0)"));
        let length = datagram.message().len();
        let line = line.print(&[("mid", &mid), ("payloads", &payloads), ("length", &length)]);
        self.of_peer(at, &if fourth || closed { line.simulated() } else { line });
    }

    /// An ASA's QM1 that is the first under its SA.
    fn begins_anew(&self, datagram: &Datagram) -> bool {
        let is_asa = self.setup.hosts[datagram.sender].profile.commands == Commands::Asa;
        let is_first = |name| datagram.label.message() == Some(name);
        let cookies = |datagram: &Datagram| datagram.message().get(..16).map(<[u8]>::to_vec);
        let mut asked = self.trace.entries().iter().filter_map(|entry| entry.kind.sent());
        let first = asked
            .find(|one| one.label.message() == Some(MessageName::QM1) && cookies(one) == cookies(datagram));
        is_asa && is_first(MessageName::QM1) && first.is_some_and(|one| one.bytes == datagram.bytes)
    }

    fn said(&mut self, entry: &Entry, event: &Event) {
        let at = entry.at;
        match event {
            Event::Chosen { .. } => self.of_peer(at, &asa::ACCEPTABLE.print(&[])),
            Event::GroupFound { group, .. } => {
                self.of_peer(at, &asa::LANDED.print(&[("group", group)]));
            }
            Event::NatChecked { local, remote, .. } => {
                let is = |behind: bool| if behind { "IS" } else { "is NOT" };
                let ends: [(&str, &dyn Display); 2] = [("remote", &is(*remote)), ("local", &is(*local))];
                self.of_peer(at, &asa::NAT_STATUS.print(&ends));
            }
            // On a device Aggressive Mode's initiator is done with its third message.
            Event::Entered { state, .. } if state.is_active() || *state == State::AmWaitMsg4 => {
                self.of_peer(at, &asa::PHASE_1_COMPLETED.print(&[]));
            }
            // Cisco's reference has a number of its own for a repeated first message.
            Event::Duplicate { message, .. } if message.is_first() && message.mode().is_some() => {
                self.of_peer(at, &asa::DUPLICATE_FIRST.print(&[]));
            }
            Event::Duplicate { message, answered, .. } => {
                let then =
                    if *answered { "Retransmitting last packet." } else { "No last packet to transmit." };
                let phase_1 = message.mode().is_some();
                let line = if phase_1 { &asa::DUPLICATE_PHASE_1 } else { &asa::DUPLICATE_PHASE_2 };
                self.of_peer(at, &line.print(&[("then", &then)]));
            }
            // Anybody could have sent it: an ASA logs it and goes on waiting.
            Event::NotifyReceived { notify, protected: false, .. } if notify.is_error() => {
                self.of_peer(at, &asa::UNENCRYPTED_NOTIFY.print(&[("notify", notify)]));
                self.of_peer(at, &asa::EXCHANGE_FAILED.print(&[]));
            }
            Event::NotifyReceived { notify, .. } if notify.is_error() => {
                self.of_peer(at, &asa::NOTIFY.print(&[("notify", notify), ("number", &notify.0)]));
            }
            Event::NotStarted(reason) | Event::Dropped { reason, .. } | Event::Refused { reason, .. } => {
                self.refused(entry, reason);
            }
            Event::DeleteReceived { .. } => self.terminated(at, &asa::TERMINATED),
            Event::Ended { how, state, .. } => self.ended(at, *how, *state),
            Event::Child { child, what, .. } => self.child(entry, *child, what),
            Event::Created { .. }
            | Event::Entered { .. }
            | Event::Accepted { .. }
            | Event::Floated { .. }
            | Event::Keys { .. }
            | Event::NotifyReceived { .. }
            | Event::Impaired { .. } => {}
        }
    }

    /// 715065, newest first: the retry cycle as public traces have it, the last eight steps.
    fn ended(&mut self, at: Instant, how: Ended, state: State) {
        // Only a timer that runs out is told by a history: other ends are logged where they come about.
        let Some(awaited) = state.awaited().filter(|_| how == Ended::GaveUp) else { return };
        let short = match state.mode() {
            Mode::Main => "MM",
            Mode::Aggressive => "AM",
        };
        let role = match awaited.sender().other() {
            Role::Initiator => "Initiator",
            Role::Responder => "Responder",
        };
        let number = awaited.number();
        let (wait, send) = (format!("{short}_WAIT_MSG{number}"), format!("{short}_SND_MSG{}", number - 1));
        let line = asa::HISTORY.print(&[
            ("mode", &short),
            ("role", &role),
            ("struct", &"0x0"),
            ("state", &wait),
            ("sent", &send),
        ]);
        // The initiators' first wait is in public logs; the others are alike by symmetry.
        self.of_peer(at, &if number == 2 { line } else { line.simulated() });
        self.peer_table(at);
    }
}

/// Only a message that opened, and whose HASH is right, leads to this.
fn opens(event: &Event) -> bool {
    matches!(
        event,
        Event::Accepted { .. }
            | Event::Refused { child: Some(_), .. }
            | Event::NotifyReceived { protected: true, .. }
            | Event::DeleteReceived { .. }
            | Event::Child { what: ChildEvent::Ended { how: Ended::Deleted, .. }, .. }
    )
}

/// `SA (1)`, in an ASA's words.
fn named(kind: PayloadType) -> String {
    let name = match kind {
        PayloadType::VID => "VENDOR".into(),
        PayloadType::N => "NOTIFY".into(),
        PayloadType::D => "DELETE".into(),
        PayloadType::NAT_D => "NAT-D".into(),
        other => other.to_string(),
    };
    format!("{name} ({})", kind.0)
}

/// An ASA prints what it put into an encrypted message.
fn inside(label: &Label) -> Vec<String> {
    let list: &[&str] = match label {
        Label::Message { name: MessageName::AM3, .. } => &["HASH (8)"],
        Label::Message { name: MessageName::AM4, .. } => &["HASH (8)", "NOTIFY (11)"],
        Label::Message { name: MessageName::QM3, .. } => &["HASH (8)"],
        // Without PFS: a trace does not say whether a KE payload is in there.
        Label::Message { name: MessageName::QM1 | MessageName::QM2, .. } => {
            &["HASH (8)", "SA (1)", "NONCE (10)", "ID (5)", "ID (5)"]
        }
        Label::Message { .. } => &["ID (5)", "HASH (8)"],
        Label::Notify { .. } => &["HASH (8)", "NOTIFY (11)"],
        Label::Delete { .. } => &["HASH (8)", "DELETE (12)"],
        Label::Foreign { .. } => &[],
    };
    list.iter().map(|name| (*name).to_owned()).collect()
}
