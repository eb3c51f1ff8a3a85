//! One call of our own.

use std::net::SocketAddr;

use ike::{Instant, Role};
use report::Report;
use scenario::Scenario;
use sim::{Datagram, Live, Progress};

use super::show::Show;
use crate::args::Outputs;
use crate::failure::Failure;
use crate::run;
use crate::udp::{LINGER, Refusal, Talk};

/// The initiator's side, and how far it was shown.
pub struct Calling<'o> {
    live: Live,
    scenario: Scenario,
    ends: (SocketAddr, SocketAddr),
    show: Show<'o>,
    shown: usize,
    /// When it was over.
    done: Option<Instant>,
}

impl<'o> Calling<'o> {
    pub fn new(
        live: Live,
        scenario: Scenario,
        ends: (SocketAddr, SocketAddr),
        mut show: Show<'o>,
    ) -> Calling<'o> {
        show.heading(&scenario, Role::Initiator, "");
        Calling { live, scenario, ends, show, shown: 0, done: None }
    }

    /// What it came to.
    pub fn finish(mut self, ended: Instant, outputs: &Outputs) -> Result<u8, Failure> {
        let report = Report::live(self.scenario, self.live.finish(ended), Role::Initiator, self.ends.1);
        // Files first: they outlast an output that nobody reads.
        run::write_files(outputs, &report, self.show.out)?;
        self.show.conclusion(&report, "");
        self.show.json(report::json(&report));
        self.show.result()?;
        Ok(u8::from(!report.outcome.works()))
    }

    fn went_on(&mut self, now: Instant) {
        let trace = self.live.trace();
        self.show.rungs(&self.scenario.setup, trace, Role::Initiator, self.shown, "");
        self.shown = trace.entries().len();
        if self.live.progress() != Progress::Open {
            // The first moment: duplicates that are answered meanwhile must not keep it open for ever.
            self.done.get_or_insert(now);
        }
    }
}

impl Talk for Calling<'_> {
    fn begin(&mut self) -> Vec<Datagram> {
        let (from, to) = self.ends;
        let datagrams = self.live.initiate(Instant::ZERO, from, to);
        self.went_on(Instant::ZERO);
        datagrams
    }

    fn hear(&mut self, now: Instant, from: SocketAddr, to: SocketAddr, bytes: &[u8]) -> Vec<Datagram> {
        let datagrams = self.live.hear(now, from, to, bytes);
        self.went_on(now);
        datagrams
    }

    fn refused(&mut self, now: Instant, Refusal { to, quoted, what, by }: Refusal) {
        self.live.unreached(now, to, &quoted, what, by);
        self.went_on(now);
    }

    fn tick(&mut self, now: Instant) -> Vec<Datagram> {
        // The loop also wakes for the end of the lingering, which is nothing to the engine.
        if self.live.next_timeout().is_none_or(|(at, _)| at > now) {
            return Vec::new();
        }
        let datagrams = self.live.tick(now);
        self.went_on(now);
        datagrams
    }

    fn next_timeout(&self) -> Option<Instant> {
        let engine = self.live.next_timeout().map(|(at, _)| at);
        [engine, self.done.map(|done| done + LINGER)].into_iter().flatten().min()
    }

    fn is_over(&self, now: Instant) -> bool {
        self.done.is_some_and(|done| done + LINGER <= now)
    }
}
