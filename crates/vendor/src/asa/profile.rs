//! Cisco ASA 8.4 and later, PIX 7 and later.

use crate::ids::{FRAGMENTATION, NAT_T_02, NAT_T_03, UNITY, XAUTH};
use ike::NotifyType;
use ike::Sides;
use ike::ipsec::Compression;
use ike::profile::{
    ALWAYS_ANSWERED, Again, Commands, EarlyIv, GivesUp, IGNORED, InitialContact, KeyLookup, LifetimeRule,
    NAT_T_RFC3947, OBEYED, PfsRule, Profile, ProxyRule, QuickMode, Schedule, Timers, UNREAD, VendorId,
    VendorIds, inferred, sourced,
};

const EVERY_8_S: Schedule = Schedule { resends: &[8000, 16_000, 24_000], give_up: 32_000 };

/// The VPN 3000 family's mark, which the ASA inherited.
const ALTIGA: VendorId = VendorId::new(
    "Cisco VPN 3000 / ASA",
    b"\x1f\x07\xf7\x0e\xaa\x65\x14\xd3\xb0\xfa\x96\x54\x2a\x50\x01\x00",
);

/// Sources: darenmatthews.com p=1971 and tunnelsup.com (live traces, 8 s between resends, lookup of the
/// group after MSG3), ike-scan's back-off table (PIX 7.0: 8 s, three resends), ASA syslog guide.
pub(crate) static PROFILE: Profile = Profile {
    name: "asa",
    title: "Cisco ASA 8.4 and later",
    commands: Commands::Asa,
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
    public_value_must_be_square: inferred(false, "no source shows such a refusal"),
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
    quick_mode: quick_mode(EVERY_8_S),
    reactions: &[],
};

const TRACES: &str = "ASA responder traces: the refusal, and a Delete in the same second";
const AS_PHASE_1: &str = "as the vendor's phase 1 timers";

/// What it does in Quick Mode, with this schedule for QM1 and QM2.
pub(crate) const fn quick_mode(schedule: Schedule) -> QuickMode {
    QuickMode {
        timers: inferred(Sides::new(schedule, schedule), AS_PHASE_1),
        refuses_proxies: sourced(NotifyType::NO_PROPOSAL_CHOSEN, TRACES),
        refuses_mode: inferred(Some(NotifyType::NO_PROPOSAL_CHOSEN), "as any other transform"),
        pfs: inferred(PfsRule::EqualOrUnasked, "no source says that PFS is refused where none is configured"),
        proxies: inferred(ProxyRule::Subset, "tunnels that come up from one side alone"),
        lifetime: sourced(LifetimeRule::Smaller, "ASA syslog 713073 to 713076"),
        tells_lifetime: sourced(true, "ASA syslog 713075; vpnc reads the notify"),
        translates_proxies: inferred(false, "RFC 2409 5.5: the identities come back unchanged"),
        deletes_phase_1: sourced(true, TRACES),
        refuses_again: inferred(true, "the SA is gone by then"),
        obeys_refusal: inferred(true, "ASA syslog 713068"),
        goes_on_behind: inferred(UNREAD, "RFC 2408 5.1: what has no answer is resent"),
        gives_up: inferred(Sides::new(GivesUp::Child, GivesUp::Child), AS_PHASE_1),
        keeps_children: inferred(false, "ASA syslog 713050: a session ends as a whole"),
        answers_delete: inferred(false, "no source shows such a Delete"),
        again: inferred(Again::Waits, "traffic begins a new attempt"),
        tells_unreadable: inferred(false, "no source shows such a notify"),
        tells_gone: inferred(None, "no source shows such a notify"),
        tells_clear: inferred(None, "no source shows such a notify"),
        loses_thread: inferred(false, "RFC 2408 5.1"),
        refuses_other_ports: inferred(false, "no source shows such a refusal"),
        takes_any_behind_nat: inferred(false, "RFC 2409 5.5"),
        omits_own_addresses: sourced(false, "ASA debug: proxies are always sent"),
        leaves_transport_of_nets: inferred(false, "no source shows such a refusal"),
        first_number: inferred(1, "RFC 2408 3.5"),
        answers_from: inferred(0, "RFC 2409 5.5: the answer is unchanged"),
        compression: inferred(Compression::Lzs, "comp-lzs is a transform of IOS"),
        offers_uncompressed: inferred(false, "comp-lzs is part of the transform set"),
        compression_must_match: inferred(true, "comp-lzs is part of the transform set"),
        refuses_compression: inferred(None, "as any other transform"),
    }
}
