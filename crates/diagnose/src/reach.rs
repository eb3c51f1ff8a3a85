//! What follows from an ICMP error about a message, in a capture or at a live peer.

use capture::Unreached;
use sim::Cause;

/// Why the message did not get there. `by_itself`: its destination says so; `heard`: that side has answered before.
pub(crate) fn cause(what: Unreached, port: u16, by_itself: bool, heard: bool) -> Cause {
    let filtered = if port == 4500 { Cause::Port4500Blocked } else { Cause::Port500Blocked };
    match what {
        Unreached::Port if by_itself => Cause::PortClosed,
        // A filter that rejects says the same in its own name.
        Unreached::Port | Unreached::Prohibited => filtered,
        // It answered from this address before, so the address is right and the host is gone.
        Unreached::Host if heard => Cause::PeerDown,
        Unreached::Host => Cause::WrongPeerAddress,
        Unreached::Network => Cause::NoRoute,
    }
}

/// Causes that a closed port leaves open: why nobody listens, or that another host is called.
pub(crate) fn beside_closed(cause: Cause) -> bool {
    matches!(cause, Cause::IkeDisabled | Cause::WrongPeerAddress)
}
