//! Where everything leaves: standard output with the result, standard error with talk. Text for people goes out by the
//! line, and whatever is in a line stays text of it.

use std::fmt::Display;
use std::io::{self, IsTerminal, StdoutLock, Write};

use anstream::{AutoStream, ColorChoice};
use isakmp::shown;

use crate::args::Color;

/// Standard output. A reader that leaves ends the output and nothing else: what is found still decides the exit code.
pub struct Out {
    stream: AutoStream<StdoutLock<'static>>,
    passes_through: bool,
    closed: bool,
}

impl Out {
    /// With colours as they were asked for.
    pub fn new(color: Color) -> Out {
        let choice = match color {
            // It knows NO_COLOR, CLICOLOR and TERM=dumb besides the terminal.
            Color::Auto => AutoStream::choice(&io::stdout()),
            Color::Always => ColorChoice::Always,
            Color::Never => ColorChoice::Never,
        };
        Out { stream: AutoStream::new(io::stdout().lock(), choice), passes_through: false, closed: false }
    }

    /// A line for people.
    pub fn line(&mut self, text: &str) -> io::Result<()> {
        writeln!(self, "{}", shown(text))
    }

    /// Lines for people; an empty one before the first.
    pub fn section(&mut self, lines: &[&str]) -> io::Result<()> {
        writeln!(self)?;
        lines.iter().try_for_each(|line| self.line(line))
    }

    /// An object for programs on a line of its own. Within its strings what is not printed is written as JSON escapes it.
    pub fn json(&mut self, object: &impl Display) -> io::Result<()> {
        writeln!(self, "{}", report::plain_json(object.to_string()))
    }

    /// Bytes as they are, colours or not.
    pub fn raw(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.flush()?;
        // Past the stream: it would take bytes that happen to look like a style out of a capture.
        let done = self.unless_closed(|_| io::stdout().write_all(bytes));
        done.map(|_| ())
    }

    /// Whether colours are shown.
    pub fn is_styled(&self) -> bool {
        self.stream.current_choice() != ColorChoice::Never
    }

    /// From now on nothing that is written holds a style: it passes as it is.
    pub fn pass_through(&mut self, passes: bool) {
        self.passes_through = passes;
    }

    /// Whether nobody reads any more: work that only makes more output may end.
    pub fn is_closed(&self) -> bool {
        self.closed
    }

    /// Nothing, where nobody reads any more.
    fn unless_closed<T>(
        &mut self,
        write: impl FnOnce(&mut AutoStream<StdoutLock<'static>>) -> io::Result<T>,
    ) -> io::Result<Option<T>> {
        if self.closed {
            return Ok(None);
        }
        match write(&mut self.stream) {
            // Rust ignores SIGPIPE: a reader that leaves, as `head` does, shows in this error alone.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                self.closed = true;
                Ok(None)
            }
            done => done.map(Some),
        }
    }
}

impl Write for Out {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.passes_through {
            return self.raw(bytes).map(|()| bytes.len());
        }
        // As if it were written: `write_all` takes 0 for an error.
        Ok(self.unless_closed(|stream| stream.write(bytes))?.unwrap_or(bytes.len()))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.unless_closed(Write::flush).map(|_| ())
    }
}

/// Talk, on standard error.
pub fn say(line: &str) {
    // Nobody is left to tell if standard error is closed.
    let _ = writeln!(io::stderr(), "{}", shown(line));
}

/// Whether standard error shows colours.
pub fn talks_in_colour(color: Color) -> bool {
    match color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => {
            // An empty NO_COLOR asks for nothing: so its convention has it.
            io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
        }
    }
}
