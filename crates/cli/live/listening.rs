//! A service for whoever calls.

use std::net::SocketAddr;

use ike::{Instant, Role};
use report::{Listened, Report};
use scenario::Scenario;
use sim::{Caller, Datagram, Live, Service, Witness};

use super::show::Show;
use crate::args::Outputs;
use crate::failure::Failure;
use crate::out::say;
use crate::run::Files;
use crate::udp::{Refusal, Talk};

/// Columns of a caller's address: an IPv4 address and a port, mostly.
const CALLER: usize = 21;
/// Bytes of negotiations that are kept for the files.
const MAX_FILES: usize = 64_000_000;

/// The service, and who is told of it.
pub struct Listening<'o> {
    service: Service,
    desk: Desk<'o>,
}

/// Where it is written down.
struct Desk<'o> {
    scenario: Scenario,
    outputs: &'o Outputs,
    files: Files,
    /// Negotiations that the files have no room for.
    left_out: u64,
    once: bool,
    /// The negotiation that ends it.
    only: Option<Report>,
    show: Show<'o>,
}

impl<'o> Listening<'o> {
    pub fn new(
        service: Service,
        scenario: Scenario,
        outputs: &'o Outputs,
        once: bool,
        mut show: Show<'o>,
    ) -> Listening<'o> {
        show.beside(CALLER + 1);
        show.heading(&scenario, Role::Responder, &left("caller"));
        let desk = Desk { scenario, outputs, files: Files::default(), left_out: 0, once, only: None, show };
        Listening { service, desk }
    }

    /// What it came to.
    pub fn finish(mut self, local: SocketAddr, ended: Instant, overrun: u64) -> Result<u8, Failure> {
        self.service.finish(ended, &mut self.desk);
        let listened = Listened { local, ended, counts: self.service.counts(), overrun };
        let Desk { scenario, outputs, mut files, left_out, once, only, mut show } = self.desk;
        if left_out > 0 {
            say(&format!(
                "warning: {left_out} negotiations are not in the files: they hold {MAX_FILES} bytes"
            ));
        }
        files.write(outputs, &scenario.setup, show.out)?;
        show.listened(&listened);
        show.json(match &only {
            Some(report) => report::live_json(report, &listened),
            None => listened.json(),
        });
        show.result()?;
        let up = match &only {
            Some(report) if once => report.outcome.works(),
            _ => listened.succeeded(),
        };
        Ok(u8::from(!up))
    }
}

impl Talk for Listening<'_> {
    fn hear(&mut self, now: Instant, from: SocketAddr, to: SocketAddr, bytes: &[u8]) -> Vec<Datagram> {
        self.service.hear(now, (from, to), bytes, &mut self.desk)
    }

    // Never told: these sockets do not ask for ICMP.
    fn refused(&mut self, _: Instant, _: Refusal) {}

    fn tick(&mut self, now: Instant) -> Vec<Datagram> {
        self.service.tick(now, &mut self.desk)
    }

    fn next_timeout(&self) -> Option<Instant> {
        self.service.next_timeout()
    }

    fn is_over(&self, _: Instant) -> bool {
        self.desk.once && self.desk.only.is_some()
    }
}

impl Desk<'_> {
    /// The scenario with this caller for the other side.
    fn scenario(&self, caller: SocketAddr) -> Scenario {
        let mut scenario = self.scenario.clone();
        // Over loopback both have one address, and such a pair could not be told apart.
        if caller.ip() != scenario.setup.hosts.responder.address {
            scenario.setup.hosts.initiator.address = caller.ip();
        }
        scenario
    }
}

impl Witness for Desk<'_> {
    fn went_on(&mut self, caller: Caller, live: &Live, since: usize) {
        let left = left(&caller.address.to_string());
        if since == 0 {
            self.show.called(caller.began, &left);
        }
        self.show.rungs(&self.scenario.setup, live.trace(), Role::Responder, since, &left);
    }

    fn over(&mut self, caller: Caller, live: &Live, at: Instant) {
        // Others may have called before the one that ends it was over.
        if self.once && self.only.is_some() {
            return;
        }
        let address = caller.address;
        let report = Report::live(self.scenario(address), live.clone().finish(at), Role::Responder, address);
        self.show.conclusion(&report, &left(&address.to_string()));
        // They are written at the end, and a service may run for days.
        if self.files.len() < MAX_FILES {
            self.files.add(self.outputs, &report);
        } else {
            self.left_out += 1;
        }
        if self.once {
            self.only = Some(report);
        } else {
            self.show.json(report::json(&report));
        }
    }

    fn stray(&mut self, at: Instant, from: SocketAddr, live: &Live) {
        let left = left(&from.to_string());
        self.show.called(at, &left);
        self.show.rungs(&self.scenario.setup, live.trace(), Role::Responder, 0, &left);
    }
}

/// What stands left of a caller's lines.
fn left(text: &str) -> String {
    format!("{text:<CALLER$} ")
}
