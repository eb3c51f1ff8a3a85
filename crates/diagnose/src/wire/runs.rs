//! What could have been captured: every fault of the catalogue, run by the engine, and the picture that each
//! run leaves at one place or at two.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use capture::{Capture, Datagram};
use ike::{Instant, MessageName, Powers, Role};
use sim::{
    Actor, Cause, Edit, Fault, Kind, MismatchAttribute, Outcome, Setup, Times, Trace, Verdict, WireAct,
};

use super::facts::{Facts, facts};
use super::find::find;
use crate::causes;
use crate::critical::Critical;
use crate::hypotheses::catalogue;

/// Where the captures were taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Vantage {
    /// Beside one peer.
    Beside(Role),
    /// Where both can be seen sending: between them.
    Between,
    /// Beside both.
    Both,
}

impl Vantage {
    /// What a single place can be.
    pub const ONE: [Vantage; 3] =
        [Vantage::Beside(Role::Initiator), Vantage::Beside(Role::Responder), Vantage::Between];
}

/// One run and what it looks like.
#[derive(Clone, Debug)]
pub struct Run {
    /// What is wrong in it; `None`: nothing.
    pub fault: Option<Fault>,
    /// Why it did not come up; `None`: it did.
    pub cause: Option<Cause>,
    /// Where the cause sits: the peer that did not accept the critical message.
    pub at: Role,
    /// Where it left the peers.
    pub outcome: Arc<Outcome>,
    /// When something happened in it, in rising order.
    pub moments: Vec<Duration>,
    /// Its picture from each vantage.
    pub pictures: Vec<(Vantage, Facts)>,
}

impl Run {
    /// Both are active.
    pub fn is_up(&self) -> bool {
        self.outcome.verdict == Verdict::Established
    }

    /// If it comes up, then although something is lost or held back.
    pub fn is_harmless(&self) -> bool {
        match &self.fault {
            None => true,
            Some(Fault::Wire(wire)) => matches!(wire.act, WireAct::Drop { .. } | WireAct::Delay { .. }),
            Some(Fault::Operator(_) | Fault::Clear(_) | Fault::Path(_) | Fault::Peer(_)) => false,
        }
    }
}

/// The healthy setup and every fault on top of it.
pub fn runs(healthy: &Setup, powers: &Powers) -> Vec<Run> {
    let broken = faults(healthy).into_iter().filter_map(|fault| {
        let setup = healthy.with_fault(fault.clone())?;
        Some(run(&setup, Some(fault), powers))
    });
    std::iter::once(run(healthy, None, powers)).chain(broken).collect()
}

/// The last moment of a run that a capture which was watched so long is compared with.
pub fn last_moment(watched: Duration) -> Duration {
    watched + Duration::from_millis(100)
}

/// Where such a run stands after so long.
pub fn until(healthy: &Setup, fault: Option<&Fault>, watched: Duration, powers: &Powers) -> Option<Outcome> {
    let mut setup = match fault {
        Some(fault) => healthy.with_fault(fault.clone())?,
        None => healthy.clone(),
    };
    setup.until = Some(Instant::ZERO + last_moment(watched));
    Some(sim::run_untraced(&setup, powers))
}

/// Everything that can go wrong beyond either side, and losses that the peers get over.
fn faults(healthy: &Setup) -> Vec<Fault> {
    // The catalogues of both sides: a capture does not say on which of them it is wrong.
    let mut faults = catalogue(healthy, Role::Initiator);
    for fault in catalogue(healthy, Role::Responder) {
        if !faults.contains(&fault) {
            faults.push(fault);
        }
    }
    let other_method = |at| Fault::operator(at, Edit::PolicyMismatch(MismatchAttribute::Authentication));
    faults.extend(Role::BOTH.map(other_method));
    for message in MessageName::all(healthy.mode, true) {
        let once = Times::Count(1);
        let acts = [
            // Peers get over these by a resend, so that the picture alone must not make a cause of them.
            WireAct::Drop { times: once },
            WireAct::Drop { times: Times::Count(2) },
            // Longer than any profile waits for its first resend: what was held back comes behind a copy of it.
            WireAct::Delay { by: Duration::from_secs(12) },
            WireAct::Corrupt { byte: None, bit: 0, times: once },
            WireAct::Truncate { length: None, times: once },
        ];
        faults.extend(acts.map(|act| Fault::wire(message, act)));
    }
    faults
}

fn run(setup: &Setup, fault: Option<Fault>, powers: &Powers) -> Run {
    let (trace, outcome) = sim::run(setup, powers);
    let first = causes::find(setup, &trace).into_iter().next();
    // Where it came up all the same, what was lost on the way stopped nothing.
    let cause = first.map(|finding| finding.cause).filter(|_| outcome.verdict != Verdict::Established);
    let at = Critical::find(&trace).map_or(Role::Initiator, |critical| critical.receiver());
    let vantages = Vantage::ONE.into_iter().chain([Vantage::Both]);
    let pictures = vantages.map(|vantage| (vantage, picture(&trace, vantage))).collect();
    let mut moments: Vec<Duration> =
        trace.entries().iter().map(|entry| entry.at.since(Instant::ZERO)).collect();
    moments.push(outcome.ended.since(Instant::ZERO));
    moments.dedup();
    Run { fault, cause, at, outcome: Arc::new(outcome), moments, pictures }
}

/// The run as if it had been captured there.
fn picture(trace: &Trace, vantage: Vantage) -> Facts {
    // Captures of both sides are two files: one that stays empty says something, too.
    let files = if vantage == Vantage::Both { 2 } else { 1 };
    let mut captures = vec![Capture::default(); files];
    for entry in trace.entries() {
        let (Actor::Peer(role), Kind::Sent(datagram) | Kind::Arrived(datagram)) = (entry.actor, &entry.kind)
        else {
            continue;
        };
        let seen = match vantage {
            Vantage::Beside(beside) => beside == role,
            // Once, as it left: what the network loses is lost behind this place.
            Vantage::Between => matches!(entry.kind, Kind::Sent(_)),
            Vantage::Both => true,
        };
        let file = usize::from(vantage == Vantage::Both && role == Role::Responder);
        if let Some(capture) = captures.get_mut(file).filter(|_| seen) {
            capture.frames += 1;
            capture.datagrams.push(captured(capture.frames, entry.at.as_micros(), datagram));
        }
    }
    for capture in &mut captures {
        capture.last = WATCHED;
    }
    let found = find(&captures);
    found
        .negotiations
        .into_iter()
        .max_by_key(|one| one.emissions.len())
        .map_or_else(Facts::new, |one| facts(&one))
}

/// Silence after the last frame is watched, too.
const WATCHED: Duration = Duration::from_secs(3600);

fn captured(frame: u64, micros: u64, datagram: &sim::Datagram) -> Datagram {
    let (from, to): (SocketAddr, SocketAddr) = (datagram.from, datagram.to);
    let payload = Arc::clone(&datagram.bytes).to_vec();
    // There are no routers in a run: a time to live of 0 is one that is not known.
    Datagram { frame, interface: 0, at: Duration::from_micros(micros), from, to, payload, cut: false, ttl: 0 }
}
