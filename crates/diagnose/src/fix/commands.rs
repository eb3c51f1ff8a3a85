//! What is to be done on a device at hand, with the values of the setup; the words are its vendor's.

use ike::{Config, GroupName, Role};
use sim::Setup;
use vendor::{Act, Vendor};

use crate::compare::address_seen;

/// In the words of the device of this role.
fn words(setup: &Setup, role: Role, act: &Act<'_>) -> Vec<String> {
    let vendor = Vendor::of(setup.hosts[role].profile).about();
    vendor.commands.map_or(Vec::new(), |commands| commands(act))
}

/// The key for the other side; an existing group keeps its name.
pub(super) fn key(setup: &Setup, role: Role) -> Vec<String> {
    let (own, peer) = (setup.hosts[role].address, address_seen(setup, role));
    let name = setup.hosts[role].group_by_address(peer).map_or(peer.to_string(), |group| match group.name {
        // Every ASA has this group; its key serves the peers that have no group of their own.
        GroupName::Default => "DefaultL2LGroup".into(),
        ref name @ (GroupName::Address(_) | GroupName::Name(_)) => name.to_string(),
    });
    words(setup, role, &Act::Key { own, peer, group: &name })
}

/// The peer itself, and its key.
pub(super) fn group(setup: &Setup, role: Role) -> Vec<String> {
    let (own, peer) = (setup.hosts[role].address, address_seen(setup, role));
    [words(setup, role, &Act::Entry { own, peer }), key(setup, role)].concat()
}

/// The first policy that the other side offers, under a number that is free here.
pub(super) fn policy(setup: &Setup, role: Role) -> Vec<String> {
    let Some(values) = setup.hosts[role.other()].policies.first() else {
        return Vec::new();
    };
    words(setup, role, &Act::Policy { number: free(&setup.hosts[role]), values })
}

fn free(config: &Config) -> u16 {
    // Lower numbers are tried first.
    (1..=u16::MAX).find(|n| config.policies.iter().all(|policy| policy.priority != *n)).unwrap_or(1)
}

pub(super) fn enable(setup: &Setup, role: Role) -> Vec<String> {
    words(setup, role, &Act::Enable { at: setup.outside_address(role) })
}

pub(super) fn allow_aggressive(setup: &Setup, role: Role) -> Vec<String> {
    words(setup, role, &Act::AllowAggressive { peer: address_seen(setup, role) })
}

/// The initiator's peer and what goes with it.
pub(super) fn peer_address(setup: &Setup) -> Vec<String> {
    words(setup, Role::Initiator, &Act::Call { peer: setup.outside_address(Role::Responder) })
}

/// The sender says what the receiver wants.
pub(super) fn identity(setup: &Setup, sender: Role) -> Vec<String> {
    let groups = &setup.hosts[sender.other()].tunnel_groups;
    let wanted = groups.iter().find_map(|group| group.peer_identity.as_ref());
    words(setup, sender, &Act::SendIdentity { wanted, own: setup.hosts[sender].address })
}

/// The receiver takes what comes.
pub(super) fn any_identity(setup: &Setup, role: Role) -> Vec<String> {
    words(setup, role, &Act::TakeAnyIdentity { peer: address_seen(setup, role) })
}

pub(super) fn route(setup: &Setup, role: Role) -> Vec<String> {
    words(setup, role, &Act::ShowRoute { to: address_seen(setup, role) })
}

/// What lets the other side's packets pass a device of this kind on the path.
pub(super) fn permit(setup: &Setup, role: Role, port: u16) -> Vec<String> {
    let (own, peer) = (setup.hosts[role].address, address_seen(setup, role));
    words(setup, role, &Act::Permit { own, peer, port })
}

pub(super) fn capture(setup: &Setup, role: Role) -> Vec<String> {
    let (own, peer) = (setup.hosts[role].address, address_seen(setup, role));
    words(setup, role, &Act::Capture { own, peer })
}
