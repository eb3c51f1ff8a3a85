//! What a line says: what its device saw, did or decided.

use ike::{MessageName, Mode, Role};

/// Which way a message went, as its device sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Way {
    /// It left.
    Sent,
    /// It came.
    Received,
}

/// Whether an SA's keys protect a notify.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cover {
    /// In clear.
    Clear,
    /// Encrypted and authenticated.
    Protected,
    /// The line does not tell.
    Unsaid,
}

/// Why Quick Mode does not come to an end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase2 {
    /// No transform set, or PFS group, in common.
    Proposal,
    /// The PFS groups differ.
    Pfs,
    /// Tunnel on one side, transport on the other.
    Encapsulation,
    /// No crypto map entry, policy or child for these networks.
    Networks,
    /// No crypto map entry that can be used: none has these networks, or one that has them is incomplete.
    CryptoMap,
    /// Its line names no reason.
    Unsaid,
}

/// What a line says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Says {
    /// Phase 1 begins, in this role. `peer`
    Begins(Role, Option<Mode>),
    /// A message; which one stands in `exchange`, `kind`, `payloads`, `mid`, or in `role` and `state`.
    Message(Way),
    /// This message left or came, and all before it came and left.
    Named(Way, MessageName),
    /// The last message was sent again.
    Resends,
    /// The peer's last message came again.
    HeardAgain,
    /// The resends ran out.
    GivesUp,
    /// Where this device stands: `state`, `role`, `dst`, `src`, `status`.
    Stands,
    /// Phase 1 is complete here.
    Phase1Done,
    /// Quick Mode begins.
    Phase2Begins,
    /// Quick Mode is complete.
    Phase2Done,
    /// An IPsec SA is gone: `spi`.
    ChildDeleted,
    /// This device refuses Quick Mode.
    Phase2Refused(Phase2),
    /// Quick Mode ended here, for what other lines tell.
    Phase2Failed,
    /// The ISAKMP SA goes, by this device's own decision.
    Deletes,
    /// Whoever runs this device cleared what it had with the peer.
    Cleared,
    /// The peer deletes.
    DeleteReceived,
    /// The peer ended the session.
    PeerEnds,
    /// A notify: `notify`, `protocol`.
    Notify(Way, Cover),
    /// A value of the offer is not the configured one: `attribute`, `offered`, `configured`; `phase`.
    Differs,
    /// No offer fits.
    NoProposal,
    /// What the peer offers: `proposals`.
    Offered,
    /// What is configured here: `proposals`.
    Configured,
    /// What the peer offers for phase 2: `proposals`.
    ChildOffered,
    /// What is configured here for phase 2: `proposals`.
    ChildConfigured,
    /// An offer fits: `proposals`.
    Chosen,
    /// A message decrypts to junk.
    Unreadable,
    /// A notify decrypts to junk.
    UnreadableNotify,
    /// The peer's hash is wrong.
    HashWrong,
    /// No pre-shared key for the peer.
    NoKey,
    /// No tunnel-group for the peer: `group`.
    NoGroup,
    /// No tunnel-group for the peer, the default one is used.
    DefaultGroup,
    /// No connection for these addresses: `local`, `peer`.
    NoConnection,
    /// No connection allows this kind of authentication: `auth`, `mode`.
    NoSuchAuthentication,
    /// Nobody is configured under that identity: `id`.
    NobodyOfIdentity,
    /// An identity is not the one that is insisted on: `id`, `wanted`.
    IdentityRefused,
    /// The identity that the peer sent: `id`.
    PeerIdentity,
    /// Aggressive Mode is not answered.
    AggressiveOff,
    /// Nobody listens here, or IKEv1 is off.
    IkeOff,
    /// No peer is configured for what wants a tunnel.
    NoPeer,
    /// IKEv2 is spoken here.
    Ikev2,
    /// The two speak different versions.
    OtherVersion,
    /// XAUTH or Mode Config goes on behind phase 1.
    Xauth,
    /// XAUTH succeeded.
    XauthDone,
    /// XAUTH is asked for on one side alone.
    XauthMissing,
    /// A user was refused.
    XauthFailed,
    /// Certificates are at fault.
    Certificate,
    /// Signatures prove who is who here, no pre-shared key.
    Signatures,
    /// A message in clear cannot be read: its bytes were changed on the way.
    Damaged,
    /// A public value is another group's.
    OtherGroup,
    /// No crypto map on the interface.
    MapUnbound,
    /// A crypto map entry is incomplete.
    MapIncomplete,
    /// Dead peer detection.
    Dpd,
    /// The peer does not answer dead peer detection.
    PeerDead,
    /// Lifetimes and rekeying.
    Rekey,
    /// IPsec packets, behind IKE: counters and drops.
    Traffic,
    /// A packet could not be sent.
    CannotSend,
    /// ICMP says that nobody listens at the peer's port.
    PortUnreachable,
    /// A vendor id of Cisco's came.
    CiscoPeer,
    /// What NAT discovery found: a NAT stands between.
    Nat,
    /// One IPsec tunnel's counter: `count`.
    Encaps,
    /// The other way: `count`.
    Decaps,
    /// Both counters of one tunnel: `in`, `out`.
    Counts,
    /// Packets that wanted into the tunnel and found no SA: `count`.
    SendErrors,
    /// There is no SA.
    NoSa,
    /// The state of the session with whoever the next line is about: `state`.
    Session,
    /// Phase 1 is under way: `spis`, `local`, `peer`.
    Connecting,
    /// Quick Mode was asked for and waits for its answer.
    Phase2Waits,
    /// This device's end of what the lines are about: `local`.
    Own,
    /// Whom what follows is about: `peer`.
    Peer,
    /// A step, a value, a vendor id: printed on good tunnels too, proves nothing.
    Detail,
}
