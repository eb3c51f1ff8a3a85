//! Curve25519 (RFC 7748, RFC 8031): 32 bytes each way.

use chacha20::ChaCha20Rng;
use chacha20::rand_core::Rng;
use curve25519_dalek::edwards::EdwardsPoint;
use curve25519_dalek::scalar::{Scalar, clamp_integer};
use x25519_dalek::{PublicKey, StaticSecret, x25519};

use super::{DhError, Engine, Exchange};

pub(super) struct X25519;

/// The caller has checked the length, or made the value itself.
fn array(bytes: &[u8]) -> [u8; 32] {
    bytes.try_into().unwrap_or_default()
}

impl Engine for X25519 {
    fn private(&self, stream: &mut ChaCha20Rng) -> Vec<u8> {
        // Any 32 bytes will do: what RFC 7748 wants of a scalar is done where it is used.
        let mut bytes = vec![0; 32];
        stream.fill_bytes(&mut bytes);
        bytes
    }

    fn public(&self, private: &[u8]) -> Vec<u8> {
        PublicKey::from(&StaticSecret::from(array(private))).to_bytes().to_vec()
    }

    fn check(&self, _public: &[u8]) -> Result<(), DhError> {
        // Every 32 bytes are a value; one of small order shows in the result (RFC 7748 section 6.1).
        Ok(())
    }

    fn shared(&self, private: &[u8], public: &[u8]) -> Result<Vec<u8>, DhError> {
        let shared = x25519(array(private), array(public));
        if shared == [0; 32] { Err(DhError::Degenerate) } else { Ok(shared.to_vec()) }
    }
    /// The base point's order is prime, so g^xy is a multiple of it too, whose table the library brings.
    fn exchange(&self, pair: [&[u8]; 2]) -> Exchange {
        let [x, y] = pair.map(|private| Scalar::from_bytes_mod_order(clamp_integer(array(private))));
        let multiple = |scalar: &Scalar| EdwardsPoint::mul_base(scalar).to_montgomery().to_bytes().to_vec();
        Exchange { publics: [multiple(&x), multiple(&y)], shared: multiple(&(x * y)) }
    }
}
