//! A teacher's secret: everything by which one student's exercise differs from another's follows from it.

use ike::crypto::{HashAlg, prf};

use crate::seal::{self, Use};

/// A teacher's secret. It is kept: without it nothing can be graded.
pub struct Secret(Vec<u8>);

impl Secret {
    /// The fewest and the most bytes, without blanks and line ends around them.
    pub const LENGTH: std::ops::RangeInclusive<usize> = 16..=4096;

    /// The secret in a file; `None`: it is too short to be one, or too long.
    pub fn new(file: &[u8]) -> Option<Secret> {
        // An editor's newline at the end is no part of it.
        let secret = file.trim_ascii();
        Secret::LENGTH.contains(&secret.len()).then(|| Secret(secret.to_vec()))
    }

    /// 32 bytes for a purpose: HMAC-SHA-256 over the purpose and what it is about, each with its length in front.
    pub(crate) fn derive(&self, purpose: &str, about: &[&[u8]]) -> [u8; 32] {
        let parts = [&[purpose.as_bytes()], about].concat();
        let framed: Vec<Vec<u8>> =
            parts.iter().map(|part| [&(part.len() as u64).to_be_bytes(), *part].concat()).collect();
        let framed: Vec<&[u8]> = framed.iter().map(Vec::as_slice).collect();
        let bytes = prf(HashAlg::Sha256, &self.0, &framed);
        std::array::from_fn(|n| bytes.get(n).copied().unwrap_or(0))
    }

    pub(crate) fn seal(&self, text: &[u8]) -> Vec<u8> {
        seal::seal_under(&self.key(), Use::Answers, text)
    }

    pub(crate) fn open(&self, sealed: &[u8]) -> Option<Vec<u8>> {
        seal::open_under(&self.key(), Use::Answers, sealed)
    }

    fn key(&self) -> [u8; 32] {
        self.derive("answers", &[])
    }
}
