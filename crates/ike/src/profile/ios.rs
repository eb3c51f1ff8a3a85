//! Cisco IOS and IOS-XE.

use isakmp::NotifyType;

use super::{
    ALWAYS_ANSWERED, DPD, Dialect, EarlyIv, IGNORED, InitialContact, KeyLookup, NAT_T_02, NAT_T_03, NAT_T_07,
    NAT_T_RFC3947, OBEYED, Profile, Schedule, Timers, UNITY, VendorIds, XAUTH, inferred, quick, reaction,
    sourced,
};
use crate::reason::{Answer, Certainty, Disposition, ReasonKind};

const EVERY_10_S: Schedule = Schedule { resends: &[10_000, 20_000, 30_000, 40_000, 50_000], give_up: 60_000 };

/// Sources: public IOS debug traces of both roles, ike-scan's back-off table (10 s, five resends), and the
/// captures of two IOS peers for vendor ids, nonce length and identity.
pub(super) static PROFILE: Profile = Profile {
    name: "ios",
    title: "Cisco IOS and IOS-XE",
    dialect: Dialect::Ios,
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
    quick_mode: quick::ios(EVERY_10_S),
    reactions: &[reaction(
        ReasonKind::NoProposalChosen,
        None,
        Disposition::Remove,
        Answer::Clear(NotifyType::NO_PROPOSAL_CHOSEN),
        "RFC 2408 5.4",
        Certainty::Inferred,
    )],
};
