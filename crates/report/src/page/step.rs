//! A step as an article: its story, what happens, what its peer computes, what is known then.

use std::fmt::Write;

use ike::Role;

use super::calculation::Calculation;
use super::escape;
use super::kind::Kind;
use super::known::{Show, children, difference, known, unchanged};
use super::message::short;
use super::section::links;
use super::steps::{Note, Sentence, Step};
use super::values::Values;

/// Where a step stands: its number on the page, and which of how many it is in its run.
#[derive(Clone, Copy, Debug)]
struct Place {
    number: usize,
    nth: usize,
    of: usize,
    /// The messages are on the page.
    bytes: bool,
    /// The number of the step that has the table of what is known, where this one changes nothing.
    same_as: Option<usize>,
}

/// The steps of a run, whose first has this number.
pub(super) fn articles(steps: &[Step], show: Show, bytes: bool, from: usize, store: &mut Values) -> String {
    let (mut html, mut last) = (String::new(), None);
    for (nth, step) in (1..).zip(steps) {
        let number = from + nth - 1;
        // Where a message fails the values stand beside it: they are what it fails by.
        let fails = step.notes.iter().any(|note| note.trouble) && !step.again;
        let same_as = last.filter(|_| unchanged(&step.before, &step.sides) && !fails);
        last = same_as.or(Some(number));
        html += &article(Place { number, nth, of: steps.len(), bytes, same_as }, step, show, store);
    }
    html
}

fn article(place: Place, step: &Step, show: Show, store: &mut Values) -> String {
    let Place { number, nth, of, bytes, same_as } = place;
    let messages: Vec<String> = step.messages.iter().map(ToString::to_string).collect();
    let title = escape(&step.title);
    let side = step.role.map_or(String::new(), |role| format!(" data-side=\"{role}\""));
    // On paper what was told before is left out.
    let again = if step.again { " again" } else { "" };
    // A page without bytes has no messages to show.
    let wanted = if bytes { messages.join(" ") } else { String::new() };
    let mut html = format!(
        "<article class=\"step{again}\" id=\"step-{number}\" data-title=\"{title}\" data-messages=\"{wanted}\"{side} tabindex=\"-1\">\n\
         <h2><small>step {nth} of {of} · {} s</small> {title}</h2>\n",
        step.at
    );
    step.told.iter().for_each(|sentence| html += &told(sentence));
    html += "<ul class=\"notes\">\n";
    for Note { text, trouble } in &step.notes {
        let mark = if *trouble { " class=\"trouble\"" } else { "" };
        let _ = writeln!(html, "<li{mark}>{}</li>", escape(text));
    }
    html += "</ul>\n";
    for message in step.messages.iter().filter(|_| bytes) {
        let _ = writeln!(html, "<p class=\"see\"><a href=\"#message-{message}\">the message's bytes</a></p>");
    }
    if show.view.is_none() {
        html += &difference(&step.before, &step.sides, show.redact);
    }
    html += &match same_as {
        Some(last) => format!(
            "<p class=\"same\">Phase 1's values are those of <a href=\"#step-{last}\">an earlier step</a>.</p>\n"
        ),
        None => known(&step.before, &step.sides, show, store),
    };
    html += &children(&step.before, &step.sides, show, store);
    if !step.calculations.is_empty() {
        let who = step.role.map_or("", Role::name);
        let _ = writeln!(html, "<h3>What the {who} computes</h3>");
        step.calculations.iter().for_each(|one| html += &calculated(one, show, store));
    }
    html + "</article>\n"
}

/// A sentence as a paragraph.
pub(super) fn told(Sentence { text, section, here }: &Sentence) -> String {
    let class = if *here { "told here" } else { "told" };
    let section = section.map_or(String::new(), |section| format!(" <small>{section}</small>"));
    format!("<p class=\"{class}\">{}{section}</p>\n", escape(text))
}

fn calculated(calculation: &Calculation, show: Show, store: &mut Values) -> String {
    let Calculation { name, formula, sections, inputs, value, .. } = calculation;
    let (head, sections) = (format!("{} = {}", colored(name), colored(formula)), links(sections));
    // The formula may stay: it is the RFC's, and gives nothing away.
    if show.redact {
        return format!(
            "<details><summary>{head}</summary><p>{sections}. Inputs and value are left out (--redact).</p></details>\n"
        );
    }
    let inputs: String = inputs
        .iter()
        .map(|(name, bytes)| format!("<dt>{}</dt><dd>{}</dd>", colored(name), store.link(name, bytes)))
        .collect();
    format!(
        "<details><summary>{head} <code>{}</code></summary>\n<p>{sections}</p>\n<dl class=\"values\">{inputs}<dt>{}</dt><dd>{}</dd></dl>\n\
         <details><summary>Python that computes it again</summary><pre class=\"python\" aria-label=\"Python that computes {name} again\">{}</pre></details></details>\n",
        short(value),
        colored(name),
        store.link(name, value),
        calculation.python().split('\n').map(escape).collect::<Vec<_>>().join("\n")
    )
}

/// A formula whose values have the colours of their kinds.
fn colored(formula: &str) -> String {
    let inside = |c: char| c.is_ascii_alphanumeric() || matches!(c, '^' | '_' | '-');
    let mut html = String::new();
    let mut rest = formula;
    while let Some(start) = rest.find(inside) {
        let (before, from) = rest.split_at(start);
        let (word, after) = from.split_at(from.find(|c| !inside(c)).unwrap_or(from.len()));
        html += &escape(before);
        match Kind::of_value(word) {
            Some(kind) => _ = write!(html, "<span class=\"{}\">{}</span>", kind.class(), escape(word)),
            None => html += &escape(word),
        }
        rest = after;
    }
    html + &escape(rest)
}

#[cfg(test)]
mod tests {
    use super::colored;

    #[test]
    fn values_in_a_formula_have_the_colour_of_their_kind() {
        assert_eq!(
            colored("prf(SKEYID, g^xy | 0)"),
            "prf(<span class=\"k-key\">SKEYID</span>, <span class=\"k-key\">g^xy</span> | 0)"
        );
    }
}
