//! Judged captures as a page: ladders and causes, and each message's bytes beside its fields. It holds what the
//! capture holds; nothing is decrypted, and no key is in it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use diagnose::Finding;
use diagnose::captures::{Emission, Findings, Judgement, What as Meant};
use ike::{Role, Sides};

use super::glossary::glossary;
use super::head::{BUTTON, happened};
use super::known::Show;
use super::rungs::{gap, line, opening};
use super::step::told;
use super::steps::{Wire, message, resend};
use super::{Player, document, escape, messages};
use crate::captured::{columns, head, notes, outcome, rows, standing_words};
use crate::evidence::{evidence, name, observation};
use crate::remedy;
use crate::row::What;
use crate::text::capital;

/// Messages of all negotiations that a page shows.
// A browser lays all of them out at once.
const MAX_STEPS: usize = 1_000;

/// One self-contained page.
pub fn captured_page(findings: &Findings<'_>, files: &[String]) -> String {
    let title = escape(&files.join(" and "));
    let mut page = Page::default();
    let mut header = format!("<header>\n{BUTTON}<h1>{title}</h1>\n");
    for note in notes::notes(&findings.notes) {
        let _ = writeln!(header, "<p class=\"situation\">{}</p>", escape(&note));
    }
    let (mut ladders, mut verdicts) = (String::new(), String::new());
    if findings.judgements.is_empty() {
        verdicts += "<p>No IKEv1 message.</p>\n";
    }
    for (number, judgement) in (1..).zip(&findings.judgements) {
        verdicts += &about(number, judgement);
        ladders += &page.ladder(number, judgement);
    }
    let all: usize = findings.judgements.iter().map(|judgement| judgement.negotiation.emissions.len()).sum();
    if all > page.count {
        let more = all - page.count;
        let _ = writeln!(
            header,
            "<p class=\"situation\">The first {MAX_STEPS} messages are drawn; {more} more are judged alike.</p>"
        );
    }
    header += &happened(&verdicts);
    let messages = messages(&page.wires, Show { redact: true, view: None });
    let player = Player { ladder: ladders, steps: page.steps, messages };
    document(&title, &(header + "</header>\n"), &player.html(), &glossary())
}

/// Steps and messages, as they are added.
#[derive(Default)]
struct Page {
    steps: String,
    count: usize,
    wires: Vec<Wire>,
    told: BTreeSet<Meant>,
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
    for seen in evidence(&judgement.seen).iter().filter(|_| !judgement.causes.is_empty()) {
        line("seen", &escape(seen));
    }
    for note in notes::notes(&judgement.notes) {
        line("note", &escape(&note));
    }
    for suspect in &judgement.causes {
        line(&format!("cause {}", suspect.rank), &suspected(suspect));
    }
    html + "</dl>\n"
}

fn suspected(finding: &Finding) -> String {
    let Finding { cause, rank, evidence: supports, against, decides, remedy, .. } = finding;
    let mut html = format!("{} ({cause}).<ul>", escape(&capital(cause.meaning())));
    for (word, list) in [("for", supports), ("against", against)] {
        for text in evidence(list) {
            let _ = write!(html, "<li>{word}: {}</li>", escape(&text));
        }
    }
    if let Some(one) = decides {
        let _ = write!(html, "<li>decides: {}</li>", escape(&observation(one)));
    }
    html += "</ul>";
    if *rank == 1 {
        let lines: String =
            remedy::lines(remedy.as_ref()).iter().map(|line| format!("{}\n", escape(line))).collect();
        let _ = write!(html, "<pre>{lines}</pre>");
    }
    html
}

impl Page {
    /// The ladder of one negotiation, and a step for each of its rungs.
    fn ladder(&mut self, number: usize, judgement: &Judgement<'_>) -> String {
        let Sides { initiator, responder } = columns(judgement);
        let mut html = format!("<h2>{number}</h2>\n{}", opening(&escape(&initiator), &escape(&responder)));
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
            html += &line(step, gap, &row.at.to_string(), &row.what);
            self.step(judgement, one, &row.what, wire);
        }
        html + "</ol>\n"
    }

    /// Keeps a message; its number.
    fn wire(&mut self, one: &Emission<'_>) -> usize {
        let bytes = one.sight().map(|sight| sight.bytes.to_vec()).unwrap_or_default();
        let name = format!("{}, frame {}", name(one.what), one.frame());
        // A capture may have hundreds: what a field is for is said once for each name.
        let other = !self.told.insert(one.what);
        self.wires.push(Wire { name, sender: one.sender, other, bytes, opened: Sides::default() });
        self.wires.len() - 1
    }

    fn step(&mut self, judgement: &Judgement<'_>, one: &Emission<'_>, what: &What, wire: usize) {
        let number = self.count;
        self.count += 1;
        let title = format!("{} from the {}", name(one.what), one.sender);
        let _ = writeln!(
            self.steps,
            "<article class=\"step\" id=\"step-{number}\" data-title=\"{0}\" data-messages=\"{wire}\" tabindex=\"-1\">\n\
             <h2><small>frame {1}</small> {0}</h2>\n{2}<ul class=\"notes\">",
            escape(&capital(&title)),
            one.frame(),
            story(one)
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

/// What such a message is for, in plain words.
fn story(one: &Emission<'_>) -> String {
    if one.repeats.is_some() {
        return told(&resend());
    }
    one.what.phase_1().map_or(String::new(), |name| told(&message(name)))
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
