//! What given keys prove: candidates for the pre-shared key, and cipher keys that open Main Mode's hashes.

use std::collections::BTreeMap;

use ike::keymat::{CipherKey, PreSharedKey, SkeyidA};
use ike::{Credentials, HashCheck, Observer, Role};
use isakmp::Cookie;

use super::frame::{Frame, What};
use super::negotiation::Negotiation;
use crate::evidence::name::Name;

/// Given keys.
#[derive(Clone, Debug, Default)]
pub struct GivenKeys {
    /// Ka by initiator cookie.
    pub cipher: BTreeMap<Cookie, CipherKey>,
    /// SKEYID_a by initiator cookie.
    pub authenticators: BTreeMap<Cookie, SkeyidA>,
    /// Candidates, each with the name it is called by; never shown.
    pub pre_shared: Vec<(String, PreSharedKey)>,
}

/// What one candidate is worth for one negotiation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// The candidate's name.
    pub name: Name,
    /// Whose hash, in which frame, and whether the candidate makes it.
    pub hashes: Vec<(Role, Frame, bool)>,
}

impl Proof {
    /// `Some(true)`: this side has this key; `Some(false)`: it has another.
    pub fn of(&self, role: Role) -> Option<bool> {
        self.hashes.iter().rfind(|(sender, ..)| *sender == role).map(|(.., equal)| *equal)
    }
}

/// Checks every candidate.
pub fn proofs(negotiation: &Negotiation<'_>, keys: &GivenKeys) -> Vec<Proof> {
    let one = |(name, key): &(String, PreSharedKey)| {
        // One for each candidate: what one key made must not serve another.
        let mut observer = Observer::new(keys.cipher.clone(), Some(Credentials::PreShared(key.clone())));
        let mut hashes = Vec::new();
        for one in negotiation.emissions.iter().filter(|one| matches!(one.what, What::Phase1(_))) {
            let Some(sight) = one.sight() else { continue };
            let Ok(observed) = observer.observe(sight.bytes) else { continue };
            match observed.hash {
                Some(HashCheck::Verified) => hashes.push((one.sender, sight.frame_name(), true)),
                Some(HashCheck::Wrong) => hashes.push((one.sender, sight.frame_name(), false)),
                _ => {}
            }
        }
        Proof { name: Name::from(name.as_str()), hashes }
    };
    keys.pre_shared.iter().map(one).collect()
}
