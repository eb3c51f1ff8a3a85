//! What a capture shows for a cause and against it, with the frames.

use ike::{Role, Sides};
use sim::{Cause, state_name};

use super::fits::Ground;
use super::frame::What;
use super::negotiation::{Emission, Negotiation};
use super::one_way::one_way;
use super::proof::Proof;
use super::rebuild::{Circumstances, floated, offered, translated};
use super::refusal;
use crate::evidence::{Captured, Evidence, Observation, Reached};

/// Each message that was repeated, lost or altered, and each notify, with its frames.
pub(super) fn seen(negotiation: &Negotiation<'_>) -> Vec<Evidence> {
    let mut groups: Vec<(Role, What, Vec<&Emission<'_>>)> = Vec::new();
    for one in &negotiation.emissions {
        match groups.iter_mut().find(|(role, what, _)| (*role, *what) == (one.sender, one.what)) {
            Some((.., list)) => list.push(one),
            None => groups.push((one.sender, one.what, vec![one])),
        }
    }
    let is_told = |what: &What| !matches!(what, What::Fragment | What::Later(_));
    let last = groups.iter().rposition(|(_, what, _)| matches!(what, What::Phase1(_)));
    let mut seen = Vec::new();
    for (position, (role, what, list)) in groups.iter().enumerate().filter(|(_, (_, what, _))| is_told(what))
    {
        let repeated = list.iter().any(|one| one.repeats.is_some());
        // What came through and was answered is no news; where the exchange stopped is.
        if !repeated && matches!(what, What::Phase1(_)) && Some(position) != last && !lost(negotiation, list)
        {
            continue;
        }
        seen.push(sent(negotiation, *role, *what, list));
    }
    seen.extend(refusal::seen(negotiation));
    seen.into_iter().map(Evidence::Captured).collect()
}

/// Some of these never came to the other place.
fn lost(negotiation: &Negotiation<'_>, list: &[&Emission<'_>]) -> bool {
    negotiation.places.len() > 1
        && list.iter().any(|one| one.near.is_none() || one.far.is_none() || one.altered)
}

fn sent(negotiation: &Negotiation<'_>, from: Role, what: What, list: &[&Emission<'_>]) -> Captured {
    let reached = (negotiation.places.len() > 1).then(|| Reached {
        arrived: list.iter().filter(|one| one.near.is_some() && one.far.is_some()).count(),
        left: list.iter().filter(|one| one.near.is_some()).count(),
        altered: list.iter().filter(|one| one.altered).count(),
    });
    let unanswered =
        matches!(what, What::Phase1(_)) && !answered(negotiation, what) && one_way(negotiation).is_none();
    Captured::Sent { frames: list.iter().map(|one| one.frame()).collect(), what, from, reached, unanswered }
}

/// The message that answers this one was seen.
fn answered(negotiation: &Negotiation<'_>, what: What) -> bool {
    let What::Phase1(name) = what else { return true };
    let later = |one: &Emission<'_>| matches!(one.what, What::Phase1(later) if later > name);
    // Nothing answers the last message, be it the third or a promised fourth.
    name.is_last(false) || name.is_last(true) || negotiation.emissions.iter().any(later)
}

/// What speaks for this cause alone.
pub(super) fn supports(
    negotiation: &Negotiation<'_>,
    circumstances: &Circumstances,
    ground: &Ground,
    proofs: &[Proof],
) -> Vec<Evidence> {
    let mut seen = Vec::new();
    let (count, state) = ground.sources;
    match ground.cause {
        Cause::PortClosed => seen.push(Evidence::ClosedByItself),
        Cause::PskMismatch => {
            seen.extend(proofs.iter().cloned().map(|proof| Captured::WrongKey(proof).into()));
        }
        Cause::MessageCorrupted => seen.extend(damaged(negotiation).into_iter().map(Evidence::Captured)),
        Cause::PolicyMismatch => seen.push(Captured::Offered(offered(negotiation)).into()),
        Cause::Port4500Blocked => {
            let (nat, moved) = (translated(negotiation), floated(negotiation));
            seen.push(Captured::Moves { nat, moved }.into());
        }
        Cause::MissingTunnelGroup
        | Cause::MissingPsk
        | Cause::IkeDisabled
        | Cause::AggressiveModeDisabled
        | Cause::WrongPeerAddress
        | Cause::IkeVersion
        | Cause::XauthMissing
        | Cause::IdentityMismatch
        | Cause::NoRoute
        | Cause::PeerDown
        | Cause::Port500Blocked
        | Cause::MessageLost
        | Cause::MessageLate
        | Cause::TransformMismatch
        | Cause::PfsMismatch
        | Cause::ProxyMismatch
        | Cause::CryptoMapIncomplete
        | Cause::MapUnbound
        | Cause::Deleted
        | Cause::PeerMisbehaved => {}
    }
    if !ground.usual {
        seen.extend(like(circumstances, ground));
    }
    if count > 0 {
        seen.push(Evidence::Reports { count, state });
    }
    seen
}

/// Whom a side whose vendor is not known must behave like for this.
fn like(circumstances: &Circumstances, ground: &Ground) -> Vec<Evidence> {
    let unlike = ground.profiles.both().into_iter();
    unlike
        .filter(|(role, names)| !names.contains(&circumstances.profiles[*role].name))
        .map(|(at, names)| Captured::Like { at, profiles: names.clone() }.into())
        .collect()
}

/// Both sides proved one candidate: the keys are equal.
pub(super) fn ruled_out(cause: Cause, proofs: &[Proof]) -> bool {
    let both =
        |proof: &Proof| proof.of(Role::Initiator) == Some(true) && proof.of(Role::Responder) == Some(true);
    cause == Cause::PskMismatch && proofs.iter().any(both)
}

/// What speaks against this cause.
pub(super) fn against(negotiation: &Negotiation<'_>, ground: &Ground, proofs: &[Proof]) -> Vec<Evidence> {
    let mut seen = Vec::new();
    let cause = ground.cause;
    if ruled_out(cause, proofs) {
        seen.push(Captured::OneKey);
    }
    if ground.beside_responder {
        seen.push(Captured::BesideResponder);
    }
    if ground.sources.0 == 0 && ground.last.into_iter().any(|state| state.is_some()) {
        seen.push(Captured::NoReports(ground.last));
    }
    // A way or a host that is gone lets nothing through, not even one message.
    let on_the_path =
        matches!(cause, Cause::NoRoute | Cause::Port500Blocked | Cause::PeerDown | Cause::WrongPeerAddress);
    let back = negotiation.emissions.iter().find(|one| one.sender == Role::Responder);
    if let (true, Some(back)) = (on_the_path, back) {
        seen.push(Captured::OnTheWire { frame: back.frame(), what: back.what });
    }
    seen.into_iter().map(Evidence::Captured).collect()
}

/// The observation that tells this cause from the others, and what each side would show.
pub(super) fn decides(ground: &Ground, negotiation: &Negotiation<'_>) -> Observation {
    let shows = Sides::from_fn(|role| {
        let sends = negotiation.emissions.iter().any(|one| one.sender == role);
        let hidden = !sends || role == Role::Responder;
        let mut names: Vec<&str> =
            ground.states[role].iter().filter(|_| hidden).map(|state| state_name(*state)).collect();
        names.sort_unstable();
        names
    });
    Observation::Cause { cause: ground.cause, shows }
}

/// Messages of phase 1 that arrived with other bytes, or cannot be read.
pub(super) fn damaged(negotiation: &Negotiation<'_>) -> Vec<Captured> {
    let phase_1 = negotiation.emissions.iter().filter(|one| matches!(one.what, What::Phase1(_)));
    let seen = phase_1.filter_map(|one| {
        let (frame, what) = (one.frame(), one.what);
        match &one.far {
            Some(far) if one.altered => Some(Captured::Altered { frame, what, arrives: far.frame_name() }),
            _ => one.sight()?.damage().map(|error| Captured::Unreadable { frame, what, error }),
        }
    });
    seen.take(3).collect()
}
