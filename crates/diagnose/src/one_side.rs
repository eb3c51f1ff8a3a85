//! What one side of a run can tell: what its own log names, or the causes that would leave it with the very picture it has.

use std::collections::HashSet;

use ike::{Certainty, Event, Label, Reason, Role};
use sim::{Actor, Cause, End, Outcome, Setup, Trace};

use crate::captures::{Ground, suspected};
use crate::causes::{by_configuration, counted};
use crate::evidence::{Evidence, Sort};
use crate::hypotheses::mirrored;
use crate::remedy::{Remedy, remedy};
use crate::{Finding, ranked};

pub(crate) fn find(setup: &Setup, trace: &Trace, outcome: &Outcome, role: Role) -> Vec<Finding> {
    let said = exchanged(trace, role);
    let own = own_causes(setup, trace, role, &said);
    // What this side's own log names is no guess any more.
    if !own.is_empty() {
        return ranked(own);
    }
    let healthy = mirrored(setup, role);
    // The run was stopped early: so are the ones it is compared with.
    let stopped = (outcome.peers[role].end == End::Waiting).then_some(outcome.ended);
    let suspected = suspected(&healthy, trace, role, stopped);
    ranked(suspected.iter().map(|ground| supposed(&healthy, ground, role, &said)))
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
pub(crate) fn exchanged(trace: &Trace, at: Role) -> Vec<Evidence> {
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
