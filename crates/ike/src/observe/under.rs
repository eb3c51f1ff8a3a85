//! Exchanges under an SA: what their HASH payloads are worth with SKEYID_a, and the keys that follow from SKEYID_d.

use isakmp::{
    ExchangeType, Header, MessageId, Payload, PayloadType, Proposal, SecurityAssociation, encode_chain,
};

use super::{ChildSa, HashCheck, NoKeymat, find};
use crate::crypto::HashAlg;
use crate::exchange::quick_mode::keymat_len;
use crate::keymat::quick::{ChildSeed, hash_1, hash_2, hash_3};
use crate::keymat::{Ni, Nr, SkeyidA, SkeyidD, verify};
use crate::state::Role;

/// What a listener knows of one Quick Mode.
#[derive(Clone, Debug, Default)]
pub(super) struct Quick {
    /// The initiator's first.
    nonces: Vec<Vec<u8>>,
    /// Bodies of the SA payloads, the initiator's first.
    proposals: Vec<Vec<u8>>,
    /// A KE payload was seen.
    pfs: bool,
}

impl Quick {
    /// What stands in the message at this position of its exchange.
    pub fn note(&mut self, position: usize, payloads: &[Payload]) {
        if let Some(nonce) = find(payloads, PayloadType::NONCE)
            && position == self.nonces.len()
            && position < 2
        {
            self.nonces.push(nonce.to_vec());
            self.proposals.push(find(payloads, PayloadType::SA).unwrap_or_default().to_vec());
            self.pfs |= find(payloads, PayloadType::KE).is_some();
        }
    }

    /// The SAs that both nonces and the answer make: one for each protocol and direction, each once.
    pub fn sas(&self, hash: HashAlg, skeyid_d: &SkeyidD) -> Vec<ChildSa> {
        let ([ni, nr], [offer, answer]) = (self.nonces.as_slice(), self.proposals.as_slice()) else {
            return Vec::new();
        };
        let read = |body: &Vec<u8>| SecurityAssociation::decode(body).map(|sa| sa.proposals);
        let (Ok(offered), Ok(chosen)) = (read(offer), read(answer)) else {
            return Vec::new();
        };
        let seed = ChildSeed { gxy: None, ni: Ni(ni.clone()), nr: Nr(nr.clone()) };
        let keymat = |chosen: &Proposal, spi: &[u8]| match keymat_len(chosen) {
            _ if self.pfs => Err(NoKeymat::Pfs),
            Some(length) => Ok(seed.keymat(hash, skeyid_d, chosen.protocol, spi, length)),
            None => Err(NoKeymat::Transform),
        };
        let mut sas: Vec<ChildSa> = Vec::new();
        for chosen in chosen.iter().take(MAX_CHOSEN) {
            let theirs = spi_offered(&offered, chosen).map(|spi| (Role::Initiator, spi));
            for (receiver, spi) in theirs.into_iter().chain([(Role::Responder, &chosen.spi)]) {
                let (protocol, spi) = (chosen.protocol, spi.clone());
                if !sas.iter().any(|sa| (sa.protocol, sa.receiver, &sa.spi) == (protocol, receiver, &spi)) {
                    let keymat = keymat(chosen, &spi);
                    sas.push(ChildSa { protocol, spi, receiver, keymat });
                }
            }
        }
        sas
    }

    /// `None`: there is no HASH, or what it covers was not seen.
    pub fn check(
        &self,
        (hash, skeyid_a): (HashAlg, &SkeyidA),
        header: &Header,
        payloads: &[Payload],
        position: usize,
    ) -> Option<HashCheck> {
        let (first, rest) = payloads.split_first().filter(|(first, _)| first.kind == PayloadType::HASH)?;
        let expected = self.expected(hash, skeyid_a, header, &encode_chain(rest), position)?;
        Some(if verify(&expected, &first.body) { HashCheck::Verified } else { HashCheck::Wrong })
    }

    fn expected(
        &self,
        hash: HashAlg,
        skeyid_a: &SkeyidA,
        header: &Header,
        covered: &[u8],
        position: usize,
    ) -> Option<Vec<u8>> {
        let id: MessageId = header.message_id;
        // RFC 2409 5.7: HASH(1) alone, whatever the exchange; Quick Mode goes on with the nonces in it.
        if header.exchange != ExchangeType::QUICK || position == 0 {
            return (position == 0).then(|| hash_1(hash, skeyid_a, id, covered));
        }
        let ni = Ni(self.nonces.first()?.clone());
        match position {
            1 => Some(hash_2(hash, skeyid_a, id, &ni, covered)),
            2 => Some(hash_3(hash, skeyid_a, id, &ni, &Nr(self.nonces.get(1)?.clone()))),
            _ => None,
        }
    }
}

/// Proposals that are read of an answer, which should have one.
const MAX_CHOSEN: usize = 8;

/// The initiator's SPI for a chosen proposal. Not every responder keeps the number that was offered.
fn spi_offered<'o>(offered: &'o [Proposal], chosen: &Proposal) -> Option<&'o Vec<u8>> {
    let same = offered.iter().filter(|offered| offered.protocol == chosen.protocol);
    same.min_by_key(|offered| offered.number != chosen.number).map(|offered| &offered.spi)
}
