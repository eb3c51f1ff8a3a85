//! `--resume`: goes on behind what a file holds of this very sweep. Any other file is left as it is.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
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

/// Lines that are run again, besides the last one and the first of each base.
const SAMPLES: usize = 64;

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
    /// Every so many lines one that will be run again.
    stride: usize,
    samples: Vec<Held>,
    /// The first line of each base, in their order; a base that is edited changes no other's lines.
    bases: BTreeMap<usize, Held>,
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
    if !file.metadata().map_err(failed("read"))?.is_file() {
        let message = format!("--resume {}: no file that a sweep could go on in", path.display());
        return Err(Failure::new(USAGE, message).help(Some("a device or a pipe keeps nothing".into())));
    }
    let mut input = BufReader::new(file.try_clone().map_err(failed("read"))?);
    let mut reading = Reading::new(sweep, range);
    let torn = loop {
        let mut line = Vec::new();
        input.by_ref().take(MAX_LINE).read_until(b'\n', &mut line).map_err(failed("read"))?;
        // A sweep that was killed leaves half a line.
        if !line.ends_with(b"\n") {
            break line;
        }
        reading.take(line).map_err(|why| foreign(path, reading.lines + 1, &why))?;
    };
    let powers = Powers::new(3 * SAMPLES);
    let mut again: Vec<&Held> =
        reading.samples.iter().chain(reading.bases.values()).chain(&reading.last).collect();
    // The first line that differs is the one to look at.
    again.sort_by_key(|held| held.line);
    for held in again {
        // The command of a run names its base, and says nothing of what the base held then.
        if line(sweep, held.run, &powers)? != held.text {
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
fn line(sweep: &Sweep, run: u64, powers: &Powers) -> Result<String, Failure> {
    let done = several(sweep, &[run], Format::Json, powers)?;
    Ok(done.into_iter().flatten().map(|done| done.line + "\n").collect())
}

impl<'s> Reading<'s> {
    fn new(sweep: &'s Sweep, range: Range<u64>) -> Reading<'s> {
        let (next, samples, bases) = (range.start, Vec::new(), BTreeMap::new());
        Reading { sweep, range, next, whole: 0, lines: 0, stride: 1, samples, bases, last: None }
    }

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
        let Some(point) = self.sweep.point(run).filter(|point| point.replay() == replay) else {
            return Err(format!("run {run} is another one in this sweep: {replay}"));
        };
        self.lines += 1;
        (self.next, self.whole) = (run + 1, self.whole + length);
        let base = self.sweep.bases.iter().position(|base| std::ptr::eq(base, point.base)).unwrap_or(0);
        self.keep(base, Held { line: self.lines, run, text });
        Ok(())
    }

    /// Each line has one place: none is run again twice.
    fn keep(&mut self, base: usize, held: Held) {
        if let Entry::Vacant(first) = self.bases.entry(base) {
            first.insert(held);
            return;
        }
        let Some(before) = self.last.replace(held) else { return };
        if before.line.is_multiple_of(self.stride) {
            self.samples.push(before);
        }
        // Half of them stay, so that they are spread evenly however long the file is.
        if self.samples.len() > SAMPLES {
            self.stride *= 2;
            self.samples.retain(|sample| sample.line.is_multiple_of(self.stride));
        }
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
            Some(run) => Ok(line(self.sweep, run, &Powers::none())?.as_bytes().starts_with(torn)),
            None => Ok(false),
        }
    }
}
