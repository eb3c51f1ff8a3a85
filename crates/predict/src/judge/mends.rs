//! What could turn a stall into a tunnel: a line that was not read, an address that no file has.

use config::Subject;
use ike::Role;

use super::{Depends, Unknown};
use crate::pair::{Assumed, End, Session};

/// Whether a line about this could mend that, had it been read.
pub(super) fn mends(about: Option<Subject>, cause: Option<Subject>, session: &Session<'_>) -> bool {
    match about {
        // Nobody knows what it says, so it may be about anything.
        None => true,
        // Whatever the DNS says, it becomes no name.
        Some(Subject::Resolved) => cause == Some(Subject::Identity) && session.takes_addresses(),
        about => about == cause,
    }
}

/// Whether another address could mend it.
pub(super) fn hangs_on_addresses(subject: Subject) -> bool {
    matches!(subject, Subject::Key | Subject::Identity | Subject::Peer | Subject::Filter)
}

/// Whether an address stands for one that no file has.
pub(super) fn made_up(session: &Session<'_>) -> bool {
    let unknown = |end: &End<'_>| matches!(end.assumed, Some(Assumed::MadeUp | Assumed::Masked));
    unknown(&session.initiator) || unknown(&session.responder)
}

pub(super) fn no_address(session: &Session<'_>) -> Depends {
    let made_up = session.initiator.assumed == Some(Assumed::MadeUp);
    let role = if made_up { Role::Initiator } else { Role::Responder };
    Depends { on: Unknown::Address(role), at: Some(session.connection.at.clone()) }
}
