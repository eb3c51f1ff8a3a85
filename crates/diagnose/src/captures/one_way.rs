//! Captures of one direction: what the other side sent went another way, or a filter left it out.

use std::collections::BTreeSet;

use ike::{MessageName, NotifyType, Role};

use super::frame::What;
use super::negotiation::{Emission, Negotiation};

/// The side whose messages alone were captured, where they themselves show that the other one spoke as well.
pub(super) fn one_way(negotiation: &Negotiation<'_>) -> Option<Role> {
    let role = alone(negotiation)?;
    let names: BTreeSet<MessageName> =
        negotiation.emissions.iter().filter_map(|one| one.what.phase_1()).collect();
    let answers = role == Role::Responder && negotiation.emissions.len() > 1;
    // Nobody sends a second message without the other side's answer to the first.
    (answers || names.len() > 1 || refuses_unseen(negotiation)).then_some(role)
}

/// The side that sent notifies in clear of which the capture has too little to say what they are.
pub(super) fn mumbles(negotiation: &Negotiation<'_>) -> Option<Role> {
    let cut = |one: &&Emission<'_>| is_cut_notify(one);
    negotiation.emissions.iter().find(cut).map(|one| one.sender)
}

pub(super) fn is_cut_notify(one: &Emission<'_>) -> bool {
    one.what == What::Informational && one.sight().is_some_and(|sight| sight.cut)
}

/// The only side that was heard.
fn alone(negotiation: &Negotiation<'_>) -> Option<Role> {
    let role = negotiation.emissions.first()?.sender;
    negotiation.emissions.iter().all(|one| one.sender == role).then_some(role)
}

/// One side alone was heard, and nothing that it sent says whether it began: Main Mode's third and fourth message look
/// alike, and so do the last two.
pub(super) fn is_anybodys(negotiation: &Negotiation<'_>) -> bool {
    !negotiation.roles_sure && alone(negotiation).is_some() && !refuses_unseen(negotiation)
}

/// The refusals of a first message that was not captured itself: nothing says in which mode it was.
pub(super) fn refuses_unseen(negotiation: &Negotiation<'_>) -> bool {
    let refusal = |one: &Emission<'_>| {
        one.sender == Role::Responder && matches!(one.what, What::Notify(notify) if is_first(notify))
    };
    negotiation.mode.is_none() && negotiation.emissions.iter().all(refusal)
}

/// What a responder refuses a first message with in clear, and nobody anything else.
pub(super) fn is_first(notify: NotifyType) -> bool {
    [
        NotifyType::NO_PROPOSAL_CHOSEN,
        NotifyType::INVALID_EXCHANGE_TYPE,
        NotifyType::INVALID_MAJOR_VERSION,
        // charon's, of an identity in AM1: later there are keys.
        NotifyType::AUTHENTICATION_FAILED,
    ]
    .contains(&notify)
}
