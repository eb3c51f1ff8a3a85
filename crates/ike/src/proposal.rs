//! Offering and choosing transforms (RFC 2408 section 4.2, RFC 2409 section 5 and appendix A).

mod offered;

use isakmp::{
    Attribute, AttributeType, Doi, LifeType, Proposal, ProtocolId, SecurityAssociation, Situation, Transform,
    TransformId,
};

use crate::auth;
use crate::auth::Authentication;
use crate::config::{Config, Policy};
use crate::crypto::DhGroup;
use crate::event::Negotiated;
use crate::policy_value::{OfferedValue, PolicyValue};
use crate::reason::{Difference, Mismatch, PolicyAttribute, Reason};
use crate::state::Mode;

use offered::Offered;
pub use offered::OfferedTransform;

/// A transform that both sides have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Chosen {
    /// The values, lifetime as the transform says.
    pub negotiated: Negotiated,
    /// Own policy's priority.
    pub policy: u16,
    /// The smaller of the two lifetimes, in seconds.
    pub lifetime: u32,
}

/// The policies an initiator offers. In Aggressive Mode the public value goes with the offer, so only
/// those with the first one's group can be meant; some vendors offer the others all the same.
pub(crate) fn offered(config: &Config, mode: Mode) -> impl Iterator<Item = &Policy> {
    // RFC 2409 5: Aggressive Mode cannot negotiate the group, for the public value goes with the offer.
    let first = config.policies.first().map(|policy| policy.group);
    let all = mode == Mode::Main || config.profile.offers_every_group.value;
    config.policies.iter().filter(move |policy| all || Some(policy.group) == first)
}

/// The SA payload of MSG1 or AM1.
pub(crate) fn offer(config: &Config, mode: Mode) -> SecurityAssociation {
    let numbered = (1..=u8::MAX).zip(offered(config, mode));
    payload(numbered.map(|(number, policy)| transform(number, policy)).collect())
}

fn payload(transforms: Vec<Transform>) -> SecurityAssociation {
    // RFC 2409 5: one proposal, in which the transforms are the choice.
    let proposal = Proposal { number: 1, protocol: ProtocolId::ISAKMP, spi: Vec::new(), transforms };
    SecurityAssociation { doi: Doi::IPSEC, situation: Situation::IDENTITY_ONLY, proposals: vec![proposal] }
}

/// Attribute order as real devices write it.
fn transform(number: u8, policy: &Policy) -> Transform {
    let (algorithm, bits) = policy.encryption.assigned();
    let mut attributes = vec![Attribute::short(AttributeType::ENCRYPTION, algorithm.0)];
    attributes.extend(bits.map(|bits| Attribute::short(AttributeType::KEY_LENGTH, bits)));
    attributes.extend([
        Attribute::short(AttributeType::HASH, policy.hash.assigned().0),
        Attribute::short(AttributeType::GROUP, policy.group.number()),
        Attribute::short(AttributeType::AUTHENTICATION, policy.authentication.assigned().0),
        Attribute::short(AttributeType::LIFE_TYPE, LifeType::SECONDS.0),
        Attribute::long(AttributeType::LIFE_DURATION, policy.lifetime.to_be_bytes().to_vec()),
    ]);
    Transform { number, id: TransformId::KEY_IKE, attributes }
}

/// The responder's choice: its own policies in order of priority, for each the offer's transforms in
/// order. Any lifetime will do. A transform with a method that is not built is never chosen.
///
/// # Errors
/// [`Reason::NoProposalChosen`] with the nearest miss for each own policy.
pub(crate) fn choose(
    config: &Config,
    mode: Mode,
    offer: &SecurityAssociation,
) -> Result<(Chosen, SecurityAssociation), Reason> {
    let mut nearest = Vec::new();
    let late = mode == Mode::Main && !config.profile.method_decides_offer.value;
    for policy in &config.policies {
        let mut best: Option<Mismatch> = None;
        for transform in ike_transforms(offer) {
            let read = Offered::read(transform);
            let differing = read.differences(policy);
            let fits = differing.iter().all(|one| late && one.attribute == PolicyAttribute::Authentication);
            if let Some(method) = read.built().filter(|_| fits) {
                return Ok((chosen(policy, &read, method), payload_from(offer, transform)));
            }
            // The first of several equally near ones, as it would be the first to match.
            if best.as_ref().is_none_or(|best| differing.len() < best.differing.len()) {
                best = Some(Mismatch { policy: policy.priority, transform: transform.number, differing });
            }
        }
        nearest.extend(best);
    }
    // RFC 2408 5.4: with nothing acceptable the SA is refused, and NO_PROPOSAL_CHOSEN may say so.
    Err(Reason::NoProposalChosen { nearest })
}

/// Where each transform of an offer differs from each own policy, offer by offer. A pair that fits has no difference.
pub(crate) fn mismatches<'a>(
    offer: &'a SecurityAssociation,
    policies: &'a [Policy],
) -> impl Iterator<Item = Mismatch> {
    ike_transforms(offer).flat_map(move |transform| {
        policies.iter().map(move |policy| Mismatch {
            policy: policy.priority,
            transform: transform.number,
            differing: Offered::read(transform).differences(policy),
        })
    })
}

/// Why a responder that compares methods late refuses a peer that has proven itself by this one.
pub(crate) fn refuses_method(config: &Config, by: Authentication) -> Option<Reason> {
    let own = |policy: &Policy| PolicyValue::Authentication(policy.authentication);
    if config.policies.iter().any(|policy| policy.authentication == by) {
        return None;
    }
    let nearest = config.policies.iter().map(|policy| Mismatch {
        policy: policy.priority,
        transform: 1,
        differing: vec![Difference {
            attribute: PolicyAttribute::Authentication,
            offered: OfferedValue::Known(PolicyValue::Authentication(by)),
            own: own(policy),
        }],
    });
    Some(Reason::NoProposalChosen { nearest: nearest.collect() })
}

/// The transforms for IKE's own protection; others in the payload are not for phase 1.
fn ike_transforms(offer: &SecurityAssociation) -> impl Iterator<Item = &Transform> {
    let proposals = offer.proposals.iter().filter(|proposal| proposal.protocol == ProtocolId::ISAKMP);
    proposals
        .flat_map(|proposal| &proposal.transforms)
        .filter(|transform| transform.id == TransformId::KEY_IKE)
}

/// The reply repeats the chosen transform unchanged, under its proposal's number.
fn payload_from(offer: &SecurityAssociation, transform: &Transform) -> SecurityAssociation {
    let holder = offer.proposals.iter().find(|proposal| proposal.transforms.contains(transform));
    // RFC 2409 5: no attribute may change on the way back.
    let mut reply = payload(vec![transform.clone()]);
    if let (Some(holder), Some(proposal)) = (holder, reply.proposals.first_mut()) {
        proposal.number = holder.number;
        proposal.spi.clone_from(&holder.spi);
    }
    reply
}

/// `method` is the transform's, not the policy's: a vendor may leave the comparison for later.
fn chosen(policy: &Policy, read: &Offered, method: Authentication) -> Chosen {
    // A lifetime never decides: each side keeps to the shorter one by itself.
    let offered = read.lifetime.unwrap_or(policy.lifetime);
    let negotiated = Negotiated {
        encryption: policy.encryption,
        hash: policy.hash,
        group: policy.group,
        authentication: method,
        lifetime: offered,
    };
    Chosen { negotiated, policy: policy.priority, lifetime: offered.min(policy.lifetime) }
}

/// The initiator's check of the reply: one transform, and one that was offered.
///
/// # Errors
/// [`Reason::NotOffered`].
pub(crate) fn accept(config: &Config, mode: Mode, reply: &SecurityAssociation) -> Result<Chosen, Reason> {
    // RFC 2409 5: an answer that was not offered is rejected.
    let mut transforms = ike_transforms(reply);
    let (Some(transform), None) = (transforms.next(), transforms.next()) else {
        return Err(Reason::NotOffered);
    };
    let read = Offered::read(transform);
    let policy = offered(config, mode).find(|policy| read.differences(policy).is_empty());
    // Every policy is offered, whether its method is built or not.
    let policy = policy.filter(|policy| policy.authentication == auth::BUILT);
    policy.map(|policy| chosen(policy, &read, policy.authentication)).ok_or(Reason::NotOffered)
}

/// The group an Aggressive Mode initiator sends its public value for.
pub(crate) fn first_group(config: &Config) -> Option<DhGroup> {
    config.policies.first().map(|policy| policy.group)
}
