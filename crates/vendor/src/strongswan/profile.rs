//! strongSwan 5.9 (charon).

use std::time::Duration;

use ike::NotifyType;

use crate::ids::{DPD, FRAGMENTATION_CHARON, NAT_T_02, XAUTH};
use ike::MessageName;
use ike::Sides;
use ike::ipsec::Compression;
use ike::profile::{
    ALWAYS_ANSWERED, AM1, AM2, AM3, Again, Commands, EarlyIv, GivesUp, InitialContact, KeyLookup,
    LifetimeRule, MSG1, MSG3, MSG5, MSG6, NAT_T_RFC3947, Obeys, PfsRule, Profile, ProxyRule, QuickMode,
    Schedule, Timers, VendorIds, inferred, seen, sourced,
};
use ike::reason::{Answer, Disposition, Reaction, ReasonKind};

/// 4 s x 1.8^n, five times.
const REQUEST: Schedule = Schedule { resends: &[4000, 11_200, 24_160, 47_488, 89_478], give_up: 165_061 };
/// A Main Mode responder never resends by itself; its half-open timer ends the wait.
const NEVER: Schedule = Schedule { resends: &[], give_up: 165_061 };

const SOURCE: &str = "two charon 5.9.8 under each fault (docs/ground-truth.md)";
const NOTED: &str = "runs of charon 5.9.8 that no recorded row has (docs/ground-truth.md)";

/// Sources: 108 runs of two charon 5.9.8, and captures of it for vendor ids, nonce length and identity.
pub(crate) static PROFILE: Profile = Profile {
    name: "strongswan",
    title: "strongSwan 5.9 (charon)",
    commands: Commands::Strongswan,
    timers: sourced(
        Timers { main: [REQUEST, NEVER, REQUEST, NEVER, REQUEST], aggressive: [REQUEST; 3] },
        SOURCE,
    ),
    half_open: sourced(Some(Duration::from_secs(30)), SOURCE),
    key_lookup: sourced(KeyLookup::PeerAtMsg1, SOURCE),
    duplicate_answers: sourced(ALWAYS_ANSWERED, SOURCE),
    duplicate_answers_to: sourced(&[(MessageName::MSG4, Some(0))], NOTED),
    early_informational: sourced(EarlyIv::LastBlock, SOURCE),
    own_cookie_is_enough: sourced(false, SOURCE),
    method_decides_offer: sourced(false, SOURCE),
    offers_every_group: sourced(true, SOURCE),
    obeys_clear_errors: sourced(
        Sides::new(Obeys::All, Obeys::OnlyInMain(&[NotifyType::NO_PROPOSAL_CHOSEN])),
        "two charon 5.9.8 under each fault; in Aggressive Mode runs that no row has (docs/ground-truth.md)",
    ),
    obeys_protected_errors: sourced(Sides::new(Obeys::All, Obeys::None), SOURCE),
    header_length_must_match: sourced(false, SOURCE),
    public_value_must_be_square: sourced(true, SOURCE),
    reserved_must_be_zero: sourced(false, SOURCE),
    initial_contact: sourced(
        InitialContact::KnownIdentity,
        "charon 5.9.8 against pluto 4.10 (docs/ground-truth.md)",
    ),
    nonce_len: sourced(32, "capture of charon 5.9.8"),
    id_port: sourced((0, 0), "capture of charon 5.9.8"),
    vendor_ids: sourced(
        VendorIds {
            first: &[XAUTH, DPD, FRAGMENTATION_CHARON, NAT_T_RFC3947, NAT_T_02],
            second: &[XAUTH, DPD, FRAGMENTATION_CHARON, NAT_T_RFC3947],
            key_exchange: &[],
        },
        "capture of charon 5.9.8",
    ),
    quick_mode: quick_mode(REQUEST),
    reactions: REACTIONS,
};

const NO_PROPOSAL: Answer = Answer::Clear(NotifyType::NO_PROPOSAL_CHOSEN);
const NO_KEY: Answer = Answer::Clear(NotifyType::INVALID_KEY_INFORMATION);
const AUTH_FAILED: Answer = Answer::Protected(NotifyType::AUTHENTICATION_FAILED);
const AUTH_FAILED_CLEAR: Answer = Answer::Clear(NotifyType::AUTHENTICATION_FAILED);
const MALFORMED: Answer = Answer::Clear(NotifyType::PAYLOAD_MALFORMED);
const MALFORMED_SEALED: Answer = Answer::Protected(NotifyType::PAYLOAD_MALFORMED);
const BAD_HASH: Answer = Answer::Protected(NotifyType::INVALID_HASH_INFORMATION);
const BAD_PAYLOAD: Answer = Answer::Clear(NotifyType::INVALID_PAYLOAD_TYPE);

const REACTIONS: &[Reaction] = &[
    seen(ReasonKind::NoGroup, None, Disposition::Remove, NO_PROPOSAL),
    seen(ReasonKind::NoGroup, AM1, Disposition::Remove, NO_PROPOSAL),
    seen(ReasonKind::NoKey, None, Disposition::Remove, NO_KEY),
    seen(ReasonKind::NoKey, AM1, Disposition::Remove, NO_KEY),
    seen(ReasonKind::NoMethod, MSG5, Disposition::Remove, AUTH_FAILED),
    seen(ReasonKind::NoMethod, AM1, Disposition::Remove, AUTH_FAILED_CLEAR),
    seen(ReasonKind::AggressiveModeDisabled, None, Disposition::Remove, AUTH_FAILED_CLEAR),
    seen(ReasonKind::NotOffered, None, Disposition::Remove, NO_PROPOSAL),
    seen(ReasonKind::IdentityRefused, None, Disposition::Remove, AUTH_FAILED),
    seen(ReasonKind::IdentityRefused, AM1, Disposition::Remove, AUTH_FAILED_CLEAR),
    seen(
        ReasonKind::IdentityRefused,
        AM2,
        Disposition::Remove,
        Answer::Clear(NotifyType::INVALID_ID_INFORMATION),
    ),
    seen(ReasonKind::IdentityRefused, MSG6, Disposition::Remove, Answer::Delete),
    seen(ReasonKind::HashMismatch, AM2, Disposition::Remove, AUTH_FAILED),
    seen(ReasonKind::HashMismatch, MSG5, Disposition::Remove, AUTH_FAILED),
    seen(ReasonKind::HashMismatch, MSG6, Disposition::Remove, AUTH_FAILED),
    seen(ReasonKind::Malformed, None, Disposition::Drop, MALFORMED),
    seen(ReasonKind::Malformed, MSG1, Disposition::Remove, MALFORMED),
    seen(ReasonKind::Malformed, AM1, Disposition::Remove, MALFORMED),
    seen(ReasonKind::BadPublicValue, None, Disposition::Remove, BAD_PAYLOAD),
    seen(ReasonKind::OtherGroup, None, Disposition::Remove, BAD_PAYLOAD),
    seen(ReasonKind::OtherGroup, MSG3, Disposition::Remove, BAD_PAYLOAD),
    seen(ReasonKind::OtherGroup, AM1, Disposition::Remove, BAD_PAYLOAD),
    seen(ReasonKind::MissingPayload, MSG1, Disposition::Remove, BAD_PAYLOAD),
    seen(ReasonKind::MissingPayload, MSG5, Disposition::Drop, MALFORMED_SEALED),
    seen(ReasonKind::MissingPayload, MSG6, Disposition::Drop, MALFORMED_SEALED),
    seen(ReasonKind::MissingPayload, AM3, Disposition::Drop, MALFORMED_SEALED),
    seen(ReasonKind::Undecryptable, MSG5, Disposition::Drop, MALFORMED_SEALED),
    seen(ReasonKind::Undecryptable, MSG6, Disposition::Drop, MALFORMED_SEALED),
    seen(ReasonKind::Undecryptable, AM3, Disposition::Drop, MALFORMED_SEALED),
    seen(ReasonKind::NotBlocks, MSG6, Disposition::Drop, BAD_HASH),
    seen(ReasonKind::RemovedSa, None, Disposition::Drop, Answer::Silence),
];

const UNREAD_OR_UNKNOWN: &[NotifyType] =
    &[NotifyType::PAYLOAD_MALFORMED, NotifyType::INVALID_HASH_INFORMATION, NotifyType::BAD_PROPOSAL_SYNTAX];

const DAEMONS: &str = "recorded runs of the daemon, one fault each";

/// What it does in Quick Mode, with this schedule for QM1 and QM2.
pub(crate) const fn quick_mode(schedule: Schedule) -> QuickMode {
    QuickMode {
        timers: sourced(Sides::new(schedule, schedule), DAEMONS),
        refuses_proxies: sourced(NotifyType::INVALID_ID_INFORMATION, DAEMONS),
        refuses_mode: sourced(Some(NotifyType::INVALID_ID_INFORMATION), DAEMONS),
        pfs: sourced(PfsRule::Equal, DAEMONS),
        proxies: sourced(ProxyRule::Narrows, DAEMONS),
        lifetime: sourced(LifetimeRule::Own, DAEMONS),
        tells_lifetime: sourced(false, DAEMONS),
        translates_proxies: sourced(true, DAEMONS),
        deletes_phase_1: sourced(false, DAEMONS),
        refuses_again: sourced(false, DAEMONS),
        obeys_refusal: sourced(true, DAEMONS),
        goes_on_behind: sourced(UNREAD_OR_UNKNOWN, DAEMONS),
        gives_up: sourced(Sides::new(GivesUp::Phase1, GivesUp::Phase1), DAEMONS),
        keeps_children: sourced(false, DAEMONS),
        answers_delete: sourced(false, DAEMONS),
        again: sourced(Again::Phase1, DAEMONS),
        tells_unreadable: sourced(true, DAEMONS),
        tells_gone: inferred(None, "phase 1 goes with the child"),
        tells_clear: sourced(Some((NotifyType::PAYLOAD_MALFORMED, true)), DAEMONS),
        loses_thread: sourced(true, DAEMONS),
        refuses_other_ports: sourced(false, DAEMONS),
        takes_any_behind_nat: sourced(false, DAEMONS),
        omits_own_addresses: sourced(false, DAEMONS),
        leaves_transport_of_nets: sourced(true, DAEMONS),
        first_number: sourced(1, DAEMONS),
        answers_from: sourced(1, DAEMONS),
        compression: sourced(Compression::Deflate, DAEMONS),
        offers_uncompressed: sourced(true, DAEMONS),
        compression_must_match: sourced(false, DAEMONS),
        refuses_compression: sourced(None, DAEMONS),
    }
}
