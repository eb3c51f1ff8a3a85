//! What an operator's fault does to the entries of a crypto map.

use std::net::IpAddr;

use ike::config::{AclEnd, Net};
use ike::crypto::DhGroup;
use ike::ipsec::{Encapsulation, EspCipher, Integrity, TransformSet};
use ike::{AclLine, MapEntry, MapPart, Role, Subnet};

use super::fresh;
use crate::fault::{Changed, MapValue, PfsHow, ProxyHow, TransformAttribute};
use crate::setup::Setup;

/// Changes every entry of this host; `change` gives the values before and after.
fn each(
    setup: &mut Setup,
    at: Role,
    change: impl Fn(&mut MapEntry, &[MapEntry]) -> Vec<(MapValue, MapValue)>,
) -> Vec<Changed> {
    let others = setup.hosts[at.other()].crypto_map.clone().unwrap_or_default();
    let entries = setup.hosts[at].crypto_map.iter_mut().flatten();
    let changed = entries.flat_map(|entry| {
        let sequence = entry.sequence;
        let values = change(entry, &others);
        values.into_iter().map(move |(before, after)| Changed::Map { sequence, before, after })
    });
    changed.collect()
}

pub(super) fn transform(setup: &mut Setup, attribute: TransformAttribute, at: Role) -> Vec<Changed> {
    each(setup, at, |entry, others| match attribute {
        TransformAttribute::Mode => {
            let before = entry.mode;
            entry.mode = match before {
                Encapsulation::Tunnel => Encapsulation::Transport,
                Encapsulation::Transport => Encapsulation::Tunnel,
            };
            vec![(MapValue::Mode(before), MapValue::Mode(entry.mode))]
        }
        TransformAttribute::Lifetime => {
            let (before, theirs) = (entry.lifetime, others.iter().map(|other| other.lifetime));
            // It refuses nothing: each side keeps to the shorter one.
            let Some(after) = fresh([3600, 28_800, 1800], before, theirs) else { return Vec::new() };
            entry.lifetime = after;
            vec![(MapValue::Lifetime(before), MapValue::Lifetime(after))]
        }
        TransformAttribute::Encryption | TransformAttribute::KeyLength | TransformAttribute::Integrity => {
            let theirs: Vec<TransformSet> =
                others.iter().flat_map(|other| other.transform_sets.iter().copied()).collect();
            let mut changed = Vec::new();
            // Every set: one that is left in the offer would be taken.
            for set in &mut entry.transform_sets {
                let before = *set;
                if let Some(after) = another(before, attribute, &theirs) {
                    *set = after;
                    changed.push((MapValue::Set(before), MapValue::Set(after)));
                }
            }
            changed
        }
    })
}

/// The set with another value, so that the other side has none like it.
fn another(
    set: TransformSet,
    attribute: TransformAttribute,
    theirs: &[TransformSet],
) -> Option<TransformSet> {
    let with_cipher = |cipher: EspCipher| {
        let hmac = set.esp.and_then(|(_, hmac)| hmac);
        // A cipher that is not combined needs an HMAC of its own.
        let hmac = if cipher.is_combined() { None } else { hmac.or(Some(Integrity::Sha1)) };
        TransformSet { esp: Some((cipher, hmac)), ..set }
    };
    let candidates: Vec<TransformSet> = match attribute {
        TransformAttribute::Encryption => {
            let (own, _) = set.esp?;
            let kinds = [EspCipher::TripleDes, EspCipher::Aes256, EspCipher::Des, EspCipher::Gcm256];
            // By transform: the same cipher with another key length is another fault.
            kinds.into_iter().filter(|one| one.assigned().0 != own.assigned().0).map(with_cipher).collect()
        }
        TransformAttribute::KeyLength => {
            let (own, _) = set.esp?;
            let same = |one: &EspCipher| one.assigned().0 == own.assigned().0 && *one != own;
            EspCipher::ALL.into_iter().filter(same).map(with_cipher).collect()
        }
        TransformAttribute::Integrity => {
            let with = |hmac: Integrity| match set.esp {
                Some((cipher, Some(_))) => Some(TransformSet { esp: Some((cipher, Some(hmac))), ..set }),
                // A combined cipher has no HMAC to change; then AH's may be, which has fewer words.
                _ => set.ah.and(hmac.ah_word()).map(|_| TransformSet { ah: Some(hmac), ..set }),
            };
            Integrity::ALL.into_iter().filter_map(with).collect()
        }
        TransformAttribute::Mode | TransformAttribute::Lifetime => Vec::new(),
    };
    fresh(candidates, set, theirs.iter().copied())
}

pub(super) fn pfs(setup: &mut Setup, how: PfsHow, at: Role) -> Vec<Changed> {
    each(setup, at, |entry, others| {
        let before = entry.pfs;
        let theirs = others.iter().filter_map(|other| other.pfs);
        // What devices are set to first; the rest only where the peer's entries use all of those.
        let usual = [DhGroup::Modp2048, DhGroup::Modp1536, DhGroup::Modp1024];
        let groups = usual.into_iter().chain(DhGroup::ALL);
        entry.pfs = match (how, before) {
            // Where there is none already nothing changes, and the file's reader says so.
            (PfsHow::Missing, _) => None,
            (PfsHow::Extra, None) => Some(DhGroup::Modp2048),
            (PfsHow::Group, Some(own)) => fresh(groups, own, theirs),
            // Such a host has nothing that could differ so.
            (PfsHow::Extra, Some(_)) | (PfsHow::Group, None) => before,
        };
        let changed = (entry.pfs != before).then_some((MapValue::Pfs(before), MapValue::Pfs(entry.pfs)));
        changed.into_iter().collect()
    })
}

pub(super) fn proxies(setup: &mut Setup, how: ProxyHow, at: Role) -> Vec<Changed> {
    let v4 = setup.hosts[at].address.is_ipv4();
    each(setup, at, |entry, _| {
        let mut changed = Vec::new();
        // Permits alone: a deny protects nothing. A number each, or two lines would ask for one subnet.
        for (number, line) in (99_u8..).zip(entry.acl.iter_mut().filter(|line| line.permit)) {
            let before = *line;
            if let Some(after) = other_line(before, how, number, v4).filter(|after| *after != before) {
                *line = after;
                changed.push((MapValue::Line(before), MapValue::Line(after)));
            }
        }
        changed
    })
}

/// The line with other addresses behind this host.
fn other_line(line: AclLine, how: ProxyHow, number: u8, v4: bool) -> Option<AclLine> {
    let own = if let Net::Subnet(subnet) = line.source.net { Some(subnet) } else { None };
    let net = match (how, own) {
        (ProxyHow::Other, own) if own.map_or(v4, |own| own.address().is_ipv4()) => {
            Subnet::new(IpAddr::from([10, number, 0, 0]), 24)?
        }
        (ProxyHow::Other, _) => Subnet::new(IpAddr::from([0xfd00, number.into(), 0, 0, 0, 0, 0, 0]), 64)?,
        (ProxyHow::Wider, Some(own)) => Subnet::new(own.address(), own.prefix().checked_sub(8)?)?,
        // Half of it is enough: what the other side asks for reaches beyond.
        (ProxyHow::Narrower, Some(own)) => Subnet::new(own.address(), own.prefix().checked_add(1)?)?,
        (ProxyHow::Any, own) => {
            let zero = if own.map_or(v4, |own| own.address().is_ipv4()) {
                IpAddr::from([0; 4])
            } else {
                IpAddr::from([0; 16])
            };
            // A protocol or a port that stayed would make it less than everything.
            let any = AclEnd { net: Net::Subnet(Subnet::new(zero, 0)?), port: 0 };
            return Some(AclLine { source: any, destination: any, protocol: 0, ..line });
        }
        // `self` and `peer` are single hosts, without a mask to change.
        (ProxyHow::Wider | ProxyHow::Narrower, None) => return None,
    };
    Some(AclLine { source: AclEnd { net: Net::Subnet(net), ..line.source }, ..line })
}

pub(super) fn incomplete(setup: &mut Setup, part: MapPart, at: Role) -> Vec<Changed> {
    each(setup, at, |entry, _| {
        // An empty list is the missing command: the engine tells by it that the entry is incomplete.
        let was_there = match part {
            MapPart::Acl => !std::mem::take(&mut entry.acl).is_empty(),
            MapPart::Peer => !std::mem::take(&mut entry.peers).is_empty(),
            MapPart::TransformSet => !std::mem::take(&mut entry.transform_sets).is_empty(),
        };
        was_there.then_some((MapValue::Has(part), MapValue::Lacks(part))).into_iter().collect()
    })
}

pub(super) fn unbound(setup: &mut Setup, at: Role) -> Vec<Changed> {
    // In a run of phase 1 alone a map is bound, and does nothing else.
    if setup.hosts[at].crypto_map.is_none() {
        setup.hosts[at].crypto_map = Some(Vec::new());
        let (before, after) = (MapValue::Bound(true), MapValue::Bound(false));
        return vec![Changed::Map { sequence: 10, before, after }];
    }
    each(setup, at, |entry, _| {
        let was = std::mem::replace(&mut entry.interface, false);
        was.then_some((MapValue::Bound(true), MapValue::Bound(false))).into_iter().collect()
    })
}
