//! Proposals of Quick Mode as they came.

use isakmp::{Attribute, AttributeType, LifeType, Proposal, ProtocolId, SecurityAssociation, Transform};

use crate::ipsec::{Compression, Encapsulation, EspCipher, Integrity, TransformSet};

/// Attribute types of the IPsec DOI (RFC 2407 section 4.5).
pub(super) const LIFE_TYPE: AttributeType = AttributeType(1);
pub(super) const LIFE_DURATION: AttributeType = AttributeType(2);
pub(super) const GROUP: AttributeType = AttributeType(3);
pub(super) const ENCAPSULATION: AttributeType = AttributeType(4);
pub(super) const AUTHENTICATION: AttributeType = AttributeType(5);
pub(super) const KEY_LENGTH: AttributeType = AttributeType(6);

/// One way to make the child: one transform of each protocol that is wanted together.
pub(super) struct Read<'m> {
    parts: Vec<(&'m Proposal, &'m Transform)>,
    /// `None`: values that are not known here.
    pub set: Option<TransformSet>,
    /// IPComp is wanted; within, `None`: by an algorithm that is not known.
    pub compression: Option<Option<Compression>>,
    /// `None`: not said, or not known.
    pub mode: Option<(Encapsulation, bool)>,
    pub pfs: Option<u16>,
    pub seconds: Option<u32>,
    pub kilobytes: Option<u32>,
}

/// Proposals that are read of one payload; a forged one has room for thousands.
const MAX_READ: usize = 64;

impl<'m> Read<'m> {
    pub fn all(sa: &'m SecurityAssociation) -> Vec<Read<'m>> {
        // RFC 2408 4.2: proposals with one number belong together, and stand side by side.
        let together = sa.proposals.chunk_by(|one, next| one.number == next.number);
        let ways = together.flat_map(|proposals| match proposals {
            [one] => one.transforms.iter().map(|transform| vec![(one, transform)]).collect(),
            // One transform of each, as our own offers have it: of many, the combinations have no bound.
            several => {
                let firsts = several.iter().map(|one| Some((one, one.transforms.first()?)));
                firsts.collect::<Option<Vec<_>>>().map(|parts| vec![parts]).unwrap_or_default()
            }
        });
        ways.take(MAX_READ).map(Read::of).collect()
    }

    fn of(parts: Vec<(&'m Proposal, &'m Transform)>) -> Read<'m> {
        let (compressing, protecting): (Vec<_>, Vec<_>) =
            parts.iter().partition(|(proposal, _)| proposal.protocol == ProtocolId::IPCOMP);
        let first = protecting.first().map(|(_, transform)| *transform);
        let value = |kind| first.and_then(|transform| value(transform, kind));
        Read {
            set: set(&protecting),
            compression: compressing.first().map(|(_, transform)| Compression::from_assigned(transform.id.0)),
            mode: value(ENCAPSULATION).and_then(Encapsulation::from_assigned),
            pfs: value(GROUP).and_then(|number| u16::try_from(number).ok()),
            seconds: first.and_then(|transform| duration(&transform.attributes, LifeType::SECONDS)),
            kilobytes: first.and_then(|transform| duration(&transform.attributes, LifeType::KILOBYTES)),
            parts,
        }
    }

    /// Seconds and kilobytes; 0: none.
    pub fn lifetimes(&self) -> [u32; 2] {
        [self.seconds, self.kilobytes].map(|value| value.unwrap_or(0))
    }

    pub fn spis(&self) -> Vec<(ProtocolId, Vec<u8>)> {
        self.parts.iter().map(|(proposal, _)| (proposal.protocol, proposal.spi.clone())).collect()
    }

    /// The same back, unchanged but for the SPI and, where `from` is more, the number.
    pub fn answer(&self, spi: &[u8], cpi: u16, from: u8) -> Vec<Proposal> {
        let proposals = self.parts.iter().map(|(proposal, transform)| Proposal {
            number: proposal.number.max(from),
            protocol: proposal.protocol,
            spi: if proposal.protocol == ProtocolId::IPCOMP {
                cpi.to_be_bytes().to_vec()
            } else {
                spi.to_vec()
            },
            transforms: vec![Transform { number: transform.number.max(from), ..(*transform).clone() }],
        });
        proposals.collect()
    }
}

fn set(parts: &[(&Proposal, &Transform)]) -> Option<TransformSet> {
    let mut set = TransformSet { esp: None, ah: None };
    for (proposal, transform) in parts {
        let algorithm = value(transform, AUTHENTICATION);
        let hmac = Integrity::ALL.into_iter().find(|hmac| algorithm == Some(u64::from(hmac.algorithm())));
        // A number that is not known is not the same as none.
        if algorithm.is_some() && hmac.is_none() {
            return None;
        }
        match proposal.protocol {
            ProtocolId::ESP if set.esp.is_none() => set.esp = Some((cipher(transform)?, hmac)),
            ProtocolId::AH if set.ah.is_none() => {
                set.ah = Some(hmac.filter(|hmac| hmac.ah_id() == transform.id.0)?);
            }
            _ => return None,
        }
    }
    Some(set)
}

/// Bytes of KEYMAT that an SA of this proposal needs; `None`: no key, or an algorithm that is not known.
pub(crate) fn keymat_len(chosen: &Proposal) -> Option<usize> {
    let set = set(&[(chosen, chosen.transforms.first()?)])?;
    set.protocols().next().map(|(_, length)| length)
}

fn cipher(transform: &Transform) -> Option<EspCipher> {
    // Every AES carries the attribute (so RFC 3602): without it no length is meant.
    let bits = value(transform, KEY_LENGTH);
    EspCipher::ALL.into_iter().find(|cipher| {
        let (id, length) = cipher.assigned();
        id == transform.id.0 && bits == length.map(u64::from)
    })
}

fn value(transform: &Transform, kind: AttributeType) -> Option<u64> {
    transform.attributes.iter().find(|attribute| attribute.kind == kind).and_then(Attribute::as_u64)
}

/// A duration counts in the unit that stands before it.
pub(super) fn duration(attributes: &[Attribute], unit: LifeType) -> Option<u32> {
    let mut now = None;
    let found = attributes.iter().find_map(|attribute| match attribute.kind {
        LIFE_TYPE => {
            now = attribute.as_u64();
            None
        }
        LIFE_DURATION if now == Some(u64::from(unit.0)) => attribute.as_u64(),
        _ => None,
    })?;
    // What is cut here never was the shorter of the two.
    Some(u32::try_from(found).unwrap_or(u32::MAX))
}
