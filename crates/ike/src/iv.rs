//! Initialization vectors (RFC 2409 appendix B).

use isakmp::MessageId;

use crate::crypto::HashAlg;
use crate::keymat::{Gxi, Gxr};

/// The moving IV of one exchange: phase 1 has one, and so has each message id under it. Pure: the caller keeps the moved one only after the message verified.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Iv(Vec<u8>);

impl Iv {
    /// hash(g^xi | g^xr), cut to a cipher block.
    pub fn initial(hash: HashAlg, gxi: &Gxi, gxr: &Gxr, block_len: usize) -> Iv {
        // RFC 2409 B: the first IV of phase 1 is made from both public values.
        Iv(cut(hash.digest(&[&gxi.0, &gxr.0]), block_len))
    }

    /// The chain of another exchange under the SA: it begins behind phase 1's last block.
    pub fn under(hash: HashAlg, last_block: &Iv, message_id: MessageId) -> Iv {
        Iv(phase2_iv(hash, &last_block.0, message_id, last_block.0.len()))
    }

    /// hash(M-ID) alone, cut to a cipher block.
    pub fn of_message_id(hash: HashAlg, message_id: MessageId, block_len: usize) -> Iv {
        Iv(phase2_iv(hash, &[], message_id, block_len))
    }

    /// For the next message.
    pub fn current(&self) -> &[u8] {
        &self.0
    }

    /// Behind a message: its last ciphertext block.
    #[must_use]
    pub fn after(&self, ciphertext: &[u8]) -> Iv {
        // RFC 2409 B: each message is chained to the last block of the one before.
        let last = ciphertext.len().saturating_sub(self.0.len());
        Iv(ciphertext.get(last..).unwrap_or_default().to_vec())
    }
}

/// The first IV of another exchange: hash(last phase 1 block | M-ID), cut to a cipher block.
pub fn phase2_iv(hash: HashAlg, last_block: &[u8], message_id: MessageId, block_len: usize) -> Vec<u8> {
    // RFC 2409 B: another exchange starts from phase 1's last block and its own message id.
    cut(hash.digest(&[last_block, &message_id.0.to_be_bytes()]), block_len)
}

fn cut(mut bytes: Vec<u8>, length: usize) -> Vec<u8> {
    // There is always enough: the shortest hash is as long as the longest block, 16 bytes.
    bytes.truncate(length);
    bytes
}
