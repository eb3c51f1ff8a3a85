//! The prf of RFC 2409 section 4: HMAC over the negotiated hash.

use hmac::{Hmac, KeyInit, Mac};
use md5::Md5;
use sha1::Sha1;
use sha2::{Sha256, Sha384, Sha512};

use super::HashAlg;

/// prf(key, parts), the parts one after the other. The key may have any length.
pub fn prf(hash: HashAlg, key: &[u8], parts: &[&[u8]]) -> Vec<u8> {
    match hash {
        HashAlg::Md5 => mac::<Hmac<Md5>>(key, parts),
        HashAlg::Sha1 => mac::<Hmac<Sha1>>(key, parts),
        HashAlg::Sha256 => mac::<Hmac<Sha256>>(key, parts),
        HashAlg::Sha384 => mac::<Hmac<Sha384>>(key, parts),
        HashAlg::Sha512 => mac::<Hmac<Sha512>>(key, parts),
    }
}

/// HMAC takes keys of every length, so that the empty result cannot come about.
fn mac<M: Mac + KeyInit>(key: &[u8], parts: &[&[u8]]) -> Vec<u8> {
    let Ok(mut mac) = <M as KeyInit>::new_from_slice(key) else {
        return Vec::new();
    };
    // In parts: what the formulas put side by side need not be copied together, secrets least of all.
    parts.iter().for_each(|part| mac.update(part));
    mac.finalize().into_bytes().to_vec()
}
