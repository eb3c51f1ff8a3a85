//! The states a peer can be seen in. They are called as an ASA calls them; other vendors' words are in the crate `vendor`.
//!
//! A state says which message the peer waits for. The names are a rendering: the exchange's own types
//! hold the data, and this table is the only place that knows how a device prints them.

mod quick;

use std::fmt;

use crate::message_name::MessageName;
use crate::table::table;

pub use quick::QuickState;

/// Which end of the negotiation a peer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Sends the first message.
    Initiator,
    /// Answers it.
    Responder,
}

impl Role {
    /// Both ends, the initiator first.
    pub const BOTH: [Role; 2] = [Role::Initiator, Role::Responder];

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

struct Names {
    asa: &'static str,
    meaning: &'static str,
}

const fn row(asa: &'static str, meaning: &'static str) -> Names {
    Names { asa, meaning }
}

table! {
    /// What a peer is waiting for, or that it is done. Ordered by progress within a mode.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
    pub enum State: Names {
        /// Main Mode initiator, MSG1 sent.
        MmWaitMsg2 = row("MM_WAIT_MSG2", "initiator: MSG1 sent, waits for the chosen proposal"),
        /// Main Mode responder, MSG2 sent.
        MmWaitMsg3 = row("MM_WAIT_MSG3", "responder: MSG2 sent, waits for the initiator's public value and nonce"),
        /// Main Mode initiator, MSG3 sent.
        MmWaitMsg4 = row("MM_WAIT_MSG4", "initiator: MSG3 sent, waits for the responder's public value and nonce"),
        /// Main Mode responder, MSG4 sent.
        MmWaitMsg5 = row("MM_WAIT_MSG5", "responder: MSG4 sent, waits for the initiator's identity and hash, encrypted"),
        /// Main Mode initiator, MSG5 sent.
        MmWaitMsg6 = row("MM_WAIT_MSG6", "initiator: MSG5 sent, waits for the responder's identity and hash, encrypted"),
        /// Main Mode done.
        MmActive = row("MM_ACTIVE", "Main Mode is done, the ISAKMP SA is up"),
        /// Aggressive Mode initiator, AM1 sent.
        AmWaitMsg2 = row("AM_WAIT_MSG2", "initiator: AM1 sent, waits for AM2"),
        /// Aggressive Mode responder, AM2 sent.
        AmWaitMsg3 = row("AM_WAIT_MSG3", "responder: AM2 sent, waits for the initiator's hash"),
        /// Aggressive Mode initiator, AM3 sent, the responder promised a fourth message. No device does this.
        AmWaitMsg4 = row("AM_WAIT_MSG4", "initiator: AM3 sent, waits for the responder's CONNECTED (ikesim; no device does this)"),
        /// Aggressive Mode done.
        AmActive = row("AM_ACTIVE", "Aggressive Mode is done, the ISAKMP SA is up"),
    }
}

impl State {
    /// Every state, in protocol order.
    pub fn all() -> impl Iterator<Item = State> {
        State::ALL.into_iter()
    }

    /// The state that an ASA prints under this name.
    pub fn from_asa(name: &str) -> Option<State> {
        State::all().find(|state| state.asa() == name)
    }

    /// The state of a peer that waits for this message; `None` where nobody waits for it.
    pub fn waiting_for(message: MessageName) -> Option<State> {
        State::all().find(|state| state.awaited() == Some(message))
    }

    /// The message this state waits for; `None` when active.
    pub fn awaited(self) -> Option<MessageName> {
        match self {
            State::MmWaitMsg2 => Some(MessageName::MSG2),
            State::MmWaitMsg3 => Some(MessageName::MSG3),
            State::MmWaitMsg4 => Some(MessageName::MSG4),
            State::MmWaitMsg5 => Some(MessageName::MSG5),
            State::MmWaitMsg6 => Some(MessageName::MSG6),
            State::AmWaitMsg2 => Some(MessageName::AM2),
            State::AmWaitMsg3 => Some(MessageName::AM3),
            State::AmWaitMsg4 => Some(MessageName::AM4),
            State::MmActive | State::AmActive => None,
        }
    }

    /// Whether a peer of this role can be in this state in this mode.
    pub fn is_in(self, mode: Mode, role: Role) -> bool {
        // Nobody waits for its own message; an active state is both sides'.
        self.mode() == mode && self.awaited().is_none_or(|message| message.sender() != role)
    }

    /// The mode it belongs to.
    pub fn mode(self) -> Mode {
        match self {
            State::MmWaitMsg2
            | State::MmWaitMsg3
            | State::MmWaitMsg4
            | State::MmWaitMsg5
            | State::MmWaitMsg6
            | State::MmActive => Mode::Main,
            State::AmWaitMsg2 | State::AmWaitMsg3 | State::AmWaitMsg4 | State::AmActive => Mode::Aggressive,
        }
    }

    /// The SA is up on this side.
    pub fn is_active(self) -> bool {
        self.awaited().is_none()
    }

    /// ASA and PIX 7 (`show crypto ikev1 sa`). The contract's name for the state.
    pub fn asa(self) -> &'static str {
        self.row().asa
    }

    /// What it means, in one line.
    pub fn meaning(self) -> &'static str {
        self.row().meaning
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.asa())
    }
}
