//! The profiles by name: those of vendors, and the RFCs'.

use ike::Profile;

use crate::{Vendor, asa};

/// Every profile that is built.
pub fn all() -> impl Iterator<Item = &'static Profile> {
    Vendor::ALL.into_iter().filter_map(|vendor| vendor.about().profile)
}

/// Those of real devices: what a peer may turn out to be.
pub fn of_devices() -> impl Iterator<Item = &'static Profile> {
    all().filter(|profile| *profile != Profile::GENERIC)
}

/// The ASA, the default.
pub const ASA: &Profile = &asa::profile::PROFILE;

/// The profile of this name.
pub fn from_name(name: &str) -> Option<&'static Profile> {
    all().find(|profile| profile.name == name)
}
