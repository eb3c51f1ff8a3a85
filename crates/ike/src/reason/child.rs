//! Why a responder refuses a child.

use crate::config::MapPart;
use crate::crypto::DhGroup;
use crate::ipsec::{Compression, Encapsulation, TransformSet};
use crate::selector::Selectors;

/// What an offer for a child and the own configuration do not have in common.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ChildMismatch {
    /// No offered transform set is one of ours.
    Transform {
        /// As offered; `None`: values that are not known here.
        offered: Vec<Option<TransformSet>>,
        /// Those of the entry that the proxies fit.
        own: Vec<TransformSet>,
    },
    /// Tunnel against transport.
    Mode {
        /// As offered.
        offered: Encapsulation,
        /// The entry's.
        own: Encapsulation,
    },
    /// IPComp on one side alone, or by another algorithm.
    Compression {
        /// As offered; `None`: not offered, or by an algorithm that is not known.
        offered: Option<Compression>,
        /// The entry's.
        own: Option<Compression>,
    },
    /// Another group, or one on one side alone.
    Pfs {
        /// The group's number as offered.
        offered: Option<u16>,
        /// The entry's.
        own: Option<DhGroup>,
    },
    /// No line of an access list is about these packets.
    Proxies {
        /// As offered, seen from the responder.
        offered: Selectors,
        /// What the responder protects.
        own: Vec<Selectors>,
    },
    /// The entry for this peer lacks a part, and counts for nothing.
    Incomplete(MapPart),
}
