//! What ends a command early: its message and its exit code.

use std::io::{self, Write};
use std::path::Path;

use anstyle::AnsiColor;
use isakmp::shown;
use scenario::ScenarioError;

use crate::args::Color;
use crate::out::talks_in_colour;

/// Usage or scenario error.
// The parser's own number for a mistake: to a script the two are one thing.
pub const USAGE: u8 = 2;
/// I/O or internal error.
pub const IO: u8 = 3;
/// Exit code: undecided, by a bound or because something is not known.
pub const UNDECIDED: u8 = 4;

/// Why a command could not do its work.
#[derive(Debug)]
pub enum Failure {
    /// The scenario is wrong.
    // Boxed: it carries the file's text, and every Result here would be as large.
    Scenario(Box<ScenarioError>),
    /// Something else: one line, what would help, a line each, and the exit code.
    Other { message: String, help: Vec<String>, code: u8 },
}

impl Failure {
    /// A failure with an exit code.
    pub fn new(code: u8, message: impl Into<String>) -> Failure {
        Failure::Other { message: message.into(), help: Vec::new(), code }
    }

    /// The same with what would help.
    pub fn help(mut self, line: impl IntoIterator<Item = String>) -> Failure {
        if let Failure::Other { help, .. } = &mut self {
            help.extend(line);
        }
        self
    }

    /// A file that could not be read or written.
    pub fn file(path: &Path, verb: &str, error: &io::Error) -> Failure {
        #[expect(clippy::wildcard_enum_match_arm, reason = "the list of kinds is not ours, and grows")]
        let what = match error.kind() {
            // The system's words differ from one system to the next; these two kinds are what a reader meets.
            io::ErrorKind::NotFound => "there is no such file or folder".to_owned(),
            io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
            _ => error.to_string(),
        };
        Failure::new(IO, format!("cannot {verb} {}: {what}", path.display()))
    }

    /// Its exit code.
    pub fn code(&self) -> u8 {
        match self {
            Failure::Scenario(_) => USAGE,
            Failure::Other { code, .. } => *code,
        }
    }

    /// It in one line, without help.
    pub fn line(&self) -> String {
        match self {
            Failure::Scenario(error) => error.to_string(),
            Failure::Other { message, .. } => message.clone(),
        }
    }

    /// Says it on standard error.
    pub fn report(&self, color: Color) {
        // Nobody is left to tell if standard error is closed too.
        let _ = writeln!(io::stderr(), "{}", self.text(talks_in_colour(color)));
    }

    fn text(&self, colored: bool) -> String {
        match self {
            Failure::Scenario(error) => error.render(colored),
            Failure::Other { message, help, .. } => {
                let style = AnsiColor::Red.on_default().bold();
                let error = if colored { format!("{style}error{style:#}") } else { "error".to_owned() };
                // Names of files and words of the command line stand in both, with whatever is in them.
                let help: String = help.iter().map(|line| format!("\nhelp: {}", shown(line))).collect();
                format!("{error}: {}{help}", shown(message))
            }
        }
    }
}

impl From<ScenarioError> for Failure {
    fn from(error: ScenarioError) -> Failure {
        Failure::Scenario(Box::new(error))
    }
}

/// An error on standard output.
impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Failure {
        Failure::new(IO, format!("cannot write the result: {error}"))
    }
}

impl From<serde_json::Error> for Failure {
    fn from(error: serde_json::Error) -> Failure {
        Failure::new(IO, format!("cannot write the result as JSON: {error}"))
    }
}
