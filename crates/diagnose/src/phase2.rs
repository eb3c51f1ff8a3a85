//! What phase 2 adds: the reasons behind a refused child as causes, and both sides' configurations beside each other.

use ike::{ChildEvent, ChildMismatch, Clear, Ended, Event, Label, NotifyType, Reason, Role, Sides};
use sim::{Actor, Cause, End, Entry, Kind, Outcome, Passage, Setup, Trace};

use crate::evidence::{ChildEvidence, EntryValue, Evidence};
use crate::fate::last_of;
use crate::remedy::remedy;
use crate::{Finding, ranked};

/// The cause that a refusal names.
pub(crate) fn by_mismatch(mismatch: &ChildMismatch) -> Cause {
    match mismatch {
        // The mode is a line of the transform set on an ASA and a router: one fix mends both.
        ChildMismatch::Transform { .. } | ChildMismatch::Mode { .. } | ChildMismatch::Compression { .. } => {
            Cause::TransformMismatch
        }
        ChildMismatch::Pfs { .. } => Cause::PfsMismatch,
        ChildMismatch::Proxies { .. } => Cause::ProxyMismatch,
        ChildMismatch::Incomplete(_) => Cause::CryptoMapIncomplete,
    }
}

/// The crypto map entries of both sides, for one value.
pub(crate) fn side_by_side(setup: &Setup, value: EntryValue) -> Evidence {
    let of = Sides::from_fn(|role| setup.hosts[role].crypto_map.clone().unwrap_or_default());
    Evidence::Entries { value, of }
}

/// Whether phase 1 came up on both sides and what failed is behind it.
pub(crate) fn failed(outcome: &Outcome) -> bool {
    outcome.phase_2.as_ref().is_some_and(|phase_2| match phase_2.passage {
        // An ASA takes phase 1 down with a refused Quick Mode: deleted, too, is a failure behind phase 1.
        Passage::Phase2Refused | Passage::Phase2Stalled | Passage::Deleted => true,
        Passage::Passes | Passage::Phase1Stalls | Passage::NeverStarted => false,
    })
}

/// What one side alone can tell of a phase 2 that failed.
pub(crate) fn seen_by(setup: &Setup, trace: &Trace, outcome: &Outcome, role: Role) -> Vec<Finding> {
    let own = last_of(trace, role, |event| {
        if let Some(Reason::NoChild(mismatch)) = event.reason() { Some(mismatch) } else { None }
    });
    let told = last_of(trace, role, |event| {
        // In clear anybody can have sent it: it says nothing of the peer.
        let Event::NotifyReceived { notify, protected: true, .. } = event else { return None };
        notify.is_error().then_some(*notify)
    });
    let (causes, seen) = match (own, told) {
        (Some(mismatch), _) => {
            let mismatch = mismatch.clone();
            (vec![by_mismatch(&mismatch)], ChildEvidence::Refused { at: role, mismatch })
        }
        (None, Some(notify)) => (behind(notify), ChildEvidence::Answered { at: role, notify }),
        (None, None) => match deletion_seen(trace, outcome, role) {
            Some(seen) => (vec![Cause::Deleted], seen),
            None => (vec![Cause::MessageLost], ChildEvidence::Unanswered(role)),
        },
    };
    let (known, receiver) = (known_to(setup, role), if own.is_some() { role } else { role.other() });
    ranked(causes.into_iter().map(|cause| Finding {
        cause,
        rank: 0,
        evidence: vec![Evidence::Child(seen.clone())],
        remedy: Some(remedy(&known, cause, receiver)),
        // Only its own log names a mismatch; what made the peer send a notify is a guess.
        inferred: own.is_none(),
    }))
}

/// The causes that were found, with the clearing by an operator where it ended something: in front where the tunnel had
/// passed, or where all else is only what a clearing amid an exchange leaves behind.
pub(crate) fn with_deletion(
    setup: &Setup,
    trace: &Trace,
    outcome: &Outcome,
    mut found: Vec<Finding>,
) -> Vec<Finding> {
    if clearings(trace).next().is_none() {
        return found;
    }
    let passed = outcome.phase_2.as_ref().is_some_and(|phase_2| phase_2.passage == Passage::Deleted);
    let left_behind = [Cause::PeerMisbehaved, Cause::MessageLate, Cause::MessageLost];
    let first = passed || found.iter().all(|one| left_behind.contains(&one.cause));
    let deleted = Finding {
        cause: Cause::Deleted,
        rank: 0,
        evidence: deletion(trace),
        remedy: Some(remedy(setup, Cause::Deleted, Role::Initiator)),
        inferred: false,
    };
    found.insert(if first { 0 } else { found.len() }, deleted);
    ranked(found)
}

/// Whose operator cleared what, where there was anything to clear.
fn clearings(trace: &Trace) -> impl Iterator<Item = (&Entry, Role, Clear)> {
    trace.entries().iter().filter_map(|entry| {
        let (Kind::Cleared { clear, .. }, Actor::Peer(role)) = (&entry.kind, entry.actor) else {
            return None;
        };
        let acts = trace.entries().iter().any(|later| later.cause == Some(entry.id));
        acts.then_some((entry, role, *clear))
    })
}

/// Who cleared what, and whether the other side was told.
pub(crate) fn deletion(trace: &Trace) -> Vec<Evidence> {
    let one = |(entry, at, clear): (&Entry, Role, Clear)| {
        let told =
            |entry: &&Entry| entry.kind.sent().is_some_and(|sent| matches!(sent.label, Label::Delete { .. }));
        let sent = trace.entries().iter().filter(|later| later.cause == Some(entry.id)).filter(told);
        Evidence::Child(ChildEvidence::Cleared { at, clear, when: entry.at, deletes: sent.count() })
    };
    clearings(trace).map(one).collect()
}

/// What this side's own log has of an end that no refusal explains.
fn deletion_seen(trace: &Trace, outcome: &Outcome, role: Role) -> Option<ChildEvidence> {
    if let Some((entry, at, clear)) = clearings(trace).find(|(_, at, _)| *at == role) {
        return Some(ChildEvidence::ClearedHere { at, what: clear.what, when: entry.at });
    }
    let of_child = last_of(trace, role, |event| {
        if let Event::DeleteReceived { .. } = event {
            return Some(false);
        }
        let Event::Child { what: ChildEvent::Ended { how: Ended::Deleted, .. }, .. } = event else {
            return None;
        };
        Some(true)
    });
    let phase_2 = outcome.phase_2.as_ref().filter(|phase_2| phase_2.passage == Passage::Deleted);
    let holds =
        phase_2.is_some_and(|phase_2| phase_2.children.iter().any(|one| one.sides[role].end == End::Active));
    let held = holds.then_some(ChildEvidence::StillHolds(role));
    of_child.map(|child| ChildEvidence::Obeyed { at: role, child }).or(held)
}

/// The setup as far as this side knows it: the other is taken to be like it, and to mirror it.
fn known_to(setup: &Setup, role: Role) -> Setup {
    let (mut known, other) = (setup.clone(), role.other());
    let address = setup.outside_address(role);
    let own = &setup.hosts[role];
    known.hosts[other].profile = own.profile;
    known.hosts[other].crypto_map =
        own.crypto_map.as_ref().map(|list| list.iter().map(|entry| entry.mirrored(address)).collect());
    known
}

/// What a notify leaves open: Cisco devices say NO_PROPOSAL_CHOSEN for proxies too.
pub(crate) fn behind(notify: NotifyType) -> Vec<Cause> {
    match notify {
        // charon and pluto say it of selectors, charon of the mode too; no Cisco device was seen to say it.
        NotifyType::INVALID_ID_INFORMATION => vec![Cause::ProxyMismatch, Cause::TransformMismatch],
        NotifyType::NO_PROPOSAL_CHOSEN => vec![
            Cause::ProxyMismatch,
            Cause::TransformMismatch,
            Cause::PfsMismatch,
            Cause::CryptoMapIncomplete,
        ],
        _ => vec![Cause::PeerMisbehaved],
    }
}

/// What it means that the initiator alone has installed a child, and what mends it.
pub const ONE_SIDE_INSTALLED: &str = "One side installed: the initiator has its child and sends, the responder never had QM3 and does not. \
    What repairs it: QM2 sent again, which the initiator answers with QM3; once the responder has given up, clear the child at the \
    initiator, or wait for a rekey.";
