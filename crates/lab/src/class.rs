//! A class: who gets a bundle.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A student.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Student {
    /// By which the student is known: unique in the class, whatever its case.
    pub id: String,
    /// For people.
    pub name: String,
}

/// Why a file is no class.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BadClass {
    /// It does not begin with `id,name`.
    Head,
    /// Nobody is in it.
    Nobody,
    /// More than [`MOST`] are.
    Many,
    /// A line is no CSV, or no UTF-8: its number, and what is wrong.
    Line(u64, String),
    /// A line has no id, or one of more than 64 bytes.
    Id(u64),
    /// An id stands there twice: the second line, the id, the first line.
    Twice(u64, String, u64),
}

/// Students in a class.
pub const MOST: usize = 10_000;

/// What stands beside the bundles.
const OWN: [&str; 2] = ["answers.sealed", "pack.json"];

/// Bytes of an id: with each of them escaped it is a folder's name still.
const LONGEST: usize = 64;

/// Reads a class: CSV with the header `id,name`.
///
/// # Errors
/// The first line that is wrong.
pub fn class(csv: &[u8]) -> Result<Vec<Student>, BadClass> {
    // Spreadsheets write a byte order mark.
    let csv = csv.strip_prefix(b"\xef\xbb\xbf").unwrap_or(csv);
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(csv);
    if !reader.headers().is_ok_and(|head| *head == ["id", "name"][..]) {
        return Err(BadClass::Head);
    }
    let mut known = BTreeMap::new();
    let mut students = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| broken(&error))?;
        let line = record.position().map_or(0, csv::Position::line);
        let mut fields = record.iter().map(str::to_owned);
        let (id, name) = (fields.next().unwrap_or_default(), fields.next().unwrap_or_default());
        if id.is_empty() || id.len() > LONGEST {
            return Err(BadClass::Id(line));
        }
        if let Some(first) = known.insert(id.to_lowercase(), line) {
            return Err(BadClass::Twice(line, id, first));
        }
        students.push(Student { id, name });
        if students.len() > MOST {
            return Err(BadClass::Many);
        }
    }
    if students.is_empty() { Err(BadClass::Nobody) } else { Ok(students) }
}

fn broken(error: &csv::Error) -> BadClass {
    let line = error.position().map_or(0, csv::Position::line);
    #[expect(clippy::wildcard_enum_match_arm, reason = "the list of kinds is not ours, and grows")]
    let what = match error.kind() {
        csv::ErrorKind::UnequalLengths { len, .. } => format!("{len} values"),
        csv::ErrorKind::Utf8 { .. } => "no UTF-8".into(),
        _ => "no CSV".into(),
    };
    BadClass::Line(line, what)
}

impl Student {
    /// The name of the student's folder: one name on any system, and another for each student, whatever is in the id.
    pub fn folder(&self) -> String {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
        let own = OWN.contains(&self.id.to_lowercase().as_str());
        let mut name = String::new();
        for byte in self.id.bytes() {
            // No hidden folder, no `..`, nothing that a command takes for an option, and no file of the pack's own.
            let first = name.is_empty() && (matches!(byte, b'.' | b'-') || own);
            if plain(byte) && !first { name.push(byte.into()) } else { name += &format!("%{byte:02X}") }
        }
        name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_class_is_read_and_its_errors_have_their_line() {
        let student = |id: &str, name: &str| Student { id: id.into(), name: name.into() };
        let read = class("\u{feff}id,name\r\nanna,\"Berg, Anna\"\r\nb, Bert\r\n".as_bytes());
        assert_eq!(read, Ok(vec![student("anna", "Berg, Anna"), student("b", "Bert")]));
        assert_eq!(class(b""), Err(BadClass::Head));
        assert_eq!(class(b"name,id\n"), Err(BadClass::Head));
        assert_eq!(class(b"id,name\n"), Err(BadClass::Nobody));
        assert_eq!(class(b"id,name\na,A\n,B\n"), Err(BadClass::Id(3)));
        assert_eq!(class(b"id,name\na,A\nb,B\nA,C\n"), Err(BadClass::Twice(4, "A".into(), 2)));
        assert_eq!(class(b"id,name\na,A,x\n"), Err(BadClass::Line(2, "3 values".into())));
        assert_eq!(class(b"id,name\na,\xff\n"), Err(BadClass::Line(2, "no UTF-8".into())));
    }

    #[test]
    fn a_folder_is_one_name_whatever_the_id() {
        let folder = |id: &str| Student { id: id.into(), name: String::new() }.folder();
        assert_eq!(folder("anna.b-1_x"), "anna.b-1_x");
        assert_eq!(folder("../../etc"), "%2E.%2F..%2Fetc");
        assert_eq!(folder(".."), "%2E.");
        assert_eq!(folder("Pack.json"), "%50ack.json");
        assert_eq!(folder("-rf"), "%2Drf");
        assert_eq!(folder("C:\\x\0"), "C%3A%5Cx%00");
    }
}
