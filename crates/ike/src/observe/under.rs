//! Exchanges under an SA: what their HASH payloads are worth with SKEYID_a.

use isakmp::{ExchangeType, Header, MessageId, Payload, PayloadType, encode_chain};

use super::{HashCheck, find};
use crate::crypto::HashAlg;
use crate::keymat::quick::{hash_1, hash_2, hash_3};
use crate::keymat::{Ni, Nr, SkeyidA, verify};

/// Nonces of one Quick Mode, the initiator's first.
#[derive(Clone, Debug, Default)]
pub(super) struct Nonces(Vec<Vec<u8>>);

impl Nonces {
    /// What stands in the message at this position of its exchange.
    pub fn note(&mut self, position: usize, payloads: &[Payload]) {
        if let Some(nonce) = find(payloads, PayloadType::NONCE)
            && position == self.0.len()
            && position < 2
        {
            self.0.push(nonce.to_vec());
        }
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
        let ni = Ni(self.0.first()?.clone());
        match position {
            1 => Some(hash_2(hash, skeyid_a, id, &ni, covered)),
            2 => Some(hash_3(hash, skeyid_a, id, &ni, &Nr(self.0.get(1)?.clone()))),
            _ => None,
        }
    }
}
