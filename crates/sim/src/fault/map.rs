//! What an operator can get wrong in a crypto map.

use ike::crypto::DhGroup;
use ike::ipsec::{Encapsulation, TransformSet};
use ike::{AclLine, MapPart};

/// The value of a transform set or its entry that `transform-mismatch` changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TransformAttribute {
    /// Another cipher.
    Encryption,
    /// The same cipher, another key length.
    KeyLength,
    /// Another HMAC.
    Integrity,
    /// The other mode.
    Mode,
    /// Another lifetime: comes up all the same.
    Lifetime,
}

/// How PFS differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PfsHow {
    /// This side has none, the other has it.
    Missing,
    /// This side alone has it.
    Extra,
    /// Another group.
    Group,
}

/// How an access list differs from the other side's mirror.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ProxyHow {
    /// Another subnet of its own.
    Other,
    /// A larger one.
    Wider,
    /// A smaller one.
    Narrower,
    /// Everything to everything.
    Any,
}

/// A value of a crypto map entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MapValue {
    /// A transform set.
    Set(TransformSet),
    /// Tunnel or transport.
    Mode(Encapsulation),
    /// Seconds.
    Lifetime(u32),
    /// `set pfs`.
    Pfs(Option<DhGroup>),
    /// A line of the access list.
    Line(AclLine),
    /// A part of the entry is there.
    Has(MapPart),
    /// A part of the entry is missing.
    Lacks(MapPart),
    /// Whether the map is bound to the interface.
    Bound(bool),
}
