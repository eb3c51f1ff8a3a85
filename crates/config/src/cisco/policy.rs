//! `crypto isakmp policy`, in every form that ASA and IOS ever had.

use ike::PolicyAttribute;

use crate::cisco::terminal::Line;
use crate::cisco::{Block, Reader, defaults};
use crate::device::Sourced;
use crate::subject::Subject;

const GROUPS: [u16; 12] = [1, 2, 5, 14, 15, 16, 17, 18, 19, 20, 21, 31];
const HASHES: [&str; 5] = ["md5", "sha", "sha256", "sha384", "sha512"];

impl Reader {
    /// A policy with its values, which before ASA 7.2 stood behind its number, each in a line of its own.
    pub(super) fn policy_block(&mut self, block: &Block<'_>, number: &str, behind: &[&str]) {
        // A number that is none was reported already: its lines are no second mistake.
        let Some(at) = self.policy(block.head, number) else { return };
        if !behind.is_empty() {
            self.policy_value(at, block.head, behind);
        }
        for line in &block.body {
            let taken = self.policy_value(at, line, &line.words());
            self.skip(taken);
        }
    }

    /// The policy of this number, made from the defaults where it is new.
    pub(super) fn policy(&mut self, line: &Line, number: &str) -> Option<usize> {
        let Some(priority) = number.parse::<u16>().ok().filter(|n| *n > 0) else {
            self.problem(
                Subject::Policy,
                line,
                number,
                format!("`{number}` is no policy number"),
                "1 to 65535",
            );
            return None;
        };
        let next = self.device.policies.len();
        let at = *self.policy_at.entry(priority).or_insert(next);
        if at == next {
            let number = Sourced::new(priority, self.place(line));
            let made = defaults::policy(self.device.dialect, self.device.version.as_deref(), number);
            self.device.policies.push(made);
        }
        Some(at)
    }

    /// A line of a policy.
    pub(super) fn policy_value(&mut self, at: usize, line: &Line, words: &[&str]) -> bool {
        let [name, rest @ ..] = words else { return false };
        let joined = rest.join(" ");
        let place = Some(self.place(line));
        let Some(policy) = self.device.policies.get_mut(at) else { return false };
        let (read, allowed) = match *name {
            "encr" | "encryption" => {
                (encryption(&joined).map(|value| policy.encryption = Sourced { value, at: place }), CIPHERS)
            }
            "hash" => {
                let value = HASHES.contains(&joined.as_str()).then(|| joined.clone());
                (
                    value.map(|value| policy.hash = Sourced { value, at: place }),
                    "md5, sha, sha256, sha384, sha512",
                )
            }
            "authentication" => {
                let value = authentication(&joined);
                (
                    value.map(|value| policy.authentication = Sourced { value, at: place }),
                    "pre-share, rsa-sig",
                )
            }
            "group" => {
                let value = joined.parse().ok().filter(|group| GROUPS.contains(group));
                (value.map(|value| policy.group = Sourced { value, at: place }), "1, 2, 5, 14 to 21, 31")
            }
            "lifetime" => (
                lifetime(rest).map(|value| policy.lifetime = Sourced { value, at: place }),
                "1 to 4294967295 seconds, none",
            ),
            _ => return self.misspelt(at, line, name),
        };
        // The old value stays: what the device itself made of the line is not known.
        if read.is_none() {
            self.unread(at, name);
            self.problem(
                Subject::Policy,
                line,
                &joined,
                format!("`{joined}` is no {name} that ikesim has"),
                allowed,
            );
        }
        true
    }
}

impl Reader {
    /// A word that is one of a policy's but for a letter or two: the device refused the line, or it was mangled since.
    fn misspelt(&mut self, at: usize, line: &Line, name: &str) -> bool {
        const NAMES: [&str; 5] = ["encryption", "hash", "authentication", "group", "lifetime"];
        let near = NAMES.iter().find(|known| strsim::damerau_levenshtein(known, name) <= 2);
        // Short words are two letters away from too many others.
        let Some(near) = near.filter(|_| name.len() > 3) else { return false };
        // Any lifetime comes up.
        self.unread(at, near);
        let about = if *near == "lifetime" { Subject::Lifetime } else { Subject::Policy };
        self.problem(about, line, name, format!("`{name}` is no word of a policy"), near);
        true
    }
}

impl Reader {
    /// A value of a policy that a line has and nobody could read.
    fn unread(&mut self, at: usize, name: &str) {
        let attribute = match name {
            "encr" | "encryption" => PolicyAttribute::Encryption,
            "hash" => PolicyAttribute::Hash,
            "group" => PolicyAttribute::Group,
            "authentication" => PolicyAttribute::Authentication,
            _ => return,
        };
        if let Some(policy) = self.device.policies.get_mut(at) {
            policy.unread.push(attribute);
        }
    }
}

const CIPHERS: &str = "des, 3des, aes, aes 192 (ASA: aes-192), aes 256 (ASA: aes-256)";

/// `aes 256` (IOS), `aes-256` (ASA), `aes` alone: 128 bits.
fn encryption(text: &str) -> Option<String> {
    match text.replace(' ', "-").as_str() {
        "aes" | "aes-128" => Some("aes-128".into()),
        other => ["aes-192", "aes-256", "3des", "des"].contains(&other).then(|| other.to_owned()),
    }
}

/// Signatures of any kind are one thing here: not a pre-shared key.
fn authentication(text: &str) -> Option<String> {
    match text {
        "pre-share" => Some("pre-share".into()),
        "rsa-sig" | "rsa-encr" | "ecdsa-sig" | "dsa-sig" | "crack" => Some("rsa-sig".into()),
        _ => None,
    }
}

/// `lifetime none` is the longest; seconds else.
fn lifetime(rest: &[&str]) -> Option<u32> {
    match rest {
        // A policy without a lifetime never expires first: the peer's decides.
        ["none"] => Some(u32::MAX),
        [.., seconds] => seconds.parse().ok().filter(|seconds| *seconds > 0),
        [] => None,
    }
}
