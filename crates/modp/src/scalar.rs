//! Montgomery multiplication in 64-bit words.
#![expect(clippy::cast_possible_truncation, reason = "halves of wide words")]

use num_bigint::BigUint;

use crate::digits::{self, FIXED_WINDOW, WINDOW};

/// A number below 2^(64 n), the lowest word first.
type Number = Vec<u64>;

/// Arithmetic modulo one odd prime; numbers are multiplied by R = 2^(64 n).
#[derive(Debug)]
pub(crate) struct Field {
    prime: Number,
    negated_inverse: u64,
    /// R modulo the prime: the one.
    one: Number,
    /// R squared modulo the prime.
    rr: Number,
}

/// `windows[d][k]` is base^(k 2^(7 d)): a power is one multiplication per window, without squarings.
#[derive(Debug)]
pub(crate) struct Table {
    windows: Vec<Vec<Number>>,
}

impl Table {
    /// Whether the exponent has no bits beyond the table.
    pub fn reaches(&self, exponent: &[u64]) -> bool {
        digits::bits(exponent) <= self.windows.len() * FIXED_WINDOW
    }
}

impl Field {
    /// `prime` is odd and not zero.
    pub fn new(prime: &BigUint) -> Field {
        let words = prime.to_u64_digits();
        // Whole pairs of words.
        let n = words.len().next_multiple_of(2);
        let number = |value: &BigUint| digits::split(value, 64, n);
        let r = (BigUint::from(1_u8) << (64 * n)) % prime;
        let negated_inverse = digits::negated_inverse(words.first().copied().unwrap_or(1));
        Field { negated_inverse, one: number(&r), rr: number(&(&r * &r % prime)), prime: number(prime) }
    }

    /// `base` is below the prime.
    pub fn power(&self, base: &BigUint, exponent: &[u64]) -> BigUint {
        let mut scratch = self.scratch();
        let base = self.enter(base, &mut scratch);
        let odd = self.odd_powers(&base, &mut scratch);
        let mut x = self.one.clone();
        for (squarings, digit) in digits::sliding(exponent) {
            for _ in 0..squarings {
                self.square(&mut x, &mut scratch);
            }
            if let Some(factor) = odd.get(digit / 2).filter(|_| digit > 0) {
                self.multiply(&mut x, factor, &mut scratch);
            }
        }
        self.leave(x, &mut scratch)
    }

    /// A power of the table's base.
    pub fn power_from(&self, table: &Table, exponent: &[u64]) -> BigUint {
        let mut scratch = self.scratch();
        let mut x = self.one.clone();
        for (number, window) in table.windows.iter().enumerate() {
            let digit = digits::window(exponent, number, FIXED_WINDOW);
            if let Some(factor) = window.get(digit).filter(|_| digit > 0) {
                self.multiply(&mut x, factor, &mut scratch);
            }
        }
        self.leave(x, &mut scratch)
    }

    /// Powers of `base` for exponents of up to `bits` bits.
    pub fn table(&self, base: &BigUint, bits: usize) -> Table {
        let mut scratch = self.scratch();
        let mut base = self.enter(base, &mut scratch);
        let mut windows = Vec::new();
        for _ in 0..bits.div_ceil(FIXED_WINDOW) {
            windows.push(self.steps(&self.one, &base, 1 << FIXED_WINDOW, &mut scratch));
            for _ in 0..FIXED_WINDOW {
                self.square(&mut base, &mut scratch);
            }
        }
        Table { windows }
    }

    /// base^1, base^3 to base^31.
    fn odd_powers(&self, base: &Number, scratch: &mut Number) -> Vec<Number> {
        let mut twice = base.clone();
        self.square(&mut twice, scratch);
        self.steps(base, &twice, 1 << (WINDOW - 1), scratch)
    }

    /// `first`, and on from there by `factor`.
    fn steps(&self, first: &Number, factor: &Number, count: usize, scratch: &mut Number) -> Vec<Number> {
        let next = |power: &Number| {
            let mut power = power.clone();
            self.multiply(&mut power, factor, scratch);
            Some(power)
        };
        std::iter::successors(Some(first.clone()), next).take(count).collect()
    }

    fn scratch(&self) -> Number {
        vec![0; 2 * self.prime.len()]
    }

    fn enter(&self, value: &BigUint, scratch: &mut Number) -> Number {
        let mut number = digits::split(value, 64, self.prime.len());
        self.multiply(&mut number, &self.rr, scratch);
        number
    }

    fn leave(&self, mut x: Number, scratch: &mut Number) -> BigUint {
        scratch.fill(0);
        scratch.iter_mut().zip(&x).for_each(|(word, value)| *word = *value);
        self.reduce(&mut x, scratch);
        digits::join(&x, 64)
    }

    fn multiply(&self, x: &mut Number, by: &Number, scratch: &mut Number) {
        scratch.fill(0);
        let n = x.len();
        for (i, factors) in by.as_chunks().0.iter().enumerate() {
            let Some(row) = scratch.get_mut(2 * i..2 * i + n + 2) else { return };
            add_rows(row, x, *factors, [0, 0]);
        }
        self.reduce(x, scratch);
    }

    /// Half the products of a multiplication: those off the diagonal, doubled, and the squares on it.
    fn square(&self, x: &mut Number, scratch: &mut Number) {
        scratch.fill(0);
        let n = x.len();
        for (i, factors) in x.as_chunks().0.iter().enumerate() {
            let (Some(row), Some(above)) = (scratch.get_mut(4 * i + 1..2 * i + n + 2), x.get(2 * i + 2..))
            else {
                return;
            };
            if let Some((first, row)) = row.split_first_mut() {
                let carry = add_word(first, factors[0], factors[1], 0);
                add_rows(row, above, *factors, [carry, 0]);
            }
        }
        let (mut top, mut carry) = (0, 0);
        for (pair, word) in scratch.as_chunks_mut().0.iter_mut().zip(x.iter()) {
            let [low, high] = pair;
            let square = u128::from(*word) * u128::from(*word);
            let doubled = [*low << 1 | top, *high << 1 | *low >> 63];
            top = *high >> 63;
            let sum = u128::from(doubled[0]) + u128::from(square as u64) + u128::from(carry);
            *low = sum as u64;
            let sum = u128::from(doubled[1]) + (square >> 64) + (sum >> 64);
            *high = sum as u64;
            carry = (sum >> 64) as u64;
        }
        self.reduce(x, scratch);
    }

    /// `product` / R modulo the prime. `product` is below R times the prime.
    fn reduce(&self, out: &mut Number, product: &mut Number) {
        let n = self.prime.len();
        let mut over = 0;
        for i in (0..n).step_by(2) {
            let Some(row) = product.get_mut(i..i + n + 2) else { return };
            let quotients = self.quotients(row);
            over = add_rows(row, &self.prime, quotients, [0, over]);
        }
        let high = product.get(n..).unwrap_or_default();
        let mut borrow = 0;
        for ((out, word), prime) in out.iter_mut().zip(high).zip(&self.prime) {
            let (difference, first) = word.overflowing_sub(*prime);
            let (difference, second) = difference.overflowing_sub(borrow);
            (*out, borrow) = (difference, u64::from(first | second));
        }
        // It was below the prime already: the subtraction is taken back.
        if over < borrow {
            out.iter_mut().zip(high).for_each(|(out, word)| *out = *word);
        }
    }

    /// The multiples of the prime that make the two lowest words of a row zero.
    fn quotients(&self, row: &[u64]) -> [u64; 2] {
        let ([first, second, ..], [low, high, ..]) = (row, self.prime.as_slice()) else { return [0; 2] };
        let factor = first.wrapping_mul(self.negated_inverse);
        let carry = add_word(&mut first.clone(), factor, *low, 0);
        let second = second.wrapping_add(factor.wrapping_mul(*high)).wrapping_add(carry);
        [factor, second.wrapping_mul(self.negated_inverse)]
    }
}

/// row += a (b0 + 2^64 b1), where row has two words more than a; what goes beyond it. `carries` come in at the lowest
/// word and at the first of the two more. Two rows at a time, because their carries do not wait for each other.
#[inline(always)]
fn add_rows(row: &mut [u64], a: &[u64], b: [u64; 2], carries: [u64; 2]) -> u64 {
    let (mut first, mut second, mut before) = (carries[0], 0, 0);
    let Some((row, ends)) = row.split_last_chunk_mut::<2>() else { return 0 };
    for (word, factor) in row.iter_mut().zip(a) {
        first = add_word(word, *factor, b[0], first);
        second = add_word(word, before, b[1], second);
        before = *factor;
    }
    let [end, last] = ends;
    let mut top = first;
    let above = add_word(&mut top, before, b[1], second);
    let carry = add_word(end, 1, top, carries[1]);
    let (sum, over) = last.overflowing_add(above);
    let (sum, more) = sum.overflowing_add(carry);
    *last = sum;
    u64::from(over) + u64::from(more)
}

/// word += a b + carry; the carry. At most (2^64-1)^2 + 2 (2^64-1) = 2^128 - 1: no overflow.
#[inline(always)]
fn add_word(word: &mut u64, a: u64, b: u64, carry: u64) -> u64 {
    let sum = u128::from(a) * u128::from(b) + u128::from(*word) + u128::from(carry);
    *word = sum as u64;
    (sum >> 64) as u64
}
