//! Powers of eight numbers at a time. Every function needs the processor's AVX-512 IFMA.
#![expect(clippy::indexing_slicing, reason = "rows are cut to the numbers' size")]

use std::arch::x86_64::_mm512_set_epi64;

use super::vectors::{columns, multiply, square, store};
use super::{Field, LANES, Lanes, Number, ROW, ZERO};
use crate::digits::{self, FIXED_WINDOW, WINDOW};

/// base^0, base^1 and on, one after the other.
#[target_feature(enable = "avx512f,avx512ifma")]
pub(super) fn multiples(field: &Field, count: usize, base: &[Lanes]) -> Number {
    let n = base.len();
    let (mut table, mut columns) = (vec![ZERO; count * n], columns(field));
    table[..n].copy_from_slice(&field.one);
    for k in 1..count {
        let (done, next) = table.split_at_mut(k * n);
        multiply(field, &mut next[..n], &done[(k - 1) * n..], base, &mut columns);
    }
    table
}

/// base^exponent in each lane; lanes without an exponent give one.
#[target_feature(enable = "avx512f,avx512ifma")]
pub(super) fn powers(field: &Field, base: &[Lanes], exponents: &[&[u64]]) -> Number {
    let n = base.len();
    let table = multiples(field, 1 << WINDOW, base);
    let (mut x, mut factor, mut columns) = (field.one.clone(), field.one.clone(), columns(field));
    let bits = exponents.iter().map(|exponent| digits::bits(exponent)).max().unwrap_or(0);
    // Fixed windows, not sliding ones: eight exponents must square in step.
    for window in (0..bits.div_ceil(WINDOW)).rev() {
        for _ in 0..WINDOW {
            square(field, &mut x, &mut columns);
        }
        let rows: [&[Lanes]; LANES] = std::array::from_fn(|lane| {
            let exponent = exponents.get(lane).copied().unwrap_or_default();
            &table[digits::window(exponent, window, WINDOW) * n..][..n]
        });
        interleave(&mut factor, |digit, lane| rows[lane][digit].0[lane]);
        let before = std::mem::take(&mut x);
        x = before.clone();
        multiply(field, &mut x, &before, &factor, &mut columns);
    }
    x
}

/// x^(2^squarings) in each lane.
#[target_feature(enable = "avx512f,avx512ifma")]
pub(super) fn squared(field: &Field, x: &mut Number, squarings: usize) {
    let mut columns = columns(field);
    for _ in 0..squarings {
        square(field, x, &mut columns);
    }
}

/// One multiplication per window that any of the exponents reaches, without squarings.
#[target_feature(enable = "avx512f,avx512ifma")]
pub(super) fn powers_from(field: &Field, table: &[u64], exponents: &[&[u64]]) -> Number {
    let n = field.prime.len();
    let (mut x, mut factor, mut columns) = (field.one.clone(), field.one.clone(), columns(field));
    let mut out = x.clone();
    let bits = exponents.iter().map(|exponent| digits::bits(exponent)).max().unwrap_or(0);
    for window in 0..bits.div_ceil(FIXED_WINDOW) {
        let rows: [&[u64]; LANES] = std::array::from_fn(|lane| {
            let exponent = exponents.get(lane).copied().unwrap_or_default();
            &table[(window * ROW + digits::window(exponent, window, FIXED_WINDOW)) * n..][..n]
        });
        interleave(&mut factor, |digit, lane| rows[lane][digit]);
        if window == 0 {
            x.clone_from(&factor);
        } else {
            multiply(field, &mut out, &x, &factor, &mut columns);
            std::mem::swap(&mut x, &mut out);
        }
    }
    x
}

/// Eight numbers side by side. Whole vectors are stored: lane by lane, each load would wait for eight stores.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
fn interleave(out: &mut [Lanes], value: impl Fn(usize, usize) -> u64) {
    for (digit, lanes) in out.iter_mut().enumerate() {
        let [a, b, c, d, e, f, g, h] = std::array::from_fn(|lane| value(digit, lane).cast_signed());
        *lanes = store(_mm512_set_epi64(h, g, f, e, d, c, b, a));
    }
}
