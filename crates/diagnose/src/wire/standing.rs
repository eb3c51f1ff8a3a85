//! Where a captured negotiation left each side.

use std::collections::BTreeSet;

use ike::{MessageName, Mode, NotifyType, Role, State};
use sim::state_name;

use super::base::confirms;
use super::find::{Emission, Negotiation, is_later};
use super::judge::{Left, Sure, Verdict};
use super::matching::Match;
use super::sight::What;
use super::vendor::Vendor;

/// How it ended, and the runs that say why.
pub(super) fn verdict(
    negotiation: &Negotiation<'_>,
    has_phase_1: bool,
    matches: Vec<Match>,
) -> (Verdict, Vec<Match>) {
    if is_proven(negotiation) || (last_arrived(negotiation) && up_as_far_as_seen(negotiation, &matches)) {
        return (Verdict::Established, Vec::new());
    }
    if !has_phase_1 {
        return (Verdict::NotCaptured, Vec::new());
    }
    if matches.iter().any(|one| one.run.fault.is_none())
        || (!matches.is_empty() && matches.iter().all(|one| one.run.is_up()))
    {
        return (Verdict::Undecided, Vec::new());
    }
    let matches: Vec<Match> = matches.into_iter().filter(|one| !one.run.is_up()).collect();
    let half = |one: &Match| one.run.outcome.verdict == sim::Verdict::HalfOpen;
    let verdict = match matches.iter().filter(|one| half(one)).count() {
        0 => Verdict::Stalled,
        count if count == matches.len() => Verdict::HalfOpen,
        _ => Verdict::NotUp,
    };
    (verdict, matches)
}

/// An exchange that only an established SA has was seen after phase 1.
pub(super) fn went_on(negotiation: &Negotiation<'_>) -> bool {
    Role::BOTH.into_iter().any(|role| spoke_later(negotiation, role))
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
    let two = negotiation.places.len() > 1;
    negotiation
        .emissions
        .iter()
        .any(|one| one.what == What::Phase1(last) && !one.altered && (!two || one.far.is_some()))
}

/// The exchange's last message.
fn last_message(negotiation: &Negotiation<'_>) -> Option<MessageName> {
    MessageName::all(negotiation.mode?, confirms(negotiation)).next_back()
}

/// A run that comes up looks like this; or, where no run does, nothing was sent again after the last message.
fn up_as_far_as_seen(negotiation: &Negotiation<'_>, matches: &[Match]) -> bool {
    if !matches.is_empty() {
        return matches.iter().any(|one| one.run.comes_up_late())
            || matches.iter().all(|one| one.run.is_up());
    }
    let last = last_message(negotiation).map(What::Phase1);
    let after = negotiation.emissions.iter().skip_while(|one| Some(one.what) != last).skip(1);
    !after.into_iter().any(|one| matches!(one.what, What::Phase1(_) | What::Notify(_) | What::Informational))
}

/// Where a side was left.
pub(super) fn left(
    negotiation: &Negotiation<'_>,
    role: Role,
    vendor: Option<Vendor>,
    verdict: Verdict,
    stalls: &[Match],
) -> Left {
    let own = || negotiation.emissions.iter().filter(move |one| one.sender == role);
    let sent: BTreeSet<MessageName> = own().filter_map(name).collect();
    let resends = own().filter(|one| one.repeats.is_some() && name(one).is_some()).count();
    let mut notifies: Vec<NotifyType> = Vec::new();
    for one in own() {
        if let What::Notify(notify) = one.what
            && !notifies.contains(&notify)
        {
            notifies.push(notify);
        }
    }
    let (state, sure, possible) = state(negotiation, role, &sent, verdict, stalls);
    let last = by_protocol(negotiation, role, &sent);
    Left { state, last, sure, possible, vendor, sent: sent.into_iter().collect(), resends, notifies }
}

fn name(one: &Emission<'_>) -> Option<MessageName> {
    match one.what {
        What::Phase1(name) => Some(name),
        _ => None,
    }
}

fn state(
    negotiation: &Negotiation<'_>,
    role: Role,
    sent: &BTreeSet<MessageName>,
    verdict: Verdict,
    stalls: &[Match],
) -> (Option<Option<State>>, Sure, Vec<String>) {
    let by_protocol = by_protocol(negotiation, role, sent);
    match verdict {
        Verdict::Established => {
            let active =
                if negotiation.mode == Some(Mode::Aggressive) { State::AmActive } else { State::MmActive };
            let known = by_protocol == Some(active) || spoke_later(negotiation, role);
            (Some(Some(active)), if known { Sure::Seen } else { Sure::Inferred }, Vec::new())
        }
        Verdict::NotCaptured => (None, Sure::NotVisible, Vec::new()),
        Verdict::Undecided => match by_protocol {
            Some(state) => (Some(Some(state)), Sure::Seen, Vec::new()),
            None => (None, Sure::NotVisible, Vec::new()),
        },
        Verdict::Stalled | Verdict::HalfOpen | Verdict::NotUp => {
            let states: BTreeSet<Option<State>> = stalls.iter().map(|one| one.run.state(role)).collect();
            let mut states = states.into_iter();
            match (states.next(), states.next()) {
                (None, _) => (by_protocol.map(Some), Sure::Inferred, Vec::new()),
                (Some(only), None) => {
                    let sure =
                        if only.is_some() && only == by_protocol { Sure::Seen } else { Sure::Inferred };
                    (Some(only), sure, Vec::new())
                }
                (Some(one), Some(other)) => {
                    let all = [one, other].into_iter().chain(states);
                    (None, Sure::NotVisible, all.map(|state| state_name(state).to_owned()).collect())
                }
            }
        }
    }
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
