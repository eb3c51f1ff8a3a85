//! What is to be done on a device at hand, with the values of the setup; the words are its vendor's.

use ike::{Config, GroupName, Identity, Role};
use sim::Setup;
use vendor::{Act, Vendor};

use crate::compare::address_seen;

/// What is to be done at one side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Task {
    /// Which side.
    pub at: Role,
    /// Whose device stands there.
    pub vendor: Vendor,
    /// One after the other.
    pub acts: Vec<Act>,
}

impl Task {
    pub(super) fn new(setup: &Setup, at: Role, acts: Vec<Act>) -> Task {
        Task { at, vendor: Vendor::of(setup.hosts[at].profile), acts }
    }

    /// The key for the other side; an existing group keeps its name.
    pub(super) fn key(setup: &Setup, role: Role) -> Task {
        Task::new(setup, role, vec![key(setup, role)])
    }

    /// The peer itself, and its key.
    pub(super) fn group(setup: &Setup, role: Role) -> Task {
        let (own, peer) = (setup.hosts[role].address, address_seen(setup, role));
        Task::new(setup, role, vec![Act::Entry { own, peer }, key(setup, role)])
    }

    /// The first policy that the other side offers, under a number that is free here.
    pub(super) fn policy(setup: &Setup, role: Role) -> Task {
        let offered = setup.hosts[role.other()].policies.first().cloned();
        let act = offered.map(|values| Act::Policy { number: free(&setup.hosts[role]), values });
        Task::new(setup, role, act.into_iter().collect())
    }

    pub(super) fn enable(setup: &Setup, role: Role) -> Task {
        Task::new(setup, role, vec![Act::Enable { at: setup.outside_address(role) }])
    }

    pub(super) fn allow_aggressive(setup: &Setup, role: Role) -> Task {
        Task::new(setup, role, vec![Act::AllowAggressive { peer: address_seen(setup, role) }])
    }

    /// The initiator's peer and what goes with it.
    pub(super) fn peer_address(setup: &Setup) -> Task {
        let act = Act::Call { peer: setup.outside_address(Role::Responder) };
        Task::new(setup, Role::Initiator, vec![act])
    }

    /// The sender says what the receiver wants.
    pub(crate) fn identity(setup: &Setup, sender: Role) -> Task {
        let groups = &setup.hosts[sender.other()].tunnel_groups;
        let wanted = groups.iter().find_map(|group| group.peer_identity.clone());
        // Who does not insist looks for the address.
        let wanted = Some(wanted.unwrap_or(Identity::OwnAddress));
        Task::new(setup, sender, vec![Act::SendIdentity { wanted, own: setup.hosts[sender].address }])
    }

    /// The sender says what the receiver wants, which only the receiver's own lines have.
    pub(crate) fn unknown_identity(setup: &Setup, sender: Role) -> Task {
        Task::new(setup, sender, vec![Act::SendIdentity { wanted: None, own: setup.hosts[sender].address }])
    }

    /// The receiver takes what comes.
    pub(crate) fn any_identity(setup: &Setup, role: Role) -> Task {
        Task::new(setup, role, vec![Act::TakeAnyIdentity { peer: address_seen(setup, role) }])
    }

    pub(super) fn route(setup: &Setup, role: Role) -> Task {
        Task::new(setup, role, vec![Act::ShowRoute { to: address_seen(setup, role) }])
    }

    /// What lets the other side's packets pass a device of this kind on the path.
    pub(super) fn permit(setup: &Setup, role: Role, port: u16) -> Task {
        let (own, peer) = (setup.hosts[role].address, address_seen(setup, role));
        Task::new(setup, role, vec![Act::Permit { own, peer, port }])
    }

    pub(super) fn capture(setup: &Setup, role: Role) -> Task {
        let (own, peer) = (setup.hosts[role].address, address_seen(setup, role));
        Task::new(setup, role, vec![Act::Capture { own, peer }])
    }
}

fn key(setup: &Setup, role: Role) -> Act {
    let (own, peer) = (setup.hosts[role].address, address_seen(setup, role));
    let known = setup.hosts[role].group_by_address(peer).map(|group| group.name.clone());
    Act::Key { own, peer, group: known.unwrap_or(GroupName::Address(peer)) }
}

fn free(config: &Config) -> u16 {
    // Lower numbers are tried first.
    (1..=u16::MAX).find(|n| config.policies.iter().all(|policy| policy.priority != *n)).unwrap_or(1)
}
