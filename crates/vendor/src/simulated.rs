//! Lines of ikesim's look-alikes for which no device's wording is known: each ends in `(simulated)`.

use crate::{Line, Says, published};

pub(crate) const LINES: &[Line] = &[
    published("ikev1 is not enabled on this interface", Says::IkeOff),
    published("inbound aggressive mode is switched off", Says::AggressiveOff),
    published("no policy with pre-shared keys", Says::NoProposal),
    published("no proposal chosen", Says::NoProposal),
    published("it is {id}, the tunnel-group insists on {wanted} (", Says::IdentityRefused),
    published("its hash is wrong", Says::HashWrong),
    published("decrypts to junk", Says::Unreadable),
    published("reserved byte is not zero", Says::Unreadable),
    published("payload is missing", Says::Unreadable),
    published("an identity of type {id} cannot be used", Says::Unreadable),
    published("sending informational packet", Says::Detail),
    published("deleting sa, no answer in {state} (", Says::GivesUp),
    // Whatever else is marked so is ikesim's word, and no device's.
    published("(simulated)", Says::Detail),
];
