//! For tests of phase 2.

use ike::Role;
use sim::Setup;
use sim::setup::default_entry;

/// Two ASAs with a subnet each, which want one child.
pub fn with_maps() -> Setup {
    let mut setup = Setup::default();
    for role in Role::BOTH {
        let host = &mut setup.hosts[role];
        host.crypto_map = Some(vec![default_entry(host.profile, role, host.peer)]);
    }
    setup
}
