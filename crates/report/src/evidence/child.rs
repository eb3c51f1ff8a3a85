//! What speaks for a cause behind phase 1, in words.

use diagnose::ChildEvidence;
use ike::Reason;

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
        ChildEvidence::Refused { at, mismatch } => {
            format!("{at}: {}", reasons::reason(&Reason::NoChild(mismatch.clone())))
        }
        ChildEvidence::Answered { at, notify } => {
            format!("{at}: the peer answered QM1 with {notify}, protected")
        }
        ChildEvidence::Unanswered(at) => format!("{at}: no answer in Quick Mode"),
        ChildEvidence::Obeyed { at, child: false } => format!("{at}: obeyed the peer's Delete of phase 1"),
        ChildEvidence::Obeyed { at, child: true } => format!("{at}: obeyed the peer's Delete of the child"),
        ChildEvidence::StillHolds(at) => {
            format!("{at}: it still holds its child, and no message says that the peer has it no more")
        }
    }
}
