//! What speaks for a cause: figures and values out of the trace and the two configurations.

use ike::{Event, Reason, Role};
use sim::{Cause, Setup, Trace};

use crate::causes::{counted, not_started};
use crate::compare::{address_seen, group_noun, keys, plural};
use crate::fate::{Critical, End, Fate, accepted_damaged, impaired, last_of};
use crate::{phase2, words};

/// The lines for one cause; the first says what became of the critical message.
pub(crate) fn evidence(
    setup: &Setup,
    trace: &Trace,
    critical: Option<&Critical<'_>>,
    cause: Cause,
) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(critical) = critical {
        lines.push(story(setup, critical));
    } else if let Some(reason) = not_started(trace) {
        lines.push(format!("initiator: {}; it sends nothing", words::reason(reason)));
    }
    lines.extend(specific(setup, trace, critical, cause));
    lines
}

fn specific(setup: &Setup, trace: &Trace, critical: Option<&Critical<'_>>, cause: Cause) -> Vec<String> {
    match cause {
        Cause::PskMismatch => shared_values(trace).into_iter().chain(keys(setup, trace)).collect(),
        Cause::PolicyMismatch => critical.map(policies).unwrap_or_default(),
        Cause::MissingTunnelGroup => {
            // Without a critical message the initiator itself did not begin: the group is missing there.
            vec![groups(setup, critical.map_or(Role::Initiator, Critical::receiver))]
        }
        Cause::WrongPeerAddress => {
            let (called, right) = (setup.hosts.initiator.peer, setup.outside_address(Role::Responder));
            vec![format!("initiator: peer {called} · responder: reached at {right}")]
        }
        Cause::Port4500Blocked => translated(setup, trace),
        Cause::MessageCorrupted => accepted_damaged(trace)
            .map(|name| format!("{name} was accepted damaged, so both computed different values"))
            .into_iter()
            .collect(),
        Cause::PeerMisbehaved => impaired(trace)
            .into_iter()
            .map(|((role, what), name)| {
                format!("{role}: {} ({what})", words::impairment(what, &name.to_string()))
            })
            .collect(),
        Cause::TransformMismatch => phase2::side_by_side(setup, phase2::protection),
        Cause::PfsMismatch => phase2::side_by_side(setup, phase2::secrecy),
        Cause::ProxyMismatch => phase2::side_by_side(setup, phase2::lines),
        Cause::CryptoMapIncomplete | Cause::MapUnbound => phase2::side_by_side(setup, phase2::wholeness),
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

/// What became of the copies of the critical message.
fn story(setup: &Setup, critical: &Critical<'_>) -> String {
    let ends = counted(critical.fates.iter().map(|fate| end(setup, critical.receiver(), fate)));
    let name = critical.message;
    let parts: Vec<String> = ends
        .iter()
        .map(
            |(text, count)| {
                if *count == 1 { format!("1 copy {text}") } else { format!("{count} copies {text}") }
            },
        )
        .collect();
    if parts.is_empty() {
        return format!("{name} was still under way when the run ended");
    }
    format!("{name} from the {}: {}", critical.sender(), parts.join("; "))
}

/// What became of one copy.
pub(crate) fn end(setup: &Setup, receiver: Role, fate: &Fate<'_>) -> String {
    let altered: Vec<String> = fate
        .altered
        .iter()
        // A NAT rewrites every datagram of the run: it is no trouble of this one.
        .filter(|(_, how)| !matches!(how, sim::Alteration::Translated { .. }))
        .map(|(by, how)| format!("{} ({}), then ", words::alteration(how), words::blame(setup, *by)))
        .collect();
    let end = match fate.end {
        End::Lost(by) => format!("lost ({})", words::blame(setup, by)),
        End::Dropped(reason, _) => format!("dropped by the {receiver}: {}", words::reason(reason)),
        End::Refused(reason, _) => format!("refused by the {receiver}: {}", words::reason(reason)),
    };
    altered.concat() + &end
}

/// What the two sides computed alike, and what not.
fn shared_values(trace: &Trace) -> Option<String> {
    let values = |role| {
        last_of(trace, role, |event| {
            if let Event::Keys { gxy, keymat, .. } = event { Some((gxy, &keymat.skeyid)) } else { None }
        })
    };
    let ((i_gxy, i_skeyid), (r_gxy, r_skeyid)) = (values(Role::Initiator)?, values(Role::Responder)?);
    // SKEYID comes from the key and the nonces: g^xy alike shows that the exchange itself went well.
    (i_gxy == r_gxy && i_skeyid != r_skeyid).then(|| "both derived the same g^xy, but SKEYID differs".into())
}

/// Each refused policy with the offer that came nearest.
fn policies(critical: &Critical<'_>) -> Vec<String> {
    // One refusal is enough: a resend offers the same again.
    let nearest = critical.fates.iter().find_map(|fate| {
        if let End::Refused(Reason::NoProposalChosen { nearest }, _) = fate.end {
            Some(nearest)
        } else {
            None
        }
    });
    let receiver = critical.receiver();
    nearest.into_iter().flatten().map(|near| format!("{receiver}, {}", words::mismatch(near))).collect()
}

fn groups(setup: &Setup, role: Role) -> String {
    let config = &setup.hosts[role];
    let (noun, wanted) = (group_noun(config), address_seen(setup, role));
    let names: Vec<String> = config.tunnel_groups.iter().map(|group| group.name.to_string()).collect();
    if names.is_empty() {
        return format!("{role}: needs {noun} {wanted} · it has none at all");
    }
    format!("{role}: needs {noun} {wanted} · it has {} only: {}", plural(names.len(), noun), names.join(", "))
}

fn translated(setup: &Setup, trace: &Trace) -> Vec<String> {
    // The initiator is the one that moves to the other port, so what it found counts.
    let found = last_of(trace, Role::Initiator, |event| {
        if let Event::NatChecked { local, remote, .. } = event { Some((*local, *remote)) } else { None }
    });
    let who = match found {
        Some((true, false)) => "the initiator",
        Some((false, true)) => "the responder",
        Some((true, true)) => "each peer",
        _ => return Vec::new(),
    };
    // The first message of a side that has seen the other's NAT-D payloads.
    let at = match setup.mode {
        ike::Mode::Main => "MSG5",
        ike::Mode::Aggressive => "AM3",
    };
    vec![format!("NAT-D shows a NAT in front of {who}: from {at} on both use UDP 4500, before that UDP 500")]
}
