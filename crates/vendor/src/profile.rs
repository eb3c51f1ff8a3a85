//! The profiles by name: those of vendors, and the RFCs'.

use ike::Profile;

use crate::{asa, ios, libreswan, strongswan};

/// Those of real devices: what a peer may turn out to be.
pub const VENDORS: [&Profile; 4] = [
    &asa::profile::PROFILE,
    &ios::profile::PROFILE,
    &strongswan::profile::PROFILE,
    &libreswan::profile::PROFILE,
];

/// Every profile that is built.
pub const ALL: [&Profile; 5] = [VENDORS[0], VENDORS[1], VENDORS[2], VENDORS[3], Profile::GENERIC];

/// The ASA, the default.
pub const ASA: &Profile = VENDORS[0];

/// The profile of this name.
pub fn from_name(name: &str) -> Option<&'static Profile> {
    ALL.into_iter().find(|profile| profile.name == name)
}
