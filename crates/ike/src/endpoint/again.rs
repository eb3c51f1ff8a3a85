//! Another attempt at a child that failed or was deleted.

use super::Endpoint;
use crate::config::Retry;
use crate::event::{ChildEvent, Ended, Event, Output, SaId, Timer, TimerName};
use crate::exchange::Path;
use crate::profile;
use crate::state::{QuickState, Role};
use crate::time::Instant;

/// What an initiator keeps for attempts after its first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Again {
    /// Whom it called, and from where.
    pub path: Option<Path>,
    /// When the next attempt begins.
    at: Option<Instant>,
    /// How many there were after the first.
    made: u32,
}

impl Endpoint {
    /// A child of ours failed or was deleted: another attempt follows, if the entry or the vendor wants one.
    pub(super) fn plan_another(&mut self, now: Instant, out: &mut Vec<Output>) {
        // A host that was called waits to be called again.
        if self.again.path.is_none() || self.again.at.is_some() {
            return;
        }
        let ended = out.iter().find_map(|output| match output {
            Output::Event(Event::Child { what: ChildEvent::Ended { how, state }, .. }) => {
                Some((*how, *state))
            }
            Output::Event(_) | Output::Transmit { .. } => None,
        });
        let entry = self.config.asking().next().map(|entry| (entry.retry, entry.attempts));
        let (Some((how, state)), Some((retry, attempts))) = (ended, entry) else {
            return;
        };
        let wanted = match retry {
            Retry::Never => None,
            Retry::After(wait) => Some(now + wait),
            Retry::Vendor => self.vendor_asks_again(how, state).then_some(now),
        };
        self.again.at = wanted.filter(|_| self.again.made < attempts);
        self.another_attempt(now, out);
    }

    fn vendor_asks_again(&self, how: Ended, state: QuickState) -> bool {
        match self.config.profile.quick_mode.again.value {
            profile::Again::Waits => false,
            profile::Again::Phase1 => how == Ended::GaveUp,
            profile::Again::Child => how == Ended::Deleted && state == QuickState::Active,
        }
    }

    /// Begins the attempt that is due: under the SA that is there, or with a new one.
    pub(super) fn another_attempt(&mut self, now: Instant, out: &mut Vec<Output>) {
        let due = self.again.at.is_some_and(|at| at <= now);
        let Some(path) = self.again.path.filter(|_| due) else {
            return;
        };
        self.again.at = None;
        self.again.made = self.again.made.saturating_add(1);
        let up = self.sas.iter().find(|sa| sa.role == Role::Initiator && sa.exchange.state().is_active());
        match up.map(|sa| sa.id) {
            Some(id) => self.ask_for_children(id, now, out),
            None => self.initiate(now, path, out),
        }
    }

    /// Its timer bears the number of the negotiation that it may begin.
    pub(super) fn next_attempt(&self) -> Option<(Instant, TimerName)> {
        let at = self.again.at?;
        Some((at, TimerName { sa: SaId(self.next), child: None, timer: Timer::Attempt }))
    }
}
