//! The four exponentiations of one exchange with fresh keys, group 14.

use std::hint::black_box;
use std::process::Command;

use criterion::{Criterion, Throughput};
use ike::Streams;
use ike::crypto::DhGroup;
use modp::{Group, Kernel, Power};
use num_bigint::BigUint;
use openssl::bn::{BigNum, BigNumContext};

use crate::Row;
use crate::table::{Times, rate};

/// Exchanges in one batch, as many as a sweep's job prepares together.
const BATCH: u64 = 64;

const KERNELS: [(Kernel, &str); 3] =
    [(Kernel::Ifma, "ifma"), (Kernel::Scalar, "scalar"), (Kernel::BigInt, "num-bigint")];

fn prime() -> BigUint {
    let hex = BigNum::get_rfc3526_prime_2048().expect("OpenSSL's prime").to_vec();
    BigUint::from_bytes_be(&hex)
}

/// Private exponents as the engine draws them.
fn exponents() -> Vec<[Vec<u8>; 2]> {
    let one = |seed, peer| Streams::new(seed, peer).exponent(DhGroup::Modp2048, 0).as_bytes().to_vec();
    (0..BATCH).map(|seed| [one(seed, "initiator"), one(seed, "responder")]).collect()
}

/// Both public values and both shared ones of every exchange.
fn four(group: &Group, kernel: Kernel, exponents: &[[Vec<u8>; 2]]) -> Vec<Vec<u8>> {
    let twos: Vec<_> = exponents.iter().flatten().map(|exponent| Power { base: None, exponent }).collect();
    let publics = group.powers(kernel, &twos);
    let pairs = publics.chunks_exact(2).zip(exponents);
    let crossed: Vec<_> = pairs
        .flat_map(|(publics, own)| {
            let power = |base: &'_ usize, exponent| Power { base: Some(&publics[*base]), exponent };
            [power(&1, own[0].as_slice()), power(&0, own[1].as_slice())]
        })
        .collect();
    group.powers(kernel, &crossed)
}

fn openssl_four(prime: &BigNum, context: &mut BigNumContext, exponents: &[[Vec<u8>; 2]]) -> Vec<Vec<u8>> {
    let two = BigNum::from_u32(2).expect("two");
    let mut power = |base: &BigNum, exponent: &[u8]| {
        let (mut result, exponent) =
            (BigNum::new().expect("a number"), BigNum::from_slice(exponent).expect("a number"));
        result.mod_exp(base, &exponent, prime, context).expect("a power");
        result
    };
    let mut shared = Vec::new();
    for [x, y] in exponents {
        let (gx, gy) = (power(&two, x), power(&two, y));
        shared
            .extend([power(&gy, x), power(&gx, y)].map(|value| value.to_vec_padded(256).expect("256 bytes")));
    }
    shared
}

pub fn bench(criterion: &mut Criterion) {
    let (prime, exponents) = (prime(), exponents());
    let group = Group::new(prime.clone(), 225);
    let theirs = BigNum::from_slice(&prime.to_bytes_be()).expect("a prime");
    let mut context = BigNumContext::new().expect("a context");
    let expected = openssl_four(&theirs, &mut context, &exponents);
    let mut benches = criterion.benchmark_group("group14");
    benches.sample_size(20).throughput(Throughput::Elements(BATCH));
    for (kernel, name) in KERNELS.into_iter().filter(|(kernel, _)| kernel.available()) {
        assert!(four(&group, kernel, &exponents) == expected, "{name} and OpenSSL differ");
        benches.bench_function(name, |b| b.iter(|| four(&group, kernel, black_box(&exponents))));
    }
    benches
        .bench_function("openssl", |b| b.iter(|| openssl_four(&theirs, &mut context, black_box(&exponents))));
    benches.finish();
}

/// `openssl speed`'s derivations per second: one exponentiation each.
fn speed() -> Option<f64> {
    let output = Command::new("openssl").args(["speed", "-seconds", "3", "ffdh2048"]).output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.lines().rev().find(|line| line.contains("ffdh"))?.split_whitespace().last()?.parse().ok()
}

pub fn rows(times: &Times) -> Vec<Row> {
    let per_second = |name: &str| BATCH as f64 / times.seconds("group14", name);
    let openssl = per_second("openssl");
    let mut rows = Vec::new();
    for (kernel, name) in KERNELS {
        let aim = match kernel {
            Kernel::Ifma => "3",
            Kernel::Scalar => "0.9",
            Kernel::BigInt => "-",
        };
        if kernel.available() {
            rows.push(Row {
                what: format!("fresh keys, group 14, four powers, `{name}`"),
                figure: rate(per_second(name)),
                reference: format!("OpenSSL's `BN_mod_exp`: {}", rate(openssl)),
                ratio: per_second(name) / openssl,
                aim,
            });
        }
    }
    if let Some(speed) = speed() {
        let best = if Kernel::Ifma.available() { "ifma" } else { "scalar" };
        rows.push(Row {
            what: format!("the same, `{best}`"),
            figure: rate(per_second(best)),
            reference: format!("`openssl speed ffdh2048`, four each: {}", rate(speed / 4.0)),
            ratio: per_second(best) / (speed / 4.0),
            aim: "-",
        });
    }
    rows
}
