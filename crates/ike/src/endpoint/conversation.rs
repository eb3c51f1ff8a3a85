//! What every exchange needs, phase 1 and those under it alike: which messages came, and what to send again.

use crate::event::{Label, Output, SaId, Sending};
use crate::exchange::Path;
use crate::flight::Flight;
use crate::message_name::MessageName;

use super::transmit;

/// One exchange with the peer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Conversation {
    /// Each accepted message with its bytes: what comes again is a duplicate.
    pub accepted: Vec<(MessageName, Vec<u8>)>,
    /// How often duplicates were answered.
    pub answered: u32,
    pub flight: Option<Flight>,
}

impl Conversation {
    /// An exchange that begins with this message.
    pub fn opened(flight: Flight) -> Conversation {
        Conversation { flight: Some(flight), ..Conversation::default() }
    }

    /// The message that had these very bytes.
    pub fn already_accepted(&self, bytes: &[u8]) -> Option<MessageName> {
        // Byte for byte: a copy that was changed is another message, and is judged as one.
        self.accepted.iter().find(|(_, known)| known == bytes).map(|(name, _)| *name)
    }

    /// Sends the flight.
    pub fn transmit(&self, sa: SaId, path: Path, sending: Sending) -> Option<Output> {
        let flight = self.flight.as_ref()?;
        let label = Label::Message { sa, name: flight.message, sending };
        Some(transmit(path, &flight.bytes, label))
    }
}
