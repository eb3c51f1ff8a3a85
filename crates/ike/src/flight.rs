//! The last message sent: kept byte for byte, to be sent again by its timer or in answer to a duplicate.

use crate::event::Timer;
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
    /// Resends so far.
    resends: usize,
    /// When it was first sent, if an answer is waited for.
    waiting_since: Option<Instant>,
}

impl Flight {
    /// A message that waits for an answer.
    pub fn waiting(message: MessageName, bytes: Vec<u8>, now: Instant) -> Flight {
        Flight { message, bytes, resends: 0, waiting_since: Some(now) }
    }

    /// The last message of the exchange: repeated only when asked.
    pub fn last(message: MessageName, bytes: Vec<u8>) -> Flight {
        Flight { message, bytes, resends: 0, waiting_since: None }
    }

    /// When its timer runs out next, and which one it is then.
    pub fn deadline(&self, schedule: &Schedule) -> Option<(Instant, Timer)> {
        let since = self.waiting_since?;
        // From the first sending, not from the last one: so the recorded runs give the vendors' times.
        let last = self.resends >= schedule.resends.len();
        let timer = if last { Timer::GiveUp } else { Timer::Resend };
        schedule.due(self.resends).map(|after| (since + after, timer))
    }

    /// Its timer ran out, and not for the last time: how often it is sent again with this one.
    pub fn resend(&mut self) -> u32 {
        self.resends = self.resends.saturating_add(1);
        u32::try_from(self.resends).unwrap_or(u32::MAX)
    }
}
