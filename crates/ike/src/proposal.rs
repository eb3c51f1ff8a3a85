//! Offering and choosing transforms (RFC 2408 section 4.2, RFC 2409 section 5 and appendix A).

use isakmp::{
    Attribute, AttributeType, AuthenticationMethod, Doi, LifeType, Proposal, ProtocolId, SecurityAssociation,
    Situation, Transform, TransformId,
};

use crate::config::{Authentication, Config, Policy};
use crate::crypto::{Cipher, DhGroup, HashAlg};
use crate::event::Negotiated;
use crate::reason::{Difference, Mismatch, PolicyAttribute, Reason};
use crate::state::Mode;

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
/// those with the first one's group can be meant.
pub(crate) fn offered(config: &Config, mode: Mode) -> impl Iterator<Item = &Policy> {
    let first = config.policies.first().map(|policy| policy.group);
    config.policies.iter().filter(move |policy| mode == Mode::Main || Some(policy.group) == first)
}

/// The SA payload of MSG1 or AM1.
pub(crate) fn offer(config: &Config, mode: Mode) -> SecurityAssociation {
    let numbered = (1..=u8::MAX).zip(offered(config, mode));
    payload(numbered.map(|(number, policy)| transform(number, policy)).collect())
}

fn payload(transforms: Vec<Transform>) -> SecurityAssociation {
    let proposal = Proposal { number: 1, protocol: ProtocolId::ISAKMP, spi: Vec::new(), transforms };
    SecurityAssociation { doi: Doi::IPSEC, situation: Situation::IDENTITY_ONLY, proposals: vec![proposal] }
}

/// Attribute order as real devices write it.
fn transform(number: u8, policy: &Policy) -> Transform {
    let (algorithm, bits) = policy.encryption.wire();
    let mut attributes = vec![Attribute::short(AttributeType::ENCRYPTION, algorithm.0)];
    attributes.extend(bits.map(|bits| Attribute::short(AttributeType::KEY_LENGTH, bits)));
    attributes.extend([
        Attribute::short(AttributeType::HASH, policy.hash.wire().0),
        Attribute::short(AttributeType::GROUP, policy.group.number()),
        Attribute::short(AttributeType::AUTHENTICATION, method(policy.authentication).0),
        Attribute::short(AttributeType::LIFE_TYPE, LifeType::SECONDS.0),
        Attribute::long(AttributeType::LIFE_DURATION, policy.lifetime.to_be_bytes().to_vec()),
    ]);
    Transform { number, id: TransformId::KEY_IKE, attributes }
}

const fn method(authentication: Authentication) -> AuthenticationMethod {
    match authentication {
        Authentication::PreShared => AuthenticationMethod::PRE_SHARED,
        Authentication::RsaSig => AuthenticationMethod::RSA_SIG,
    }
}

/// What a transform on the wire says; values that are not known stay numbers.
struct Offered {
    encryption: Option<u64>,
    key_length: Option<u64>,
    hash: Option<u64>,
    group: Option<u64>,
    authentication: Option<u64>,
    lifetime: Option<u32>,
}

impl Offered {
    fn read(transform: &Transform) -> Offered {
        let value = |kind| {
            let found = transform.attributes.iter().find(|attribute| attribute.kind == kind);
            found.and_then(Attribute::as_u64)
        };
        Offered {
            encryption: value(AttributeType::ENCRYPTION),
            key_length: value(AttributeType::KEY_LENGTH),
            hash: value(AttributeType::HASH),
            group: value(AttributeType::GROUP),
            authentication: value(AttributeType::AUTHENTICATION),
            lifetime: lifetime(transform),
        }
    }

    /// Every attribute in which it is not what the policy wants; empty: it can be chosen.
    fn differences(&self, policy: &Policy) -> Vec<Difference> {
        let (algorithm, bits) = policy.encryption.wire();
        let same_cipher = self.encryption == Some(u64::from(algorithm.0));
        let mut differing = Vec::new();
        let mut compare = |attribute, equal: bool, offered: String, own: &str| {
            if !equal {
                differing.push(Difference { attribute, offered, own: own.into() });
            }
        };
        let encryption = if same_cipher { PolicyAttribute::KeyLength } else { PolicyAttribute::Encryption };
        let same_bits = self.key_length == bits.map(u64::from);
        compare(encryption, same_cipher && same_bits, self.cipher_name(), policy.encryption.name());
        let hash = self.hash == Some(u64::from(policy.hash.wire().0));
        compare(PolicyAttribute::Hash, hash, self.hash_name(), policy.hash.name());
        let group = self.group == Some(u64::from(policy.group.number()));
        compare(PolicyAttribute::Group, group, number(self.group), &policy.group.number().to_string());
        let authentication = self.authentication == Some(u64::from(method(policy.authentication).0));
        compare(
            PolicyAttribute::Authentication,
            authentication,
            self.method_name(),
            policy.authentication.name(),
        );
        differing
    }

    fn cipher_name(&self) -> String {
        let known = Cipher::ALL.iter().find(|cipher| {
            let (algorithm, bits) = cipher.wire();
            self.encryption == Some(u64::from(algorithm.0)) && self.key_length == bits.map(u64::from)
        });
        match known {
            Some(cipher) => cipher.name().into(),
            None => format!("cipher {} with key length {}", number(self.encryption), number(self.key_length)),
        }
    }

    fn hash_name(&self) -> String {
        let known = HashAlg::ALL.iter().find(|hash| self.hash == Some(u64::from(hash.wire().0)));
        known.map_or_else(|| format!("hash {}", number(self.hash)), |hash| hash.name().into())
    }

    fn method_name(&self) -> String {
        let known =
            Authentication::ALL.iter().find(|a| self.authentication == Some(u64::from(method(**a).0)));
        known.map_or_else(|| format!("method {}", number(self.authentication)), |known| known.name().into())
    }
}

/// Seconds. A duration counts in the unit that stands before it, and there may be one for each unit (RFC 2409
/// appendix A).
fn lifetime(transform: &Transform) -> Option<u32> {
    let mut unit = None;
    let seconds = transform.attributes.iter().find_map(|attribute| match attribute.kind {
        AttributeType::LIFE_TYPE => {
            unit = attribute.as_u64();
            None
        }
        AttributeType::LIFE_DURATION if unit == Some(u64::from(LifeType::SECONDS.0)) => attribute.as_u64(),
        _ => None,
    })?;
    Some(u32::try_from(seconds).unwrap_or(u32::MAX))
}

/// A transform in words, and as a policy where each of its values is known here.
pub(crate) fn described(transform: &Transform) -> (String, Option<Policy>) {
    let read = Offered::read(transform);
    let words =
        [read.cipher_name(), read.hash_name(), format!("group {}", number(read.group)), read.method_name()];
    let cipher = Cipher::ALL.into_iter().find(|cipher| cipher.name() == read.cipher_name());
    let hash = HashAlg::ALL.into_iter().find(|hash| hash.name() == read.hash_name());
    let group = DhGroup::ALL.into_iter().find(|group| read.group == Some(u64::from(group.number())));
    let method = Authentication::ALL.into_iter().find(|method| method.name() == read.method_name());
    let policy = || {
        let lifetime = read.lifetime.unwrap_or(86400).max(1);
        let priority = u16::from(transform.number).max(1);
        let (encryption, authentication) = (cipher?, method?);
        Some(Policy { priority, authentication, encryption, hash: hash?, group: group?, lifetime })
    };
    (words.join("/"), policy())
}

fn number(value: Option<u64>) -> String {
    value.map_or_else(|| "none".into(), |value| value.to_string())
}

/// The responder's choice: its own policies in order of priority, for each the offer's transforms in
/// order. Any lifetime will do. Signatures are not built, so a policy that wants them is never chosen.
///
/// # Errors
/// [`Reason::NoProposalChosen`] with the nearest miss for each own policy.
pub(crate) fn choose(
    config: &Config,
    offer: &SecurityAssociation,
) -> Result<(Chosen, SecurityAssociation), Reason> {
    let mut nearest = Vec::new();
    for policy in &config.policies {
        let mut best: Option<Mismatch> = None;
        for transform in ike_transforms(offer) {
            let read = Offered::read(transform);
            let differing = read.differences(policy);
            if differing.is_empty() && policy.authentication == Authentication::PreShared {
                return Ok((chosen(policy, &read), payload_from(offer, transform)));
            }
            if best.as_ref().is_none_or(|best| differing.len() < best.differing.len()) {
                best = Some(Mismatch { policy: policy.priority, transform: transform.number, differing });
            }
        }
        nearest.extend(best);
    }
    Err(Reason::NoProposalChosen { nearest })
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
    let mut reply = payload(vec![transform.clone()]);
    if let (Some(holder), Some(proposal)) = (holder, reply.proposals.first_mut()) {
        proposal.number = holder.number;
        proposal.spi.clone_from(&holder.spi);
    }
    reply
}

fn chosen(policy: &Policy, read: &Offered) -> Chosen {
    let offered = read.lifetime.unwrap_or(policy.lifetime);
    let negotiated = Negotiated {
        encryption: policy.encryption,
        hash: policy.hash,
        group: policy.group,
        authentication: policy.authentication,
        lifetime: offered,
    };
    Chosen { negotiated, policy: policy.priority, lifetime: offered.min(policy.lifetime) }
}

/// The initiator's check of the reply: one transform, and one that was offered.
///
/// # Errors
/// [`Reason::NotOffered`].
pub(crate) fn accept(config: &Config, mode: Mode, reply: &SecurityAssociation) -> Result<Chosen, Reason> {
    let mut transforms = ike_transforms(reply);
    let (Some(transform), None) = (transforms.next(), transforms.next()) else {
        return Err(Reason::NotOffered);
    };
    let read = Offered::read(transform);
    let policy = offered(config, mode).find(|policy| read.differences(policy).is_empty());
    let policy = policy.filter(|policy| policy.authentication == Authentication::PreShared);
    policy.map(|policy| chosen(policy, &read)).ok_or(Reason::NotOffered)
}

/// The group an Aggressive Mode initiator sends its public value for.
pub(crate) fn first_group(config: &Config) -> Option<DhGroup> {
    config.policies.first().map(|policy| policy.group)
}
