//! ipsec.conf and ipsec.secrets.

use crate::commands::{Act, identity, on_linux, proposal};

pub(crate) fn commands(act: &Act<'_>) -> Vec<String> {
    match *act {
        // pluto wants both ends named, or a wildcard.
        Act::Key { own, peer, .. } => vec![format!("{own} {peer} : PSK \"<key>\"")],
        Act::Entry { own, peer } => {
            vec!["conn peer".into(), format!("  left={own}"), format!("  right={peer}")]
        }
        Act::Policy { values, .. } => vec![format!("ike={}", proposal(values, "sha2_"))],
        // pluto can be told to drop IKEv1 as a whole.
        Act::Enable { .. } => vec!["config setup".into(), "  ikev1-policy=accept".into()],
        Act::AllowAggressive { .. } => vec!["  aggressive=yes".into()],
        Act::Call { peer } => vec![format!("  right={peer}")],
        Act::SendIdentity { wanted, own } => vec![format!("  leftid={}", identity(wanted, own))],
        Act::TakeAnyIdentity { .. } => vec!["  rightid=%any".into()],
        Act::ShowRoute { .. } | Act::Permit { .. } | Act::Capture { .. } => on_linux(act),
    }
}
