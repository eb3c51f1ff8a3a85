//! Where to look for a cause, before anything is changed.

use sim::Cause;
use vendor::Look;

/// What shows whether it is this one.
pub(super) const fn look(cause: Cause) -> Look {
    match cause {
        Cause::PskMismatch => Look::Keys,
        Cause::MissingTunnelGroup => Look::Entries,
        Cause::MissingPsk => Look::EntryKey,
        Cause::PolicyMismatch => Look::Policies,
        Cause::IkeDisabled => Look::Enabled,
        Cause::AggressiveModeDisabled => Look::Aggressive,
        Cause::WrongPeerAddress => Look::Called,
        Cause::IdentityMismatch => Look::Identities,
        Cause::NoRoute => Look::Route,
        Cause::PeerDown => Look::Ping,
        Cause::PortClosed => Look::Sockets,
        Cause::Port500Blocked
        | Cause::Port4500Blocked
        | Cause::MessageLost
        | Cause::MessageLate
        | Cause::MessageCorrupted
        | Cause::PeerMisbehaved => Look::Packets,
        Cause::IkeVersion => Look::Version,
        Cause::XauthMissing => Look::Xauth,
        Cause::TransformMismatch => Look::TransformSets,
        Cause::PfsMismatch => Look::Pfs,
        Cause::ProxyMismatch => Look::Proxies,
        Cause::CryptoMapIncomplete => Look::Entry,
        Cause::MapUnbound => Look::Binding,
        Cause::Deleted => Look::Deletes,
    }
}
