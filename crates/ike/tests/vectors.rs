//! The key schedule against values that nobody here computed: NIST CAVP, NSS, and the logs of real daemons.
//! The files stand beside the project in `../shared`; without them the test says so and checks nothing.

#![cfg(test)]

#[path = "vectors/golden.rs"]
mod golden;
#[path = "vectors/published.rs"]
mod published;
#[path = "vectors/quick.rs"]
mod quick;

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use isakmp::{Cookie, CookiePair};
use serde_json::Value;

/// `../shared` seen from the workspace; `None` where it is absent.
fn shared() -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    path.is_dir().then_some(path)
}

/// Straight to stderr: the harness hides what a passing test prints.
fn say(line: &str) {
    writeln!(std::io::stderr(), "{line}").unwrap();
}

fn json(path: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_else(|| panic!("no text under {key}"))
}

fn unhex(text: &str) -> Vec<u8> {
    let digits = text.trim();
    (0..digits.len()).step_by(2).map(|at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap()).collect()
}

fn bytes(value: &Value, key: &str) -> Vec<u8> {
    unhex(text(value, key))
}

fn cookies(initiator: &[u8], responder: &[u8]) -> CookiePair {
    CookiePair {
        initiator: Cookie(initiator.try_into().unwrap()),
        responder: Cookie(responder.try_into().unwrap()),
    }
}

// tests RFC 2409 5
// tests RFC 2409 B
#[test]
fn key_schedule_agrees_with_the_outside() {
    let Some(shared) = shared() else {
        return say("vectors: skipped, ../shared is absent");
    };
    let cavp = published::cavp(&shared.join("vectors/kdf"));
    let nss = published::nss(&shared.join("vectors/kdf/nss-ike-v1-and-appendix-b.json"));
    let golden = golden::runs(&shared.join("golden"));
    let kat = golden::known_answers(&shared.join("vectors/kat"));
    let psk = published::psk_hash(&shared.join("vectors/psk-hash"));
    let golden::Count { runs, skipped } = golden;
    say(&format!("vectors: {cavp} CAVP, {nss} NSS, {runs} golden, {kat} kat, {psk} psk-hash"));
    skipped.iter().for_each(|line| say(&format!("skipped: {line}")));
    assert!([cavp, nss, runs, kat, psk].iter().all(|count| *count > 0), "a folder is empty");
}
