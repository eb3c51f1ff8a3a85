//! Authentication methods by their numbers: what SKEYID is made from, and what each side proves itself with.

use std::fmt;

use isakmp::{AuthenticationMethod, PayloadType};

use crate::sides::Sides;

/// RFC 2409 appendix A, authentication method.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Authentication {
    /// Pre-shared key (RFC 2409 section 5.4).
    PreShared,
    /// RSA signatures. Can be offered and refused; the exchange itself is not built.
    RsaSig,
}

impl Authentication {
    /// Every method, as the scenario file names them.
    pub const ALL: [Authentication; 2] = [Authentication::PreShared, Authentication::RsaSig];

    /// The scenario file's and the devices' word.
    pub const fn name(self) -> &'static str {
        self.method().name
    }

    /// Its row among the methods that are known.
    pub const fn method(self) -> &'static Method {
        match self {
            Authentication::PreShared => &PRE_SHARED,
            Authentication::RsaSig => &RSA_SIG,
        }
    }

    pub(crate) const fn assigned(self) -> AuthenticationMethod {
        match self {
            Authentication::PreShared => AuthenticationMethod::PRE_SHARED,
            Authentication::RsaSig => AuthenticationMethod::RSA_SIG,
        }
    }
}

impl fmt::Display for Authentication {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A method of RFC 2409 appendix A, RFC 4754, draft-beaulieu-ike-xauth-02 section 7 or
/// draft-ietf-ipsec-isakmp-hybrid-auth-05 section 3.2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Method {
    /// On the wire.
    pub number: u64,
    /// In the words of a scenario file.
    pub name: &'static str,
    /// What SKEYID is made from.
    pub skeyid: SkeyidFrom,
    /// By what each side proves itself.
    pub proofs: Sides<Proof>,
    /// XAUTH follows.
    pub xauth: bool,
}

/// What SKEYID is made from (RFC 2409 section 5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SkeyidFrom {
    /// prf(pre-shared key, `Ni_b` | `Nr_b`).
    PreSharedKey,
    /// prf(`Ni_b` | `Nr_b`, g^xy): with signatures.
    SharedValue,
    /// prf(hash(`Ni_b` | `Nr_b`), CKY-I | CKY-R): the nonces were encrypted.
    Nonces,
}

/// By what one side proves itself; the payloads of the messages follow from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// HASH, beside an identity that others than the peer can read in Aggressive Mode (RFC 2409 section 5.4).
    Hash,
    /// SIG, with or without certificates (section 5.1).
    Signature,
    /// HASH; nonce and identity went before, under the peer's public key (sections 5.2 and 5.3).
    Encryption,
}

impl Proof {
    /// Every kind.
    pub const ALL: [Proof; 3] = [Proof::Hash, Proof::Signature, Proof::Encryption];

    /// The payload that carries the proof.
    pub const fn payload(self) -> PayloadType {
        match self {
            Proof::Hash | Proof::Encryption => PayloadType::HASH,
            Proof::Signature => PayloadType::SIG,
        }
    }
}

const HASHES: Sides<Proof> = Sides::new(Proof::Hash, Proof::Hash);
const SIGNATURES: Sides<Proof> = Sides::new(Proof::Signature, Proof::Signature);
const ENCRYPTION: Sides<Proof> = Sides::new(Proof::Encryption, Proof::Encryption);

const fn method(number: u64, name: &'static str, skeyid: SkeyidFrom, proofs: Sides<Proof>) -> Method {
    Method { number, name, skeyid, proofs, xauth: false }
}

const fn signed(number: u64, name: &'static str) -> Method {
    method(number, name, SkeyidFrom::SharedValue, SIGNATURES)
}

const fn encrypted(number: u64, name: &'static str) -> Method {
    method(number, name, SkeyidFrom::Nonces, ENCRYPTION)
}

/// One side has a certificate, the other a user's password, by XAUTH.
const fn hybrid(number: u64, name: &'static str, initiator: Proof, responder: Proof) -> Method {
    let proofs = Sides::new(initiator, responder);
    Method { xauth: true, ..method(number, name, SkeyidFrom::SharedValue, proofs) }
}

const fn with_xauth(method: Method) -> Method {
    Method { xauth: true, ..method }
}

const PRE_SHARED: Method = method(1, "pre-share", SkeyidFrom::PreSharedKey, HASHES);
const RSA_SIG: Method = signed(3, "rsa-sig");

const METHODS: [Method; 22] = [
    PRE_SHARED,
    signed(2, "dss-sig"),
    RSA_SIG,
    encrypted(4, "rsa-encr"),
    encrypted(5, "rsa-encr-revised"),
    signed(9, "ecdsa-256-sig"),
    signed(10, "ecdsa-384-sig"),
    signed(11, "ecdsa-521-sig"),
    hybrid(64_221, "hybrid-init-rsa", Proof::Hash, Proof::Signature),
    hybrid(64_222, "hybrid-resp-rsa", Proof::Signature, Proof::Hash),
    hybrid(64_223, "hybrid-init-dss", Proof::Hash, Proof::Signature),
    hybrid(64_224, "hybrid-resp-dss", Proof::Signature, Proof::Hash),
    with_xauth(method(65_001, "xauth-init-pre-share", SkeyidFrom::PreSharedKey, HASHES)),
    with_xauth(method(65_002, "xauth-resp-pre-share", SkeyidFrom::PreSharedKey, HASHES)),
    with_xauth(signed(65_003, "xauth-init-dss")),
    with_xauth(signed(65_004, "xauth-resp-dss")),
    with_xauth(signed(65_005, "xauth-init-rsa")),
    with_xauth(signed(65_006, "xauth-resp-rsa")),
    with_xauth(encrypted(65_007, "xauth-init-rsa-encr")),
    with_xauth(encrypted(65_008, "xauth-resp-rsa-encr")),
    with_xauth(encrypted(65_009, "xauth-init-rsa-encr-revised")),
    with_xauth(encrypted(65_010, "xauth-resp-rsa-encr-revised")),
];

impl Method {
    /// The method of this number; `None`: nobody here knows it.
    pub fn from_number(number: u64) -> Option<&'static Method> {
        METHODS.iter().find(|method| method.number == number)
    }

    /// It proves a pre-shared key, with or without XAUTH behind it.
    pub fn is_pre_shared(&self) -> bool {
        self.skeyid == SkeyidFrom::PreSharedKey
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_those_of_the_wire() {
        for authentication in Authentication::ALL {
            let number = u64::from(authentication.assigned().0);
            assert_eq!(Method::from_number(number), Some(authentication.method()));
        }
        assert_eq!(Method::from_number(6), None);
    }

    /// Of a hybrid pair the one with the user sends HASH, the gateway signs.
    #[test]
    fn hybrid_sides_differ() {
        let proofs = |number| Method::from_number(number).unwrap().proofs;
        assert_eq!(proofs(64_221), Sides::new(Proof::Hash, Proof::Signature));
        assert_eq!(proofs(64_222), Sides::new(Proof::Signature, Proof::Hash));
        assert_eq!(proofs(65_005), SIGNATURES);
    }
}
