//! What the RFCs say, and nothing else: a peer without a vendor.

use isakmp::NotifyType;

use super::{
    ALWAYS_ANSWERED, AM1, AM2, Commands, EarlyIv, IGNORED, InitialContact, KeyLookup, NAT_T_RFC3947, OBEYED,
    Profile, Schedule, Timers, VendorIds, quick, reaction, reactions::At, sourced,
};
use crate::reason::{Answer, Certainty, Disposition, Reaction, ReasonKind};

/// The RFCs ask for a timer and a limit, and give no numbers: these are the default profile's.
const EVERY_8_S: Schedule = Schedule { resends: &[8000, 16_000, 24_000], give_up: 32_000 };

/// Where an RFC leaves a choice, the first thing that it names is done.
pub(super) static PROFILE: Profile = Profile {
    name: "generic",
    title: "RFC behaviour",
    commands: Commands::Plain,
    timers: sourced(
        Timers { main: [EVERY_8_S; 5], aggressive: [EVERY_8_S; 3] },
        "RFC 2408 5.1 asks for a timer and a limit; the numbers are a choice",
    ),
    half_open: sourced(None, "RFC 2408 5.1: the limit of resends is the only end"),
    key_lookup: sourced(KeyLookup::Msg3, "RFC 2409 5.4: the key is needed when SKEYID is made"),
    duplicate_answers: sourced(ALWAYS_ANSWERED, "RFC 2408 5.1"),
    duplicate_answers_to: sourced(&[], "RFC 2408 5.1"),
    early_informational: sourced(EarlyIv::LastBlock, "RFC 2409 appendix B"),
    own_cookie_is_enough: sourced(false, "RFC 2408 2.5.3: an SA has two cookies"),
    method_decides_offer: sourced(true, "RFC 2409 appendix A: the method is an attribute like the others"),
    offers_every_group: sourced(false, "RFC 2409 5: Aggressive Mode cannot negotiate the group"),
    obeys_clear_errors: sourced(IGNORED, "RFC 2408 5.14: what is done is left to the receiver"),
    obeys_protected_errors: sourced(OBEYED, "RFC 2408 5.14"),
    header_length_must_match: sourced(true, "RFC 2408 5.1"),
    public_value_must_be_square: sourced(false, "RFC 2412 5.4 asks for the range alone"),
    reserved_must_be_zero: sourced(true, "RFC 2408 5.3"),
    initial_contact: sourced(InitialContact::Never, "RFC 2407 4.6.3.3: it may be sent"),
    nonce_len: sourced(16, "RFC 2409 5: 8 to 256 bytes"),
    id_port: sourced((17, 500), "RFC 2407 4.6.2: 0 and 0, or UDP and 500"),
    vendor_ids: sourced(
        VendorIds { first: &[NAT_T_RFC3947], second: &[NAT_T_RFC3947], key_exchange: &[] },
        "RFC 3947 3.1",
    ),
    quick_mode: quick::generic(EVERY_8_S),
    reactions: REACTIONS,
};

const fn row(
    on: ReasonKind,
    at: At,
    disposition: Disposition,
    answer: Answer,
    rfc: &'static str,
) -> Reaction {
    reaction(on, at, disposition, answer, rfc, Certainty::Sourced)
}

const BAD_ID: NotifyType = NotifyType::INVALID_ID_INFORMATION;

const REACTIONS: &[Reaction] = &[
    row(ReasonKind::NoGroup, AM1, Disposition::Remove, Answer::Silence, "RFC 2409 5.4"),
    row(ReasonKind::NoKey, AM1, Disposition::Remove, Answer::Silence, "RFC 2409 5.4"),
    row(ReasonKind::AggressiveModeDisabled, None, Disposition::Remove, Answer::Silence, "RFC 2409 5"),
    row(ReasonKind::HashMismatch, None, Disposition::Drop, Answer::Silence, "RFC 2408 5.11"),
    row(ReasonKind::HashMismatch, AM2, Disposition::Drop, Answer::Silence, "RFC 2408 5.11"),
    row(ReasonKind::IdentityRefused, None, Disposition::Remove, Answer::Protected(BAD_ID), "RFC 2408 5.8"),
    row(ReasonKind::IdentityRefused, AM1, Disposition::Remove, Answer::Clear(BAD_ID), "RFC 2408 5.8"),
    row(ReasonKind::Other, None, Disposition::Drop, Answer::Silence, "RFC 2408 5.1"),
];
