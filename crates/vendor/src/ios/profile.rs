//! Cisco IOS and IOS-XE.

use ike::NotifyType;

use crate::ids::{DPD, NAT_T_02, NAT_T_03, NAT_T_07, UNITY, XAUTH};
use ike::profile::{
    ALWAYS_ANSWERED, Commands, EarlyIv, IGNORED, InitialContact, KeyLookup, NAT_T_RFC3947, OBEYED, Profile,
    QuickMode, Schedule, Timers, VendorIds, inferred, reaction, sourced,
};
use ike::reason::{Answer, Certainty, Disposition, ReasonKind};

const EVERY_10_S: Schedule = Schedule { resends: &[10_000, 20_000, 30_000, 40_000, 50_000], give_up: 60_000 };

/// Sources: public IOS debug traces of both roles, ike-scan's back-off table (10 s, five resends), and the
/// captures of two IOS peers for vendor ids, nonce length and identity.
pub(crate) static PROFILE: Profile = Profile {
    name: "ios",
    title: "Cisco IOS and IOS-XE",
    commands: Commands::Ios,
    timers: sourced(
        Timers { main: [EVERY_10_S; 5], aggressive: [EVERY_10_S; 3] },
        "10 s and five resends: IOS debug, ike-scan back-off table; the end at 60 s is 6 x 10",
    ),
    half_open: inferred(None, "the give-up of the last message is all that is known"),
    key_lookup: sourced(KeyLookup::Msg1, "IOS debug: the key is found before the transforms are checked"),
    duplicate_answers: inferred(
        ALWAYS_ANSWERED,
        "IOS debug 'retransmitting due to retransmit phase 1' names no limit",
    ),
    duplicate_answers_to: inferred(&[], "no source tells messages apart"),
    early_informational: inferred(EarlyIv::LastBlock, "RFC 2409 appendix B"),
    own_cookie_is_enough: inferred(false, "RFC 2408 2.5.3"),
    method_decides_offer: inferred(true, "RFC 2409 5"),
    offers_every_group: inferred(false, "RFC 2409 5: the public value goes with the offer"),
    obeys_clear_errors: inferred(IGNORED, "as the ASA"),
    obeys_protected_errors: inferred(OBEYED, "RFC 2408 5.14.2"),
    header_length_must_match: inferred(true, "RFC 2408 5.1"),
    public_value_must_be_square: inferred(false, "no source shows such a refusal"),
    reserved_must_be_zero: sourced(true, "IOS debug: reserved not zero on payload 5"),
    initial_contact: sourced(InitialContact::Always, "IOS debug: Send initial contact, before MSG5"),
    nonce_len: sourced(20, "capture of two IOS peers"),
    id_port: inferred((17, 500), "common in IOS debug output"),
    vendor_ids: sourced(
        VendorIds {
            first: &[NAT_T_RFC3947, NAT_T_07, NAT_T_03, NAT_T_02],
            second: &[NAT_T_RFC3947],
            key_exchange: &[UNITY, DPD, XAUTH],
        },
        "capture of two IOS peers; the id that depends on the cookies is left out",
    ),
    quick_mode: quick_mode(EVERY_10_S),
    reactions: &[reaction(
        ReasonKind::NoProposalChosen,
        None,
        Disposition::Remove,
        Answer::Clear(NotifyType::NO_PROPOSAL_CHOSEN),
        "RFC 2408 5.4",
        Certainty::Inferred,
    )],
};

const IOS_TRACES: &str = "IOS debug of both ends of one refusal";

/// What it does in Quick Mode, with this schedule for QM1 and QM2.
pub(crate) const fn quick_mode(schedule: Schedule) -> QuickMode {
    QuickMode {
        refuses_proxies: sourced(NotifyType::NO_PROPOSAL_CHOSEN, IOS_TRACES),
        refuses_mode: sourced(Some(NotifyType::NO_PROPOSAL_CHOSEN), "IOS debug: error 256, (Transport)"),
        tells_lifetime: inferred(
            true,
            "both sides use the smaller one, and nothing else tells the initiator",
        ),
        deletes_phase_1: sourced(false, IOS_TRACES),
        obeys_refusal: sourced(true, IOS_TRACES),
        keeps_children: inferred(true, "clear crypto sa is a command of its own"),
        answers_delete: sourced(true, "IOS debug of a torn-down phase 1: it sends its own delete"),
        ..crate::asa::profile::quick_mode(schedule)
    }
}
