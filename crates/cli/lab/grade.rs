//! Grading what a class handed in: each submission for itself, so that none stops another.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use lab::{Damaged, Garbage, Handout, Mark, Pack, Part, Submission};

use super::marks::{self, Row};
use super::pack::secret;
use crate::args::Format;
use crate::failure::{Failure, USAGE};
use crate::input;
use crate::out::Out;

/// What a student hands in.
const FILE: &str = "submission.toml";

/// Bytes of the answers of a class: texts and draws, in hex.
const LONGEST_ANSWERS: u64 = 256 << 20;
/// Bytes of a file that a student hands in.
const LONGEST: u64 = 4 << 20;

/// Grades; 1: with the format of GitHub points are missing.
pub fn grade(
    answers: &Path,
    key: &Path,
    submissions: &[PathBuf],
    format: Format,
    out: &mut Out,
) -> Result<u8, Failure> {
    let alone = format == Format::Gradescope || format == Format::Github;
    if alone && submissions.len() > 1 {
        return Err(Failure::new(
            USAGE,
            format!("{} submissions, and this format is of one", submissions.len()),
        )
        .help(Some("several: --format csv".into())));
    }
    let pack = opened(answers, key)?;
    let rows: Vec<Row> = pack.handouts().iter().map(|handout| unhanded(&pack, handout)).collect();
    let mut class = Class { pack: &pack, total: rows.first().map_or(0, Row::total), rows };
    let strays: Vec<Row> = submissions.iter().filter_map(|path| class.hand_in(path)).collect();
    // Of one submission the rest of the class is no matter.
    let named = class.rows.into_iter().filter(|row| !alone || row.handed);
    marks::write(&named.chain(strays).collect::<Vec<_>>(), format, out)
}

fn opened(answers: &Path, key: &Path) -> Result<Pack, Failure> {
    let secret = secret(key)?;
    let text = input::bytes(answers, LONGEST_ANSWERS)?;
    Pack::open(&String::from_utf8_lossy(&text), &secret).map_err(|damaged| {
        let shown = answers.display();
        match damaged {
            Damaged::Foreign => Failure::new(USAGE, format!("{shown} is no answers.sealed"))
                .help(Some("`ikesim lab pack` makes one, beside the bundles".into())),
            Damaged::Changed => {
                Failure::new(USAGE, format!("{shown} does not open with the secret in {}", key.display()))
                    .help(Some("it was packed with another, or was changed since".into()))
            }
        }
    })
}

/// Before anything is handed in.
fn unhanded(pack: &Pack, handout: &Handout) -> Row {
    let marks = pack.parts(handout).iter().flat_map(lab::unhanded).collect();
    let student = handout.student.clone();
    Row { id: student.id, name: student.name, marks, remarks: Vec::new(), handed: false, graded: false }
}

/// The class, and what was handed in so far.
struct Class<'p> {
    pack: &'p Pack,
    /// A student's each, in the order of the class.
    rows: Vec<Row>,
    total: u32,
}

impl Class<'_> {
    /// Takes a submission; a row of its own is for what is nobody's.
    fn hand_in(&mut self, path: &Path) -> Option<Row> {
        let shown = path.display().to_string();
        let (file, read) = read(path);
        let submission = match read {
            Ok(submission) => submission,
            Err(why) => return self.blame(self.by_place(&file), &shown, &why),
        };
        let class = self.pack.handouts();
        let Some(at) = class.iter().position(|one| one.student.id == submission.student) else {
            return self.blame(None, &shown, &format!("`{}` is not in this class", submission.student));
        };
        let handout = class.get(at)?;
        if submission.bundle != handout.bundle {
            let whose = class.iter().find(|one| one.bundle == submission.bundle);
            let whose = whose.map_or("a bundle that is none of this class".into(), |one| {
                format!("the bundle of {}", one.student.id)
            });
            return self.blame(Some(at), &shown, &format!("about {whose}: not counted"));
        }
        if self.rows.get(at)?.graded {
            return self.blame(Some(at), &shown, "handed in a second time: not counted");
        }
        let parts = self.pack.parts(handout);
        let marks = marked(&parts, &submission, &file);
        let row = self.rows.get_mut(at)?;
        row.remarks.extend(strange(&submission, &marks));
        (row.marks, row.handed, row.graded) = (marks, true, true);
        None
    }

    /// Names what does not count: in the row of the student whose it is, else in one of its own.
    fn blame(&mut self, student: Option<usize>, path: &str, why: &str) -> Option<Row> {
        let remark = format!("{path}: {why}");
        match student.and_then(|at| self.rows.get_mut(at)) {
            Some(row) => {
                row.remarks.push(remark);
                row.handed = true;
                None
            }
            None => Some(Row::stray(path, why, self.total)),
        }
    }

    /// Whose it is by the name of its file or folder, where it does not say so itself.
    fn by_place(&self, file: &Path) -> Option<usize> {
        let folder = file.parent().and_then(Path::file_name);
        let names = [folder, file.file_stem()].map(|name| name.and_then(|name| name.to_str()));
        let is = |handout: &Handout| names.contains(&Some(handout.student.folder().as_str()));
        self.pack.handouts().iter().position(is)
    }
}

/// A submission, by its file or by the folder that it is in; the file's path either way.
fn read(path: &Path) -> (PathBuf, Result<Submission, String>) {
    let file = if path.is_dir() { path.join(FILE) } else { path.to_owned() };
    let submission = match bytes(&file) {
        Some(bytes) => Submission::parse(&bytes).map_err(|garbage| words(&garbage)),
        None if path.is_dir() => Err(format!("no {FILE} in it that can be read")),
        None => Err("no file that can be read".into()),
    };
    (file, submission)
}

/// A file of a student. A link may lead to what is not the student's, and a pipe may never end.
fn bytes(file: &Path) -> Option<Vec<u8>> {
    let is_file = fs::symlink_metadata(file).is_ok_and(|found| found.is_file());
    is_file.then(|| input::bytes(file, LONGEST).ok()).flatten()
}

fn words(garbage: &Garbage) -> String {
    match garbage {
        Garbage::Empty => "it is empty".into(),
        Garbage::Binary => "it is no text".into(),
        Garbage::Toml(None, what) => format!("it is no submission: {what}"),
        Garbage::Toml(Some(line), what) => format!("it is no submission: line {line}: {what}"),
        Garbage::Schema => "it is no submission: its schema is another".into(),
    }
}

fn marked(parts: &[Part], submission: &Submission, file: &Path) -> Vec<Mark> {
    let beside = |name: &str| is_name(name).then(|| bytes(&file.with_file_name(name))).flatten();
    let answers: &BTreeMap<String, String> = &submission.answers;
    parts
        .iter()
        .flat_map(|part| {
            // A bundle of several exercises has the files of each in a folder of its own.
            let below = |name: &str| {
                let folder = file.with_file_name(part.heading()?);
                // A link may lead anywhere, whatever the name behind it.
                let own = fs::symlink_metadata(&folder).is_ok_and(|found| found.is_dir());
                (own && is_name(name)).then(|| bytes(&folder.join(name))).flatten()
            };
            lab::mark(part, answers, &|name| below(name).or_else(|| beside(name)))
        })
        .collect()
}

/// A name alone: a path could lead anywhere on the teacher's machine.
fn is_name(name: &str) -> bool {
    Path::new(name).file_name().is_some_and(|last| last == name)
}

/// Answers to what was not asked.
fn strange(submission: &Submission, marks: &[Mark]) -> Vec<String> {
    let asked = |id: &&String| marks.iter().any(|mark| mark.question == **id);
    let strange = submission.answers.keys().filter(|id| !asked(id));
    strange.map(|id| format!("{id}: there is no such question")).collect()
}
