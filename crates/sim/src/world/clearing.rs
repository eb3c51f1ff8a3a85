//! Operators that clear SAs while a run goes on.

use ike::{Input, Instant, Label};

use super::World;
use super::watch::Watch;
use crate::choice::{Chooser, Enabled, Step};
use crate::fault::{ClearFault, Fault};

/// The clearings that are still to come, each with its place in the setup's faults.
#[derive(Clone, Debug, Default)]
pub(super) struct Clearings(Vec<(usize, ClearFault, Option<Instant>)>);

impl Clearings {
    pub fn new(faults: &[Fault]) -> Clearings {
        let clearings = faults.iter().enumerate().filter_map(|(index, fault)| {
            let Fault::Clear(fault) = fault else { return None };
            let at = fault.after.is_none().then(|| Instant::ZERO + fault.when);
            Some((index, *fault, at))
        });
        Clearings(clearings.collect())
    }

    /// Those whose moment is known.
    pub fn enabled(&self) -> impl Iterator<Item = Enabled> + use<'_> {
        self.0.iter().filter_map(|(index, _, at)| Some(Enabled { at: (*at)?, what: Step::Clear(*index) }))
    }

    /// A message leaves a host: what counts from its first sending has its moment now.
    pub fn sent(&mut self, now: Instant, label: &Label) {
        for (_, fault, at) in &mut self.0 {
            if at.is_none() && fault.after == label.message() {
                *at = Some(now + fault.when);
            }
        }
    }

    fn take(&mut self, fault: usize) -> Option<ClearFault> {
        let place = self.0.iter().position(|(index, ..)| *index == fault)?;
        Some(self.0.remove(place).1)
    }
}

impl<W: Watch> World<W> {
    pub(super) fn clear(&mut self, fault: usize, chooser: &mut dyn Chooser) {
        let Some(ClearFault { at: role, clear, .. }) = self.clearings.take(fault) else {
            return;
        };
        let effects = self.hosts[role].handle(self.now, Input::Clear(clear));
        let cause = self.watch.cleared(self.now, role, fault, clear, !effects.is_empty());
        self.carry_out(role, cause, effects, chooser);
    }
}
