//! Cisco ASA 8.4 and later, PIX 7 and later.

use super::{
    ALWAYS_ANSWERED, Dialect, EarlyIv, FRAGMENTATION, IGNORED, InitialContact, KeyLookup, NAT_T_02, NAT_T_03,
    NAT_T_RFC3947, OBEYED, Profile, Schedule, Timers, UNITY, VendorId, VendorIds, XAUTH, inferred, quick,
    sourced, vid,
};

const EVERY_8_S: Schedule = Schedule { resends: &[8000, 16_000, 24_000], give_up: 32_000 };

/// The VPN 3000 family's mark, which the ASA inherited.
const ALTIGA: VendorId =
    vid("Cisco VPN 3000 / ASA", b"\x1f\x07\xf7\x0e\xaa\x65\x14\xd3\xb0\xfa\x96\x54\x2a\x50\x01\x00");

/// Sources: darenmatthews.com p=1971 and tunnelsup.com (live traces, 8 s between resends, lookup of the
/// group after MSG3), ike-scan's back-off table (PIX 7.0: 8 s, three resends), ASA syslog guide.
pub(super) static PROFILE: Profile = Profile {
    name: "asa",
    title: "Cisco ASA 8.4 and later",
    dialect: Dialect::Asa,
    timers: sourced(
        Timers { main: [EVERY_8_S; 5], aggressive: [EVERY_8_S; 3] },
        "8 s and three resends: ASA traces and ike-scan back-off table; the end at 32 s is 4 x 8",
    ),
    half_open: inferred(None, "the give-up of the last message is all that is known"),
    key_lookup: sourced(KeyLookup::Msg3, "ASA trace: proposal accepted first; syslog 713138, 713139"),
    duplicate_answers: inferred(ALWAYS_ANSWERED, "syslog 713201 'Retransmitting last packet' names no limit"),
    duplicate_answers_to: inferred(&[], "no source tells messages apart"),
    early_informational: inferred(EarlyIv::LastBlock, "RFC 2409 appendix B"),
    own_cookie_is_enough: inferred(false, "RFC 2408 2.5.3"),
    method_decides_offer: inferred(true, "RFC 2409 5"),
    offers_every_group: inferred(false, "RFC 2409 5: the public value goes with the offer"),
    obeys_clear_errors: sourced(IGNORED, "ASA trace, syslog 713904: an unencrypted notify is dropped"),
    obeys_protected_errors: inferred(OBEYED, "RFC 2408 5.14.2"),
    header_length_must_match: inferred(true, "RFC 2408 5.1"),
    reserved_must_be_zero: inferred(true, "RFC 2408 3.2: must be set to 0; IOS checks it"),
    initial_contact: sourced(
        InitialContact::InQuickMode,
        "ASA debug: QM1 ends with NOTIFY (11), MSG5 has none",
    ),
    nonce_len: sourced(20, "ASA trace: MSG3 with group 2 is 256 bytes"),
    id_port: inferred((17, 500), "as IOS sends it"),
    vendor_ids: sourced(
        VendorIds {
            first: &[NAT_T_02, NAT_T_03, NAT_T_RFC3947, FRAGMENTATION],
            second: &[NAT_T_RFC3947, FRAGMENTATION],
            key_exchange: &[UNITY, XAUTH, ALTIGA],
        },
        "ASA debug 715046; the fourth id of MSG3 depends on the cookies and is left out",
    ),
    quick_mode: quick::asa(EVERY_8_S),
    reactions: &[],
};
