//! IOS and IOS XE.

use ike::Identity;

use crate::commands::{Act, cisco_policy};

pub(crate) fn commands(act: &Act<'_>) -> Vec<String> {
    match *act {
        Act::Key { peer, .. } => vec![format!("crypto isakmp key <key> address {peer}")],
        // A router has no tunnel-groups: the key's own line names the peer.
        Act::Entry { .. } => Vec::new(),
        Act::Policy { number, values } => cisco_policy(format!("crypto isakmp policy {number}"), values, " "),
        Act::Enable { .. } => vec!["crypto isakmp enable".into()],
        Act::AllowAggressive { .. } => vec!["no crypto isakmp aggressive-mode disable".into()],
        Act::Call { peer } => vec![
            "crypto map outside_map 10 ipsec-isakmp".into(),
            format!(" set peer {peer}"),
            format!("crypto isakmp key <key> address {peer}"),
        ],
        Act::SendIdentity { wanted, .. } => {
            // A router sends its address or its name, no key-id.
            let name = matches!(wanted, Some(Identity::Fqdn(_) | Identity::UserFqdn(_)));
            vec![format!("crypto isakmp identity {}", if name { "hostname" } else { "address" })]
        }
        Act::TakeAnyIdentity { .. } => vec!["no match identity (in the isakmp profile)".into()],
        Act::ShowRoute { to } => vec![format!("show ip route {to}")],
        Act::Permit { own, peer, port } => vec![
            "ip access-list extended OUTSIDE".into(),
            format!(" permit udp host {peer} host {own} eq {port}"),
        ],
        Act::Capture { .. } => vec!["debug crypto isakmp".into()],
    }
}
