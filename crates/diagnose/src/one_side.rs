//! What one side alone can tell: what ICMP told it and what its own log names, then the causes that would leave it with the
//! very picture it has.

use std::collections::{BTreeSet, HashSet};

use ike::{Certainty, Event, Label, Reason, Role};
use sim::{Actor, Cause, End, Entry, Kind, Outcome, Setup, Trace};

use crate::causes::{by_configuration, counted};
use crate::evidence::{Evidence, Sort};
use crate::hypotheses::mirrored;
use crate::remedy::{Remedy, remedy};
use crate::wire::{Ground, suspected};
use crate::{Finding, ranked, reach};

pub(crate) fn find(setup: &Setup, trace: &Trace, outcome: &Outcome, role: Role) -> Vec<Finding> {
    let said = sights(trace, role);
    let told = told(trace, role);
    let mut found: Vec<Finding> =
        // What ICMP told comes before all that only fits: nothing has to be supposed for it.
        told.into_iter().map(|cause| refused(setup, cause, role, &said)).collect();
    found.extend(own_causes(setup, trace, role, &said).into_iter().filter(|one| Some(one.cause) != told));
    // What this side's own log names is no guess any more.
    if told.is_none() && !found.is_empty() {
        return ranked(found);
    }
    let own: BTreeSet<Cause> = found.iter().map(|finding| finding.cause).collect();
    let healthy = mirrored(setup, role);
    // The run was stopped early: so are the ones it is compared with.
    let stopped = (outcome.peers[role].end == End::Waiting).then_some(outcome.ended);
    let suspected = suspected(&healthy, trace, role, stopped, told);
    let others = suspected.iter().filter(|ground| !own.contains(&ground.cause) && told != Some(ground.cause));
    found.extend(others.map(|ground| supposed(&healthy, ground, role, &said)));
    ranked(found)
}

/// What follows from the last that ICMP told this side; `None` where it told nothing, or that host was heard from since.
fn told(trace: &Trace, role: Role) -> Option<Cause> {
    let own = || trace.entries().iter().filter(move |entry| entry.actor == Actor::Peer(role));
    // The last: what an earlier one was about may have been mended.
    let (last, what, by) = own().rev().find_map(|entry| {
        let (what, by) = entry.kind.unreached()?;
        Some((entry.id, what, by))
    })?;
    let to = trace.causes(last).find_map(|entry| entry.kind.sent()).map(|datagram| datagram.to)?;
    let heard =
        |entry: &&Entry| matches!(&entry.kind, Kind::Arrived(datagram) if datagram.from.ip() == to.ip());
    let heard_last = own().rfind(heard).map(|entry| entry.id);
    let open = heard_last.is_none_or(|heard| heard < last);
    open.then(|| reach::cause(what, to.port(), by == to.ip(), heard_last.is_some()))
}

/// The cause that ICMP tells.
fn refused(setup: &Setup, cause: Cause, role: Role, said: &[Evidence]) -> Finding {
    let mut evidence = said.to_vec();
    if cause == Cause::PortClosed {
        evidence.push(Evidence::ClosedByItself);
    }
    // The other side's real configuration is not known here: the commands are for one that fits.
    let remedy = Some(remedy(&mirrored(setup, role), cause, role.other()));
    Finding::new(cause, evidence, remedy)
}

/// Causes that this side's own log names: they lie in its own configuration, or in what it compared.
pub(crate) fn own_causes(setup: &Setup, trace: &Trace, role: Role, said: &[Evidence]) -> Vec<Finding> {
    let named =
        own_reasons(trace, role).find_map(|(reason, certainty)| Some((by_configuration(reason)?, certainty)));
    let finding = named.map(|(cause, certainty)| {
        let remedy = remedy(&mirrored(setup, role), cause, role);
        let inferred = certainty == Certainty::Inferred;
        Finding { inferred, ..Finding::new(cause, said.to_vec(), Some(remedy)) }
    });
    finding.into_iter().collect()
}

/// A cause that some run beyond this side has, which leaves it with its picture.
fn supposed(healthy: &Setup, ground: &Ground, role: Role, said: &[Evidence]) -> Finding {
    let (cause, there) = (ground.cause, role.other());
    let mut evidence = said.to_vec();
    let (count, state) = ground.sources;
    if count > 0 {
        evidence.push(Evidence::Reports { count, state });
    }
    evidence.extend(ground.states[there].iter().map(|state| Evidence::IfSo { at: there, state: *state }));
    let remedy = if cause == Cause::WrongPeerAddress {
        // The right address is not known here, and the run's own is made up.
        Remedy::ComparePeer { group: !healthy.hosts[role].tunnel_groups.is_empty() }
    } else {
        let broken = ground.fault.clone().and_then(|fault| healthy.with_fault(fault));
        remedy(broken.as_ref().unwrap_or(healthy), cause, ground.at)
    };
    // Whatever needs a supposed peer is inferred, even where the run itself was not.
    Finding { inferred: true, ..Finding::new(cause, evidence, Some(remedy)) }
}

fn own_reasons(trace: &Trace, role: Role) -> impl Iterator<Item = (&Reason, Certainty)> {
    let own = trace.entries().iter().filter(move |entry| entry.actor == Actor::Peer(role));
    own.filter_map(|entry| {
        let event = entry.kind.event()?;
        // What carries no certainty of its own claims none.
        let certainty = if let Event::Dropped { certainty, .. } | Event::Refused { certainty, .. } = event {
            *certainty
        } else {
            Certainty::Inferred
        };
        Some((event.reason()?, certainty))
    })
}

/// What this side sent and got, and what it said about it.
pub(crate) fn sights(trace: &Trace, at: Role) -> Vec<Evidence> {
    let own = || trace.entries().iter().filter(move |entry| entry.actor == Actor::Peer(at));
    let sort = |label: &Label| match label {
        Label::Message { name, .. } => Sort::Message(*name),
        Label::Foreign { .. } => Sort::Foreign,
        Label::Notify { notify, .. } => Sort::Notify(*notify),
        Label::Delete { .. } => Sort::Delete,
    };
    let sent = counted(own().filter_map(|entry| Some(sort(&entry.kind.sent()?.label))));
    let got = counted(own().filter_map(|entry| Some(sort(&entry.kind.arrived()?.label))));
    let mut seen = vec![Evidence::Exchanged { at, sent, got }];
    let refusals = own().filter_map(|entry| {
        let (what, by) = entry.kind.unreached()?;
        let sent = entry.cause.and_then(|cause| trace.get(cause)).and_then(|sent| sent.kind.sent());
        Some((what, by, sent.map(|datagram| sort(&datagram.label))))
    });
    let told = counted(refusals).into_iter();
    seen.extend(told.map(|((what, by, about), times)| Evidence::Unreached { at, what, by, about, times }));
    // Asked and never walked: the order is the trace's.
    let mut known = HashSet::new();
    let reasons = own_reasons(trace, at).map(|(reason, _)| reason).filter(|reason| known.insert(*reason));
    seen.extend(reasons.map(|reason| Evidence::Says { at, reason: reason.clone() }));
    seen
}
