//! What phase 2 adds: the reasons behind a refused child as causes, and both sides' configurations beside each other.

mod deletion;
mod one_side;

use ike::{ChildMismatch, NotifyType, Sides};
use sim::{Cause, Setup};

pub(crate) use deletion::{cleared_before, own_clearing, with_deletion};
pub(crate) use one_side::{reached, seen_by};

use crate::evidence::{EntryValue, Evidence};

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
