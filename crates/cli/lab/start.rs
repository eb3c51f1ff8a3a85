//! Beginning an exercise, and beginning it again.

use std::fs;
use std::path::Path;

use lab::Work;
use scenario::{Exercise, Lab, Sees, View, nearest, shell_word};

use super::folder::{Folder, README, STATE, around, at, config_file, is_lab};
use super::question::shown;
use crate::failure::{Failure, USAGE};
use crate::input;
use crate::out::Out;
use crate::output::{self, Holds};

/// Makes the folder of an exercise.
pub fn start(here: &Path, name: &str, to: Option<&Path>, out: &mut Out) -> Result<(), Failure> {
    let work = begun(here, name)?;
    let exercise = work.exercise()?;
    let path = to.map_or_else(|| at(&around(here), Path::new(&work.name)), |to| at(here, to));
    if is_lab(&path) {
        let shown = path.display().to_string();
        return Err(Failure::new(USAGE, format!("{shown} holds an exercise already, and is left as it is"))
            .help(Some(format!("go on with it: cd {}, or name another folder", shell_word(&shown)))));
    }
    // Its README.md would take the place of the user's own.
    if fs::read_dir(&path).is_ok_and(|mut entries| entries.next().is_some()) {
        let message = format!("{} is not empty, and is left as it is", path.display());
        return Err(Failure::new(USAGE, message)
            .help(Some(format!("name a new folder: ikesim lab start {name} DIR"))));
    }
    fs::create_dir_all(&path).map_err(|error| Failure::file(&path, "make", &error))?;
    let folder = Folder { path, work, exercise };
    let files = written(&folder, out)?;
    // Last: what has a state is whole.
    folder.save(out)?;
    said(&folder, &files, out)
}

/// Begins the exercise of this folder again.
pub fn reset(folder: Folder, out: &mut Out) -> Result<(), Failure> {
    let work = folder.work.again();
    let exercise = work.exercise()?;
    let folder = Folder { work, exercise, ..folder };
    let files = written(&folder, out)?;
    folder.save(out)?;
    let files = files.join(", ");
    Ok(out.line(&format!("begun again; {files} as at the start; next: ikesim lab status"))?)
}

/// The work on an exercise that ships, or on one from a file.
fn begun(here: &Path, name: &str) -> Result<Work, Failure> {
    let (name, text) = source(here, name)?;
    Ok(Work::new(&name, &text, 0))
}

/// Name and text of an exercise that ships, or of one from a file.
pub fn source(here: &Path, name: &str) -> Result<(String, String), Failure> {
    if let Some(text) = lab::text(name) {
        return Ok((name.to_owned(), text));
    }
    // A name cannot be a path of the same spelling: the file's ends in .toml.
    if !name.ends_with(".toml") {
        let near = nearest(name, lab::names());
        let near = near.map_or(String::new(), |near| format!("did you mean {near}? "));
        return Err(Failure::new(USAGE, format!("there is no exercise `{name}`"))
            .help(Some(format!("{near}`ikesim lab list` has the names"))));
    }
    let path = at(here, Path::new(name));
    let text = input::text(&path)?;
    // Read once under the file's own name, which is where its author looks.
    Exercise::parse(&input::name(&path), &text)?;
    let stem = path.file_stem().map_or(String::new(), |stem| stem.to_string_lossy().into_owned());
    Ok((stem, text))
}

/// Writes what the student reads and edits; the names of the files.
fn written(folder: &Folder, out: &mut Out) -> Result<Vec<String>, Failure> {
    let mut files = vec![README.to_owned()];
    let text = readme(&folder.exercise);
    output::write(&folder.path.join(README), text.as_bytes(), Holds::NoSecrets, out)?;
    if folder.exercise.lab.views.contains(&View::Config) {
        let run = folder.run();
        for role in run.roles() {
            let name = config_file(role);
            let text = run.config(role);
            output::write(&folder.path.join(&name), text.as_bytes(), Holds::Secrets, out)?;
            files.push(name);
        }
    }
    Ok(files)
}

fn said(folder: &Folder, files: &[String], out: &mut Out) -> Result<(), Failure> {
    let name = &folder.path.display().to_string();
    for line in readme(&folder.exercise).lines() {
        out.line(line)?;
    }
    out.line("")?;
    let cd = format!("cd {}", shell_word(name));
    Ok(out
        .line(&format!("wrote {name}: {}, {STATE}; next: {cd}, then ikesim lab status", files.join(", ")))?)
}

/// Situation, what can be seen, and the questions.
fn readme(exercise: &Exercise) -> String {
    let Lab { title, situation, questions, .. } = &exercise.lab;
    let mut text = format!("# {title}\n\n{situation}\n\n{}\n\n## Questions\n\n", what_is_seen(&exercise.lab));
    for question in questions {
        text += &shown(question);
    }
    text + "\nAnswer with `ikesim lab answer QUESTION=VALUE`.\n"
}

/// What can be seen, and by which command.
fn what_is_seen(lab: &Lab) -> String {
    let whose = match lab.sees {
        Sees::One(role) => format!("the {role} alone"),
        Sees::Both => "both sides".into(),
    };
    let commands: Vec<String> =
        lab.views.iter().map(|view| format!("`ikesim lab {}`", view.name())).collect();
    match commands.as_slice() {
        [] => format!("You are told of {whose}, and see no device."),
        commands => format!("You see {whose}: {}.", commands.join(", ")),
    }
}
