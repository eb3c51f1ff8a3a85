//! The words of a negotiation, each in a sentence or two.

use super::section::Section;

const WORDS: &[(&str, &str, Section)] = &[
    (
        "cookie",
        "Eight bytes by which one side knows a negotiation; both together name the SA.",
        Section(2408, "2.5.3"),
    ),
    (
        "Diffie-Hellman, g^xy",
        "Each side sends g^x and keeps x; both compute the same g^xy, and a listener cannot.",
        Section(2409, "5"),
    ),
    ("nonce", "Random bytes that are used once, so that no key comes twice.", Section(2409, "5")),
    (
        "prf",
        "Keyed hash (HMAC of the negotiated hash): from a key and data to bytes that look random.",
        Section(2409, "3.2"),
    ),
    (
        "SKEYID",
        "The root of all keys. With pre-shared keys: prf(key, Ni_b | Nr_b). From here on a wrong key makes everything different.",
        Section(2409, "5"),
    ),
    (
        "SKEYID_d, _a, _e",
        "Derived from it: for the IPsec keys, for authenticating later messages, for encrypting them.",
        Section(2409, "5"),
    ),
    (
        "Ka",
        "The cipher's key: SKEYID_e, cut or stretched to the length that the cipher takes.",
        Section(2409, "B"),
    ),
    (
        "IV",
        "What the first block is mixed with. It moves with each message: the next IV is the last block of the one before.",
        Section(2409, "B"),
    ),
    (
        "HASH_I, HASH_R",
        "Each side's proof: it has the key, and saw the same public values, cookies and offer.",
        Section(2409, "5"),
    ),
    (
        "NAT-D",
        "Hashed addresses, by which both find out whether a NAT lies between them.",
        Section(3947, "3.2"),
    ),
    (
        "resend",
        "The very same bytes once more, when no answer came. It tells that the answer is missing, not which of the two messages was lost.",
        Section(2408, "5.1"),
    ),
    (
        "notify",
        "A notice within the protocol. In clear it proves nothing, so many devices only log it.",
        Section(2408, "3.14"),
    ),
    ("SA", "Security association: what both sides agreed upon, and the keys for it.", Section(2408, "2.1")),
    (
        "phase 1, phase 2",
        "First a protected channel for the two devices, then, in it, the tunnels for traffic.",
        Section(2409, "2"),
    ),
];

/// As a list of terms.
pub(super) fn glossary() -> String {
    let one = |(word, text, section): &(&str, &str, Section)| {
        format!("<dt>{word}</dt><dd>{text} <small>{section}</small></dd>\n")
    };
    let words: String = WORDS.iter().map(one).collect();
    format!("<section id=\"glossary\">\n<h2>Words</h2>\n<dl class=\"words\">\n{words}</dl>\n</section>\n")
}
