//! `debug crypto isakmp` of an IOS router: the state column and the transitions of public traces of both roles.

mod quick;
mod refused;

use ike::{
    Authentication, Ended, Event, Instant, Label, MessageName, Mode, Negotiated, Role, SaId, Sending, State,
};
use sim::{Actor, Datagram, Entry, Kind, Negotiation, Setup, Timeline, Trace};

use super::ios::connection;
use vendor::{Printed, ios, simulated};

use super::{clock, shown_state};

/// The debug output of a device.
pub(super) fn lines(setup: &Setup, trace: &Trace, device: Role, until: Instant) -> Vec<String> {
    let local = setup.hosts[device].address.to_string();
    let mut log = Log {
        setup,
        trace,
        device,
        local,
        peer: setup.hosts[device].peer.to_string(),
        timeline: Timeline::default(),
        lines: Vec::new(),
    };
    let entries = trace.entries().iter().take_while(|entry| entry.at <= until);
    for entry in entries.filter(|entry| entry.actor == Actor::Peer(device)) {
        log.take(entry);
        log.timeline.take(entry);
    }
    log.lines
}

struct Log<'t> {
    setup: &'t Setup,
    trace: &'t Trace,
    device: Role,
    local: String,
    peer: String,
    /// As the entry that is told finds it.
    timeline: Timeline,
    lines: Vec<String>,
}

impl Log<'_> {
    fn say(&mut self, at: Instant, text: &str) {
        let (time, millis) = clock(at);
        self.lines.push(format!("*Jan  1 {time}.{millis:03}: {text}"));
    }

    /// With the number of the negotiation: 0 until it has keys.
    fn numbered(&mut self, at: Instant, Printed { head, text }: &Printed) {
        let number = self.newest().map_or(0, |(id, one)| connection(*id, one));
        self.say(at, &format!("{head}: ({number}):{text}"));
    }

    /// The device's newest negotiation.
    fn newest(&self) -> Option<(&SaId, &Negotiation)> {
        self.timeline.sides[self.device].negotiations.last_key_value()
    }

    fn take(&mut self, entry: &Entry) {
        let at = entry.at;
        match &entry.kind {
            Kind::Sent(datagram) => self.sent(at, datagram),
            Kind::Arrived(datagram) => self.received(at, datagram),
            Kind::Engine(event) => self.said(entry, event),
            Kind::Cleared { clear, .. } => {
                let what = crate::reasons::cleared(clear.what);
                self.numbered(at, &simulated::CLEARS.print(&[("what", &what)]));
            }
            Kind::Edited { .. }
            | Kind::Initiated
            | Kind::Altered { .. }
            | Kind::Lost { .. }
            | Kind::Unreached { .. }
            | Kind::Timer(_) => {}
        }
    }

    fn letter(&self) -> &'static str {
        if self.device == Role::Initiator { "I" } else { "R" }
    }

    fn sent(&mut self, at: Instant, datagram: &Datagram) {
        let Label::Message { name, sending, .. } = datagram.label else {
            return self.numbered(at, &simulated::INFORMATIONAL.print(&[("to", &datagram.to.ip())]));
        };
        let state = column(name, self.device);
        if sending != Sending::First {
            // No trace shows the second, so that it is marked.
            let line = match name.mode() {
                Some(_) => ios::RETRANSMITTING.print(&[("state", &state)]),
                None => ios::RETRANSMITTING_2.print(&[("state", &state)]).simulated(),
            };
            self.numbered(at, &line);
        }
        let moves = name.mode() == Some(Mode::Main) && sending == Sending::First;
        // Public traces have it so: before the first packet, and behind every other.
        if moves && name.is_first() {
            self.moved(at, name);
        }
        let line = ios::SENDING.print(&[
            ("peer", &datagram.to.ip()),
            ("lport", &datagram.from.port()),
            ("pport", &datagram.to.port()),
            ("role", &self.letter()),
            ("state", &state),
        ]);
        self.numbered(at, &line);
        if moves && !name.is_first() {
            self.moved(at, name);
        }
    }

    fn received(&mut self, at: Instant, datagram: &Datagram) {
        self.peer = datagram.from.ip().to_string();
        let newest = self.newest().and_then(|(_, negotiation)| shown_state(negotiation));
        let (role, state) = match (datagram.label, newest) {
            (Label::Message { name, .. }, _) if name.is_first() && name.mode().is_some() => ("N", "NEW SA"),
            (Label::Message { name, .. }, Some(_)) => {
                // The state moves when a message is accepted: as it comes in, that of the one before stands.
                let before = name.previous().unwrap_or(name);
                (self.letter(), column(before, self.device))
            }
            (_, Some(state)) => (self.letter(), ios::state_name(state)),
            (_, None) => (self.letter(), ""),
        };
        let line = ios::RECEIVED.print(&[
            ("peer", &datagram.from.ip()),
            ("lport", &datagram.to.port()),
            ("pport", &datagram.from.port()),
            ("role", &role),
            ("state", &state),
        ]);
        self.numbered(at, &line);
    }

    /// The internal state moves when a message is accepted and again when the answer is sent.
    fn moved(&mut self, at: Instant, name: MessageName) {
        let letter = self.letter();
        let before = name
            .previous()
            .map_or("IKE_READY".into(), |before| format!("IKE_{letter}_MM{}", before.number()));
        let state = format!("IKE_{letter}_MM{}", name.number());
        self.numbered(at, &ios::MOVED.print(&[("old", &before), ("state", &state)]));
    }

    fn said(&mut self, entry: &Entry, event: &Event) {
        let at = entry.at;
        match event {
            Event::Accepted { message, .. } if self.main_mode() && message.mode().is_some() => {
                // Messages 5 and 6 carry the hashes, which prove the key.
                if *message > MessageName::MSG4 {
                    self.authenticated(at);
                }
                self.moved(at, *message);
            }
            Event::GroupFound { .. } => {
                self.numbered(at, &ios::FOUND_KEY.print(&[("of", &self.peer)]));
            }
            Event::Chosen { negotiated, policy, .. } => self.transform(at, negotiated, *policy),
            Event::Duplicate { message, .. } if message.mode().is_some() => {
                self.numbered(at, &ios::DUPLICATE.print(&[]));
                self.numbered(at, &ios::RETRANSMITTING_DUE.print(&[]));
            }
            Event::Entered { state, .. } if state.is_active() || *state == State::AmWaitMsg4 => {
                if !self.main_mode() {
                    return self.authenticated(at);
                }
                let (letter, last) = (self.letter(), if self.device == Role::Initiator { 6 } else { 5 });
                self.numbered(at, &ios::COMPLETE.print(&[("old", &format!("IKE_{letter}_MM{last}"))]));
            }
            Event::NotStarted(reason) | Event::Dropped { reason, .. } | Event::Refused { reason, .. } => {
                self.refused(entry, reason);
            }
            Event::Ended { how: Ended::GaveUp, state, .. } => {
                self.numbered(at, &simulated::NO_ANSWER.print(&[("state", &ios::state_name(*state))]));
            }
            // On good tunnels, too, each Delete is told in these lines.
            Event::DeleteReceived { .. } => {
                self.numbered(at, &ios::DELETE.print(&[]));
                self.numbered(at, &ios::NOT_PARANOID.print(&[]));
                let state = self.newest().and_then(|(_, one)| shown_state(one)).map_or("", ios::state_name);
                let (role, peer) = (self.letter(), &self.peer);
                let line = ios::DELETING.print(&[("role", &role), ("state", &state), ("peer", peer)]);
                self.numbered(at, &line);
            }
            Event::Child { child, what, .. } => self.child(at, *child, what),
            Event::NotifyReceived { notify, protected: true, .. } => self.told(at, *notify),
            Event::Created { .. }
            | Event::Entered { .. }
            | Event::Accepted { .. }
            | Event::Duplicate { .. }
            | Event::NatChecked { .. }
            | Event::Floated { .. }
            | Event::Keys { .. }
            | Event::NotifyReceived { .. }
            | Event::Ended { .. }
            | Event::Impaired { .. } => {}
        }
    }

    fn authenticated(&mut self, at: Instant) {
        self.numbered(at, &ios::STATUS.print(&[]));
        self.lines.push(format!("        {}", ios::AUTHENTICATED.print(&[]).text));
    }

    fn main_mode(&self) -> bool {
        self.setup.mode == Mode::Main
    }

    fn transform(&mut self, at: Instant, n: &Negotiated, policy: u16) {
        self.checking(at, 1, policy);
        self.values(at, n);
        self.numbered(at, &ios::ACCEPTABLE.print(&[]));
    }

    fn checking(&mut self, at: Instant, transform: u8, policy: u16) {
        self.numbered(at, &ios::CHECKING.print(&[("transform", &transform), ("policy", &policy)]));
    }

    fn values(&mut self, at: Instant, n: &Negotiated) {
        let cipher = n.encryption.name();
        let (cipher, bits) = cipher.split_once('-').map_or((cipher, None), |(name, bits)| (name, Some(bits)));
        let encryption =
            if bits.is_some() { "AES-CBC".to_owned() } else { format!("{}-CBC", cipher.to_uppercase()) };
        let method = match n.authentication {
            Authentication::PreShared => "pre-share",
            Authentication::RsaSig => "RSA sig",
        };
        let mut values = vec![ios::ENCRYPTION.print(&[("cipher", &encryption)])];
        values.extend(bits.map(|bits| ios::KEY_LENGTH.print(&[("bits", &bits)])));
        values.extend([
            ios::HASH.print(&[("hash", &n.hash.name().to_uppercase())]),
            ios::GROUP.print(&[("number", &n.group.number())]),
            ios::AUTH.print(&[("method", &method)]),
            ios::LIFE_TYPE.print(&[]),
        ]);
        for value in values {
            self.numbered(at, &value);
        }
        // IOS prints the attribute's bytes as they came, and no number.
        let duration: Vec<String> =
            n.lifetime.to_be_bytes().iter().map(|byte| format!("{byte:#x}")).collect();
        let Printed { head, text } = ios::LIFE_DURATION.print(&[("bytes", &duration.join(" "))]);
        self.say(at, &format!("{head}{text}"));
    }
}

/// What the state column says beside a message that this role sends (or, of the one before, receives).
fn column(name: MessageName, role: Role) -> &'static str {
    let aggressive = name.mode() == Some(Mode::Aggressive);
    match name.number() {
        // Quick Mode leaves the SA as it is.
        _ if name.mode().is_none() => "QM_IDLE",
        1 | 2 if aggressive => "AG_INIT_EXCH",
        _ if aggressive => "AG_AUTH",
        // Before message 2 an initiator has accepted nothing that could move its state.
        1 | 2 if role == Role::Initiator => "MM_NO_STATE",
        1..=3 => "MM_SA_SETUP",
        // IOS has MM_KEY_AUTH as well, which its traces never show.
        _ => "MM_KEY_EXCH",
    }
}
