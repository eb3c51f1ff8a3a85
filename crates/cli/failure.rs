//! What ends a command early: its message and its exit code.

use std::io::{self, IsTerminal, Write};
use std::path::Path;
use std::process::ExitCode;

use anstyle::AnsiColor;
use scenario::ScenarioError;

use crate::args::Color;

/// Usage or scenario error.
pub const USAGE: u8 = 2;
/// I/O or internal error.
pub const IO: u8 = 3;
/// Exit code: undecided, by a bound or because something is not known.
pub const UNDECIDED: u8 = 4;

/// Why a command could not do its work.
#[derive(Debug)]
pub enum Failure {
    /// The scenario is wrong.
    Scenario(Box<ScenarioError>),
    /// Something else: one line, what would help, and the exit code.
    Other { message: String, help: Option<String>, code: u8 },
    /// Standard output was closed by its reader: not an error.
    BrokenPipe,
}

impl Failure {
    /// A failure with an exit code.
    pub fn new(code: u8, message: impl Into<String>) -> Failure {
        Failure::Other { message: message.into(), help: None, code }
    }

    /// The same with what would help.
    pub fn help(self, line: Option<String>) -> Failure {
        match self {
            Failure::Other { message, code, .. } => Failure::Other { message, help: line, code },
            other => other,
        }
    }

    /// A file that could not be read or written.
    pub fn file(path: &Path, verb: &str, error: &io::Error) -> Failure {
        let what = match error.kind() {
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
            Failure::BrokenPipe => 0,
        }
    }

    /// It in one line, without help.
    pub fn line(&self) -> String {
        match self {
            Failure::Scenario(error) => error.to_string(),
            Failure::Other { message, .. } => message.clone(),
            Failure::BrokenPipe => String::new(),
        }
    }

    /// Says it on standard error.
    pub fn report(&self, color: Color) -> ExitCode {
        let colored = match color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => {
                io::stderr().is_terminal()
                    && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
            }
        };
        if !matches!(self, Failure::BrokenPipe) {
            // Nobody is left to tell if standard error is closed too.
            let _ = writeln!(io::stderr(), "{}", self.text(colored));
        }
        ExitCode::from(self.code())
    }

    fn text(&self, colored: bool) -> String {
        match self {
            Failure::Scenario(error) => error.render(colored),
            Failure::Other { message, help, .. } => {
                let style = AnsiColor::Red.on_default().bold();
                let error = if colored { format!("{style}error{style:#}") } else { "error".to_owned() };
                let help = help.as_ref().map_or(String::new(), |help| format!("\nhelp: {help}"));
                format!("{error}: {message}{help}")
            }
            Failure::BrokenPipe => String::new(),
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
        match error.kind() {
            io::ErrorKind::BrokenPipe => Failure::BrokenPipe,
            _ => Failure::new(IO, format!("cannot write the result: {error}")),
        }
    }
}

impl From<serde_json::Error> for Failure {
    fn from(error: serde_json::Error) -> Failure {
        Failure::new(IO, format!("cannot write the result as JSON: {error}"))
    }
}
