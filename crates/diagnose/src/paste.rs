//! A paste, read as evidence: logs and `show` output of one device or both, put together by peer and attempt, and judged.
//!
//! A line that names its reason decides; else what was sent, heard and refused does, and where only silence is left, the
//! faults whose runs leave the device with that picture.

mod devices;
mod facts;
mod fits;
mod issue;
mod judge;
mod line;
mod message;
mod rows;
mod sides;
mod story;
mod talks;
mod values;
mod wrapped;

pub use issue::Issue;
pub(crate) use judge::refused_for;
pub use story::{Certainty, Mend, Phase, Story, Suspect, Values};
pub use values::{OWN, PEER};

use std::net::IpAddr;

use vendor::{Line, Says, Source, Vendor};

use fits::Catalogue;
use rows::Rows;
use talks::Sorter;

/// The most lines of a paste that are looked at.
pub const MAX_LINES: usize = 200_000;

/// One line that was understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Understood {
    /// Its number in the paste, from 1.
    pub line: usize,
    /// Who prints it.
    pub vendor: Vendor,
    /// What it says.
    pub says: Says,
    /// How its wording is known.
    pub source: Source,
}

/// What a paste says.
#[derive(Clone, Debug, Default)]
pub struct Paste {
    /// The negotiations in it, failing ones first.
    pub stories: Vec<Story>,
    /// Its lines, numbered from 1; of several texts one after another.
    pub lines: Vec<String>,
    /// Lines that are not empty.
    pub total: usize,
    /// Those that were understood.
    pub understood: Vec<Understood>,
    /// Numbers of those that were not.
    pub unknown: Vec<usize>,
}

/// Reads the texts of one device, or of both: one after the other.
pub fn read(texts: &[&str]) -> Paste {
    let mut paste = Paste::default();
    let mut catalogue = Catalogue::default();
    let mut each = Vec::new();
    for text in texts {
        let before = paste.lines.len();
        paste.lines.extend(text.lines().take(MAX_LINES).map(|line| line.trim_end().to_owned()));
        let numbered: Vec<(usize, &str)> =
            (before + 1..).zip(text.lines().take(MAX_LINES).map(line::unquoted)).collect();
        let whole = wrapped::joined(&numbered);
        for lines in devices::apart(whole.iter().map(|(number, line)| (*number, line.as_ref()))) {
            let talks = paste.device(&lines);
            let judge = |talk: &talks::Talk| judge::judge(talk, &mut catalogue);
            each.push(talks.iter().filter(|talk| talk.says_something()).map(judge).collect::<Vec<Story>>());
        }
    }
    // Devices of one paste may take turns.
    paste.understood.sort_by_key(|understood| understood.line);
    paste.unknown.sort_unstable();
    paste.stories = sides::together(each);
    paste
}

impl Paste {
    /// What one device says. Anew for each: number 1 in one log is not number 1 in another.
    fn device(&mut self, lines: &[(usize, &str)]) -> Vec<talks::Talk> {
        let mut sorter = Sorter::default();
        let mut rows = Rows::default();
        // Known first: a wording that vendors share is then read as this one's.
        let device = device(lines.iter().map(|(_, line)| *line));
        let mut newest = "";
        for (number, line) in lines {
            // What was typed is no evidence.
            if devices::is_prompt(line) {
                continue;
            }
            if rows.take(line, *number) {
                self.row(*number);
            } else if let Some(times) = line::repeats(line).filter(|_| !newest.is_empty()) {
                // It stands for so many lines; a few of them show it as well.
                (0..times.clamp(1, ENOUGH)).for_each(|_| take(newest, *number, device, &mut sorter, self));
            } else {
                (0..line::times(line).clamp(1, ENOUGH))
                    .for_each(|_| take(line, *number, device, &mut sorter, self));
                newest = line;
            }
        }
        let own = sorter.own_addresses();
        sorter.finish(rows.talks(&own))
    }

    /// A line is a row of a table.
    fn row(&mut self, line: usize) {
        self.total += 1;
        let vendor = Vendor::Ios;
        self.understood.push(Understood { line, vendor, says: Says::Stands, source: Source::Published });
    }
}

/// Repeats of a line that are counted.
const ENOUGH: usize = 5;

fn take(line: &str, number: usize, device: Option<Vendor>, sorter: &mut Sorter, paste: &mut Paste) {
    if line.trim().is_empty() {
        return;
    }
    // A line that stands for several counts once.
    let again = paste.understood.last().is_some_and(|known| known.line == number)
        || paste.unknown.last() == Some(&number);
    paste.total += usize::from(!again);
    let text = line::text(line);
    let Some(statement) = statement(&text, device) else {
        // An address alone stands in a list of the device's own.
        let listed = line.trim().parse::<IpAddr>().is_ok();
        let beside = |vendor: &Vendor| listed || *vendor == Vendor::Libreswan && line::is_debug(line);
        if let Some(vendor) = device.filter(|vendor| !again && beside(vendor)) {
            let (says, source) = (Says::Detail, Source::Published);
            paste.understood.push(Understood { line: number, vendor, says, source });
            return;
        }
        paste.unknown.extend((!again).then_some(number));
        return;
    };
    if !again {
        let (vendor, Line { says, source, .. }) = (statement.vendor, *statement.line);
        paste.understood.push(Understood { line: number, vendor, says, source });
    }
    sorter.take(&text, &statement, number);
}

fn statement<'t>(text: &line::Text<'t>, device: Option<Vendor>) -> Option<vendor::Statement<'t>> {
    let indented = || text.indented.then(vendor::strongswan::indented);
    let mut found = match text.vendor {
        // Its lines are marked, and half of them read as racoon's do.
        Some(vendor @ Vendor::Fortios) => vendor::read_as(text.text, vendor).or_else(|| {
            vendor::read(text.text, None).map(|statement| vendor::Statement { vendor, ..statement })
        }),
        Some(vendor) => vendor::read_as(text.text, vendor).or_else(indented),
        None => vendor::read(text.text, device),
    }?;
    let counts = matches!(found.line.says, Says::Encaps | Says::Decaps | Says::SendErrors);
    // Cisco's devices print their counters alike.
    if counts && let Some(device) = device.filter(|device| [Vendor::Asa, Vendor::Ios].contains(device)) {
        found.vendor = device;
    }
    Some(found)
}

/// Whose paste it is: who prints most of its first lines that say something; of counters and steps many print the same.
fn device<'t>(lines: impl Iterator<Item = &'t str>) -> Option<Vendor> {
    let lines = lines.filter(|line| !line.trim().is_empty()).take(200);
    let read: Vec<(Vendor, bool)> = lines
        .filter_map(|line| statement(&line::text(line), None))
        .map(|statement| {
            let says = statement.line.says;
            let shared = matches!(
                says,
                Says::Detail | Says::Encaps | Says::Decaps | Says::SendErrors | Says::NoSa | Says::Phase2Done
            );
            (statement.vendor, !shared)
        })
        .collect();
    let count = |vendor: &Vendor| {
        let own = read.iter().filter(|(one, _)| one == vendor);
        (own.clone().filter(|(_, telling)| *telling).count(), own.count())
    };
    // Of equals `max_by_key` takes the last: reversed, the first vendor of the list.
    Vendor::ALL.into_iter().rev().max_by_key(|vendor| count(vendor)).filter(|vendor| count(vendor).1 > 0)
}

/// Whether a text is a paste at all: some line of it tells of IKE.
pub fn is_paste(text: &str) -> bool {
    text.lines()
        .take(2000)
        .any(|line| vendor::read(line::text(line).text, None).is_some() || Rows::default().take(line, 1))
}
