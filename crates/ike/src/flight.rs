//! The last message sent: kept byte for byte, to be sent again by its timer or in answer to a duplicate.

use crate::message_name::MessageName;
use crate::profile::Schedule;
use crate::time::Instant;

/// A message that was sent, and how long its answer is waited for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Flight {
    /// Which message it is.
    pub message: MessageName,
    /// The ISAKMP message, without the non-ESP marker.
    pub bytes: Vec<u8>,
    /// Timer events so far.
    events: usize,
    /// When it was first sent, if an answer is waited for.
    waiting_since: Option<Instant>,
}

/// What a timer of a flight asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Due {
    /// Send it again, for the n-th time.
    Resend(u32),
    /// Stop waiting.
    GiveUp,
}

impl Flight {
    /// A message that waits for an answer.
    pub fn waiting(message: MessageName, bytes: Vec<u8>, now: Instant) -> Flight {
        Flight { message, bytes, events: 0, waiting_since: Some(now) }
    }

    /// The last message of the exchange: repeated only when asked.
    pub fn last(message: MessageName, bytes: Vec<u8>) -> Flight {
        Flight { message, bytes, events: 0, waiting_since: None }
    }

    /// When its timer runs out next, and whether for the last time.
    pub fn deadline(&self, schedule: &Schedule) -> Option<(Instant, bool)> {
        let since = self.waiting_since?;
        let last = self.events >= schedule.resends.len();
        schedule.due(self.events).map(|after| (since + after, last))
    }

    /// Its timer ran out: takes the event and says what to do.
    pub fn fire(&mut self, schedule: &Schedule) -> Due {
        self.events = self.events.saturating_add(1);
        if self.events > schedule.resends.len() {
            return Due::GiveUp;
        }
        Due::Resend(u32::try_from(self.events).unwrap_or(u32::MAX))
    }
}
