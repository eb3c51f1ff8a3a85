//! Hashes (RFC 2409 appendix A, IANA).

use isakmp::HashAlgorithm;
use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha384, Sha512};

use crate::table::table;

struct Row {
    assigned: HashAlgorithm,
    name: &'static str,
    /// Output in bytes.
    len: usize,
}

const fn row(assigned: HashAlgorithm, name: &'static str, len: usize) -> Row {
    Row { assigned, name, len }
}

table! {
    /// A hash, and as HMAC the prf. Weakest first.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
    pub enum HashAlg: Row {
        /// 16 bytes.
        Md5 = row(HashAlgorithm::MD5, "md5", 16),
        /// 20 bytes.
        Sha1 = row(HashAlgorithm::SHA1, "sha", 20),
        /// 32 bytes.
        Sha256 = row(HashAlgorithm::SHA2_256, "sha256", 32),
        /// 48 bytes.
        Sha384 = row(HashAlgorithm::SHA2_384, "sha384", 48),
        /// 64 bytes.
        Sha512 = row(HashAlgorithm::SHA2_512, "sha512", 64),
    }
}

impl HashAlg {
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
        self.row().len
    }

    /// The assigned number.
    pub fn assigned(self) -> HashAlgorithm {
        self.row().assigned
    }

    /// The hash with this assigned number.
    pub fn from_assigned(number: HashAlgorithm) -> Option<HashAlg> {
        HashAlg::ALL.into_iter().find(|hash| hash.assigned() == number)
    }

    /// The scenario file's and the devices' word.
    pub fn name(self) -> &'static str {
        self.row().name
    }

    /// The hash of this name.
    pub fn from_name(name: &str) -> Option<HashAlg> {
        HashAlg::ALL.into_iter().find(|hash| hash.name() == name)
    }
}

/// SHA-256 over parts, each behind its length in eight bytes.
pub(crate) fn sha256_of_named(parts: &[&[u8]]) -> [u8; 32] {
    let mut hasher = Sha256::new();
    for part in parts {
        // Behind their lengths, two different lists can never give the same bytes.
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part);
    }
    hasher.finalize().into()
}

fn digest<D: Digest>(parts: &[&[u8]]) -> Vec<u8> {
    let mut hasher = D::new();
    parts.iter().for_each(|part| hasher.update(part));
    hasher.finalize().to_vec()
}
