//! What operators cleared.

use ike::{Clear, Role};
use sim::{Actor, Entry, EntryId, Kind, Trace};

use crate::evidence::ChildEvidence;

/// Whose operator cleared what, where there was anything to clear.
pub(super) fn clearings(trace: &Trace) -> impl Iterator<Item = (&Entry, Role, Clear)> {
    trace.entries().iter().filter_map(|entry| {
        let (Kind::Cleared { clear, .. }, Actor::Peer(role)) = (&entry.kind, entry.actor) else {
            return None;
        };
        let acts = trace.entries().iter().any(|later| later.cause == Some(entry.id));
        acts.then_some((entry, role, *clear))
    })
}

/// Something was cleared before this entry.
pub(crate) fn cleared_before(trace: &Trace, entry: EntryId) -> bool {
    clearings(trace).any(|(cleared, ..)| cleared.id < entry)
}

/// What this side's operator cleared, and when.
pub(crate) fn own_clearing(trace: &Trace, role: Role) -> Option<ChildEvidence> {
    let (entry, at, clear) = clearings(trace).find(|(_, at, _)| *at == role)?;
    Some(ChildEvidence::ClearedHere { at, what: clear.what, when: entry.at })
}
