//! The ladder of the page: a rung per step, with room for the time between two.

use std::fmt::Write;

use ike::Role;

use super::escape;
use super::steps::Step;
use crate::Report;
use crate::row::{Arrow, What};

/// Both peers as columns and time between them: a gap's height grows with the logarithm of the time that passes.
pub(super) fn ladder(report: &Report, steps: &[Step]) -> String {
    let address = |role: Role| {
        let config = &report.scenario.setup.hosts[role];
        format!("{role}<br>{} ({})", config.address, config.profile)
    };
    let mut html = format!(
        "<nav aria-label=\"Message ladder\">\n<div class=\"peers\"><span>time s</span><span>{}</span><span>{}</span></div>\n<ol class=\"ladder\">\n",
        address(Role::Initiator),
        address(Role::Responder)
    );
    let mut last = None;
    for (number, step) in steps.iter().enumerate() {
        let passed = last.map_or(0, |at: ike::Instant| step.at.as_micros().saturating_sub(at.as_micros()));
        last = Some(step.at);
        let gap = gap(passed);
        let mut first = true;
        for row in &step.rows {
            // All of a step happens at one instant.
            let time = if first { step.at.to_string() } else { String::new() };
            let gap = if first { gap } else { 0 };
            first = false;
            let _ = writeln!(
                html,
                "<li style=\"--gap:{gap}px\"><a href=\"#step-{number}\" data-step=\"{number}\"><time>{time}</time>{}</a></li>",
                rung(&row.what)
            );
        }
    }
    html + "</ol>\n</nav>\n"
}

/// Pixels for a stretch of time.
pub(super) fn gap(micros: u64) -> u32 {
    // Milliseconds of a handshake and minutes of waiting share a page; the 1 is for no time at all.
    4 + 5 * (1 + micros / 5_000).ilog2()
}

/// One row of the ladder: the state on the left, the arrow, the state on the right.
pub(super) fn rung(what: &What) -> String {
    let state = |name: &str| format!("<b>{name}</b>");
    match what {
        What::Arrow(Arrow { from, name, text, enters, lost, .. }) => {
            let entered = enters.map_or(String::new(), |entered| state(entered.asa()));
            let (left, right, way) = match from {
                Role::Initiator => (entered, String::new(), "right"),
                Role::Responder => (String::new(), entered, "left"),
            };
            let lost_by = lost.as_ref().map_or(String::new(), |by| format!(" ✗ lost: {}", escape(by)));
            let class = if lost.is_some() { " lost" } else { "" };
            format!(
                "<span class=\"l\">{left}</span><span class=\"arrow {way}{class}\">{} · {}{lost_by}</span><span class=\"r\">{right}</span>",
                escape(name),
                escape(text)
            )
        }
        What::Enters { role, state: entered } => at_side(*role, &state(entered.asa()), ""),
        What::Note { role, text, trouble } => {
            let mark = if *trouble { "✗ " } else { "" };
            at_side(*role, &format!("{mark}{}", escape(text)), if *trouble { " trouble" } else { "" })
        }
        What::Network { text } => {
            format!("<span class=\"wide trouble\">⚡ {}</span>", escape(text))
        }
        // Pages show every row, folded ones are the text's.
        What::Fold(_) => String::new(),
    }
}

pub(super) fn at_side(role: Role, html: &str, class: &str) -> String {
    let side = if role == Role::Initiator { "of-l" } else { "of-r" };
    format!("<span class=\"wide {side}{class}\">{html}</span>")
}
