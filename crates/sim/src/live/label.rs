//! What a datagram is that a peer sent of which nothing else is known.

use ike::{Event, Label, SaId, Sending};
use isakmp::{Flags, Header};

use crate::host::Effect;

/// What a foreign datagram is, as far as the engine's own words and its header tell.
pub(super) fn label(effects: &[Effect], bytes: &[u8]) -> Label {
    let said = effects.iter().find_map(|effect| match effect {
        Effect::Said(event) => said(event),
        Effect::Sent(_) => None,
    });
    // A cookie is never zero, so four zero bytes are the non-ESP marker (RFC 3948 section 2.2).
    let message = bytes.strip_prefix(&[0; 4]).unwrap_or(bytes);
    let header = Header::decode(message).ok();
    said.unwrap_or(Label::Foreign {
        exchange: header.as_ref().map(|header| header.exchange),
        encrypted: header.is_some_and(|header| header.flags.contains(Flags::ENCRYPTION)),
    })
}

/// What an event calls the datagram that brought it about.
fn said(event: &Event) -> Option<Label> {
    // Whether its sender's timer made it, only its sender knows.
    let message = |sa, name| Some(Label::Message { sa, name, sending: Sending::First });
    match event {
        Event::Accepted { sa, message: name } | Event::Duplicate { sa, message: name, .. } => {
            message(*sa, *name)
        }
        Event::Dropped { sa, message: Some(name), .. } | Event::Refused { sa, message: Some(name), .. } => {
            // Refused before it had a negotiation, it would have begun the first.
            message(sa.unwrap_or(SaId(0)), *name)
        }
        Event::NotifyReceived { sa, notify, protected, .. } => {
            Some(Label::Notify { sa: *sa, notify: *notify, protected: *protected })
        }
        Event::DeleteReceived { sa } => Some(Label::Delete { sa: Some(*sa) }),
        Event::Dropped { message: None, .. }
        | Event::Refused { message: None, .. }
        | Event::NotStarted(_)
        | Event::Created { .. }
        | Event::Entered { .. }
        | Event::Chosen { .. }
        | Event::GroupFound { .. }
        | Event::NatChecked { .. }
        | Event::Floated { .. }
        | Event::Keys { .. }
        | Event::Child { .. }
        | Event::Ended { .. }
        | Event::Impaired { .. } => None,
    }
}
