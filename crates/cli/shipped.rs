//! The scenarios that ship with the program: `:psk_mismatch` wherever a scenario file may stand.

use std::path::Path;

use scenario::nearest;

use crate::failure::{Failure, USAGE};

/// Names beside what their files hold.
macro_rules! shipped {
    ($($name:literal,)+) => {
        /// In the order of their names.
        // In the program: what the documentation runs must work without the repository beside it.
        pub const SCENARIOS: &[(&str, &str)] =
            &[$(($name, include_str!(concat!("../../scenarios/", $name, ".toml")))),+];
    };
}

shipped! {
    "aggressive_drop_am1",
    "aggressive_drop_am2",
    "aggressive_drop_am3",
    "aggressive_drop_am4",
    "aggressive_mode",
    "aggressive_mode_disabled",
    "aggressive_mode_three_messages",
    "aggressive_psk_mismatch",
    "asa_to_ios",
    "corrupt_msg5",
    "default_group_psk",
    "delay_past_resend",
    "drop_msg1",
    "drop_msg2",
    "drop_msg3",
    "drop_msg4",
    "drop_msg5",
    "drop_msg6",
    "duplicate_msg3",
    "identity_mismatch",
    "ike_disabled",
    "ios_missing_key",
    "ios_pair",
    "lifetime_mismatch",
    "lost_once_recovers",
    "main_mode",
    "missing_psk",
    "missing_tunnel_group",
    "nat_traversal",
    "nat_traversal_disabled_one_side",
    "nat_udp4500_blocked",
    "no_return_route",
    "no_route_to_responder",
    "peer_comes_back",
    "peer_down",
    "phase2_behind_nat",
    "phase2_cleared",
    "phase2_cleared_one_side",
    "phase2_incomplete_entry",
    "phase2_libreswan_ignores_refusal",
    "phase2_map_unbound",
    "phase2_mode_mismatch_strongswan",
    "phase2_narrowed_by_strongswan",
    "phase2_narrower_at_asa",
    "phase2_one_of_two_children",
    "phase2_pfs_extra",
    "phase2_pfs_group",
    "phase2_pfs_missing_comes_up",
    "phase2_qm1_lost",
    "phase2_qm3_lost",
    "phase2_refused_by_asa",
    "phase2_refused_by_ios",
    "phase2_transform_mismatch",
    "phase2_up",
    "policy_mismatch_authentication",
    "policy_mismatch_encryption",
    "policy_mismatch_group",
    "policy_mismatch_hash",
    "policy_mismatch_key_length",
    "psk_mismatch",
    "psk_trailing_space",
    "udp500_blocked",
    "wrong_peer_address",
}

/// The scenario that a path names, if it is `:NAME` and no file.
///
/// # Errors
/// None of that name ships.
pub fn text(path: &Path) -> Result<Option<&'static str>, Failure> {
    let Some(name) = path.to_str().and_then(|path| path.strip_prefix(':')) else {
        return Ok(None);
    };
    // The user's own file goes first: nothing that ships may hide it.
    if path.exists() {
        return Ok(None);
    }
    let found = SCENARIOS.iter().find(|(known, _)| *known == name);
    found.map(|(_, text)| Some(*text)).ok_or_else(|| {
        let near = nearest(name, SCENARIOS.iter().map(|(known, _)| *known));
        let near = near.map_or(String::new(), |near| format!("did you mean :{near}? "));
        Failure::new(USAGE, format!("no scenario `:{name}` ships with ikesim"))
            .help(Some(format!("{near}`ikesim list scenarios` has the names")))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_ships_under_its_name() {
        let mut files: Vec<String> = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios"))
            .unwrap()
            .filter_map(|entry| entry.unwrap().file_name().to_str()?.strip_suffix(".toml").map(str::to_owned))
            .collect();
        files.sort();
        let names: Vec<&str> = SCENARIOS.iter().map(|(name, _)| *name).collect();
        assert_eq!(names, files);
    }
}
