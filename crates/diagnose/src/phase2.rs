//! What phase 2 adds: the reasons behind a refused child as causes, and both sides' configurations beside each other.

mod deletion;
mod one_side;

use ike::{ChildMismatch, MapEntry, NotifyType, Role};
use sim::{Cause, Setup};

pub(crate) use deletion::{cleared_before, own_clearing, with_deletion};
pub(crate) use one_side::{reached, seen_by};

use crate::words::{pfs, sets};

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
