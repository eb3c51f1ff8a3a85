//! ESP proposals as charon and pluto write them, for the comparison of phase 2.

use crate::proposal::{Word, word};

/// An ESP proposal in canonical words, and its group of perfect forward secrecy.
pub(crate) struct Esp {
    pub transforms: Vec<String>,
    pub pfs: Option<u16>,
}

/// More algorithms than there are.
const MOST_PARTS: usize = 32;

/// `aes128-sha1-modp2048`, `aes_gcm256-null`. Words that are not known stay as they are: phase 2 is compared, never
/// judged.
pub(crate) fn read(text: &str) -> Esp {
    let (mut ciphers, mut hashes, mut pfs) = (Vec::new(), Vec::new(), None);
    let mut whole = false;
    let parts = text.trim_end_matches('!').split(['-', ';', '+']).map(str::trim);
    for part in parts.filter(|part| !part.is_empty()).take(MOST_PARTS) {
        match word(part) {
            Word::Cipher(Some("aes-128")) => ciphers.push("esp-aes-128".to_owned()),
            Word::Cipher(Some(name)) => ciphers.push(format!("esp-{name}")),
            // `null` behind a cipher stands in the place of the hash: it adds nothing to compare.
            Word::Cipher(None) if part == "null" && !ciphers.is_empty() => {}
            Word::Hash(Some(name)) => hashes.push(format!("esp-{name}")),
            Word::Group(number) => pfs = pfs.or(number),
            // Without a length: both.
            Word::Combined if ["aes_gcm", "aes_gcm_16", "aes_gcm_c"].contains(&part) => {
                whole = true;
                ciphers.extend(["esp-gcm-128", "esp-gcm-256"].map(str::to_owned));
            }
            Word::Combined => {
                whole = true;
                ciphers.push(gcm(part));
            }
            // Extended sequence numbers are for both ends to negotiate, and no algorithm.
            _ if part.ends_with("esn") => {}
            Word::Cipher(_) | Word::Hash(_) | Word::Prf | Word::Unknown => {
                ciphers.push(format!("esp-{part}"));
            }
        }
    }
    // A combined cipher has its integrity in itself: a hash beside it is not used.
    if whole || hashes.is_empty() {
        return Esp { transforms: ciphers, pfs };
    }
    let set = |cipher: &String, hash: &String| {
        let mut words = [cipher.clone(), hash.clone()];
        words.sort();
        words.join(" ")
    };
    let transforms = ciphers.iter().flat_map(|cipher| hashes.iter().map(move |hash| set(cipher, hash)));
    Esp { transforms: transforms.collect(), pfs }
}

/// `aes256gcm16`, `aes_gcm256`, `aes_gcm_16_256`: `esp-gcm-256`.
fn gcm(part: &str) -> String {
    if !part.contains("gcm") {
        return format!("esp-{part}");
    }
    // 256 and 192 before 128: `gcm128` may also mean the length of its check value.
    let bits = ["256", "192"].into_iter().find(|bits| part.contains(bits)).unwrap_or("128");
    format!("esp-gcm-{bits}")
}
