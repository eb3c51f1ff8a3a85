//! Where a device stands, as its lines name it and as they let one infer.

use ike::{MessageName, Mode, Role, State};
use vendor::Way;

use super::super::message::Told;
use super::Facts;
use crate::explain::state_names;

impl Facts {
    pub fn stands(&mut self, name: Option<&str>, role: Option<&str>, line: usize) {
        let role = role.and_then(|role| match role.to_ascii_lowercase().as_str() {
            "i" | "initiator" | "init" => Some(Role::Initiator),
            "r" | "responder" | "resp" => Some(Role::Responder),
            _ => None,
        });
        self.role = self.role.or(role);
        let edge = |c: char| !(c.is_ascii_alphanumeric() || c == '_');
        let words = name.unwrap_or_default().split_whitespace().map(|word| word.trim_matches(edge));
        // An ASA names what it is up to: it stays active meanwhile.
        let words = words.map(|word| word.strip_suffix("_REKEY").unwrap_or(word));
        words.clone().for_each(|word| self.session(word, line));
        let known = |word: &&str| !state_names::named(word).is_empty() || word.starts_with("IKE_");
        let Some(name) = words.clone().find(known) else { return };
        if let Some(number) = name.strip_prefix("IKE_I_MM").or(name.strip_prefix("IKE_R_MM")) {
            return self.moved(name.starts_with("IKE_I"), number, line);
        }
        let fits = |state: &State| self.role.is_none_or(|role| state.is_in(state.mode(), role));
        let states: Vec<State> = state_names::named(name).into_iter().filter(fits).collect();
        // IOS names both sides alike: as good a guess as any is the side that began.
        let began =
            states.iter().find(|state| state.awaited().is_some_and(|name| name.sender() == Role::Responder));
        let Some(state) = began.or(states.first()).copied() else { return };
        self.stood = Some(line);
        self.states.clone_from(&states);
        if states.iter().all(|state| state.is_active()) {
            self.phase1 = self.phase1.or(Some(line));
        } else if states.len() == 1 {
            // Only a state that one side alone can have tells the role.
            self.role = self.role.or_else(|| Some(state.awaited()?.sender().other()));
        }
        // QM_IDLE and ESTABLISHED are of either mode.
        if states.iter().all(|one| one.mode() == state.mode()) {
            self.mode = self.mode.or(Some(state.mode()));
        }
        self.state = Some(state);
        // Who waits for a message has sent the one before, whether or not a line says so.
        self.sent = self.sent.max(state.awaited().and_then(MessageName::previous));
    }

    /// The status that `show crypto session` has, and charon's list.
    fn session(&mut self, word: &str, line: usize) {
        match word {
            "UP-ACTIVE" => (self.phase1, self.phase2) = (Some(line), Some(line)),
            "UP-NO-IKE" => (self.phase2, self.no_ike) = (Some(line), Some(line)),
            "UP-IDLE" | "ESTABLISHED" | "REKEYING" | "REKEYED" => self.phase1 = Some(line),
            "DELETING" => (self.phase1, self.deleted) = (Some(line), Some(line)),
            "DOWN-NEGOTIATING" => self.connecting = Some(line),
            "DOWN" => self.no_sa = Some(line),
            // An ASA's name for what a client and its headend settle behind Aggressive Mode.
            word if word.starts_with("AM_TM_INIT_") => self.xauth = Some(line),
            _ => {}
        }
    }

    /// A router's own machine: the number is that of the message it has sent, or accepted, last.
    fn moved(&mut self, initiator: bool, number: &str, line: usize) {
        let role = if initiator { Role::Initiator } else { Role::Responder };
        self.role = self.role.or(Some(role));
        if let Some(name) = number.parse().ok().and_then(|number| MessageName::new(Mode::Main, number)) {
            let way = if name.sender() == role { Way::Sent } else { Way::Received };
            self.message(way, Told::Phase1(name), line);
        }
    }

    pub(super) fn resent(&mut self, request: bool, seq: u8) {
        let mode = self.mode.unwrap_or(Mode::Main);
        let number = if request { seq.saturating_mul(2).saturating_sub(1) } else { seq.saturating_mul(2) };
        self.sent = self.sent.max(MessageName::new(mode, number));
    }

    /// Both cookies as charon lists them: `*` is its own, and a zero one has not come.
    pub(super) fn cookies(&mut self, spis: Option<&str>) {
        let Some(spis) = spis else { return };
        let own = [("_i*", Role::Initiator), ("_r*", Role::Responder)];
        let role = own.into_iter().find(|(mark, _)| spis.contains(mark)).map(|(_, role)| role);
        self.role = self.role.or(role);
        let mut words = spis.split_whitespace();
        let responder = words.find_map(|word| word.trim_end_matches('*').strip_suffix("_r"));
        self.answered = responder.map(|cookie| cookie.chars().any(|digit| digit != '0'));
    }

    /// A zero one has not come: then this device has sent the first message, and nothing else.
    pub(super) fn responder_cookie(&mut self, cookie: Option<&str>) {
        let Some(cookie) = cookie else { return };
        let answered = cookie.chars().any(|digit| digit != '0');
        self.answered = Some(answered);
        self.role = self.role.or(Some(Role::Initiator).filter(|_| !answered));
    }

    /// The newest message that left, or must have left, though no line has it.
    pub fn supposed(&self) -> Option<MessageName> {
        let waits = self.stalls() || self.connecting.is_some();
        self.sent.or_else(|| self.inferred().filter(|_| waits))
    }

    fn inferred(&self) -> Option<MessageName> {
        let mode = self.mode.unwrap_or(Mode::Main);
        let number = match (self.role?, self.answered) {
            // Beyond message 2 nearly all who stay there wait for a proof.
            (Role::Initiator, Some(true)) if mode == Mode::Main => 5,
            (Role::Responder, Some(true)) if mode == Mode::Main => 4,
            (Role::Initiator, _) if mode == Mode::Main && !self.heard_again.is_empty() => 5,
            // NAT discovery is over with message 4, which the initiator has had and the responder has sent.
            (Role::Initiator, _) if mode == Mode::Main && self.nat.is_some() => 5,
            (Role::Responder, _) if mode == Mode::Main && self.nat.is_some() => 4,
            (Role::Initiator, _) => 1,
            (Role::Responder, _) => 2,
        };
        MessageName::new(mode, number)
    }

    /// What a row of phase 1's table adds: it is newer than what led to it.
    pub fn join(&mut self, row: Facts) {
        self.role = self.role.or(row.role);
        self.mode = self.mode.or(row.mode);
        if row.phase1.is_none() && self.phase1.is_some() {
            return;
        }
        self.phase1 = self.phase1.or(row.phase1);
        self.connecting = self.connecting.or(row.connecting);
        self.xauth = self.xauth.or(row.xauth);
        self.gave_up = self.gave_up.or(row.gave_up);
        self.stood = row.stood.or(self.stood);
        self.sent = self.sent.max(row.sent);
        if self.state.is_none() {
            (self.state, self.states) = (row.state, row.states);
        }
        self.lines += row.lines;
    }

    /// It has states of both sides, and no line tells which side this device is.
    pub fn either(&self) -> bool {
        self.role.is_none() && self.states.len() > 1
    }

    /// The state that this device rests in while phase 1 is not complete.
    pub fn rests(&self) -> Option<State> {
        let sent = self.sent.or_else(|| self.inferred().filter(|_| self.nat.is_some()))?;
        State::waiting_for(sent.next()?).or(self.state)
    }
}
