//! What captures hold besides negotiations.

/// What captures hold on IKE's ports besides IKEv1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Besides {
    /// Messages of IKEv2.
    pub version_2: u64,
    /// Datagrams of UDP 4500 that are ESP or keepalives.
    pub esp: u64,
    /// Datagrams of IKE's ports that are no IKE message.
    pub unreadable: u64,
    /// Datagrams of IKE's ports of which too little was captured to tell what they are.
    pub cut: u64,
    /// Frames that could not be looked into, of whatever kind.
    pub unread: u64,
    /// ICMP errors about messages that were not captured.
    pub icmp: u64,
}
