//! Several runs on one page: a table of verdicts, then a chapter each, with what stands on either side, the cause, the
//! fix, and the run to step through. It holds no keys.

use std::fmt::Write;

use super::head::result;
use super::known::Show;
use super::step::articles;
use super::steps::{Steps, steps};
use super::values::Values;
use super::{Player, document, escape, rungs};
use crate::Report;

/// One run among several.
#[derive(Clone, Debug)]
pub struct Chapter<'r> {
    /// What it is about.
    pub title: String,
    /// In one line.
    pub verdict: String,
    /// It is as it should be.
    pub good: bool,
    /// Names of the two sides.
    pub sides: [String; 2],
    /// What does not fit, and for each side where it says something about it, and what.
    pub rows: Vec<(String, [[String; 2]; 2])>,
    /// What else there is to say, a line each.
    pub remarks: Vec<String>,
    /// The run, where there is something to see in it.
    pub report: Option<&'r Report>,
}

/// One self-contained page.
pub fn several(title: &str, lead: &[String], chapters: &[Chapter<'_>]) -> String {
    let title = escape(title);
    let mut html =
        format!("<header>\n<h1>{title}</h1>\n<table class=\"known verdicts\"><caption>Verdicts</caption>\n");
    for (number, chapter) in chapters.iter().enumerate() {
        // Colour does not reach everybody, so a sign says the same.
        let class = if chapter.good { "" } else { " class=\"differs\"" };
        let _ = writeln!(
            html,
            "<tr{class}><th scope=\"row\">{} <a href=\"#run-{number}\">{}</a></th><td>{}</td></tr>",
            if chapter.good { "✓" } else { "✗" },
            escape(&chapter.title),
            escape(&chapter.verdict)
        );
    }
    html += "</table>\n";
    html += &list(lead);
    html += "</header>\n";
    let mut shelf = Shelf::default();
    let body: String = chapters.iter().enumerate().map(|(number, one)| shelf.chapter(number, one)).collect();
    document(&title, &html, &body, &shelf.values.section())
}

/// What all chapters share.
#[derive(Default)]
struct Shelf {
    steps: usize,
    values: Values,
}

impl Shelf {
    fn chapter(&mut self, number: usize, chapter: &Chapter<'_>) -> String {
        let mut html = findings(number, chapter);
        if let Some(report) = chapter.report {
            html += &result(report);
            html += &self.player(report);
        }
        html + "</article>\n"
    }

    /// The run without its bytes: what goes over the wire is not what a configuration is judged by.
    fn player(&mut self, report: &Report) -> String {
        let show = Show { redact: true, view: None };
        let Steps { steps, .. } = steps(&report.scenario.setup, &report.trace, None);
        let from = self.steps;
        self.steps += steps.len();
        let player = Player {
            ladder: rungs::ladder(report, &steps, from),
            steps: articles(&steps, show, false, from, &mut self.values),
            messages: String::new(),
        };
        player.html()
    }
}

fn findings(number: usize, chapter: &Chapter<'_>) -> String {
    let Chapter { title, verdict, sides, rows, remarks, .. } = chapter;
    let mut html = format!(
        "<article class=\"chapter\" id=\"run-{number}\">\n<h2>{}</h2>\n<p class=\"situation\">{}</p>\n",
        escape(title),
        escape(verdict)
    );
    if !rows.is_empty() {
        let [one, other] = sides.clone().map(|name| escape(&name));
        let _ = writeln!(
            html,
            "<table class=\"known\"><caption>What does not fit</caption>\n<tr><th scope=\"col\"></th><th scope=\"col\">{one}</th><th scope=\"col\">{other}</th></tr>"
        );
        for (what, cells) in rows {
            let [one, other] = cells.clone().map(|lines| lines.map(|line| escape(&line)).join("<br>"));
            let _ = writeln!(
                html,
                "<tr><th scope=\"row\">{}</th><td>{one}</td><td>{other}</td></tr>",
                escape(what)
            );
        }
        html += "</table>\n";
    }
    html + &list(remarks)
}

fn list(lines: &[String]) -> String {
    if lines.is_empty() {
        return String::new();
    }
    let items: String = lines.iter().map(|line| format!("<li>{}</li>\n", escape(line))).collect();
    format!("<ul class=\"notes\">\n{items}</ul>\n")
}
