//! Multiples of a curve's generator from a table. Not constant-time: only for simulated peers, whose scalars are no
//! secret.

use p256::elliptic_curve::array::typenum::Unsigned;
use p256::elliptic_curve::ff::PrimeField;
use p256::elliptic_curve::group::{Curve as _, Group};
use p256::elliptic_curve::{AffinePoint, CurveArithmetic, FieldBytesSize, ProjectivePoint, Scalar};

/// Nonzero digits of one byte.
const DIGITS: usize = 255;

/// 1 to 255 times 256^n times the generator, from n = 0 on: a multiple is one addition for each byte of its scalar,
/// without doublings.
pub(super) struct Table<C: CurveArithmetic>(Vec<AffinePoint<C>>);

impl<C: CurveArithmetic> Table<C> {
    pub fn new() -> Table<C> {
        let bytes = FieldBytesSize::<C>::USIZE;
        let mut points = Vec::with_capacity(bytes * DIGITS);
        let mut base = ProjectivePoint::<C>::generator();
        for _ in 0..bytes {
            let mut point = base;
            for _ in 0..DIGITS {
                points.push(point);
                point += base;
            }
            base = point;
        }
        Table(normalized::<C>(&points))
    }

    /// Every scalar's multiple, in order.
    pub fn multiples(&self, scalars: &[Scalar<C>]) -> Vec<AffinePoint<C>> {
        normalized::<C>(&scalars.iter().map(|scalar| self.multiple(scalar)).collect::<Vec<_>>())
    }

    fn multiple(&self, scalar: &Scalar<C>) -> ProjectivePoint<C> {
        let mut sum = ProjectivePoint::<C>::identity();
        for (row, digit) in self.0.chunks(DIGITS).zip(scalar.to_repr().iter().rev()) {
            if let Some(point) = usize::from(*digit).checked_sub(1).and_then(|place| row.get(place)) {
                sum += point;
            }
        }
        sum
    }
}

/// One inversion for all of them.
fn normalized<C: CurveArithmetic>(points: &[ProjectivePoint<C>]) -> Vec<AffinePoint<C>> {
    let mut affine = vec![AffinePoint::<C>::default(); points.len()];
    ProjectivePoint::<C>::batch_normalize(points, &mut affine);
    affine
}
