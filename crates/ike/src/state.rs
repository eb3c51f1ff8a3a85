//! The states a peer can be seen in, and what each vendor calls them.
//!
//! A state says which message the peer waits for. The names are a rendering: the exchange's own types
//! hold the data, and this table is the only place that knows how a device prints them.

use std::fmt;

/// Which end of the negotiation a peer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Sends the first message.
    Initiator,
    /// Answers it.
    Responder,
}

impl Role {
    /// The other end.
    pub const fn other(self) -> Role {
        match self {
            Role::Initiator => Role::Responder,
            Role::Responder => Role::Initiator,
        }
    }

    /// `initiator` or `responder`.
    pub fn name(self) -> &'static str {
        match self {
            Role::Initiator => "initiator",
            Role::Responder => "responder",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The phase 1 exchange in use (RFC 2409 sections 5.1 to 5.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mode {
    /// Six messages, identities encrypted.
    Main,
    /// Three messages, four with the confirmation.
    Aggressive,
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Mode::Main => "main",
            Mode::Aggressive => "aggressive",
        })
    }
}

/// What a peer is waiting for, or that it is done. Ordered by progress within a mode.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// Main Mode initiator, MSG1 sent.
    MmWaitMsg2,
    /// Main Mode responder, MSG2 sent.
    MmWaitMsg3,
    /// Main Mode initiator, MSG3 sent.
    MmWaitMsg4,
    /// Main Mode responder, MSG4 sent.
    MmWaitMsg5,
    /// Main Mode initiator, MSG5 sent.
    MmWaitMsg6,
    /// Main Mode done.
    MmActive,
    /// Aggressive Mode initiator, AM1 sent.
    AmWaitMsg2,
    /// Aggressive Mode responder, AM2 sent.
    AmWaitMsg3,
    /// Aggressive Mode initiator, AM3 sent, the responder promised a fourth message. No device does this.
    AmWaitMsg4,
    /// Aggressive Mode done.
    AmActive,
}

struct Names {
    state: State,
    asa: &'static str,
    ios: &'static str,
    libreswan: [&'static str; 2],
    strongswan: [&'static str; 2],
    meaning: &'static str,
}

const fn row(
    state: State,
    asa: &'static str,
    ios: &'static str,
    libreswan: [&'static str; 2],
    strongswan: [&'static str; 2],
    meaning: &'static str,
) -> Names {
    Names { state, asa, ios, libreswan, strongswan, meaning }
}

/// libreswan and strongSwan columns: as initiator, as responder. Sources: shared facts, section 5.
const NAMES: [Names; 10] = [
    row(
        State::MmWaitMsg2,
        "MM_WAIT_MSG2",
        "MM_NO_STATE",
        ["STATE_MAIN_I1", ""],
        ["MM_SA", ""],
        "initiator: MSG1 sent, waits for the chosen proposal",
    ),
    row(
        State::MmWaitMsg3,
        "MM_WAIT_MSG3",
        "MM_SA_SETUP",
        ["", "STATE_MAIN_R1"],
        ["", "MM_SA"],
        "responder: MSG2 sent, waits for the initiator's public value and nonce",
    ),
    row(
        State::MmWaitMsg4,
        "MM_WAIT_MSG4",
        "MM_SA_SETUP",
        ["STATE_MAIN_I2", ""],
        ["MM_KE", ""],
        "initiator: MSG3 sent, waits for the responder's public value and nonce",
    ),
    row(
        State::MmWaitMsg5,
        "MM_WAIT_MSG5",
        "MM_KEY_EXCH",
        ["", "STATE_MAIN_R2"],
        ["", "MM_KE"],
        "responder: MSG4 sent, waits for the initiator's identity and hash, encrypted",
    ),
    row(
        State::MmWaitMsg6,
        "MM_WAIT_MSG6",
        "MM_KEY_EXCH",
        ["STATE_MAIN_I3", ""],
        ["MM_AUTH", ""],
        "initiator: MSG5 sent, waits for the responder's identity and hash, encrypted",
    ),
    row(
        State::MmActive,
        "MM_ACTIVE",
        "QM_IDLE",
        ["STATE_MAIN_I4", "STATE_MAIN_R3"],
        ["ESTABLISHED", "ESTABLISHED"],
        "Main Mode is done, the ISAKMP SA is up",
    ),
    row(
        State::AmWaitMsg2,
        "AM_WAIT_MSG2",
        "AG_INIT_EXCH",
        ["STATE_AGGR_I1", ""],
        ["AM_INIT", ""],
        "initiator: AM1 sent, waits for AM2",
    ),
    row(
        State::AmWaitMsg3,
        "AM_WAIT_MSG3",
        "AG_INIT_EXCH",
        ["", "STATE_AGGR_R1"],
        ["", "AM_AUTH"],
        "responder: AM2 sent, waits for the initiator's hash",
    ),
    row(
        State::AmWaitMsg4,
        "AM_WAIT_MSG4",
        "AG_AUTH",
        ["STATE_AGGR_I2", ""],
        ["ESTABLISHED", ""],
        "initiator: AM3 sent, waits for the responder's CONNECTED (ikesim; no device does this)",
    ),
    row(
        State::AmActive,
        "AM_ACTIVE",
        "QM_IDLE",
        ["STATE_AGGR_I2", "STATE_AGGR_R2"],
        ["ESTABLISHED", "ESTABLISHED"],
        "Aggressive Mode is done, the ISAKMP SA is up",
    ),
];

impl State {
    /// Every state, in protocol order.
    pub fn all() -> impl Iterator<Item = State> {
        NAMES.iter().map(|row| row.state)
    }

    /// The state that an ASA prints under this name.
    pub fn from_asa(name: &str) -> Option<State> {
        NAMES.iter().find(|row| row.asa == name).map(|row| row.state)
    }

    /// The state of a peer that waits for message `number` of `mode`; `None` where nobody waits for it.
    pub fn waiting_for(mode: Mode, number: u8) -> Option<State> {
        match (mode, number) {
            (Mode::Main, 2) => Some(State::MmWaitMsg2),
            (Mode::Main, 3) => Some(State::MmWaitMsg3),
            (Mode::Main, 4) => Some(State::MmWaitMsg4),
            (Mode::Main, 5) => Some(State::MmWaitMsg5),
            (Mode::Main, 6) => Some(State::MmWaitMsg6),
            (Mode::Aggressive, 2) => Some(State::AmWaitMsg2),
            (Mode::Aggressive, 3) => Some(State::AmWaitMsg3),
            (Mode::Aggressive, 4) => Some(State::AmWaitMsg4),
            _ => None,
        }
    }

    /// The message this state waits for; `None` when active.
    pub fn awaited(self) -> Option<u8> {
        match self {
            State::MmWaitMsg2 | State::AmWaitMsg2 => Some(2),
            State::MmWaitMsg3 | State::AmWaitMsg3 => Some(3),
            State::MmWaitMsg4 | State::AmWaitMsg4 => Some(4),
            State::MmWaitMsg5 => Some(5),
            State::MmWaitMsg6 => Some(6),
            State::MmActive | State::AmActive => None,
        }
    }

    /// Whether a peer of this role can be in this state in this mode.
    pub fn is_in(self, mode: Mode, role: Role) -> bool {
        let turn = |number: u8| if number.is_multiple_of(2) { Role::Initiator } else { Role::Responder };
        self.mode() == mode && self.awaited().is_none_or(|number| turn(number) == role)
    }

    /// The mode it belongs to.
    pub fn mode(self) -> Mode {
        if self >= State::AmWaitMsg2 { Mode::Aggressive } else { Mode::Main }
    }

    /// The SA is up on this side.
    pub fn is_active(self) -> bool {
        self.awaited().is_none()
    }

    fn names(self) -> &'static Names {
        NAMES.iter().find(|row| row.state == self).unwrap_or(&NAMES[0])
    }

    /// ASA and PIX 7 (`show crypto ikev1 sa`). The contract's name for the state.
    pub fn asa(self) -> &'static str {
        self.names().asa
    }

    /// IOS and PIX 6 (`show crypto isakmp sa`), while the peer rests in this state.
    pub fn ios(self) -> &'static str {
        self.names().ios
    }

    /// libreswan's name; empty where that role is never in this state.
    pub fn libreswan(self, role: Role) -> &'static str {
        by_role(self.names().libreswan, role)
    }

    /// strongSwan's task state; empty where that role is never in this state.
    pub fn strongswan(self, role: Role) -> &'static str {
        by_role(self.names().strongswan, role)
    }

    /// What it means, in one line.
    pub fn meaning(self) -> &'static str {
        self.names().meaning
    }
}

fn by_role([initiator, responder]: [&'static str; 2], role: Role) -> &'static str {
    match role {
        Role::Initiator => initiator,
        Role::Responder => responder,
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.asa())
    }
}
