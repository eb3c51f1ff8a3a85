//! RouterOS, and racoon before it. Sources: racoon's source and public reports; what is recalled is marked.

use crate::{About, Line, Says, published, recalled};

pub(crate) static ABOUT: About = About {
    // ike-scan's tables.
    ids: &[(b"\x70\x03\xcb\xc1\x09\x7d\xbe\x9c\x26\x00\xba\x69\x83\xbc\x8b\x35", "KAME racoon")],
    schedules: &[(&[20_000, 40_000, 60_000, 80_000, 100_000], "KAME racoon")],
    ..About::lines("routeros", "RouterOS", LINES)
};

pub(crate) const LINES: &[Line] = &[
    published(
        "phase1 negotiation failed due to time up {local}[{lport}]<=>{peer}[{pport}] {icookie}:{rcookie}",
        Says::GivesUp,
    ),
    published("phase1 negotiation failed due to time up {local}[{lport}]<=>{peer}[{pport}]", Says::GivesUp),
    published("phase1 negotiation failed due to time up", Says::GivesUp),
    recalled("phase2 negotiation failed due to time up waiting for phase1", Says::Detail),
    published("phase2 negotiation failed due to time up", Says::Phase2Failed),
    recalled("{peer} phase1 negotiation failed.", Says::Detail),
    recalled("begin identity protection mode", Says::Detail),
    recalled("peer sent packet for dead phase2", Says::Detail),
    recalled("{peer} failed to get valid proposal", Says::NoProposal),
    recalled("failed to get valid proposal", Says::NoProposal),
    recalled("no suitable proposal found", Says::NoProposal),
    recalled("{peer} failed to pre-process ph1 packet", Says::Detail),
    recalled("failed to pre-process ph2 packet", Says::Phase2Failed),
    // racoon names its own value (DB) before the peer's.
    recalled("rejected {attribute}: db(prop#*) = {configured}:{offered}", Says::Differs),
    recalled("the packet is retransmitted by {peer}[", Says::HeardAgain),
    recalled("couldn't find the pskey for {peer}", Says::NoKey),
    recalled("couldn't find configuration", Says::NoConnection),
    // Also a guess: what was seen is junk.
    recalled("parsing packet failed, possible cause: wrong password", Says::Unreadable),
    recalled("ignore information because isakmp-sa has not been established yet", Says::Detail),
    recalled("isakmp-sa established {local}[{lport}]-{peer}[{pport}]", Says::Phase1Done),
    recalled("ipsec-sa established", Says::Phase2Done),
    recalled(
        "initiate new phase 1 (identity protection): {local}[{lport}]<=>{peer}[{pport}]",
        Says::Begins(ike::Role::Initiator, Some(ike::Mode::Main)),
    ),
    recalled(
        "respond new phase 1 (identity protection): {local}[{lport}]<=>{peer}[{pport}]",
        Says::Begins(ike::Role::Responder, Some(ike::Mode::Main)),
    ),
    recalled(
        "initiate new phase 1 negotiation: {local}[{lport}]<=>{peer}[{pport}]",
        Says::Begins(ike::Role::Initiator, None),
    ),
    recalled(
        "respond new phase 1 negotiation: {local}[{lport}]<=>{peer}[{pport}]",
        Says::Begins(ike::Role::Responder, None),
    ),
    recalled("error: send error", Says::CannotSend),
];
