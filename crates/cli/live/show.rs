//! What a live command prints while it runs.

use std::io::{self, Write};

use ike::{Instant, Role};
use report::{Layout, Listened, Report};
use scenario::Scenario;
use sim::{Setup, Trace};

use crate::args::Format;
use crate::out::Out;
use crate::window;

/// Standard output, if the report goes there. An error is kept for the end: it must not stop a negotiation.
pub struct Show<'o> {
    pub out: &'o mut Out,
    format: Option<Format>,
    layout: Layout,
    result: io::Result<()>,
}

impl Show<'_> {
    pub fn new(format: Option<Format>, out: &mut Out) -> Show<'_> {
        Show { out, format, layout: window::layout(), result: Ok(()) }
    }

    /// Leaves room for a column on the left.
    pub fn beside(&mut self, columns: usize) {
        self.layout = self.layout.beside(columns);
    }

    pub fn is_json(&self) -> bool {
        self.format == Some(Format::Json)
    }

    /// Both sides above their columns.
    pub fn heading(&mut self, scenario: &Scenario, role: Role, left: &str) {
        self.human("", |layout| format!("{}\n", report::headline(scenario, role, layout)));
        self.human(left, |layout| report::columns(&scenario.setup, role, layout));
    }

    /// When somebody called.
    pub fn called(&mut self, began: Instant, left: &str) {
        self.human(left, |_| report::called(began));
    }

    /// What happened since.
    pub fn rungs(&mut self, setup: &Setup, trace: &Trace, role: Role, since: usize, left: &str) {
        self.human(left, |layout| report::rungs_since(setup, trace, role, since, layout));
    }

    /// Where it ended, and why.
    pub fn conclusion(&mut self, report: &Report, left: &str) {
        self.human(left, |layout| format!("\n{}", report::conclusion(report, layout)));
    }

    /// What there was in all.
    pub fn listened(&mut self, listened: &Listened) {
        self.human("", |layout| format!("\n{}", listened.text(layout)));
    }

    /// An object, if it could be made.
    pub fn json(&mut self, object: Result<String, serde_json::Error>) {
        if self.is_json() {
            let written = object.map_err(io::Error::other).and_then(|object| self.out.json(&object));
            self.keep(written);
        }
    }

    /// The first error, if there was one.
    pub fn result(&mut self) -> io::Result<()> {
        std::mem::replace(&mut self.result, Ok(()))
    }

    /// Lines for people, each behind what stands on its left.
    fn human(&mut self, left: &str, text: impl FnOnce(Layout) -> String) {
        if self.format.is_none() || self.is_json() {
            return;
        }
        let text: String = text(self.layout)
            .lines()
            .map(|line| format!("{}\n", format!("{left}{line}").trim_end()))
            .collect();
        // At once: somebody is watching, and a stall takes minutes.
        let written = self.out.write_all(text.as_bytes()).and_then(|()| self.out.flush());
        self.keep(written);
    }

    fn keep(&mut self, written: io::Result<()>) {
        // The first error is the cause, the rest its echo.
        if self.result.is_ok() {
            self.result = written;
        }
    }
}
