//! The protocol without Diffie-Hellman, against its symmetric cryptography alone.

use std::hint::black_box;

use ike::Powers;
use ike::crypto::{Cipher, HashAlg};
use ike::keymat::{self, HashInputs, Keymat};
use isakmp::{Cookie, CookiePair};
use scenario::Scenario;

use crate::Row;
use crate::cpu::Criterion;
use crate::table::{Times, rate};

pub fn bench(criterion: &mut Criterion) {
    let scenario = Scenario::parse("empty", "").expect("the empty scenario");
    let powers = Powers::new(16);
    assert_eq!(sim::run_untraced(&scenario.setup, &powers).verdict, sim::Verdict::Established);
    let mut group = criterion.benchmark_group("protocol");
    group.bench_function("main_mode", |b| b.iter(|| sim::run_untraced(black_box(&scenario.setup), &powers)));
    group.bench_function("symmetric", |b| b.iter(symmetric));
    group.finish();
}

/// What both sides of one Main Mode compute with AES-256 and SHA-1, group 14's sizes.
fn symmetric() {
    let (hash, cipher) = (HashAlg::Sha1, Cipher::Aes256);
    let (public, nonce, block) = ([7_u8; 256], [9_u8; 20], [1_u8; 16]);
    let cookies = CookiePair { initiator: Cookie([1; 8]), responder: Cookie([2; 8]) };
    for _ in 0..2 {
        let skeyid = keymat::skeyid_psk(hash, b"cisco123", black_box(&nonce), &nonce);
        let keys = Keymat::derive(hash, cipher, skeyid, black_box(&public), cookies);
        let inputs = HashInputs { gxi: &public, gxr: &public, cookies, sai_b: &[3; 52], id_b: &[4; 8] };
        black_box(keymat::hash_i(hash, &keys.skeyid, &inputs));
        black_box(keymat::hash_r(hash, &keys.skeyid, &inputs));
        let key = keys.cipher_key.as_bytes();
        let sealed = cipher.encrypt(key, &block, &[5; 64]);
        black_box(cipher.decrypt(key, &block, &sealed)).expect("whole blocks");
    }
}

pub fn rows(times: &Times) -> Vec<Row> {
    let (ours, alone) = (times.seconds("protocol", "main_mode"), times.seconds("protocol", "symmetric"));
    vec![Row {
        what: "Main Mode handshakes, powers known, no trace, one core".into(),
        figure: rate(1.0 / ours),
        reference: format!("its prf, hashes and ciphers alone: {}", rate(1.0 / alone)),
        ratio: alone / ours,
        aim: "20 000/s",
    }]
}
