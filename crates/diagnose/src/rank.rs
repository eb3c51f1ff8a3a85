//! How often a cause is named for a state in public reports of stalled tunnels: a hand count over about 30
//! distinct sources (shared facts, section 7). A ranking, no statistics.

use std::cmp::Reverse;

use ike::State;
use sim::Cause;

// Main Mode alone: for the stalls of Aggressive Mode the reports are too few to count.
const COUNTS: [(State, &[(Cause, u8)]); 5] = [
    (
        State::MmWaitMsg2,
        &[
            (Cause::Port500Blocked, 6),
            (Cause::NoRoute, 6),
            (Cause::PolicyMismatch, 6),
            (Cause::WrongPeerAddress, 4),
            (Cause::PeerDown, 3),
            (Cause::IkeDisabled, 3),
        ],
    ),
    (State::MmWaitMsg3, &[(Cause::NoRoute, 5), (Cause::Port500Blocked, 5), (Cause::PolicyMismatch, 1)]),
    (
        State::MmWaitMsg4,
        &[
            (Cause::MissingTunnelGroup, 6),
            (Cause::MissingPsk, 3),
            (Cause::Port500Blocked, 2),
            (Cause::IdentityMismatch, 2),
        ],
    ),
    (State::MmWaitMsg5, &[(Cause::PskMismatch, 8), (Cause::Port4500Blocked, 3)]),
    (
        State::MmWaitMsg6,
        &[(Cause::PskMismatch, 8), (Cause::IdentityMismatch, 4), (Cause::Port4500Blocked, 3)],
    ),
];

/// Sources that name this cause for this state.
pub(crate) fn sources(state: Option<State>, cause: Cause) -> u8 {
    let of_state =
        COUNTS.iter().find(|(known, _)| Some(*known) == state).map_or(&[][..], |(_, causes)| *causes);
    of_state.iter().find(|(known, _)| *known == cause).map_or(0, |(_, count)| *count)
}

/// What sorts causes that fit alike, likeliest first. `heard`: the peer answered before.
pub(crate) fn order(sources: u8, cause: Cause, heard: bool) -> impl Ord {
    // A peer that was heard from dies less often in the middle than a message is eaten [I]. The catalogue's order last:
    // a fault with many variants is no likelier.
    (Reverse(sources), heard && cause == Cause::PeerDown, cause)
}
