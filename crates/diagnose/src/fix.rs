//! What to do about a cause, in the commands of the device at hand.

use std::net::IpAddr;

use ike::crypto::Cipher;
use ike::{Config, Dialect, Identity, Policy, Role};
use sim::{Cause, Scenario};

use crate::compare::address_seen;

/// The lines for one cause. `at` is the side that refused, or missed, the critical message.
pub(crate) fn fix(scenario: &Scenario, cause: Cause, at: Role) -> Vec<String> {
    match cause {
        Cause::PskMismatch => {
            let both = [Role::Initiator, Role::Responder];
            let mut lines = vec!["Enter the same key on both sides, character by character:".into()];
            lines.extend(both.into_iter().flat_map(|role| on(scenario, role, key(scenario, role))));
            lines
        }
        Cause::MissingTunnelGroup => on(scenario, at, group(scenario, at)),
        Cause::MissingPsk => on(scenario, at, key(scenario, at)),
        Cause::PolicyMismatch => {
            let mut lines = vec![format!("Give the {at} a policy that the {} offers:", at.other())];
            let offered = scenario.peer(at.other()).policies.first();
            lines.extend(on(
                scenario,
                at,
                offered.map(|offer| policy(scenario.peer(at), offer)).unwrap_or_default(),
            ));
            lines
        }
        Cause::IkeDisabled => on(
            scenario,
            at,
            dialect(scenario, at, &["crypto ikev1 enable outside"], &["crypto isakmp enable"]),
        ),
        Cause::AggressiveModeDisabled => {
            let asa = ["no crypto ikev1 am-disable"];
            let ios = ["no crypto isakmp aggressive-mode disable"];
            let mut lines = vec!["Better use Main Mode; or allow Aggressive Mode:".into()];
            lines.extend(on(scenario, at, dialect(scenario, at, &asa, &ios)));
            lines
        }
        Cause::WrongPeerAddress => {
            let mut lines = vec!["Call the peer by the address that it has outside:".into()];
            lines.extend(on(scenario, Role::Initiator, peer_address(scenario)));
            lines
        }
        Cause::IdentityMismatch => identity(scenario, at),
        other => path(scenario, other, at),
    }
}

/// Causes that lie between the peers, not in them.
fn path(scenario: &Scenario, cause: Cause, at: Role) -> Vec<String> {
    let [i, r] = [Role::Initiator, Role::Responder].map(|role| scenario.outside_address(role));
    let first = match cause {
        Cause::NoRoute => {
            let lost = at.other();
            format!(
                "Give the packets of the {lost} a way to {}: route, gateway, ACL on the way.",
                address_seen(scenario, lost)
            )
        }
        Cause::PeerDown => {
            format!("Bring the {at} up, and see that {} answers.", scenario.outside_address(at))
        }
        Cause::Port500Blocked => {
            format!("Permit UDP 500 between {i} and {r}, both ways, on every device between them:")
        }
        Cause::Port4500Blocked => {
            format!("Permit UDP 4500 between {i} and {r}, both ways, on every device between them:")
        }
        Cause::MessageLost => "Find where the message is lost: capture on both sides and compare.".into(),
        Cause::MessageLate => {
            "Find what holds the message back: capture on both sides and compare the times.".into()
        }
        Cause::MessageCorrupted => {
            "Find what changes the message: capture on both sides and compare the bytes.".into()
        }
        _ => "Capture the exchange and show it to the vendor of the peer that misbehaves.".into(),
    };
    let mut lines = vec![first];
    match cause {
        Cause::Port500Blocked => {
            lines.push(format!("  access-list OUTSIDE extended permit udp host {i} host {r} eq 500"));
        }
        Cause::Port4500Blocked => {
            lines.push(format!("  access-list OUTSIDE extended permit udp host {i} host {r} eq 4500"));
        }
        Cause::NoRoute => {
            let lost = at.other();
            let to = address_seen(scenario, lost);
            let (asa, ios) = (format!("show route {to}"), format!("show ip route {to}"));
            lines.extend(on(scenario, lost, dialect(scenario, lost, &[&asa], &[&ios])));
        }
        Cause::PeerDown => {}
        _ => lines.extend(capture(scenario)),
    }
    lines
}

/// How to see the packets on each side.
fn capture(scenario: &Scenario) -> Vec<String> {
    let side = |role: Role| {
        let (own, peer) = (scenario.peer(role).address, address_seen(scenario, role));
        let asa = format!("capture IKE type isakmp interface outside match ip host {own} host {peer}");
        on(scenario, role, dialect(scenario, role, &[&asa], &["debug crypto isakmp"]))
    };
    [Role::Initiator, Role::Responder].into_iter().flat_map(side).collect()
}

/// Commands under a line that says where they are typed.
fn on(scenario: &Scenario, role: Role, commands: Vec<String>) -> Vec<String> {
    let mut lines = vec![format!("{role} ({}):", scenario.peer(role).profile.title)];
    lines.extend(commands.into_iter().map(|command| format!("  {command}")));
    lines
}

fn dialect(scenario: &Scenario, role: Role, asa: &[&str], ios: &[&str]) -> Vec<String> {
    let lines = match scenario.peer(role).profile.dialect {
        Dialect::Asa => asa,
        Dialect::Ios => ios,
    };
    lines.iter().map(|line| (*line).into()).collect()
}

/// The key for the other side; an existing group keeps its name.
fn key(scenario: &Scenario, role: Role) -> Vec<String> {
    let peer = address_seen(scenario, role);
    let name =
        scenario.peer(role).group_by_address(peer).map_or(peer.to_string(), |group| match group.name {
            ike::GroupName::Default => "DefaultL2LGroup".into(),
            ref name => name.to_string(),
        });
    let asa = format!("tunnel-group {name} ipsec-attributes");
    let ios = format!("crypto isakmp key <key> address {peer}");
    dialect(scenario, role, &[&asa, " ikev1 pre-shared-key <key>"], &[&ios])
}

fn group(scenario: &Scenario, role: Role) -> Vec<String> {
    let peer = address_seen(scenario, role);
    let made = match scenario.peer(role).profile.dialect {
        Dialect::Asa => Some(format!("tunnel-group {peer} type ipsec-l2l")),
        Dialect::Ios => None,
    };
    made.into_iter().chain(key(scenario, role)).collect()
}

/// A policy with these values on that device, under a number that is free there.
fn policy(config: &Config, values: &Policy) -> Vec<String> {
    let free =
        (1..=u16::MAX).find(|n| config.policies.iter().all(|policy| policy.priority != *n)).unwrap_or(1);
    let cipher = match (config.profile.dialect, values.encryption) {
        (Dialect::Asa, Cipher::Aes128) => "encryption aes".into(),
        (Dialect::Asa, cipher) => format!("encryption {}", cipher.name()),
        (Dialect::Ios, Cipher::Aes128) => "encryption aes".into(),
        (Dialect::Ios, cipher) => format!("encryption {}", cipher.name().replace("aes-", "aes ")),
    };
    let head = match config.profile.dialect {
        Dialect::Asa => format!("crypto ikev1 policy {free}"),
        Dialect::Ios => format!("crypto isakmp policy {free}"),
    };
    vec![
        head,
        format!(" authentication {}", values.authentication.name()),
        format!(" {cipher}"),
        format!(" hash {}", values.hash.name()),
        format!(" group {}", values.group.number()),
        format!(" lifetime {}", values.lifetime),
    ]
}

fn peer_address(scenario: &Scenario) -> Vec<String> {
    let right: IpAddr = scenario.outside_address(Role::Responder);
    let set = format!("crypto map outside_map 10 set peer {right}");
    let ios = format!(" set peer {right}");
    let mut lines =
        dialect(scenario, Role::Initiator, &[&set], &["crypto map outside_map 10 ipsec-isakmp", &ios]);
    lines.extend(match scenario.initiator.profile.dialect {
        Dialect::Asa => vec![
            format!("tunnel-group {right} type ipsec-l2l"),
            format!("tunnel-group {right} ipsec-attributes"),
            " ikev1 pre-shared-key <key>".into(),
        ],
        Dialect::Ios => vec![format!("crypto isakmp key <key> address {right}")],
    });
    lines
}

/// Let the sender say what the receiver wants, or the receiver take what comes.
fn identity(scenario: &Scenario, at: Role) -> Vec<String> {
    let sender = at.other();
    let wanted = scenario.peer(at).tunnel_groups.iter().find_map(|group| group.peer_identity.as_ref());
    let word = match wanted {
        Some(Identity::Fqdn(_) | Identity::UserFqdn(_)) => "hostname",
        Some(Identity::KeyId(_)) => "key-id <name>",
        _ => "address",
    };
    let asa = format!("crypto isakmp identity {word}");
    let ios = format!("crypto isakmp identity {}", if word == "hostname" { "hostname" } else { "address" });
    let mut lines = vec!["Let one say what the other insists on:".into()];
    lines.extend(on(scenario, sender, dialect(scenario, sender, &[&asa], &[&ios])));
    lines.push("or take any identity:".into());
    let group = format!("tunnel-group {} ipsec-attributes", address_seen(scenario, at));
    let asa = [group.as_str(), " peer-id-validate nocheck"];
    lines.extend(on(
        scenario,
        at,
        dialect(scenario, at, &asa, &["no match identity (in the isakmp profile)"]),
    ));
    lines
}
