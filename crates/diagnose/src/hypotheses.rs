//! What one side can suppose about the rest: a peer that fits its own configuration, and everything that can
//! go wrong beyond it.

use std::net::IpAddr;
use std::time::Duration;

use ike::keymat::PreSharedKey;
use ike::{
    Authentication, Commands, Config, GroupName, Identity, Instant, MessageName, Role, Sides, TunnelGroup,
};
use sim::{Direction, Edit, Fault, MismatchAttribute, PathFault, Setup, Times, WireAct};

/// The setup with the other side replaced by one that fits this side, and nothing wrong but what this
/// side knows of: its own configuration, and a NAT.
pub(crate) fn mirrored(setup: &Setup, role: Role) -> Setup {
    let mut healthy = setup.clone();
    // NAT-D payloads tell each side of a NAT in front of either: it belongs to what this side knows.
    healthy.faults.retain(|fault| matches!(fault, Fault::Path(PathFault::Nat { .. })));
    healthy.edits.clear();
    // With chances the picture of one cause would differ from run to run.
    healthy.network.loss = 0.0;
    healthy.network.corrupt = 0.0;
    let mut own = setup.hosts[role].clone();
    let actual = &setup.hosts[role.other()];
    let mut address = setup.outside_address(role);
    if own.address == actual.address {
        // Two live peers on one host: here each needs an address of its own.
        own.address = spare(own.address);
        address = own.address;
    }
    let other = fitting(&own, actual, address, role);
    healthy.hosts = match role {
        Role::Initiator => Sides::new(own, other),
        Role::Responder => Sides::new(other, own),
    };
    healthy
}

/// An address of the same family that documentation alone uses.
fn spare(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => IpAddr::from([192, 0, 2, 251]),
        IpAddr::V6(_) => IpAddr::from([0x2001, 0xdb8, 0, 0, 0, 0, 0, 0xfb]),
    }
}

fn fitting(own: &Config, actual: &Config, own_address: IpAddr, role: Role) -> Config {
    // Whom it calls an initiator's configuration says; a responder learns it by being called.
    let address = if role == Role::Initiator && own.peer != own.address { own.peer } else { actual.address };
    let known = own.group_by_address(address).or(own.tunnel_groups.first());
    let key = known.and_then(|group| group.pre_shared_key.clone());
    let wanted = known.and_then(|group| group.peer_identity.clone());
    let spare = || TunnelGroup {
        name: GroupName::Default,
        pre_shared_key: Some(PreSharedKey::new(b"any".to_vec())),
        peer_identity: None,
    };
    let group = key.map_or_else(spare, |key| TunnelGroup {
        name: GroupName::Address(own_address),
        pre_shared_key: Some(key),
        peer_identity: None,
    });
    let mut policies = own.policies.clone();
    // Signatures are not built: a policy with them would be chosen and lead nowhere.
    policies.retain(|policy| policy.authentication == Authentication::PreShared);
    Config {
        address,
        peer: if role == Role::Responder { actual.peer } else { own_address },
        // A switch of the real peer may be the very fault that is looked for: the healthy one has all of them on.
        ike_enabled: true,
        aggressive_mode: true,
        identity: wanted.unwrap_or(Identity::OwnAddress),
        policies: if policies.is_empty() { actual.policies.clone() } else { policies },
        tunnel_groups: vec![group],
        crypto_map: None,
        impairments: Vec::new(),
        ..actual.clone()
    }
}

/// Everything that can go wrong beyond this device; `None`: beyond either side, and losses that the peers get over.
pub(crate) fn hypotheses(healthy: &Setup, device: Option<Role>) -> Vec<Fault> {
    if let Some(role) = device {
        return catalogue(healthy, role);
    }
    // The catalogues of both sides: a capture does not say on which of them it is wrong.
    let mut faults = catalogue(healthy, Role::Initiator);
    for fault in catalogue(healthy, Role::Responder) {
        if !faults.contains(&fault) {
            faults.push(fault);
        }
    }
    let other_method = |at| Fault::operator(at, Edit::PolicyMismatch(MismatchAttribute::Authentication));
    faults.extend(Role::BOTH.map(other_method));
    for message in MessageName::all(healthy.mode, true) {
        let once = Times::Count(1);
        let acts = [
            // Peers get over these by a resend, so that the picture alone must not make a cause of them.
            WireAct::Drop { times: once },
            WireAct::Drop { times: Times::Count(2) },
            // Longer than any profile waits for its first resend: what was held back comes behind a copy of it.
            WireAct::Delay { by: Duration::from_secs(12) },
            WireAct::Corrupt { byte: None, bit: 0, times: once },
            WireAct::Truncate { length: None, times: once },
        ];
        faults.extend(acts.map(|act| Fault::wire(message, act)));
    }
    faults
}

/// What can go wrong beyond this side's own configuration.
pub(crate) fn catalogue(setup: &Setup, role: Role) -> Vec<Fault> {
    let at = role.other();
    let messages = || MessageName::all(setup.mode, true);
    let mut faults = vec![
        Fault::operator(at, Edit::PskMismatch),
        Fault::operator(at, Edit::MissingTunnelGroup),
        Fault::operator(at, Edit::MissingPsk),
        Fault::operator(at, Edit::IkeDisabled),
        Fault::operator(at, Edit::IdentityMismatch),
        Fault::Path(PathFault::NoRoute { at: role }),
        Fault::Path(PathFault::NoRoute { at }),
        Fault::Path(PathFault::BlockPort { port: 4500, direction: Direction::Both }),
    ];
    let attributes = [MismatchAttribute::Encryption, MismatchAttribute::Hash, MismatchAttribute::Group];
    faults.extend(attributes.map(|attribute| Fault::operator(at, Edit::PolicyMismatch(attribute))));
    let ways = [Direction::Both, Direction::ToInitiator, Direction::ToResponder];
    faults.extend(ways.map(|direction| Fault::Path(PathFault::BlockPort { port: 500, direction })));
    // Down from the start, or from the middle of any message's way.
    let half = setup.network.latency / 2;
    let moments = (0_u32..)
        .zip(std::iter::once(None).chain(messages().map(Some)))
        .map(|(n, _)| Instant::ZERO + setup.network.latency * n + half);
    let moments = std::iter::once(Instant::ZERO).chain(moments);
    faults.extend(moments.map(|from| Fault::Path(PathFault::PeerDown { at, from, until: None })));
    // Only who calls can call a wrong address, and only who is called can turn the mode down.
    if role == Role::Initiator {
        faults.push(Fault::operator(role, Edit::WrongPeerAddress));
        faults.push(Fault::operator(at, Edit::AggressiveModeDisabled));
        // A daemon has no interface to forget.
        if matches!(setup.hosts[at].profile.commands, Commands::Asa | Commands::Ios) {
            faults.push(Fault::operator(at, Edit::MapUnbound));
        }
    }
    for message in messages() {
        faults.push(Fault::wire(message, WireAct::Drop { times: Times::All }));
        faults.push(Fault::wire(message, WireAct::Truncate { length: None, times: Times::All }));
        faults.push(Fault::wire(message, WireAct::Delay { by: too_late(setup, message) }));
        // Damage at the end, and damage to the initiator's cookie: the two look unlike.
        let damage = |byte| WireAct::Corrupt { byte, bit: 0, times: Times::All };
        faults.extend([None, Some(0)].map(|byte| Fault::wire(message, damage(byte))));
    }
    faults
}

/// Later than any peer waits for an answer to this message, or for the message itself.
fn too_late(setup: &Setup, message: MessageName) -> Duration {
    let around = MessageName::all(setup.mode, true).filter(|one| one.number() <= message.number());
    let waits = around.flat_map(|one| {
        Role::BOTH.map(|role| {
            let schedule = setup.hosts[role].profile.timers.value.schedule(one);
            schedule.map_or(Duration::ZERO, |schedule| Duration::from_millis(schedule.give_up))
        })
    });
    waits.max().unwrap_or_default() + BEHIND
}

/// How far behind the end of every wait a message comes that is called late.
const BEHIND: Duration = Duration::from_secs(15);
