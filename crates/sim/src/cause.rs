//! The causes a diagnosis can name. One catalogue: the scenario's `expect.cause`, the diagnosis and
//! `ikesim list causes` all use it.

use std::fmt;

/// Why a negotiation did not come up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cause {
    /// The pre-shared keys differ.
    PskMismatch,
    /// No tunnel-group for the peer.
    MissingTunnelGroup,
    /// The tunnel-group has no key.
    MissingPsk,
    /// No policy in common.
    PolicyMismatch,
    /// IKE is off on the interface.
    IkeDisabled,
    /// The responder refuses Aggressive Mode.
    AggressiveModeDisabled,
    /// The initiator calls the wrong address.
    WrongPeerAddress,
    /// The peer's identity is not the one insisted on.
    IdentityMismatch,
    /// A peer's packets get nowhere.
    NoRoute,
    /// A peer is switched off.
    PeerDown,
    /// UDP 500 is filtered.
    Port500Blocked,
    /// UDP 4500 is filtered.
    Port4500Blocked,
    /// A message got lost.
    MessageLost,
    /// A message came too late.
    MessageLate,
    /// A message was damaged.
    MessageCorrupted,
    /// A peer broke the protocol.
    PeerMisbehaved,
}

const TABLE: [(Cause, &str, &str); 16] = [
    (Cause::PskMismatch, "psk-mismatch", "the pre-shared keys of the two peers differ"),
    (
        Cause::MissingTunnelGroup,
        "missing-tunnel-group",
        "no tunnel-group for the peer's address, and no key in the base group",
    ),
    (Cause::MissingPsk, "missing-psk", "the tunnel-group for the peer has no pre-shared key"),
    (Cause::PolicyMismatch, "policy-mismatch", "no IKE policy that both peers have"),
    (Cause::IkeDisabled, "ike-disabled", "IKEv1 is not enabled on the interface"),
    (
        Cause::AggressiveModeDisabled,
        "aggressive-mode-disabled",
        "the responder does not answer Aggressive Mode",
    ),
    (Cause::WrongPeerAddress, "wrong-peer-address", "the initiator calls an address that is not the peer's"),
    (Cause::IdentityMismatch, "identity-mismatch", "the peer's identity is not the one that is insisted on"),
    (Cause::NoRoute, "no-route", "packets of one peer do not get to the other"),
    (Cause::PeerDown, "peer-down", "a peer is switched off or cut off"),
    (Cause::Port500Blocked, "port-500-blocked", "UDP 500 is filtered on the path"),
    (
        Cause::Port4500Blocked,
        "port-4500-blocked",
        "UDP 4500 is filtered on the path, and a NAT makes the peers use it",
    ),
    (Cause::MessageLost, "message-lost", "a message of the exchange was lost, and so were its resends"),
    (Cause::MessageLate, "message-late", "a message came after the other side had given up"),
    (Cause::MessageCorrupted, "message-corrupted", "a message was damaged on its way"),
    (
        Cause::PeerMisbehaved,
        "peer-misbehaved",
        "a peer sent what the protocol forbids, or does not answer as it must",
    ),
];

impl Cause {
    /// Every cause.
    pub fn all() -> impl Iterator<Item = Cause> {
        TABLE.iter().map(|(cause, ..)| *cause)
    }

    /// The cause of this name.
    pub fn from_name(name: &str) -> Option<Cause> {
        TABLE.iter().find(|(_, n, _)| *n == name).map(|(cause, ..)| *cause)
    }

    fn row(self) -> &'static (Cause, &'static str, &'static str) {
        TABLE.iter().find(|(cause, ..)| *cause == self).unwrap_or(&TABLE[0])
    }

    /// The name in JSON and in scenario files.
    pub fn name(self) -> &'static str {
        self.row().1
    }

    /// What it means, in one line.
    pub fn meaning(self) -> &'static str {
        self.row().2
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
