//! The causes that a refusal of a child names.

use ike::{ChildMismatch, NotifyType};
use sim::Cause;

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
