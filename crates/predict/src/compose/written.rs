//! A scenario's text while it is written, with the lines of configuration that its lines say.

use config::Place;
use isakmp::shown;

/// A scenario, and where its lines come from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// TOML.
    pub text: String,
    /// Line ends in it.
    lines: usize,
    /// Lines of it, from 1, and the lines of configuration that they say, ascending.
    places: Vec<(usize, Place)>,
    /// Lines at which tables begin, ascending.
    tables: Vec<usize>,
}

impl Written {
    /// The line of configuration behind a line of the scenario: the one that it says, else the nearest above it in the
    /// same table.
    pub fn place(&self, line: usize) -> Option<&Place> {
        let table = self.tables.iter().rfind(|head| **head <= line).copied().unwrap_or(1);
        let above = self.places.iter().rfind(|(at, _)| *at <= line);
        above.filter(|(at, _)| *at >= table).map(|(_, place)| place)
    }

    /// Lines that no line of configuration is behind.
    pub(crate) fn say(&mut self, lines: &str) {
        for line in lines.split('\n') {
            self.lines += 1;
            if line.starts_with('[') {
                self.tables.push(self.lines);
            }
            self.text.push_str(line);
            self.text.push('\n');
        }
    }

    /// A line with the one that it comes from.
    pub(crate) fn from(&mut self, line: &str, at: Option<&Place>) {
        match at {
            Some(at) => {
                self.places.push((self.lines + 1, at.clone()));
                self.say(&format!("{line}    # line {}: {}", at.line, shown(&at.text)));
            }
            None => self.say(line),
        }
    }
}
