//! Another attempt at a child that failed or was deleted.

use std::collections::{BTreeMap, BTreeSet};

use super::quick::Child;
use super::{Endpoint, Sa};
use crate::config::Retry;
use crate::event::{Ended, Output, SaId, Timer, TimerName};
use crate::exchange::Path;
use crate::profile;
use crate::state::{QuickState, Role};
use crate::time::Instant;

/// What an initiator keeps for attempts after its first. Entries of the crypto map go by their numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Again {
    /// Whom it called, and from where.
    pub path: Option<Path>,
    /// Entries whose children are asked for as soon as phase 1 is up.
    pub asking: BTreeSet<u16>,
    /// Entries with an attempt that failed while this input is handled, and whether the vendor begins another.
    failed: BTreeMap<u16, bool>,
    /// When the next attempt of an entry begins.
    due: BTreeMap<u16, Instant>,
    /// How many an entry had after its first.
    made: BTreeMap<u16, u32>,
}

impl Endpoint {
    /// A child is gone: with its ISAKMP SA, or alone.
    pub(super) fn child_gone(&mut self, child: &Child, how: Ended, with_phase_1: bool) {
        // What the peer asked for, the peer asks for again.
        let Some(entry) = child.entry else {
            return;
        };
        let is_up = child.quick.state() == QuickState::Active;
        let vendor = match self.config.profile.quick_mode.again.value {
            profile::Again::Waits => false,
            profile::Again::Phase1 => with_phase_1 && !is_up && how != Ended::Cleared,
            profile::Again::Child => !with_phase_1 && is_up && how == Ended::Deleted,
        };
        *self.again.failed.entry(entry).or_default() |= vendor;
    }

    /// An SA is gone: if it never came up, the attempt of whatever waited for it has failed.
    pub(super) fn phase_1_gone(&mut self, sa: &Sa) {
        if sa.role == Role::Initiator && !sa.exchange.state().is_active() {
            let waited = self.again.asking.iter().map(|entry| (*entry, false));
            self.again.failed.extend(waited);
        }
    }

    /// For each attempt that has failed another one follows, if the entry or the vendor wants one.
    pub(super) fn plan_another(&mut self, now: Instant, out: &mut Vec<Output>) {
        for (number, vendor) in std::mem::take(&mut self.again.failed) {
            let entry = self.config.asking().find(|entry| entry.sequence == number);
            let Some((retry, attempts)) = entry.map(|entry| (entry.retry, entry.attempts)) else {
                continue;
            };
            let at = match retry {
                Retry::Never => None,
                Retry::After(wait) => Some(now + wait),
                Retry::Vendor => vendor.then_some(now),
            };
            let made = self.again.made.get(&number).copied().unwrap_or(0);
            if let Some(at) = at.filter(|_| made < attempts) {
                // Of an entry's children the first that failed says when.
                self.again.due.entry(number).or_insert(at);
            }
        }
        self.another_attempt(now, out);
    }

    /// Begins the attempts that are due: under the SA that is there, or with a new one.
    pub(super) fn another_attempt(&mut self, now: Instant, out: &mut Vec<Output>) {
        let Some(path) = self.again.path else {
            return;
        };
        let due: Vec<u16> =
            self.again.due.iter().filter(|(_, at)| **at <= now).map(|(number, _)| *number).collect();
        if due.is_empty() {
            return;
        }
        for number in due {
            self.again.due.remove(&number);
            let made = self.again.made.entry(number).or_default();
            *made = made.saturating_add(1);
            self.again.asking.insert(number);
        }
        let own = self.sas.iter().filter(|sa| sa.role == Role::Initiator);
        let newest = own.max_by_key(|sa| (sa.exchange.state().is_active(), sa.id));
        match newest.map(|sa| (sa.id, sa.exchange.state().is_active())) {
            Some((id, true)) => self.ask_for_children(id, now, out),
            // It asks when it is up.
            Some((_, false)) => {}
            None => self.initiate(now, path, out),
        }
    }

    /// Its timer bears the number of the negotiation that it may begin.
    pub(super) fn next_attempt(&self) -> Option<(Instant, TimerName)> {
        let at = self.again.due.values().min()?;
        Some((*at, TimerName { sa: SaId(self.next), child: None, timer: Timer::Attempt }))
    }
}
