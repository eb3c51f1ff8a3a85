//! A key where a side has none.

use std::net::IpAddr;

use config::Format;

use super::written;
use super::{Edit, KEY};
use crate::pair::SessionEnd;

pub(super) fn edit(end: &SessionEnd<'_>) -> Edit {
    let peer = || named(end).unwrap_or(end.peer.to_string());
    match end.device.format {
        Format::Asa => Edit::Enter(tunnel_group(end.peer)),
        Format::Ios => Edit::Enter(ios(end)),
        Format::Swanctl => Edit::Secrets(vec![
            "secrets {".into(),
            "  ike-peer {".into(),
            // charon prefers a secret that names the other end.
            format!("    id = {}", peer().trim_start_matches('@')),
            format!("    secret = \"{KEY}\""),
            "  }".into(),
            "}".into(),
        ]),
        // pluto wants both ends named, or a wildcard.
        Format::Strongswan | Format::Libreswan => {
            let own =
                end.connection.and_then(|c| c.identity.as_ref()).and_then(|id| written::identity(&id.value));
            let own = own.unwrap_or(end.address.to_string());
            Edit::Secrets(vec![format!("{own} {} : PSK \"{KEY}\"", peer())])
        }
    }
}

/// An ASA finds it by the peer's address.
pub(super) fn tunnel_group(peer: IpAddr) -> Vec<String> {
    vec![
        format!("tunnel-group {peer} type ipsec-l2l"),
        format!("tunnel-group {peer} ipsec-attributes"),
        format!(" ikev1 pre-shared-key {KEY}"),
    ]
}

/// Into the keyring of its profile, and one of the front-door VRF, where there are such: no other key would be found.
fn ios(end: &SessionEnd<'_>) -> Vec<String> {
    let peer = end.peer;
    let ring = end.connection.and_then(|c| c.keyring.as_ref()).filter(|ring| ring.value != "default");
    let vrf = end.device.interface(end.address).and_then(|interface| interface.vrf.as_deref());
    let entered = |head: String| vec![head, format!("  pre-shared-key address {peer} key {KEY}")];
    match (ring, vrf) {
        (Some(ring), vrf) => {
            let vrf = vrf.map_or(String::new(), |vrf| format!(" vrf {vrf}"));
            entered(format!("crypto keyring {}{vrf}", ring.value))
        }
        (None, Some(vrf)) => entered(format!("crypto keyring {vrf}-keys vrf {vrf}")),
        (None, None) if peer.is_ipv6() => vec![format!("crypto isakmp key {KEY} address ipv6 {peer}/128")],
        (None, None) => vec![format!("crypto isakmp key {KEY} address {peer}")],
    }
}

/// The name by which a side expects the other one.
fn named(end: &SessionEnd<'_>) -> Option<String> {
    written::identity(&end.connection?.expects.first()?.value)
}
