//! A paste, read as evidence: logs and `show` output of one device or both, put together by peer and attempt, and judged.
//!
//! A line that names its reason decides; else what was sent, heard and refused does, and where only silence is left, the
//! faults whose runs leave the device with that picture.

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

pub use issue::Issue;
pub(crate) use judge::refused_for;
pub use story::{Certainty, Phase, Story, Suspect, Values};

use vendor::{Says, Source, Vendor};

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
        // Anew for each text: number 1 in one log is not number 1 in the other.
        let mut sorter = Sorter::default();
        let mut rows = Rows::default();
        // Known first: a wording that vendors share is then read as this one's.
        let device = device(text);
        for line in text.lines().take(MAX_LINES) {
            paste.lines.push(line.trim_end().to_owned());
            if rows.take(line, paste.lines.len()) {
                paste.row();
            } else {
                take(line, device, &mut sorter, &mut paste);
            }
        }
        sorter.talks.extend(rows.talks());
        let judge = |talk: &talks::Talk| judge::judge(talk, &mut catalogue);
        each.push(
            sorter.talks.iter().filter(|talk| talk.says_something()).map(judge).collect::<Vec<Story>>(),
        );
    }
    paste.stories = sides::together(each);
    paste
}

impl Paste {
    /// The newest line is a row of a table.
    fn row(&mut self) {
        self.total += 1;
        let (line, vendor) = (self.lines.len(), Vendor::Ios);
        self.understood.push(Understood { line, vendor, says: Says::Stands, source: Source::Published });
    }
}

fn take(line: &str, device: Option<Vendor>, sorter: &mut Sorter, paste: &mut Paste) {
    if line.trim().is_empty() {
        return;
    }
    let number = paste.lines.len();
    paste.total += 1;
    let text = line::text(line);
    let Some(statement) = vendor::read(text.text, device) else { return paste.unknown.push(number) };
    let line = statement.line;
    paste.understood.push(Understood {
        line: number,
        vendor: statement.vendor,
        says: line.says,
        source: line.source,
    });
    sorter.take(&text, &statement, number);
}

/// Whose paste it is: who prints most of its first lines.
fn device(text: &str) -> Option<Vendor> {
    let lines = text.lines().filter(|line| !line.trim().is_empty()).take(200);
    let vendors: Vec<Vendor> =
        lines.filter_map(|line| Some(vendor::read(line::text(line).text, None)?.vendor)).collect();
    let count = |vendor: &Vendor| vendors.iter().filter(|one| *one == vendor).count();
    // Of equals `max_by_key` takes the last: reversed, the first vendor of the list.
    Vendor::ALL.into_iter().rev().max_by_key(|vendor| count(vendor)).filter(|vendor| count(vendor) > 0)
}

/// Whether a text is a paste at all: some line of it tells of IKE.
pub fn is_paste(text: &str) -> bool {
    text.lines()
        .take(2000)
        .any(|line| vendor::read(line::text(line).text, None).is_some() || Rows::default().take(line, 1))
}
