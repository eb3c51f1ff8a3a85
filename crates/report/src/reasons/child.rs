//! Why a child is refused, in plain words.

use ike::crypto::DhGroup;
use ike::ipsec::{Compression, TransformSet};
use ike::{ChildMismatch, MapPart, Selectors};
use sim::MapValue;

/// One line, no full stop.
pub(super) fn mismatch(mismatch: &ChildMismatch) -> String {
    match mismatch {
        ChildMismatch::Transform { offered, own } => {
            format!("no proposal chosen: {} offered, own {}", offers(offered), sets(own))
        }
        ChildMismatch::Mode { offered, own } => format!("{offered} mode offered, own mode is {own}"),
        ChildMismatch::Compression { offered, own } => {
            let by = |by: Option<Compression>| by.map_or("none".into(), |by| format!("IPComp {by}"));
            format!("compression: {} offered, own {}", by(*offered), by(*own))
        }
        ChildMismatch::Pfs { offered, own } => {
            let offered = offered.map_or("no PFS".into(), |number| format!("PFS with group {number}"));
            format!("{offered} offered, own {}", pfs(*own))
        }
        ChildMismatch::Proxies { offered, own } => {
            let own: Vec<String> = own.iter().map(Selectors::to_string).collect();
            format!("no access list line for {offered}; own {}", own.join(", "))
        }
        ChildMismatch::Incomplete(part) => {
            format!("no crypto map entry for this peer is complete: {}", lacks(*part))
        }
    }
}

/// Transform sets as configured.
pub fn sets(own: &[TransformSet]) -> String {
    own.iter().map(|set| format!("[{set}]")).collect::<Vec<_>>().join(", ")
}

fn offers(offered: &[Option<TransformSet>]) -> String {
    // A peer may offer what has no name here.
    let each = |set: &Option<TransformSet>| set.map_or("[unknown]".into(), |set| format!("[{set}]"));
    offered.iter().map(each).collect::<Vec<String>>().join(", ")
}

/// `no PFS`, `PFS with group 14`
pub fn pfs(group: Option<DhGroup>) -> String {
    group.map_or("no PFS".into(), |group| format!("PFS with group {}", group.number()))
}

/// What an entry is without.
pub fn lacks(part: MapPart) -> &'static str {
    match part {
        MapPart::Acl => "it has no match address that permits anything",
        MapPart::Peer => "it has no set peer for this address",
        MapPart::TransformSet => "it has no transform set",
    }
}

/// A changed value of a crypto map entry.
pub(super) fn map_changed(sequence: u16, before: &MapValue, after: &MapValue) -> [String; 3] {
    let key = match before {
        MapValue::Set(_) => "transform_set",
        MapValue::Mode(_) => "mode",
        MapValue::Lifetime(_) => "lifetime",
        MapValue::Pfs(_) => "pfs",
        MapValue::Line(_) => "acl",
        MapValue::Has(part) | MapValue::Lacks(part) => part.name(),
        MapValue::Bound(_) => "interface",
    };
    let value = |value: &MapValue| match value {
        MapValue::Set(set) => set.to_string(),
        MapValue::Mode(mode) => mode.to_string(),
        MapValue::Lifetime(seconds) => seconds.to_string(),
        MapValue::Pfs(group) => group.map_or("none".into(), |group| group.number().to_string()),
        MapValue::Line(line) => line.to_string(),
        MapValue::Has(_) => "configured".into(),
        MapValue::Lacks(_) => "absent".into(),
        MapValue::Bound(bound) => bound.to_string(),
    };
    [format!("crypto_map {sequence} {key}"), value(before), value(after)]
}
