//! A device that nobody knows: the behaviour of the RFCs, plain words for commands.

use ike::Profile;

use crate::commands::phase2::{action, addresses, traffic};
use crate::commands::{Act, identity};
use crate::{About, Line};

const LINES: &[Line] = &[];

/// What is known of it.
pub(crate) static ABOUT: About = About {
    profile: Some(Profile::GENERIC),
    commands: Some(commands),
    ..About::lines("generic", "RFC behaviour", LINES)
};

fn commands(act: &Act) -> Vec<String> {
    vec![match act {
        Act::Key { peer, .. } => format!("enter the pre-shared key for {peer}"),
        Act::Entry { peer, .. } => format!("make an entry for the peer {peer}"),
        Act::Policy { values, .. } => format!(
            "phase 1 proposal: {}, {}, group {}, {}, lifetime {} s",
            values.encryption.name(),
            values.hash.name(),
            values.group.number(),
            values.authentication.name(),
            values.lifetime
        ),
        Act::Enable { at } => format!("switch IKEv1 on at {at}"),
        Act::AllowAggressive { peer } => format!("allow Aggressive Mode for {peer}"),
        Act::Call { peer } => format!("call {peer}, with its pre-shared key"),
        Act::SendIdentity { wanted: Some(wanted), own } => {
            format!("send the identity {}", identity(Some(wanted), *own))
        }
        Act::SendIdentity { wanted: None, .. } => "send the identity that the other side insists on".into(),
        Act::TakeAnyIdentity { .. } => "take any identity".into(),
        Act::ShowRoute { to } => format!("look for the route to {to}, and try it with a traceroute"),
        // Who names port and addresses has said it.
        Act::Permit { .. } => return Vec::new(),
        Act::Capture { peer, .. } => format!("capture UDP 500 and 4500 to and from {peer}"),
        Act::Traffic { line, peer } => {
            let [source, destination] = [&line.source, &line.destination].map(|one| addresses(one, peer));
            format!("{} from {source} to {destination}", action(line))
        }
        Act::TransformSets(entry) => {
            let sets = entry.transform_sets.iter();
            return sets.map(|set| format!("phase 2 proposal: {set}, {} mode", entry.mode)).collect();
        }
        Act::Compression(on) => format!("compression (IPComp): {}", if *on { "yes" } else { "no" }),
        Act::Pfs(entry) => {
            entry.pfs.map_or("no PFS".into(), |group| format!("PFS with group {}", group.number()))
        }
        Act::CompleteEntry { peer } => {
            format!("complete what is configured for {peer}: networks, peer, proposal")
        }
        Act::BindMap => "bind IPsec to the interface that the peer calls".into(),
        Act::Clear { peer } => format!("clear phase 1 and phase 2 with {peer}"),
        Act::Begin { flow } => {
            let [source, destination] = traffic(flow);
            format!("send a packet from {source} to {destination}")
        }
    }]
}
