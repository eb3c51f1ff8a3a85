//! What could have been captured: every fault of the catalogue, run by the engine, and the picture that each
//! run leaves at one place or at two.

use std::sync::Arc;
use std::time::Duration;

use ike::{Instant, Powers, Role};
use sim::{Cause, Fault, Outcome, Setup, Verdict, WireAct};

use super::picture::Facts;
use super::vantage::{Vantage, picture};
use crate::causes;
use crate::critical::Critical;
use crate::hypotheses::hypotheses;

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

/// The healthy setup and every fault on top of it, as this device sees them; `None`: as they look from every place between.
pub fn runs(healthy: &Setup, device: Option<Role>, powers: &Powers) -> Vec<Run> {
    let between = || Vantage::ONE.into_iter().chain([Vantage::Both]).collect();
    let vantages: Vec<Vantage> = device.map_or_else(between, |role| vec![Vantage::Device(role)]);
    let broken = hypotheses(healthy, device).into_iter().filter_map(|fault| {
        let setup = healthy.with_fault(fault.clone())?;
        Some(run(&setup, Some(fault), &vantages, powers))
    });
    std::iter::once(run(healthy, None, &vantages, powers)).chain(broken).collect()
}

/// The last moment of a run that a capture which was watched so long is compared with.
pub fn last_moment(watched: Duration) -> Duration {
    watched + Duration::from_millis(100)
}

/// Where such a run stands at that moment.
pub fn until(healthy: &Setup, fault: Option<&Fault>, moment: Duration, powers: &Powers) -> Option<Outcome> {
    let mut setup = match fault {
        Some(fault) => healthy.with_fault(fault.clone())?,
        None => healthy.clone(),
    };
    setup.until = Some(Instant::ZERO + moment);
    Some(sim::run_untraced(&setup, powers))
}

fn run(setup: &Setup, fault: Option<Fault>, vantages: &[Vantage], powers: &Powers) -> Run {
    let (trace, outcome) = sim::run(setup, powers);
    let first = causes::find(setup, &trace).into_iter().next();
    // Where it came up all the same, what was lost on the way stopped nothing.
    let cause = first.map(|finding| finding.cause).filter(|_| outcome.verdict != Verdict::Established);
    let at = Critical::find(&trace).map_or(Role::Initiator, |critical| critical.receiver());
    let pictures = vantages.iter().map(|vantage| (*vantage, picture(&trace, *vantage))).collect();
    let mut moments: Vec<Duration> =
        trace.entries().iter().map(|entry| entry.at.since(Instant::ZERO)).collect();
    moments.push(outcome.ended.since(Instant::ZERO));
    moments.dedup();
    Run { fault, cause, at, outcome: Arc::new(outcome), moments, pictures }
}
