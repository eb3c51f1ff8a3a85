//! The ladder of the page: a rung per step, with room for the time between two.

use ike::Role;
use isakmp::PayloadType;

use super::escape;
use super::kind::Kind;
use super::steps::Step;
use crate::Report;
use crate::row::{Arrow, What};

/// Both peers as columns and time between them: a gap's height grows with the logarithm of the time that passes.
pub(super) fn ladder(report: &Report, steps: &[Step], from: usize) -> String {
    let address = |role: Role| {
        let config = &report.scenario.setup.hosts[role];
        // Vendor and true address of the other end are what an engineer on one device does not know.
        if report.view.is_some_and(|view| view != role) {
            format!("<b>{role}</b>not visible from here")
        } else {
            format!("<b>{role}</b>{} ({})", config.address, config.profile)
        }
    };
    let mut html = opening(&address(Role::Initiator), &address(Role::Responder));
    let mut last = None;
    for (number, step) in (from..).zip(steps) {
        let passed = last.map_or(0, |at: ike::Instant| step.at.as_micros().saturating_sub(at.as_micros()));
        last = Some(step.at);
        let gap = gap(passed);
        let mut first = true;
        for row in &step.rows {
            // All of a step happens at one instant.
            let time = if first { step.at.to_string() } else { String::new() };
            let gap = if first { gap } else { 0 };
            first = false;
            html += &line(number, gap, &time, &row.what);
        }
    }
    html + "</ol>\n"
}

/// A ladder's beginning: both peers above their lifelines.
pub(super) fn opening(initiator: &str, responder: &str) -> String {
    format!(
        "<div class=\"peers\"><span>time s</span><span data-side=\"initiator\">{initiator}</span><span data-side=\"responder\">{responder}</span></div>\n<ol class=\"ladder\" data-ladder>\n"
    )
}

/// One rung, which leads to its step.
pub(super) fn line(step: usize, gap: u32, time: &str, what: &What) -> String {
    format!(
        "<li style=\"--gap:{gap}px\"><a href=\"#step-{step}\" data-step=\"{step}\"><time>{time}</time>{}</a></li>\n",
        rung(what)
    )
}

/// Pixels for a stretch of time.
pub(super) fn gap(micros: u64) -> u32 {
    // Milliseconds of a handshake and minutes of waiting share a page; the 1 is for no time at all.
    4 + 5 * (1 + micros / 5_000).ilog2()
}

/// One row of the ladder: the state on the left, the arrow, the state on the right.
fn rung(what: &What) -> String {
    // Names of states break at their underscores.
    let state = |name: &str| format!("<b>{}</b>", name.replace('_', "_<wbr>"));
    match what {
        What::Arrow(Arrow { from, name, text, enters, lost, carries, .. }) => {
            let entered = enters.map_or(String::new(), |entered| state(entered.asa()));
            let (left, right, way) = match from {
                Role::Initiator => (entered, String::new(), "right"),
                Role::Responder => (String::new(), entered, "left"),
            };
            let lost_by = lost.as_ref().map_or(String::new(), |by| format!(" ✗ lost: {}", escape(by)));
            let class = if lost.is_some() { " lost" } else { "" };
            format!(
                "<span class=\"l\" data-side=\"initiator\">{left}</span><span class=\"arrow {way}{class}\"><span>{} <small>{}{lost_by}</small>{}</span></span><span class=\"r\" data-side=\"responder\">{right}</span>",
                escape(name),
                escape(text),
                signs(carries)
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

fn at_side(role: Role, html: &str, class: &str) -> String {
    let side = if role == Role::Initiator { "of-l" } else { "of-r" };
    format!("<span class=\"wide {side}{class}\" data-side=\"{role}\"><span>{html}</span></span>")
}

/// What a message carries, a sign for each payload.
fn signs(carries: &[Option<PayloadType>]) -> String {
    let sign = |payload: &Option<PayloadType>| {
        let name = payload.map_or("encrypted payloads".into(), |kind| kind.to_string());
        let (class, sign, _) = Kind::of_payload(&name).shown();
        format!("<i class=\"{class}\">{sign}</i>")
    };
    if carries.is_empty() {
        return String::new();
    }
    format!(
        "<span class=\"signs\" aria-hidden=\"true\">{}</span>",
        carries.iter().map(sign).collect::<String>()
    )
}
