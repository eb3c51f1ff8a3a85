//! What a word means, in words: a title, and paragraphs each under a label.

mod beside;
mod brief;
mod causes;
mod decides;
mod fault;
mod message;
mod quick;
mod state;
mod suite;

use diagnose::Entry;
use diagnose::explain::Subject;
use ike::Sides;

use crate::ladder::Layout;
use crate::line::{HEAD, Line, paint, written};
use crate::text::labelled;

pub(crate) use decides::decides;
pub(crate) use quick::ONE_SIDE_INSTALLED;

/// A label and what stands under it.
struct Block {
    label: String,
    /// One that begins with a blank is a command.
    lines: Vec<String>,
}

struct Article {
    title: String,
    blocks: Vec<Block>,
}

impl Article {
    fn new(title: impl Into<String>) -> Article {
        Article { title: title.into(), blocks: Vec::new() }
    }

    fn say(&mut self, label: &str, text: impl Into<String>) {
        self.blocks.push(Block { label: label.into(), lines: vec![text.into()] });
    }

    /// Lines under one label.
    fn list(&mut self, label: &str, lines: impl IntoIterator<Item = String>) {
        let lines: Vec<String> = lines.into_iter().collect();
        if !lines.is_empty() {
            self.blocks.push(Block { label: label.into(), lines });
        }
    }

    /// Names that have an entry of their own, as commands.
    fn entries(&mut self, label: &str, names: impl IntoIterator<Item = String>) {
        self.list(label, names.into_iter().map(|name| format!(" ikesim explain {name}")));
    }
}

/// An explanation: a label on the left, text wrapped beside it; commands stay whole.
pub fn explained(entry: &Entry, layout: Layout) -> String {
    let article = brief::brief(article(entry));
    let mut lines = vec![paint(HEAD, &article.title), Line::default()];
    for block in &article.blocks {
        // A paragraph of its own for each cause.
        if block.label.starts_with("cause") || block.label == "check" {
            lines.push(Line::default());
        }
        let labels = std::iter::once(block.label.as_str()).chain(std::iter::repeat(""));
        for (label, text) in labels.zip(&block.lines) {
            match text.strip_prefix(' ') {
                Some(command) => lines.push(crate::text::command(label, command)),
                None => lines.extend(labelled(label, text, layout)),
            }
        }
    }
    written(&lines)
}

fn article(entry: &Entry) -> Article {
    let mut article = subject(&entry.subject);
    causes::causes(&mut article, entry);
    let name = |sides: &Sides<_>| sides.into_array().map(sim::state_name).join(" ");
    if let Subject::Cause(..) = entry.subject {
        article.list("leaves", entry.seen.iter().map(fault::left));
    } else {
        let label = if entry.subject == Subject::NoSa { "seen with" } else { "both sides" };
        article.entries(label, entry.seen.iter().map(name));
    }
    article.list("scenarios", entry.scenarios.iter().map(|file| format!(" ikesim run {file}")));
    // Of a fault alone that is what it means, and stands above.
    if let Subject::Cause(_, Some(effect)) = &entry.subject {
        fault::fault(&mut article, effect);
    }
    if let Subject::Cause(_, Some(effect)) | Subject::Fault(effect) = &entry.subject {
        fault::attempt(&mut article, effect.kind);
    }
    article
}

/// What is said of it beside causes and scenarios.
fn subject(subject: &Subject) -> Article {
    match subject {
        Subject::State { state, instant, never } => state::state(*state, *instant, *never),
        Subject::States { name, states, never } => state::several(name, states, *never),
        Subject::NoSa => state::no_sa(),
        Subject::Pair { sides, turned, reached } => state::pair(*sides, *turned, *reached),
        Subject::NoPair(names) => state::no_pair(names),
        Subject::QuickState(state) => quick::state(*state),
        Subject::QuickPair { sides, turned, reached } => quick::pair(*sides, *turned, *reached),
        Subject::NoQuickPair(states) => quick::no_pair(*states),
        Subject::Instant(instant) => state::instant(*instant),
        Subject::Step(name, step) => message::step(name, *step),
        Subject::Message(name) => message::message(*name),
        Subject::QuickMessage(name) => message::quick(*name),
        Subject::Informational => message::informational(),
        Subject::Passage(passage) => quick::passage(*passage),
        Subject::TornDown => quick::torn_down(),
        Subject::Cause(cause, _) => fault::cause(*cause),
        Subject::Fault(effect) => {
            let mut article = Article::new(format!("{} (a fault of scenario files)", effect.kind.name()));
            article.say("means", effect.kind.meaning());
            fault::fault(&mut article, effect);
            article
        }
        Subject::Notify(notify) => fault::notify(*notify),
        Subject::Group(group) => suite::group(*group),
        Subject::Cipher(cipher) => suite::cipher(*cipher),
        Subject::Profile(profile) => suite::profile(profile),
        Subject::Beside(topic) => beside::beside(*topic),
    }
}
