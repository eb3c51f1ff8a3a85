//! What one side alone can tell: the causes that would leave it with the very picture it has. They are
//! found by running them against a peer that fits this side's own configuration, and ranked by how often
//! public reports name them.

use std::collections::{BTreeSet, HashSet};

use ike::{Certainty, Event, Label, MessageName, NotifyType, Powers, Reason, Role, State};
use sim::{Actor, Cause, End, Entry, Kind, Outcome, Setup, Trace};

use crate::causes::{by_configuration, counted, is_about_keys, is_stray};
use crate::critical::Critical;
use crate::evidence::{Evidence, Sort};
use crate::hypotheses::{catalogue, mirrored};
use crate::remedy::{Remedy, remedy};
use crate::{Finding, causes, prior, ranked, reach};

/// Powers kept for the many runs of one seed; each is at most 1 KiB.
const POWERS: usize = 256;

/// What a side has seen of a run; times and counts are left out, for they depend on luck.
#[derive(Clone, PartialEq, Eq)]
struct Picture {
    state: Option<State>,
    last: Option<State>,
    end: End,
    sent: Vec<MessageName>,
    received: Vec<MessageName>,
    seen: Vec<Seen>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Seen {
    Message(MessageName),
    /// The message again: a device knows that it had it before.
    Again(MessageName),
    Notify(NotifyType),
    Delete,
    Own(Cause),
    Unreadable,
    Stray,
    Bad,
}

impl Picture {
    fn without_repeats(mut self) -> Picture {
        self.seen.retain(|seen| !matches!(seen, Seen::Again(_)));
        self
    }
}

pub(crate) fn find(setup: &Setup, trace: &Trace, outcome: &Outcome, role: Role) -> Vec<Finding> {
    // The last one that it had: who gave up has none any more, and reports name the stall.
    let state = outcome.peers[role].last;
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
    let heard = !outcome.peers[role].received.is_empty();
    let mut others: Vec<Finding> = alike(setup, trace, outcome, role)
        .into_iter()
        .filter(|(cause, ..)| !own.contains(cause))
        .filter(|(cause, ..)| told != Some(Cause::PortClosed) || reach::beside_closed(*cause))
        // Where nobody listened, no message was read: keys and policies cannot be at fault.
        .fold(Vec::new(), |list, (cause, candidate, there)| {
            add(list, &said, role, (cause, candidate, there), state)
        });
    others.sort_by_key(|one| prior::order(prior::sources(state, one.cause), one.cause, heard));
    found.extend(others);
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
    Finding { cause, rank: 0, evidence, remedy, inferred: false }
}

/// Causes that this side's own log names: they lie in its own configuration, or in what it compared.
pub(crate) fn own_causes(setup: &Setup, trace: &Trace, role: Role, said: &[Evidence]) -> Vec<Finding> {
    let named =
        own_reasons(trace, role).find_map(|(reason, certainty)| Some((by_configuration(reason)?, certainty)));
    let finding = named.map(|(cause, certainty)| Finding {
        cause,
        rank: 0,
        evidence: said.to_vec(),
        remedy: Some(remedy(&mirrored(setup, role), cause, role)),
        inferred: certainty == Certainty::Inferred,
    });
    finding.into_iter().collect()
}

/// Every fault that leaves this side with its picture: the cause, the setup, the other side's state.
fn alike(setup: &Setup, trace: &Trace, outcome: &Outcome, role: Role) -> Vec<(Cause, Setup, Option<State>)> {
    // All runs have one seed, so that each power is computed once.
    let powers = Powers::new(POWERS);
    let picture = picture(trace, outcome, role);
    let mut healthy = mirrored(setup, role);
    if outcome.peers[role].end == End::Waiting {
        // The run was stopped early: so are the ones it is compared with.
        healthy.until = Some(outcome.ended);
    }
    let mut found = Vec::new();
    for fault in catalogue(setup, role) {
        let Some(candidate) = healthy.with_fault(fault) else {
            continue;
        };
        let (trace, outcome) = sim::run(&candidate, &powers);
        let seen = self::picture(&trace, &outcome, role);
        if seen.clone().without_repeats() != picture.clone().without_repeats() {
            continue;
        }
        let there = outcome.peers[role.other()].state;
        // The first alone: what else such a run shows follows from it.
        let first = causes::find(&candidate, &trace).into_iter().next();
        found.extend(first.map(|finding| (seen == picture, (finding.cause, candidate, there))));
    }
    // No looser look beside one that fits: it would add causes that the repeats rule out.
    let exact = found.iter().any(|(same, _)| *same);
    found.into_iter().filter(|(same, _)| *same || !exact).map(|(_, one)| one).collect()
}

/// Adds a candidate to the list: one finding per cause, one line per state of the other side.
fn add(
    mut list: Vec<Finding>,
    said: &[Evidence],
    role: Role,
    (cause, candidate, there): (Cause, Setup, Option<State>),
    state: Option<State>,
) -> Vec<Finding> {
    let tell = Evidence::IfSo { at: role.other(), state: there };
    if let Some(known) = list.iter_mut().find(|finding| finding.cause == cause) {
        if !known.evidence.contains(&tell) {
            known.evidence.push(tell);
        }
        return list;
    }
    let mut evidence = said.to_vec();
    let sources = prior::sources(state, cause);
    if sources > 0 {
        evidence.push(Evidence::Reports { count: sources, state });
    }
    evidence.push(tell);
    let remedy = Some(supposed(&candidate, cause, role));
    // Whatever needs a supposed peer is inferred, even where the run itself was not.
    list.push(Finding { cause, rank: 0, evidence, remedy, inferred: true });
    list
}

/// What mends a supposed cause.
fn supposed(candidate: &Setup, cause: Cause, role: Role) -> Remedy {
    // The right address is not known here, and the run's own is made up.
    if cause == Cause::WrongPeerAddress {
        return Remedy::ComparePeer { group: !candidate.hosts[role].tunnel_groups.is_empty() };
    }
    let (trace, _) = sim::run(candidate, &Powers::new(POWERS));
    let at = Critical::find(&trace).map_or(Role::Initiator, |critical| critical.receiver());
    remedy(candidate, cause, at)
}

fn picture(trace: &Trace, outcome: &Outcome, role: Role) -> Picture {
    let mut seen = Vec::new();
    // Anybody can send a live side what is no message of the exchange, and no run of ours has it.
    let foreign = |entry: &Entry| {
        let arrived = entry.cause.and_then(|cause| trace.get(cause)).map(|cause| &cause.kind);
        matches!(arrived, Some(Kind::Arrived(datagram)) if matches!(datagram.label, Label::Foreign { .. }))
    };
    let own = trace.entries().iter().filter(|entry| entry.actor == Actor::Peer(role));
    for entry in own.filter(|entry| !foreign(entry)) {
        let again = |sight| if let Seen::Message(name) = sight { Seen::Again(name) } else { sight };
        if let Some(sight) = sight(&entry.kind) {
            let sight = if seen.contains(&sight) { again(sight) } else { sight };
            if !seen.contains(&sight) {
                seen.push(sight);
            }
        }
    }
    let peer = &outcome.peers[role];
    let (sent, received) = (peer.sent.clone(), peer.received.clone());
    Picture { state: peer.state, last: peer.last, end: peer.end, sent, received, seen }
}

fn sight(kind: &Kind) -> Option<Seen> {
    if let Some(datagram) = kind.arrived() {
        return match datagram.label {
            Label::Message { name, .. } => Some(Seen::Message(name)),
            Label::Notify { notify, .. } => Some(Seen::Notify(notify)),
            Label::Delete { .. } => Some(Seen::Delete),
            Label::Foreign { .. } => None,
        };
    }
    kind.event()?.reason().map(class)
}

fn class(reason: &Reason) -> Seen {
    // Which junk another key makes is chance: all of it is one sight.
    if is_about_keys(reason) {
        Seen::Unreadable
    } else if is_stray(reason) {
        Seen::Stray
    } else {
        by_configuration(reason).map_or(Seen::Bad, Seen::Own)
    }
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
