//! What a side meets with a step, for the table of states.

use ike::{Label, MessageName, NotifyType, Role};

use super::super::Choice;
use super::super::nature::Tamper;
use super::{Node, Tables};

/// What meets a side in a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Met {
    /// A Delete.
    Delete,
    /// A notify.
    Notify(NotifyType),
    /// Something damaged or forged.
    Tampered(Tamper),
    /// A message.
    Message(MessageName),
    /// Its timer.
    Timer,
}

impl Tables {
    /// Whom a choice meets in this world, and with what; `None`: nobody notices.
    pub fn meets(&self, node: &Node, choice: Choice) -> Option<(Role, Met)> {
        match choice {
            Choice::Fire(role) => Some((role, Met::Timer)),
            Choice::Lose(..) => None,
            Choice::Damage(role, _, how) | Choice::Forge(role, _, how) => Some((role, Met::Tampered(how))),
            Choice::Deliver(role, place) | Choice::Repeat(role, place) => {
                Some((role, met(&self.datagram(node, role, place)?.label)))
            }
        }
    }
}

fn met(label: &Label) -> Met {
    match label {
        Label::Message { name, .. } => Met::Message(*name),
        Label::Notify { notify, .. } => Met::Notify(*notify),
        // Our own endpoints send nothing foreign.
        Label::Delete { .. } | Label::Foreign { .. } => Met::Delete,
    }
}
