//! A value for each end of a negotiation.

use std::ops::{Index, IndexMut};

use crate::state::Role;

/// One value for the initiator and one for the responder, told apart by [`Role`] and never by position.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sides<T> {
    /// Of the side that sends the first message.
    pub initiator: T,
    /// Of the side that answers it.
    pub responder: T,
}

impl<T> Sides<T> {
    /// Both values, the initiator's first.
    pub const fn new(initiator: T, responder: T) -> Sides<T> {
        Sides { initiator, responder }
    }

    /// Makes the value of each side, the initiator's first.
    pub fn from_fn(mut of: impl FnMut(Role) -> T) -> Sides<T> {
        Sides { initiator: of(Role::Initiator), responder: of(Role::Responder) }
    }

    /// The same two values, borrowed.
    pub const fn as_ref(&self) -> Sides<&T> {
        Sides { initiator: &self.initiator, responder: &self.responder }
    }

    /// What each value becomes.
    pub fn map<U>(self, mut change: impl FnMut(T) -> U) -> Sides<U> {
        Sides { initiator: change(self.initiator), responder: change(self.responder) }
    }

    /// This side's and that side's value in pairs.
    pub fn zip<U>(self, other: Sides<U>) -> Sides<(T, U)> {
        Sides { initiator: (self.initiator, other.initiator), responder: (self.responder, other.responder) }
    }

    /// Both with their role, the initiator first.
    pub fn both(&self) -> [(Role, &T); 2] {
        [(Role::Initiator, &self.initiator), (Role::Responder, &self.responder)]
    }

    /// The two values alone, the initiator's first.
    pub fn into_array(self) -> [T; 2] {
        [self.initiator, self.responder]
    }
}

impl<T> Index<Role> for Sides<T> {
    type Output = T;

    fn index(&self, role: Role) -> &T {
        match role {
            Role::Initiator => &self.initiator,
            Role::Responder => &self.responder,
        }
    }
}

impl<T> IndexMut<Role> for Sides<T> {
    fn index_mut(&mut self, role: Role) -> &mut T {
        match role {
            Role::Initiator => &mut self.initiator,
            Role::Responder => &mut self.responder,
        }
    }
}

impl<T> IntoIterator for Sides<T> {
    type Item = T;
    type IntoIter = std::array::IntoIter<T, 2>;

    fn into_iter(self) -> Self::IntoIter {
        self.into_array().into_iter()
    }
}
