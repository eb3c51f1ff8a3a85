//! Whole handshakes of real daemons: from the logged g^xy and the nonces on the wire to every key, IV and
//! authenticator, and through the encrypted messages.

use std::fs;
use std::net::IpAddr;
use std::path::{Path, PathBuf};

use ike::crypto::{Cipher, HashAlg};
use ike::iv::{Iv, phase2_iv};
use ike::keymat::{
    Gxi, Gxr, Gxy, HashInputs, IdiiB, IdirB, Keymat, Ni, Nr, PreSharedKey, SaiB, hash_1, hash_i, hash_r,
    skeyid_psk,
};
use ike::nat_d::nat_d;
use isakmp::{
    Attribute, AttributeType, Body, EncryptionAlgorithm, ExchangeType, HashAlgorithm, Message, Padding,
    Payload, PayloadType, SecurityAssociation, decode_chain, encode_chain,
};
use serde_json::Value;

use super::{bytes, json, text, unhex};

pub struct Count {
    pub runs: usize,
    /// What could not be checked, a line each.
    pub skipped: Vec<String>,
}

pub fn runs(folder: &Path) -> Count {
    let mut folders: Vec<PathBuf> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.sort();
    let mut count = Count { runs: 0, skipped: Vec::new() };
    for file in folders.iter().map(|folder| folder.join("vector.json")).filter(|file| file.is_file()) {
        count.skipped.extend(run(&json(&file)));
        count.runs += 1;
    }
    count
}

/// What went over the wire in clear, as far as hashes need it.
struct Wire {
    hash: HashAlg,
    /// `None`: a cipher that is not ours to support.
    cipher: Option<Cipher>,
    ni: Ni,
    nr: Nr,
    inputs: HashInputs,
}

fn messages(run: &Value) -> Vec<Message> {
    let messages = run["messages"].as_array().unwrap().iter();
    let read = |message: &Value| {
        let raw = bytes(message, "hex");
        let decoded = Message::decode(&raw).unwrap_or_else(|error| panic!("{}: {error}", run["name"]));
        assert_eq!(decoded.encode(), raw, "{} re-encoded", run["name"]);
        if let Body::Clear(payloads) = &decoded.body {
            // The log knows no name for a fragment.
            let name =
                |kind: PayloadType| if kind == PayloadType::FRAG { "132".into() } else { kind.to_string() };
            let names: Vec<String> = payloads.iter().map(|payload| name(payload.kind)).collect();
            let told: Vec<&str> =
                message["payloads"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
            assert_eq!(names, told, "{} payload names", run["name"]);
            for sa in payloads.iter().filter(|payload| payload.kind == PayloadType::SA) {
                assert_eq!(SecurityAssociation::decode(&sa.body).unwrap().encode(), sa.body);
            }
        }
        decoded
    };
    messages.map(read).collect()
}

fn body(message: &Message, kind: PayloadType) -> Option<Vec<u8>> {
    let Body::Clear(payloads) = &message.body else {
        return None;
    };
    payloads.iter().find(|payload| payload.kind == kind).map(|payload| payload.body.clone())
}

fn wire(messages: &[Message]) -> Wire {
    let all = |kind| messages.iter().filter_map(|message| body(message, kind)).collect::<Vec<_>>();
    let (sas, kes, nonces) = (all(PayloadType::SA), all(PayloadType::KE), all(PayloadType::NONCE));
    let chosen = SecurityAssociation::decode(&sas[1]).unwrap();
    let value = |kind| {
        let attributes = &chosen.proposals[0].transforms[0].attributes;
        let found = attributes.iter().find(|attribute| attribute.kind == kind).and_then(Attribute::as_u64);
        found.map(|value| u16::try_from(value).unwrap())
    };
    let algorithm = EncryptionAlgorithm(value(AttributeType::ENCRYPTION).unwrap());
    let (gxi, gxr, sai_b) = (Gxi(kes[0].clone()), Gxr(kes[1].clone()), SaiB(sas[0].clone()));
    Wire {
        hash: HashAlg::from_assigned(HashAlgorithm(value(AttributeType::HASH).unwrap())).unwrap(),
        cipher: Cipher::from_assigned(algorithm, value(AttributeType::KEY_LENGTH)),
        ni: Ni(nonces[0].clone()),
        nr: Nr(nonces[1].clone()),
        inputs: HashInputs { gxi, gxr, cookies: messages[1].header.cookies, sai_b },
    }
}

/// One run; returns what could not be checked.
fn run(run: &Value) -> Option<String> {
    let name = text(run, "name");
    let messages = messages(run);
    let wire = wire(&messages);
    let psk = PreSharedKey::new(bytes(run, "psk_hex"));
    let mut keymats = Vec::new();
    for keys in ["keys_initiator", "keys_responder"]
        .map(|side| &run[side])
        .into_iter()
        .filter(|keys| keys["skeyid"].is_string())
    {
        let skeyid = skeyid_psk(wire.hash, &psk, &wire.ni, &wire.nr);
        let cipher = wire.cipher.unwrap_or(Cipher::Aes128);
        let keymat = Keymat::derive(
            wire.hash,
            cipher,
            skeyid,
            &Gxy::new(bytes(keys, "dh_secret")),
            wire.inputs.cookies,
        );
        assert_eq!(keymat.skeyid.as_bytes(), bytes(keys, "skeyid"), "{name} SKEYID");
        assert_eq!(keymat.skeyid_d.as_bytes(), bytes(keys, "skeyid_d"), "{name} SKEYID_d");
        assert_eq!(keymat.skeyid_a.as_bytes(), bytes(keys, "skeyid_a"), "{name} SKEYID_a");
        assert_eq!(keymat.skeyid_e.as_bytes(), bytes(keys, "skeyid_e"), "{name} SKEYID_e");
        let block = wire.cipher.map_or(16, Cipher::block_len);
        let iv = Iv::initial(wire.hash, &wire.inputs.gxi, &wire.inputs.gxr, block);
        assert_eq!(iv.current(), bytes(keys, "iv"), "{name} IV");
        if wire.cipher.is_some() {
            assert_eq!(keymat.cipher_key.as_bytes(), bytes(keys, "enc_key"), "{name} Ka");
        }
        authenticators(name, &wire, &keymat, keys);
        nat_hashes(name, &wire, keys);
        keymats.push(keymat);
    }
    assert!(!keymats.is_empty(), "{name} logs no keys");
    match wire.cipher {
        Some(cipher) => {
            decrypt(name, &messages, &wire, &keymats[0], cipher, &run["keys_initiator"]);
            None
        }
        None => Some(format!("{name}: its cipher is not built, keys and hashes checked, decryption not")),
    }
}

/// HASH_I and HASH_R; the ID payload is the end of what the daemon logged as hashed.
fn authenticators(name: &str, wire: &Wire, keymat: &Keymat, keys: &Value) {
    let HashInputs { gxi, gxr, sai_b, .. } = &wire.inputs;
    let fixed = gxi.0.len() + gxr.0.len() + 16 + sai_b.0.len();
    for (which, logged, hashed) in [("HASH_I", "hash_i", "hash_i_data"), ("HASH_R", "hash_r", "hash_r_data")]
    {
        let id_b = bytes(keys, hashed).split_off(fixed);
        let proof = proof(which == "HASH_I", wire.hash, keymat, &wire.inputs, id_b);
        assert_eq!(proof, bytes(keys, logged), "{name} {which}");
    }
}

fn proof(initiators: bool, hash: HashAlg, keymat: &Keymat, inputs: &HashInputs, id_b: Vec<u8>) -> Vec<u8> {
    if initiators {
        hash_i(hash, &keymat.skeyid, inputs, &IdiiB(id_b)).0
    } else {
        hash_r(hash, &keymat.skeyid, inputs, &IdirB(id_b)).0
    }
}

/// The daemon logs cookies, address and port as hashed, and the hash.
fn nat_hashes(name: &str, wire: &Wire, keys: &Value) {
    let list = |key: &str| {
        keys[key].as_array().unwrap().iter().map(|v| unhex(v.as_str().unwrap())).collect::<Vec<_>>()
    };
    let (data, hashes) = (list("natd_data"), list("natd_hash"));
    assert_eq!(data.len(), hashes.len());
    for (data, hash) in data.iter().zip(hashes).filter(|(data, _)| data[8..16] != [0; 8]) {
        let address = IpAddr::from(<[u8; 4]>::try_from(&data[16..20]).unwrap());
        let port = u16::from_be_bytes(data[20..22].try_into().unwrap());
        assert_eq!(nat_d(wire.hash, wire.inputs.cookies, address, port), hash, "{name} NAT-D");
    }
}

/// Phase 1 first, its IV moving; then every Informational exchange under its own IV, HASH(1) checked.
fn decrypt(name: &str, messages: &[Message], wire: &Wire, keymat: &Keymat, cipher: Cipher, keys: &Value) {
    let key = keymat.cipher_key.as_bytes();
    let mut iv = Iv::initial(wire.hash, &wire.inputs.gxi, &wire.inputs.gxr, cipher.block_len());
    let mut hashes = Vec::new();
    for message in messages {
        let Body::Encrypted(ciphertext) = &message.body else {
            continue;
        };
        let chain = |plain: &[u8]| {
            decode_chain(message.header.next_payload, plain, 0, Padding::Allowed)
                .unwrap_or_else(|error| panic!("{name}: {error}"))
        };
        let id = message.header.message_id;
        if id.0 == 0 {
            let plain = cipher.decrypt(key, iv.current(), ciphertext).unwrap();
            let payloads = chain(&plain);
            hashes.extend(payloads.iter().find(|p| p.kind == PayloadType::HASH).map(|p| p.body.clone()));
            assert_eq!(cipher.encrypt(key, iv.current(), &plain), *ciphertext, "{name} re-encrypted");
            assert!(plain.starts_with(&encode_chain(&payloads)), "{name} re-encoded");
            iv = iv.after(ciphertext);
        } else if message.header.exchange == ExchangeType::INFORMATIONAL {
            let first = phase2_iv(wire.hash, iv.current(), id, cipher.block_len());
            informational(
                name,
                wire.hash,
                keymat,
                message,
                &chain(&cipher.decrypt(key, &first, ciphertext).unwrap()),
            );
        }
    }
    let logged = [bytes(keys, "hash_i"), bytes(keys, "hash_r")];
    assert!(!hashes.is_empty() && hashes.iter().all(|hash| logged.contains(hash)), "{name} decrypted");
}

fn informational(name: &str, hash: HashAlg, keymat: &Keymat, message: &Message, payloads: &[Payload]) {
    let covered = encode_chain(&payloads[1..]);
    let expected = hash_1(hash, &keymat.skeyid_a, message.header.message_id, &covered);
    assert_eq!(payloads[0].body, expected, "{name} HASH(1)");
}

/// The same for captures that came with a log: NAT-D chunks and plaintexts included.
pub fn known_answers(folder: &Path) -> usize {
    let mut count = 0;
    for entry in fs::read_dir(folder).unwrap() {
        known_answer(&json(&entry.unwrap().path()));
        count += 1;
    }
    count
}

fn known_answer(case: &Value) {
    let hash = HashAlg::Sha1;
    let cipher = Cipher::Aes128;
    let cookies = super::cookies(&bytes(case, "CKY_I"), &bytes(case, "CKY_R"));
    let psk = PreSharedKey::new(text(case, "psk_ascii").into());
    let skeyid = skeyid_psk(hash, &psk, &Ni(bytes(case, "Ni")), &Nr(bytes(case, "Nr")));
    let keymat = Keymat::derive(hash, cipher, skeyid, &Gxy::new(bytes(case, "g_xy")), cookies);
    assert_eq!(keymat.skeyid.as_bytes(), bytes(case, "SKEYID"));
    assert_eq!(keymat.skeyid_d.as_bytes(), bytes(case, "SKEYID_d"));
    assert_eq!(keymat.skeyid_a.as_bytes(), bytes(case, "SKEYID_a"));
    assert_eq!(keymat.skeyid_e.as_bytes(), bytes(case, "SKEYID_e"));
    assert_eq!(keymat.cipher_key.as_bytes(), bytes(case, "Ka"));
    let (gxi, gxr) = (Gxi(bytes(case, "g_xi")), Gxr(bytes(case, "g_xr")));
    let inputs = HashInputs { gxi, gxr, cookies, sai_b: SaiB(bytes(case, "SAi_b")) };
    assert_eq!(Iv::initial(hash, &inputs.gxi, &inputs.gxr, 16).current(), bytes(case, "IV0"));
    for chunk in case["nat_d_chunks"].as_array().unwrap() {
        let [data, expected] = [0, 1].map(|at| unhex(chunk[at].as_str().unwrap()));
        let pair = super::cookies(&data[..8], &data[8..16]);
        let address = IpAddr::from(<[u8; 4]>::try_from(&data[16..20]).unwrap());
        assert_eq!(
            nat_d(hash, pair, address, u16::from_be_bytes(data[20..22].try_into().unwrap())),
            expected
        );
    }
    for message in case["decrypted"].as_array().unwrap() {
        let first = PayloadType(u8::try_from(message["next_payload"].as_u64().unwrap()).unwrap());
        let payloads = decode_chain(first, &bytes(message, "plaintext"), 0, Padding::Allowed).unwrap();
        let find =
            |kind| payloads.iter().find(|payload| payload.kind == kind).map(|payload| payload.body.clone());
        // An Aggressive AM3 carries no ID; what it hashes stands in AM1.
        let (Some(id_b), Some(sent)) = (find(PayloadType::ID), find(PayloadType::HASH)) else {
            continue;
        };
        assert_eq!(sent, proof(text(message, "sender") == "i", hash, &keymat, &inputs, id_b));
    }
}
