//! The counters of tunnels.

use super::Facts;

/// Packets or bytes into one tunnel and out of it, and the line of the newest of both counters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::paste) struct Flow {
    pub encaps: Option<u64>,
    pub decaps: Option<u64>,
    pub line: usize,
    /// The SA under which they were counted is not there any more.
    pub gone: bool,
    /// The line before them says whether it is.
    headed: bool,
}

impl Facts {
    pub(super) fn count(&mut self, encaps: Option<u64>, decaps: Option<u64>, line: usize) {
        // A counter that is there already is the next tunnel's.
        let fits = |flow: &&mut Flow| {
            flow.encaps.is_none() && decaps.is_none() || flow.decaps.is_none() && encaps.is_none()
        };
        if let Some(flow) = self.flows.last_mut().filter(fits) {
            let (encaps, decaps) = (flow.encaps.or(encaps), flow.decaps.or(decaps));
            *flow = Flow { encaps, decaps, line, ..*flow };
        } else {
            // `show crypto session` has the number of SAs before the counters, `show crypto ipsec sa` behind them.
            let headed = self.no_sa.max(self.phase2) == line.checked_sub(1);
            self.flows.push(Flow { encaps, decaps, line, gone: self.no_sa > self.phase2, headed });
        }
    }

    pub(super) fn has_no_sa(&mut self, line: usize) {
        self.no_sa = Some(line);
        self.newest_flow(true);
    }

    pub(super) fn phase2_done(&mut self, line: usize) {
        self.phase2 = Some(line);
        self.newest_flow(false);
    }

    fn newest_flow(&mut self, gone: bool) {
        if self.flows.first().is_some_and(|first| first.headed) {
            return;
        }
        if let Some(flow) = self.flows.last_mut() {
            flow.gone = gone;
        }
    }

    /// Counters of SAs that are there.
    fn living(&self) -> impl Iterator<Item = &Flow> {
        self.flows.iter().filter(|flow| !flow.gone)
    }

    /// Packets are counted under an SA for which phase 1 had to be complete.
    pub fn counts_packets(&self) -> bool {
        self.living().any(|flow| flow.encaps.max(flow.decaps).is_some_and(|count| count > 0))
    }

    /// Packets that found no SA, where there is none: their count and its line.
    pub fn wanted_in_vain(&self) -> Option<(u64, usize)> {
        self.send_errors.filter(|(count, _)| *count > 0 && self.no_sa.is_some() && self.phase2.is_none())
    }

    /// The tunnel that packets go into and none comes out of, or the other way.
    pub fn one_way(&self) -> Option<Flow> {
        let one =
            |flow: &&Flow| matches!((flow.encaps, flow.decaps), (Some(1..), Some(0)) | (Some(0), Some(1..)));
        self.living().find(|flow| one(flow)).copied()
    }
}

/// The digits that a counter begins with.
pub(super) fn number(text: &str) -> Option<u64> {
    text.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}
