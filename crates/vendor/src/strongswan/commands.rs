//! swanctl.conf.

use std::net::IpAddr;

use ike::AclLine;
use ike::config::{AclEnd, protocol_name};

use crate::Look;
use crate::commands::phase2::{addresses, proposals};
use crate::commands::{Act, identity, on_linux, proposal};

pub(crate) fn commands(act: &Act) -> Vec<String> {
    match act {
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
        Act::SendIdentity { wanted, own } => {
            vec![format!("local {{ id = {} }}", identity(wanted.as_ref(), *own))]
        }
        Act::TakeAnyIdentity { .. } => vec!["remote { id = %any }".into()],
        Act::ShowRoute { .. } | Act::Permit { .. } | Act::Capture { .. } => on_linux(act),
        Act::Traffic { line, peer } => selectors(line, peer),
        Act::TransformSets(entry) => {
            vec![proposals("{}_proposals = ", ", ", entry), format!("mode = {}", entry.mode)]
        }
        Act::Compression(on) => vec![format!("ipcomp = {}", if *on { "yes" } else { "no" })],
        // The group is the last word of a proposal.
        Act::Pfs(entry) => vec![proposals("{}_proposals = ", ", ", entry)],
        Act::CompleteEntry { .. } => vec!["children { net { local_ts = ..; remote_ts = .. } }".into()],
        // A connection that was not loaded is what comes nearest to a map that is bound nowhere.
        Act::BindMap => vec!["swanctl --load-conns".into()],
        Act::Clear { .. } => vec!["swanctl --terminate --ike <conn>".into()],
        Act::Begin { .. } => vec!["swanctl --initiate --child <child>".into()],
    }
}

fn selectors(line: &AclLine, peer: &IpAddr) -> Vec<String> {
    // Daemons have no list of what is not protected.
    if !line.permit {
        return Vec::new();
    }
    let protocol = protocol_name(line.protocol);
    let part = |one: &AclEnd| match (line.protocol, one.port) {
        (0, _) => String::new(),
        (_, 0) => format!("[{protocol}]"),
        (_, port) => format!("[{protocol}/{port}]"),
    };
    let end = |one: &AclEnd| addresses(one, peer) + &part(one);
    vec![format!("local_ts = {}", end(&line.source)), format!("remote_ts = {}", end(&line.destination))]
}

/// Where to look; `<peer>` and `<own>` stand for the addresses.
pub(crate) const fn look(look: Look) -> &'static str {
    match look {
        Look::Keys => "swanctl --list-conns; the secrets are in swanctl.conf",
        Look::Entries | Look::EntryKey | Look::Binding => "swanctl --list-conns",
        Look::Policies => "swanctl --list-conns (proposals)",
        Look::Enabled => "systemctl status strongswan",
        Look::Aggressive => "swanctl --list-conns (aggressive)",
        Look::Called => "swanctl --list-conns (remote)",
        Look::Identities => "swanctl --list-conns (remote id)",
        Look::Route => "ip route get <peer>",
        Look::Ping => "ping <peer>",
        Look::Sockets => "ss -lun | grep -E ':500|:4500'",
        Look::Packets => "tcpdump -n host <peer> and udp port 500 or 4500",
        Look::Version => "swanctl --list-conns (version)",
        Look::Xauth => "swanctl --list-conns (XAuth)",
        Look::TransformSets | Look::Pfs => "swanctl --list-conns (ESP proposals)",
        Look::Proxies => "swanctl --list-conns (traffic selectors)",
        Look::Entry => "swanctl --list-conns (children)",
        Look::Deletes => "swanctl --list-sas; its log: received DELETE, deleting IKE_SA",
    }
}
