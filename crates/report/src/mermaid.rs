//! The ladder as a Mermaid sequence diagram.

use ike::Role;
use isakmp::shown;

use crate::Report;
use crate::ladder::folded;
use crate::row::{Arrow, Row, What, rows};

/// The diagram's text; every line ends in a newline.
pub fn mermaid(report: &Report) -> String {
    let Report { scenario, trace, view, .. } = report;
    let participant = |role: Role| {
        let config = &scenario.setup.hosts[role];
        format!("    participant {} as {role} {} ({})", letter(role), config.address, config.profile)
    };
    // Declared in this order, so that the initiator is on the left whoever speaks first.
    let head = vec!["sequenceDiagram".into(), participant(Role::Initiator), participant(Role::Responder)];
    let rows = rows(&scenario.setup, trace, *view);
    let lines = head.into_iter().chain(rows.iter().flat_map(lines));
    lines.map(|line| format!("{line}\n")).collect()
}

fn letter(role: Role) -> &'static str {
    match role {
        Role::Initiator => "I",
        Role::Responder => "R",
    }
}

fn lines(row: &Row) -> Vec<String> {
    let beside = |role: Role, text: &str| {
        let side = if role == Role::Initiator { "left" } else { "right" };
        format!("    Note {side} of {}: {}", letter(role), plain(text))
    };
    match &row.what {
        What::Arrow(arrow) => {
            let Arrow { from, name, text, enters, lost, .. } = arrow;
            // `-x` draws a cross where the message would have arrived.
            let shaft = if lost.is_some() { "-x" } else { "->>" };
            let by = lost.as_ref().map_or(String::new(), |by| format!(", lost: {by}"));
            let words = plain(&format!("{} s {name} {text}{by}", row.at));
            let line = format!("    {}{shaft}{}: {words}", letter(*from), letter(from.other()));
            [line].into_iter().chain(enters.map(|state| beside(*from, state.asa()))).collect()
        }
        What::Enters { role, state } => vec![beside(*role, state.asa())],
        What::Note { role, text, .. } => vec![beside(*role, text)],
        What::Network { text } => vec![format!("    Note over I,R: {}", plain(text))],
        What::Fold(resends) => vec![format!("    Note over I,R: {}", plain(&folded(*resends)))],
    }
}

/// Without the signs that mean something to Mermaid.
fn plain(text: &str) -> String {
    // A semicolon ends a statement; the code for `#` brings one along, which the last step mends.
    shown(text).replace('#', "#35;").replace(';', "#59;").replace("#35#59;", "#35;")
}
