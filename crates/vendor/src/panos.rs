//! PAN-OS system log, and lines of other gateways that are alike. Sources: public reports; most are recalled.

use ike::{Mode, Role};

use crate::{About, Cover, Line, Phase2, Says, Way, recalled};

pub(crate) static ABOUT: About = About::lines("panos", "PAN-OS", LINES);

pub(crate) const LINES: &[Line] = &[
    recalled(
        "failed sa: {local}[{lport}]-{peer}[{pport}] cookie:{icookie}:{rcookie}. due to timeout",
        Says::GivesUp,
    ),
    recalled(
        "failed sa: {local}[{lport}]-{peer}[{pport}] cookie:{icookie}:{rcookie}. due to negotiation timeout",
        Says::GivesUp,
    ),
    recalled(
        "failed sa: {local}[{lport}]-{peer}[{pport}] cookie:{icookie}:{rcookie} *due to *timeout",
        Says::GivesUp,
    ),
    recalled("phase-1 negotiation is failed*due to *timeout", Says::GivesUp),
    recalled(
        "phase-1 negotiation started as initiator, main",
        Says::Begins(Role::Initiator, Some(Mode::Main)),
    ),
    recalled(
        "phase-1 negotiation started as responder, main",
        Says::Begins(Role::Responder, Some(Mode::Main)),
    ),
    recalled(
        "phase-1 negotiation started as initiator, aggressive",
        Says::Begins(Role::Initiator, Some(Mode::Aggressive)),
    ),
    recalled(
        "phase-1 negotiation started as responder, aggressive",
        Says::Begins(Role::Responder, Some(Mode::Aggressive)),
    ),
    recalled("phase-1 negotiation failed as ", Says::Detail),
    recalled("phase-1 negotiation succeeded as ", Says::Phase1Done),
    recalled("initiated sa: {local}[{lport}]-{peer}[{pport}] ", Says::Detail),
    recalled("phase-2 negotiation failed when processing proxy id", Says::Phase2Refused(Phase2::Networks)),
    recalled("phase-2 negotiation failed when processing sa payload", Says::Phase2Refused(Phase2::Proposal)),
    recalled("no suitable proposal found in peer's sa payload", Says::NoProposal),
    recalled("couldn't find configuration for ike phase-1 request for peer ip {peer}[", Says::NoConnection),
    recalled("phase-1 negotiation is succeeded", Says::Phase1Done),
    recalled("phase-2 negotiation is succeeded", Says::Phase2Done),
    recalled("phase-2 negotiation is failed", Says::Phase2Failed),
    recalled("sent notification to peer: {notify}", Says::Notify(Way::Sent, Cover::Unsaid)),
    recalled("received notification from peer: {notify}", Says::Notify(Way::Received, Cover::Unsaid)),
    // Windows' own: 13868 is its IKE policy mismatch, 809 a server that does not answer.
    recalled("policy match error, 13868", Says::NoProposal),
    recalled("error 809", Says::GivesUp),
    recalled("ike gateway {conn}: no response", Says::GivesUp),
];
