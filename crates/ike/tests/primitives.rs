//! Random streams and Diffie-Hellman against values that another program computed: a Python script with its
//! own ChaCha20, its own curves, and primes built from the digits of pi as RFC 2409 and RFC 3526 define them.

#![cfg(test)]

use ike::crypto::{DhError, DhGroup, HashAlg};
use ike::{Powers, Streams};
use proptest::prelude::*;

/// Group, length of the public value, SHA-256 (first 8 bytes) of g^x and of g^xy, for the private values of
/// seed 7, peer `dh`, purpose `private`, index 0 and 1.
const COMPUTED: [(u16, usize, &str, &str); 12] = [
    (1, 96, "83610f3e50912cc7", "eda0ed90c21bcf1f"),
    (2, 128, "fa21ce5fadb3816c", "9b0e9a78e3f04bc2"),
    (5, 192, "36c295ed6ba536e5", "96dea97d8cd3e6c3"),
    (14, 256, "7795212d120ec3b6", "ed937e274e59bae7"),
    (15, 384, "9dee7c25c6ca444f", "1ef9cbb3f19e9fa0"),
    (16, 512, "3f485c6a08f7a80e", "1115c210b88973f3"),
    (17, 768, "3e072544548cb446", "9a5d347667ca8b38"),
    (18, 1024, "402bc1fa75162de1", "4d9fddca2eeb9db8"),
    (19, 64, "fb85bcebb55aaf62", "2d8053dcd5abf729"),
    (20, 96, "b7abdcd75b2504c8", "21f3780e46d03d60"),
    (21, 132, "33fb034dbcbf82d2", "ca21b4d36732314b"),
    (31, 32, "f873ae2137e6a5e6", "2debd04b2705ac28"),
];

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn fingerprint(bytes: &[u8]) -> String {
    hex(&HashAlg::Sha256.digest(&[bytes])[..8])
}

#[test]
fn a_stream_is_what_its_name_says() {
    let mut bytes = [0; 80];
    Streams::new(1, "initiator").bytes("cookie", 3, &mut bytes);
    let expected = "78911c4f90775695853fe728e72f3f2c99c442249489668ef0e8627585beda5209937539f1a369c8\
                    c93b0b8caf9f42d34c4844fbf866946d2a02ee15ed2fdba4ccd4c9d7c2c4606294557adb8e90d7bb";
    assert_eq!(hex(&bytes), expected);
}

#[test]
fn every_group_computes_what_others_compute() {
    let streams = Streams::new(7, "dh");
    let powers = Powers::none();
    for (number, length, public_print, shared_print) in COMPUTED {
        let group = DhGroup::from_number(number).unwrap();
        let [one, other] = [0, 1].map(|n| group.private_from_stream(&mut streams.stream("private", n)));
        let [one_public, other_public] = [&one, &other].map(|private| powers.public(group, private));
        assert_eq!(
            (one_public.len(), fingerprint(&one_public)),
            (length, public_print.into()),
            "group {number}"
        );
        let shared = powers.shared(group, &one, &other_public).unwrap();
        assert_eq!(fingerprint(&shared), shared_print, "group {number}");
        assert_eq!(powers.shared(group, &other, &one_public), Ok(shared), "group {number}, the other way");
    }
}

#[test]
fn values_that_give_the_secret_away_are_refused() {
    let mut stream = Streams::new(1, "dh").stream("private", 0);
    for group in DhGroup::ALL {
        let private = group.private_from_stream(&mut stream);
        let length = group.public_len();
        let refuse = |public: &[u8]| Powers::none().shared(group, &private, public).unwrap_err();
        let zero = refuse(&vec![0; length]);
        assert!(
            matches!(zero, DhError::Range | DhError::NotOnCurve | DhError::Degenerate),
            "{group:?}: {zero}"
        );
        let expected = DhError::Length { expected: length, got: length - 1 };
        assert_eq!(refuse(&vec![1; length - 1]), expected, "{group:?}");
        if length >= 96 && group.number() < 19 {
            let one = [vec![0; length - 1], vec![1]].concat();
            assert_eq!(
                (refuse(&one), refuse(&vec![0xff; length])),
                (DhError::Range, DhError::Range),
                "{group:?}"
            );
            let below = |prime: Vec<u8>, by: u8| [&prime[..length - 1], &[prime[length - 1] - by]].concat();
            let [last, highest] = [1, 2].map(|by| below(group.modulus().unwrap(), by));
            let lowest = [vec![0; length - 1], vec![2]].concat();
            let check = |public: &[u8]| group.check_public(public);
            assert_eq!(
                [check(&last), check(&highest), check(&lowest)],
                [Err(DhError::Range), Ok(()), Ok(())],
                "{group:?}"
            );
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    /// A memo changes what a power costs, never what it is; and no public value makes a group panic.
    #[test]
    fn any_public_value_is_answered(seed: u64, which in 0_usize..12, junk in proptest::collection::vec(any::<u8>(), 0..140)) {
        let group = DhGroup::ALL[which];
        // The big groups are as generic as the small ones, and slow.
        prop_assume!(group.public_len() <= 192);
        let private = group.private_from_stream(&mut Streams::new(seed, "dh").stream("private", 0));
        let mut public = junk;
        public.resize(group.public_len(), 7);
        let memo = Powers::new(4);
        let plain = Powers::none().shared(group, &private, &public);
        prop_assert_eq!(memo.shared(group, &private, &public), plain.clone());
        prop_assert_eq!(memo.shared(group, &private, &public), plain);
    }
}
