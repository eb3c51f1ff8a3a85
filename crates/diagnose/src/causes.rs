//! From the fates of the critical message to causes: both configurations and the whole trace at hand.

use std::collections::BTreeMap;

use ike::{Certainty, ChildEvent, Ended, Event, Reason, Role};
use sim::{Actor, Blame, Cause, EntryId, Fault, PathFault, Setup, Trace};

use crate::compare::keys_differ;
use crate::critical::{Critical, End, Fate, accepted_damaged, held_back, impaired, last_of, not_started};
use crate::evidence::found::evidence;
use crate::phase2::clearing::cleared_before;
use crate::phase2::refusal::by_mismatch;
use crate::remedy::remedy;
use crate::{Finding, ranked};

/// What the fates of some copies point to.
#[derive(Clone, Copy, Default)]
struct Weight {
    /// A refusal ends the negotiation; a lost copy only one try.
    decisive: bool,
    copies: usize,
    inferred: bool,
}

pub(crate) fn find(setup: &Setup, trace: &Trace) -> Vec<Finding> {
    let critical = Critical::find(trace);
    let mut found: Vec<(Cause, Weight)> = match (&critical, not_started(trace)) {
        (Some(critical), _) => weigh(setup, trace, critical),
        (None, Some(reason)) => {
            // An initiator that cannot begin sends nothing: there is no message whose fate could be told.
            by_configuration(reason).into_iter().map(|c| (c, Weight::default())).collect()
        }
        (None, None) => Vec::new(),
    };
    // What comes after the receiver gave up is late because of the first cause, unless it was held back.
    let held = critical.iter().flat_map(|critical| &critical.fates).any(|fate| held_back(trace, fate.entry));
    let others: Vec<_> = found.iter().filter(|(cause, _)| *cause != Cause::MessageLate).copied().collect();
    if !held && !others.is_empty() {
        found = others;
    }
    // Stable: among equals the one that acted first.
    found.sort_by_key(|(_, weight)| (!weight.decisive, std::cmp::Reverse(weight.copies)));
    if !found.is_empty() && !impaired(trace).is_empty() {
        // A peer that breaks the protocol makes every other trouble suspect.
        found.retain(|(cause, _)| *cause != Cause::PeerMisbehaved);
        let place = usize::from(found.first().is_some_and(|(cause, _)| *cause == Cause::PskMismatch));
        found.insert(place, (Cause::PeerMisbehaved, Weight::default()));
    }
    let at = critical.as_ref().map_or(Role::Initiator, Critical::receiver);
    ranked(found.into_iter().map(|(cause, weight)| {
        let evidence = evidence(setup, trace, critical.as_ref(), cause);
        let found = Finding::new(cause, evidence, Some(remedy(setup, cause, at)));
        Finding { inferred: weight.inferred, ..found }
    }))
}

/// The causes that the fates point to, in the order in which they first acted.
fn weigh(setup: &Setup, trace: &Trace, critical: &Critical<'_>) -> Vec<(Cause, Weight)> {
    let mut found: Vec<(Cause, Weight)> = Vec::new();
    for fate in &critical.fates {
        let (decisive, inferred) = match fate.end {
            End::Lost(_) => (false, false),
            // A drop changes nothing at the receiver: a later copy may still be accepted.
            End::Dropped(_, certainty) => (false, certainty == Certainty::Inferred),
            End::Refused(_, certainty) => (true, certainty == Certainty::Inferred),
        };
        let Some(cause) = cause_of(setup, trace, critical, fate) else {
            continue;
        };
        let at = found.iter().position(|(known, _)| *known == cause).unwrap_or_else(|| {
            found.push((cause, Weight::default()));
            found.len() - 1
        });
        if let Some((_, weight)) = found.get_mut(at) {
            weight.decisive |= decisive;
            weight.inferred |= inferred;
            weight.copies += 1;
        }
    }
    found
}

fn cause_of(setup: &Setup, trace: &Trace, critical: &Critical<'_>, fate: &Fate<'_>) -> Option<Cause> {
    match &fate.end {
        End::Lost(by) => cause_of_loss(setup, *by),
        // What the receiver says of damaged bytes is about the damage, whatever it calls it.
        End::Dropped(..) | End::Refused(..) if fate.is_damaged() => Some(Cause::MessageCorrupted),
        End::Dropped(reason, _) | End::Refused(reason, _) => {
            by_configuration(reason).or_else(|| by_message(setup, trace, critical, fate, reason))
        }
    }
}

/// What lost a datagram is what the fault stands for: it was there on the wire, not guessed.
pub(crate) fn cause_of_loss(setup: &Setup, by: Blame) -> Option<Cause> {
    match by {
        // The world has both hosts: a datagram that finds nobody was sent to another address.
        Blame::NoHost => Some(Cause::WrongPeerAddress),
        Blame::Fault(index) => Some(match setup.faults.get(index)? {
            Fault::Path(PathFault::NoRoute { .. }) => Cause::NoRoute,
            Fault::Path(PathFault::PeerDown { .. }) => Cause::PeerDown,
            Fault::Path(PathFault::BlockPort { port: 4500, .. }) => Cause::Port4500Blocked,
            Fault::Path(PathFault::BlockPort { .. }) => Cause::Port500Blocked,
            Fault::Path(PathFault::Nat { .. })
            | Fault::Wire(_)
            | Fault::Operator(_)
            | Fault::Clear(_)
            | Fault::Peer(_) => Cause::MessageLost,
        }),
        Blame::RandomLoss | Blame::RandomCorruption | Blame::RandomDuplicate | Blame::RandomReorder => {
            Some(Cause::MessageLost)
        }
    }
}

/// Reasons that name a configuration.
pub(crate) fn by_configuration(reason: &Reason) -> Option<Cause> {
    Some(match reason {
        Reason::IkeDisabled => Cause::IkeDisabled,
        Reason::AggressiveModeDisabled => Cause::AggressiveModeDisabled,
        Reason::NoTunnelGroup { .. } => Cause::MissingTunnelGroup,
        Reason::NoPreSharedKey { .. } => Cause::MissingPsk,
        Reason::NoUsablePolicy | Reason::NoProposalChosen { .. } => Cause::PolicyMismatch,
        Reason::IdentityRefused { .. } => Cause::IdentityMismatch,
        Reason::NoChild(mismatch) => by_mismatch(mismatch),
        Reason::MapUnbound => Cause::MapUnbound,
        Reason::TransportOfNets => Cause::TransformMismatch,
        Reason::MapIncomplete(_) => Cause::CryptoMapIncomplete,
        Reason::Malformed(_)
        | Reason::NoMarker
        | Reason::Version(_)
        | Reason::ReservedNotZero { .. }
        | Reason::NotBlocks { .. }
        | Reason::Undecryptable(_)
        | Reason::UnknownExchange(_)
        | Reason::UnknownCookies
        | Reason::RemovedSa
        | Reason::OutOfOrder(_)
        | Reason::ChildDone
        | Reason::ChildGone
        | Reason::MissingPayload(_)
        | Reason::SaNotFirst
        | Reason::UnsupportedIdentity(_)
        | Reason::WrongEncryption { .. }
        | Reason::BadPublicValue(_)
        | Reason::NonceLength(_)
        | Reason::ZeroCookie
        | Reason::Reflected
        | Reason::NotOffered
        | Reason::HashMismatch { .. }
        | Reason::ForeignSpi
        | Reason::UnprotectedNotify(_)
        | Reason::TooMany
        | Reason::Impaired => return None,
    })
}

/// Reasons that lie in the message or in its time.
fn by_message(
    setup: &Setup,
    trace: &Trace,
    critical: &Critical<'_>,
    fate: &Fate<'_>,
    reason: &Reason,
) -> Option<Cause> {
    // A child that was given up has left no IV behind: what comes for it then opens as junk.
    let forgotten =
        critical.message.mode().is_none() && gave_child_up(trace, critical.receiver(), fate.entry);
    if is_stray(reason) || forgotten {
        // A damaged cookie that was accepted makes every answer go astray.
        if accepted_damaged(trace).is_some() {
            return Some(Cause::MessageCorrupted);
        }
        if cleared_before(trace, fate.entry) {
            return Some(Cause::Deleted);
        }
        let late = forgotten || gave_up(trace, critical.receiver()) || held_back(trace, fate.entry);
        return late.then_some(Cause::MessageLate);
    }
    if is_about_keys(reason) && keys_differ(setup, trace) {
        return Some(Cause::PskMismatch);
    }
    if is_about_keys(reason) && accepted_damaged(trace).is_some() {
        return Some(Cause::MessageCorrupted);
    }
    // The other half of what an operator cleared has nothing left that could read it.
    if cleared_before(trace, fate.entry) {
        return Some(Cause::Deleted);
    }
    // What a full table drops says nothing about who is at fault.
    (*reason != Reason::TooMany).then_some(Cause::PeerMisbehaved)
}

/// Reasons that wrong keys bring about.
pub(crate) fn is_about_keys(reason: &Reason) -> bool {
    // Deciphered with another key the first block is noise: which of these checks trips over it is chance.
    matches!(
        reason,
        Reason::Undecryptable(_)
            | Reason::HashMismatch { .. }
            | Reason::ReservedNotZero { .. }
            | Reason::MissingPayload(_)
            | Reason::UnsupportedIdentity(_)
    )
}

/// Reasons that say: there is no negotiation here that waits for this message.
pub(crate) fn is_stray(reason: &Reason) -> bool {
    matches!(
        reason,
        Reason::UnknownCookies
            | Reason::RemovedSa
            | Reason::OutOfOrder(_)
            | Reason::ChildDone
            | Reason::ChildGone
    )
}

fn gave_up(trace: &Trace, role: Role) -> bool {
    let ended =
        last_of(trace, role, |event| if let Event::Ended { how, .. } = event { Some(*how) } else { None });
    ended == Some(Ended::GaveUp)
}

/// Whether a peer had given up a child before this entry.
fn gave_child_up(trace: &Trace, role: Role, before: EntryId) -> bool {
    let earlier = trace.entries().iter().take_while(|entry| entry.id < before);
    earlier
        .filter(|entry| entry.actor == Actor::Peer(role))
        .filter_map(|entry| entry.kind.event())
        .any(|event| matches!(event, Event::Child { what: ChildEvent::Ended { how: Ended::GaveUp, .. }, .. }))
}

/// How often each stands in a list, in the order of first sight.
pub fn counted<T: Clone + Ord>(all: impl IntoIterator<Item = T>) -> Vec<(T, usize)> {
    // Beside the map, which sorts: what happened first is told first.
    let mut order = Vec::new();
    let mut counts: BTreeMap<T, usize> = BTreeMap::new();
    for one in all {
        let count = counts.entry(one.clone()).or_insert(0);
        if *count == 0 {
            order.push(one);
        }
        *count += 1;
    }
    order
        .into_iter()
        .map(|one| {
            let count = counts.get(&one).copied().unwrap_or(0);
            (one, count)
        })
        .collect()
}
