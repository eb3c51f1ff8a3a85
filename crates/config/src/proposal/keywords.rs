//! The words of a proposal.

pub(crate) enum Word {
    Cipher(Option<&'static str>),
    Hash(Option<&'static str>),
    Group(Option<u16>),
    /// IKEv2 alone negotiates it.
    Prf,
    /// Encryption and integrity in one: IKEv1 has no number for it.
    Combined,
    Unknown,
}

/// charon's words (`proposal_keywords_static`); pluto's are the same without some, and with `_`.
pub(crate) fn word(word: &str) -> Word {
    let plain = word.to_ascii_lowercase();
    let plain = plain.strip_prefix("hmac_").unwrap_or(&plain);
    match plain {
        "aes" | "aes128" | "aes_cbc" | "aes_cbc128" | "aes_cbc_128" | "aes_128" => {
            Word::Cipher(Some("aes-128"))
        }
        "aes192" | "aes_cbc192" | "aes_cbc_192" | "aes_192" => Word::Cipher(Some("aes-192")),
        "aes256" | "aes_cbc256" | "aes_cbc_256" | "aes_256" => Word::Cipher(Some("aes-256")),
        "3des" | "3des_cbc" => Word::Cipher(Some("3des")),
        "des" => Word::Cipher(Some("des")),
        "md5" => Word::Hash(Some("md5")),
        "sha" | "sha1" => Word::Hash(Some("sha")),
        "sha2" | "sha256" | "sha2_256" => Word::Hash(Some("sha256")),
        "sha384" | "sha2_384" => Word::Hash(Some("sha384")),
        "sha512" | "sha2_512" => Word::Hash(Some("sha512")),
        "md5_128" | "sha1_160" | "sha256_96" | "sha2_256_96" | "aesxcbc" | "aescmac" | "aes_xcbc" => {
            Word::Hash(None)
        }
        _ if plain.starts_with("prf") => Word::Prf,
        _ if ["gcm", "ccm", "gmac", "chacha20"].iter().any(|aead| plain.contains(aead)) => Word::Combined,
        _ if ["camellia", "blowfish", "cast", "serpent", "twofish", "null"]
            .iter()
            .any(|other| plain.starts_with(other))
            || plain.contains("ctr") =>
        {
            Word::Cipher(None)
        }
        _ => group(plain).map_or(Word::Unknown, Word::Group),
    }
}

/// `Some(None)`: a group that the simulator has not.
fn group(word: &str) -> Option<Option<u16>> {
    Some(Some(match word {
        "modp768" => 1,
        "modp1024" => 2,
        "modp1536" => 5,
        "modp2048" => 14,
        "modp3072" => 15,
        "modp4096" => 16,
        "modp6144" => 17,
        "modp8192" => 18,
        "ecp256" | "ecp_256" => 19,
        "ecp384" | "ecp_384" => 20,
        "ecp521" | "ecp_521" => 21,
        "curve25519" | "x25519" => 31,
        "modp1024s160" | "modp2048s224" | "modp2048s256" | "curve448" | "x448" => return Some(None),
        "ecp192" | "ecp224" | "ecp224bp" | "ecp256bp" | "ecp384bp" | "ecp512bp" => return Some(None),
        _ => {
            let number: u16 = word.strip_prefix("dh")?.parse().ok()?;
            let known = [1, 2, 5, 14, 15, 16, 17, 18, 19, 20, 21, 31].contains(&number);
            return (known || (22..=32).contains(&number)).then_some(known.then_some(number));
        }
    }))
}
