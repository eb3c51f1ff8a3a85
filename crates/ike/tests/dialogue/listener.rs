//! Who only listens: what it opens and what it can check with the keys that it was given, and what it says where one
//! is missing. The endpoints on both sides are the truth.

use std::collections::BTreeMap;

use ike::crypto::{Cipher, DhGroup};
use ike::ipsec::TransformSet;
use ike::keymat::{ChildKey, CipherKey, Keymat, PreSharedKey, SkeyidA};
use ike::observe::{isakmp_of, mismatches_of, transforms_of, version_of};
use ike::{Closed, Config, Credentials, HashCheck, Mode, NoKeymat, Observed, Observer, Role, Sides};
use isakmp::{Body, Cookie, ExchangeType, Message, PayloadType, ProtocolId, Version};

use super::bodies::{offer, transform};
use super::host::{KEY, policy};
use super::quick_mode::{Pair, configs, initiator, responder};

/// A tunnel that came up, and its first cookie.
fn recorded(change: fn(&mut Sides<Config>)) -> (Pair, Cookie) {
    let mut configs = configs("asa");
    change(&mut configs);
    let pair = Pair::new(configs).begin();
    let cookie = Message::decode(&pair.heard[0]).unwrap().header.cookies.initiator;
    (pair, cookie)
}

fn aggressive(configs: &mut Sides<Config>) {
    configs.initiator.mode = Mode::Aggressive;
}

fn key(text: &str) -> Option<Credentials> {
    Some(Credentials::PreShared(PreSharedKey::new(text.into())))
}

/// An observer that has everything.
fn knowing(pair: &Pair, cookie: Cookie, credentials: Option<Credentials>) -> Observer {
    let keymat: &Keymat = pair.keymat.as_deref().unwrap();
    Observer::new(BTreeMap::from([(cookie, keymat.cipher_key.clone())]), credentials)
        .with_skeyid_a(BTreeMap::from([(cookie, keymat.skeyid_a.clone())]))
        .with_skeyid_d(BTreeMap::from([(cookie, keymat.skeyid_d.clone())]))
}

fn observed<'m>(mut observer: Observer, messages: impl IntoIterator<Item = &'m Vec<u8>>) -> Vec<Observed> {
    messages.into_iter().map(|bytes| observer.observe(bytes).unwrap()).collect()
}

fn hashes(observed: &[Observed]) -> Vec<Option<HashCheck>> {
    observed.iter().map(|one| one.hash).collect()
}

const GOOD: Option<HashCheck> = Some(HashCheck::Verified);
const WRONG: Option<HashCheck> = Some(HashCheck::Wrong);
const UNKNOWN: Option<HashCheck> = Some(HashCheck::Unknown);

// tests RFC 2409 5.5
#[test]
fn with_every_key_all_is_open_and_proved() {
    let (pair, cookie) = recorded(|_| {});
    let seen = observed(knowing(&pair, cookie, key(KEY)), &pair.heard);
    assert_eq!(hashes(&seen), [None, None, None, None, GOOD, GOOD, GOOD, GOOD, GOOD]);
    assert!(seen.iter().all(|one| one.closed.is_none() && !one.payloads.is_empty()));
    for one in &seen {
        assert_eq!(one.plaintext.is_some(), matches!(one.message.body, Body::Encrypted(_)));
    }
    let kinds: Vec<_> = seen[4].payloads.iter().map(|payload| payload.kind).take(2).collect();
    assert_eq!(kinds, [PayloadType::ID, PayloadType::HASH]);
}

/// What a listener makes of QM1 and QM2 is what both ends installed, under each SPI the same key.
#[test]
fn the_keys_of_children_are_those_of_their_ends() {
    for words in ["esp-aes-256 esp-sha-hmac", "esp-gcm-128", "ah-sha-hmac esp-3des"] {
        let mut configs = configs("asa");
        let set = TransformSet::from_words(words).unwrap();
        initiator(&mut configs).transform_sets = vec![set];
        responder(&mut configs).transform_sets = vec![set];
        let pair = Pair::new(configs).begin();
        let cookie = Message::decode(&pair.heard[0]).unwrap().header.cookies.initiator;
        let seen = observed(knowing(&pair, cookie, None), &pair.heard);
        let at: Vec<usize> = (0..seen.len()).filter(|n| !seen[*n].sas.is_empty()).collect();
        assert_eq!(at, [7], "{words}: QM2 makes them");
        let sas = &seen[7].sas;
        let installed: Vec<(ProtocolId, &Vec<u8>, Role, &ChildKey)> = pair
            .keys
            .both()
            .into_iter()
            .flat_map(|(role, sas)| sas.iter().filter(|sa| sa.inbound).map(move |sa| (role, sa)))
            .map(|(role, sa)| (sa.protocol, &sa.spi, role, &sa.key))
            .collect();
        assert_eq!(sas.len(), installed.len(), "{words}");
        for (protocol, spi, receiver, key) in installed {
            let known = sas.iter().find(|sa| (sa.protocol, &sa.spi) == (protocol, spi)).unwrap();
            assert_eq!((known.receiver, known.keymat.as_ref()), (receiver, Ok(key)), "{words}");
        }
    }
}

#[test]
fn a_key_that_no_capture_tells_is_not_told() {
    let pfs: fn(&mut Sides<Config>) = |configs| {
        initiator(configs).pfs = Some(DhGroup::X25519);
        responder(configs).pfs = Some(DhGroup::X25519);
    };
    let compressed: fn(&mut Sides<Config>) = |configs| {
        initiator(configs).compress = true;
        responder(configs).compress = true;
    };
    let (pair, cookie) = recorded(pfs);
    let seen = observed(knowing(&pair, cookie, key(KEY)), &pair.heard);
    assert_eq!(hashes(&seen)[6..], [GOOD; 3]);
    assert!(seen[7].sas.len() == 2 && seen[7].sas.iter().all(|sa| sa.keymat == Err(NoKeymat::Pfs)));
    let (pair, cookie) = recorded(compressed);
    let seen = observed(knowing(&pair, cookie, key(KEY)), &pair.heard);
    let (ipcomp, esp): (Vec<_>, Vec<_>) =
        seen[7].sas.iter().partition(|sa| sa.protocol == ProtocolId::IPCOMP);
    assert!(ipcomp.iter().all(|sa| sa.keymat == Err(NoKeymat::Transform) && sa.spi.len() == 2), "{ipcomp:?}");
    assert!(esp.iter().all(|sa| sa.keymat.is_ok()));
    assert_eq!((ipcomp.len(), esp.len()), (2, 2));
}

#[test]
fn without_a_key_it_stays_closed_and_says_why() {
    let (pair, cookie) = recorded(|_| {});
    let closed = |observer: Observer, from: usize| {
        observed(observer, &pair.heard[from..]).into_iter().map(|one| one.closed).collect::<Vec<_>>()
    };
    let with = |key: CipherKey| Observer::new(BTreeMap::from([(cookie, key)]), None);
    let right = || pair.keymat.as_ref().unwrap().cipher_key.clone();
    let all = |why| [vec![None; 4], vec![Some(why); 5]].concat();
    assert_eq!(closed(Observer::default(), 0), all(Closed::NoKey));
    let stranger = Observer::new(BTreeMap::from([(Cookie([9; 8]), right())]), None);
    assert_eq!(closed(stranger, 0), all(Closed::NoKey));
    assert_eq!(closed(with(CipherKey::new(vec![1; 5])), 0), all(Closed::Cipher));
    assert_eq!(closed(with(CipherKey::new(vec![1; right().as_bytes().len()])), 0), all(Closed::Junk));
    // The IV follows from the public values, the cipher from the answer.
    for from in [2, 3, 4] {
        assert_eq!(closed(with(right()), from)[4 - from..], [Some(Closed::Start); 5], "from {from}");
    }
    assert!(closed(with(right()), 1).iter().all(Option::is_none), "the offer is not needed to open it");
    for one in observed(with(CipherKey::new(vec![1; 16])), &pair.heard) {
        assert!(
            one.closed.is_none()
                || (one.payloads.is_empty() && one.plaintext.is_none() && one.hash.is_none())
        );
    }
}

#[test]
fn a_proof_is_judged_by_what_was_given() {
    let (pair, cookie) = recorded(|_| {});
    let keymat = pair.keymat.as_ref().unwrap();
    let keys = || BTreeMap::from([(cookie, keymat.cipher_key.clone())]);
    let of = |observer: Observer| hashes(&observed(observer, &pair.heard))[4..].to_vec();
    assert_eq!(of(knowing(&pair, cookie, key("cisco1234"))), [WRONG, WRONG, GOOD, GOOD, GOOD]);
    assert_eq!(of(knowing(&pair, cookie, None)), [UNKNOWN, UNKNOWN, GOOD, GOOD, GOOD]);
    assert_eq!(of(Observer::new(keys(), key(KEY))), [GOOD, GOOD, UNKNOWN, UNKNOWN, UNKNOWN]);
    let strange = BTreeMap::from([(cookie, SkeyidA::new(vec![1; 32]))]);
    assert_eq!(of(Observer::new(keys(), None).with_skeyid_a(strange))[2..], [WRONG; 3]);
    // Without the offer SAi_b is not known; without QM1 the nonce that the other hashes begin with.
    let late = observed(knowing(&pair, cookie, key(KEY)), &pair.heard[1..]);
    assert_eq!(hashes(&late)[3..5], [UNKNOWN; 2]);
    let mut gap = pair.heard.clone();
    gap.remove(6);
    let gap = observed(knowing(&pair, cookie, key(KEY)), &gap);
    assert!(gap[6..].iter().all(|one| one.hash != GOOD && one.sas.is_empty()), "{:?}", hashes(&gap));
}

/// HASH_R stands in AM2, HASH_I in AM3, and AM4 is the first message under the SA.
// tests RFC 2409 5.4
#[test]
fn aggressive_mode_is_followed_too() {
    let (pair, cookie) = recorded(aggressive);
    let seen = observed(knowing(&pair, cookie, key(KEY)), &pair.heard);
    let first: Vec<_> = seen.iter().map(|one| (one.message.header.exchange, one.hash)).take(4).collect();
    let (aggressive, informational) = (ExchangeType::AGGRESSIVE, ExchangeType::INFORMATIONAL);
    assert_eq!(first, [(aggressive, None), (aggressive, GOOD), (aggressive, GOOD), (informational, GOOD)]);
    assert!(seen[4..].iter().all(|one| one.hash == GOOD), "{:?}", hashes(&seen));
    let wrong = observed(knowing(&pair, cookie, key("x")), &pair.heard);
    assert_eq!(hashes(&wrong)[1..4], [WRONG, WRONG, GOOD]);
    let blind = observed(knowing(&pair, cookie, key(KEY)), &pair.heard[1..]);
    assert_eq!(hashes(&blind)[..2], [UNKNOWN, None], "AM1 has the offer and a public value");
}

/// Each message twice, and a stranger's first message under the same cookie: what was known stays.
#[test]
fn copies_and_strangers_change_nothing() {
    let (pair, cookie) = recorded(|_| {});
    let once = observed(knowing(&pair, cookie, key(KEY)), &pair.heard);
    let twice: Vec<&Vec<u8>> = pair.heard.iter().flat_map(|bytes| [bytes, bytes]).collect();
    let seen = observed(knowing(&pair, cookie, key(KEY)), twice);
    for (n, one) in once.iter().enumerate() {
        for copy in &seen[2 * n..2 * n + 2] {
            assert_eq!(
                (&copy.payloads, copy.hash, &copy.sas),
                (&one.payloads, one.hash, &one.sas),
                "message {n}"
            );
        }
    }
    // Behind the end each of them opens still.
    let again: Vec<&Vec<u8>> = pair.heard.iter().chain(&pair.heard[4..]).collect();
    let seen = observed(knowing(&pair, cookie, key(KEY)), again);
    for (copy, one) in seen[pair.heard.len()..].iter().zip(&once[4..]) {
        assert_eq!((&copy.payloads, &copy.sas), (&one.payloads, &one.sas));
    }
    // Another offer, another answer, third values.
    let strange = |n: usize, change: fn(&mut Message)| {
        let mut message = Message::decode(&pair.heard[n]).unwrap();
        change(&mut message);
        message.encode()
    };
    let spoil: fn(&mut Message) = |message| {
        if let Body::Clear(payloads) = &mut message.body {
            payloads
                .iter_mut()
                .filter(|payload| payload.kind != PayloadType::SA)
                .for_each(|one| one.body[0] ^= 1);
        }
    };
    let cookies: fn(&mut Message) = |message| message.header.cookies.responder = Cookie([7; 8]);
    let mut heard = pair.heard.clone();
    heard.insert(4, strange(1, cookies));
    heard.insert(5, strange(2, spoil));
    heard.insert(6, strange(3, spoil));
    let seen = observed(knowing(&pair, cookie, key(KEY)), &heard);
    assert_eq!(hashes(&seen)[7..], [GOOD; 5]);
}

#[test]
fn a_damaged_message_is_junk_and_the_next_one_opens() {
    let (pair, cookie) = recorded(|_| {});
    let mut heard = pair.heard.clone();
    let mut damaged = heard[5].clone();
    damaged[29] ^= 0xff;
    heard.insert(5, damaged);
    let seen = observed(knowing(&pair, cookie, key(KEY)), &heard);
    assert_eq!(seen[5].closed, Some(Closed::Junk));
    assert_eq!(hashes(&seen)[6..], [GOOD; 4]);
}

// tests RFC 3948 2.2
#[test]
fn what_is_ike_on_the_ports_of_ike() {
    let (pair, _) = recorded(|_| {});
    let message = pair.heard[0].as_slice();
    let marked = [&[0; 4][..], message].concat();
    assert_eq!(isakmp_of([500, 500], message), Some(message));
    assert_eq!(isakmp_of([61_000, 500], message), Some(message));
    assert_eq!(isakmp_of([4500, 61_000], &marked), Some(message));
    assert_eq!(isakmp_of([4500, 4500], message), None, "ESP has no marker");
    assert_eq!(isakmp_of([4500, 4500], &[0xff]), None, "a keepalive");
    assert_eq!(isakmp_of([53, 61_000], message), None);
    assert_eq!((version_of(message), version_of(&message[..17])), (Some(Version(0x10)), None));
}

#[test]
fn an_offer_is_read_and_held_against_policies() {
    let body = offer(&[transform(1), transform(2)]);
    let read = transforms_of(&body);
    assert_eq!(read.len(), 2);
    assert_eq!(read[0].to_string(), "aes-128/sha256/group 31/pre-share");
    let own = policy(7, Cipher::Aes128);
    let as_policy = read[0].policy().unwrap();
    assert_eq!(
        (as_policy.encryption, as_policy.hash, as_policy.group),
        (own.encryption, own.hash, own.group)
    );
    assert_eq!([1, 2], [&read[0], &read[1]].map(|one| one.policy().unwrap().priority), "its number");
    let found = mismatches_of(&body, &[own, policy(9, Cipher::Aes256)]);
    let told: Vec<_> = found.iter().map(|one| (one.policy, one.transform, one.differing.len())).collect();
    assert_eq!(told, [(7, 1, 0), (9, 1, 1), (7, 2, 0), (9, 2, 1)]);
    for cut in [0, 8, body.len() - 1] {
        assert!(transforms_of(&body[..cut]).is_empty() && mismatches_of(&body[..cut], &[]).is_empty());
    }
    // Of a very long one the beginning.
    let long = offer(&(0..=64).map(transform).collect::<Vec<_>>());
    assert_eq!(transforms_of(&long).len(), 64);
    assert_eq!(mismatches_of(&long, &[policy(9, Cipher::Aes256)]).len(), 64);
}
