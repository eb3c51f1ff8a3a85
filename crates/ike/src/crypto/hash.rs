//! Hashes (RFC 2409 appendix A, IANA).

use isakmp::HashAlgorithm;
use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha384, Sha512};

/// A hash, and as HMAC the prf.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum HashAlg {
    /// 16 bytes.
    Md5,
    /// 20 bytes.
    Sha1,
    /// 32 bytes.
    Sha256,
    /// 48 bytes.
    Sha384,
    /// 64 bytes.
    Sha512,
}

const TABLE: [(HashAlg, HashAlgorithm, &str, usize); 5] = [
    (HashAlg::Md5, HashAlgorithm::MD5, "md5", 16),
    (HashAlg::Sha1, HashAlgorithm::SHA1, "sha", 20),
    (HashAlg::Sha256, HashAlgorithm::SHA2_256, "sha256", 32),
    (HashAlg::Sha384, HashAlgorithm::SHA2_384, "sha384", 48),
    (HashAlg::Sha512, HashAlgorithm::SHA2_512, "sha512", 64),
];

impl HashAlg {
    /// Every hash, weakest first.
    pub const ALL: [HashAlg; 5] =
        [HashAlg::Md5, HashAlg::Sha1, HashAlg::Sha256, HashAlg::Sha384, HashAlg::Sha512];

    fn row(self) -> &'static (HashAlg, HashAlgorithm, &'static str, usize) {
        TABLE.iter().find(|row| row.0 == self).unwrap_or(&TABLE[0])
    }

    /// The hash of the parts, one after the other.
    pub fn digest(self, parts: &[&[u8]]) -> Vec<u8> {
        match self {
            HashAlg::Md5 => digest::<Md5>(parts),
            HashAlg::Sha1 => digest::<Sha1>(parts),
            HashAlg::Sha256 => digest::<Sha256>(parts),
            HashAlg::Sha384 => digest::<Sha384>(parts),
            HashAlg::Sha512 => digest::<Sha512>(parts),
        }
    }

    /// Output in bytes.
    #[expect(clippy::len_without_is_empty, reason = "the length of an output, not of a collection")]
    pub fn len(self) -> usize {
        self.row().3
    }

    /// The assigned number.
    pub fn wire(self) -> HashAlgorithm {
        self.row().1
    }

    /// The hash with this assigned number.
    pub fn from_wire(wire: HashAlgorithm) -> Option<HashAlg> {
        TABLE.iter().find(|row| row.1 == wire).map(|row| row.0)
    }

    /// The scenario file's and the devices' word.
    pub fn name(self) -> &'static str {
        self.row().2
    }

    /// The hash of this name.
    pub fn from_name(name: &str) -> Option<HashAlg> {
        TABLE.iter().find(|row| row.2 == name).map(|row| row.0)
    }
}

fn digest<D: Digest>(parts: &[&[u8]]) -> Vec<u8> {
    let mut hasher = D::new();
    parts.iter().for_each(|part| hasher.update(part));
    hasher.finalize().to_vec()
}
