//! Lines of ikesim's look-alikes for which no device's wording is known: each ends in `(simulated)`.

use crate::{Line, Phase2, Says, published};

/// IOS, a notify or a delete leaves. `to`
pub const INFORMATIONAL: Line =
    printed!("ISAKMP-PAK", "sending informational packet to {to} (simulated)", Says::Detail);
/// IOS, the resends ran out. `state`
pub const NO_ANSWER: Line =
    printed!("ISAKMP", "deleting SA, no answer in {state} (simulated)", Says::GivesUp);

/// IOS, its operator's `clear crypto`. `what`
pub const CLEARS: Line = printed!("ISAKMP", "operator clears {what} (simulated)", Says::Cleared);

pub(crate) const LINES: &[Line] = &[
    published("ikev1 is not enabled on this interface", Says::IkeOff),
    published("inbound aggressive mode is switched off", Says::AggressiveOff),
    published("no policy with pre-shared keys", Says::NoProposal),
    published("no proposal chosen", Says::NoProposal),
    published("has no pre-shared key", Says::NoKey),
    published("it is {id}, the tunnel-group insists on {wanted} (", Says::IdentityRefused),
    published("its hash is wrong", Says::HashWrong),
    published("pfs offered, own pfs with", Says::Phase2Refused(Phase2::Pfs)),
    published("pfs with group {offered} offered, own", Says::Phase2Refused(Phase2::Pfs)),
    published("no crypto map entry for this peer is complete", Says::MapIncomplete),
    published("decrypts to junk", Says::Unreadable),
    published("reserved byte is not zero", Says::Unreadable),
    published("payload is missing", Says::Unreadable),
    published("no crypto map is bound to this interface", Says::MapUnbound),
    published("the crypto map entry is incomplete", Says::MapIncomplete),
    published("an identity of type {id} cannot be used", Says::Unreadable),
    INFORMATIONAL,
    NO_ANSWER,
    CLEARS,
];

/// Whatever else is marked so is ikesim's word, and no device's.
pub(crate) const OTHER: Line = published("(simulated)", Says::Detail);
