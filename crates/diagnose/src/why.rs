//! What would have helped: counterfactuals by running again.

mod alternative;
mod crypto_map;

use std::net::IpAddr;

use ike::{Authentication, GroupName, Instant, Policy, Powers, Role, TunnelGroup};
use sim::choice::{Chooser, KindWire, Script};
use sim::{Entry, Fault, MAX_STEPS, Outcome, PeerFault, Recorder, Setup, Trace, World, run_untraced};

use crate::compare::address_seen;
pub use alternative::{Alternative, EntryPart, PolicyPart};

/// What would have helped, and when it was too late.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Why {
    /// The smallest sets of changes that bring the tunnel up: one change each, else two. Empty: none does,
    /// or it is up.
    pub changes: Vec<Vec<Alternative>>,
    /// The last entry after which even a network without losses could not bring it up; `None`: it could at
    /// any time, or never.
    pub no_return: Option<Entry>,
    /// A network without losses could have brought it up at the start.
    pub was_possible: bool,
    /// Pairs of changes that were not tried, because runs of this setup are long.
    pub untried: usize,
}

/// Steps that all runs with pairs of changes may take together.
const MAX_PAIR_STEPS: u64 = 100 * MAX_STEPS;

/// One change to configurations, path or wire.
struct Change {
    what: Alternative,
    apply: Box<dyn Fn(&mut Setup)>,
}

/// Finds out by running the setup again, changed.
pub fn why(setup: &Setup) -> Why {
    let powers = Powers::new(1024);
    // Asked first, for it is told of a run that comes up as well.
    let Past { no_return, was_possible, steps } = past(setup, &powers);
    // Without a trace: pairs make hundreds of runs, and only their outcome counts.
    if run_untraced(setup, &powers).works() {
        return Why { changes: Vec::new(), no_return: None, was_possible, untried: 0 };
    }
    let all = changes(setup);
    let with = |picked: &[&Change]| {
        let mut changed = setup.clone();
        // The last first: a fault goes by its place in the list, and those behind one that is gone move up.
        picked.iter().rev().for_each(|change| (change.apply)(&mut changed));
        run_untraced(&changed, &powers)
    };
    let helps = |change: &&Change| with(&[change]).works();
    let one: Vec<Vec<Alternative>> =
        all.iter().filter(helps).map(|change| vec![change.what.clone()]).collect();
    // Pairs only where nothing helps alone: else each pair with a helpful change would be listed.
    let (changes, untried) = if one.is_empty() { pairs(&all, steps, with) } else { (one, 0) };
    Why { changes, no_return, was_possible, untried }
}

/// Those that help, and how many were not tried. `steps`: how many a run takes that no change made longer.
fn pairs(all: &[Change], steps: u64, with: impl Fn(&[&Change]) -> Outcome) -> (Vec<Vec<Alternative>>, usize) {
    let (mut found, mut untried, mut taken) = (Vec::new(), 0, 0);
    for (n, one) in all.iter().enumerate() {
        for other in all.iter().skip(n + 1) {
            if taken > MAX_PAIR_STEPS {
                untried += 1;
                continue;
            }
            let outcome = with(&[one, other]);
            taken += if outcome.cut_off { MAX_STEPS } else { steps };
            if outcome.works() {
                found.push(vec![one.what.clone(), other.what.clone()]);
            }
        }
    }
    (found, untried)
}

/// Everything that could be changed and might matter.
fn changes(setup: &Setup) -> Vec<Change> {
    let mut changes = Vec::new();
    changes.extend(keys(setup));
    changes.extend(policies(setup));
    changes.extend(crypto_map::changes(setup));
    for role in Role::BOTH {
        changes.extend(switches(setup, role));
    }
    changes.extend(path_and_wire(setup));
    changes
}

fn change(what: Alternative, apply: impl Fn(&mut Setup) + 'static) -> Change {
    Change { what, apply: Box::new(apply) }
}

/// One key for both, and a group for it where there is none.
fn keys(setup: &Setup) -> Vec<Change> {
    let group = |role: Role| setup.hosts[role].group_by_address(address_seen(setup, role));
    let key = |role: Role| group(role).and_then(|group| group.pre_shared_key.clone());
    let (i, r) = (key(Role::Initiator), key(Role::Responder));
    let mut changes = Vec::new();
    for (role, own, other) in [(Role::Initiator, &i, &r), (Role::Responder, &r, &i)] {
        let peer = address_seen(setup, role);
        let Some(other) = other.clone() else {
            continue;
        };
        let put = move |setup: &mut Setup| put_key(&mut setup.hosts[role], peer, other.clone());
        match (group(role), own) {
            (None, _) => changes.push(change(Alternative::Group { at: role, peer }, put)),
            (Some(_), None) => changes.push(change(Alternative::Key(role), put)),
            // Told once: it does not matter whose key is changed.
            (Some(_), Some(_)) if i != r && role == Role::Responder => {
                changes.push(change(Alternative::SameKey, put));
            }
            _ => {}
        }
    }
    changes
}

fn put_key(config: &mut ike::Config, peer: IpAddr, key: ike::keymat::PreSharedKey) {
    // By the engine's own lookup: it knows the base group that an address alone would miss.
    let name = config.group_by_address(peer).map(|group| group.name.clone());
    let found = config.tunnel_groups.iter_mut().find(|group| Some(&group.name) == name.as_ref());
    match found {
        Some(group) => group.pre_shared_key = Some(key),
        None => config.tunnel_groups.push(TunnelGroup {
            name: GroupName::Address(peer),
            pre_shared_key: Some(key),
            peer_identity: None,
        }),
    }
}

/// One attribute of all the responder's policies made the initiator's.
fn policies(setup: &Setup) -> Vec<Change> {
    type Copy = fn(&mut Policy, &Policy);
    const PARTS: [(PolicyPart, Copy); 4] = [
        (PolicyPart::Encryption, |own, other| own.encryption = other.encryption),
        (PolicyPart::Hash, |own, other| own.hash = other.hash),
        (PolicyPart::Group, |own, other| own.group = other.group),
        (PolicyPart::Authentication, |own, other| own.authentication = other.authentication),
    ];
    // Signatures are not built: a policy with them is never offered, so it is no model for the other side.
    let usable = |policy: &&Policy| policy.authentication == Authentication::PreShared;
    let first = |role: Role| {
        let policies = &setup.hosts[role].policies;
        policies.iter().find(usable).or(policies.first()).cloned()
    };
    let (Some(i), Some(r)) = (first(Role::Initiator), first(Role::Responder)) else {
        return Vec::new();
    };
    let mut changes = Vec::new();
    for (part, copy) in PARTS {
        let mut mixed = r.clone();
        copy(&mut mixed, &i);
        if mixed != r {
            let wanted = i.clone();
            changes.push(change(Alternative::Policy(part), move |setup| {
                setup.hosts.responder.policies.iter_mut().for_each(|policy| copy(policy, &wanted));
            }));
        }
    }
    // Copied to the responder, the initiator's signatures would fit, and come up no more than before.
    if i.authentication != Authentication::PreShared {
        changes.push(change(Alternative::PreShared, |setup| {
            let policies = setup.hosts.initiator.policies.iter_mut();
            policies.for_each(|policy| policy.authentication = Authentication::PreShared);
        }));
    }
    changes
}

/// What is switched off, insisted on, or called by a wrong address.
fn switches(setup: &Setup, role: Role) -> Vec<Change> {
    let config = &setup.hosts[role];
    let mut changes = Vec::new();
    if !config.ike_enabled {
        changes.push(change(Alternative::Enabled(role), move |s| {
            s.hosts[role].ike_enabled = true;
        }));
    }
    // The switch is for inbound calls: an initiator asks for the mode whatever its own says.
    if !config.aggressive_mode && role == Role::Responder {
        changes.push(change(Alternative::AggressiveMode, move |s| {
            s.hosts[role].aggressive_mode = true;
        }));
    }
    if config.tunnel_groups.iter().any(|group| group.peer_identity.is_some()) {
        changes.push(change(Alternative::AnyIdentity(role), move |s| {
            s.hosts[role].tunnel_groups.iter_mut().for_each(|group| group.peer_identity = None);
        }));
    }
    let right = setup.outside_address(Role::Responder);
    if role == Role::Initiator && config.peer != right {
        changes.push(change(Alternative::Called(right), move |s| {
            // The group goes by the peer's address: left behind, it would be the next fault.
            let old = std::mem::replace(&mut s.hosts.initiator.peer, right);
            let groups = s.hosts.initiator.tunnel_groups.iter_mut();
            groups
                .filter(|g| g.name == GroupName::Address(old))
                .for_each(|g| g.name = GroupName::Address(right));
        }));
    }
    changes
}

/// Each fault of path, wire and implementation gone; a network without chances; no early end.
fn path_and_wire(setup: &Setup) -> Vec<Change> {
    let mut changes = Vec::new();
    for (index, fault) in setup.faults.iter().enumerate() {
        // What an operator's fault changed is tried as a change of the configuration.
        if setup.edits.iter().any(|(edited, _)| *edited == index) {
            continue;
        }
        let without = Alternative::Without { number: index + 1, fault: fault.clone() };
        changes.push(change(without, move |s| remove(s, index)));
    }
    changes.push(change(Alternative::QuietNetwork, |s| {
        (s.network.loss, s.network.corrupt) = (0.0, 0.0);
    }));
    if setup.until.is_some() {
        changes.push(change(Alternative::Time, |s| s.until = None));
    }
    changes
}

/// Takes a fault out; what it stands for goes with it.
fn remove(setup: &mut Setup, index: usize) {
    let fault = setup.faults.remove(index);
    if let Fault::Peer(PeerFault { at, what, message }) = fault {
        // A defect works through its host's configuration: the fault in the list only names it.
        let impairments = &mut setup.hosts[at].impairments;
        let found = impairments.iter().position(|known| known.what == what && known.message == message);
        found.map(|found| impairments.remove(found));
    }
}

/// Far beyond any profile's patience.
const END: Instant = Instant::from_micros(3_600_000_000);

/// What a run's steps tell.
struct Past {
    no_return: Option<Entry>,
    was_possible: bool,
    /// How many there are.
    steps: u64,
}

/// Asks whether a kind wire could still bring the run up behind its steps. The path's conditions and both configurations
/// stay as they are.
fn past(setup: &Setup, powers: &Powers) -> Past {
    let begin = |chooser: &mut dyn Chooser| {
        let mut world = World::new(setup, powers, Recorder::new(setup, Trace::new()));
        world.initiate(setup, chooser);
        world
    };
    let after = |steps: u64| {
        let mut script = Script::new(setup);
        let mut world = begin(&mut script);
        let taken = (0..steps).take_while(|_| world.step(&mut script)).count();
        (world, taken as u64)
    };
    let was_possible = comes_up(begin(&mut kind(setup)), setup);
    let (end, steps) = after(u64::MAX);
    if !was_possible || comes_up(end, setup) {
        return Past { no_return: None, was_possible, steps };
    }
    // Once it cannot come up it never can again: halving finds that step, and each step asked would cost its whole past.
    let (mut possible, mut lost) = (0, steps);
    while lost - possible > 1 {
        let middle = possible.midpoint(lost);
        if comes_up(after(middle).0, setup) {
            possible = middle;
        } else {
            lost = middle;
        }
    }
    let entries = |steps| after(steps).0.into_watch().1.into_trace();
    // A step may write several entries: the others follow from the first.
    let before = entries(possible).entries().len();
    Past { no_return: entries(lost).entries().get(before).cloned(), was_possible, steps }
}

fn kind(setup: &Setup) -> KindWire {
    KindWire { latency: setup.network.latency, until: END }
}

fn comes_up(mut world: World<Recorder>, setup: &Setup) -> bool {
    while world.step(&mut kind(setup)) {}
    world.watch().outcome(world.now()).works()
}
