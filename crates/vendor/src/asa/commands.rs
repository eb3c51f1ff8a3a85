//! ASA 8.4 and later.

use ike::Identity;

use crate::commands::{Act, cisco_policy};

pub(crate) fn commands(act: &Act<'_>) -> Vec<String> {
    let key = || " ikev1 pre-shared-key <key>".to_owned();
    match *act {
        Act::Key { group, .. } => vec![format!("tunnel-group {group} ipsec-attributes"), key()],
        Act::Entry { peer, .. } => vec![format!("tunnel-group {peer} type ipsec-l2l")],
        Act::Policy { number, values } => cisco_policy(format!("crypto ikev1 policy {number}"), values, "-"),
        // An example: the configuration does not say what its interface is called.
        Act::Enable { .. } => vec!["crypto ikev1 enable outside".into()],
        Act::AllowAggressive { .. } => vec!["no crypto ikev1 am-disable".into()],
        Act::Call { peer } => vec![
            format!("crypto map outside_map 10 set peer {peer}"),
            // The group is found by the peer's address: with another address it is nobody's.
            format!("tunnel-group {peer} type ipsec-l2l"),
            format!("tunnel-group {peer} ipsec-attributes"),
            key(),
        ],
        Act::SendIdentity { wanted, .. } => vec![format!("crypto isakmp identity {}", word(wanted))],
        Act::TakeAnyIdentity { peer } => {
            vec![format!("tunnel-group {peer} ipsec-attributes"), " peer-id-validate nocheck".into()]
        }
        Act::ShowRoute { to } => vec![format!("show route {to}")],
        // For an ASA on the path: packets to the box itself pass no interface's access list.
        Act::Permit { own, peer, port } => {
            vec![format!("access-list OUTSIDE extended permit udp host {peer} host {own} eq {port}")]
        }
        Act::Capture { own, peer } => {
            vec![format!("capture IKE type isakmp interface outside match ip host {own} host {peer}")]
        }
    }
}

fn word(wanted: Option<&Identity>) -> &'static str {
    match wanted {
        Some(Identity::Fqdn(_) | Identity::UserFqdn(_)) => "hostname",
        Some(Identity::KeyId(_)) => "key-id <name>",
        Some(Identity::OwnAddress | Identity::Address(_)) | None => "address",
    }
}
