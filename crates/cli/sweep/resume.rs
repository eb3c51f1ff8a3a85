//! `--resume`: goes on behind what a file holds of this very sweep. Any other file is left as it is.

use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, Read};
use std::ops::Range;
use std::path::Path;

use ike::Powers;
use scenario::sweep::Sweep;

use super::several;
use crate::args::Format;
use crate::failure::{Failure, USAGE};

/// The longest line that is read, in bytes; a run makes some kilobytes.
const MAX_LINE: u64 = 1 << 20;

/// What is read of a line.
#[derive(serde::Deserialize)]
struct Mark {
    run: u64,
    replay: String,
}

/// A line of the file, and the run that it is of.
struct Held {
    line: usize,
    run: u64,
    text: String,
}

/// How far a file goes.
struct Reading<'s> {
    sweep: &'s Sweep,
    range: Range<u64>,
    /// The first run that is not there.
    next: u64,
    /// Bytes of whole lines.
    whole: u64,
    lines: usize,
    first: Option<Held>,
    last: Option<Held>,
}

/// The first run that a file does not hold, and the file: a torn last line cut off, open at its end.
///
/// # Errors
/// The file is not the beginning of this stretch of this sweep; then it is not touched.
pub fn resume(path: &Path, sweep: &Sweep, range: Range<u64>) -> Result<(u64, File), Failure> {
    let failed = |verb: &'static str| move |error: io::Error| Failure::file(path, verb, &error);
    // Never created: a misspelt name must not begin the sweep anew.
    let file = OpenOptions::new().read(true).append(true).open(path).map_err(failed("open"))?;
    let mut input = BufReader::new(file.try_clone().map_err(failed("read"))?);
    let next = range.start;
    let mut reading = Reading { sweep, range, next, whole: 0, lines: 0, first: None, last: None };
    let torn = loop {
        let mut line = Vec::new();
        input.by_ref().take(MAX_LINE).read_until(b'\n', &mut line).map_err(failed("read"))?;
        // A sweep that was killed leaves half a line.
        if !line.ends_with(b"\n") {
            break line;
        }
        reading.take(line).map_err(|why| foreign(path, reading.lines + 1, &why))?;
    };
    for held in [&reading.first, &reading.last].into_iter().flatten() {
        // The command of a run names its base, and says nothing of what the base held then.
        if line(sweep, held.run)? != held.text {
            let why = format!("run {} comes out otherwise today: the base has changed, or ikesim", held.run);
            return Err(foreign(path, held.line, &why));
        }
    }
    if !reading.begins_with(&torn)? {
        return Err(foreign(path, reading.lines + 1, "no line of this sweep, nor the beginning of one"));
    }
    // Last of all: a file that is not this sweep's has been refused by now.
    file.set_len(reading.whole).map_err(failed("write"))?;
    Ok((reading.next, file))
}

fn foreign(path: &Path, line: usize, why: &str) -> Failure {
    let help = "the file is left as it is; --resume wants the options that wrote it, --format json included";
    Failure::new(USAGE, format!("{}:{line}: {why}", path.display())).help(Some(help.into()))
}

/// The line that a run makes; nothing for one that cannot be.
fn line(sweep: &Sweep, run: u64) -> Result<String, Failure> {
    let done = several(sweep, &[run], Format::Json, &Powers::none())?;
    Ok(done.into_iter().flatten().map(|done| done.line + "\n").collect())
}

impl Reading<'_> {
    /// Takes a whole line, if it is the next one of this sweep.
    fn take(&mut self, line: Vec<u8>) -> Result<(), String> {
        let length = line.len() as u64;
        let text = String::from_utf8(line).map_err(|_| "no text")?;
        let Mark { run, replay } = serde_json::from_str(&text).map_err(|_| "no line of a sweep")?;
        if !(self.next..self.range.end).contains(&run) {
            return Err(format!("run {run} stands where one of {} to {} does", self.next, self.range.end));
        }
        // Only combinations that cannot be leave gaps.
        if let Some(missing) = (self.next..run).find(|run| self.is_possible(*run)) {
            return Err(format!("run {missing} is not there"));
        }
        match self.sweep.point(run) {
            Some(point) if point.replay() == replay => {}
            _ => return Err(format!("run {run} is another one in this sweep: {replay}")),
        }
        self.lines += 1;
        let held = Held { line: self.lines, run, text };
        (self.next, self.whole) = (run + 1, self.whole + length);
        // The first is judged once: a file of one line has it as its last.
        if self.first.is_none() {
            self.first = Some(held);
        } else {
            self.last = Some(held);
        }
        Ok(())
    }

    fn is_possible(&self, run: u64) -> bool {
        self.sweep.point(run).is_some_and(|point| point.scenario().is_ok())
    }

    /// Whether this is how the next line begins.
    fn begins_with(&self, torn: &[u8]) -> Result<bool, Failure> {
        if torn.is_empty() {
            return Ok(true);
        }
        match (self.next..self.range.end).find(|run| self.is_possible(*run)) {
            Some(run) => Ok(line(self.sweep, run)?.as_bytes().starts_with(torn)),
            None => Ok(false),
        }
    }
}
