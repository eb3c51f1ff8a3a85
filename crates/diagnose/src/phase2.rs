//! What phase 2 adds: the reasons behind a refused child as causes, and both sides' configurations beside each other.

use ike::{ChildEvent, ChildMismatch, Clear, Ended, Event, Label, MapEntry, NotifyType, Reason, Role};
use sim::{Actor, Cause, End, Entry, Kind, Outcome, Passage, Setup, Trace};

use crate::fate::last_of;
use crate::remedy::remedy;
use crate::words::{pfs, sets};
use crate::{Diagnosis, ranked, words};

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

/// The same value of every crypto map entry of both sides.
pub(crate) fn side_by_side(setup: &Setup, value: fn(&MapEntry) -> String) -> Vec<String> {
    let of = |role: Role| {
        let entries = setup.hosts[role].crypto_map.iter().flatten();
        let values: Vec<String> = entries.map(value).collect();
        let text = if values.is_empty() { "no crypto map entry".into() } else { values.join("; ") };
        format!("{role}: {text}")
    };
    vec![Role::BOTH.map(of).join(" · ")]
}

/// Transform sets, mode and IPComp.
pub(crate) fn protection(entry: &MapEntry) -> String {
    let compressed = if entry.compress { ", with IPComp" } else { "" };
    format!("{} in {} mode{compressed}", sets(&entry.transform_sets), entry.mode)
}

/// `set pfs`.
pub(crate) fn secrecy(entry: &MapEntry) -> String {
    pfs(entry.pfs)
}

/// The access list.
pub(crate) fn lines(entry: &MapEntry) -> String {
    entry.acl.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// What an entry lacks.
pub(crate) fn wholeness(entry: &MapEntry) -> String {
    match entry.missing() {
        // First: a map on no interface is not looked at, whatever its entries lack.
        _ if !entry.interface => format!("entry {} on no interface", entry.sequence),
        Some(part) => format!("entry {} lacks its {}", entry.sequence, part.name()),
        None => format!("entry {} is complete", entry.sequence),
    }
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
pub(crate) fn seen_by(setup: &Setup, trace: &Trace, outcome: &Outcome, role: Role) -> Vec<Diagnosis> {
    let own = last_of(trace, role, |event| {
        if let Some(Reason::NoChild(mismatch)) = event.reason() { Some(mismatch) } else { None }
    });
    let told = last_of(trace, role, |event| {
        // In clear anybody can have sent it: it says nothing of the peer.
        let Event::NotifyReceived { notify, protected: true, .. } = event else { return None };
        notify.is_error().then_some(*notify)
    });
    let (causes, line) = match (own, told) {
        (Some(mismatch), _) => (
            vec![by_mismatch(mismatch)],
            format!("{role}: {}", words::reason(&Reason::NoChild(mismatch.clone()))),
        ),
        (None, Some(notify)) => {
            (behind(notify), format!("{role}: the peer answered QM1 with {notify}, protected"))
        }
        (None, None) => match deletion_seen(trace, outcome, role) {
            Some(line) => (vec![Cause::Deleted], line),
            None => (vec![Cause::MessageLost], format!("{role}: no answer in Quick Mode")),
        },
    };
    let (known, receiver) = (known_to(setup, role), if own.is_some() { role } else { role.other() });
    ranked(causes.into_iter().map(|cause| Diagnosis {
        cause,
        rank: 0,
        evidence: vec![line.clone()],
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
    mut found: Vec<Diagnosis>,
) -> Vec<Diagnosis> {
    if clearings(trace).next().is_none() {
        return found;
    }
    let passed = outcome.phase_2.as_ref().is_some_and(|phase_2| phase_2.passage == Passage::Deleted);
    let left_behind = [Cause::PeerMisbehaved, Cause::MessageLate, Cause::MessageLost];
    let first = passed || found.iter().all(|one| left_behind.contains(&one.cause));
    let deleted = Diagnosis {
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
pub(crate) fn deletion(trace: &Trace) -> Vec<String> {
    let line = |(entry, role, clear): (&Entry, Role, Clear)| {
        let told =
            |entry: &&Entry| entry.kind.sent().is_some_and(|sent| matches!(sent.label, Label::Delete { .. }));
        let sent = trace.entries().iter().filter(|later| later.cause == Some(entry.id)).filter(told);
        let ends = match (clear.notify, sent.count()) {
            (false, _) => format!("the {} is not told and keeps what it has", role.other()),
            (true, 0) => "there was no SA to tell the peer under".into(),
            (true, 1) => format!("a Delete tells the {}", role.other()),
            (true, n) => format!("{n} Deletes tell the {}", role.other()),
        };
        format!("{role}: its operator cleared {} at {} s; {ends}", words::cleared(clear.what), entry.at)
    };
    clearings(trace).map(line).collect()
}

/// What this side's own log has of an end that no refusal explains.
fn deletion_seen(trace: &Trace, outcome: &Outcome, role: Role) -> Option<String> {
    if let Some((entry, _, clear)) = clearings(trace).find(|(_, at, _)| *at == role) {
        return Some(format!("{role}: cleared {} at {} s", words::cleared(clear.what), entry.at));
    }
    let deleted = last_of(trace, role, |event| {
        if let Event::DeleteReceived { .. } = event {
            return Some("the peer's Delete of phase 1");
        }
        let Event::Child { what: ChildEvent::Ended { how: Ended::Deleted, .. }, .. } = event else {
            return None;
        };
        Some("the peer's Delete of the child")
    });
    let phase_2 = outcome.phase_2.as_ref().filter(|phase_2| phase_2.passage == Passage::Deleted);
    let holds =
        phase_2.is_some_and(|phase_2| phase_2.children.iter().any(|one| one.sides[role].end == End::Active));
    let held = holds.then(|| {
        format!("{role}: it still holds its child, and no message says that the peer has it no more")
    });
    deleted.map(|what| format!("{role}: obeyed {what}")).or(held)
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
