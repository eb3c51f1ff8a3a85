//! The prf of RFC 2409 section 4: HMAC over the negotiated hash.

use hmac::{Hmac, KeyInit, Mac};
use md5::Md5;
use sha1::Sha1;
use sha2::{Sha256, Sha384, Sha512};

use super::HashAlg;

/// prf(key, parts), the parts one after the other. The key may have any length.
pub fn prf(hash: HashAlg, key: &[u8], parts: &[&[u8]]) -> Vec<u8> {
    keyed(hash, key, |prf| prf(parts))
}

/// Asks several values of prf(key, ...), which takes the key in once for all of them.
pub(crate) fn keyed<T>(hash: HashAlg, key: &[u8], ask: impl FnOnce(&dyn Fn(&[&[u8]]) -> Vec<u8>) -> T) -> T {
    match hash {
        HashAlg::Md5 => ask(&mac::<Hmac<Md5>>(key)),
        HashAlg::Sha1 => ask(&mac::<Hmac<Sha1>>(key)),
        HashAlg::Sha256 => ask(&mac::<Hmac<Sha256>>(key)),
        HashAlg::Sha384 => ask(&mac::<Hmac<Sha384>>(key)),
        HashAlg::Sha512 => ask(&mac::<Hmac<Sha512>>(key)),
    }
}

/// HMAC takes keys of every length, so that the empty result cannot come about.
fn mac<M: Mac + KeyInit + Clone>(key: &[u8]) -> impl Fn(&[&[u8]]) -> Vec<u8> {
    let keyed = <M as KeyInit>::new_from_slice(key).ok();
    move |parts| {
        let Some(mut mac) = keyed.clone() else {
            return Vec::new();
        };
        // In parts: what the formulas put side by side need not be copied together, secrets least of all.
        parts.iter().for_each(|part| mac.update(part));
        mac.finalize().into_bytes().to_vec()
    }
}
