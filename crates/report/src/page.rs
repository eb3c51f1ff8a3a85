//! The illustrated handshake: a run as one HTML page that needs nothing else.
//!
//! Everything stands in the page without its script: the script only shows one step at a time.

mod calculation;
mod captured;
mod field;
mod glossary;
mod head;
mod kind;
mod known;
mod markdown;
mod message;
mod rungs;
mod section;
mod several;
mod side;
mod step;
mod steps;
mod tokens;
mod values;

use std::fmt::Write;

use isakmp::shown;

use crate::Report;
use crate::pcap::hex;

pub use captured::captured_page;
use glossary::glossary;
use known::Show;
use step::articles;
use steps::{Steps, Wire};
use tokens::TOKENS;
pub(crate) use tokens::resolved;
use values::Values;

pub use several::{Chapter, several};

// Compiled in: a page is mailed about, and has to need nothing beside it.
const STYLE: &str = include_str!("page/style.css");
const SCRIPT: &str = include_str!("page/script.js");

/// One self-contained page: of both sides, or of the report's view, and then it holds nothing that this side cannot
/// see. With `redact` it holds no pre-shared key and nothing that follows from one, and no private exponent.
pub fn page(report: &Report, redact: bool) -> String {
    let show = Show { redact, view: report.view };
    let Steps { steps, wires } = steps::steps(&report.scenario.setup, &report.trace, report.view);
    let mut store = Values::default();
    let articles = articles(&steps, show, true, 0, &mut store);
    let secrets = !redact && steps.iter().any(|step| !step.calculations.is_empty());
    let player = Player {
        ladder: rungs::ladder(report, &steps, 0),
        steps: articles,
        messages: messages(&wires, show),
    };
    let tail = store.section() + &glossary();
    document(&title(report), &head::head(report, secrets), &player.html(), &tail)
}

/// A run that can be stepped through.
struct Player {
    ladder: String,
    /// An article for each step.
    steps: String,
    /// Every message byte by byte; empty: the page has none.
    messages: String,
}

impl Player {
    fn html(&self) -> String {
        let Player { ladder, steps, messages } = self;
        format!(
            "<div class=\"player\">\n<nav aria-label=\"Message ladder\">\n{ladder}</nav>\n<main>\n{CONTROLS}{steps}{messages}</main>\n</div>\n"
        )
    }
}

const CONTROLS: &str = "<div class=\"controls\" hidden>\
     <button data-go=\"first\" title=\"Home\">first</button> <button data-go=\"back\" title=\"←\">◀ back</button> \
     <span class=\"place\" aria-hidden=\"true\"></span><span class=\"unseen\" role=\"status\"></span> \
     <button data-go=\"next\" title=\"→\">next ▶</button> <button data-go=\"last\" title=\"End\">last</button> \
     <small>← → · <kbd>p</kbd> projector · <kbd>r</kbd> reveal · <kbd>h</kbd> hide a side · <kbd>b</kbd> blank</small></div>\n";

fn messages(wires: &[Wire], show: Show) -> String {
    let all: String =
        wires.iter().enumerate().map(|(number, wire)| message::article(number, wire, show)).collect();
    format!(
        "<section class=\"messages\" aria-label=\"Messages of this step\">\n<h2>Messages, byte by byte</h2>\n{}\
         <p class=\"hint\">Point at bytes or at a field to see the other light up; click to bring it into sight; tab through the fields.</p>\n{all}</section>\n",
        kind::legend()
    )
}

/// A whole page: what it is about, what can be stepped through, and what explains it.
fn document(title: &str, head: &str, body: &str, tail: &str) -> String {
    let mut html = opening(title);
    let _ = write!(
        html,
        "{head}{body}<footer>\n{tail}</footer>\n<script>\n{SCRIPT}</script>\n</body>\n</html>\n"
    );
    html
}

/// A page's beginning. The title is escaped already.
fn opening(title: &str) -> String {
    // An empty icon, or browsers ask the server on which the page lies for one.
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{title}</title>\n\
         <link rel=\"icon\" href=\"data:,\">\n<style>\n{TOKENS}{STYLE}</style>\n</head>\n<body>\n"
    )
}

/// What a run is called. One side does not know what its author calls it, which often is the cause.
pub(crate) fn title(report: &Report) -> String {
    let scenario = &report.scenario;
    match report.view {
        Some(view) => format!("The {view}'s side"),
        None => escape(if scenario.title.is_empty() { &scenario.name } else { &scenario.title }),
    }
}

/// Text that is safe between tags and in quoted attributes, and a line of it one line: what is not printed is shown
/// escaped, for XML has no way to write it.
pub(crate) fn escape(text: &str) -> String {
    // `&` goes first, or the other entities would be escaped again.
    shown(text).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
