//! Both sides of exchanges on curves, with fresh keys.

use std::hint::black_box;

use criterion::Throughput;
use ike::crypto::{DhGroup, Private};
use ike::{Powers, Streams};
use openssl::bn::{BigNum, BigNumContext};
use openssl::derive::Deriver;
use openssl::ec::{EcGroup, EcKey, EcPoint};
use openssl::nid::Nid;
use openssl::pkey::PKey;

use crate::Row;
use crate::cpu::Criterion;
use crate::table::{Times, rate};

/// Exchanges in one batch, as many as a sweep's job prepares together.
const BATCH: u64 = 64;

const CURVES: [(DhGroup, &str, Option<Nid>); 4] = [
    (DhGroup::Ecp256, "group19", Some(Nid::X9_62_PRIME256V1)),
    (DhGroup::Ecp384, "group20", Some(Nid::SECP384R1)),
    (DhGroup::Ecp521, "group21", Some(Nid::SECP521R1)),
    (DhGroup::X25519, "group31", None),
];

fn pairs(group: DhGroup) -> Vec<[Private; 2]> {
    let exponent = |seed, peer| Streams::new(seed, peer).exponent(group, 0);
    (0..BATCH).map(|seed| [exponent(seed, "initiator"), exponent(seed, "responder")]).collect()
}

/// As a sweep does it, memo and all.
fn ours(group: DhGroup, pairs: &[[Private; 2]]) -> Powers {
    let powers = Powers::new(3 * pairs.len());
    powers.prepare(group, pairs.to_vec());
    powers
}

/// Two key pairs and both derivations on an ECP curve, below the layer of providers, which costs more than P-256.
fn ecp(curve: &EcGroup) -> [Vec<u8>; 2] {
    let mut context = BigNumContext::new().expect("a context");
    let keys = [(); 2].map(|()| EcKey::generate(curve).expect("a key"));
    [(0, 1), (1, 0)].map(|(own, peer)| {
        let mut point = EcPoint::new(curve).expect("a point");
        point
            .mul2(curve, keys[peer].public_key(), keys[own].private_key(), &mut context)
            .expect("a multiple");
        let [mut x, mut y] = [(); 2].map(|()| BigNum::new().expect("a number"));
        point.affine_coordinates(curve, &mut x, &mut y, &mut context).expect("its coordinates");
        x.to_vec_padded(curve.degree().div_ceil(8).cast_signed()).expect("its bytes")
    })
}

/// The same with x25519, which has no such layer below.
fn x25519() -> [Vec<u8>; 2] {
    let keys = [(); 2].map(|()| PKey::generate_x25519().expect("a key"));
    [(0, 1), (1, 0)].map(|(own, peer)| {
        let mut deriver = Deriver::new(&keys[own]).expect("a derivation");
        deriver.set_peer(&keys[peer]).expect("a peer");
        deriver.derive_to_vec().expect("a shared value")
    })
}

fn theirs(curve: Option<&EcGroup>) -> [Vec<u8>; 2] {
    curve.map_or_else(x25519, ecp)
}

pub fn bench(criterion: &mut Criterion) {
    for (group, name, nid) in CURVES {
        let pairs = pairs(group);
        let curve = nid.map(|nid| EcGroup::from_curve_name(nid).expect("a curve"));
        let [one, other] = theirs(curve.as_ref());
        assert!(one == other && one.len() == group.shared_len());
        let mut benches = criterion.benchmark_group(name);
        benches.sample_size(20);
        benches.throughput(Throughput::Elements(BATCH));
        benches.bench_function("ikesim", |b| b.iter(|| ours(group, black_box(&pairs))));
        benches.throughput(Throughput::Elements(1));
        benches.bench_function("openssl", |b| b.iter(|| theirs(black_box(curve.as_ref()))));
        benches.finish();
    }
}

pub fn rows(times: &Times) -> Vec<Row> {
    let row = |(group, name, _): (DhGroup, &str, Option<Nid>)| {
        let ours = BATCH as f64 / times.seconds(name, "ikesim");
        let theirs = 1.0 / times.seconds(name, "openssl");
        Row {
            what: format!("fresh keys, group {} ({}), both sides", group.number(), group.meaning()),
            figure: rate(ours),
            reference: format!("OpenSSL, two key pairs and two derivations: {}", rate(theirs)),
            ratio: ours / theirs,
            aim: "1",
        }
    };
    CURVES.map(row).into()
}
