//! What nature chooses: a run is a list of choices, and replays.

use std::fmt;

use ike::{Label, Role};

use super::nature::Tamper;

/// How much nature may do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Bounds {
    /// Datagrams lost.
    pub drops: u8,
    /// Datagrams delivered twice.
    pub duplicates: u8,
    /// Datagrams that overtake earlier ones.
    pub reorders: u8,
    /// Timers that run out while something is under way; beyond that they wait until nothing is. `None`:
    /// as many as there are.
    pub eager: Option<u8>,
    /// Datagrams damaged.
    pub corrupts: u8,
    /// Datagrams forged from what is to be seen.
    pub forges: u8,
}

/// One choice. A place counts the datagrams under way to a peer in the order of their sending, from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Choice {
    /// Delivers a datagram.
    Deliver(Role, u16),
    /// Loses one.
    Lose(Role, u16),
    /// Delivers one, and keeps a copy under way.
    Repeat(Role, u16),
    /// Delivers one damaged.
    Damage(Role, u16, Tamper),
    /// Delivers a forgery made from one, which stays under way.
    Forge(Role, u16, Tamper),
    /// Lets the next timer of a peer run out.
    Fire(Role),
}

impl Choice {
    /// The datagram that it is about; a timer has none.
    pub fn place(self) -> Option<(Role, u16)> {
        match self {
            Choice::Deliver(role, place)
            | Choice::Lose(role, place)
            | Choice::Repeat(role, place)
            | Choice::Damage(role, place, _)
            | Choice::Forge(role, place, _) => Some((role, place)),
            Choice::Fire(_) => None,
        }
    }
}

/// A choice with what is known of its datagram.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Action {
    /// The choice.
    pub choice: Choice,
    /// What its sender called the datagram.
    pub label: Option<Label>,
    /// Earlier datagrams are still under way.
    pub overtakes: bool,
}

/// Its name; of a message of phase 1 the number, of Quick Mode's the name.
impl fmt::Display for super::Met {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            super::Met::Delete => f.write_str("Delete"),
            super::Met::Notify(notify) => notify.fmt(f),
            super::Met::Tampered(how) => how.fmt(f),
            super::Met::Message(name) if name.mode().is_some() => write!(f, "message {}", name.number()),
            super::Met::Message(name) => name.fmt(f),
            super::Met::Timer => f.write_str("timer"),
        }
    }
}
