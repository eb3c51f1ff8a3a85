//! Where an operator looks before anything is changed; each vendor's file says it in the device's words.

/// One thing to look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// The pre-shared keys, readable where the device shows them.
    Keys,
    /// The entries of peers.
    Entries,
    /// Whether the peer's entry has a key.
    EntryKey,
    /// The policies of phase 1.
    Policies,
    /// Whether IKEv1 is switched on.
    Enabled,
    /// Whether Aggressive Mode is allowed.
    Aggressive,
    /// Which address is called.
    Called,
    /// What is sent and taken as identity.
    Identities,
    /// The route to the peer.
    Route,
    /// Whether the peer's address answers at all.
    Ping,
    /// Whether something is bound to IKE's ports.
    Sockets,
    /// The packets of the exchange.
    Packets,
    /// Which version of IKE the peer is called with.
    Version,
    /// Whether a user is asked for behind phase 1.
    Xauth,
    /// The transform sets.
    TransformSets,
    /// Whether a child wants a new Diffie-Hellman.
    Pfs,
    /// Which traffic is protected.
    Proxies,
    /// The crypto map's entry for the peer.
    Entry,
    /// Where the crypto map is bound.
    Binding,
    /// Who ended what was up.
    Deletes,
}
