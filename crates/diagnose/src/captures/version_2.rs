//! IKEv2 that is refused as a whole: the other side has IKEv1 alone for this peer, or nothing at all.

use std::collections::BTreeMap;
use std::time::Duration;

use ike::{NotifyType, Role, Sides};
use isakmp::{Cookie, CookiePair, ExchangeType};
use sim::Cause;

use super::frame::{CapturePoint, Sight, What};
use super::negotiation::{Emission, Negotiation};
use super::note::Note;
use super::verdict::{CaptureVerdict, Judgement, Left, Sure};
use crate::evidence::{Captured, Observation};
use crate::finding::{Finding, ranked};
use crate::remedy::Remedy;

/// IKEv2's first exchange (RFC 7296 section 3.1).
pub(super) const IKE_SA_INIT: ExchangeType = ExchangeType(34);
/// The notify payload's type in IKEv2.
const NOTIFY: u8 = 41;

/// The refusals of IKEv2 as negotiations of their own.
pub(super) fn refused<'c>(sights: Vec<Sight<'c>>, ends_at: &[Duration]) -> Vec<Negotiation<'c>> {
    let mut by_spi: BTreeMap<Cookie, Vec<Sight<'c>>> = BTreeMap::new();
    for sight in sights {
        by_spi.entry(sight.header.cookies.initiator).or_default().push(sight);
    }
    by_spi.into_values().filter_map(|sights| negotiation(sights, ends_at)).collect()
}

fn negotiation<'c>(sights: Vec<Sight<'c>>, ends_at: &[Duration]) -> Option<Negotiation<'c>> {
    let (answer, notify) = sights.iter().find_map(|sight| Some((sight, refusal(sight.bytes)?)))?;
    let cookies = CookiePair { initiator: answer.header.cookies.initiator, responder: Cookie::ZERO };
    let ends = (answer.ends.1, answer.ends.0);
    // One place says all: what matters is that it was refused.
    let place: CapturePoint = answer.place;
    let last = ends_at.get(place.file).copied().unwrap_or_default();
    let emission = |sight: Sight<'c>| Emission {
        sender: if sight.ends.0 == ends.0 { Role::Initiator } else { Role::Responder },
        what: What::Later(sight.header.exchange),
        near: Some(sight),
        far: None,
        repeats: None,
        altered: false,
    };
    let emissions: Vec<Emission<'c>> =
        sights.into_iter().filter(|sight| sight.place == place).map(emission).collect();
    let began = emissions.first().map_or(Duration::ZERO, Emission::at);
    Some(Negotiation {
        cookies,
        responder_cookies: Vec::new(),
        mode: None,
        ends,
        places: vec![place],
        emissions,
        starts_late: false,
        roles_sure: true,
        refusals: Vec::new(),
        left_out: 0,
        watched: last.saturating_sub(began),
        refused_version_2: Some(notify),
    })
}

/// The error notify that stands first in an answer.
fn refusal(bytes: &[u8]) -> Option<NotifyType> {
    let is_notify = bytes.get(16) == Some(&NOTIFY);
    let [high, low] = *bytes.get(34..)?.first_chunk()?;
    let notify = NotifyType(u16::from_be_bytes([high, low]));
    let refuses = [NotifyType::NO_PROPOSAL_CHOSEN, NotifyType::INVALID_MAJOR_VERSION].contains(&notify);
    (is_notify && refuses).then_some(notify)
}

pub(super) fn judge(negotiation: Negotiation<'_>, notify: NotifyType) -> Judgement<'_> {
    let side = || Left {
        state: None,
        last: None,
        sure: Sure::NotVisible,
        possible: Vec::new(),
        vendor: None,
        sent: Vec::new(),
        resends: 0,
        notifies: Vec::new(),
    };
    let mut sides = Sides::new(side(), side());
    sides.responder.notifies.push(notify);
    let answers = negotiation.emissions.iter().filter(|one| one.sender == Role::Responder);
    let frames = answers.map(Emission::frame).collect();
    let suspect = |cause| {
        let remedy = (cause == Cause::IkeVersion).then_some(Remedy::Plain(cause));
        let decides = Observation::Cause { cause, shows: Sides::default() };
        Finding { decides: Some(decides), inferred: true, ..Finding::new(cause, Vec::new(), remedy) }
    };
    let causes = ranked([Cause::IkeVersion, Cause::PolicyMismatch].map(suspect));
    Judgement {
        seen: vec![Captured::Version2Refused { frames, notify }.into()],
        negotiation,
        alike: Vec::new(),
        verdict: CaptureVerdict::Stalled,
        sides,
        nat: Sides::default(),
        causes,
        notes: vec![Note::Version2],
        proofs: Vec::new(),
        phase2: super::phase2::Phase2::default(),
    }
}
