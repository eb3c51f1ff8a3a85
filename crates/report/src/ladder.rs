//! Rows laid out: time on the left, a column for each peer, the messages between them.

use anstyle::Style;
use ike::{Instant, Role, Sides, State};
use isakmp::shown;
use sim::Setup;

use crate::line::{FAINT, GOOD, HEAD, Line, TROUBLE, paint};
use crate::reasons::plural;
use crate::row::{Arrow, OWN_INVENTION, Row, What};

/// Columns: time, the initiator's, the arrows, the responder's.
// Room for 99.999999: of longer times the last decimals go, not the column.
const TIME: usize = 9;
const STATE: usize = 14;
/// Columns that the arrows leave to everything else: the responder's name and address, or its state alone.
const BESIDE: usize = 62;
// 12 is the longest name of a state that a peer rests in; the head line gives way by itself.
const BESIDE_NARROW: usize = TIME + 3 + STATE + 2 + 12;
/// What an arrow's label needs, mostly.
const LABEL: usize = 40;

/// How wide a report is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layout {
    /// Longest line where there is a choice.
    pub(crate) width: usize,
}

impl Layout {
    /// Columns.
    pub fn width(self) -> usize {
        self.width
    }

    /// Where nothing says how wide the reader's window is.
    // A pipe has no width; one number for all keeps its output the same from run to run.
    pub const WIDE: Layout = Layout { width: 110 };

    /// For a window of so many columns. Below 80 what an arrow carries stands under it.
    pub fn new(columns: usize) -> Layout {
        // What follows subtracts from it unchecked: 40 leaves room for time, state and label.
        Layout { width: columns.clamp(40, 140) }
    }

    /// What is left beside a column of so many characters.
    #[must_use]
    pub fn beside(self, columns: usize) -> Layout {
        // The bound of `new`, for the same subtractions.
        Layout { width: self.width.saturating_sub(columns).max(40) }
    }

    /// Columns of an arrow.
    fn arrow(self) -> usize {
        let narrow = self.width.saturating_sub(BESIDE_NARROW).min(LABEL);
        self.width.saturating_sub(BESIDE).max(narrow).clamp(10, 60)
    }

    /// Where the responder's column begins.
    fn right(self) -> usize {
        TIME + 3 + STATE + self.arrow() + 2
    }
}

/// The head line and one line per row.
pub(crate) fn ladder(setup: &Setup, rows: &[Row], view: Option<Role>, layout: Layout) -> Vec<Line> {
    let mut lines = heads(setup, view, layout);
    lines.extend(rungs(rows, layout));
    // A name that no device prints must not be looked up as one.
    let waits_for_am4 =
        |row: &Row| matches!(&row.what, What::Arrow(arrow) if arrow.enters == Some(State::AmWaitMsg4));
    if rows.iter().any(waits_for_am4) {
        lines.push(
            Line::from(" ".repeat(TIME + 3)).then(paint(FAINT, &format!("AM_WAIT_MSG4 {OWN_INVENTION}"))),
        );
    }
    lines
}

/// Both peers above their columns.
pub(crate) fn heads(setup: &Setup, view: Option<Role>, layout: Layout) -> Vec<Line> {
    headed(sides(setup, view), layout)
}

/// These words above the columns.
pub(crate) fn headed(sides: Sides<String>, layout: Layout) -> Vec<Line> {
    head(sides, layout).iter().map(|line| paint(HEAD, line)).collect()
}

/// A line or more for each row.
pub(crate) fn rungs(rows: &[Row], layout: Layout) -> Vec<Line> {
    rows.iter().flat_map(|row| line(row, layout)).collect()
}

fn sides(setup: &Setup, view: Option<Role>) -> Sides<String> {
    let side = |role: Role| {
        let config = &setup.hosts[role];
        // Vendor and true address of the other end are what an engineer on one device does not know.
        if view.is_some_and(|view| view != role) {
            format!("{role} (not visible from here)")
        } else {
            format!("{role} {} ({})", config.address, config.profile)
        }
    };
    Sides::from_fn(side)
}

/// The responder is moved left, or a line down, where it must.
fn head(Sides { initiator, responder }: Sides<String>, layout: Layout) -> Vec<String> {
    let left = format!("{:>TIME$}   {initiator}", "time s");
    // Moved rather than cut: the address is what people look for.
    let right = layout.right().min(layout.width.saturating_sub(responder.chars().count()));
    if left.chars().count() + 2 <= right {
        vec![format!("{left:<right$}{responder}")]
    } else {
        vec![left, format!("{:right$}{responder}", "")]
    }
}

fn line(row: &Row, layout: Layout) -> Vec<Line> {
    let time = format!("{:>TIME$}   ", time(row.at));
    match &row.what {
        What::Arrow(arrow) => {
            let (line, below) = self::arrow(arrow, layout);
            let indent = " ".repeat(TIME + 3 + STATE + 3);
            let below = below.iter().flat_map(|text| wrap(text, layout.width.saturating_sub(indent.len())));
            let below = below.map(|text| format!("{indent}{text}").into());
            [Line::from(time).then(line)].into_iter().chain(below).collect()
        }
        What::Enters { role, state } => {
            // The name's length, not that of what is painted: colours take no columns.
            let state = at_side(*role, paint_state(*state), state.asa().len(), layout);
            vec![Line::from(time).then(state)]
        }
        What::Note { role, text, trouble } => note(&time, *role, text, *trouble, layout),
        What::Network { text } => {
            // Between the columns: neither peer knows of it.
            let start = format!("{time}{:STATE$}", "");
            wrapped(&start, TROUBLE, &format!("⚡ {text}"), layout)
        }
        // Without a time, for it stands for many.
        What::Fold(resends) => wrapped(&" ".repeat(TIME + 3), FAINT, &folded(*resends), layout),
    }
}

/// Seconds with as many decimals as the column holds: after hours microseconds mean nothing.
fn time(at: Instant) -> String {
    let mut text = at.to_string();
    // Milliseconds stay whatever the time is: a handshake takes no longer.
    let whole = text.find('.').map_or(text.len(), |point| point + 4);
    text.truncate(TIME.max(whole));
    text
}

/// Text behind a start that only the first line has.
fn wrapped(start: &str, style: Style, text: &str, layout: Layout) -> Vec<Line> {
    let indent = start.chars().count();
    let lines = wrap(text, layout.width.saturating_sub(indent)).into_iter().enumerate();
    let before = |n: usize| if n == 0 { start.to_owned() } else { " ".repeat(indent) };
    lines.map(|(n, line)| Line::from(before(n)).then(paint(style, &line))).collect()
}

/// How many resends were left out.
pub(crate) fn folded(resends: Sides<usize>) -> String {
    let more = |n: usize| plural(n as u64, "more resend");
    match (resends.initiator, resends.responder) {
        (i, r) if i == r => format!("… {} each way, to the same effect …", more(i)),
        (i, 0) => format!("… {} by the initiator, to the same effect …", more(i)),
        (0, r) => format!("… {} by the responder, to the same effect …", more(r)),
        (i, r) => format!("… {} by the initiator, {r} by the responder, to the same effect …", more(i)),
    }
}

/// The line, and what it has no room for.
fn arrow(arrow: &Arrow, layout: Layout) -> (Line, Option<String>) {
    let (whole, len) = shaft(arrow, &arrow.text, layout.arrow());
    // The initiator's state stands before the arrow, in a column that is counted already.
    let state = if arrow.from == Role::Responder { arrow.enters.map_or(0, |s| s.asa().len() + 2) } else { 0 };
    // As a whole or not at all: half a list of payloads would mislead.
    let fits = TIME + 3 + STATE + len + state <= layout.width;
    let (shaft, below) =
        if fits { (whole, None) } else { (shaft(arrow, "", layout.arrow()).0, Some(arrow.text.clone())) };
    let state = arrow.enters.map(|state| (paint_state(state), state.asa().len()));
    let (painted, len) = state.unwrap_or_default();
    let line = match arrow.from {
        Role::Initiator => painted.then(" ".repeat(STATE.saturating_sub(len))).then(shaft),
        Role::Responder => Line::from(" ".repeat(STATE)).then(shaft).then("  ").then(painted),
    };
    (line, below)
}

/// The arrow itself and its length: `width` columns unless its text needs more.
fn shaft(arrow: &Arrow, text: &str, width: usize) -> (Line, usize) {
    let Arrow { from, name, lost, .. } = arrow;
    let tip = lost.as_ref().map(|by| match from {
        Role::Initiator => format!("✗ {by}"),
        Role::Responder => format!("✗ {by} "),
    });
    // `✗` has three bytes and one column.
    let tip_len = tip.as_ref().map_or(1, |tip| tip.chars().count());
    let label = match (from, text) {
        (Role::Initiator, "") => format!("── {name} "),
        (Role::Responder, "") => format!(" {name} ──"),
        (Role::Initiator, text) => format!("── {name}  {text} "),
        (Role::Responder, text) => format!(" {text}  {name} ──"),
    };
    let needs = label.chars().count() + tip_len;
    let rest = "─".repeat(width.saturating_sub(needs));
    let painted = |plain: &str| tip.as_ref().map_or(plain.into(), |tip| paint(TROUBLE, tip));
    let line = match from {
        Role::Initiator => Line::from(label).then(rest).then(painted("▶")),
        Role::Responder => painted("◀").then(rest).then(label),
    };
    // It grows rather than being cut; by the length its caller sees whether it fits.
    (line, needs.max(width))
}

fn paint_state(state: State) -> Line {
    if state.is_active() { paint(GOOD, state.asa()) } else { state.asa().into() }
}

/// Text in a peer's column; a text too long for the responder's is moved left, as far as it needs.
fn at_side(role: Role, painted: Line, len: usize, layout: Layout) -> Line {
    match role {
        Role::Initiator => painted,
        Role::Responder => {
            let indent = (layout.right() - TIME - 3).min((layout.width - TIME - 3).saturating_sub(len));
            Line::from(" ".repeat(indent)).then(painted)
        }
    }
}

fn note(time: &str, role: Role, text: &str, trouble: bool, layout: Layout) -> Vec<Line> {
    let lines = wrap(text, layout.width - TIME - 3 - STATE);
    // All lines of a note begin where the longest may, two columns of them for the mark.
    let longest = lines.iter().map(|line| line.chars().count() + 2).max().unwrap_or(0);
    let mut first = true;
    lines
        .into_iter()
        .map(|part| {
            let marked = match (first, trouble) {
                (true, true) => format!("✗ {part}"),
                (false, true) => format!("  {part}"),
                (_, false) => part,
            };
            let start = if first { time.to_owned() } else { " ".repeat(TIME + 3) };
            first = false;
            let painted = if trouble { paint(TROUBLE, &marked) } else { marked.into() };
            Line::from(start).then(at_side(role, painted, longest, layout))
        })
        .collect()
}

/// Breaks text, as it is shown, at blanks into lines of at most `width` characters; a longer word stays whole.
pub(crate) fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    // Measured as it will be written: an escape is longer than what it stands for.
    for word in shown(text).split(' ') {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_column_holds_for_hours() {
        let texts = [10_250, 32_040_000, 123_456_789, 12_345_678_901, 99_999_999_999];
        let texts = texts.map(|micros| time(Instant::from_micros(micros)));
        assert_eq!(texts, ["0.010250", "32.040", "123.45678", "12345.678", "99999.999"]);
    }
}
