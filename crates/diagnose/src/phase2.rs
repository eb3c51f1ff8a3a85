//! What phase 2 adds: the reasons behind a refused child as causes, and both sides' configurations beside each other.

use ike::{ChildMismatch, Event, MapEntry, NotifyType, Reason, Role};
use sim::{Cause, Outcome, Passage, Setup, Trace};

use crate::fate::last_of;
use crate::fix::fix;
use crate::words::{pfs, sets};
use crate::{Diagnosis, ranked, words};

/// The cause that a refusal names.
pub(crate) fn by_mismatch(mismatch: &ChildMismatch) -> Cause {
    match mismatch {
        // The mode is a line of the transform set on an ASA and a router: one fix mends both.
        ChildMismatch::Transform { .. } | ChildMismatch::Mode { .. } => Cause::TransformMismatch,
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

/// Transform sets and mode.
pub(crate) fn protection(entry: &MapEntry) -> String {
    format!("{} in {} mode", sets(&entry.transform_sets), entry.mode)
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
pub(crate) fn seen_by(setup: &Setup, trace: &Trace, role: Role) -> Vec<Diagnosis> {
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
        (None, None) => (vec![Cause::MessageLost], format!("{role}: no answer in Quick Mode")),
    };
    let (known, receiver) = (known_to(setup, role), if own.is_some() { role } else { role.other() });
    ranked(causes.into_iter().map(|cause| Diagnosis {
        cause,
        rank: 0,
        evidence: vec![line.clone()],
        fix: fix(&known, cause, receiver),
        // Only its own log names a mismatch; what made the peer send a notify is a guess.
        inferred: own.is_none(),
    }))
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
