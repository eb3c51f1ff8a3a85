//! SKEYID and what follows from it (RFC 2409 section 5 and appendix B).

mod body;
pub mod quick;

use std::fmt;

use isakmp::{CookiePair, MessageId};
use subtle::ConstantTimeEq;
use zeroize::Zeroize;

use crate::crypto::{Cipher, HashAlg, keyed, prf};

pub use body::{Gxi, Gxr, HashI, HashR, IdiiB, IdirB, Ni, Nr, SaiB};

macro_rules! secret {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Vec<u8>);

        impl $name {
            /// Takes the bytes.
            pub fn new(bytes: Vec<u8>) -> $name {
                $name(bytes)
            }

            /// The bytes. Secret.
            pub fn as_bytes(&self) -> &[u8] {
                &self.0
            }
        }

        impl Drop for $name {
            fn drop(&mut self) {
                // Freed memory is handed out again, and core dumps are read.
                self.0.zeroize();
            }
        }

        /// Its length alone.
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({} bytes)"), self.0.len())
            }
        }
    )*};
}

secret! {
    /// The key that both operators typed.
    PreSharedKey;
    /// The shared Diffie-Hellman value, fixed-width.
    Gxy;
    /// From the key and both nonces; everything else follows from it.
    Skeyid;
    /// For the keys of phase 2.
    SkeyidD;
    /// For HASH(1) and its like.
    SkeyidA;
    /// For the cipher key of phase 1.
    SkeyidE;
    /// Ka: what the cipher uses.
    CipherKey;
    /// KEYMAT of one IPsec SA: cipher key, salt, integrity key in a row.
    ChildKey;
}

/// SKEYID and everything that follows from it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Keymat {
    /// See [`Skeyid`].
    pub skeyid: Skeyid,
    /// See [`SkeyidD`].
    pub skeyid_d: SkeyidD,
    /// See [`SkeyidA`].
    pub skeyid_a: SkeyidA,
    /// See [`SkeyidE`].
    pub skeyid_e: SkeyidE,
    /// See [`CipherKey`].
    pub cipher_key: CipherKey,
}

/// SKEYID = prf(pre-shared key, Ni_b | Nr_b).
pub fn skeyid_psk(hash: HashAlg, psk: &PreSharedKey, ni: &Ni, nr: &Nr) -> Skeyid {
    Skeyid(prf(hash, psk.as_bytes(), &[&ni.0, &nr.0]))
}

impl Keymat {
    /// `SKEYID_d` = prf(SKEYID, g^xy | CKY-I | CKY-R | 0); `SKEYID_a` and `SKEYID_e` put the one before in front,
    /// with 1 and 2 at the end.
    pub fn derive(hash: HashAlg, cipher: Cipher, skeyid: Skeyid, gxy: &Gxy, cookies: CookiePair) -> Keymat {
        let (initiator, responder) = (&cookies.initiator.0, &cookies.responder.0);
        let (skeyid_d, skeyid_a, skeyid_e) = keyed(hash, skeyid.as_bytes(), |prf| {
            let step =
                |before: &[u8], number| prf(&[before, gxy.as_bytes(), initiator, responder, &[number]]);
            // RFC 2409 5: each key is chained to the one before, all of them to g^xy and both cookies.
            let skeyid_d = SkeyidD(step(&[], 0));
            let skeyid_a = SkeyidA(step(skeyid_d.as_bytes(), 1));
            let skeyid_e = SkeyidE(step(skeyid_a.as_bytes(), 2));
            (skeyid_d, skeyid_a, skeyid_e)
        });
        let cipher_key = stretch(hash, &skeyid_e, cipher.key_len());
        Keymat { skeyid, skeyid_d, skeyid_a, skeyid_e, cipher_key }
    }
}

/// Appendix B: the first `key_len` bytes of `SKEYID_e` if it has them, else of K1 | K2 | ... with
/// K1 = prf(`SKEYID_e`, 0) and Kn = prf(`SKEYID_e`, Kn-1). DES parity and weak keys are not looked at.
pub fn stretch(hash: HashAlg, skeyid_e: &SkeyidE, key_len: usize) -> CipherKey {
    let key = skeyid_e.as_bytes();
    let mut bytes = key.to_vec();
    // RFC 2409 B: SKEYID_e that is shorter than the cipher's key is stretched.
    if bytes.len() < key_len {
        bytes = keyed(hash, key, |prf| {
            let mut block = prf(&[&[0]]);
            let mut bytes = block.clone();
            while bytes.len() < key_len {
                block = prf(&[&block]);
                bytes.extend_from_slice(&block);
            }
            bytes
        });
    }
    bytes.truncate(key_len);
    CipherKey(bytes)
}

/// What `HASH_I` and `HASH_R` cover beside the identity, as received or sent, never re-encoded.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct HashInputs {
    /// See [`Gxi`].
    pub gxi: Gxi,
    /// See [`Gxr`].
    pub gxr: Gxr,
    /// Both cookies.
    pub cookies: CookiePair,
    /// See [`SaiB`].
    pub sai_b: SaiB,
}

/// `HASH_I` = prf(SKEYID, g^xi | g^xr | CKY-I | CKY-R | `SAi_b` | `IDii_b`).
pub fn hash_i(hash: HashAlg, skeyid: &Skeyid, inputs: &HashInputs, idii_b: &IdiiB) -> HashI {
    let HashInputs { gxi, gxr, cookies: CookiePair { initiator, responder }, sai_b } = inputs;
    // RFC 2409 5: the whole offer is covered: whoever strikes its strong transforms on the way is found out.
    let parts: [&[u8]; 6] = [&gxi.0, &gxr.0, &initiator.0, &responder.0, &sai_b.0, &idii_b.0];
    HashI(prf(hash, skeyid.as_bytes(), &parts))
}

/// `HASH_R` = prf(SKEYID, g^xr | g^xi | CKY-R | CKY-I | `SAi_b` | `IDir_b`).
pub fn hash_r(hash: HashAlg, skeyid: &Skeyid, inputs: &HashInputs, idir_b: &IdirB) -> HashR {
    let HashInputs { gxi, gxr, cookies: CookiePair { initiator, responder }, sai_b } = inputs;
    // RFC 2409 5: own values come first: in one order for both, a HASH_I sent back would prove a responder.
    let parts: [&[u8]; 6] = [&gxr.0, &gxi.0, &responder.0, &initiator.0, &sai_b.0, &idir_b.0];
    HashR(prf(hash, skeyid.as_bytes(), &parts))
}

/// HASH(1) = prf(`SKEYID_a`, M-ID | payloads), generic headers included (RFC 2409 section 5.7).
pub fn hash_1(hash: HashAlg, skeyid_a: &SkeyidA, message_id: MessageId, payloads: &[u8]) -> Vec<u8> {
    // With the message id: a notify that was recorded proves nothing in another exchange.
    prf(hash, skeyid_a.as_bytes(), &[&message_id.0.to_be_bytes(), payloads])
}

/// Whether two authenticators are equal, in constant time.
pub fn verify(expected: &[u8], got: &[u8]) -> bool {
    // How far a guess agrees must not show in how long the answer takes.
    expected.ct_eq(got).into()
}
