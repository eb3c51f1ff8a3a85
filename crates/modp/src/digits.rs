//! Numbers in digits, exponents in windows.
#![expect(clippy::cast_possible_truncation, reason = "parts of wide words")]

/// Bits of a window of an exponent: a table of 32 powers, made for each base.
pub(crate) const WINDOW: usize = 5;

/// Bits of a window where the base is always the same: a table of 128 powers for each window, made once.
pub(crate) const FIXED_WINDOW: usize = 7;

/// Big-endian bytes as 64-bit words, the lowest first.
pub(crate) fn words(bytes: &[u8]) -> Vec<u64> {
    bytes.rchunks(8).map(|chunk| chunk.iter().fold(0, |word, byte| word << 8 | u64::from(*byte))).collect()
}

/// Bits up to the highest one bit.
pub(crate) fn bits(words: &[u64]) -> usize {
    let top = words.iter().rposition(|word| *word != 0);
    top.map_or(0, |top| 64 * top + words.get(top).map_or(0, |word| word.ilog2() as usize + 1))
}

/// The window with this number, the lowest is 0.
pub(crate) fn window(words: &[u64], number: usize, width: usize) -> usize {
    take(words, number * width, width)
}

/// `width` bits, below 64, from bit `at` on.
fn take(words: &[u64], at: usize, width: usize) -> usize {
    let get = |word: usize| u128::from(words.get(word).copied().unwrap_or(0));
    let both = get(at / 64) | get(at / 64 + 1) << 64;
    (both >> (at % 64)) as usize & ((1 << width) - 1)
}

/// The exponent from its top in windows that begin and end with a one: squarings, then the odd digit to multiply by;
/// zero where only squarings are left.
pub(crate) fn sliding(words: &[u64]) -> Vec<(usize, usize)> {
    let (mut steps, mut squarings, mut left) = (Vec::new(), 0, bits(words));
    while left > 0 {
        if take(words, left - 1, 1) == 0 {
            (squarings, left) = (squarings + 1, left - 1);
            continue;
        }
        let width = left.min(WINDOW);
        let digit = take(words, left - width, width);
        // With odd digits alone the table of powers is half as long.
        let zeros = digit.trailing_zeros() as usize;
        steps.push((squarings + width - zeros, digit >> zeros));
        (squarings, left) = (0, left - (width - zeros));
    }
    steps.extend((squarings > 0).then_some((squarings, 0)));
    steps
}

/// A number in digits of `bits` bits, the lowest first, filled with zeros.
pub(crate) fn split(number: &num_bigint::BigUint, bits: usize, count: usize) -> Vec<u64> {
    let words = number.to_u64_digits();
    let get = |word: usize| u128::from(words.get(word).copied().unwrap_or(0));
    let mask = u64::MAX >> (64 - bits);
    let digit = |n: usize| {
        let (word, shift) = (n * bits / 64, n * bits % 64);
        ((get(word) | get(word + 1) << 64) >> shift) as u64 & mask
    };
    (0..count).map(digit).collect()
}

/// The number that [`split`] took apart.
pub(crate) fn join(digits: &[u64], bits: usize) -> num_bigint::BigUint {
    let mut words = vec![0_u64; (digits.len() * bits).div_ceil(64) + 1];
    for (n, digit) in digits.iter().enumerate() {
        let (word, shift) = (n * bits / 64, n * bits % 64);
        let wide = u128::from(*digit) << shift;
        for (word, part) in words.iter_mut().skip(word).zip([wide as u64, (wide >> 64) as u64]) {
            *word |= part;
        }
    }
    let halves = words.iter().flat_map(|word| [*word as u32, (*word >> 32) as u32]);
    num_bigint::BigUint::new(halves.collect())
}

/// -p^-1 modulo 2^64, by Newton's iteration; `p` is odd.
pub(crate) fn negated_inverse(p: u64) -> u64 {
    // Each step doubles the bits that are right: from the lowest one to 64 in six.
    let inverse = (0..6).fold(1_u64, |x, _| x.wrapping_mul(2_u64.wrapping_sub(p.wrapping_mul(x))));
    inverse.wrapping_neg()
}
