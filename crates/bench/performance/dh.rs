//! Both sides of exchanges with fresh keys: what a sweep computes for each run.

use std::hint::black_box;
use std::process::Command;
use std::sync::OnceLock;

use criterion::Throughput;
use ike::Streams;
use ike::crypto::DhGroup;
use modp::{Exchange, Group, Kernel};
use num_bigint::BigUint;
use openssl::bn::{BigNum, BigNumContext};

use crate::Row;
use crate::cpu::Criterion;
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

/// What OpenSSL computes for both sides, who do not know each other's exponent.
fn openssl_four(prime: &BigNum, context: &mut BigNumContext, exponents: &[[Vec<u8>; 2]]) -> Vec<Exchange> {
    let two = BigNum::from_u32(2).expect("two");
    let mut power = |base: &BigNum, exponent: &[u8]| {
        let (mut result, exponent) =
            (BigNum::new().expect("a number"), BigNum::from_slice(exponent).expect("a number"));
        result.mod_exp(base, &exponent, prime, context).expect("a power");
        result
    };
    let bytes = |value: &BigNum| value.to_vec_padded(256).expect("256 bytes");
    let exchange = |[x, y]: &[Vec<u8>; 2]| {
        let (gx, gy) = (power(&two, x), power(&two, y));
        let [shared, other] = [power(&gy, x), power(&gx, y)];
        assert_eq!(shared, other);
        Exchange { publics: [bytes(&gx), bytes(&gy)], shared: bytes(&shared) }
    };
    exponents.iter().map(exchange).collect()
}

pub fn bench(criterion: &mut Criterion) {
    let (prime, exponents) = (prime(), exponents());
    let pairs: Vec<[&[u8]; 2]> = exponents.iter().map(|[x, y]| [x.as_slice(), y.as_slice()]).collect();
    let group = Group::new(prime.clone(), 225);
    let theirs = BigNum::from_slice(&prime.to_bytes_be()).expect("a prime");
    let mut context = BigNumContext::new().expect("a context");
    let expected = openssl_four(&theirs, &mut context, &exponents);
    let mut benches = criterion.benchmark_group("group14");
    benches.sample_size(20).throughput(Throughput::Elements(BATCH));
    for (kernel, name) in KERNELS.into_iter().filter(|(kernel, _)| kernel.available()) {
        assert!(group.exchanges(kernel, &pairs) == expected, "{name} and OpenSSL differ");
        benches.bench_function(name, |b| b.iter(|| group.exchanges(kernel, black_box(&pairs))));
    }
    benches
        .bench_function("openssl", |b| b.iter(|| openssl_four(&theirs, &mut context, black_box(&exponents))));
    benches.finish();
}

/// Exchanges per second by `openssl speed`'s derivations, one exponentiation each.
pub fn speed() -> Option<f64> {
    static SPEED: OnceLock<Option<f64>> = OnceLock::new();
    *SPEED.get_or_init(|| {
        let output = Command::new("openssl").args(["speed", "-seconds", "3", "ffdh2048"]).output().ok()?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let line = text.lines().rev().find(|line| line.contains("ffdh"))?;
        Some(line.split_whitespace().last()?.parse::<f64>().ok()? / 4.0)
    })
}

/// Against that.
pub fn beside_speed(what: String, per_second: f64, aim: &'static str) -> Option<Row> {
    speed().map(|speed| Row {
        what,
        figure: rate(per_second),
        reference: format!("`openssl speed ffdh2048`, four each: {}", rate(speed)),
        ratio: per_second / speed,
        aim,
    })
}

pub fn rows(times: &Times) -> Vec<Row> {
    let per_second = |name: &str| BATCH as f64 / times.seconds("group14", name);
    let openssl = per_second("openssl");
    let mut rows = Vec::new();
    for (kernel, name) in KERNELS.into_iter().filter(|(kernel, _)| kernel.available()) {
        rows.push(Row {
            what: format!("fresh keys, group 14, the powers of both sides, `{name}`"),
            figure: rate(per_second(name)),
            reference: format!("OpenSSL's `BN_mod_exp`, four each: {}", rate(openssl)),
            ratio: per_second(name) / openssl,
            aim: if kernel == Kernel::Scalar { "3" } else { "-" },
        });
    }
    let best = if Kernel::Ifma.available() { "ifma" } else { "scalar" };
    rows.extend(beside_speed(format!("the same, `{best}`"), per_second(best), "-"));
    rows
}
