//! Every kernel against num-bigint, which is asked directly here.

#![cfg(test)]

use std::io::Write;

use modp::{Exchange, Group, Kernel, Power};
use num_bigint::BigUint;
use proptest::collection::vec;
use proptest::prelude::*;

const KERNELS: [Kernel; 3] = [Kernel::Ifma, Kernel::Scalar, Kernel::BigInt];

/// An odd modulus; half of them end in 64 one bits, as the primes of IKE do.
fn moduli() -> impl Strategy<Value = BigUint> {
    (vec(any::<u8>(), 2..=160), any::<bool>()).prop_map(|(mut bytes, ones)| {
        bytes.iter_mut().take(1).for_each(|first| *first |= 0x80);
        bytes.iter_mut().rev().take(1).for_each(|last| *last |= 1);
        if ones {
            bytes.iter_mut().rev().take(8).for_each(|byte| *byte = 0xff);
        }
        BigUint::from_bytes_be(&bytes)
    })
}

fn work() -> impl Strategy<Value = Vec<(Option<Vec<u8>>, Vec<u8>)>> {
    vec((proptest::option::of(vec(any::<u8>(), 0..=170)), vec(any::<u8>(), 0..=40)), 0..=40)
}

fn expected(prime: &BigUint, base: Option<&[u8]>, exponent: &[u8]) -> BigUint {
    let base = base.map_or_else(|| BigUint::from(2_u8), BigUint::from_bytes_be);
    base.modpow(&BigUint::from_bytes_be(exponent), prime)
}

fn check(prime: &BigUint, work: &[(Option<Vec<u8>>, Vec<u8>)], bits: usize) {
    let group = Group::new(prime.clone(), bits);
    let powers: Vec<Power<'_>> =
        work.iter().map(|(base, exponent)| Power { base: base.as_deref(), exponent }).collect();
    for kernel in KERNELS {
        let values = group.powers(kernel, &powers);
        assert_eq!(values.len(), powers.len());
        for (value, power) in values.iter().zip(&powers) {
            assert_eq!(value.len() as u64, prime.bits().div_ceil(8), "{kernel:?}");
            let expected = expected(prime, power.base, power.exponent);
            assert_eq!(BigUint::from_bytes_be(value), expected, "{kernel:?} {prime:x} {power:x?}");
        }
    }
}

/// The four powers of the textbook, from which both sides get the same.
fn exchanged(prime: &BigUint, [x, y]: [&[u8]; 2]) -> Exchange {
    let wide = |value: BigUint| {
        let bytes = value.to_bytes_be();
        [vec![0; usize::try_from(prime.bits().div_ceil(8)).unwrap() - bytes.len()], bytes].concat()
    };
    let publics = [x, y].map(|exponent| wide(expected(prime, None, exponent)));
    let [one, other] = [(x, &publics[1]), (y, &publics[0])]
        .map(|(exponent, theirs)| wide(expected(prime, Some(theirs), exponent)));
    assert_eq!(one, other);
    Exchange { publics, shared: one }
}

proptest! {
    #[test]
    fn kernels_agree_with_num_bigint(prime in moduli(), work in work(), bits in 1_usize..=320) {
        check(&prime, &work, bits);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// A few exchanges, for which no table is made, then so many that one is, then a few with the table.
    #[test]
    fn exchanges_are_their_powers(
        prime in moduli(), exponents in vec([vec(any::<u8>(), 0..=12), vec(any::<u8>(), 0..=12)], 1..=40),
        bits in 1_usize..=96,
    ) {
        let pairs: Vec<[&[u8]; 2]> = exponents.iter().map(|[x, y]| [x.as_slice(), y.as_slice()]).collect();
        let expected: Vec<Exchange> = pairs.iter().map(|pair| exchanged(&prime, *pair)).collect();
        let few = pairs.len().min(3);
        for kernel in KERNELS {
            let group = Group::new(prime.clone(), bits);
            prop_assert_eq!(group.exchanges(kernel, &pairs[..few]), &expected[..few], "{:?} {:x}", kernel, &prime);
            prop_assert_eq!(&group.exchanges(kernel, &pairs), &expected, "{:?} {:x}", kernel, &prime);
            prop_assert_eq!(group.exchanges(kernel, &pairs[..few]), &expected[..few], "{:?} {:x}", kernel, &prime);
        }
    }
}

/// The sizes of groups 1 to 18, with the numbers where carries and reductions go wrong first.
#[test]
fn extreme_values_at_every_size() {
    let one = BigUint::from(1_u8);
    for bits in [768_usize, 1024, 1536, 2048, 3072, 4096, 6144, 8192] {
        for low in [1_u8, 105] {
            let prime = (&one << bits) - low;
            let bases = [
                BigUint::from(0_u8),
                one.clone(),
                &prime - 1_u8,
                &prime - 2_u8,
                prime.clone(),
                (&one << bits) - 1_u8,
            ];
            let exponents: [&[u8]; 5] = [&[], &[0], &[1], &[0xff; 12], &[0x80, 0, 0, 0, 0, 0, 0, 0, 0]];
            let bases = bases.iter().map(|base| Some(base.to_bytes_be())).chain([None, None, None]);
            let work: Vec<_> =
                bases.flat_map(|base| exponents.map(|exponent| (base.clone(), exponent.to_vec()))).collect();
            check(&prime, &work, 70);
        }
    }
}

/// What the machine lacks cannot be tested here; a test that passes without it must not look like one that ran.
#[test]
fn kernels_of_this_machine() {
    for kernel in KERNELS.into_iter().filter(|kernel| !kernel.available()) {
        // Past the test harness, which swallows what a passing test prints.
        let _ = writeln!(
            std::io::stderr(),
            "kernels: {kernel:?} skipped, this processor lacks it; the next slower kernel was tested in its place"
        );
    }
    assert!(Kernel::Scalar.available());
    assert!(Kernel::best(64).available());
}

#[test]
fn an_even_modulus_is_left_to_num_bigint() {
    let prime = BigUint::from(1_u8) << 512_usize;
    check(&prime, &[(Some(vec![3]), vec![200]), (None, vec![5])], 64);
}
