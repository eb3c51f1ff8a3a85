//! A step in words.

use ike::{Event, Role};
use sim::{Entry, Kind, Trace};

use super::Note;
use crate::row::{What, child, label_name};

pub(super) fn event_words(event: &Event) -> Option<String> {
    Some(match event {
        Event::Accepted { message, .. } if message.mode().is_none() => format!("accepts {message}"),
        Event::Child { what, .. } => return child(what).map(|(text, _)| text),
        Event::Accepted { message, .. } => format!("accepts message {}", message.number()),
        Event::Entered { state, .. } => format!("enters {state}"),
        Event::Chosen { negotiated: n, policy, .. } => format!(
            "the transform is {} · {} · group {} (own policy {policy})",
            n.encryption.name(),
            n.hash.name(),
            n.group.number()
        ),
        Event::GroupFound { group, .. } => format!("the tunnel-group of this peer is {group}"),
        Event::Keys { .. } => "derives its keys".into(),
        Event::Duplicate { message, answered: true, .. } => {
            format!("message {} again: a duplicate, answered with the last message", message.number())
        }
        Event::NotStarted(_)
        | Event::Created { .. }
        | Event::Duplicate { .. }
        | Event::NatChecked { .. }
        | Event::Floated { .. }
        | Event::Dropped { .. }
        | Event::Refused { .. }
        | Event::NotifyReceived { .. }
        | Event::DeleteReceived { .. }
        | Event::Ended { .. }
        | Event::Impaired { .. } => return None,
    })
}

pub(super) fn title(trace: &Trace, entry: &Entry) -> String {
    let who = entry.actor.role().map_or("the network", Role::name);
    match &entry.kind {
        Kind::Edited { .. } => "Before the start: what the fault changes".into(),
        Kind::Initiated => format!("{who}: traffic wants the tunnel"),
        Kind::Arrived(datagram) => {
            let again = if comes_again(trace, entry) { " again" } else { "" };
            format!("{who}: {} arrives{again}", label_name(&datagram.label))
        }
        Kind::Timer(timer) if timer.is_last() => format!("{who}: its timer runs out for the last time"),
        Kind::Timer(_) => format!("{who}: its timer runs out"),
        Kind::Sent(_)
        | Kind::Altered { .. }
        | Kind::Lost { .. }
        | Kind::Unreached { .. }
        | Kind::Cleared { .. }
        | Kind::Engine(_) => who.into(),
    }
}

/// The same bytes have reached the same peer before.
pub(super) fn comes_again(trace: &Trace, entry: &Entry) -> bool {
    // By bytes and not by name: an altered copy is another message to who gets it.
    let Some(datagram) = entry.kind.arrived() else { return false };
    trace.entries().iter().take_while(|earlier| earlier.id < entry.id).any(|earlier| {
        earlier.actor == entry.actor
            && earlier.kind.arrived().is_some_and(|other| other.bytes == datagram.bytes)
    })
}

/// A ladder's row in words; `None`: the step's title says it.
pub(super) fn note(what: &What, at: Option<Role>) -> Option<Note> {
    let plain = |text: String| Note { text, trouble: false };
    Some(match what {
        // One side's ladder has an arrow where a message arrives.
        What::Arrow(arrow) if at.is_some_and(|role| role != arrow.from) => return None,
        What::Arrow(arrow) => {
            let lost = arrow.lost.as_ref().map_or(String::new(), |by| format!(", lost: {by}"));
            let text = format!("sends {}: {}{lost}", arrow.name, arrow.text);
            Note { text, trouble: arrow.lost.is_some() }
        }
        What::Enters { state, .. } => plain(format!("enters {state}")),
        What::Note { text, trouble, .. } => Note { text: text.clone(), trouble: *trouble },
        What::Network { text } => Note { text: text.clone(), trouble: true },
        // Steps are made of rows before any is folded.
        What::Fold(_) => return None,
    })
}
