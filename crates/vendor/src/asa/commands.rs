//! ASA 8.4 and later.

use ike::ipsec::{Encapsulation, TransformSet};
use ike::{GroupName, Identity, MapEntry};

use crate::Look;
use crate::commands::phase2::{
    action, cisco_compression, cisco_ends, cisco_no_pfs, cisco_pfs, set_names, traffic,
};
use crate::commands::{Act, cisco_policy};

pub(crate) fn commands(act: &Act) -> Vec<String> {
    let key = || " ikev1 pre-shared-key <key>".to_owned();
    match act {
        Act::Key { group, .. } => vec![format!("tunnel-group {} ipsec-attributes", named(group)), key()],
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
        Act::SendIdentity { wanted, .. } => vec![format!("crypto isakmp identity {}", word(wanted.as_ref()))],
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
        Act::Traffic { line, peer } => {
            let ends = cisco_ends(line, peer, |subnet| subnet.mask().to_string());
            vec![format!("access-list VPN extended {} {ends}", action(line))]
        }
        Act::TransformSets(entry) => transform_sets(entry),
        Act::Compression(_) => Vec::new(),
        Act::Pfs(entry) => vec![format!("{}crypto map MAP 10 {}", cisco_no_pfs(entry), cisco_pfs(entry))],
        // An entry that lacks one of the three is passed over.
        Act::CompleteEntry { peer } => {
            ["match address VPN", &format!("set peer {peer}"), "set ikev1 transform-set T1"]
                .map(|part| format!("crypto map MAP 10 {part}"))
                .to_vec()
        }
        Act::BindMap => vec!["crypto map MAP interface outside".into()],
        Act::Clear { peer } => {
            vec![format!("clear crypto ipsec sa peer {peer}"), "clear crypto ikev1 sa".into()]
        }
        Act::Begin { flow } => {
            let [source, destination] = traffic(flow);
            vec![format!("packet-tracer input inside icmp <host in {source}> 8 0 <host in {destination}>")]
        }
    }
}

/// Every ASA has the base group; its key serves the peers that have no group of their own.
fn named(group: &GroupName) -> String {
    match group {
        GroupName::Default => "DefaultL2LGroup".into(),
        name @ (GroupName::Address(_) | GroupName::Name(_)) => name.to_string(),
    }
}

fn transform_sets(entry: &MapEntry) -> Vec<String> {
    let set = |(number, set): (usize, &TransformSet)| {
        let head = format!("crypto ipsec ikev1 transform-set T{number}");
        // Tunnel is what a set has unless it says otherwise.
        let no = if entry.mode == Encapsulation::Tunnel { "no " } else { "" };
        [format!("{head} {}{}", words(*set), cisco_compression(entry)), format!("{no}{head} mode transport")]
    };
    let lines = (1..).zip(&entry.transform_sets).flat_map(set);
    lines.chain([format!("crypto map MAP 10 set ikev1 transform-set {}", set_names(entry))]).collect()
}

fn words(set: TransformSet) -> String {
    // Without a number AES has 128 bits.
    set.to_string().replace("esp-aes-128", "esp-aes")
}

fn word(wanted: Option<&Identity>) -> &'static str {
    match wanted {
        Some(Identity::Fqdn(_) | Identity::UserFqdn(_)) => "hostname",
        Some(Identity::KeyId(_)) => "key-id <name>",
        Some(Identity::OwnAddress | Identity::Address(_)) | None => "address",
    }
}

/// Where to look; `<peer>` and `<own>` stand for the addresses.
pub(crate) const fn look(look: Look) -> &'static str {
    match look {
        // `show running-config` prints the keys as asterisks.
        Look::Keys => "more system:running-config | begin tunnel-group",
        Look::Entries | Look::EntryKey => "show running-config tunnel-group",
        Look::Policies => "show running-config crypto ikev1",
        Look::Enabled | Look::Sockets => "show running-config crypto ikev1 | include enable",
        Look::Aggressive => "show running-config crypto ikev1 | include am-disable",
        Look::Called => "show running-config crypto map | include set peer",
        Look::Identities => "show running-config crypto isakmp | include identity",
        Look::Route => "show route <peer>",
        Look::Ping => "ping <peer>",
        Look::Packets => "capture IKE type isakmp interface outside match ip host <own> host <peer>",
        Look::Version => "show running-config crypto map | include ikev1|ikev2",
        Look::Xauth => "show running-config tunnel-group | include xauth|ikev1-user",
        Look::TransformSets => "show running-config crypto ipsec",
        Look::Pfs | Look::Entry | Look::Binding => "show running-config crypto map",
        Look::Proxies => "show running-config access-list",
        Look::Deletes => "show logging | include 713050|113019",
    }
}
