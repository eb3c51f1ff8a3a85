//! A memo of powers, prepared or not, gives what each power gives by itself.

#![cfg(test)]

use ike::crypto::{DhGroup, Private};
use ike::{Powers, Streams};

fn pair(group: DhGroup, seed: u64) -> [Private; 2] {
    ["initiator", "responder"].map(|peer| Streams::new(seed, peer).exponent(group, 0))
}

/// Both sides' values and what they share, and what one gets from the other's value with one bit changed.
fn values(powers: &Powers, group: DhGroup, [x, y]: &[Private; 2]) -> (Vec<Vec<u8>>, impl PartialEq + use<>) {
    let [gx, gy] = [x, y].map(|private| powers.public(group, private));
    let shared = [(x, &gy), (y, &gx)].map(|(own, theirs)| powers.shared(group, own, theirs).unwrap());
    assert_eq!(shared[0], shared[1], "{group:?}");
    let mut damaged = gy.clone();
    damaged[7] ^= 1;
    (vec![gx, gy, shared[0].clone()], powers.shared(group, x, &damaged))
}

/// One exchange, which is computed as it comes; and enough for the tables that many share.
#[test]
fn prepared_or_not() {
    for group in DhGroup::ALL {
        for count in [1, 24] {
            let pairs: Vec<[Private; 2]> = (0..count).map(|seed| pair(group, seed)).collect();
            let powers = Powers::new(1024);
            powers.prepare(group, pairs.clone());
            // The big groups are as generic as the small ones, and slow.
            let checked = if group.public_len() > 256 { 1 } else { 24 };
            for pair in pairs.iter().take(checked) {
                assert!(
                    values(&powers, group, pair) == values(&Powers::none(), group, pair),
                    "{group:?}, {count} prepared"
                );
            }
        }
    }
}

/// Of a memo that holds next to nothing, whatever was there before.
#[test]
fn forgotten_again() {
    for group in [DhGroup::Modp768, DhGroup::Ecp256, DhGroup::X25519] {
        for capacity in 0..6 {
            let powers = Powers::new(capacity);
            for seed in [1, 2, 1, 3] {
                let pair = pair(group, seed);
                powers.prepare(group, vec![pair.clone(), pair.clone()]);
                assert!(
                    values(&powers, group, &pair) == values(&Powers::none(), group, &pair),
                    "{group:?}, {capacity}"
                );
            }
        }
    }
}

/// Groups 1 and 20 have public values of one length: a value known in one says nothing about the other.
#[test]
fn a_value_of_another_group_is_a_strangers() {
    let powers = Powers::new(64);
    let [x, _] = pair(DhGroup::Modp768, 1);
    let [own, _] = pair(DhGroup::Ecp384, 1);
    let stray = powers.public(DhGroup::Modp768, &x);
    assert_eq!(
        powers.shared(DhGroup::Ecp384, &own, &stray),
        Powers::none().shared(DhGroup::Ecp384, &own, &stray)
    );
}
