//! What follows from a reason, where vendors agree; and how a row of the table is written.

use isakmp::NotifyType;

use crate::message_name::MessageName;
use crate::reason::{Answer, Certainty, Disposition, Reaction, ReasonKind};

/// What every vendor does unless its own table says otherwise: contract, "Refusals".
pub const COMMON: &[Reaction] = &[
    reaction(
        ReasonKind::NoProposalChosen,
        None,
        Disposition::Remove,
        Answer::Clear(NotifyType::NO_PROPOSAL_CHOSEN),
        "RFC 2408 5.4",
        Certainty::Sourced,
    ),
    NO_METHOD,
    no_key(ReasonKind::NoGroup, None, Certainty::Sourced),
    no_key(ReasonKind::NoGroup, AM1, Certainty::Inferred),
    no_key(ReasonKind::NoKey, None, Certainty::Sourced),
    no_key(ReasonKind::NoKey, AM1, Certainty::Inferred),
    reaction(
        ReasonKind::AggressiveModeDisabled,
        None,
        Disposition::Remove,
        Answer::Silence,
        "RFC 2409 5",
        Certainty::Inferred,
    ),
    reaction(
        ReasonKind::RemovedSa,
        None,
        Disposition::Drop,
        Answer::Clear(NotifyType::INVALID_COOKIE),
        "RFC 2408 5.2",
        Certainty::Sourced,
    ),
    // AM1 brings its value with the offer, of a group that need not be the one that is chosen.
    reaction(ReasonKind::OtherGroup, AM1, Disposition::Remove, BAD_KE, "RFC 2408 5.7", Certainty::Inferred),
    reaction(ReasonKind::OtherGroup, MSG3, Disposition::Drop, BAD_KE, "RFC 2408 5.7", Certainty::Inferred),
    reaction(
        ReasonKind::HashMismatch,
        None,
        Disposition::Drop,
        Answer::Silence,
        "RFC 2408 5.11",
        Certainty::Inferred,
    ),
    reaction(
        ReasonKind::HashMismatch,
        AM2,
        Disposition::Remove,
        Answer::Silence,
        "RFC 2408 5.11",
        Certainty::Inferred,
    ),
    reaction(
        ReasonKind::IdentityRefused,
        None,
        Disposition::Remove,
        Answer::Protected(NotifyType::INVALID_ID_INFORMATION),
        "RFC 2408 5.8",
        Certainty::Inferred,
    ),
    reaction(
        ReasonKind::IdentityRefused,
        AM1,
        Disposition::Remove,
        Answer::Clear(NotifyType::INVALID_ID_INFORMATION),
        "RFC 2408 5.8",
        Certainty::Inferred,
    ),
    reaction(
        ReasonKind::Other,
        None,
        Disposition::Drop,
        Answer::Silence,
        "RFC 2408 5.1",
        Certainty::Inferred,
    ),
];

/// The public value is of another group than the transform.
pub const BAD_KE: Answer = Answer::Clear(NotifyType::INVALID_KEY_INFORMATION);

/// Only the authentication method differs: most vendors make no difference.
const NO_METHOD: Reaction = reaction(
    ReasonKind::NoMethod,
    None,
    Disposition::Remove,
    Answer::Clear(NotifyType::NO_PROPOSAL_CHOSEN),
    "RFC 2408 5.4",
    Certainty::Sourced,
);

const fn no_key(on: ReasonKind, at: At, certainty: Certainty) -> Reaction {
    reaction(on, at, Disposition::Remove, Answer::Silence, "RFC 2409 5.4", certainty)
}

/// A reaction that was seen in recorded runs of the vendor's software.
pub const fn seen(on: ReasonKind, at: At, disposition: Disposition, answer: Answer) -> Reaction {
    reaction(on, at, disposition, answer, "RFC 2408 5", Certainty::Sourced)
}

/// A message that a reaction is about; `None`: any.
pub type At = Option<MessageName>;
/// Message 1 of Main Mode.
pub const MSG1: At = Some(MessageName::MSG1);
/// Message 3 of Main Mode.
pub const MSG3: At = Some(MessageName::MSG3);
/// Message 5 of Main Mode.
pub const MSG5: At = Some(MessageName::MSG5);
/// Message 6 of Main Mode.
pub const MSG6: At = Some(MessageName::MSG6);
/// Message 1 of Aggressive Mode.
pub const AM1: At = Some(MessageName::AM1);
/// Message 2 of Aggressive Mode.
pub const AM2: At = Some(MessageName::AM2);
/// Message 3 of Aggressive Mode.
pub const AM3: At = Some(MessageName::AM3);

/// A row.
pub const fn reaction(
    on: ReasonKind,
    at: At,
    disposition: Disposition,
    answer: Answer,
    rfc: &'static str,
    certainty: Certainty,
) -> Reaction {
    Reaction { on, at, disposition, answer, rfc, certainty }
}

pub(super) const FALLBACK: Reaction = reaction(
    ReasonKind::Other,
    None,
    Disposition::Drop,
    Answer::Silence,
    "RFC 2408 5.1",
    Certainty::Inferred,
);
