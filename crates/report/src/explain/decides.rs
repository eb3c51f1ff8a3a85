//! What tells a cause from the others.

use sim::Cause;

// Who answers decides: charon narrows what it is offered, a Cisco device looks for a mirrored line.
const PROXIES: &str =
    "an ASA responder logs 713061 with both proxies; the tunnel may come up when the other side begins";

/// The observation that tells a cause from the others with the same picture.
pub(crate) const fn decides(cause: Cause) -> &'static str {
    match cause {
        Cause::PskMismatch => {
            "the responder receives message 5 (in Aggressive Mode the initiator message 2) and cannot make sense of it, every time it is resent; with a blocked port it receives nothing"
        }
        Cause::MissingTunnelGroup => {
            "the responder logs that it found no group, keeps no SA, and answers resends with INVALID_COOKIE"
        }
        Cause::MissingPsk => "there is a tunnel-group for the peer, but no pre-shared-key line in it",
        Cause::PolicyMismatch => {
            "the responder answers message 1 with NO_PROPOSAL_CHOSEN in clear and logs the attribute; a capture at the initiator shows the notify"
        }
        Cause::IkeDisabled => {
            "message 1 arrives at the responder's interface and is discarded there: syslog 710005 on an ASA"
        }
        Cause::AggressiveModeDisabled => "Main Mode between the same two comes up",
        Cause::WrongPeerAddress => {
            "the initiator's packets go to an address that is not the responder's: compare set peer with the responder's outside address"
        }
        Cause::IdentityMismatch => {
            "keys are derived and messages decrypt; the side that refuses logs the identity it got and the one it wants"
        }
        Cause::NoRoute => {
            "ping and traceroute between the two outside addresses fail in one direction; a capture at the sender shows the packets leave"
        }
        Cause::PeerDown => "nothing at all answers at the peer's address, ping included",
        Cause::PortClosed => {
            "the peer's host answers each message with ICMP port unreachable: nothing on it is bound to that port"
        }
        Cause::Port500Blocked => {
            "ping works and UDP 500 does not: captures on both sides show packets leave one and never arrive at the other"
        }
        Cause::Port4500Blocked => {
            "a NAT was found and the packets from message 5 (Aggressive Mode: 3) on go to UDP 4500; the other side receives nothing there"
        }
        Cause::MessageLost => {
            "captures on both sides, side by side: the message leaves and does not arrive, others do"
        }
        Cause::MessageLate => {
            "captures on both sides: the message arrives, after the other side had given up"
        }
        Cause::MessageCorrupted => {
            "captures on both sides: the same message has other bytes, or another length, on arrival"
        }
        Cause::IkeVersion => {
            "message 1 draws no answer, or NO_PROPOSAL_CHOSEN or INVALID_MAJOR_VERSION; a capture shows major version 1 from one side and 2 from the other"
        }
        Cause::XauthMissing => {
            "phase 1 itself fits; an ASA or IOS sends a Transaction message behind message 6 and waits, strongSwan refuses message 5"
        }
        Cause::TransformMismatch => {
            "phase 1 is up; the responder answers QM1 with NO_PROPOSAL_CHOSEN under protection, and its log names no proxies"
        }
        Cause::PfsMismatch => {
            "the transform sets are equal, and QM1 has a KE payload where the other side wants none, or none where it wants one"
        }
        Cause::ProxyMismatch => PROXIES,
        Cause::CryptoMapIncomplete => {
            "an ASA responder refuses every child of this peer and logs no proxies; an initiator sends nothing at all"
        }
        Cause::MapUnbound => {
            "message 1 arrives and nothing answers, though IKE is configured; an initiator sends nothing at all"
        }
        Cause::Deleted => {
            "the tunnel was up before; the log has a Delete, or a clear typed by an operator, and nothing refused"
        }
        Cause::PeerMisbehaved => {
            "one capture is enough: the message itself breaks the protocol, whatever the path did"
        }
    }
}
