//! What `list` names beside states, causes and faults: profiles, groups, ciphers.

use ike::crypto::{Cipher, DhGroup};

use super::{Entry, Subject, same};

/// A profile, a group by its number (`14`, `group 14`), or a cipher.
pub(super) fn suite(word: &str) -> Option<Entry> {
    let number = word.to_lowercase();
    // A bare number is a group, not the notify of that number: that is what people type.
    let number = number.trim_start_matches("group").trim_start().parse().ok();
    let group = number.and_then(DhGroup::from_number).map(Subject::Group);
    let cipher = || Cipher::ALL.into_iter().find(|cipher| same(cipher.name(), word)).map(Subject::Cipher);
    let profile = || vendor::profile::all().find(|profile| same(profile.name, word)).map(Subject::Profile);
    group.or_else(cipher).or_else(profile).map(Entry::new)
}

pub(super) fn names() -> impl Iterator<Item = String> {
    let groups = DhGroup::ALL.into_iter().map(|group| format!("group {}", group.number()));
    let ciphers = Cipher::ALL.into_iter().map(|cipher| cipher.name().to_owned());
    groups.chain(ciphers).chain(vendor::profile::all().map(|profile| profile.name.to_owned()))
}
