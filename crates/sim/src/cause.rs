//! The causes a diagnosis can name. One catalogue: the scenario's `expect.cause`, the diagnosis and
//! `ikesim list causes` all use it.

use std::fmt;

/// Declares the causes together with their names and meanings: none can be without.
macro_rules! causes {
    ($($(#[$doc:meta])* $variant:ident = $name:literal, $meaning:literal;)+) => {
        /// Why a negotiation did not come up.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Cause {
            $($(#[$doc])* $variant,)+
        }

        impl Cause {
            /// Every cause, in order.
            pub const ALL: [Cause; [$(Cause::$variant),+].len()] = [$(Cause::$variant),+];

            /// Every cause.
            pub fn all() -> impl Iterator<Item = Cause> {
                Cause::ALL.into_iter()
            }

            /// The name in JSON and in scenario files.
            pub fn name(self) -> &'static str {
                match self {
                    $(Cause::$variant => $name,)+
                }
            }

            /// What it means, in one line.
            pub fn meaning(self) -> &'static str {
                match self {
                    $(Cause::$variant => $meaning,)+
                }
            }
        }
    };
}

causes! {
    /// The pre-shared keys differ.
    PskMismatch = "psk-mismatch",
        "the pre-shared keys of the two peers differ";
    /// No tunnel-group for the peer.
    MissingTunnelGroup = "missing-tunnel-group",
        "no tunnel-group for the peer's address, and no key in the base group";
    /// The tunnel-group has no key.
    MissingPsk = "missing-psk",
        "the tunnel-group for the peer has no pre-shared key";
    /// No policy in common.
    PolicyMismatch = "policy-mismatch",
        "no IKE policy that both peers have";
    /// IKE is off on the interface.
    IkeDisabled = "ike-disabled",
        "IKEv1 is not enabled on the interface";
    /// The responder refuses Aggressive Mode.
    AggressiveModeDisabled = "aggressive-mode-disabled",
        "the responder does not answer Aggressive Mode";
    /// The initiator calls the wrong address.
    WrongPeerAddress = "wrong-peer-address",
        "the initiator calls an address that is not the peer's";
    /// The peer's identity is not the one insisted on.
    IdentityMismatch = "identity-mismatch",
        "the peer's identity is not the one that is insisted on";
    /// A peer's packets get nowhere.
    NoRoute = "no-route",
        "packets of one peer do not get to the other";
    /// A peer is switched off.
    PeerDown = "peer-down",
        "a peer is switched off or cut off";
    /// Nobody listens on the peer's port.
    PortClosed = "port-closed",
        "nobody listens on the peer's UDP port: ICMP says so";
    /// UDP 500 is filtered.
    Port500Blocked = "port-500-blocked",
        "UDP 500 is filtered on the path";
    /// UDP 4500 is filtered.
    Port4500Blocked = "port-4500-blocked",
        "UDP 4500 is filtered on the path, and a NAT makes the peers use it";
    /// A message got lost.
    MessageLost = "message-lost",
        "a message of the exchange was lost, and so were its resends";
    /// A message came too late.
    MessageLate = "message-late",
        "a message came after the other side had given up";
    /// A message was damaged.
    MessageCorrupted = "message-corrupted",
        "a message was damaged on its way";
    /// One side has IKEv2 alone.
    // No fault makes this one or the next: configurations show them, before a run.
    IkeVersion = "ike-version",
        "one side has IKEv2 alone for this peer, the other IKEv1";
    /// One side alone wants XAUTH.
    XauthMissing = "xauth-missing",
        "one side alone wants XAUTH after phase 1";
    /// No transform set in common, or another mode.
    TransformMismatch = "transform-mismatch",
        "the peers have no transform set in common, or one wants tunnel and the other transport mode";
    /// Perfect forward secrecy on one side alone, or with another group.
    PfsMismatch = "pfs-mismatch",
        "one peer wants PFS and the other has none, or another group";
    /// The crypto access lists do not mirror each other.
    ProxyMismatch = "proxy-mismatch",
        "the crypto access lists of the peers do not mirror each other";
    /// A crypto map entry without one of its parts.
    CryptoMapIncomplete = "crypto-map-incomplete",
        "the crypto map entry for the peer lacks its access list, its peer or its transform set";
    /// No crypto map on the interface.
    MapUnbound = "map-unbound",
        "no crypto map is bound to the interface that faces the peer";
    /// An operator, or the peer, deleted what was up.
    Deleted = "deleted",
        "an operator cleared the SAs, or a Delete from the peer ended them";
    /// A peer broke the protocol.
    PeerMisbehaved = "peer-misbehaved",
        "a peer sent what the protocol forbids, or does not answer as it must";
}

impl Cause {
    /// The cause of this name.
    pub fn from_name(name: &str) -> Option<Cause> {
        Cause::all().find(|cause| cause.name() == name)
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
