//! FortiOS `diagnose debug application ike` and its event log. Sources: facts on vendors, public reports.

use ike::MessageName as M;

use crate::{About, Line, Phase2, Says, Way, published, recalled};

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
    published(
        "sent ike msg (p1_retransmit): {local}:{lport}->{peer}:{pport}, len={len}, *id={icookie}/{rcookie}",
        Says::Resends,
    ),
    published("sent ike msg (p1_retransmit): {local}:{lport}->{peer}:{pport}, ", Says::Resends),
    published("sent ike msg (p1_retransmit)", Says::Resends),
    published("sent ike msg (r-u-there", Says::Dpd),
    published("responder: main mode get 1st message", Says::Named(Way::Received, M::MSG1)),
    // Versions differ in the blank behind the colon.
    recalled("responder:*main mode get 1st message", Says::Named(Way::Received, M::MSG1)),
    recalled("responder:*main mode get 2nd message", Says::Named(Way::Received, M::MSG3)),
    published("responder: main mode get 3rd message", Says::Named(Way::Received, M::MSG5)),
    recalled("responder:*main mode get 3rd message", Says::Named(Way::Received, M::MSG5)),
    recalled("responder:*aggressive mode get 1st message", Says::Named(Way::Received, M::AM1)),
    recalled("responder:*aggressive mode get 2nd message", Says::Named(Way::Received, M::AM3)),
    recalled("initiator:*main mode is sending 1st message", Says::Named(Way::Sent, M::MSG1)),
    recalled("initiator:*main mode get 1st response", Says::Named(Way::Received, M::MSG2)),
    recalled("initiator:*main mode get 2nd response", Says::Named(Way::Received, M::MSG4)),
    recalled("initiator:*main mode get 3rd response", Says::Named(Way::Received, M::MSG6)),
    recalled("initiator:*aggressive mode is sending 1st message", Says::Named(Way::Sent, M::AM1)),
    recalled("initiator:*aggressive mode get 1st response", Says::Named(Way::Received, M::AM2)),
    recalled("psk authentication succeeded", Says::Detail),
    recalled("psk authentication failed", Says::HashWrong),
    recalled("established ike sa ", Says::Phase1Done),
    recalled("sent ike msg (quick_", Says::Phase2Begins),
    recalled("received first quick-mode message", Says::Phase2Begins),
    recalled("added ipsec sa: ", Says::Phase2Done),
    recalled("specified selectors mismatch", Says::Phase2Refused(Phase2::Networks)),
    recalled("failed to match peer selectors", Says::Phase2Refused(Phase2::Networks)),
    recalled("error processing quick-mode message from {peer} ", Says::Phase2Failed),
    recalled("peer proposal is: peer:", Says::Detail),
    recalled("comes {peer}:{pport}->{local}:{lport},ifindex=", Says::Peer),
    recalled("exchange=identity protection", Says::Detail),
    published("sa proposal chosen, matched gateway", Says::Chosen),
    published("negotiation result", Says::Detail),
    published(": vid ", Says::Detail),
    published("proposal id = ", Says::Detail),
    published("protocol id = ", Says::Detail),
    published("trans_id = ", Says::Detail),
    published("encapsulation = ", Says::Detail),
    published("type=oakley_", Says::Detail),
    published("type=auth_method", Says::Detail),
    published("isakmp sa lifetime=", Says::Detail),
    published("dpd negotiated", Says::Detail),
    published("peer is fortigate", Says::Detail),
    published("selected nat-t version", Says::Detail),
    recalled(": cookie ", Says::Detail),
    // `diagnose vpn ike gateway list`
    published("addr: {local}:{lport} -> {peer}:{pport}", Says::Peer),
    published("direction: {role}", Says::Stands),
    published("status: connecting, ", Says::Connecting),
    recalled("status: established, ", Says::Phase1Done),
    published("ike sa: created ", Says::Detail),
    published("ipsec sa: created 0/0", Says::NoSa),
    published("id/spi: ", Says::Detail),
    recalled("sent ike msg (", Says::Detail),
    recalled("no matching phase2 found", Says::Phase2Refused(Phase2::Networks)),
    published("ike 0:{conn}: parse error", Says::Detail),
    published("incoming proposal:", Says::Detail),
    recalled("peer identifier", Says::Detail),
];
