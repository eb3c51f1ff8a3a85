//! The verdict for people: a table, then for each direction that stalls the lines side by side, the ladder and the fix.

use std::io::{self, Write};

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use config::{Blamed, Device, End, Note, Place};

use super::files::{TOLD, Unjudged};
use super::judge::{Depends, Judged, Said};
use super::{Verdicts, assumptions, unknown};
use crate::failure::Failure;

/// Everything, in the order in which it is asked.
pub fn write(verdicts: &Verdicts<'_>, out: &mut dyn Write) -> Result<(), Failure> {
    table(verdicts, out)?;
    let mut told: Vec<&[Blamed]> = Vec::new();
    let mut hangs: Vec<Vec<&Place>> = Vec::new();
    for judged in &verdicts.judged {
        match judged.said {
            Said::Up => {}
            Said::Unverifiable => {
                let mut places: Vec<&Place> = judged.depends.iter().filter_map(|d| d.at.as_ref()).collect();
                places.sort();
                if !hangs.contains(&places) {
                    depends(judged, out)?;
                    hangs.push(places);
                }
            }
            Said::Stalls => {
                // The other direction is most often about the same lines.
                let again = told.iter().any(|lines| mirrored(lines, &judged.blamed));
                stalls(judged, again, out)?;
                told.push(&judged.blamed);
            }
        }
    }
    assumed(verdicts, out)?;
    phase2(verdicts, out)?;
    unjudged(verdicts.unjudged, out)?;
    let unread = verdicts.devices.iter().any(|device| !device.problems.is_empty());
    if unread {
        writeln!(out, "\nLines that matter and could not be read:\n")?;
        for device in &verdicts.devices {
            problems(std::slice::from_ref(*device), out);
        }
    }
    let skipped: usize = verdicts.devices.iter().map(|device| device.skipped).sum();
    let count = match verdicts.devices.len() {
        1 => "1 device".into(),
        n => format!("{n} devices"),
    };
    writeln!(
        out,
        "\n{count} read, {skipped} lines that do not matter to phase 1 skipped. Phase 2 is not judged."
    )?;
    Ok(())
}

fn address(end: &End<'_>) -> String {
    let (name, address) = (end.device.name(), end.address.to_string());
    if name == address { name } else { format!("{name} ({address})") }
}

fn table(verdicts: &Verdicts<'_>, out: &mut dyn Write) -> io::Result<()> {
    let rows = verdicts.judged.iter().map(|judged| {
        let session = &judged.session;
        [
            address(&session.initiator),
            address(&session.responder),
            session.connection.by.clone(),
            judged.verdict(),
        ]
    });
    let lonely = verdicts.unmatched.iter().map(|one| {
        let to = match &one.connection.remote {
            config::Remote::Address(address) => address.to_string(),
            config::Remote::Unknown(name) => name.clone(),
            config::Remote::Anybody => "anybody".into(),
        };
        let Place { file, line, .. } = &one.connection.at;
        [one.device.name(), to, one.connection.by.clone(), format!("-  {} ({file}:{line})", unknown(one))]
    });
    let rows: Vec<[String; 4]> = rows.chain(lonely).collect();
    let width = |column: usize| {
        rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let [from, to, by] = [0, 1, 2].map(width);
    for [caller, called, connection, verdict] in &rows {
        writeln!(out, "{caller:<from$}  →  {called:<to$}  {connection:<by$}  {verdict}")?;
    }
    Ok(())
}

/// The same lines, the sides swapped.
fn mirrored(one: &[Blamed], other: &[Blamed]) -> bool {
    let swapped = |blamed: &Blamed| {
        let [left, right] = blamed.sides.clone();
        Blamed { what: blamed.what.clone(), sides: [right, left] }
    };
    !one.is_empty() && one.len() == other.len() && one.iter().all(|blamed| other.contains(&swapped(blamed)))
}

fn stalls(judged: &Judged<'_>, again: bool, out: &mut dyn Write) -> Result<(), Failure> {
    writeln!(out, "\n{}: {}\n", judged.name(), judged.verdict())?;
    if again {
        writeln!(out, "  the same lines as above")?;
        return Ok(());
    }
    let session = &judged.session;
    let names = [session.initiator.device.name(), session.responder.device.name()];
    let mut columns = vec![names];
    let mut shown: Vec<&[config::Said; 2]> = Vec::new();
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
        side_by_side(&columns, out)?;
        writeln!(out)?;
    }
    if let Some(report) = &judged.report {
        out.write_all(report::text(report, crate::window::layout()).as_bytes())?;
    }
    Ok(())
}

fn where_it_stands(side: &config::Said) -> String {
    match side {
        config::Said::Line(Place { file, line, .. }) => format!("{file}:{line}"),
        config::Said::NoLine(_) => "no line".into(),
    }
}

fn what_it_says(side: &config::Said) -> String {
    match side {
        config::Said::Line(place) => format!("  {}", place.text),
        config::Said::NoLine(text) => format!("  ({text})"),
    }
}

/// Two columns; where the window is too narrow for them, one below the other.
fn side_by_side(rows: &[[String; 2]], out: &mut dyn Write) -> io::Result<()> {
    let widest = |column: usize| {
        rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let left = widest(0);
    if left + widest(1) + 6 <= crate::window::layout().width() {
        for [one, other] in rows {
            writeln!(out, "   {}", format!("{one:<left$}   {other}").trim_end())?;
        }
        return Ok(());
    }
    for column in [0, 1] {
        for cell in rows.iter().filter_map(|row| row.get(column)) {
            writeln!(out, "   {cell}")?;
        }
    }
    Ok(())
}

fn depends(judged: &Judged<'_>, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "\n{}: {}\n", judged.name(), judged.verdict())?;
    for Depends { text, at } in &judged.depends {
        match at {
            Some(Place { file, line, text: shown }) => {
                writeln!(out, "   {text}\n   {file}:{line}\n     {shown}")?;
            }
            None => writeln!(out, "   {text}")?,
        }
    }
    Ok(())
}

fn assumed(verdicts: &Verdicts<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut lines: Vec<String> = verdicts.judged.iter().flat_map(assumptions).collect();
    lines.sort();
    lines.dedup();
    if !lines.is_empty() {
        writeln!(out, "\nTaken to be so [I]:\n")?;
    }
    lines.iter().try_for_each(|line| writeln!(out, "   {line}"))
}

/// What was found and is no device to judge.
fn unjudged(list: &[Unjudged], out: &mut dyn Write) -> io::Result<()> {
    if !list.is_empty() {
        writeln!(out, "\nNot judged:\n")?;
    }
    list.iter().take(TOLD).try_for_each(|one| writeln!(out, "   {}", one.words()))?;
    match list.len().saturating_sub(TOLD) {
        0 => Ok(()),
        more => writeln!(out, "   and {more} more; --format json has them all"),
    }
}

/// What phase 2 will trip over, each once: the direction does not matter.
fn phase2(verdicts: &Verdicts<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut told: Vec<[Option<Place>; 2]> = Vec::new();
    for judged in &verdicts.judged {
        for Note { text, at } in &judged.notes {
            let [left, right] = at.clone();
            if told.contains(at) || told.contains(&[right, left]) {
                continue;
            }
            if told.is_empty() {
                writeln!(out, "\nBeyond phase 1, compared and not judged:")?;
            }
            told.push(at.clone());
            writeln!(out, "\n   {}: {text}", judged.name())?;
            for Place { file, line, text } in at.iter().flatten() {
                writeln!(out, "   {file}:{line}\n     {text}")?;
            }
        }
    }
    Ok(())
}

/// Lines that matter and could not be read, with a caret under the part that is meant.
pub fn problems(devices: &[Device], out: &mut dyn Write) {
    let renderer = Renderer::plain();
    for problem in devices.iter().flat_map(|device| &device.problems) {
        let Place { file, line, text } = &problem.at;
        let start = text.find(&problem.part).unwrap_or(0);
        let length = if problem.part.is_empty() { text.len() } else { problem.part.len() };
        let snippet = Snippet::source(text.as_str()).path(&**file).line_start(*line);
        let marked =
            snippet.annotation(AnnotationKind::Primary.span(start..(start + length).min(text.len())));
        let allowed = format!("allowed: {}", problem.allowed);
        let title = Level::WARNING.primary_title(problem.message.as_str());
        let group = title.element(marked).element(Level::HELP.message(allowed.as_str()));
        // Nobody is left to tell if the reader is gone.
        let _ = writeln!(out, "{}", renderer.render(&[group]));
    }
}

/// The same as one self-contained page.
pub fn page(verdicts: &Verdicts<'_>) -> String {
    let chapters: Vec<report::Chapter<'_>> = verdicts.judged.iter().map(chapter).collect();
    let lead: Vec<String> = verdicts
        .unmatched
        .iter()
        .map(|one| {
            let Place { file, line, text } = &one.connection.at;
            format!("{}, {file}:{line}: {text}: {}", one.device.name(), unknown(one))
        })
        .collect();
    report::folio("Does phase 1 come up?", &lead, &chapters)
}

fn chapter<'j>(judged: &'j Judged<'_>) -> report::Chapter<'j> {
    let cell = |side: &config::Said| format!("{}\n{}", where_it_stands(side), what_it_says(side).trim());
    let shown = |place: &Place| format!("{}:{}: {}", place.file, place.line, place.text);
    let mut remarks: Vec<String> = judged
        .depends
        .iter()
        .map(|Depends { text, at }| at.as_ref().map_or(text.clone(), |at| format!("{text}: {}", shown(at))))
        .collect();
    remarks.extend(assumptions(judged).into_iter().map(|line| format!("Taken to be so [I]: {line}")));
    remarks.extend(judged.notes.iter().map(|note| {
        let lines: Vec<String> = note.at.iter().flatten().map(shown).collect();
        format!("Beyond phase 1, not judged: {}. {}", note.text, lines.join(" · "))
    }));
    report::Chapter {
        title: judged.name(),
        verdict: judged.verdict(),
        good: judged.said == Said::Up,
        sides: [&judged.session.initiator, &judged.session.responder].map(address),
        rows: judged
            .blamed
            .iter()
            .map(|b| (b.what.clone(), b.sides.clone().map(|side| cell(&side))))
            .collect(),
        remarks,
        report: judged.report.as_ref().filter(|_| judged.said == Said::Stalls),
    }
}
