//! What could turn a stall into a tunnel: a line that was not read, an address that no file has.

use config::{Key, Policy, Subject};
use ike::Role;

use super::{Depends, Unknown};
use crate::pair::{Assumed, Session, SessionEnd};

/// Whether a line about this could mend that, had it been read.
pub(super) fn mends(about: Option<Subject>, cause: Option<Subject>, session: &Session<'_>) -> bool {
    match about {
        Some(Subject::Policy) if cause == Some(Subject::Policy) => policies_may_meet(session),
        // Nobody knows what it says, so it may be about anything.
        None => true,
        // Whatever the DNS says, it becomes no name.
        Some(Subject::Resolved) => cause == Some(Subject::Identity) && session.takes_addresses(),
        about => about == cause,
    }
}

/// Whether two policies fit but for values that could not be read: what differs beside those differs for certain.
fn policies_may_meet(session: &Session<'_>) -> bool {
    let [offered, taken] = session.policies();
    let values = |policy: &Policy| policy.unread.clone();
    let known = offered.iter().chain(&taken).any(|policy| !policy.unread.is_empty());
    // Of daemons, and of numbers that are none, no value is kept: any may be meant.
    !known
        || offered.iter().any(|one| {
            taken.iter().any(|other| {
                let open = [values(one), values(other)].concat();
                one.differences(other).iter().all(|attribute| open.contains(attribute))
            })
        })
}

/// Whether another address could mend it.
pub(super) fn hangs_on_addresses(subject: Subject, session: &Session<'_>) -> bool {
    // Where the called side's own was guessed, the two need not be peers at all.
    let guessed = session.responder.assumed.is_some();
    match subject {
        Subject::Peer | Subject::Filter => true,
        Subject::Key | Subject::Identity if guessed => true,
        Subject::Key => keys_may_meet(session),
        // A name becomes no other by an address.
        Subject::Identity => Role::BOTH.into_iter().any(|role| session.shows_address(role)),
        Subject::Policy
        | Subject::Enabled
        | Subject::Aggressive
        | Subject::Down
        | Subject::Resolved
        | Subject::Lifetime
        | Subject::Connection
        | Subject::Transforms
        | Subject::Secrecy
        | Subject::Traffic
        | Subject::Entry => false,
    }
}

/// Whether both sides have some key in common, whomever it is for; one that is not known may be.
fn keys_may_meet(session: &Session<'_>) -> bool {
    let [ours, theirs] = Role::BOTH.map(|role| &session.end(role).device.keys);
    ours.iter().any(|one| {
        theirs.iter().any(|other| match (&one.key, &other.key) {
            (Key::Missing, _) | (_, Key::Missing) => false,
            (one, other) => *one == Key::Masked || *other == Key::Masked || one == other,
        })
    })
}

/// Whether an address stands for one that no file has.
pub(super) fn made_up(session: &Session<'_>) -> bool {
    let unknown = |end: &SessionEnd<'_>| matches!(end.assumed, Some(Assumed::MadeUp | Assumed::Masked));
    unknown(&session.initiator) || unknown(&session.responder)
}

pub(super) fn no_address(session: &Session<'_>) -> Depends {
    let made_up = session.initiator.assumed == Some(Assumed::MadeUp);
    let role = if made_up { Role::Initiator } else { Role::Responder };
    Depends { on: Unknown::Address(role), at: Some(session.connection.at.clone()) }
}
