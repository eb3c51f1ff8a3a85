//! The keys of one negotiation and what they do: encrypt, decrypt, hash.

use std::ops::Deref;
use std::sync::Arc;

use isakmp::CookiePair;

use crate::auth::{Authentication, Credentials};
use crate::crypto::{Cipher, HashAlg};
use crate::event::Negotiated;
use crate::iv::Iv;
use crate::keymat::{self, Gxy, HashI, HashInputs, HashR, IdiiB, IdirB, Keymat, Ni, Nr};
use crate::reason::Reason;

/// The algorithms that were agreed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Suite {
    pub hash: HashAlg,
    pub cipher: Cipher,
    pub authentication: Authentication,
}

impl From<Negotiated> for Suite {
    fn from(negotiated: Negotiated) -> Suite {
        let Negotiated { hash, encryption: cipher, authentication, .. } = negotiated;
        Suite { hash, cipher, authentication }
    }
}

/// SKEYID and its children, and the exchanged values that the hashes cover. They never change.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(crate) struct Keys {
    pub suite: Suite,
    pub keymat: Arc<Keymat>,
    inputs: HashInputs,
}

/// The keys, shared by every copy, and where phase 1's chain of IVs is. The chain of each exchange under the SA is that
/// exchange's own.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Secrets {
    keys: Arc<Keys>,
    chain: Iv,
}

impl Deref for Secrets {
    type Target = Keys;

    fn deref(&self) -> &Keys {
        &self.keys
    }
}

impl Secrets {
    /// RFC 2409 section 5: SKEYID from what the method asks for, the rest from SKEYID and g^xy.
    pub fn derive(
        suite: Suite,
        credentials: &Credentials,
        gxy: &Gxy,
        (ni, nr): (&Ni, &Nr),
        inputs: HashInputs,
    ) -> Secrets {
        let skeyid = credentials.skeyid(suite.hash, ni, nr);
        let keymat = Keymat::derive(suite.hash, suite.cipher, skeyid, gxy, inputs.cookies).into();
        let chain = Iv::initial(suite.hash, &inputs.gxi, &inputs.gxr, suite.cipher.block_len());
        Secrets { keys: Arc::new(Keys { suite, keymat, inputs }), chain }
    }

    /// What never moves.
    pub fn keys(&self) -> &Keys {
        &self.keys
    }

    /// Encrypts a phase 1 message and moves the IV behind it.
    pub fn seal(&mut self, plaintext: &[u8]) -> Vec<u8> {
        let (ciphertext, after) = self.encrypt(&self.chain, plaintext);
        self.chain = after;
        ciphertext
    }

    /// Decrypts a phase 1 message. The IV moves in the copy that comes back: keep it only once the message
    /// has verified.
    pub fn open(&self, ciphertext: &[u8]) -> Result<(Vec<u8>, Secrets), Reason> {
        // In a copy: a forged message that moved our IV would close us to the right one.
        let (plaintext, chain) = self.decrypt(&self.chain, ciphertext)?;
        Ok((plaintext, Secrets { keys: Arc::clone(&self.keys), chain }))
    }

    /// Where the IVs of another exchange under this SA begin (RFC 2409 appendix B).
    pub fn chain(&self, message_id: isakmp::MessageId) -> Iv {
        // Phase 1's IV itself stays where it is: exchanges under the SA may come in any order.
        Iv::under(self.suite.hash, &self.chain, message_id)
    }
}

impl Keys {
    /// The cookies that the keys are made from.
    pub fn cookies(&self) -> CookiePair {
        self.inputs.cookies
    }

    /// The same as one vendor begins them before phase 1 has completed: without phase 1's last block.
    pub fn early_chain(&self, message_id: isakmp::MessageId) -> Iv {
        Iv::of_message_id(self.suite.hash, message_id, self.suite.cipher.block_len())
    }

    /// Encrypts a message; the chain behind it.
    pub fn encrypt(&self, iv: &Iv, plaintext: &[u8]) -> (Vec<u8>, Iv) {
        let key = self.keymat.cipher_key.as_bytes();
        let ciphertext = self.suite.cipher.encrypt(key, iv.current(), plaintext);
        let after = iv.after(&ciphertext);
        (ciphertext, after)
    }

    /// Decrypts a message; the chain behind it, which is worth keeping only once the message has verified.
    pub fn decrypt(&self, iv: &Iv, ciphertext: &[u8]) -> Result<(Vec<u8>, Iv), Reason> {
        let block = self.suite.cipher.block_len();
        let not_blocks = Reason::NotBlocks { length: ciphertext.len(), block };
        let key = self.keymat.cipher_key.as_bytes();
        let plaintext = self.suite.cipher.decrypt(key, iv.current(), ciphertext).map_err(|_| not_blocks)?;
        Ok((plaintext, iv.after(ciphertext)))
    }

    /// HASH_I over the initiator's ID payload body.
    pub fn hash_i(&self, idii_b: &IdiiB) -> HashI {
        keymat::hash_i(self.suite.hash, &self.keymat.skeyid, &self.inputs, idii_b)
    }

    /// HASH_R over the responder's ID payload body.
    pub fn hash_r(&self, idir_b: &IdirB) -> HashR {
        keymat::hash_r(self.suite.hash, &self.keymat.skeyid, &self.inputs, idir_b)
    }

    /// HASH(1) over the payloads that follow it, generic headers included (RFC 2409 section 5.7).
    pub fn hash_1(&self, message_id: isakmp::MessageId, payloads: &[u8]) -> Vec<u8> {
        keymat::hash_1(self.suite.hash, &self.keymat.skeyid_a, message_id, payloads)
    }
}
