//! What speaks for a cause behind phase 1, in words.

use diagnose::{ChildEvidence, counted};

use super::end;
use crate::reasons;

/// One line.
pub(super) fn words(evidence: &ChildEvidence) -> String {
    match evidence {
        ChildEvidence::Cleared { at, clear, when, deletes } => {
            let other = at.other();
            let ends = match (clear.notify, deletes) {
                (false, _) => format!("the {other} is not told and keeps what it has"),
                (true, 0) => "there was no SA to tell the peer under".into(),
                (true, 1) => format!("a Delete tells the {other}"),
                (true, n) => format!("{n} Deletes tell the {other}"),
            };
            format!("{at}: its operator cleared {} at {when} s; {ends}", reasons::cleared(clear.what))
        }
        ChildEvidence::ClearedHere { at, what, when } => {
            format!("{at}: cleared {} at {when} s", reasons::cleared(*what))
        }
        ChildEvidence::Refused { at, reason } => format!("{at}: {}", reasons::reason(reason)),
        ChildEvidence::DeleteLost { from, when, copies } => {
            let other = from.other();
            let ends = counted(copies.iter().map(|copied| end(other, copied)));
            let ends: Vec<String> = ends.iter().map(|(end, n)| format!("{n} x {end}")).collect();
            let ends = ends.join("; ");
            format!("Delete from the {from} at {when} s: {ends}; the {other} still holds what it was about")
        }
        ChildEvidence::Answered { at, notify } => {
            format!("{at}: the peer answered QM1 with {notify}, protected")
        }
        ChildEvidence::Unanswered(at) => format!("{at}: no answer in Quick Mode"),
        ChildEvidence::Obeyed { at, child: false } => format!("{at}: obeyed the peer's Delete of phase 1"),
        ChildEvidence::Obeyed { at, child: true } => format!("{at}: obeyed the peer's Delete of the child"),
        ChildEvidence::Qm2Again { at, times } => {
            format!("{at}: QM2 came {times} times more, behind QM3: QM3 does not get there")
        }
        ChildEvidence::NoQuickMode(at) => format!("{at}: phase 1 is up, and no Quick Mode came"),
        ChildEvidence::StillUp(at) => {
            let line = "its child is up, and nothing that came says otherwise: if packets get no answer, the peer has \
                        it no more, and no Delete arrived";
            format!("{at}: {line}")
        }
    }
}
