//! The same in plain words, for a device whose commands are not known.

use ike::Role;
use sim::{Cause, Setup};

use crate::compare::address_seen;

/// Under a line that says so.
pub(super) fn on(role: Role, words: String) -> Vec<String> {
    vec![format!("{role} (in plain words):"), format!("  {words}")]
}

/// What to do on this side; `None`: the commands need no device.
pub(super) fn words(setup: &Setup, cause: Cause, role: Role) -> Option<String> {
    let (own, peer) = (setup.outside_address(role), address_seen(setup, role));
    Some(match cause {
        Cause::PskMismatch | Cause::MissingPsk => format!("enter the pre-shared key for {peer}"),
        Cause::MissingTunnelGroup => format!("make an entry for the peer {peer}, with its pre-shared key"),
        Cause::PolicyMismatch => {
            let policy = setup.hosts[role.other()].policies.first()?;
            format!(
                "phase 1 proposal: {}, {}, group {}, {}, lifetime {} s",
                policy.encryption.name(),
                policy.hash.name(),
                policy.group.number(),
                policy.authentication.name(),
                policy.lifetime
            )
        }
        Cause::IkeDisabled | Cause::PortClosed => format!("switch IKEv1 on at {own}"),
        Cause::AggressiveModeDisabled => format!("allow Aggressive Mode for {peer}"),
        Cause::WrongPeerAddress => {
            format!("set the peer's address to {}", setup.outside_address(Role::Responder))
        }
        Cause::IdentityMismatch => "send the identity that the other side insists on".into(),
        Cause::NoRoute => format!("look for the route to {peer}, and try it with a traceroute"),
        Cause::MessageLost | Cause::MessageLate | Cause::MessageCorrupted | Cause::PeerMisbehaved => {
            format!("capture UDP 500 and 4500 to and from {peer}")
        }
        Cause::MapUnbound => "bind IPsec to the interface that the peer calls".into(),
        Cause::CryptoMapIncomplete => {
            format!("complete what is configured for {peer}: networks, peer, proposal")
        }
        Cause::PeerDown
        | Cause::IkeVersion
        | Cause::XauthMissing
        | Cause::Port500Blocked
        | Cause::Port4500Blocked
        | Cause::TransformMismatch
        | Cause::PfsMismatch
        | Cause::ProxyMismatch => return None,
    })
}
