//! Junos `kmd` lines, and isakmpd's. Sources: public reports.

use crate::{About, Cover, Line, Says, Way, published, recalled};

pub(crate) static ABOUT: About = About {
    // ike-scan's tables.
    ids: &[(b"HeartBeat_Notify", "Juniper NetScreen")],
    schedules: &[(&[4000, 8000, 12_000, 16_000, 20_000, 24_000], "Juniper NetScreen")],
    ..About::lines("junos", "Junos", LINES)
};

pub(crate) const LINES: &[Line] = &[
    recalled(
        "ike negotiation failed with error: authentication failed*vpn: {conn} gateway: {gateway}, local: {local}/{lport}, remote: {peer}/",
        Says::Unreadable,
    ),
    recalled(
        "ike negotiation failed with error: no proposal chosen*vpn: {conn} gateway: {gateway}, local: {local}/{lport}, remote: {peer}/",
        Says::NoProposal,
    ),
    recalled(
        "ike negotiation failed with error: timed out*vpn: {conn} gateway: {gateway}, local: {local}/{lport}, remote: {peer}/",
        Says::GivesUp,
    ),
    published(
        "ike negotiation failed with error: authentication failed. ike version: 1, vpn: {conn} gateway: {gateway}",
        Says::Unreadable,
    ),
    published("ike negotiation failed with error: authentication failed", Says::Unreadable),
    published(
        "ike negotiation failed with error: no proposal chosen. ike version: 1, vpn: {conn} gateway: {gateway}",
        Says::NoProposal,
    ),
    published("ike negotiation failed with error: no proposal chosen", Says::NoProposal),
    recalled("ike negotiation failed with error: timed out", Says::GivesUp),
    recalled("ike negotiation failed with error: {reason}", Says::Phase2Failed),
    recalled("ike phase-1 failure: no proposal chosen", Says::NoProposal),
    recalled("ike phase-1 failure: authentication failed", Says::Unreadable),
    recalled("ike phase-1 failure: ", Says::GivesUp),
    recalled("ike phase-2 failure: ", Says::Phase2Failed),
    published("kmd_vpn_down_alarm_user: vpn {conn} from {peer} is down", Says::Detail),
    recalled("kmd_vpn_up_alarm_user: vpn {conn} from {peer} is up", Says::Phase2Done),
    recalled(
        "dropped message from {peer} port {port} due to notification type {notify}",
        Says::Notify(Way::Sent, Cover::Unsaid),
    ),
    recalled("message_recv: invalid cookie(s)", Says::Detail),
];
