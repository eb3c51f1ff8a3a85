//! The ladder as a picture, for slides: repeated resends folded, as in the text.

use std::fmt::Write;

use ike::Role;

use crate::Report;
use crate::ladder::{folded, wrap};
use crate::page::{escape, resolved, title};
use crate::row::{Arrow, Row, What, rows};

const WIDTH: usize = 1000;
/// Where the two lifelines are.
const LEFT: usize = 220;
const RIGHT: usize = 780;
const ROW: usize = 40;
const TOP: usize = 96;
/// Characters of a note before it is broken.
// SVG does not break lines by itself.
const NOTE: usize = 62;

// Within the file: slides and wikis take a picture without what it links to.
const STYLE: &str = "text{font:14px ui-monospace,monospace;fill:var(--ink)}.t{fill:var(--faint)}.h{font-weight:bold;font-size:18px}\
.s{font-weight:bold}.bad{fill:var(--bad)}line{stroke:var(--ink);stroke-width:2}.life{stroke:var(--line)}.lost{stroke:var(--bad);stroke-dasharray:6 4}\
path{fill:var(--ink)}.paper{fill:var(--paper)}";

/// A self-contained SVG.
pub fn svg(report: &Report) -> String {
    let Report { scenario, trace, view, .. } = report;
    let mut body = String::new();
    let mut y = TOP;
    for row in rows(&scenario.setup, trace, *view) {
        y += draw(&mut body, &row, y);
    }
    // Known only behind the last row, so that the head is made after the body.
    let height = y + 20;
    // On a white ground of its own: black on nothing cannot be read on a dark page.
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" width=\"{WIDTH}\" height=\"{height}\" role=\"img\">\n\
         <title>{0}</title>\n<style>{1}</style>\n<rect class=\"paper\" width=\"100%\" height=\"100%\"/>\n\
         <text class=\"h\" x=\"20\" y=\"28\">{0}</text>\n",
        title(report),
        resolved(STYLE)
    );
    for (role, x) in [(Role::Initiator, LEFT), (Role::Responder, RIGHT)] {
        let config = &scenario.setup.hosts[role];
        let who = match view {
            Some(view) if *view != role => "not visible from here".to_owned(),
            _ => format!("{} ({})", config.address, config.profile),
        };
        let _ = write!(
            svg,
            "<text text-anchor=\"middle\" x=\"{x}\" y=\"56\">{role}</text>\n<text text-anchor=\"middle\" x=\"{x}\" y=\"74\">{who}</text>\n\
             <line class=\"life\" x1=\"{x}\" x2=\"{x}\" y1=\"82\" y2=\"{}\"/>\n",
            height - 10
        );
    }
    svg + &body + "</svg>\n"
}

/// Draws a row at `y`; how much room it took.
fn draw(body: &mut String, row: &Row, y: usize) -> usize {
    let time = format!("<text class=\"t\" x=\"10\" y=\"{}\">{}</text>\n", y + 5, row.at);
    let at_side = |role: Role, text: &str, class: &str, y: usize| {
        let (x, anchor) = match role {
            Role::Initiator => (LEFT + 12, "start"),
            Role::Responder => (RIGHT - 12, "end"),
        };
        format!(
            "<text class=\"{class}\" text-anchor=\"{anchor}\" x=\"{x}\" y=\"{y}\">{}</text>\n",
            escape(text)
        )
    };
    match &row.what {
        What::Arrow(arrow) => {
            *body += &time;
            *body += &drawn(arrow, y);
            ROW
        }
        What::Enters { role, state } => {
            *body += &time;
            *body += &self::state(*role, state.asa(), y);
            ROW / 2
        }
        What::Note { role, text, trouble } => {
            let lines = wrap(text, NOTE);
            for (n, line) in lines.iter().enumerate() {
                let mark = if *trouble && n == 0 { "✗ " } else { "" };
                *body +=
                    &at_side(*role, &format!("{mark}{line}"), if *trouble { "bad" } else { "" }, y + 18 * n);
            }
            18 * lines.len() + 8
        }
        What::Network { text } => {
            *body += &at_side(Role::Initiator, &format!("⚡ {text}"), "bad", y);
            ROW / 2
        }
        What::Fold(resends) => {
            *body += &at_side(Role::Initiator, &folded(*resends), "t", y);
            ROW / 2 + 6
        }
    }
}

fn state(role: Role, name: &str, y: usize) -> String {
    // Outside the lifelines, for arrows and notes are between them.
    let (x, anchor) = match role {
        Role::Initiator => (LEFT - 12, "end"),
        Role::Responder => (RIGHT + 12, "start"),
    };
    format!("<text class=\"s\" text-anchor=\"{anchor}\" x=\"{x}\" y=\"{}\">{name}</text>\n", y + 5)
}

/// A slanted arrow: what is sent arrives later.
fn drawn(arrow: &Arrow, y: usize) -> String {
    let Arrow { from, name, text, enters, lost, .. } = arrow;
    let (x1, x2) = match from {
        Role::Initiator => (LEFT, RIGHT),
        Role::Responder => (RIGHT, LEFT),
    };
    let words = lost.as_ref().map_or(format!("{name}  {text}"), |by| format!("{name}  {text}  ✗ {by}"));
    let class = if lost.is_some() { "lost" } else { "" };
    let end = y + 16;
    let tip = match (from, lost.is_some()) {
        (_, true) => {
            // Short of the lifeline that it does not reach; the cross is some 10 wide.
            let short = match from {
                Role::Initiator => RIGHT - 18,
                Role::Responder => LEFT + 8,
            };
            format!("<text class=\"bad\" x=\"{short}\" y=\"{}\">✗</text>\n", end + 5)
        }
        (Role::Initiator, _) => {
            format!("<path d=\"M{x2} {end} l-11 -6 l1 9 z\"/>\n")
        }
        (Role::Responder, _) => format!("<path d=\"M{x2} {end} l11 -6 l-1 9 z\"/>\n"),
    };
    let entered = enters.map_or(String::new(), |entered| state(*from, entered.asa(), y));
    format!(
        "<line class=\"{class}\" x1=\"{x1}\" y1=\"{y}\" x2=\"{x2}\" y2=\"{end}\"/>\n{tip}{entered}\
         <text text-anchor=\"middle\" x=\"{}\" y=\"{}\">{}</text>\n",
        usize::midpoint(LEFT, RIGHT),
        y - 1,
        escape(&words)
    )
}
