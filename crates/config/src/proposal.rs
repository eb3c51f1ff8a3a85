//! Proposals as charon and pluto write them: `aes128-sha256-modp2048`, `aes_cbc256-sha2_512;dh19`.

mod keywords;
mod takes;

use crate::subject::Subject;

pub(crate) use keywords::{Word, word};
pub(crate) use takes::Frame;
pub use takes::Takes;

/// Who reads it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Daemon {
    Charon,
    Pluto,
}

/// Cipher, hash and group.
pub(crate) type Combination = (&'static str, &'static str, u16);

/// The algorithms of one proposal, best first. `None`: the daemon knows it and the simulator does not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Algorithms {
    pub encryption: Vec<Option<&'static str>>,
    pub hash: Vec<Option<&'static str>>,
    pub group: Vec<Option<u16>>,
    /// Ciphers that a responder takes besides.
    pub also_takes: Vec<&'static str>,
    /// The first word that was left out of it.
    pub foreign: Option<String>,
    /// A word that not every build of the daemon knows.
    pub rare: Option<String>,
}

/// A word that cannot be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Bad {
    pub part: String,
    pub message: String,
    pub allowed: &'static str,
    /// The daemon knows the word, and IKEv1 has no number for it: no reading of it mends anything.
    pub hopeless: bool,
}

impl Bad {
    /// What it might decide, had it been read.
    pub fn about(&self) -> Subject {
        if self.hopeless { Subject::Connection } else { Subject::Policy }
    }
}

const CIPHERS: &str = "3des, aes128, aes192, aes256";
const HASHES: &str = "md5, sha1, sha256, sha384, sha512";
const GROUPS: &str = "modp1024, modp1536, modp2048 to modp8192, ecp256, ecp384, ecp521, curve25519";

impl Algorithms {
    /// charon: words in any order, several of a kind. Each kind has to be there (seen: `invalid value for: proposals`,
    /// and the connection is not loaded).
    pub fn charon(text: &str) -> Result<Algorithms, Bad> {
        let mut read = Algorithms::default();
        for part in text.split('-').map(str::trim).filter(|part| !part.is_empty()) {
            read.add(part, word(part))?;
        }
        let missing = [
            (read.encryption.is_empty(), "cipher", CIPHERS),
            (read.hash.is_empty(), "hash", HASHES),
            (read.group.is_empty(), "Diffie-Hellman group", GROUPS),
        ];
        match missing.iter().find(|(missing, ..)| *missing) {
            Some((_, kind, allowed)) => Err(bad(text, format!("`{text}` names no {kind}"), allowed)),
            None => Ok(read),
        }
    }

    /// pluto: cipher, then hash, then group, the group behind `;` or `-`; what is left out is completed from defaults.
    /// Sources: `algparse -v1` of 4.10, and what it offers on the wire.
    pub fn pluto(text: &str) -> Result<Algorithms, Bad> {
        let mut read = Algorithms::default();
        let (front, behind) = text.split_once(';').map_or((text, None), |(a, b)| (a, Some(b)));
        let mut parts = front.split('-').map(str::trim).peekable();
        let mut cipher = parts.next().unwrap_or("").to_owned();
        // `aes-256` is aes256.
        if let Some(bits) = parts.next_if(|next| ["128", "192", "256"].contains(next)) {
            cipher += bits;
        }
        match (cipher.to_ascii_lowercase().as_str(), word(&cipher)) {
            // Without a length it offers two, the long one first, and takes all (seen).
            ("aes" | "aes_cbc", _) => {
                read.encryption.extend([Some("aes-256"), Some("aes-128")]);
                read.also_takes.push("aes-192");
            }
            ("des", _) => return Err(bad(&cipher, "libreswan has no single DES".into(), CIPHERS)),
            (_, kind @ (Word::Cipher(_) | Word::Combined)) => read.add(&cipher, kind)?,
            _ => return Err(bad(&cipher, format!("`{cipher}` is no cipher"), CIPHERS)),
        }
        match parts.next().filter(|hash| !hash.is_empty()) {
            None => read.hash.extend(PLUTO_HASHES.map(Some)),
            Some(hash) => {
                let kind = word(hash);
                if !matches!(kind, Word::Hash(_)) {
                    return Err(bad(hash, format!("`{hash}` is no hash"), HASHES));
                }
                read.add(hash, kind)?;
            }
        }
        let groups: Vec<&str> = parts.chain(behind).collect();
        match groups.as_slice() {
            [] => read.group.extend(PLUTO_GROUPS.map(Some)),
            [group] => read.pluto_group(group.trim())?,
            [_, second, ..] => {
                return Err(bad(second, format!("`{second}` is one part too many"), "cipher-hash;group"));
            }
        }
        Ok(read)
    }

    fn pluto_group(&mut self, group: &str) -> Result<(), Bad> {
        const OWN: &str = "modp1536, modp2048 to modp8192, dh19, dh20, dh21, dh31";
        // charon's word for it (seen: not recognized).
        let Some(kind @ Word::Group(number)) = Some(word(group)).filter(|_| group != "x25519") else {
            return Err(bad(group, format!("`{group}` is no group"), OWN));
        };
        // `USE_DH2`: off since 4.0, on in RHEL's builds.
        self.rare = matches!(number, Some(1 | 2)).then(|| group.to_owned());
        self.add(group, kind)
    }

    fn add(&mut self, part: &str, kind: Word) -> Result<(), Bad> {
        let foreign = matches!(kind, Word::Cipher(None) | Word::Hash(None) | Word::Group(None));
        match kind {
            Word::Cipher(name) => add(&mut self.encryption, name),
            Word::Hash(name) => add(&mut self.hash, name),
            Word::Group(number) => add(&mut self.group, number),
            Word::Prf => {
                let message = format!("`{part}`: IKEv1 has no prf apart from its hash");
                return Err(Bad { hopeless: true, ..bad(part, message, HASHES) });
            }
            Word::Combined => {
                let message = format!("`{part}` is for IKEv2 and ESP: IKEv1 cannot name it");
                return Err(Bad { hopeless: true, ..bad(part, message, CIPHERS) });
            }
            Word::Unknown => {
                let allowed = "a cipher, a hash and a group, such as aes256-sha256-modp2048";
                return Err(bad(part, format!("`{part}` is no algorithm"), allowed));
            }
        }
        if foreign && self.foreign.is_none() {
            self.foreign = Some(part.to_owned());
        }
        Ok(())
    }

    /// Every combination that the simulator knows, in the order in which pluto offers them: by group, then by hash.
    pub fn all(&self) -> Vec<Combination> {
        let mut found = Vec::new();
        for group in self.group.iter().flatten() {
            for hash in self.hash.iter().flatten() {
                found.extend(self.encryption.iter().flatten().map(|cipher| (*cipher, *hash, *group)));
            }
        }
        found
    }

    /// What a responder takes of a proposal.
    pub fn taken(&self) -> Vec<Combination> {
        let also = self.also_takes.iter().map(|cipher| Some(*cipher));
        let encryption = self.encryption.iter().copied().chain(also).collect();
        Algorithms { encryption, ..self.clone() }.all()
    }

    /// What charon offers of a proposal in IKEv1: the first of each kind (seen on the wire). Nothing, where one of them
    /// is not simulated.
    pub fn first(&self) -> Option<Combination> {
        Some(((*self.encryption.first()?)?, (*self.hash.first()?)?, (*self.group.first()?)?))
    }
}

/// A word said twice is one: combinations stay few, however long the list.
fn add<T: PartialEq>(list: &mut Vec<T>, one: T) {
    if !list.contains(&one) {
        list.push(one);
    }
}

fn bad(part: &str, message: String, allowed: &'static str) -> Bad {
    Bad { part: part.to_owned(), message, allowed, hopeless: false }
}

const PLUTO_HASHES: [&str; 3] = ["sha256", "sha512", "sha"];
const PLUTO_GROUPS: [u16; 2] = [14, 5];

/// pluto 4.10 without `ike=` (seen on the wire).
pub(crate) fn pluto_default() -> Vec<Algorithms> {
    ["aes", "3des"].into_iter().filter_map(|cipher| Algorithms::pluto(cipher).ok()).collect()
}

/// What pluto 4.10 takes without `ike=`: whatever it knows (seen: also aes192, md5, sha384, ecp256).
pub(crate) fn pluto_known() -> Algorithms {
    Algorithms {
        encryption: ["aes-256", "aes-128", "aes-192", "3des"].map(Some).to_vec(),
        hash: ["sha256", "sha512", "sha", "sha384", "md5"].map(Some).to_vec(),
        group: [14, 5, 15, 16, 17, 18, 19, 20, 21, 31].map(Some).to_vec(),
        ..Algorithms::default()
    }
}

/// charon 5.9.8 without `proposals`, as far as the simulator knows its algorithms (seen in its log, and on the wire:
/// aes128, sha256, curve25519). A second proposal of combined ciphers goes out without a cipher; no peer can take it.
pub(crate) fn charon_default() -> Algorithms {
    Algorithms {
        encryption: ["aes-128", "aes-192", "aes-256", "3des"].map(Some).to_vec(),
        hash: ["sha256", "sha384", "sha512", "sha"].map(Some).to_vec(),
        group: [31, 19, 20, 21, 15, 16, 17, 18, 14].map(Some).to_vec(),
        ..Algorithms::default()
    }
}
