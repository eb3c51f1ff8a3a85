//! ipsec.conf and ipsec.secrets.

use std::net::IpAddr;

use ike::AclLine;
use ike::config::{AclEnd, protocol_name};

use crate::commands::phase2::{addresses, proposals};
use crate::commands::{Act, identity, on_linux, proposal};

pub(crate) fn commands(act: &Act) -> Vec<String> {
    match act {
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
        Act::SendIdentity { wanted, own } => vec![format!("  leftid={}", identity(wanted.as_ref(), *own))],
        Act::TakeAnyIdentity { .. } => vec!["  rightid=%any".into()],
        Act::ShowRoute { .. } | Act::Permit { .. } | Act::Capture { .. } => on_linux(act),
        Act::Traffic { line, peer } => selectors(line, peer),
        Act::TransformSets(entry) => {
            vec![proposals("{}=", ",", entry), format!("type={}", entry.mode)]
        }
        Act::Compression(on) => vec![format!("compress={}", if *on { "yes" } else { "no" })],
        Act::Pfs(entry) if entry.pfs.is_some() => vec!["pfs=yes".into(), proposals("{}=", ",", entry)],
        Act::Pfs(_) => vec!["pfs=no".into()],
        Act::CompleteEntry { .. } => vec!["leftsubnet=.. rightsubnet=..".into()],
        // A connection that was not loaded is what comes nearest to a map that is bound nowhere.
        Act::BindMap => vec!["ipsec auto --add <conn>".into()],
        Act::Clear { .. } => vec!["ipsec auto --down <conn>".into()],
        Act::Begin { .. } => vec!["ipsec auto --up <conn>".into()],
    }
}

fn selectors(line: &AclLine, peer: &IpAddr) -> Vec<String> {
    // Daemons have no list of what is not protected.
    if !line.permit {
        return Vec::new();
    }
    let [source, destination] = [&line.source, &line.destination].map(|one| addresses(one, peer));
    let mut lines = vec![format!("leftsubnet={source}"), format!("rightsubnet={destination}")];
    if line.protocol > 0 {
        let protocol = protocol_name(line.protocol);
        let part =
            |one: &AclEnd| if one.port > 0 { format!("{protocol}/{}", one.port) } else { protocol.clone() };
        lines.push(format!("leftprotoport={}", part(&line.source)));
        lines.push(format!("rightprotoport={}", part(&line.destination)));
    }
    lines
}
