//! Figures and values out of the trace and the two configurations.

use ike::{Event, Reason, Role, Sides};
use sim::{Alteration, Cause, Setup, Trace};

use super::{Copied, CopyEnd, Culprit, EntryValue, Evidence};
use crate::compare::{address_seen, keys};
use crate::critical::{self, Critical, accepted_damaged, impaired, last_of, not_started};

/// What speaks for one cause; the first says what became of the critical message.
pub(crate) fn evidence(
    setup: &Setup,
    trace: &Trace,
    critical: Option<&Critical<'_>>,
    cause: Cause,
) -> Vec<Evidence> {
    let mut all = Vec::new();
    if let Some(critical) = critical {
        let copies = critical.fates.iter().map(|fate| copied(setup, fate)).collect();
        all.push(Evidence::Copies { message: critical.message, copies });
    } else if let Some(reason) = not_started(trace) {
        all.push(Evidence::NotStarted(reason.clone()));
    }
    all.extend(specific(setup, trace, critical, cause));
    all
}

fn specific(setup: &Setup, trace: &Trace, critical: Option<&Critical<'_>>, cause: Cause) -> Vec<Evidence> {
    let entries = |value| vec![side_by_side(setup, value)];
    match cause {
        Cause::PskMismatch => shared_values(trace).into_iter().chain(keys(setup, trace)).collect(),
        Cause::PolicyMismatch => critical.map(policies).unwrap_or_default(),
        Cause::MissingTunnelGroup => {
            // Without a critical message the initiator itself did not begin: the group is missing there.
            vec![groups(setup, critical.map_or(Role::Initiator, Critical::receiver))]
        }
        Cause::WrongPeerAddress => {
            let right = setup.outside_address(Role::Responder);
            vec![Evidence::Called { peer: setup.hosts.initiator.peer, right }]
        }
        Cause::Port4500Blocked => translated(setup, trace).into_iter().collect(),
        Cause::MessageCorrupted => {
            accepted_damaged(trace).map(Evidence::AcceptedDamaged).into_iter().collect()
        }
        Cause::PeerMisbehaved => impaired(trace)
            .into_iter()
            .map(|((at, what), message)| Evidence::Impaired { at, what, message })
            .collect(),
        Cause::TransformMismatch => entries(EntryValue::Protection),
        Cause::PfsMismatch => entries(EntryValue::Secrecy),
        Cause::ProxyMismatch => entries(EntryValue::Lines),
        Cause::CryptoMapIncomplete | Cause::MapUnbound => entries(EntryValue::Wholeness),
        // Of these the fate of the message says all: there are no two values to set side by side.
        Cause::MissingPsk
        | Cause::IkeDisabled
        | Cause::AggressiveModeDisabled
        | Cause::IdentityMismatch
        | Cause::NoRoute
        | Cause::PeerDown
        | Cause::PortClosed
        | Cause::IkeVersion
        | Cause::XauthMissing
        | Cause::Port500Blocked
        | Cause::MessageLost
        | Cause::MessageLate
        // Who cleared what stands before the fate of any message.
        | Cause::Deleted => Vec::new(),
    }
}

/// What became of one copy.
pub(crate) fn copied(setup: &Setup, fate: &critical::Fate<'_>) -> Copied {
    let altered = fate.altered.iter().map(|(by, how)| (Culprit::of(setup, *by), (*how).clone()));
    let end = match fate.end {
        critical::End::Lost(by) => CopyEnd::Lost(Culprit::of(setup, by)),
        critical::End::Dropped(reason, _) => CopyEnd::Dropped(reason.clone()),
        critical::End::Refused(reason, _) => CopyEnd::Refused(reason.clone()),
    };
    // A NAT rewrites every datagram of the run: it is no trouble of this one.
    let altered = altered.filter(|(_, how)| !matches!(how, Alteration::Translated { .. })).collect();
    Copied { altered, end }
}

/// What the two sides computed alike, and what not.
fn shared_values(trace: &Trace) -> Option<Evidence> {
    let values = |role| {
        last_of(trace, role, |event| {
            if let Event::Keys { gxy, keymat, .. } = event { Some((gxy, &keymat.skeyid)) } else { None }
        })
    };
    let ((i_gxy, i_skeyid), (r_gxy, r_skeyid)) = (values(Role::Initiator)?, values(Role::Responder)?);
    // SKEYID comes from the key and the nonces: g^xy alike shows that the exchange itself went well.
    (i_gxy == r_gxy && i_skeyid != r_skeyid).then_some(Evidence::SkeyidDiffers)
}

/// Each refused policy with the offer that came nearest.
fn policies(critical: &Critical<'_>) -> Vec<Evidence> {
    // One refusal is enough: a resend offers the same again.
    let nearest = critical.fates.iter().find_map(|fate| {
        if let critical::End::Refused(Reason::NoProposalChosen { nearest }, _) = fate.end {
            Some(nearest)
        } else {
            None
        }
    });
    let at = critical.receiver();
    let each = nearest.into_iter().flatten();
    each.map(|nearest| Evidence::Policy { at, nearest: nearest.clone() }).collect()
}

fn groups(setup: &Setup, at: Role) -> Evidence {
    let config = &setup.hosts[at];
    let configured = config.tunnel_groups.iter().map(|group| group.name.clone()).collect();
    let (commands, wanted) = (config.profile.commands, address_seen(setup, at));
    Evidence::Groups { at, commands, wanted, configured }
}

fn translated(setup: &Setup, trace: &Trace) -> Option<Evidence> {
    // The initiator is the one that moves to the other port, so what it found counts.
    let (initiator, responder) = last_of(trace, Role::Initiator, |event| {
        if let Event::NatChecked { local, remote, .. } = event { Some((*local, *remote)) } else { None }
    })?;
    let behind = Sides::new(initiator, responder);
    (initiator || responder).then_some(Evidence::Translated { behind, mode: setup.mode })
}

/// The crypto map entries of both sides, for one value.
fn side_by_side(setup: &Setup, value: EntryValue) -> Evidence {
    let of = Sides::from_fn(|role| setup.hosts[role].crypto_map.clone().unwrap_or_default());
    Evidence::Entries { value, of }
}
