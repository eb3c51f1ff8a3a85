//! NIST curves (RFC 5903): a public value is x | y, the shared value x alone.

mod table;

use std::sync::OnceLock;

use chacha20::ChaCha20Rng;
use chacha20::rand_core::Rng;
use p256::elliptic_curve::point::AffineCoordinates;
use p256::elliptic_curve::sec1::{FromSec1Point, ModulusSize, ToSec1Point};
use p256::elliptic_curve::{AffinePoint, CurveArithmetic, FieldBytesSize, PublicKey, Scalar, SecretKey};

use self::table::Table;
use super::{DhError, Engine, Exchange};

pub(super) static P256: Ecp<p256::NistP256> = Ecp::new(256);
pub(super) static P384: Ecp<p384::NistP384> = Ecp::new(384);
pub(super) static P521: Ecp<p521::NistP521> = Ecp::new(521);

/// From this many exchanges on, a table of multiples is worth its making.
const TABLE_PAYS: usize = 16;

pub(super) struct Ecp<C: CurveArithmetic> {
    /// Bits of the order.
    bits: usize,
    table: OnceLock<Table<C>>,
}

impl<C: CurveArithmetic> Ecp<C> {
    const fn new(bits: usize) -> Ecp<C> {
        Ecp { bits, table: OnceLock::new() }
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

    /// Of a private value, which is in range.
    fn scalar(private: &[u8]) -> Scalar<C> {
        SecretKey::<C>::from_slice(private).map(|key| *key.to_nonzero_scalar()).unwrap_or_default()
    }

    /// x | y.
    fn coordinates(point: &AffinePoint<C>) -> Vec<u8> {
        point.to_sec1_point(false).as_bytes().iter().skip(1).copied().collect()
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
            // P-521 leaves seven bits unused: hardly a draw would be below the order.
            bytes.iter_mut().take(1).for_each(|first| *first &= 0xff >> unused);
            if SecretKey::<C>::from_slice(&bytes).is_ok() {
                return bytes;
            }
        }
    }

    fn public(&self, private: &[u8]) -> Vec<u8> {
        let key = SecretKey::<C>::from_slice(private);
        key.map(|key| Self::coordinates(key.public_key().as_affine())).unwrap_or_default()
    }

    fn check(&self, public: &[u8]) -> Result<(), DhError> {
        Self::point(public).map(|_| ())
    }

    fn shared(&self, private: &[u8], public: &[u8]) -> Result<Vec<u8>, DhError> {
        let key = SecretKey::<C>::from_slice(private).map_err(|_| DhError::Degenerate)?;
        Ok(key.diffie_hellman(&Self::point(public)?).raw_secret_bytes().to_vec())
    }

    /// The order is prime, so g^xy is a multiple of the generator as well: all come from one table.
    fn exchanges(&self, pairs: &[[&[u8]; 2]]) -> Vec<Exchange> {
        let table = if pairs.len() >= TABLE_PAYS {
            Some(self.table.get_or_init(Table::new))
        } else {
            // Once it is there, small batches profit as well.
            self.table.get()
        };
        let Some(table) = table else {
            return pairs.iter().map(|pair| self.exchange(*pair)).collect();
        };
        let scalars = |pair: &[&[u8]; 2]| {
            let [x, y] = pair.map(|private| Self::scalar(private));
            [x, y, x * y]
        };
        let scalars: Vec<_> = pairs.iter().flat_map(scalars).collect();
        let points = table.multiples(&scalars);
        let exchange = |[x, y, xy]: &[AffinePoint<C>; 3]| Exchange {
            publics: [x, y].map(Self::coordinates),
            shared: xy.x().to_vec(),
        };
        points.as_chunks().0.iter().map(exchange).collect()
    }
}
