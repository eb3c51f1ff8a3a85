//! A run as text: the ladder, where each peer is left, why, what to do, and whether it was expected.

mod held;
mod phase2;
mod sides;

use diagnose::Finding;
use ike::{Mode, Role};
use scenario::{Scenario, shell_word};
use sim::{Passage, state_name};

use crate::Report;
use crate::ladder::{Layout, ladder, wrap};
use crate::line::{HEAD, Line, TROUBLE, paint, written};
use crate::row::{Arrow, Row, What, rows};

use held::held;
use phase2::phase2;
pub(crate) use phase2::phase2_words;
pub use sides::cut_off;
use sides::left;
pub(crate) use sides::{end, verdict};

/// Width of the words on the left.
const LABEL: usize = 11;

/// The whole report, ANSI colours included; every line ends in a newline.
pub fn text(report: &Report, layout: Layout) -> String {
    let mut lines = course(report, &rows(&report.scenario.setup, &report.trace, report.view), layout);
    lines.extend(conclusions(report, layout));
    written(&lines)
}

/// What happened, as the report's view has it, without a word on why.
pub fn seen(report: &Report, layout: Layout) -> String {
    let mut rows = rows(&report.scenario.setup, &report.trace, report.view);
    // The engine knows why it drops a message where its device logs less, or nothing.
    rows.retain(|row| !matches!(row.what, What::Network { .. } | What::Note { trouble: true, .. }));
    for row in &mut rows {
        // Who has both ends misses a message at one of them, and does not see what took it.
        if let What::Arrow(Arrow { lost: Some(by), .. }) = &mut row.what {
            *by = "does not arrive".into();
        }
    }
    let mut lines = course(report, &rows, layout);
    lines.extend(left(report, layout));
    lines.extend(phase2(report, layout));
    written(&lines)
}

/// Title and ladder.
fn course(report: &Report, rows: &[Row], layout: Layout) -> Vec<Line> {
    let mut lines = title(report, layout);
    lines.push(Line::default());
    lines.extend(ladder(&report.scenario.setup, rows, report.view, layout));
    lines.push(Line::default());
    lines
}

/// What stands below the ladder.
pub(crate) fn conclusions(report: &Report, layout: Layout) -> Vec<Line> {
    let mut lines = left(report, layout);
    lines.extend(phase2(report, layout));
    lines.extend(why(report, layout));
    lines.extend(held(report, layout));
    // Last, just above the prompt where it will be typed.
    lines.extend(next(report));
    lines
}

/// The state that says most of where it got stuck: behind phase 1 that of the first child.
fn last_state(report: &Report, role: Role) -> &'static str {
    let outcome = &report.outcome;
    let behind = outcome.phase_2.as_ref().filter(|phase_2| phase_2.passage != Passage::Phase1Stalls);
    match behind.and_then(|phase_2| phase_2.first[role].last) {
        Some(state) => state.name(),
        None => state_name(outcome.peers[role].last),
    }
}

/// The one command worth typing next; nothing where the tunnel is up, or no file can be named.
fn next(report: &Report) -> Option<Line> {
    let file = shell_word(report.file.as_deref()?);
    if report.outcome.works() {
        return None;
    }
    let command = match report.view {
        // An engineer with one device has no file; the last state is kept even where the SA is gone.
        Some(role) => format!("ikesim explain {}", last_state(report, role)),
        // With the file's own seed the trouble might not come.
        None if report.seed_given => format!("ikesim why {file} --seed {}", report.scenario.setup.seed),
        None => format!("ikesim why {file}"),
    };
    Some(Line::from(format!("   {:<LABEL$}", "next")).then(paint(HEAD, &command)))
}

fn title(report: &Report, layout: Layout) -> Vec<Line> {
    // What a live peer draws does not follow from a seed.
    let seed = report.live.is_none().then_some(report.scenario.setup.seed);
    titled(&report.scenario, Some(report.scenario.setup.mode), seed, layout)
}

/// What is shown, in bold.
pub(crate) fn titled(
    scenario: &Scenario,
    mode: Option<Mode>,
    seed: Option<u64>,
    layout: Layout,
) -> Vec<Line> {
    let Scenario { name, title, .. } = scenario;
    let mut parts = vec![name.clone()];
    parts.extend((!title.is_empty()).then(|| title.clone()));
    parts.extend(mode.map(|mode| format!("{mode} mode")));
    parts.extend(seed.map(|seed| format!("seed {seed}")));
    wrap(&parts.join(" · "), layout.width).iter().map(|line| paint(HEAD, line)).collect()
}

/// A word on the left, text on the right, wrapped under itself.
pub(crate) fn labelled(label: &str, text: &str, layout: Layout) -> Vec<Line> {
    let start = |n: usize| if n == 0 { label } else { "" };
    let lines = wrap(text, layout.width - LABEL - 3).into_iter().enumerate();
    lines.map(|(n, line)| format!("   {:<LABEL$}{line}", start(n)).into()).collect()
}

/// A word on the left, and a command that stays whole, for pasting.
pub(crate) fn command(label: &str, command: &str) -> Line {
    format!("   {label:<LABEL$}  {command}").into()
}

pub(crate) fn painted(label: &str, style: anstyle::Style, text: &str, layout: Layout) -> Vec<Line> {
    labelled(label, text, layout).into_iter().map(|line| line.all(style)).collect()
}

fn why(report: &Report, layout: Layout) -> Vec<Line> {
    let mut lines = Vec::new();
    if let Some(view) = report.view.filter(|_| report.diagnosis.len() > 1) {
        let count = report.diagnosis.len();
        lines.push(Line::default());
        lines.extend(labelled(
            "",
            &format!("{count} causes leave the {view} with this picture, likeliest first:"),
            layout,
        ));
    }
    let several = report.diagnosis.len() > 1;
    for finding in &report.diagnosis {
        lines.push(Line::default());
        lines.extend(one_cause(report, finding, several, layout));
    }
    lines
}

fn one_cause(report: &Report, finding: &Finding, several: bool, layout: Layout) -> Vec<Line> {
    let Finding { cause, rank, inferred, .. } = finding;
    let in_view = report.view.is_some();
    let label = if several { format!("cause {rank}") } else { "cause".into() };
    let note =
        if *inferred && !in_view { " [I]: some of it is inferred, no public source says so." } else { "" };
    let mut lines = painted(
        &label,
        TROUBLE,
        &format!("{} ({cause}).{note}", capital(crate::causes::found(finding))),
        layout,
    );
    // In a view the first line, what the side saw, is the same for every cause.
    let skip = usize::from(in_view && *rank > 1);
    for (n, line) in crate::case(finding).iter().skip(skip).enumerate() {
        lines.extend(labelled(if n == 0 { "evidence" } else { "" }, line, layout));
    }
    // A fix for each of many possible causes would be no advice.
    if in_view && *rank > 1 {
        return lines;
    }
    for (n, line) in report.fix(finding).iter().enumerate() {
        let label = if n == 0 { "fix" } else { "" };
        // Commands stay whole, for pasting.
        if line.starts_with(' ') {
            lines.push(format!("   {label:<LABEL$}{line}").into());
        } else {
            lines.extend(labelled(label, line, layout));
        }
    }
    lines
}

pub(crate) fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or(String::new(), |first| first.to_uppercase().chain(chars).collect())
}
