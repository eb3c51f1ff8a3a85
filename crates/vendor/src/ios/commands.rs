//! IOS and IOS XE.

use std::net::{IpAddr, Ipv4Addr};

use ike::ipsec::TransformSet;
use ike::{Identity, MapEntry, Subnet};

use crate::Look;
use crate::commands::phase2::{
    action, cisco_compression, cisco_ends, cisco_no_pfs, cisco_pfs, set_names, traffic,
};
use crate::commands::{Act, cisco_policy};

/// Where an entry is entered.
const ENTRY: &str = "crypto map MAP 10 ipsec-isakmp";

pub(crate) fn commands(act: &Act) -> Vec<String> {
    match act {
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
        Act::Traffic { line, peer } => {
            vec![format!("access-list 101 {} {}", action(line), cisco_ends(line, peer, wildcard))]
        }
        Act::TransformSets(entry) => transform_sets(entry),
        Act::Compression(_) => Vec::new(),
        Act::Pfs(entry) => {
            vec![ENTRY.into(), format!(" {}{}", cisco_no_pfs(entry), cisco_pfs(entry))]
        }
        Act::CompleteEntry { peer } => vec![
            ENTRY.into(),
            format!(" set peer {peer}"),
            " match address 101".into(),
            " set transform-set T1".into(),
        ],
        Act::BindMap => vec!["interface <outside>".into(), " crypto map MAP".into()],
        Act::Clear { peer } => vec![format!("clear crypto sa peer {peer}"), "clear crypto isakmp".into()],
        Act::Begin { flow } => {
            let [source, destination] = traffic(flow);
            vec![format!("ping <host in {destination}> source <address in {source}>")]
        }
    }
}

fn wildcard(subnet: Subnet) -> String {
    match subnet.mask() {
        IpAddr::V4(mask) => Ipv4Addr::from_bits(!mask.to_bits()).to_string(),
        IpAddr::V6(mask) => mask.to_string(),
    }
}

fn transform_sets(entry: &MapEntry) -> Vec<String> {
    let set = |(number, set): (usize, &TransformSet)| {
        [
            format!("crypto ipsec transform-set T{number} {}{}", words(*set), cisco_compression(entry)),
            format!(" mode {}", entry.mode),
        ]
    };
    let map = [ENTRY.into(), format!(" set transform-set {}", set_names(entry))];
    (1..).zip(&entry.transform_sets).flat_map(set).chain(map).collect()
}

fn words(set: TransformSet) -> String {
    let text = set.to_string();
    let spaced = text.replace("esp-aes-", "esp-aes ").replace("esp-gcm-", "esp-gcm ");
    spaced.replace("esp-aes 128", "esp-aes").replace("esp-gcm 128", "esp-gcm")
}

/// Where to look; `<peer>` and `<own>` stand for the addresses.
pub(crate) const fn look(look: Look) -> &'static str {
    match look {
        Look::Keys | Look::EntryKey => "show running-config | include isakmp key",
        Look::Entries => "show running-config | section crypto isakmp key",
        Look::Policies => "show crypto isakmp policy",
        Look::Enabled => "show running-config | include isakmp enable",
        Look::Aggressive => "show running-config | include aggressive-mode",
        Look::Called => "show crypto map | include Peer",
        Look::Identities => "show running-config | include isakmp identity|match identity",
        Look::Route => "show ip route <peer>",
        Look::Ping => "ping <peer>",
        Look::Sockets => "show udp | include 500",
        Look::Packets => "debug crypto isakmp",
        Look::Version => "show running-config | section crypto ikev2",
        Look::Xauth => "show running-config | include client authentication|no-xauth",
        Look::TransformSets => "show crypto ipsec transform-set",
        Look::Pfs | Look::Proxies | Look::Entry | Look::Binding => "show crypto map",
        Look::Deletes => "show crypto session",
    }
}
