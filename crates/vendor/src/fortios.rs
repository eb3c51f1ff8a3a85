//! FortiOS `diagnose debug application ike` and its event log. Sources: facts on vendors, public reports.

use crate::{Line, Phase2, Says, published, recalled};

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
