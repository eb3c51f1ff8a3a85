//! The seal on exercises and on a student's work: encrypted, so that a look into a file tells nothing, and
//! authenticated, so that a damaged file is known as such. The key is in the program: it keeps honest people honest.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use sha2::{Digest, Sha256};

/// What is sealed: one is never taken for the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// An exercise that ships.
    Exercise,
    /// A student's work.
    Work,
    /// What a teacher grades by; under the teacher's secret.
    Answers,
}

const KEY: [u8; 32] = *b"ikesim: read the evidence first.";

/// Bytes of the nonce, which stands in front.
const NONCE: usize = 24;

impl Use {
    fn label(self) -> &'static [u8] {
        match self {
            Use::Exercise => b"ikesim exercise",
            Use::Work => b"ikesim work",
            Use::Answers => b"ikesim answers",
        }
    }
}

/// The text sealed: nonce, ciphertext, tag. The same text is sealed the same way, so that builds can be compared.
pub fn seal(of: Use, text: &[u8]) -> Vec<u8> {
    seal_under(&KEY, of, text)
}

/// What was sealed; `None`: it is damaged, or was sealed for another use.
pub fn open(of: Use, sealed: &[u8]) -> Option<Vec<u8>> {
    open_under(&KEY, of, sealed)
}

/// The same under a key that is not in the program.
pub fn seal_under(key: &[u8; 32], of: Use, text: &[u8]) -> Vec<u8> {
    let digest = Sha256::new().chain_update(key).chain_update(of.label()).chain_update(text).finalize();
    // From key and text: two texts have two nonces, neither clock nor randomness is needed, and nobody without the key
    // can tell a text by it.
    let nonce: [u8; NONCE] = std::array::from_fn(|n| digest.get(n).copied().unwrap_or(0));
    let payload = Payload { msg: text, aad: of.label() };
    // It fails beyond 256 GiB alone, and an empty file is found to be damaged.
    let sealed = cipher(key).encrypt(&XNonce::from(nonce), payload).unwrap_or_default();
    [nonce.as_slice(), &sealed].concat()
}

/// What was sealed under a key; `None`: it is damaged, or was sealed for another use or under another key.
pub fn open_under(key: &[u8; 32], of: Use, sealed: &[u8]) -> Option<Vec<u8>> {
    let (nonce, text) = sealed.split_first_chunk::<NONCE>()?;
    cipher(key).decrypt(&XNonce::from(*nonce), Payload { msg: text, aad: of.label() }).ok()
}

fn cipher(key: &[u8; 32]) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new(&Key::from(*key))
}
