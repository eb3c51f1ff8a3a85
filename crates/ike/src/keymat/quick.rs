//! The authenticators and keys of Quick Mode (RFC 2409 section 5.5).

use isakmp::{MessageId, ProtocolId};

use super::{ChildKey, Gxy, Ni, Nr, SkeyidA, SkeyidD};
use crate::crypto::{HashAlg, prf};

/// HASH(1) of Quick Mode is that of every exchange under an SA.
pub use super::hash_1;

/// HASH(2) = prf(`SKEYID_a`, M-ID | `Ni_b` | payloads), generic headers included.
pub fn hash_2(
    hash: HashAlg,
    skeyid_a: &SkeyidA,
    message_id: MessageId,
    Ni(ni): &Ni,
    payloads: &[u8],
) -> Vec<u8> {
    // RFC 2409 5.5: with the initiator's nonce, which proves that the answer is to this very offer.
    prf(hash, skeyid_a.as_bytes(), &[&message_id.0.to_be_bytes(), ni, payloads])
}

/// HASH(3) = prf(`SKEYID_a`, 0 | M-ID | `Ni_b` | `Nr_b`).
pub fn hash_3(hash: HashAlg, skeyid_a: &SkeyidA, message_id: MessageId, Ni(ni): &Ni, Nr(nr): &Nr) -> Vec<u8> {
    // RFC 2409 5.5: with the responder's nonce: it knows then that its initiator is alive.
    prf(hash, skeyid_a.as_bytes(), &[&[0], &message_id.0.to_be_bytes(), ni, nr])
}

/// What the keys of both directions of a child are made from.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ChildSeed {
    /// The shared Diffie-Hellman value of this Quick Mode; `None`: without PFS.
    pub gxy: Option<Gxy>,
    /// The initiator's nonce of this Quick Mode.
    pub ni: Ni,
    /// The responder's.
    pub nr: Nr,
}

impl ChildSeed {
    /// KEYMAT of one SA, cut to `length` bytes: prf(`SKEYID_d`, [g(qm)^xy |] protocol | SPI | `Ni_b` | `Nr_b`), and as
    /// often as needed again with the block before in front. `spi` is the one that the SA's receiver chose.
    pub fn keymat(
        &self,
        hash: HashAlg,
        skeyid_d: &SkeyidD,
        protocol: ProtocolId,
        spi: &[u8],
        length: usize,
    ) -> ChildKey {
        let ChildSeed { gxy, ni, nr } = self;
        let gxy = gxy.as_ref().map_or(&[][..], Gxy::as_bytes);
        let (mut bytes, mut block) = (Vec::new(), Vec::new());
        // RFC 2409 5.5: K1 | K2 | ..., each made with the one before.
        while bytes.len() < length {
            block = prf(hash, skeyid_d.as_bytes(), &[&block, gxy, &[protocol.0], spi, &ni.0, &nr.0]);
            bytes.extend_from_slice(&block);
        }
        bytes.truncate(length);
        ChildKey(bytes)
    }
}
