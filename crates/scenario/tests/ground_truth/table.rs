//! Tables of recorded runs.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::Path;

/// A row of the table by column.
pub type Row = BTreeMap<String, String>;

/// To standard error, past the capture of tests: what is skipped must be seen.
pub fn say(line: &str) {
    writeln!(std::io::stderr(), "{line}").unwrap();
}

/// The rows of a file.
pub fn rows(file: &Path) -> Vec<Row> {
    let text = fs::read_to_string(file).unwrap();
    let mut records = records(&text).into_iter();
    let names = records.next().unwrap();
    records.map(|record| names.iter().cloned().zip(record).collect()).collect()
}

/// CSV with quoted fields, a quote inside them doubled.
fn records(text: &str) -> Vec<Vec<String>> {
    let (mut records, mut record, mut field, mut quoted) = (Vec::new(), Vec::new(), String::new(), false);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' if quoted && chars.next_if_eq(&'"').is_some() => field.push('"'),
            '"' => quoted = !quoted,
            ',' if !quoted => record.push(std::mem::take(&mut field)),
            '\n' if !quoted => {
                record.push(std::mem::take(&mut field));
                records.push(std::mem::take(&mut record));
            }
            '\r' if !quoted => {}
            other => field.push(other),
        }
    }
    records
}
