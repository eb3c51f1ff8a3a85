//! Arithmetic on vectors. Every function needs the processor's AVX-512 IFMA.
#![expect(
    clippy::indexing_slicing,
    reason = "columns of fixed-size arithmetic; a checked access per digit halves the speed"
)]

use std::arch::x86_64::{
    __m512i as Vector, _mm512_add_epi64, _mm512_and_si512, _mm512_madd52hi_epu64, _mm512_madd52lo_epu64,
    _mm512_set1_epi64, _mm512_setzero_si512, _mm512_srli_epi64,
};

use super::{BLOCK, Field, Lanes, MASK, Number, SHIFT, ZERO};

#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
fn load(lanes: &Lanes) -> Vector {
    // SAFETY: both are 64 bytes of plain integers, and `Lanes` is aligned as a vector is.
    unsafe { std::mem::transmute::<Lanes, Vector>(*lanes) }
}

#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
pub(super) fn store(vector: Vector) -> Lanes {
    // SAFETY: as in `load`.
    unsafe { std::mem::transmute::<Vector, Lanes>(vector) }
}

#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
fn broadcast(value: u64) -> Vector {
    _mm512_set1_epi64(value.cast_signed())
}

/// columns += a b, where b is one block.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
fn add_rows(columns: &mut [Lanes], a: &[Lanes], b: &[Vector; BLOCK]) {
    let n = a.len();
    let columns = &mut columns[..n + BLOCK];
    let zero = _mm512_setzero_si512();
    let [b0, b1, b2, b3, b4] = *b;
    let mut low = [load(&columns[0]), load(&columns[1]), load(&columns[2]), load(&columns[3])];
    let mut high = [zero; 4];
    for i in 0..n {
        let x = load(&a[i]);
        let last = load(&columns[i + 4]);
        columns[i] = store(_mm512_madd52lo_epu64(low[0], x, b0));
        let h0 = _mm512_madd52hi_epu64(high[0], x, b0);
        low = [
            _mm512_add_epi64(_mm512_madd52lo_epu64(low[1], x, b1), h0),
            _mm512_madd52lo_epu64(low[2], x, b2),
            _mm512_madd52lo_epu64(low[3], x, b3),
            _mm512_madd52lo_epu64(last, x, b4),
        ];
        high = [
            _mm512_madd52hi_epu64(high[1], x, b1),
            _mm512_madd52hi_epu64(high[2], x, b2),
            _mm512_madd52hi_epu64(high[3], x, b3),
            _mm512_madd52hi_epu64(zero, x, b4),
        ];
    }
    columns[n] = store(low[0]);
    for t in 1..4 {
        columns[n + t] = store(_mm512_add_epi64(low[t], high[t - 1]));
    }
    columns[n + 4] = store(_mm512_add_epi64(load(&columns[n + 4]), high[3]));
}

#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
fn block(digits: &[Lanes]) -> [Vector; BLOCK] {
    [load(&digits[0]), load(&digits[1]), load(&digits[2]), load(&digits[3]), load(&digits[4])]
}

#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
fn low_and_high(columns: &mut [Lanes], at: usize, a: Vector, b: Vector) {
    columns[at] = store(_mm512_madd52lo_epu64(load(&columns[at]), a, b));
    columns[at + 1] = store(_mm512_madd52hi_epu64(load(&columns[at + 1]), a, b));
}

/// out = a b / R.
#[target_feature(enable = "avx512f,avx512ifma")]
pub(super) fn multiply(field: &Field, out: &mut [Lanes], a: &[Lanes], b: &[Lanes], columns: &mut [Lanes]) {
    columns.fill(ZERO);
    for j in (0..b.len()).step_by(BLOCK) {
        add_rows(&mut columns[j..], a, &block(&b[j..]));
    }
    reduce(field, out, columns);
}

/// x = x^2 / R: each product off the diagonal once, doubled.
#[target_feature(enable = "avx512f,avx512ifma")]
pub(super) fn square(field: &Field, x: &mut [Lanes], columns: &mut [Lanes]) {
    columns.fill(ZERO);
    for j in (0..x.len()).step_by(BLOCK) {
        let block = block(&x[j..]);
        for s in 0..BLOCK {
            for t in s + 1..BLOCK {
                low_and_high(columns, 2 * j + s + t, block[s], block[t]);
            }
        }
        add_rows(&mut columns[2 * j + BLOCK..], &x[j + BLOCK..], &block);
    }
    for (i, digit) in x.iter().enumerate() {
        for column in &mut columns[2 * i..2 * i + 2] {
            *column = store(_mm512_add_epi64(load(column), load(column)));
        }
        low_and_high(columns, 2 * i, load(digit), load(digit));
    }
    reduce(field, x, columns);
}

/// out = columns / R, below 2 p where the product is below 4 p^2; digits of 52 bits again.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
fn reduce(field: &Field, out: &mut [Lanes], columns: &mut [Lanes]) {
    let (n, mask) = (out.len(), broadcast(MASK));
    let mut carry = _mm512_setzero_si512();
    for j in (0..n).step_by(BLOCK) {
        let factors;
        (factors, carry) = quotients(field, &columns[j..j + BLOCK], carry);
        // The lowest block's columns are done with; what it adds to the ones above remains.
        for i in 0..BLOCK {
            for t in 0..BLOCK {
                let prime = load(&field.prime[i]);
                if i + t >= BLOCK {
                    let column = &mut columns[j + i + t];
                    *column = store(_mm512_madd52lo_epu64(load(column), prime, factors[t]));
                }
                if i + t + 1 >= BLOCK {
                    let column = &mut columns[j + i + t + 1];
                    *column = store(_mm512_madd52hi_epu64(load(column), prime, factors[t]));
                }
            }
        }
        add_rows(&mut columns[j + BLOCK..], &field.prime[BLOCK..], &factors);
    }
    for (out, column) in out.iter_mut().zip(&columns[n..]) {
        let sum = _mm512_add_epi64(load(column), carry);
        *out = store(_mm512_and_si512(sum, mask));
        carry = _mm512_srli_epi64::<SHIFT>(sum);
    }
}

/// The multiples of the prime that make a block of columns zero, and the carry out of it.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
fn quotients(field: &Field, columns: &[Lanes], carry: Vector) -> ([Vector; BLOCK], Vector) {
    let (zero, mask) = (_mm512_setzero_si512(), broadcast(MASK));
    let inverse = broadcast(field.negated_inverse);
    let prime = block(&field.prime);
    let mut factors = [zero; BLOCK];
    let mut carry = carry;
    for t in 0..BLOCK {
        let mut column = _mm512_add_epi64(load(&columns[t]), carry);
        for s in 0..t {
            column = _mm512_madd52lo_epu64(column, factors[s], prime[t - s]);
            column = _mm512_madd52hi_epu64(column, factors[s], prime[t - s - 1]);
        }
        // Every MODP prime ends in 64 one bits, so this factor is mostly the column itself.
        factors[t] = if field.negated_inverse == 1 {
            _mm512_and_si512(column, mask)
        } else {
            _mm512_and_si512(_mm512_madd52lo_epu64(zero, _mm512_and_si512(column, mask), inverse), mask)
        };
        column = _mm512_madd52lo_epu64(column, factors[t], prime[0]);
        carry = _mm512_srli_epi64::<SHIFT>(column);
    }
    (factors, carry)
}

#[target_feature(enable = "avx512f,avx512ifma")]
pub(super) fn multiplied(field: &Field, a: &[Lanes], b: &[Lanes]) -> Number {
    let mut out = vec![ZERO; a.len()];
    multiply(field, &mut out, a, b, &mut columns(field));
    out
}

pub(super) fn columns(field: &Field) -> Number {
    vec![ZERO; 2 * field.prime.len() + BLOCK]
}
