//! The syslog of an ASA with `logging trap debugging`: message ids and grammar from Cisco's message reference and
//! public traces. Virtual time zero is the first of January.

mod quick;
mod refused;

use ike::{Ended, Event, Instant, Label, MessageName, Mode, Role, Sending, State};
use isakmp::{Body, Message, MessageId, PayloadType};
use sim::{Actor, Datagram, Entry, Kind, Setup, Trace};

use super::{SIMULATED, clock};

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
    fn say(&mut self, at: Instant, id: &str, text: &str) {
        let (time, _) = clock(at);
        self.lines.push(format!("Jan 01 {time}: %ASA-{id}: {text}"));
    }

    fn of_peer(&mut self, at: Instant, id: &str, text: &str) {
        let text = format!("IP = {}, {text}", self.peer);
        self.say(at, id, &text);
    }

    fn take(&mut self, entry: &Entry) {
        let at = entry.at;
        match &entry.kind {
            Kind::Initiated => {
                let text = format!("IKE Initiator: New Phase 1, Intf inside, IKE Peer {}", self.peer);
                self.of_peer(at, "5-713041", &text);
            }
            Kind::Sent(datagram) => {
                let again = matches!(
                    datagram.label,
                    Label::Message { sending: Sending::Resend(_) | Sending::Answer, .. }
                );
                self.decoded(at, if again { "RESENDING" } else { "SENDING" }, datagram, true);
            }
            Kind::Arrived(datagram) => {
                // Where there is a NAT, its address: a device logs the one that it sees.
                self.peer = datagram.from.ip().to_string();
                // Where no service listens, nothing decodes: all that is said of it is 710005.
                if !self.setup.hosts[self.device].ike_enabled {
                    return;
                }
                // A device knows what is in a message once it opens; the trace shows that by its being accepted.
                let accepts = |later: &Entry| {
                    later.cause == Some(entry.id)
                        && matches!(later.kind, Kind::Engine(Event::Accepted { .. }))
                };
                let opened = self.trace.entries().iter().any(accepts);
                self.decoded(at, "RECEIVED", datagram, opened);
            }
            Kind::Engine(event) => self.said(entry, event),
            Kind::Edited { .. }
            | Kind::Altered { .. }
            | Kind::Lost { .. }
            | Kind::Unreached { .. }
            | Kind::Timer(_) => {}
        }
    }

    /// 713236: every message with its payloads and its length.
    fn decoded(&mut self, at: Instant, verb: &str, datagram: &Datagram, opened: bool) {
        let Ok(message) = Message::decode(datagram.message()) else { return };
        let payloads = match &message.body {
            Body::Clear(payloads) => payloads.iter().map(|payload| named(payload.kind)).collect(),
            Body::Encrypted(_) if opened => inside(&datagram.label),
            // All that can be told is what the header says.
            Body::Encrypted(_) => vec![named(message.header.next_payload)],
        };
        let closed = matches!(message.body, Body::Encrypted(_)) && !opened;
        let list: String = payloads.iter().map(|name| format!("{name} + ")).collect();
        let MessageId(id) = message.header.message_id;
        let fourth = matches!(datagram.label, Label::Message { name: MessageName::AM4, .. });
        let mark = if fourth || closed { format!(" {SIMULATED}") } else { String::new() };
        let text = format!(
            "IKE_DECODE {verb} Message (msgid={id:x}) with payloads : HDR + {list}NONE (0) total length : {}{mark}",
            datagram.message().len()
        );
        self.of_peer(at, "7-713236", &text);
    }

    fn said(&mut self, entry: &Entry, event: &Event) {
        let at = entry.at;
        match event {
            Event::Chosen { .. } => self.of_peer(at, "7-713906", "Oakley proposal is acceptable"),
            Event::GroupFound { group, .. } => {
                let text = format!("Connection landed on tunnel_group {group}");
                self.of_peer(at, "7-713906", &text);
            }
            Event::NatChecked { local, remote, .. } => {
                let is = |behind: bool| if behind { "IS" } else { "is NOT" };
                let text = format!(
                    "Automatic NAT Detection Status: Remote end {} behind a NAT device This end {} behind a NAT device",
                    is(*remote),
                    is(*local)
                );
                self.of_peer(at, "6-713172", &text);
            }
            // On a device Aggressive Mode's initiator is done with its third message.
            Event::Entered { state, .. } if state.is_active() || *state == State::AmWaitMsg4 => {
                self.of_peer(at, "5-713119", "PHASE 1 COMPLETED");
            }
            // Cisco's reference has a number of its own for a repeated first message.
            Event::Duplicate { message, .. } if message.is_first() && message.mode().is_some() => {
                self.of_peer(at, "5-713202", "Duplicate first packet detected.");
            }
            Event::Duplicate { message, answered, .. } => {
                let then =
                    if *answered { "Retransmitting last packet." } else { "No last packet to transmit." };
                let phase = if message.mode().is_some() { 1 } else { 2 };
                let text = format!("Duplicate Phase {phase} packet detected. {then}");
                self.of_peer(at, "5-713201", &text);
            }
            // Anybody could have sent it: an ASA logs it and goes on waiting.
            Event::NotifyReceived { notify, protected: false, .. } if notify.is_error() => {
                let text = format!("Received an un-encrypted {notify} notify message, dropping");
                self.of_peer(at, "5-713904", &text);
                self.of_peer(at, "4-713903", "Information Exchange processing failed");
            }
            Event::NotifyReceived { notify, .. } if notify.is_error() => {
                let text = format!("Received non-routine Notify message: {notify} ({})", notify.0);
                self.of_peer(at, "5-713068", &text);
            }
            Event::NotStarted(reason) | Event::Dropped { reason, .. } | Event::Refused { reason, .. } => {
                self.refused(entry, reason);
            }
            Event::Ended { how, state, .. } => self.ended(at, *how, *state),
            Event::Child { child, what, .. } => self.child(entry, *child, what),
            Event::Created { .. }
            | Event::Entered { .. }
            | Event::Accepted { .. }
            | Event::Floated { .. }
            | Event::Keys { .. }
            | Event::NotifyReceived { .. }
            | Event::DeleteReceived { .. }
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
        // The initiators' first wait is in public logs; the others are alike by symmetry.
        let mark = if number == 2 { String::new() } else { format!(" {SIMULATED}") };
        let text = format!(
            "IKE {short} {role} FSM error history (struct &0x0)  <state>, <event>:  {short}_DONE, EV_ERROR-->{wait}, EV_RETRY-->\
             {wait}, EV_TIMEOUT-->{wait}, NullEvent-->{send}, EV_SND_MSG-->{send}, EV_START_TMR-->{send}, EV_RESEND_MSG-->\
             {wait}, EV_RETRY{mark}"
        );
        self.of_peer(at, "7-715065", &text);
        self.peer_table(at);
    }
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
