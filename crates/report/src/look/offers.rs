//! The offer that a device refused, transform by transform, as its log walks through it.

use ike::observe::{mismatches_of, transforms_of};
use ike::reason::Mismatch;
use ike::{Negotiated, OfferedTransform, Role};
use isakmp::{Body, Message, PayloadType};
use sim::{EntryId, Setup, Trace};

/// Each offered transform beside each own policy; where the refused message has no offer, what the engine says.
pub(super) fn compared(
    setup: &Setup,
    trace: &Trace,
    device: Role,
    refused: EntryId,
    nearest: &[Mismatch],
) -> Vec<Mismatch> {
    let pairs = sa(trace, refused).map(|body| mismatches_of(&body, &setup.hosts[device].policies));
    pairs.filter(|pairs| !pairs.is_empty()).unwrap_or_else(|| nearest.to_vec())
}

/// What was offered; empty where the refused message has no offer.
pub(super) fn offered(trace: &Trace, refused: EntryId) -> Vec<OfferedTransform> {
    sa(trace, refused).map_or(Vec::new(), |body| transforms_of(&body))
}

/// The values of a transform, where all are known.
pub(super) fn values(offered: &OfferedTransform) -> Option<Negotiated> {
    let policy = offered.policy()?;
    Some(Negotiated {
        encryption: policy.encryption,
        hash: policy.hash,
        group: policy.group,
        authentication: policy.authentication,
        lifetime: policy.lifetime,
    })
}

fn sa(trace: &Trace, refused: EntryId) -> Option<Vec<u8>> {
    let arrived = trace.causes(refused).find_map(|cause| cause.kind.arrived())?;
    match Message::decode(arrived.message()).ok()?.body {
        Body::Clear(payloads) => {
            payloads.into_iter().find(|payload| payload.kind == PayloadType::SA).map(|payload| payload.body)
        }
        Body::Encrypted(_) => None,
    }
}
