//! Where a captured negotiation left each side.

use std::collections::BTreeSet;

use ike::{MessageName, Mode, NotifyType, Role, State};
use sim::Cause;

use super::fits::Fits;
use super::frame::What;
use super::frame::is_later;
use super::negotiation::{Emission, Negotiation};
use super::one_way::{is_anybodys, one_way};
use super::picture::answers_phase_1;
use super::rebuild::confirms;
use super::refusal::Told;
use super::vendor::Vendor;
use super::verdict::{CaptureVerdict, Left, Sure};

/// How it ended.
pub(super) fn verdict(negotiation: &Negotiation<'_>, has_phase_1: bool, fits: &Fits) -> CaptureVerdict {
    // A last message that the other side refuses looks the same where its refusal is not in the file.
    let whole = one_way(negotiation).is_none();
    if is_proven(negotiation) || (whole && last_arrived(negotiation) && up_as_far_as_seen(negotiation, fits))
    {
        return CaptureVerdict::Established;
    }
    if !has_phase_1 {
        return CaptureVerdict::NotCaptured;
    }
    if is_anybodys(negotiation) {
        return CaptureVerdict::Undecided;
    }
    // A run without a fault looks like this so far: what is not there yet may still come.
    if fits.healthy || (fits.count > 0 && fits.up == fits.count) {
        return CaptureVerdict::Undecided;
    }
    match fits.half {
        0 => CaptureVerdict::Stalled,
        // Only if every run that fails leaves one side up: else the bytes do not tell.
        half if half == fits.count - fits.up => CaptureVerdict::HalfOpen,
        _ if spoke_under_the_sa(negotiation) => CaptureVerdict::HalfOpen,
        _ => CaptureVerdict::NotUp,
    }
}

/// An exchange that only an established SA has was seen after phase 1.
pub(super) fn went_on(negotiation: &Negotiation<'_>) -> bool {
    Role::BOTH.into_iter().any(|role| spoke_later(negotiation, role))
}

/// A Main Mode responder that sends an encrypted Informational that answers nothing was active: one that waits gives up in
/// silence.
fn spoke_under_the_sa(negotiation: &Negotiation<'_>) -> bool {
    negotiation.mode == Some(Mode::Main)
        && negotiation.emissions.iter().any(|one| {
            let sealed = one.sender == Role::Responder && one.what == What::Sealed;
            sealed && !answers_phase_1(negotiation, one) && !follows_sealed(negotiation, one)
        })
}

/// The initiator sent an encrypted Informational before: this one may answer it.
fn follows_sealed(negotiation: &Negotiation<'_>, one: &Emission<'_>) -> bool {
    let sealed = |seen: &Emission<'_>| seen.sender == Role::Initiator && seen.what == What::Sealed;
    negotiation.emissions.iter().any(|seen| sealed(seen) && seen.at() <= one.at())
}

/// Such an exchange proves both sides active. In Aggressive Mode the initiator is active when it has sent AM3: there
/// the responder's word is needed.
fn is_proven(negotiation: &Negotiation<'_>) -> bool {
    match negotiation.mode {
        Some(Mode::Aggressive) => spoke_later(negotiation, Role::Responder),
        _ => went_on(negotiation),
    }
}

/// The last message of the exchange came as far as can be seen.
fn last_arrived(negotiation: &Negotiation<'_>) -> bool {
    let Some(last) = last_message(negotiation) else {
        return false;
    };
    let came =
        |one: &Emission<'_>| one.what == What::Phase1(last) && !one.altered && one.arrived(negotiation);
    negotiation.emissions.iter().any(came)
}

/// The exchange's last message.
fn last_message(negotiation: &Negotiation<'_>) -> Option<MessageName> {
    MessageName::all(negotiation.mode?, confirms(negotiation)).next_back()
}

/// A run that comes up looks like this; or, where no run does, nothing was sent again after the last message, and it was
/// not refused.
fn up_as_far_as_seen(negotiation: &Negotiation<'_>, fits: &Fits) -> bool {
    if fits.count > 0 {
        return fits.up_late || fits.up == fits.count;
    }
    let last = last_message(negotiation).map(What::Phase1);
    let came = |one: &Emission<'_>| Some(one.what) == last && !one.altered && one.arrived(negotiation);
    let Some(at) = negotiation.emissions.iter().rposition(came) else { return false };
    let mut after = negotiation.emissions.iter().skip(at + 1);
    // A resend or a complaint behind the last message shows that it was not taken.
    !after.any(|one| match one.what {
        What::Phase1(_) | What::Notify(_) | What::Informational => true,
        What::Sealed => answers_phase_1(negotiation, one),
        What::OutOfScript(_) | What::Fragment | What::Later(_) => false,
    })
}

/// Where a side was left.
pub(super) fn left(
    negotiation: &Negotiation<'_>,
    role: Role,
    vendor: Option<Vendor>,
    verdict: CaptureVerdict,
    fits: &Fits,
    told: Option<&Told>,
) -> Left {
    let own = || negotiation.emissions.iter().filter(move |one| one.sender == role);
    let sent: BTreeSet<MessageName> = own().filter_map(|one| one.what.phase_1()).collect();
    let resends = own().filter(|one| one.repeats.is_some() && one.what.phase_1().is_some()).count();
    let mut notifies: Vec<NotifyType> = Vec::new();
    for one in own() {
        if let What::Notify(notify) = one.what
            && !notifies.contains(&notify)
        {
            notifies.push(notify);
        }
    }
    let last = by_protocol(negotiation, role, &sent);
    let (state, sure, possible) = match told {
        // Where nobody listens, nobody keeps an SA.
        Some(Told { cause: Cause::PortClosed, at, .. }) if *at == role => {
            (Some(None), Sure::Inferred, Vec::new())
        }
        // Whose message was refused waits for an answer, whatever else could be.
        Some(told) if told.at != role && last.is_some() => (last.map(Some), Sure::Seen, Vec::new()),
        _ => state(negotiation, role, &sent, verdict, fits),
    };
    Left { state, last, sure, possible, vendor, sent: sent.into_iter().collect(), resends, notifies }
}

fn state(
    negotiation: &Negotiation<'_>,
    role: Role,
    sent: &BTreeSet<MessageName>,
    verdict: CaptureVerdict,
    fits: &Fits,
) -> (Option<Option<State>>, Sure, Vec<Option<State>>) {
    let by_protocol = by_protocol(negotiation, role, sent);
    match verdict {
        CaptureVerdict::Established => {
            let active =
                if negotiation.mode == Some(Mode::Aggressive) { State::AmActive } else { State::MmActive };
            let known = by_protocol == Some(active) || spoke_later(negotiation, role);
            (Some(Some(active)), if known { Sure::Seen } else { Sure::Inferred }, Vec::new())
        }
        // Told from a Delete, behind this.
        CaptureVerdict::NotCaptured | CaptureVerdict::TornDown => (None, Sure::NotVisible, Vec::new()),
        CaptureVerdict::Undecided if is_anybodys(negotiation) => (None, Sure::NotVisible, either(sent)),
        CaptureVerdict::Undecided => match by_protocol {
            Some(state) => (Some(Some(state)), Sure::Seen, Vec::new()),
            None => (None, Sure::NotVisible, Vec::new()),
        },
        CaptureVerdict::Stalled | CaptureVerdict::HalfOpen | CaptureVerdict::NotUp => match fits.states[role]
            .as_slice()
        {
            // No run has this picture: what its own messages mean is all that is known.
            [] => (by_protocol.map(Some), Sure::Inferred, Vec::new()),
            [only] => {
                let sure = if only.is_some() && *only == by_protocol { Sure::Seen } else { Sure::Inferred };
                (Some(*only), sure, Vec::new())
            }
            all if role == Role::Responder
                && all.contains(&Some(State::MmActive))
                && spoke_under_the_sa(negotiation) =>
            {
                (Some(Some(State::MmActive)), Sure::Inferred, Vec::new())
            }
            all => (None, Sure::NotVisible, all.to_vec()),
        },
    }
}

/// What a message means that may as well be the one behind it, which looks the same.
fn either(sent: &BTreeSet<MessageName>) -> Vec<Option<State>> {
    let Some(last) = sent.last().copied() else { return Vec::new() };
    let waits = |name: MessageName| name.next().and_then(State::waiting_for).unwrap_or(State::MmActive);
    let both = std::iter::once(last).chain(last.next());
    both.map(|name| Some(waits(name))).collect()
}

/// The side sent something that only an established SA has.
fn spoke_later(negotiation: &Negotiation<'_>, role: Role) -> bool {
    let own = negotiation.emissions.iter().filter(|one| one.sender == role);
    own.into_iter().any(|one| matches!(one.what, What::Later(exchange) if is_later(exchange)))
}

/// The state that its own last message means: it waits for the next.
fn by_protocol(negotiation: &Negotiation<'_>, role: Role, sent: &BTreeSet<MessageName>) -> Option<State> {
    let mode = negotiation.mode?;
    let last = *sent.last()?;
    let active = if mode == Mode::Main { State::MmActive } else { State::AmActive };
    if last_message(negotiation) == Some(last) {
        return Some(active);
    }
    let waits = State::waiting_for(last.next()?);
    waits.filter(|state| state.is_in(mode, role))
}
