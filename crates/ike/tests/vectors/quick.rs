//! Quick Mode: every hash, IV and key of recorded runs of charon and pluto, and one vector of our own.

use std::fs;
use std::path::{Path, PathBuf};

use ike::crypto::{Cipher, HashAlg};
use ike::iv::phase2_iv;
use ike::keymat::quick::{ChildSeed, hash_1, hash_2, hash_3};
use ike::keymat::{Gxy, Ni, Nr, SkeyidA, SkeyidD};
use isakmp::{Body, Message, MessageId, Padding, PayloadType, ProtocolId, decode_chain, encode_chain};
use serde_json::Value;

use super::{bytes, json, say, shared, text, unhex};

struct Phase1 {
    hash: HashAlg,
    cipher: Cipher,
    skeyid_a: SkeyidA,
    skeyid_d: SkeyidD,
    cipher_key: Vec<u8>,
    last_block: Vec<u8>,
}

impl Phase1 {
    /// The phase 1 of this run with this initiator cookie.
    fn of(run: &Value, icookie: &str) -> Phase1 {
        let later = run["phase1_later"].as_array().into_iter().flatten();
        let one = [&run["phase1"]].into_iter().chain(later).find(|one| text(one, "icookie") == icookie);
        let one = one.unwrap_or_else(|| panic!("{}: no phase 1 {icookie}", text(run, "name")));
        let (cipher_key, last_block) = (bytes(one, "enc_key"), bytes(one, "last_block"));
        let cipher = match (last_block.len(), cipher_key.len()) {
            (8, 24) => Cipher::TripleDes,
            (16, 16) => Cipher::Aes128,
            (16, 32) => Cipher::Aes256,
            other => panic!("a cipher with block and key {other:?}"),
        };
        Phase1 {
            hash: match text(one, "hash") {
                "sha1" => HashAlg::Sha1,
                name => HashAlg::from_name(name).unwrap(),
            },
            cipher,
            skeyid_a: SkeyidA::new(bytes(one, "skeyid_a")),
            skeyid_d: SkeyidD::new(bytes(one, "skeyid_d")),
            cipher_key,
            last_block,
        }
    }
}

/// The three messages of a Quick Mode, each once.
fn messages(run: &Value, quick: &Value) -> Vec<Message> {
    let wanted = |label: &str| {
        let list = run["messages"].as_array().unwrap().iter();
        let mut found = list.filter(|one| one["label"] == label && one["msgid"] == quick["msgid"]);
        Message::decode(&bytes(found.next().unwrap(), "hex")).unwrap()
    };
    ["QM1", "QM2", "QM3"].map(wanted).to_vec()
}

/// Decrypts the three messages with IVs that follow from the last block of phase 1, and recomputes their hashes.
fn hashes(run: &Value, quick: &Value, phase1: &Phase1) {
    let Phase1 { hash, cipher, skeyid_a, .. } = phase1;
    let (ni, nr) = (Ni(bytes(quick, "ni")), Nr(bytes(quick, "nr")));
    let messages = messages(run, quick);
    let id = messages[0].header.message_id;
    let mut iv = phase2_iv(*hash, &phase1.last_block, id, cipher.block_len());
    for (number, message) in (1..).zip(&messages) {
        let name = format!("{} QM{number}", text(run, "name"));
        assert_eq!(iv, bytes(quick, &format!("iv_qm{number}")), "{name}: IV");
        let Body::Encrypted(ciphertext) = &message.body else { panic!("{name} in clear") };
        let plaintext = cipher.decrypt(&phase1.cipher_key, &iv, ciphertext).unwrap();
        let payloads = decode_chain(PayloadType::HASH, &plaintext, 0, Padding::Allowed).unwrap();
        let (first, rest) = payloads.split_first().unwrap();
        let rest = encode_chain(rest);
        let own = match number {
            1 => hash_1(*hash, skeyid_a, id, &rest),
            2 => hash_2(*hash, skeyid_a, id, &ni, &rest),
            _ => hash_3(*hash, skeyid_a, id, &ni, &nr),
        };
        assert_eq!(own, first.body, "{name}: HASH on the wire");
        assert_eq!(own, bytes(quick, &format!("hash{number}")), "{name}: HASH as recorded");
        iv = ciphertext[ciphertext.len() - cipher.block_len()..].to_vec();
    }
}

/// KEYMAT of every SA; how many.
fn keys(run: &Value, quick: &Value, phase1: &Phase1) -> usize {
    let gxy = quick["g_qm_xy"].as_str().map(|hex| Gxy::new(unhex(hex)));
    let seed = ChildSeed { gxy, ni: Ni(bytes(quick, "ni")), nr: Nr(bytes(quick, "nr")) };
    // IPComp has a CPI and no key.
    let keyed = quick["sas"].as_array().unwrap().iter().filter(|sa| sa["keymat"].is_string());
    let check = |sa: &Value| {
        let protocol = if sa["protocol"] == "AH" { ProtocolId::AH } else { ProtocolId::ESP };
        let want = bytes(sa, "keymat");
        let own = seed.keymat(phase1.hash, &phase1.skeyid_d, protocol, &bytes(sa, "spi"), want.len());
        assert_eq!(own.as_bytes(), want, "{}: KEYMAT of {}", text(run, "name"), text(sa, "spi"));
    };
    keyed.map(check).count()
}

// tests RFC 2409 5.5
// tests RFC 2409 B
#[test]
fn quick_mode_agrees_with_recorded_runs() {
    let Some(shared) = shared() else {
        return say("quick mode vectors: skipped, ../shared is absent");
    };
    let Some(folders) = folders(&shared.join("real-daemons/quick-mode-good")) else {
        return say("quick mode vectors: skipped, no recorded runs of Quick Mode");
    };
    let (mut runs, mut exchanges, mut sas) = (0, 0, 0);
    for folder in folders {
        let run = json(&folder.join("vector.json"));
        runs += 1;
        for quick in run["quick_modes"].as_array().unwrap() {
            let phase1 = Phase1::of(&run, text(quick, "icookie"));
            hashes(&run, quick, &phase1);
            sas += keys(&run, quick, &phase1);
            exchanges += 1;
        }
    }
    say(&format!("quick mode vectors: {runs} runs, {exchanges} exchanges, {sas} keys"));
    assert!(runs > 0 && sas > 0, "the folder is empty");
}

fn folders(path: &Path) -> Option<Vec<PathBuf>> {
    let entries = fs::read_dir(path).ok()?;
    let mut folders: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    folders.retain(|folder| folder.join("vector.json").is_file());
    folders.sort();
    Some(folders)
}

/// Computed by Python's `hmac` and `hashlib` from these inputs.
#[test]
fn quick_mode_known_answers() {
    let skeyid_a = SkeyidA::new((0..32).collect());
    let skeyid_d = SkeyidD::new((64..96).collect());
    let (id, ni, nr) = (MessageId(0x0102_0304), Ni(vec![0x11; 20]), Nr(vec![0x22; 16]));
    let hash = HashAlg::Sha256;
    let first = hash_1(hash, &skeyid_a, id, &unhex("0a000008deadbeef00000008cafef00d"));
    assert_eq!(first, unhex("d85fd436a030a6439aebb8c361307cbd3afc816351f6d3f8a8d5318b5ebc9eea"));
    let second = hash_2(hash, &skeyid_a, id, &ni, &unhex("0000000800c0ffee"));
    assert_eq!(second, unhex("5eff3ba1bdaefa4a49f4edfeee8f4e52392a2960a0f7b1ff2d11a068174ada88"));
    let third = hash_3(hash, &skeyid_a, id, &ni, &nr);
    assert_eq!(third, unhex("617cd1adc636fe4135ffd0f7a4e617ad19c00457561ac9c2f76e914e99003b3e"));

    let plain = "72f3527d5b027c4890cb8614e4a2ea1269ceb4e6449f10b4439c55243a6319cf5d10963b7ec79a81e39d5d16ca88a9167a88a617";
    let pfs = "14a205fe84d06774ff995b8517689bd1027329b5399fde3120b161e19834f13b973b46e180ff7e22b3bdbc5bb5730bb19c9d6437";
    for (gxy, want) in [(None, plain), (Some(Gxy::new(vec![0x33; 24])), pfs)] {
        let seed = ChildSeed { gxy, ni: ni.clone(), nr: nr.clone() };
        let key = seed.keymat(hash, &skeyid_d, ProtocolId::ESP, &unhex("c0ffee01"), 52);
        assert_eq!(key.as_bytes(), unhex(want));
    }
}
