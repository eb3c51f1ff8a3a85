//! swanctl.conf.

use crate::commands::{Act, identity, on_linux, proposal};

pub(crate) fn commands(act: &Act<'_>) -> Vec<String> {
    match *act {
        Act::Key { peer, .. } => vec![
            "secrets {".into(),
            // charon prefers a secret that names the other end.
            format!("  ike-1 {{ id = {peer}"),
            "    secret = \"<key>\" }".into(),
            "}".into(),
        ],
        // Without the version charon calls with IKEv2.
        Act::Entry { peer, .. } => {
            vec![format!("connections {{ peer {{ version = 1; remote_addrs = {peer} }} }}")]
        }
        Act::Policy { values, .. } => vec![format!("proposals = {}", proposal(values, "sha"))],
        // charon has no such switch: where nobody listens, it does not run.
        Act::Enable { .. } => vec!["systemctl start strongswan".into()],
        Act::AllowAggressive { .. } => vec![
            "aggressive = yes".into(),
            // Without it a charon that answers refuses pre-shared keys here: HASH_R in clear invites guessing.
            "i_dont_care_about_security_and_use_aggressive_mode_psk = yes (strongswan.conf)".into(),
        ],
        Act::Call { peer } => vec![format!("remote_addrs = {peer}")],
        Act::SendIdentity { wanted, own } => vec![format!("local {{ id = {} }}", identity(wanted, own))],
        Act::TakeAnyIdentity { .. } => vec!["remote { id = %any }".into()],
        Act::ShowRoute { .. } | Act::Permit { .. } | Act::Capture { .. } => on_linux(act),
    }
}
