//! A live negotiation while it happens: the rows of its ladder as they come, and what is concluded when it is over.

use ike::{Instant, Role};
use scenario::Scenario;
use sim::{Setup, Trace};

use crate::Report;
use crate::ladder::{Layout, heads, rungs};
use crate::line::{FAINT, paint, written};
use crate::row::{Row, each};
use crate::text::{conclusions, titled};

/// What is shown. A responder does not choose the mode.
pub fn headline(scenario: &Scenario, role: Role, layout: Layout) -> String {
    let mode = (role == Role::Initiator).then_some(scenario.setup.mode);
    written(&titled(scenario, mode, None, layout))
}

/// Both sides above their columns.
pub fn columns(setup: &Setup, role: Role, layout: Layout) -> String {
    written(&heads(setup, Some(role), layout))
}

/// What stands above a caller's rows, whose times begin with its call: how long after the listener's start that was.
pub fn called(began: Instant) -> String {
    // A real clock: its microseconds tell of the machine, not of the caller.
    let began = Instant::from_micros(began.as_micros() / 1000 * 1000);
    written(&[paint(FAINT, &format!("            {began} s after the start:"))])
}

/// The rows of the entries from `since` on, as `role` sees them; nothing is folded.
pub fn rungs_since(setup: &Setup, trace: &Trace, role: Role, since: usize, layout: Layout) -> String {
    let Some(first) = trace.entries().get(since).map(|entry| entry.id) else {
        return String::new();
    };
    // All rows are made anew, for what one says hangs on entries before and behind it.
    let new = each(setup, trace, Some(role)).into_iter().filter(|(entry, _)| *entry >= first);
    // Not folded: what is printed already could not be taken back.
    let rows: Vec<Row> = new.map(|(_, row)| row).collect();
    written(&rungs(&rows, layout))
}

/// Where it left this side, why, and what to do.
pub fn conclusion(report: &Report, layout: Layout) -> String {
    written(&conclusions(report, layout))
}
