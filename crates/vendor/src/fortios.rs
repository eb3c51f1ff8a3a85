//! FortiOS `diagnose debug application ike` and its event log. Sources: facts on vendors, public reports.

use crate::{About, Line, Phase2, Says, published, recalled};

pub(crate) static ABOUT: About = About {
    // ike-scan's tables; the second id from nmap's, and the log of a peer that was called by one.
    ids: &[
        (b"\x82\x99\x03\x17\x57\xa3\x60\x82\xc6\xa6\x21\xde", "FortiGate"),
        (b"\x1d\x6e\x17\x8f\x6c\x2c\x0b\xe2\x84\x98\x54\x65\x45\x0f\xe9\xd4", "FortiGate"),
    ],
    schedules: &[(&[6000, 18_000], "FortiGate")],
    ..About::lines("fortios", "FortiGate", LINES)
};

pub(crate) const LINES: &[Line] = &[
    // What it saw is junk; the key is its guess, as with every device.
    published("probable pre-shared secret mismatch", Says::Unreadable),
    published("probable pre-shared key mismatch", Says::Unreadable),
    published("no sa proposal chosen", Says::NoProposal),
    published("negotiation failure", Says::Detail),
    published("peer sa proposal not match local policy", Says::NoProposal),
    published("could not send ike packet(*):{local}:{lport}->{peer}:{pport}, ", Says::CannotSend),
    published("could not send ike packet", Says::CannotSend),
    recalled("negotiation timeout, deleting", Says::GivesUp),
    recalled("no established phase1 for peer", Says::Detail),
    recalled("no matching gateway", Says::NoConnection),
    // Before the general one: of its tags this one alone is a resend.
    published("sent ike msg (p1_retransmit)", Says::Resends),
    recalled("sent ike msg (", Says::Detail),
    recalled("no matching phase2 found", Says::Phase2Refused(Phase2::Networks)),
    published("ike 0:{conn}: parse error", Says::Detail),
    published("incoming proposal:", Says::Detail),
    recalled("peer identifier", Says::Detail),
];
