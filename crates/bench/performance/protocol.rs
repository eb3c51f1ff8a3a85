//! The protocol without Diffie-Hellman, against its symmetric cryptography alone.

use std::hint::black_box;

use ike::Powers;
use ike::crypto::{Cipher, HashAlg};
use ike::keymat::{self, Gxi, Gxr, Gxy, HashInputs, IdiiB, IdirB, Keymat, Ni, Nr, PreSharedKey, SaiB};
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
    let both = Scenario::parse("both", "phase2 = true").expect("phase 2 with every default");
    assert!(sim::run_untraced(&both.setup, &powers).works());
    group.bench_function("both_phases", |b| b.iter(|| sim::run_untraced(black_box(&both.setup), &powers)));
    group.bench_function("symmetric", |b| b.iter(symmetric));
    group.finish();
}

/// What both sides of one Main Mode compute with AES-256 and SHA-1, group 14's sizes.
fn symmetric() {
    let (hash, cipher) = (HashAlg::Sha1, Cipher::Aes256);
    let (psk, gxy, block) = (PreSharedKey::new(b"cisco123".to_vec()), Gxy::new(vec![7; 256]), [1_u8; 16]);
    let (ni, nr, idii_b, idir_b) = (Ni(vec![9; 20]), Nr(vec![9; 20]), IdiiB(vec![4; 8]), IdirB(vec![4; 8]));
    let cookies = CookiePair { initiator: Cookie([1; 8]), responder: Cookie([2; 8]) };
    let (gxi, gxr, sai_b) = (Gxi(vec![7; 256]), Gxr(vec![7; 256]), SaiB(vec![3; 52]));
    let inputs = HashInputs { gxi, gxr, cookies, sai_b };
    for _ in 0..2 {
        let skeyid = keymat::skeyid_psk(hash, &psk, black_box(&ni), &nr);
        let keys = Keymat::derive(hash, cipher, skeyid, black_box(&gxy), cookies);
        black_box(keymat::hash_i(hash, &keys.skeyid, &inputs, &idii_b));
        black_box(keymat::hash_r(hash, &keys.skeyid, &inputs, &idir_b));
        let key = keys.cipher_key.as_bytes();
        let sealed = cipher.encrypt(key, &block, &[5; 64]);
        black_box(cipher.decrypt(key, &block, &sealed)).expect("whole blocks");
    }
}

pub fn rows(times: &Times) -> Vec<Row> {
    let (ours, alone) = (times.seconds("protocol", "main_mode"), times.seconds("protocol", "symmetric"));
    let both = times.seconds("protocol", "both_phases");
    vec![
        Row {
            what: "Main Mode handshakes, powers known, no trace, one core".into(),
            figure: rate(1.0 / ours),
            reference: format!("its prf, hashes and ciphers alone: {}", rate(1.0 / alone)),
            ratio: alone / ours,
            aim: "20 000/s",
        },
        Row {
            what: "Main Mode and Quick Mode, powers known, no trace, one core".into(),
            figure: rate(1.0 / both),
            reference: format!("phase 1 alone: {}", rate(1.0 / ours)),
            ratio: both / ours,
            aim: "at most 2.5 times phase 1",
        },
    ]
}
