//! Proposals of Quick Mode: written, chosen from, checked (RFC 2407 sections 4.4 and 4.5).

use isakmp::{
    Attribute, Doi, LifeType, Proposal, ProtocolId, SecurityAssociation, Situation, Transform, TransformId,
};

use super::read::{AUTHENTICATION, ENCAPSULATION, GROUP, KEY_LENGTH, LIFE_DURATION, LIFE_TYPE, Read};
use crate::config::MapEntry;
use crate::crypto::DhGroup;
use crate::ipsec::{Compression, Encapsulation, EspCipher, Integrity, TransformSet};
use crate::profile::{LifetimeRule, PfsRule, QuickMode};
use crate::reason::{ChildMismatch, Reason};

/// What one host wants for a child.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Offer {
    pub sets: Vec<TransformSet>,
    pub compression: Option<Compression>,
    pub mode: Encapsulation,
    pub udp: bool,
    pub pfs: Option<DhGroup>,
    pub lifetime: u32,
    pub kilobytes: u32,
}

/// What both have.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Common {
    pub set: TransformSet,
    pub compression: Option<Compression>,
    pub mode: Encapsulation,
    pub pfs: Option<DhGroup>,
    pub lifetime: u32,
    pub kilobytes: u32,
    /// Seconds and kilobytes that the peer offered or chose; 0: none.
    pub theirs: [u32; 2],
    /// The peer's SPIs.
    pub spis: Vec<(ProtocolId, Vec<u8>)>,
}

impl Common {
    /// The responder tells of shorter lifetimes; whether this side goes by them.
    pub fn shorten(&mut self, [seconds, kilobytes]: [Option<u32>; 2], rules: &QuickMode) -> bool {
        let rule = rules.lifetime.value;
        let before = (self.lifetime, self.kilobytes);
        self.lifetime = smaller(rule, self.lifetime, seconds);
        self.kilobytes = smaller(rule, self.kilobytes, kilobytes);
        before != (self.lifetime, self.kilobytes)
    }
}

impl Offer {
    pub fn of(entry: &MapEntry, udp: bool, rules: &QuickMode) -> Offer {
        let MapEntry { transform_sets, mode, pfs, lifetime, kilobytes, .. } = entry;
        let compression = entry.compress.then_some(rules.compression.value);
        let (sets, mode, pfs) = (transform_sets.clone(), *mode, *pfs);
        Offer { sets, compression, mode, udp, pfs, lifetime: *lifetime, kilobytes: *kilobytes }
    }

    /// A proposal for each set, with this host's SPI and CPI.
    pub fn encode(&self, spi: &[u8], cpi: u16, rules: &QuickMode) -> SecurityAssociation {
        let first = rules.first_number.value;
        let compressed = self.sets.iter().filter(|_| self.compression.is_some()).map(|set| (set, true));
        let plain = self.compression.is_none() || rules.offers_uncompressed.value;
        let plain = self.sets.iter().filter(|_| plain).map(|set| (set, false));
        let numbered = (first..=u8::MAX).zip(compressed.chain(plain));
        let proposals = numbered.flat_map(|(number, (set, compressed))| {
            // RFC 2408 4.2: proposals with one number are wanted together.
            let protected = self.transforms(*set, first).map(move |(protocol, transform)| Proposal {
                number,
                protocol,
                spi: spi.to_vec(),
                transforms: vec![transform],
            });
            let compression = self.compression.filter(|_| compressed);
            protected.chain(compression.map(|one| self.compressing(one, (number, first), cpi)))
        });
        let proposals = proposals.collect();
        SecurityAssociation { doi: Doi::IPSEC, situation: Situation::IDENTITY_ONLY, proposals }
    }

    /// IPComp beside the proposals of this number; its CPI stands where they have an SPI (RFC 3173 section 4).
    fn compressing(&self, by: Compression, (number, transform): (u8, u8), cpi: u16) -> Proposal {
        let id = TransformId(by.assigned());
        let transforms = vec![Transform { number: transform, id, attributes: self.attributes(None, None) }];
        Proposal { number, protocol: ProtocolId::IPCOMP, spi: cpi.to_be_bytes().to_vec(), transforms }
    }

    fn transforms(&self, set: TransformSet, number: u8) -> impl Iterator<Item = (ProtocolId, Transform)> {
        let transform = |id, bits, hmac: Option<Integrity>| Transform {
            number,
            id: TransformId(id),
            attributes: self.attributes(bits, hmac),
        };
        let ah = set.ah.map(|hmac| (ProtocolId::AH, transform(hmac.ah_id(), None, Some(hmac))));
        let esp = set.esp.map(|(cipher, hmac)| {
            let (id, bits) = EspCipher::assigned(cipher);
            (ProtocolId::ESP, transform(id, bits, hmac))
        });
        [ah, esp].into_iter().flatten()
    }

    /// In the order in which IOS writes them.
    fn attributes(&self, bits: Option<u16>, hmac: Option<Integrity>) -> Vec<Attribute> {
        let mut attributes = vec![Attribute::short(ENCAPSULATION, self.mode.assigned(self.udp))];
        attributes.extend(lifetimes([self.lifetime, self.kilobytes]));
        attributes.extend(hmac.map(|hmac| Attribute::short(AUTHENTICATION, hmac.algorithm())));
        attributes.extend(bits.map(|bits| Attribute::short(KEY_LENGTH, bits)));
        attributes.extend(self.pfs.map(|group| Attribute::short(GROUP, group.number())));
        attributes
    }

    /// The responder's choice: the first offered proposal that is one of its own, and the answer with its SPI.
    pub fn choose(
        &self,
        offered: &SecurityAssociation,
        (spi, cpi): (&[u8], u16),
        rules: &QuickMode,
    ) -> Result<(Common, SecurityAssociation), ChildMismatch> {
        let all = Read::all(offered);
        // pluto does not pass such a proposal over: it refuses the offer as a whole.
        let foreign = rules.refuses_compression.value.is_some() && self.compression.is_none();
        if let Some(by) = all.iter().find_map(|read| read.compression).filter(|_| foreign) {
            return Err(ChildMismatch::Compression { offered: by, own: None });
        }
        // What comes nearest is worth telling: a set that fits but for its mode or its group.
        let mut nearest = None;
        for read in &all {
            match self.fits(read, rules) {
                Some(Ok(common)) => return Ok((common, answer(read, (spi, cpi), rules))),
                Some(Err(mismatch)) => {
                    nearest.get_or_insert(mismatch);
                }
                None => {}
            }
        }
        Err(nearest.unwrap_or_else(|| ChildMismatch::Transform {
            offered: all.iter().map(|read| read.set).collect(),
            own: self.sets.clone(),
        }))
    }

    /// `None`: the algorithms are not ours.
    fn fits(&self, read: &Read, rules: &QuickMode) -> Option<Result<Common, ChildMismatch>> {
        let set = read.set.filter(|set| self.sets.contains(set))?;
        let compression = match (read.compression, self.compression) {
            (None, Some(_)) if !rules.compression_must_match.value => None,
            (offered, own) if offered == own.map(Some) => own,
            (offered, own) => {
                return Some(Err(ChildMismatch::Compression { offered: offered.flatten(), own }));
            }
        };
        let (mode, udp) = read.mode.unwrap_or((self.mode, self.udp));
        if mode != self.mode && rules.refuses_mode.value.is_some() {
            return Some(Err(ChildMismatch::Mode { offered: mode, own: self.mode }));
        }
        if udp != self.udp {
            return None;
        }
        let Some(pfs) = self.takes(read.pfs, rules.pfs.value) else {
            return Some(Err(ChildMismatch::Pfs { offered: read.pfs, own: self.pfs }));
        };
        let [lifetime, kilobytes] = self.lifetimes(read, rules.lifetime.value);
        Some(Ok(Common {
            set,
            compression,
            mode,
            pfs,
            lifetime,
            kilobytes,
            theirs: read.lifetimes(),
            spis: read.spis(),
        }))
    }

    /// The group that is used; `None`: what is offered is not taken.
    fn takes(&self, offered: Option<u16>, rule: PfsRule) -> Option<Option<DhGroup>> {
        let Some(number) = offered else {
            return self.pfs.is_none().then_some(None);
        };
        let group = DhGroup::from_number(number)?;
        let taken = match (rule, self.pfs) {
            (PfsRule::AnyGroup, _) | (PfsRule::EqualOrUnasked, None) => true,
            (PfsRule::Equal | PfsRule::EqualOrUnasked, own) => own == Some(group),
        };
        taken.then_some(Some(group))
    }

    fn lifetimes(&self, read: &Read, rule: LifetimeRule) -> [u32; 2] {
        [smaller(rule, self.lifetime, read.seconds), smaller(rule, self.kilobytes, read.kilobytes)]
    }

    /// The initiator's check of the answer: one proposal, and one that was offered.
    pub fn accept(&self, answer: &SecurityAssociation, rules: &QuickMode) -> Result<Common, Reason> {
        // RFC 2409 5.5: the answer holds what was chosen, unchanged.
        let all = Read::all(answer);
        // charon returns the same without IPComp behind what it chose.
        let read = match all.as_slice() {
            [read] => read,
            [read, plain] if read.compression.is_some() && plain.set == read.set => read,
            _ => return Err(Reason::NotOffered),
        };
        let compression = match (read.compression, self.compression) {
            (None, Some(_)) if rules.offers_uncompressed.value => None,
            (chosen, own) if chosen == own.map(Some) => own,
            _ => return Err(Reason::NotOffered),
        };
        let set = read.set.filter(|set| self.sets.contains(set)).ok_or(Reason::NotOffered)?;
        let same = read.mode.is_none_or(|mode| mode == (self.mode, self.udp))
            && read.pfs == self.pfs.map(DhGroup::number);
        if !same {
            return Err(Reason::NotOffered);
        }
        let [lifetime, kilobytes] = self.lifetimes(read, rules.lifetime.value);
        Ok(Common {
            set,
            compression,
            mode: self.mode,
            pfs: self.pfs,
            lifetime,
            kilobytes,
            theirs: read.lifetimes(),
            spis: read.spis(),
        })
    }
}

/// What was chosen, with the responder's SPI and CPI.
fn answer(read: &Read<'_>, (spi, cpi): (&[u8], u16), rules: &QuickMode) -> SecurityAssociation {
    let mut proposals = read.answer(spi, cpi, rules.answers_from.value);
    if read.compression.is_some() && rules.offers_uncompressed.value {
        let next = proposals.first().map_or(0, |first| first.number.saturating_add(1));
        let protected = proposals.iter().filter(|one| one.protocol != ProtocolId::IPCOMP);
        let plain: Vec<Proposal> =
            protected.map(|proposal| Proposal { number: next, ..proposal.clone() }).collect();
        proposals.extend(plain);
    }
    SecurityAssociation { doi: Doi::IPSEC, situation: Situation::IDENTITY_ONLY, proposals }
}

/// Seconds and kilobytes as attributes; 0: none.
pub(super) fn lifetimes([seconds, kilobytes]: [u32; 2]) -> Vec<Attribute> {
    let both = [(LifeType::SECONDS, seconds), (LifeType::KILOBYTES, kilobytes)];
    let written = both.into_iter().filter(|(_, value)| *value > 0).flat_map(|(unit, value)| {
        // RFC 2407 4.5: a duration that does not fit into two bytes has the long form.
        let duration = match u16::try_from(value) {
            Ok(short) => Attribute::short(LIFE_DURATION, short),
            Err(_) => Attribute::long(LIFE_DURATION, value.to_be_bytes().to_vec()),
        };
        [Attribute::short(LIFE_TYPE, unit.0), duration]
    });
    written.collect()
}

fn smaller(rule: LifetimeRule, own: u32, other: Option<u32>) -> u32 {
    // 0 stands for "not offered", never for "at once".
    match other {
        Some(other) if rule == LifetimeRule::Smaller && other > 0 && (other < own || own == 0) => other,
        _ => own,
    }
}
