//! What an endpoint explains about one Quick Mode and the child it makes.

use isakmp::ProtocolId;

use super::Ended;
use crate::crypto::DhGroup;
use crate::ipsec::{Compression, Encapsulation, TransformSet};
use crate::keymat::ChildKey;
use crate::selector::Selectors;
use crate::state::{QuickState, Role};

/// Something about one child.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChildEvent {
    /// A Quick Mode began here.
    Opened {
        /// This side's part in it.
        role: Role,
        /// What it is to protect, as this side sees it.
        selectors: Selectors,
    },
    /// It rests in this state now.
    Entered(QuickState),
    /// A proposal was chosen (responder) or accepted (initiator).
    Agreed(Agreed),
    /// The SAs have their keys. Secret: shown only where asked for.
    Installed(Vec<IpsecSa>),
    /// It is gone from this side.
    Ended {
        /// How.
        how: Ended,
        /// The state it was in.
        state: QuickState,
    },
}

/// What both sides agreed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Agreed {
    /// The algorithms.
    pub set: TransformSet,
    /// IPComp.
    pub compression: Option<Compressed>,
    /// Tunnel or transport.
    pub mode: Encapsulation,
    /// Inside UDP (RFC 3948).
    pub udp: bool,
    /// The group of its own exchange of public values; `None`: its keys follow from phase 1's.
    pub pfs: Option<DhGroup>,
    /// Seconds that this side uses.
    pub lifetime: u32,
    /// Kilobytes that this side uses; 0: no such limit.
    pub kilobytes: u32,
    /// What is protected, as this side sees it.
    pub selectors: Selectors,
}

/// IPComp of a child, which has no keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Compressed {
    /// The algorithm.
    pub by: Compression,
    /// This side's CPI, by which the peer marks what it compresses (RFC 3173 section 3.3).
    pub own_cpi: u16,
    /// The peer's.
    pub peer_cpi: u16,
}

/// One direction of one protocol of a child.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct IpsecSa {
    /// ESP or AH.
    pub protocol: ProtocolId,
    /// Towards this side: this side chose the SPI.
    pub inbound: bool,
    /// Four bytes.
    pub spi: Vec<u8>,
    /// KEYMAT: cipher key, salt, integrity key in a row.
    pub key: ChildKey,
}
