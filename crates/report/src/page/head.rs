//! What stands above a run's ladder: what it is about, and, behind a button, what happened and what to do.

use std::fmt::Write;

use ike::Role;
use sim::{PeerOutcome, state_name};

use super::markdown::markdown;
use super::{escape, title};
use crate::{Report, text};

/// Title, situation, and what happened. `secrets`: keys stand in the page.
pub(super) fn head(report: &Report, secrets: bool) -> String {
    let mut html = format!(
        "<header>\n{BUTTON}<h1>{}</h1>\n<p class=\"situation\">{}</p>\n",
        title(report),
        situation(report)
    );
    if secrets {
        // At the top, for who passes a page on seldom is who made it.
        html += "<p class=\"banner\" role=\"note\">Holds keys; <code>--redact</code> leaves them out.</p>\n";
    }
    let author = if report.view.is_none() { &*report.scenario.description } else { "" };
    html += &happened(&(markdown(author) + &result(report)));
    html + "</header>\n"
}

/// The verdict, behind a button where there is a script; without one, and on paper, it is open.
pub(super) fn happened(inside: &str) -> String {
    format!("<section id=\"verdict\" aria-label=\"What happened\">\n{inside}</section>\n")
}

/// Opens it; beside the title, whatever stands between the two.
pub(super) const BUTTON: &str = "<button id=\"happened\" aria-expanded=\"false\" aria-controls=\"verdict\" hidden>What happened?</button>\n";

/// Who calls whom, in a line.
fn situation(report: &Report) -> String {
    let setup = &report.scenario.setup;
    if let Some(view) = report.view {
        let config = &setup.hosts[view];
        return format!("{} mode as the {view} sees it: {} ({})", setup.mode, config.address, config.profile);
    }
    let end = |role: Role| format!("{} ({})", setup.hosts[role].address, setup.hosts[role].profile);
    format!(
        "{} mode · {} calls {} · {} · seed {}",
        setup.mode,
        end(Role::Initiator),
        end(Role::Responder),
        escape(&report.scenario.name),
        setup.seed
    )
}

/// Where each peer is left, why, and what to do.
pub(super) fn result(report: &Report) -> String {
    let mut html = String::from("<dl class=\"result\">\n");
    for role in Role::BOTH.into_iter().filter(|role| report.view.is_none_or(|view| view == *role)) {
        let peer = &report.outcome.peers[role];
        let _ = writeln!(html, "<dt>{role}</dt><dd>{}</dd>", ended(peer));
    }
    if report.view.is_none() {
        let _ = writeln!(html, "<dt>outcome</dt><dd>{}</dd>", text::verdict(&report.outcome));
    }
    for (label, words) in text::phase2_words(report) {
        let _ = writeln!(html, "<dt>{label}</dt><dd>{}</dd>", escape(&words));
    }
    let several = report.diagnosis.len() > 1;
    for finding in &report.diagnosis {
        html += &cause(report, finding, several);
    }
    html + "</dl>\n"
}

fn cause(report: &Report, finding: &diagnose::Finding, several: bool) -> String {
    let in_view = report.view.is_some();
    let evidence: String =
        crate::case(finding).iter().map(|line| format!("<li>{}</li>", escape(line))).collect();
    let mark = if finding.inferred && !in_view { " [I]: some of it is inferred" } else { "" };
    let label = if several { format!("cause {}", finding.rank) } else { "cause".into() };
    let mut html = format!(
        "<dt>{label}</dt><dd><b>{}</b> ({}).{mark}<ul>{evidence}</ul></dd>\n",
        escape(&text::capital(crate::causes::found(finding))),
        finding.cause
    );
    // A fix for each of many possible causes would be no advice.
    if !in_view || finding.rank == 1 {
        let fix: String = report.fix(finding).iter().map(|line| format!("{}\n", escape(line))).collect();
        let _ = writeln!(html, "<dt>fix</dt><dd><pre>{fix}</pre></dd>");
    }
    html
}

fn ended(peer: &PeerOutcome) -> String {
    let ios = peer.state.map_or(String::new(), |state| format!(" (IOS {})", vendor::ios::state_name(state)));
    format!("<b>{}</b>{ios}, {}", state_name(peer.state), text::end(peer))
}
