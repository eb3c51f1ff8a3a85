//! Judged captures as a page: ladders and causes, and each message's bytes beside its fields. It holds what the
//! capture holds; nothing is decrypted, and no key is in it.

use std::collections::BTreeMap;
use std::fmt::Write;

use diagnose::wire::{Emission, Findings, Judgement, Suspect, name};
use ike::{Role, Sides};

use super::rungs::{gap, rung};
use super::steps::Wire;
use super::{Body, document, escape};
use crate::row::What;
use crate::text::capital;
use crate::wire::{columns, head, outcome, rows, standing_words};

/// Messages of all negotiations that a page shows.
// A browser lays all of them out at once.
const MAX_STEPS: usize = 1_000;

/// One self-contained page.
pub fn captured_page(findings: &Findings<'_>, files: &[String]) -> String {
    let title = escape(&files.join(" and "));
    let mut page = Page::default();
    let mut header = format!("<header>\n<h1>{title}</h1>\n");
    for note in &findings.notes {
        let _ = writeln!(header, "<p>{}</p>", escape(note));
    }
    if findings.judgements.is_empty() {
        header += "<p>No IKEv1 message.</p>\n";
    }
    let mut ladders = String::from("<nav aria-label=\"Message ladder\">\n");
    for (number, judgement) in (1..).zip(&findings.judgements) {
        header += &about(number, judgement);
        ladders += &page.ladder(number, judgement);
    }
    ladders += "</nav>\n";
    let messages: usize =
        findings.judgements.iter().map(|judgement| judgement.negotiation.emissions.len()).sum();
    if messages > page.count {
        let more = messages - page.count;
        let _ = writeln!(
            header,
            "<p>The first {MAX_STEPS} messages are drawn; {more} more are judged alike.</p>"
        );
    }
    let body = Body { steps: page.steps, wires: &page.wires, secrets: false };
    document(&title, &(header + "</header>\n"), &ladders, &body)
}

/// Steps and messages, as they are added.
#[derive(Default)]
struct Page {
    steps: String,
    count: usize,
    wires: Vec<Wire>,
}

/// States, causes and notes of one negotiation.
fn about(number: usize, judgement: &Judgement<'_>) -> String {
    let mut html = format!("<h2>{}</h2>\n<dl class=\"result\">\n", escape(&head(Some(number), judgement)));
    let mut line = |term: &str, text: &str| {
        let _ = writeln!(html, "<dt>{term}</dt><dd>{text}</dd>");
    };
    for role in Role::BOTH {
        line(role.name(), &escape(&standing_words(&judgement.sides[role])));
    }
    line("outcome", &escape(&outcome(judgement)));
    for seen in judgement.seen.iter().filter(|_| !judgement.causes.is_empty()) {
        line("seen", &escape(seen));
    }
    for note in &judgement.notes {
        line("note", &escape(note));
    }
    for suspect in &judgement.causes {
        line(&format!("cause {}", suspect.rank), &suspected(suspect));
    }
    html + "</dl>\n"
}

fn suspected(suspect: &Suspect) -> String {
    let Suspect { cause, rank, supports, against, decides, fix } = suspect;
    let mut html = format!("{} ({cause}).<ul>", escape(&capital(cause.meaning())));
    for (word, list) in [("for", supports), ("against", against)] {
        for text in list {
            let _ = write!(html, "<li>{word}: {}</li>", escape(text));
        }
    }
    let _ = write!(html, "<li>decides: {}</li></ul>", escape(decides));
    if *rank == 1 {
        let lines: String = fix.iter().map(|line| format!("{}\n", escape(line))).collect();
        let _ = write!(html, "<pre>{lines}</pre>");
    }
    html
}

impl Page {
    /// The ladder of one negotiation, and a step for each of its rungs.
    fn ladder(&mut self, number: usize, judgement: &Judgement<'_>) -> String {
        let Sides { initiator, responder } = columns(judgement);
        let mut html = format!(
            "<h2>{number}</h2>\n<div class=\"peers\"><span>time s</span><span>{}</span><span>{}</span></div>\n<ol class=\"ladder\">\n",
            escape(&initiator),
            escape(&responder)
        );
        let emissions = &judgement.negotiation.emissions;
        let mut known: BTreeMap<usize, usize> = BTreeMap::new();
        let mut last = 0;
        for ((position, one), row) in emissions.iter().enumerate().zip(rows(judgement)) {
            // For all negotiations together: a later one's ladder may stay empty.
            if self.count >= MAX_STEPS {
                break;
            }
            // A resend is the same bytes, and shows those of the first.
            let wire = match one.repeats.and_then(|first| known.get(&first)) {
                Some(wire) => *wire,
                None => self.wire(one),
            };
            known.insert(position, wire);
            let micros = row.at.as_micros();
            let (gap, step) = (gap(micros.saturating_sub(last)), self.count);
            last = micros;
            let _ = writeln!(
                html,
                "<li style=\"--gap:{gap}px\"><a href=\"#step-{step}\" data-step=\"{step}\"><time>{}</time>{}</a></li>",
                row.at,
                rung(&row.what)
            );
            self.step(judgement, one, &row.what, wire);
        }
        html + "</ol>\n"
    }

    /// Keeps a message; its number.
    fn wire(&mut self, one: &Emission<'_>) -> usize {
        let bytes = one.sight().map(|sight| sight.bytes.to_vec()).unwrap_or_default();
        let name = format!("{}, frame {}", name(one.what), one.frame());
        self.wires.push(Wire { name, sender: one.sender, bytes, opened: Sides::default() });
        self.wires.len() - 1
    }

    fn step(&mut self, judgement: &Judgement<'_>, one: &Emission<'_>, what: &What, wire: usize) {
        let number = self.count;
        self.count += 1;
        let title = format!("{} from the {}", name(one.what), one.sender);
        let _ = writeln!(
            self.steps,
            "<article class=\"step\" id=\"step-{number}\" data-messages=\"{wire}\" tabindex=\"-1\">\n\
             <h2><small>frame {}</small> {}</h2>\n<ul class=\"notes\">",
            one.frame(),
            escape(&capital(&title))
        );
        for (text, trouble) in notes(judgement, one, what) {
            let mark = if trouble { " class=\"trouble\"" } else { "" };
            let _ = writeln!(self.steps, "<li{mark}>{}</li>", escape(&text));
        }
        let _ = writeln!(
            self.steps,
            "</ul>\n<p class=\"see\"><a href=\"#message-{wire}\">the message's bytes</a></p>\n</article>"
        );
    }
}

/// Where it went, what it repeats, whether it arrived, what is wrong with it.
fn notes(judgement: &Judgement<'_>, one: &Emission<'_>, what: &What) -> Vec<(String, bool)> {
    let mut notes = Vec::new();
    if let Some(sight) = one.sight() {
        notes.push((format!("{} → {}", sight.ends.0, sight.ends.1), false));
        notes.extend(sight.damage().map(|error| (format!("cannot be read: {error}"), true)));
        notes.extend(sight.cut.then(|| ("captured in part".to_owned(), true)));
    }
    let first = one.repeats.and_then(|first| judgement.negotiation.emissions.get(first));
    notes.extend(first.map(|first| (format!("the same bytes as frame {}: a resend", first.frame()), false)));
    if let What::Arrow(arrow) = what {
        notes.extend(arrow.lost.as_ref().map(|lost| (lost.clone(), true)));
        notes.extend(arrow.enters.map(|state| (format!("the {} is in {state} now", one.sender), false)));
    }
    notes.extend(
        one.far
            .as_ref()
            .filter(|_| one.near.is_some())
            .map(|far| (format!("arrives as frame {}", far.frame_name()), false)),
    );
    notes
}
