//! ESP and AH proposals as charon and pluto write them, in a scenario's words.

use crate::device::{Place, Sourced};
use crate::phase2::{Child, Group, Part};
use crate::proposal::{Daemon, Word, word};
use crate::subject::Subject;

/// More algorithms than there are.
const MOST_PARTS: usize = 32;
/// Longer lists are cut: a scenario takes no more sets.
const MOST_SETS: usize = 64;

/// One proposal: the transform sets that it offers, those that it takes, and its groups.
#[derive(Default)]
struct Proposal {
    ciphers: Vec<String>,
    also: Vec<String>,
    hashes: Vec<&'static str>,
    groups: Vec<u16>,
    foreign: Option<String>,
}

fn read(text: &str, daemon: Daemon) -> Proposal {
    let mut read = Proposal::default();
    let parts = text.split(['-', ';', '+']).map(str::trim);
    for part in parts.filter(|part| !part.is_empty()).take(MOST_PARTS) {
        let plain = part.to_ascii_lowercase();
        match word(&plain) {
            // Without a length pluto offers two and takes all (seen).
            Word::Cipher(Some("aes-128"))
                if daemon == Daemon::Pluto && ["aes", "aes_cbc"].contains(&plain.as_str()) =>
            {
                read.ciphers.extend(["esp-aes-256", "esp-aes-128"].map(str::to_owned));
                read.also.push("esp-aes-192".into());
            }
            // `aes-256` is aes256.
            Word::Unknown if ["128", "192", "256"].contains(&plain.as_str()) => {
                read.ciphers = vec![format!("esp-aes-{plain}")];
                read.also.clear();
            }
            Word::Cipher(Some(name)) => read.ciphers.push(format!("esp-{name}")),
            // `none` or `null` behind a combined cipher stands in the place of the hash.
            Word::Cipher(None) if plain == "null" && !read.ciphers.is_empty() => {}
            Word::Unknown if plain == "none" => {}
            Word::Cipher(None) if plain == "null" => read.ciphers.push("esp-null".into()),
            Word::Hash(Some(name)) => read.hashes.push(name),
            Word::Group(Some(number)) => read.groups.push(number),
            Word::Combined => match gcm(&plain) {
                Some(names) => read.ciphers.extend(names),
                None => read.foreign = read.foreign.or(Some(plain)),
            },
            // Extended sequence numbers are for IKEv2 alone.
            Word::Unknown if plain.ends_with("esn") => {}
            Word::Cipher(_) | Word::Hash(_) | Word::Group(_) | Word::Prf | Word::Unknown => {
                read.foreign = read.foreign.or(Some(plain));
            }
        }
    }
    // pluto's default beside a cipher (`algparse -v1 esp=3des`).
    if read.hashes.is_empty() && daemon == Daemon::Pluto {
        read.hashes.push("sha");
    }
    read
}

/// `aes256gcm16`, `aes_gcm256`, `aes_gcm_16_256`; without a length both. `None`: no GCM, or with a short check value.
fn gcm(part: &str) -> Option<Vec<String>> {
    let after = part.split_once("gcm")?.1.replace('_', "");
    let short = ["8", "12", "64", "96"]
        .iter()
        .any(|short| after.trim_end_matches("128").trim_end_matches("192").trim_end_matches("256") == *short);
    if part.contains("gmac") || short {
        return None;
    }
    // 256 and 192 before 128: `gcm128` may also mean the length of its check value.
    let bits = ["256", "192", "128"].into_iter().find(|bits| part.contains(bits));
    let all = bits.map_or(vec!["256", "128"], |bits| vec![bits]);
    Some(all.into_iter().map(|bits| format!("esp-gcm-{bits}")).collect())
}

impl Proposal {
    fn sets<'p>(&'p self, ciphers: impl Iterator<Item = &'p String> + 'p) -> Vec<String> {
        ciphers.flat_map(|cipher| self.with(cipher)).collect()
    }

    fn with(&self, cipher: &str) -> Vec<String> {
        match cipher.starts_with("esp-gcm") {
            // A combined cipher has its integrity in itself: a hash beside it is not used.
            true => vec![cipher.to_owned()],
            false => self.hashes.iter().map(|hash| format!("{cipher} esp-{hash}-hmac")).collect(),
        }
    }

    fn ah(&self) -> Vec<String> {
        // AH has no SHA-2 beyond 256 bits in a scenario.
        let known = self.hashes.iter().filter(|hash| ["md5", "sha", "sha256"].contains(*hash));
        known.map(|hash| format!("ah-{hash}-hmac")).collect()
    }
}

/// A list of proposals into what a child offers and takes. charon offers the first algorithm of each kind (seen on the
/// wire), pluto all.
pub(crate) fn list(child: &mut Child, text: &str, at: Option<&Place>, daemon: Daemon, ah: bool) {
    let (mut offers, mut takes, mut groups) = (Vec::new(), Vec::new(), Vec::new());
    let all = text.split(',').map(str::trim).filter(|one| !one.is_empty());
    for one in all.take(MOST_SETS) {
        let default = one == "default";
        let read = read(if default { DEFAULT } else { one }, daemon);
        if let (Some(part), Some(at)) = (&read.foreign, at) {
            child.doubt(Some(Subject::Transforms), format!("`{part}` is not simulated: it is left out"), at);
        }
        let taken = if ah { read.ah() } else { read.sets(read.ciphers.iter().chain(&read.also)) };
        let offered = match daemon {
            Daemon::Charon => taken.first().cloned().into_iter().collect(),
            Daemon::Pluto if ah => taken.clone(),
            Daemon::Pluto => read.sets(read.ciphers.iter()),
        };
        offers.extend(offered);
        takes.extend(taken);
        if default {
            let read = self::read(DEFAULT_COMBINED, daemon);
            let combined = read.sets(read.ciphers.iter());
            offers.extend(combined.first().cloned());
            takes.extend(combined);
        }
        groups.push(read.groups);
    }
    put(child, [offers, takes], at);
    secrecy(child, &groups, at);
}

/// charon 5.9.8 without a list, and what it has beside it.
const DEFAULT: &str = "aes128-aes192-aes256-sha256-sha384-sha512-sha1";
const DEFAULT_COMBINED: &str = "aes128gcm16-aes192gcm16-aes256gcm16";

fn put(child: &mut Child, [offers, takes]: [Vec<String>; 2], at: Option<&Place>) {
    let known = child.sets.get().cloned().unwrap_or_default();
    let sourced = |value: String| Sourced { value, at: at.cloned() };
    let add = |mut to: Vec<Sourced<String>>, from: Vec<String>| {
        for one in from {
            if to.len() < MOST_SETS && !to.iter().any(|known| known.value == one) {
                to.push(sourced(one));
            }
        }
        to
    };
    let offers = add(known, offers);
    child.takes = add(std::mem::take(&mut child.takes), takes);
    // Without any that is simulated nothing can be said.
    child.sets = if offers.is_empty() { Part::Hidden } else { Part::Is(offers) };
}

fn secrecy(child: &mut Child, groups: &[Vec<u16>], at: Option<&Place>) {
    let firsts: Vec<Option<u16>> = groups.iter().map(|groups| groups.first().copied()).collect();
    let Some(first) = firsts.first() else { return };
    let mixed = firsts.iter().any(|one| one != first);
    if let (true, Some(at)) = (mixed, at) {
        let text = "proposals with different PFS groups: the first one's is taken for all";
        child.doubt(Some(Subject::Secrecy), text, at);
    }
    let taken = groups.iter().flat_map(|groups| match groups.as_slice() {
        [] => vec![None],
        some => some.iter().copied().map(Some).collect(),
    });
    child.pfs.takes.extend(taken);
    if child.pfs.group.is_none() {
        (child.pfs.group, child.pfs.at) = (first.map(Group::Number), at.cloned().filter(|_| first.is_some()));
    }
}
