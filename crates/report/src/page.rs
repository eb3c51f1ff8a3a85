//! The illustrated handshake: a run as one HTML page that needs nothing else.
//!
//! Everything stands in the page without its script: the script only shows one step at a time.

mod calculation;
mod captured;
mod folio;
mod known;
mod message;
mod rungs;
mod side;
mod steps;

use std::fmt::Write;

use ike::Role;
use isakmp::shown;
use sim::{PeerOutcome, state_name};

use crate::{Report, text};

use calculation::Calculation;
pub use captured::captured_page;
use known::{hex, known};
use message::short;
use rungs::ladder;
use steps::{Note, Step, Steps};

pub use folio::{Chapter, folio};

// Compiled in: a page is mailed about, and has to need nothing beside it.
const STYLE: &str = include_str!("page/style.css");
const SCRIPT: &str = include_str!("page/script.js");

/// One self-contained page. With `redact` it holds no pre-shared key and nothing that follows from one, and no private
/// exponent.
pub fn page(report: &Report, redact: bool) -> String {
    let Steps { steps, wires } = steps::steps(&report.scenario.setup, &report.trace);
    let each = steps.iter().enumerate().map(|(number, step)| self::step(number, step, &steps, redact));
    let body = Body { steps: each.collect(), wires: &wires, secrets: !redact };
    document(&title(report), &head(report, redact), &ladder(report, &steps), &body)
}

/// The right-hand side of a page.
struct Body<'w> {
    /// An article for each step.
    steps: String,
    wires: &'w [steps::Wire],
    secrets: bool,
}

/// A whole page: what it is about, the ladder, the steps, and every message byte by byte.
fn document(title: &str, head: &str, ladder: &str, body: &Body<'_>) -> String {
    let mut html = opening(title);
    html += head;
    html += "<div class=\"columns\">\n";
    html += ladder;
    html += "<main>\n<div class=\"controls\" hidden>\
             <button id=\"first\" title=\"Home\">first</button> <button id=\"back\" title=\"←\">◀ back</button> \
             <span id=\"place\" aria-hidden=\"true\"></span><span id=\"said\" class=\"unseen\" role=\"status\"></span> \
             <button id=\"next\" title=\"→\">next ▶</button> <button id=\"last\" title=\"End\">last</button>\
              <small>arrow keys, Home and End step too</small></div>\n";
    html += &body.steps;
    html += "<section id=\"messages\" aria-label=\"Messages of this step\">\n<h2>Messages, byte by byte</h2>\n\
             <p class=\"hint\">Point at bytes or at a field to see the other light up; click to bring it into sight; tab through the fields.</p>\n";
    for (number, wire) in body.wires.iter().enumerate() {
        html += &message::article(number, wire, body.secrets);
    }
    html += "</section>\n</main>\n</div>\n";
    let _ = write!(html, "<script>\n{SCRIPT}</script>\n</body>\n</html>\n");
    html
}

/// A page's beginning. The title is escaped already.
fn opening(title: &str) -> String {
    // An empty icon, or browsers ask the server on which the page lies for one.
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{title}</title>\n\
         <link rel=\"icon\" href=\"data:,\">\n<style>\n{STYLE}</style>\n</head>\n<body>\n"
    )
}

pub(crate) fn title(report: &Report) -> String {
    let scenario = &report.scenario;
    escape(if scenario.title.is_empty() { &scenario.name } else { &scenario.title })
}

/// What the page is about, what it holds, and how the run ended.
fn head(report: &Report, redact: bool) -> String {
    let scenario = &report.scenario;
    let mut html = format!(
        "<header>\n<h1>{}</h1>\n<p>{} · {} mode · seed {}</p>\n",
        title(report),
        escape(&scenario.name),
        scenario.setup.mode,
        scenario.setup.seed
    );
    // At the top, for who passes a page on seldom is who made it.
    html += if redact {
        "<p class=\"banner\" role=\"note\">Redacted: pre-shared keys, private exponents, derived keys and decrypted \
         payloads are left out.</p>\n"
    } else {
        "<p class=\"banner\" role=\"note\">This page contains secrets of the simulated peers: their pre-shared keys, \
         private exponents, every derived key, and the decrypted payloads. If a key of yours is among them, do not pass \
         the page on; <code>--redact</code> leaves all of it out.</p>\n"
    };
    for line in scenario.description.split("\n\n").filter(|line| !line.trim().is_empty()) {
        let lines: Vec<String> = line.trim().split('\n').map(escape).collect();
        let _ = writeln!(html, "<p class=\"description\">{}</p>", lines.join("\n"));
    }
    html + &result(report) + "</header>\n"
}

/// Where each peer is left, why, and what to do.
fn result(report: &Report) -> String {
    let mut html = String::from("<dl class=\"result\">\n");
    for role in Role::BOTH {
        let peer = &report.outcome.peers[role];
        let _ = writeln!(html, "<dt>{role}</dt><dd>{}</dd>", ended(peer));
    }
    let _ = writeln!(html, "<dt>outcome</dt><dd>{}</dd>", text::verdict(&report.outcome));
    for diagnosis in &report.diagnosis {
        let fix: String = diagnosis.fix.iter().map(|line| format!("{}\n", escape(line))).collect();
        let evidence: String =
            diagnosis.evidence.iter().map(|line| format!("<li>{}</li>", escape(line))).collect();
        let mark = if diagnosis.inferred { " [I]: some of it is inferred" } else { "" };
        let _ = writeln!(
            html,
            "<dt>cause</dt><dd>{} ({}).{mark}<ul>{evidence}</ul></dd>\n<dt>fix</dt><dd><pre>{fix}</pre></dd>",
            escape(&text::capital(diagnosis.cause.meaning())),
            diagnosis.cause
        );
    }
    html + "</dl>\n"
}

fn ended(peer: &PeerOutcome) -> String {
    let ios = peer.state.map_or(String::new(), |state| format!(" (IOS {})", state.ios()));
    format!("<b>{}</b>{ios}, {}", state_name(peer.state), text::end(peer))
}

/// A step with all that is to be seen in it.
fn step(number: usize, step: &Step, all: &[Step], redact: bool) -> String {
    let messages: Vec<String> = step.messages.iter().map(ToString::to_string).collect();
    let title = escape(&step.title);
    let mut html = format!(
        "<article class=\"step\" id=\"step-{number}\" data-title=\"{title}\" data-messages=\"{}\" tabindex=\"-1\">\n\
         <h2><small>step {} of {} · {} s</small> {title}</h2>\n<ul class=\"notes\">\n",
        messages.join(" "),
        number + 1,
        all.len(),
        step.at
    );
    for Note { text, trouble } in &step.notes {
        let mark = if *trouble { " class=\"trouble\"" } else { "" };
        let _ = writeln!(html, "<li{mark}>{}</li>", escape(text));
    }
    html += "</ul>\n";
    for message in &step.messages {
        let _ = writeln!(html, "<p class=\"see\"><a href=\"#message-{message}\">the message's bytes</a></p>");
    }
    if !step.calculations.is_empty() {
        let who = step.role.map_or("", Role::name);
        let _ = writeln!(html, "<h3>What the {who} computes</h3>");
        step.calculations.iter().for_each(|one| html += &calculated(one, redact));
    }
    html += &known(&step.sides, redact);
    html + "</article>\n"
}

fn calculated(calculation: &Calculation, redact: bool) -> String {
    let Calculation { name, formula, section, inputs, value, .. } = calculation;
    // The formula may stay: it is the RFC's, and gives nothing away.
    if redact {
        return format!(
            "<details><summary>{name} = {}</summary><p>{section}. Inputs and value are left out (--redact).</p></details>\n",
            escape(formula)
        );
    }
    let inputs: String = inputs
        .iter()
        .map(|(name, bytes)| format!("<dt>{}</dt><dd>{}</dd>", escape(name), hex(bytes)))
        .collect();
    format!(
        "<details><summary>{name} = {} <code>{}</code></summary>\n<p>{section}</p>\n<dl class=\"values\">{inputs}<dt>{name}</dt><dd><b>{}</b></dd></dl>\n\
         <pre class=\"python\" aria-label=\"Python that computes {name} again\">{}</pre></details>\n",
        escape(formula),
        short(value),
        hex(value),
        calculation.python().split('\n').map(escape).collect::<Vec<_>>().join("\n")
    )
}

/// Text that is safe between tags and in quoted attributes, and a line of it one line: what is not printed is shown
/// escaped, for XML has no way to write it.
pub(crate) fn escape(text: &str) -> String {
    // `&` goes first, or the other entities would be escaped again.
    shown(text).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
