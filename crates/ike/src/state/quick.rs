//! Where a Quick Mode is. The names are ikesim's: no device prints them, an ASA shows `MM_ACTIVE` throughout.

use std::fmt;

use super::Role;
use crate::message_name::MessageName;
use crate::table::table;

table! {
    /// What a peer waits for in one Quick Mode, or that the child is up. By progress.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
    pub enum QuickState: (&'static str, &'static str) {
        /// Initiator, QM1 sent.
        WaitMsg2 = ("QM_WAIT_MSG2", "initiator: QM1 sent, waits for the chosen proposal (ikesim's name)"),
        /// Responder, QM2 sent.
        WaitMsg3 = ("QM_WAIT_MSG3", "responder: QM2 sent, waits for the initiator's last word (ikesim's name)"),
        /// Done.
        Active = ("QM_ACTIVE", "Quick Mode is done, the child's SAs are installed (ikesim's name)"),
    }
}

impl QuickState {
    /// The contract's name.
    pub fn name(self) -> &'static str {
        self.row().0
    }

    /// What it means, in one line.
    pub fn meaning(self) -> &'static str {
        self.row().1
    }

    /// The state of this name.
    pub fn from_name(name: &str) -> Option<QuickState> {
        QuickState::ALL.into_iter().find(|state| state.name() == name)
    }

    /// The message it waits for; `None` when active.
    pub fn awaited(self) -> Option<MessageName> {
        match self {
            QuickState::WaitMsg2 => Some(MessageName::QM2),
            QuickState::WaitMsg3 => Some(MessageName::QM3),
            QuickState::Active => None,
        }
    }

    /// Whether a peer of this role can be in this state.
    pub fn is_of(self, role: Role) -> bool {
        self.awaited().is_none_or(|message| message.sender() != role)
    }
}

impl fmt::Display for QuickState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
