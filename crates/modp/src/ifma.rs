//! Eight powers side by side: AVX-512 IFMA multiplies eight pairs of 52-bit digits at once.
//!
//! Numbers are in digits of 52 bits, multiplied by R = 2^(52 n), and one vector holds one digit of eight numbers.
//! Products are added up without carries: a column gets at most 4 n products of 52 bits, which fits 64 bits for
//! every prime of less than 2^10 digits. `unsafe` is here because calling into code that needs a processor
//! feature is, and because a vector's lanes can only be reached by reading its memory.
#![allow(unsafe_code, reason = "this module's sole purpose needs it")]
#![expect(clippy::indexing_slicing, reason = "lanes are below LANES and rows are cut to size")]

mod powers;
mod vectors;

use num_bigint::BigUint;

use crate::digits::{self, FIXED_WINDOW};

/// Powers computed side by side.
pub(crate) const LANES: usize = 8;

/// Digits that are multiplied at a time: as many as there are registers for.
const BLOCK: usize = 5;

const BITS: usize = 52;
/// Powers in a window of a table for one base.
const ROW: usize = 1 << FIXED_WINDOW;

const SHIFT: u32 = 52;
const MASK: u64 = (1 << BITS) - 1;

/// One digit of eight numbers.
#[derive(Clone, Copy, Debug)]
#[repr(C, align(64))]
struct Lanes([u64; LANES]);

const ZERO: Lanes = Lanes([0; LANES]);

/// Eight numbers, the lowest digit first.
type Number = Vec<Lanes>;

/// Whether the processor has what this module needs.
pub(crate) fn available() -> bool {
    is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512ifma")
}

/// Arithmetic modulo one odd prime, eight numbers at a time. Only [`Field::new`] makes one, and only where the
/// processor has the instructions.
#[derive(Debug)]
pub(crate) struct Field {
    big: BigUint,
    /// The same in every lane, as are `one` (R) and `rr` (R squared).
    prime: Number,
    one: Number,
    rr: Number,
    negated_inverse: u64,
}

/// The digits from `(d * 128 + k) * n` on are base^(k 2^(7 d)).
pub(crate) type Table = Vec<u64>;

impl Field {
    /// `None` where the processor lacks the instructions. `prime` is odd and has at least 320 bits.
    pub fn new(prime: &BigUint) -> Option<Field> {
        available().then(|| {
            // Two bits to spare, so that products of numbers below 2 p stay below 2 p; whole blocks.
            let bits = usize::try_from(prime.bits()).unwrap_or(usize::MAX) + 2;
            let n = bits.div_ceil(BITS).next_multiple_of(BLOCK);
            let everywhere = |value: &BigUint| -> Number {
                digits::split(value, BITS, n).into_iter().map(|digit| Lanes([digit; LANES])).collect()
            };
            let r = (BigUint::from(1_u8) << (BITS * n)) % prime;
            let lowest = prime.to_u64_digits().first().copied().unwrap_or(1);
            Field {
                prime: everywhere(prime),
                one: everywhere(&r),
                rr: everywhere(&(&r * &r % prime)),
                negated_inverse: digits::negated_inverse(lowest) & MASK,
                big: prime.clone(),
            }
        })
    }

    /// Up to eight powers; bases are below the prime.
    pub fn powers(&self, bases: &[BigUint], exponents: &[&[u64]]) -> Vec<BigUint> {
        // SAFETY: a field exists only where `available()`.
        let x = unsafe { powers::powers(self, &self.pack(bases), exponents) };
        self.unpack(x, exponents.len())
    }

    /// Up to eight powers of the table's base.
    pub fn powers_from(&self, table: &[u64], exponents: &[&[u64]]) -> Vec<BigUint> {
        // SAFETY: a field exists only where `available()`.
        let x = unsafe { powers::powers_from(self, table, exponents) };
        self.unpack(x, exponents.len())
    }

    /// Powers of `base` for exponents of up to `bits` bits: eight windows are made at a time, one per lane.
    pub fn table(&self, base: &BigUint, bits: usize) -> Table {
        let (n, windows) = (self.prime.len(), bits.div_ceil(FIXED_WINDOW));
        let mut table = vec![0; windows * ROW * n];
        // Each lane begins at a window of its own, so that one pass fills eight.
        let shifts: [[u64; 1]; LANES] = std::array::from_fn(|lane| [1 << (lane * FIXED_WINDOW)]);
        let shifts = shifts.each_ref().map(<[u64; 1]>::as_slice);
        // SAFETY: a field exists only where `available()`.
        let mut bases = unsafe { powers::powers(self, &self.pack(&vec![base.clone(); LANES]), &shifts) };
        for rows in table.chunks_mut(LANES * ROW * n) {
            // SAFETY: as above.
            let powers = unsafe { powers::multiples(self, ROW, &bases) };
            for (lane, row) in rows.chunks_mut(ROW * n).enumerate() {
                row.iter_mut().zip(&powers).for_each(|(digit, lanes)| *digit = lanes.0[lane]);
            }
            // SAFETY: as above.
            unsafe { powers::squared(self, &mut bases, LANES * FIXED_WINDOW) };
        }
        table
    }

    /// Numbers side by side, as they are: not yet multiplied by R.
    fn pack(&self, values: &[BigUint]) -> Number {
        let mut packed = vec![ZERO; self.prime.len()];
        for (lane, value) in values.iter().take(LANES).enumerate() {
            let digits = digits::split(value, BITS, packed.len());
            packed.iter_mut().zip(digits).for_each(|(lanes, digit)| lanes.0[lane] = digit);
        }
        // SAFETY: a field exists only where `available()`.
        unsafe { vectors::multiplied(self, &packed, &self.rr) }
    }

    fn unpack(&self, x: Number, count: usize) -> Vec<BigUint> {
        let mut one = vec![ZERO; x.len()];
        one[0] = Lanes([1; LANES]);
        // SAFETY: a field exists only where `available()`.
        let x = unsafe { vectors::multiplied(self, &x, &one) };
        let value = |lane: usize| {
            let digits: Vec<u64> = x.iter().map(|lanes| lanes.0[lane]).collect();
            // Until here values are below twice the prime, which saves a comparison for each product.
            digits::join(&digits, BITS) % &self.big
        };
        (0..count).map(value).collect()
    }
}
