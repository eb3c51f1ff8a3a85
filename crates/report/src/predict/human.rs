//! The verdict for people: a table, then for each direction that stalls the lines side by side, the ladder and the fix.

use std::collections::BTreeSet;

use ::predict::{Alone, Blamed, Forecast, Judged, Said, SessionEnd, Unmatched, Verdicts};
use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use config::{Connection, Place, Problem};
use isakmp::shown;

use super::verdict::{alone_reason, assumptions, called, depends, means, outside, unmatched, verdict};
use super::{NotJudged, blamed, fix};
use crate::line::Text;
use crate::page::{Chapter, several};
use crate::reasons::plural;
use crate::{Layout, Report};

/// Files without a device that are told to people, at most.
pub const TOLD: usize = 20;

/// Everything, in the order in which it is asked.
pub fn text(verdicts: &Verdicts<'_>, left_out: &[NotJudged], layout: Layout) -> String {
    let mut text = Text::default();
    let out = &mut text;
    table(verdicts, out);
    let mut told: BTreeSet<Vec<Blamed>> = BTreeSet::new();
    let mut hangs: BTreeSet<Vec<&Place>> = BTreeSet::new();
    for judged in &verdicts.judged {
        match judged.forecast {
            Forecast::Passes | Forecast::Up => {}
            Forecast::Unverifiable => {
                // Both directions hang on the same lines, and once is enough.
                let mut places: Vec<&Place> = judged.depends.iter().filter_map(|d| d.at.as_ref()).collect();
                places.sort();
                if hangs.insert(places) {
                    hangs_on(judged, out);
                }
            }
            Forecast::NeverStarted | Forecast::Refused | Forecast::Phase1Stalls | Forecast::Stalls => {
                // The other direction is most often about the same lines.
                stalls(judged, told.contains(&mirrored(&judged.blamed)), layout, out);
                let mut lines = judged.blamed.clone();
                lines.sort();
                told.extend(Some(lines).filter(|lines| !lines.is_empty()));
            }
        }
    }
    verdicts.alone.iter().for_each(|one| alone(one, out));
    assumed(verdicts, out);
    notes(verdicts, out);
    not_judged(left_out, out);
    let unread = verdicts.devices.iter().any(|device| !device.problems.is_empty());
    if unread {
        out.section(&["Lines that matter and could not be read:", ""]);
        for problem in verdicts.devices.iter().flat_map(|device| &device.problems) {
            out.0 += &format!("{}\n", self::problem(problem));
        }
    }
    let skipped: usize = verdicts.devices.iter().map(|device| device.skipped).sum();
    let count = plural(verdicts.devices.len() as u64, "device");
    // What never begins is so for what it lacks in phase 2 as well.
    let both = verdicts.judged.iter().any(Judged::is_both) || !verdicts.alone.is_empty();
    let end = if both { "" } else { " Phase 2 is not judged." };
    out.section(&[&format!("{count} read, {skipped} lines that do not matter skipped.{end}")]);
    text.0
}

fn address(end: &SessionEnd<'_>) -> String {
    let (name, address) = (end.device.name(), end.address.to_string());
    if name == address { name } else { format!("{name} ({address})") }
}

fn table(verdicts: &Verdicts<'_>, out: &mut Text) {
    let rows = verdicts.judged.iter().map(|judged| {
        let session = &judged.session;
        [
            address(&session.initiator),
            address(&session.responder),
            session.connection.by.clone(),
            verdict(judged),
        ]
    });
    let told = |one: &&Unmatched<'_>| {
        let same =
            |alone: &Alone<'_>| std::ptr::eq(alone.device, one.device) && alone.by == one.connection.by;
        !verdicts.alone.iter().any(same)
    };
    let lonely = verdicts.unmatched.iter().filter(told).map(|one| {
        let to = one.connection.remote.to_string();
        let Place { file, line, .. } = &one.connection.at;
        [one.device.name(), to, one.connection.by.clone(), format!("-  {} ({file}:{line})", unmatched(one))]
    });
    let alone = verdicts.alone.iter().map(|one| {
        let to = one.peer.map_or("nobody".into(), |peer| peer.to_string());
        [
            one.device.name(),
            to,
            one.by.clone(),
            format!("{}  {}", Forecast::NeverStarted.name(), alone_reason(one)),
        ]
    });
    let rows: Vec<[String; 4]> = rows.chain(lonely).chain(alone).chain(backups(verdicts)).collect();
    let width = |column: usize| {
        rows.iter()
            .filter_map(|row| row.get(column))
            .map(|cell| shown(cell).chars().count())
            .max()
            .unwrap_or(0)
    };
    let [from, to, by] = [0, 1, 2].map(width);
    for [caller, called, connection, verdict] in &rows {
        let start = format!("{}  →  {}  ", padded(caller, from), padded(called, to));
        out.line(&format!("{start}{}  {verdict}", padded(connection, by)));
    }
}

/// Peers behind the first, which is judged.
fn backups<'v>(verdicts: &'v Verdicts<'_>) -> impl Iterator<Item = [String; 4]> + 'v {
    let told = |c: &Connection| {
        verdicts.judged.iter().any(|judged| std::ptr::eq(judged.session.connection, c))
            || verdicts.unmatched.iter().any(|one| std::ptr::eq(one.connection, c))
    };
    let is_backup = move |c: &&Connection| {
        c.answers_only && c.waits.is_none() && c.remote.address().is_some() && !told(c)
    };
    // A daemon calls the first address of a list and none behind it.
    verdicts.devices.iter().filter(|device| device.dialect.is_cisco()).flat_map(move |device| {
        device.connections.iter().filter(is_backup).map(|c| {
            let Place { file, line, .. } = &c.at;
            let text = format!("-  a backup: called where the peers before it do not answer ({file}:{line})");
            [device.name(), c.remote.to_string(), c.by.clone(), text]
        })
    })
}

/// The same lines, the sides swapped, sorted.
fn mirrored(lines: &[Blamed]) -> Vec<Blamed> {
    let swapped = |blamed: &Blamed| {
        let [left, right] = blamed.sides.clone();
        Blamed { what: blamed.what, sides: [right, left] }
    };
    let mut lines: Vec<Blamed> = lines.iter().map(swapped).collect();
    lines.sort();
    lines
}

fn stalls(judged: &Judged<'_>, again: bool, layout: Layout, out: &mut Text) {
    out.section(&[&format!("{}: {}", judged.session.name(), verdict(judged)), ""]);
    if again {
        out.line("  the same lines as above");
        return;
    }
    let session = &judged.session;
    let names = [session.initiator.device.name(), session.responder.device.name()];
    let mut columns = vec![names];
    let mut shown: Vec<&[Said; 2]> = Vec::new();
    for Blamed { sides, .. } in &judged.blamed {
        // A daemon has several values in one line.
        if shown.contains(&sides) {
            continue;
        }
        shown.push(sides);
        columns.push(sides.clone().map(|side| where_it_stands(&side)));
        columns.push(sides.clone().map(|side| what_it_says(&side)));
    }
    if columns.len() > 1 {
        side_by_side(&columns, layout, out);
        out.line("");
    }
    if let (None, Some(cause)) = (&judged.run, judged.cause()) {
        out.line(&format!("   cause      {}", means(judged, cause)));
        outside(judged).iter().for_each(|fix| out.line(&format!("   fix        {fix}")));
    }
    if let Some(report) = fix::report(judged) {
        out.0 += &crate::text(&report, layout);
    }
}

/// What never begins, with its lines.
fn alone(one: &Alone<'_>, out: &mut Text) {
    out.section(&[
        &format!(
            "{}, {}: {}  {}",
            one.device.name(),
            one.by,
            Forecast::NeverStarted.name(),
            alone_reason(one)
        ),
        "",
    ]);
    one.lines.iter().for_each(|at| place(at, out));
    out.line("");
    out.line(&format!("   cause      {} ({})", one.cause.meaning(), one.cause));
    called(one).iter().for_each(|called| out.line(&format!("   called     {called}")));
    for (n, fix) in fix::alone(&one.fix).iter().enumerate() {
        out.line(&format!("   {:<10} {fix}", if n == 0 { "fix" } else { "" }));
    }
}

fn where_it_stands(side: &Said) -> String {
    match side {
        Said::Line(Place { file, line, .. }) => format!("{file}:{line}"),
        Said::NoLine(_) => "no line".into(),
    }
}

fn what_it_says(side: &Said) -> String {
    match side {
        Said::Line(place) => format!("  {}", place.text),
        Said::NoLine(unsaid) => format!("  ({})", blamed::unsaid(unsaid)),
    }
}

/// Two columns; where the window is too narrow for them, one below the other.
fn side_by_side(rows: &[[String; 2]], layout: Layout, out: &mut Text) {
    let widest = |column: usize| {
        rows.iter()
            .filter_map(|row| row.get(column))
            .map(|cell| shown(cell).chars().count())
            .max()
            .unwrap_or(0)
    };
    let left = widest(0);
    // 6: three blanks before each column.
    if left + widest(1) + 6 <= layout.width() {
        for [one, other] in rows {
            out.line(format!("   {}   {other}", padded(one, left)).trim_end());
        }
        return;
    }
    for column in [0, 1] {
        for cell in rows.iter().filter_map(|row| row.get(column)) {
            out.line(&format!("   {cell}"));
        }
    }
}

fn hangs_on(judged: &Judged<'_>, out: &mut Text) {
    out.section(&[&format!("{}: {}", judged.session.name(), verdict(judged)), ""]);
    for one in &judged.depends {
        out.line(&format!("   {}", depends(one, judged)));
        one.at.iter().for_each(|at| place(at, out));
    }
}

/// Where a line stands, and the line.
fn place(at: &Place, out: &mut Text) {
    out.line(&format!("   {}:{}", at.file, at.line));
    out.line(&format!("     {}", at.text));
}

fn assumed(verdicts: &Verdicts<'_>, out: &mut Text) {
    let mut lines: Vec<String> = verdicts.judged.iter().flat_map(assumptions).collect();
    lines.sort();
    lines.dedup();
    if !lines.is_empty() {
        out.section(&["Taken to be so [I]:", ""]);
    }
    lines.iter().for_each(|line| out.line(&format!("   {line}")));
}

/// What was found and is no device to judge.
fn not_judged(list: &[NotJudged], out: &mut Text) {
    if !list.is_empty() {
        out.section(&["Not judged:", ""]);
    }
    list.iter().take(TOLD).for_each(|one| out.line(&format!("   {}", one.words())));
    match list.len().saturating_sub(TOLD) {
        0 => {}
        more => out.line(&format!("   and {more} more; --format json has them all")),
    }
}

/// What changes no verdict, each once: the direction does not matter.
fn notes(verdicts: &Verdicts<'_>, out: &mut Text) {
    let mut told: BTreeSet<[Option<Place>; 2]> = BTreeSet::new();
    for judged in &verdicts.judged {
        for note in &judged.notes {
            let at = &note.at;
            let [left, right] = at.clone();
            if told.contains(at) || told.contains(&[right, left]) {
                continue;
            }
            if told.is_empty() {
                out.section(&["Beside the verdict:"]);
            }
            told.insert(at.clone());
            let text = blamed::note(note, &judged.session);
            out.section(&[&format!("   {}: {text}", judged.session.name())]);
            at.iter().flatten().for_each(|at| place(at, out));
        }
    }
}

/// A line that matters and could not be read, with a caret under the part that is meant.
pub fn problem(problem: &Problem) -> String {
    let [file, text, part] = [&*problem.at.file, &problem.at.text, &problem.part].map(shown);
    // Found again in what is shown: escapes have moved it.
    let start = text.find(&*part).unwrap_or(0);
    let length = if part.is_empty() { text.len() } else { part.len() };
    let snippet = Snippet::source(&*text).path(&*file).line_start(problem.at.line);
    let marked = snippet.annotation(AnnotationKind::Primary.span(start..(start + length).min(text.len())));
    let message = shown(&problem.message);
    let allowed = format!("allowed: {}", shown(&problem.allowed));
    let title = Level::WARNING.primary_title(&*message);
    Renderer::plain().render(&[title.element(marked).element(Level::HELP.message(&allowed))])
}

/// Blanks behind it, so that columns stand under each other. A format's own width has a limit, and input has none.
fn padded(cell: &str, width: usize) -> String {
    let cell = shown(cell);
    let blanks = width.saturating_sub(cell.chars().count());
    format!("{cell}{}", " ".repeat(blanks))
}

/// The same as one self-contained page.
pub fn page(verdicts: &Verdicts<'_>) -> String {
    let runs: Vec<Option<Report>> = verdicts.judged.iter().map(fix::report).collect();
    let chapters: Vec<Chapter<'_>> =
        verdicts.judged.iter().zip(&runs).map(|(judged, report)| chapter(judged, report.as_ref())).collect();
    let lead: Vec<String> = verdicts
        .unmatched
        .iter()
        .map(|one| {
            let Place { file, line, text } = &one.connection.at;
            format!("{}, {file}:{line}: {text}: {}", one.device.name(), unmatched(one))
        })
        .chain(verdicts.alone.iter().map(|one| {
            format!(
                "{}, {}: {}, {}",
                one.device.name(),
                one.by,
                Forecast::NeverStarted.name(),
                alone_reason(one)
            )
        }))
        .collect();
    several("Does the tunnel come up?", &lead, &chapters)
}

fn chapter<'j>(judged: &'j Judged<'_>, report: Option<&'j Report>) -> Chapter<'j> {
    let cell = |side: &Said| [where_it_stands(side), what_it_says(side).trim().to_owned()];
    let shown = |place: &Place| format!("{}:{}: {}", place.file, place.line, place.text);
    let mut remarks: Vec<String> = judged
        .depends
        .iter()
        .map(|one| {
            let text = depends(one, judged);
            one.at.as_ref().map_or(text.clone(), |at| format!("{text}: {}", shown(at)))
        })
        .collect();
    remarks.extend(assumptions(judged).into_iter().map(|line| format!("Taken to be so [I]: {line}")));
    remarks.extend(judged.notes.iter().map(|note| {
        let lines: Vec<String> = note.at.iter().flatten().map(shown).collect();
        format!("Beside the verdict: {}. {}", blamed::note(note, &judged.session), lines.join(" · "))
    }));
    Chapter {
        title: judged.session.name(),
        verdict: verdict(judged),
        good: judged.forecast.is_good(),
        sides: [&judged.session.initiator, &judged.session.responder].map(address),
        rows: judged
            .blamed
            .iter()
            .map(|b| (blamed::matter(b.what).to_owned(), b.sides.each_ref().map(cell)))
            .collect(),
        remarks,
        report,
    }
}
