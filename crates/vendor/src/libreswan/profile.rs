//! libreswan 4.10 (pluto).

use ike::NotifyType;

use crate::ids::{DPD, FRAGMENTATION_PLUTO, NAT_T_02, NAT_T_03};
use ike::MessageName;
use ike::Sides;
use ike::profile::{
    AM1, AM2, AM3, ANSWERED_BY_RESPONDER, Again, BAD_KE, Commands, EarlyIv, GivesUp, IGNORED, InitialContact,
    KeyLookup, MSG1, MSG3, MSG5, NAT_T_RFC3947, PfsRule, Profile, ProxyRule, QuickMode, Schedule, Timers,
    VendorIds, inferred, seen, sourced,
};
use ike::reason::{Answer, Disposition, Reaction, ReasonKind};

/// Half a second, doubling, seven times.
const DOUBLING: Schedule =
    Schedule { resends: &[500, 1000, 2000, 4000, 8000, 16_000, 32_000], give_up: 64_000 };
/// The answer to the first message is never resent.
const ONCE: Schedule = Schedule { resends: &[], give_up: 60_000 };

const SOURCE: &str = "two pluto 4.10 under each fault (docs/ground-truth.md)";
const MIXED: &str = "pluto 4.10 against charon 5.9.8 under each fault (docs/ground-truth.md)";

/// Sources: 104 runs of two pluto 4.10, and captures of it for vendor ids, nonce length and identity.
pub(crate) static PROFILE: Profile = Profile {
    name: "libreswan",
    title: "libreswan 4.10 (pluto)",
    commands: Commands::Libreswan,
    timers: sourced(
        Timers {
            main: [DOUBLING, ONCE, DOUBLING, DOUBLING, DOUBLING],
            aggressive: [DOUBLING, ONCE, DOUBLING],
        },
        SOURCE,
    ),
    half_open: sourced(None, SOURCE),
    key_lookup: sourced(KeyLookup::Msg1, SOURCE),
    duplicate_answers: sourced(ANSWERED_BY_RESPONDER, SOURCE),
    duplicate_answers_to: sourced(&[(MessageName::AM2, None)], MIXED),
    early_informational: sourced(EarlyIv::MessageIdAlone, MIXED),
    own_cookie_is_enough: sourced(true, SOURCE),
    method_decides_offer: sourced(true, SOURCE),
    offers_every_group: sourced(false, SOURCE),
    obeys_clear_errors: sourced(IGNORED, SOURCE),
    obeys_protected_errors: sourced(IGNORED, SOURCE),
    header_length_must_match: sourced(true, SOURCE),
    public_value_must_be_square: sourced(false, SOURCE),
    reserved_must_be_zero: sourced(false, SOURCE),
    initial_contact: sourced(InitialContact::Never, "capture of pluto 4.10"),
    nonce_len: sourced(32, "capture of pluto 4.10"),
    id_port: sourced((0, 0), "capture of pluto 4.10"),
    vendor_ids: sourced(
        VendorIds {
            first: &[FRAGMENTATION_PLUTO, DPD, NAT_T_RFC3947, NAT_T_03, NAT_T_02],
            second: &[FRAGMENTATION_PLUTO, DPD, NAT_T_RFC3947],
            key_exchange: &[],
        },
        "capture of pluto 4.10",
    ),
    quick_mode: quick_mode(DOUBLING),
    reactions: REACTIONS,
};

const NO_PROPOSAL: Answer = Answer::Clear(NotifyType::NO_PROPOSAL_CHOSEN);
const BAD_ID: NotifyType = NotifyType::INVALID_ID_INFORMATION;
const BAD_HASH: Answer = Answer::Clear(NotifyType::INVALID_HASH_INFORMATION);

const BAD_HASH_SEALED: Answer = Answer::Protected(NotifyType::INVALID_HASH_INFORMATION);

const REACTIONS: &[Reaction] = &[
    seen(ReasonKind::NoKey, None, Disposition::Remove, NO_PROPOSAL),
    seen(ReasonKind::NoKey, AM1, Disposition::Remove, NO_PROPOSAL),
    seen(ReasonKind::NoMethod, None, Disposition::Remove, Answer::Silence),
    seen(ReasonKind::NotOffered, None, Disposition::Drop, NO_PROPOSAL),
    seen(ReasonKind::IdentityRefused, None, Disposition::Drop, Answer::Protected(BAD_ID)),
    seen(ReasonKind::IdentityRefused, AM1, Disposition::Remove, Answer::Silence),
    seen(ReasonKind::IdentityRefused, AM2, Disposition::Drop, Answer::Clear(BAD_ID)),
    seen(ReasonKind::HashMismatch, MSG5, Disposition::Drop, BAD_HASH_SEALED),
    seen(ReasonKind::HashMismatch, AM2, Disposition::Mute, BAD_HASH),
    seen(ReasonKind::HashMismatch, AM3, Disposition::Remove, BAD_HASH),
    seen(ReasonKind::BadPublicValue, MSG3, Disposition::Drop, BAD_KE),
    seen(ReasonKind::BadPublicValue, AM1, Disposition::Remove, BAD_KE),
    seen(
        ReasonKind::MissingPayload,
        MSG1,
        Disposition::Remove,
        Answer::Clear(NotifyType::INVALID_PAYLOAD_TYPE),
    ),
    seen(ReasonKind::RemovedSa, None, Disposition::Drop, Answer::Silence),
];

const DAEMONS: &str = "recorded runs of the daemon, one fault each";

/// What it does in Quick Mode, with this schedule for QM1 and QM2.
pub(crate) const fn quick_mode(schedule: Schedule) -> QuickMode {
    QuickMode {
        refuses_mode: sourced(None, DAEMONS),
        pfs: sourced(PfsRule::AnyGroup, DAEMONS),
        translates_proxies: inferred(false, "no recorded run has another"),
        proxies: sourced(ProxyRule::Exact, DAEMONS),
        refuses_again: sourced(true, DAEMONS),
        obeys_refusal: sourced(false, DAEMONS),
        gives_up: sourced(Sides::new(GivesUp::Child, GivesUp::ChildWithDelete), DAEMONS),
        keeps_children: sourced(true, DAEMONS),
        answers_delete: sourced(true, DAEMONS),
        again: sourced(Again::Child, DAEMONS),
        tells_unreadable: sourced(false, DAEMONS),
        tells_gone: sourced(Some(NotifyType::INVALID_MESSAGE_ID), DAEMONS),
        tells_clear: sourced(Some((NotifyType::INVALID_FLAGS, false)), DAEMONS),
        loses_thread: sourced(false, DAEMONS),
        refuses_other_ports: sourced(true, DAEMONS),
        takes_any_behind_nat: sourced(true, DAEMONS),
        omits_own_addresses: sourced(true, DAEMONS),
        leaves_transport_of_nets: sourced(false, DAEMONS),
        first_number: sourced(0, DAEMONS),
        answers_from: inferred(0, "no recorded run has another"),
        offers_uncompressed: sourced(false, DAEMONS),
        refuses_compression: sourced(Some(NotifyType::BAD_PROPOSAL_SYNTAX), DAEMONS),
        ..crate::strongswan::profile::quick_mode(schedule)
    }
}
