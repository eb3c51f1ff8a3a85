//! Quick Modes of a judged capture, in words.

use diagnose::captures::{Phase2, Quick, QuickEnd};
use ike::HashCheck;

use crate::ladder::Layout;
use crate::line::Line;
use crate::reasons::plural;
use crate::text::labelled;

/// More of a kind say nothing new.
const TOLD: usize = 5;

/// How many came up, were refused, stayed open; then what ended those that did not come up.
pub(super) fn phase2(phase2: &Phase2, layout: Layout) -> Vec<Line> {
    if phase2.quick.is_empty() {
        return Vec::new();
    }
    let (up, refused, open) = (phase2.children(), phase2.refused(), phase2.open());
    let children = if up == 1 { "1 child came up".into() } else { format!("{up} children came up") };
    let deleted = match phase2.deleted() {
        0 => String::new(),
        n => format!(", {n} deleted again"),
    };
    let counts = format!("{children}, {refused} refused, {open} open{deleted}{}", hashes(phase2));
    let mut lines = labelled("phase 2", &counts, layout);
    for quick in phase2.quick.iter().filter_map(told).take(TOLD) {
        lines.extend(labelled("", &quick, layout));
    }
    lines
}

fn hashes(phase2: &Phase2) -> String {
    let all: Vec<HashCheck> = phase2.quick.iter().flat_map(|quick| &quick.hashes).copied().collect();
    let count = |check| all.iter().filter(|one| **one == check).count();
    let (verified, wrong) = (count(HashCheck::Verified), count(HashCheck::Wrong));
    match (verified, wrong) {
        (0, 0) => String::new(),
        (_, 0) => format!(" · {} verified", plural(verified as u64, "hash").replace("hashs", "hashes")),
        _ => format!(" · {wrong} of {} hashes wrong", verified + wrong),
    }
}

fn told(quick: &Quick) -> Option<String> {
    let Quick { id, by, end, frame, cleared, .. } = quick;
    let id = format!("Quick Mode {:08x}", id.0);
    if let (QuickEnd::Up, Some(deletion)) = (end, &quick.deleted) {
        return Some(format!("{id}: up, and deleted by the {} in frame {}", deletion.by, deletion.frame));
    }
    let then =
        if *cleared { ", and another Informational right behind it, most likely a Delete" } else { "" };
    match end {
        QuickEnd::Up if *cleared => {
            Some(format!("{id}: up, then an Informational right behind QM3, most likely a Delete"))
        }
        QuickEnd::Up => None,
        QuickEnd::Refused(Some(notify)) => Some(format!("{id}: frame {frame} refuses it: {notify}{then}")),
        QuickEnd::Refused(None) => Some(format!(
            "{id}: frame {frame} is an encrypted Informational where the next Quick Mode message should be: refused{then}; --keys says why"
        )),
        QuickEnd::Open => Some(match by {
            Some(by) => format!("{id}, begun by the {by}: no end up to frame {frame}"),
            None => format!("{id}: one message of it up to frame {frame}, its first or the answer to that"),
        }),
    }
}
