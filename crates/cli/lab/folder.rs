//! An exercise's folder: what stands in it, and the student's work as it was left.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use ike::Role;
use lab::{Damaged, ExerciseRun, Work};
use scenario::{Exercise, shell_word};

use crate::failure::{Failure, USAGE};
use crate::input;
use crate::out::Out;
use crate::output::{self, Holds};

/// The student's work.
pub const STATE: &str = "lab.state";
/// Situation and questions.
pub const README: &str = "README.md";

/// The longest state file, in bytes: an exercise is in it, in hex.
const LONGEST: u64 = 4 << 20;

/// An exercise's folder, opened.
pub struct Folder {
    /// Where it is.
    pub path: PathBuf,
    /// What was done so far.
    pub work: Work,
    /// The exercise, with this student's scenario as the written one.
    pub exercise: Exercise,
}

/// Whether an exercise was begun in this folder.
pub fn is_lab(folder: &Path) -> bool {
    at(folder, Path::new(STATE)).exists()
}

/// The file with a side's configuration.
pub fn config_file(role: Role) -> String {
    format!("{role}.cfg")
}

/// The folders below one in which an exercise was begun, by name.
fn folders(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut folders: Vec<PathBuf> =
        entries.filter_map(|entry| Some(entry.ok()?.path())).filter(|path| is_lab(path)).collect();
    // A folder is listed in no order.
    folders.sort();
    folders
}

/// The exercises that were begun in the folders below one; [`unread`] has those that cannot be read.
pub fn below(folder: &Path) -> Vec<(PathBuf, Work)> {
    folders(folder).into_iter().filter_map(|path| work(&path).ok().map(|work| (path, work))).collect()
}

/// The folders below one whose state cannot be read.
pub fn unread(folder: &Path) -> Vec<PathBuf> {
    folders(folder).into_iter().filter(|path| work(path).is_err()).collect()
}

/// A path in a folder, as a person would type it.
pub fn at(folder: &Path, name: &Path) -> PathBuf {
    if folder == Path::new(".") { name.to_owned() } else { folder.join(name) }
}

/// Where the folders of a student's exercises stand: beside this one, where it is one itself.
pub fn around(folder: &Path) -> PathBuf {
    if is_lab(folder) { at(folder, Path::new("..")) } else { folder.to_owned() }
}

fn work(folder: &Path) -> Result<Work, Failure> {
    let path = at(folder, Path::new(STATE));
    let bytes = input::bytes(&path, LONGEST)?;
    Work::open(&String::from_utf8_lossy(&bytes)).map_err(|damaged| {
        let shown = path.display();
        let message = match damaged {
            Damaged::Foreign => format!("{shown} is no state of a lab"),
            Damaged::Changed => format!("{shown} is damaged: it is not as ikesim wrote it"),
        };
        let again =
            "put back a copy of it, or begin the exercise again in a new folder: ikesim lab start NAME DIR";
        Failure::new(USAGE, message).help(Some(again.into()))
    })
}

impl Folder {
    /// Opens the folder.
    ///
    /// # Errors
    /// No exercise was begun in it, or its state cannot be read.
    pub fn open(path: &Path) -> Result<Folder, Failure> {
        if !is_lab(path) {
            return Err(nothing(path));
        }
        let work = work(path)?;
        let exercise = work.exercise()?;
        Ok(Folder { path: path.to_owned(), work, exercise })
    }

    /// Keeps the work: whole, or as it was.
    pub fn save(&self, out: &mut Out) -> Result<(), Failure> {
        output::write(&self.path.join(STATE), self.work.sealed().as_bytes(), Holds::NoSecrets, out)
    }

    /// The run that the exercise is about.
    pub fn run(&self) -> ExerciseRun {
        ExerciseRun::new(&self.exercise, self.exercise.written.clone())
    }
}

/// No exercise here: where there are some, or how to begin one.
fn nothing(path: &Path) -> Failure {
    let here = if path == Path::new(".") { "here".to_owned() } else { format!("in {}", path.display()) };
    let failure = Failure::new(USAGE, format!("there is no lab {here}"));
    if let Err(error) = fs::metadata(path)
        && error.kind() == io::ErrorKind::NotFound
    {
        return failure.help(Some(format!("there is no folder {}", path.display())));
    }
    match below(path).first() {
        Some((first, _)) => {
            let name = first.file_name().map_or(String::new(), |name| name.to_string_lossy().into_owned());
            failure.help(Some(format!("one was begun below: cd {}", shell_word(&name))))
        }
        None => failure.help(Some("begin one: ikesim lab list, then ikesim lab start NAME".into())),
    }
}
