//! NIST CAVP, NSS and captured authenticators: a line or an object per case.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use ike::crypto::{Cipher, HashAlg, prf};
use ike::keymat::{
    Gxi, Gxr, Gxy, HashInputs, IdirB, Keymat, Ni, Nr, PreSharedKey, SaiB, Skeyid, SkeyidE, hash_r,
    skeyid_psk, stretch,
};
use serde_json::Value;

use super::{bytes, cookies, json, text, unhex};

fn hash(name: &str) -> HashAlg {
    match name {
        "md5" => HashAlg::Md5,
        "sha1" | "SHA-1" => HashAlg::Sha1,
        "sha256" | "SHA-256" => HashAlg::Sha256,
        "sha384" | "SHA-384" => HashAlg::Sha384,
        "sha512" | "SHA-512" => HashAlg::Sha512,
        other => panic!("hash {other}"),
    }
}

/// SKEYID and its children, for keys and for signatures (whose SKEYID comes from the nonces and g^xy).
pub fn cavp(folder: &Path) -> usize {
    let mut count = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "fax") {
            count += cavp_file(&fs::read_to_string(&path).unwrap());
        }
    }
    count
}

fn cavp_file(file: &str) -> usize {
    let (mut count, mut algorithm, mut case) = (0, HashAlg::Sha1, BTreeMap::new());
    for line in file.lines().map(str::trim) {
        if let Some(name) = line.strip_prefix("[SHA-").and_then(|rest| rest.strip_suffix(']')) {
            algorithm = hash(&format!("SHA-{name}"));
        }
        if let Some((key, value)) = line.split_once(" = ").filter(|_| !line.starts_with('[')) {
            case.insert(key.to_owned(), value.to_owned());
            if key == "SKEYID_e" {
                cavp_case(algorithm, &case);
                count += 1;
                case.clear();
            }
        }
    }
    count
}

fn cavp_case(algorithm: HashAlg, case: &BTreeMap<String, String>) {
    let value = |key: &str| unhex(&case[key]);
    let (ni, nr, gxy) = (value("Ni"), value("Nr"), value("g^xy"));
    let skeyid = match case.get("pre-shared-key") {
        Some(key) => skeyid_psk(algorithm, &PreSharedKey::new(unhex(key)), &Ni(ni), &Nr(nr)),
        None => Skeyid::new(prf(algorithm, &[&ni[..], &nr].concat(), &[&gxy])),
    };
    assert_eq!(skeyid.as_bytes(), value("SKEYID"), "{case:?}");
    let pair = cookies(&value("CKY_I"), &value("CKY_R"));
    let keymat = Keymat::derive(algorithm, Cipher::Aes128, skeyid, &Gxy::new(gxy), pair);
    assert_eq!(keymat.skeyid_d.as_bytes(), value("SKEYID_d"), "{case:?}");
    assert_eq!(keymat.skeyid_a.as_bytes(), value("SKEYID_a"), "{case:?}");
    assert_eq!(keymat.skeyid_e.as_bytes(), value("SKEYID_e"), "{case:?}");
}

/// Each step by itself, and the stretching of appendix B to every size.
pub fn nss(file: &Path) -> usize {
    let file = json(file);
    let cases = file["vectors"].as_array().unwrap();
    cases.iter().for_each(nss_case);
    cases.len()
}

fn nss_case(case: &Value) {
    let algorithm = hash(text(case, "hash"));
    let (ikm, okm) = (bytes(case, "ikm"), bytes(case, "okm"));
    let (ni, nr) = (bytes(case, "Ni_or_CKYI"), bytes(case, "Nr_or_CKYR"));
    let gxy = bytes(case, "gxy");
    let got = match text(case, "type") {
        "ikeGxy" => prf(algorithm, &[&ni[..], &nr].concat(), &[&ikm]),
        "ikeV1Psk" => skeyid_psk(algorithm, &PreSharedKey::new(ikm), &Ni(ni), &Nr(nr)).as_bytes().to_vec(),
        "ikeV1AppB" => {
            let size = usize::try_from(case["size"].as_u64().unwrap()).unwrap();
            stretch(algorithm, &SkeyidE::new(ikm), size).as_bytes().to_vec()
        }
        "ikeV1" => {
            let keymat = Keymat::derive(
                algorithm,
                Cipher::Aes128,
                Skeyid::new(ikm),
                &Gxy::new(gxy),
                cookies(&ni, &nr),
            );
            match case["key_number"].as_u64().unwrap() {
                0 => keymat.skeyid_d.as_bytes().to_vec(),
                1 => keymat.skeyid_a.as_bytes().to_vec(),
                _ => keymat.skeyid_e.as_bytes().to_vec(),
            }
        }
        other => panic!("type {other}"),
    };
    assert_eq!(got, okm, "NSS {case}");
}

/// HASH_R of real gateways whose key is known.
pub fn psk_hash(folder: &Path) -> usize {
    let mut count = 0;
    for entry in fs::read_dir(folder).unwrap() {
        for case in json(&entry.unwrap().path())["vectors"].as_array().unwrap() {
            let algorithm = hash(text(case, "hash"));
            let skeyid = skeyid_psk(
                algorithm,
                &PreSharedKey::new(text(case, "psk").into()),
                &Ni(bytes(case, "ni_b")),
                &Nr(bytes(case, "nr_b")),
            );
            let inputs = HashInputs {
                gxi: Gxi(bytes(case, "g_xi")),
                gxr: Gxr(bytes(case, "g_xr")),
                cookies: cookies(&bytes(case, "cky_i"), &bytes(case, "cky_r")),
                sai_b: SaiB(bytes(case, "sai_b")),
            };
            let idir_b = IdirB(bytes(case, "idir_b"));
            assert_eq!(hash_r(algorithm, &skeyid, &inputs, &idir_b).0, bytes(case, "hash_r"), "{case}");
            count += 1;
        }
    }
    count
}
