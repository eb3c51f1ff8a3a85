//! Transform sets, lifetimes and PFS groups, as ASA and IOS both write them.

use crate::device::{Place, Sourced};

/// A transform set in a scenario's words.
#[derive(Clone, Debug, Default)]
pub(super) struct TransformSet {
    pub(super) words: String,
    /// The first word that is not simulated.
    pub(super) foreign: Option<String>,
    pub(super) transport: Option<Place>,
}

/// `esp-aes 256 esp-sha-hmac`
pub(super) fn transforms(words: &[&str]) -> TransformSet {
    let (mut set, mut foreign): (Vec<String>, _) = (Vec::new(), None);
    for word in words {
        match (word.parse::<u16>(), set.last_mut()) {
            // IOS writes the key length as a word of its own.
            (Ok(bits), Some(last)) => *last = format!("{last}-{bits}"),
            _ if *word == "esp-none" => {}
            _ if is_transform(word) => set.push((*word).to_owned()),
            _ => foreign = foreign.or(Some((*word).to_owned())),
        }
    }
    // Alone they are 128 bits.
    let cipher = |word: String| match word.as_str() {
        "esp-aes" | "esp-gcm" => format!("{word}-128"),
        _ => word,
    };
    let set: Vec<String> = set.into_iter().map(cipher).collect();
    if !is_set(&set) {
        foreign = foreign.or(Some(words.join(" ")));
    }
    TransformSet { words: set.join(" "), foreign, transport: None }
}

/// Whether it is a set that a device takes: one cipher with at most one HMAC, or AH, or both.
fn is_set(words: &[String]) -> bool {
    let (ah, esp): (Vec<&String>, Vec<&String>) = words.iter().partition(|word| word.starts_with("ah-"));
    let (hmacs, ciphers): (Vec<&String>, Vec<&String>) =
        esp.into_iter().partition(|word| word.ends_with("-hmac"));
    let esp = match ciphers.as_slice() {
        [] => hmacs.is_empty() && !ah.is_empty(),
        [cipher] if cipher.starts_with("esp-gcm") => {
            hmacs.is_empty()
                && ["-128", "-192", "-256"].iter().any(|bits| cipher.as_str() == format!("esp-gcm{bits}"))
        }
        [cipher] if *cipher == "esp-null" => hmacs.len() == 1,
        [cipher] => {
            let known = ["esp-des", "esp-3des", "esp-aes-128", "esp-aes-192", "esp-aes-256"];
            hmacs.len() <= 1 && known.contains(&cipher.as_str())
        }
        _ => false,
    };
    esp && ah.len() <= 1
}

fn is_transform(word: &str) -> bool {
    let (kind, rest) = word.split_once('-').unwrap_or((word, ""));
    match kind {
        "esp" => [
            "des",
            "3des",
            "aes",
            "aes-128",
            "aes-192",
            "aes-256",
            "gcm",
            "gcm-128",
            "gcm-192",
            "gcm-256",
            "null",
            "md5-hmac",
            "sha-hmac",
            "sha256-hmac",
            "sha384-hmac",
            "sha512-hmac",
        ]
        .contains(&rest),
        "ah" => ["md5-hmac", "sha-hmac", "sha256-hmac"].contains(&rest),
        _ => false,
    }
}

/// `seconds 3600`, `kilobytes 10000`, `kilobytes unlimited`; an ASA has both in one line too.
pub(super) fn lifetimes(entry: &mut Lifetimes, words: &[&str], at: &Place) {
    for pair in words.chunks(2) {
        match pair {
            ["seconds", number] => {
                entry.seconds = number
                    .parse()
                    .ok()
                    .filter(|seconds| *seconds > 0)
                    .map(|value| Sourced::new(value, at.clone()));
            }
            ["kilobytes", number] => {
                // `unlimited` and `disable` offer none.
                entry.kilobytes = Some(Sourced::new(number.parse().unwrap_or(0), at.clone()));
            }
            _ => {}
        }
    }
}

/// How long children live.
#[derive(Clone, Debug, Default)]
pub(super) struct Lifetimes {
    pub(super) seconds: Option<Sourced<u32>>,
    pub(super) kilobytes: Option<Sourced<u32>>,
}

/// `group14`, `group 14`; 0: none is named.
pub(super) fn pfs_group(words: &[&str]) -> u16 {
    words.concat().trim_start_matches("group").parse().unwrap_or(0)
}
