//! NIST curves (RFC 5903): a public value is x | y, the shared value x alone.

use std::marker::PhantomData;

use p256::elliptic_curve::sec1::{FromSec1Point, ModulusSize, ToSec1Point};
use p256::elliptic_curve::{AffinePoint, Curve, CurveArithmetic, FieldBytesSize, PublicKey, SecretKey};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::Rng;

use super::{DhError, Engine};

pub(super) struct Ecp<C> {
    /// Bits of the order.
    bits: usize,
    curve: PhantomData<C>,
}

impl<C: Curve> Ecp<C> {
    pub fn new(bits: usize) -> Ecp<C> {
        Ecp { bits, curve: PhantomData }
    }
}

/// SEC 1's mark of an uncompressed point, which IKE leaves out.
const UNCOMPRESSED: u8 = 4;

impl<C> Ecp<C>
where
    C: CurveArithmetic,
    FieldBytesSize<C>: ModulusSize,
    AffinePoint<C>: FromSec1Point<C> + ToSec1Point<C>,
{
    fn point(public: &[u8]) -> Result<PublicKey<C>, DhError> {
        PublicKey::from_sec1_bytes(&[&[UNCOMPRESSED], public].concat()).map_err(|_| DhError::NotOnCurve)
    }
}

impl<C> Engine for Ecp<C>
where
    C: CurveArithmetic,
    FieldBytesSize<C>: ModulusSize,
    AffinePoint<C>: FromSec1Point<C> + ToSec1Point<C>,
{
    /// Drawn until it is below the order: nearly always at once.
    fn private(&self, stream: &mut ChaCha20Rng) -> Vec<u8> {
        let unused = (8 - self.bits % 8) % 8;
        loop {
            let mut bytes = vec![0; self.bits.div_ceil(8)];
            stream.fill_bytes(&mut bytes);
            bytes.iter_mut().take(1).for_each(|first| *first &= 0xff >> unused);
            if SecretKey::<C>::from_slice(&bytes).is_ok() {
                return bytes;
            }
        }
    }

    fn public(&self, private: &[u8]) -> Vec<u8> {
        let key =
            SecretKey::<C>::from_slice(private).map(|key| key.public_key().as_affine().to_sec1_point(false));
        key.map(|point| point.as_bytes().iter().skip(1).copied().collect()).unwrap_or_default()
    }

    fn check(&self, public: &[u8]) -> Result<(), DhError> {
        Self::point(public).map(|_| ())
    }

    fn shared(&self, private: &[u8], public: &[u8]) -> Result<Vec<u8>, DhError> {
        let key = SecretKey::<C>::from_slice(private).map_err(|_| DhError::Degenerate)?;
        Ok(key.diffie_hellman(&Self::point(public)?).raw_secret_bytes().to_vec())
    }
}
