//! What mends a direction: edits of the files that were read. They are typed, so that a test makes each of them and judges
//! again.

mod keys;
mod new_key;
mod phase1;
mod phase2;
mod written;

use std::cmp::Ordering;

use config::{Device, Dialect, Place, Subject};
use ike::Role;

use crate::lines::Refused;
use crate::pair::Session;

/// Stands in an edit where a key is entered: the one that the other side has, or a new one on both.
pub const KEY: &str = "<key>";

/// One way to mend a direction: all of its changes together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// What is changed, in this order.
    pub changes: Vec<Change>,
    /// What it agrees on is weak by today's standards, and so are both files: a better one is for both sides.
    pub weak: bool,
    /// It changes what both sides use for other peers too: theirs have to follow.
    pub others: bool,
}

/// A change on one side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Whose file.
    pub side: Role,
    /// What is changed.
    pub edit: Edit,
}

/// A change of one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Edit {
    /// Commands, as they are typed in configuration mode.
    Enter(Vec<String>),
    /// The same, with a part in angle brackets that only the operator knows. Nobody else can make this change.
    FillIn(Vec<String>),
    /// These lines stand instead of that one; none: it goes.
    Line {
        /// That line.
        at: Place,
        /// These.
        with: Vec<String>,
    },
    /// A key of a daemon's section: instead of the line that has the key there, else below the one given.
    Set {
        /// A line of the section.
        at: Place,
        /// `esp_proposals`
        key: String,
        /// `aes256-sha256`
        value: String,
    },
    /// Lines for the file of keys, or for the end of the one file that has all.
    Secrets(Vec<String>),
}

impl Edit {
    /// Whether anybody can make it, without knowing more than the files.
    pub fn is_mechanical(&self) -> bool {
        !matches!(self, Edit::FillIn(_))
    }
}

impl Fix {
    fn one(side: Role, edit: Edit) -> Fix {
        Fix { changes: vec![Change { side, edit }], weak: false, others: false }
    }

    fn of(changes: Vec<Change>) -> Option<Fix> {
        (!changes.is_empty()).then_some(Fix { changes, weak: false, others: false })
    }
}

/// Ways to mend what a stall is about, the better one first; none: no change of these files is known to.
pub fn fixes(subject: Subject, session: &Session<'_>) -> Vec<Fix> {
    match Refused::of(subject) {
        Some(refused) => phase2::fixes(refused, session),
        None => phase1::fixes(subject, session),
    }
}

/// The side that gives way where both might: the one with the weaker values, else the one whose name comes later.
/// Whoever calls, so that both directions are told the same. `values`: what each has, and an ASA cannot take all of it.
fn gives_way(session: &Session<'_>, strength: [u32; 2], values: [&str; 2]) -> Role {
    let [i, r] = strength;
    let [ours, theirs] = values;
    // For IKEv1 an ASA has MD5 and SHA-1 alone, in policies and in transform sets.
    let takes = |role: Role, values: &str| {
        session.end(role).device.dialect != Dialect::Asa
            || !["sha256", "sha384", "sha512"].iter().any(|hash| values.contains(hash))
    };
    match (takes(Role::Initiator, theirs), takes(Role::Responder, ours)) {
        (false, true) => return Role::Responder,
        (true, false) => return Role::Initiator,
        _ => {}
    }
    let place = |device: &Device| (device.name(), device.file.clone());
    let later = place(session.initiator.device) > place(session.responder.device);
    match i.cmp(&r) {
        Ordering::Less => Role::Initiator,
        Ordering::Greater => Role::Responder,
        Ordering::Equal if later => Role::Initiator,
        Ordering::Equal => Role::Responder,
    }
}
