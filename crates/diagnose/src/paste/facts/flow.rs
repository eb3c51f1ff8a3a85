//! The counters of tunnels.

use super::Facts;

/// Packets or bytes into one tunnel and out of it, and the line of the newest of both counters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::paste) struct Flow {
    pub encaps: Option<u64>,
    pub decaps: Option<u64>,
    pub line: usize,
}

impl Facts {
    pub(super) fn count(&mut self, encaps: Option<u64>, decaps: Option<u64>, line: usize) {
        // A counter that is there already is the next tunnel's.
        let fits = |flow: &&mut Flow| {
            flow.encaps.is_none() && decaps.is_none() || flow.decaps.is_none() && encaps.is_none()
        };
        if let Some(flow) = self.flows.last_mut().filter(fits) {
            *flow = Flow { encaps: flow.encaps.or(encaps), decaps: flow.decaps.or(decaps), line };
        } else {
            self.flows.push(Flow { encaps, decaps, line });
        }
    }

    /// Packets are counted under an SA for which phase 1 had to be complete.
    pub fn counts_packets(&self) -> bool {
        self.flows.iter().any(|flow| flow.encaps.max(flow.decaps).is_some_and(|count| count > 0))
    }

    /// The tunnel that packets go into and none comes out of, or the other way.
    pub fn one_way(&self) -> Option<Flow> {
        let one =
            |flow: &&Flow| matches!((flow.encaps, flow.decaps), (Some(1..), Some(0)) | (Some(0), Some(1..)));
        self.flows.iter().find(one).copied()
    }
}

/// The digits that a counter begins with.
pub(super) fn number(text: &str) -> Option<u64> {
    text.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}
