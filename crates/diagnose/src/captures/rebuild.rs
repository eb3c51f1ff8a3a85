//! From what a capture shows to a setup in which nothing is wrong: mode, vendors, NAT, confirmation; with
//! the captured addresses and policies where the fixes are written.

use std::net::{IpAddr, Ipv4Addr};

use ike::keymat::PreSharedKey;
use ike::nat_d::nat_d;
use ike::observe::transforms_of;
use ike::{GroupName, MessageName, Mode, OfferedTransform, Policy, Profile, Role, Sides, TunnelGroup};
use isakmp::{Flags, Payload, PayloadType};
use sim::{Fault, PathFault, Setup};

use super::frame::{Sight, What};
use super::negotiation::Negotiation;

/// Everything that a run depends on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Circumstances {
    /// The exchange.
    pub mode: Mode,
    /// Whom each side behaves like.
    pub profiles: Sides<&'static Profile>,
    /// Who stands behind address translation.
    pub nat: Sides<bool>,
    /// The responder promises a fourth message.
    pub confirm: bool,
}

impl Circumstances {
    /// The setup with documentation's addresses.
    pub fn setup(&self) -> Setup {
        let mut setup = Setup::default().in_mode(self.mode);
        // Not the captured ones: with them each pair of peers would need all runs of its own.
        let outside = Sides::new(Ipv4Addr::new(192, 0, 2, 1), Ipv4Addr::new(192, 0, 2, 2));
        for at in Role::BOTH {
            setup.hosts[at].profile = self.profiles[at];
            setup.hosts[at].confirm = self.confirm;
            if self.nat[at] {
                setup.faults.push(Fault::Path(PathFault::Nat { at, outside: outside[at].into() }));
            }
        }
        let outside = setup.outside_address(Role::Responder);
        setup.hosts.initiator.peer = outside;
        let seen = setup.outside_address(Role::Initiator);
        // Behind a NAT a peer goes by another address than its own: a group under that one would not be found.
        let named = |config: &mut ike::Config, address| {
            config.tunnel_groups.iter_mut().for_each(|group| group.name = GroupName::Address(address));
        };
        named(&mut setup.hosts.initiator, outside);
        named(&mut setup.hosts.responder, seen);
        setup
    }
}

/// Such a setup with the captured addresses and policies: for the commands of a fix. A side that `vendors` does not know
/// gets nobody's commands.
pub fn shown(
    mut setup: Setup,
    negotiation: &Negotiation<'_>,
    vendors: &Sides<Option<&'static Profile>>,
) -> Setup {
    for role in Role::BOTH {
        setup.hosts[role].profile = vendors[role].unwrap_or(Profile::GENERIC);
    }
    // The captured addresses are those outside.
    setup.faults.clear();
    let (i, r) = (negotiation.ends.0.ip(), negotiation.ends.1.ip());
    let group = |address: IpAddr| TunnelGroup {
        name: GroupName::Address(address),
        // Any key does: commands show `<key>`.
        pre_shared_key: Some(PreSharedKey::new(b"any".to_vec())),
        peer_identity: None,
    };
    (setup.hosts.initiator.address, setup.hosts.initiator.peer) = (i, r);
    (setup.hosts.responder.address, setup.hosts.responder.peer) = (r, i);
    setup.hosts.initiator.tunnel_groups = vec![group(r)];
    setup.hosts.responder.tunnel_groups = vec![group(i)];
    let policies: Vec<Policy> = offered(negotiation).iter().filter_map(OfferedTransform::policy).collect();
    if !policies.is_empty() {
        setup.hosts.initiator.policies.clone_from(&policies);
        setup.hosts.responder.policies = policies;
    }
    setup
}

/// The SA payload of the exchange's message of this number.
fn sa(negotiation: &Negotiation<'_>, number: u8) -> Option<Vec<OfferedTransform>> {
    let payloads = message(negotiation, number)?.payloads();
    let body = payloads.into_iter().find(|payload| payload.kind == PayloadType::SA)?.body;
    Some(transforms_of(&body))
}

/// What the initiator offers; empty where that was not captured.
pub fn offered(negotiation: &Negotiation<'_>) -> Vec<OfferedTransform> {
    sa(negotiation, 1).unwrap_or_default()
}

/// What the responder chose.
pub fn chosen(negotiation: &Negotiation<'_>) -> Option<OfferedTransform> {
    sa(negotiation, 2)?.into_iter().next()
}

/// The first message of this number, as its sender sent it.
pub fn message<'n, 'c>(negotiation: &'n Negotiation<'c>, number: u8) -> Option<&'n Sight<'c>> {
    let name = MessageName::new(negotiation.mode?, number)?;
    negotiation.emissions.iter().find(|one| one.what == What::Phase1(name))?.sight()
}

/// Whether the responder promised the fourth message of Aggressive Mode.
pub fn confirms(negotiation: &Negotiation<'_>) -> bool {
    negotiation.mode == Some(Mode::Aggressive)
        && message(negotiation, 2).is_some_and(|sight| sight.header.flags.contains(Flags::COMMIT))
}

/// Who stands behind address translation: the NAT-D hashes against the addresses, the port that is used, and
/// addresses that differ from one place to the other.
pub fn translated(negotiation: &Negotiation<'_>) -> Sides<bool> {
    let mut nat = rewritten(negotiation);
    // NAT-D takes the hash that message 2 chose.
    let hash = chosen(negotiation).and_then(|chosen| chosen.policy()).map(|policy| policy.hash);
    for one in &negotiation.emissions {
        let (Some(sight), Some(hash), What::Phase1(_)) = (one.sight(), hash, one.what) else {
            continue;
        };
        // NAT-D covers both cookies: before the responder's is known nobody can make it.
        if sight.header.cookies.responder.is_zero() {
            continue;
        }
        let payloads = sight.payloads();
        let hashes: Vec<&Payload> = payloads.iter().filter(|p| p.kind == PayloadType::NAT_D).collect();
        // The first hash is the receiver's address; a sender with several addresses adds one for each.
        let [first, rest @ ..] = hashes.as_slice() else { continue };
        let of = |end: std::net::SocketAddr| nat_d(hash, sight.header.cookies, end.ip(), end.port());
        let (from, to) = sight.ends;
        nat[one.sender] |= !rest.iter().any(|payload| payload.body == of(from));
        nat[one.sender.other()] |= first.body != of(to);
    }
    if nat == Sides::default() && floated(negotiation) {
        // Which one cannot be told; the initiator is the usual case.
        nat.initiator = true;
    }
    nat
}

/// The exchange moved to UDP 4500.
pub fn floated(negotiation: &Negotiation<'_>) -> bool {
    let phase_1 = negotiation.emissions.iter().filter(|one| matches!(one.what, What::Phase1(_)));
    phase_1
        .filter_map(|one| one.sight())
        .any(|sight| [sight.ends.0.port(), sight.ends.1.port()].contains(&4500))
}

fn rewritten(negotiation: &Negotiation<'_>) -> Sides<bool> {
    let mut nat = Sides::default();
    for one in &negotiation.emissions {
        if let (Some(near), Some(far)) = (&one.near, &one.far) {
            nat[one.sender] |= near.ends.0 != far.ends.0;
            nat[one.sender.other()] |= near.ends.1 != far.ends.1;
        }
    }
    nat
}
