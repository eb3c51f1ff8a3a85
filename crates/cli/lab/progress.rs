//! What there is, what is done, and what is next.

use std::path::{Path, PathBuf};

use lab::Work;
use scenario::{Exercise, shell_word};

use super::folder::{Folder, STATE, around, below, is_lab, unread};
use super::question::{points as in_points, shown};
use crate::failure::Failure;
use crate::out::Out;

/// The exercises that ship, by course, with what was done of them around this folder.
pub fn list(here: &Path, out: &mut Out) -> Result<(), Failure> {
    let begun = below(&around(here));
    let all = lab::all();
    let width = all.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    let mut course = "";
    for (name, exercise) in &all {
        if exercise.lab.course != course {
            course = &exercise.lab.course;
            out.line(&format!("{course}:"))?;
        }
        let level = exercise.lab.level.name();
        let done = standing(&begun, name, exercise);
        out.line(&format!("  {name:<width$}  {level:<6}  {done:<14}  {}", exercise.lab.title))?;
    }
    Ok(())
}

/// This exercise's questions and points; in a folder that is none, what was begun below it.
pub fn status(here: &Path, out: &mut Out) -> Result<(), Failure> {
    let begun = !below(here).is_empty() || !unread(here).is_empty();
    if begun && !is_lab(here) {
        return beside(here, out);
    }
    let folder = Folder::open(here)?;
    let Folder { work, exercise, .. } = &folder;
    out.line(&format!("{}: {}", work.name, exercise.lab.title))?;
    for question in &exercise.lab.questions {
        let tries = work.tries(&question.id);
        let standing = match (tries.right, tries.wrong) {
            (true, _) => format!("right, {} of {}", work.earned(question), question.points),
            (false, 0) => "open".into(),
            (false, 1) => "open, 1 wrong".into(),
            (false, wrong) => format!("open, {wrong} wrong"),
        };
        for (n, line) in shown(question).lines().enumerate() {
            // Once it is answered its choices are of no use.
            if n == 0 || !tries.right {
                out.line(line)?;
            }
        }
        out.line(&format!("    {standing}"))?;
    }
    let hints = &exercise.lab.hints;
    let cost: u32 = hints.iter().take(work.hints).map(|hint| hint.cost).sum();
    let further =
        hints.get(work.hints).map_or(String::new(), |hint| format!("; the next costs {}", hint.cost));
    let cost = in_points(cost);
    out.line(&format!("hints: {} of {} taken, {cost}{further}", work.hints, hints.len()))?;
    out.line(&format!("points: {} of {}", work.points(exercise), exercise.points()))?;
    next(&folder, out)
}

/// What was begun in the folders below one.
pub fn beside(here: &Path, out: &mut Out) -> Result<(), Failure> {
    let begun = below(here);
    for (path, work) in &begun {
        let Ok(exercise) = work.exercise() else { continue };
        let name = path.file_name().map_or(String::new(), |name| name.to_string_lossy().into_owned());
        out.line(&format!("{name}: {}", points(work, &exercise)))?;
    }
    for path in unread(here) {
        out.line(&format!("{}: its {STATE} cannot be read", path.display()))?;
    }
    match begun.iter().find(|(_, work)| !is_done(work)) {
        Some((path, _)) => {
            let name = path.file_name().map_or(String::new(), |name| name.to_string_lossy().into_owned());
            Ok(out.line(&format!("next: cd {}, then ikesim lab status", shell_word(&name)))?)
        }
        None => Ok(out.line(&begin(first_open(&begun)))?),
    }
}

/// What to type next: in this exercise, or in its course.
pub fn next(folder: &Folder, out: &mut Out) -> Result<(), Failure> {
    let Folder { work, exercise, path } = folder;
    if !work.closed && !work.is_answered(exercise) {
        let open = exercise.lab.questions.iter().find(|question| !work.tries(&question.id).right);
        let asked = open.map_or(String::new(), |question| match question.asked {
            scenario::Asked::Repair(_) => "edit the configuration, then ikesim lab try".into(),
            scenario::Asked::Cause { .. }
            | scenario::Asked::State { .. }
            | scenario::Asked::Value(_)
            | scenario::Asked::Choice { .. } => format!("ikesim lab answer {}=VALUE", question.id),
        });
        return Ok(out.line(&format!("next: {asked}"))?);
    }
    if !work.closed {
        let (points, all) = (work.points(exercise), exercise.points());
        out.line(&format!("all answered: {points} of {all} points"))?;
        return Ok(out.line("next: ikesim lab debrief")?);
    }
    let begun = below(&around(path));
    let course = &exercise.lab.course;
    let of_course: Vec<(&str, Exercise)> =
        lab::all().into_iter().filter(|(_, one)| one.lab.course == *course).collect();
    let open =
        of_course.iter().find(|(name, _)| !begun.iter().any(|(_, work)| work.name == *name && is_done(work)));
    match open {
        _ if course.is_empty() || of_course.is_empty() => Ok(()),
        Some((name, _)) => Ok(out.line(&begin(Some(name)))?),
        None => ending(course, &of_course, &begun, out),
    }
}

/// The end of a course.
fn ending(
    course: &str,
    exercises: &[(&str, Exercise)],
    begun: &[(PathBuf, Work)],
    out: &mut Out,
) -> Result<(), Failure> {
    let best = |name: &str, exercise: &Exercise| {
        begun
            .iter()
            .filter(|(_, work)| work.name == name)
            .map(|(_, work)| work.points(exercise))
            .max()
            .unwrap_or(0)
    };
    let points: u32 = exercises.iter().map(|(name, exercise)| best(name, exercise)).sum();
    let all: u32 = exercises.iter().map(|(_, exercise)| exercise.points()).sum();
    out.section(&[&format!("That was the course \"{course}\": {points} of {all} points.")])?;
    match first_open(begun) {
        Some(next) => Ok(out.line(&begin(Some(next)))?),
        None => Ok(out.line("There is no further course: you have done them all.")?),
    }
}

/// The first exercise that ships and is not done.
fn first_open(begun: &[(PathBuf, Work)]) -> Option<&'static str> {
    let done = |name: &str| begun.iter().any(|(_, work)| work.name == name && is_done(work));
    lab::names().into_iter().find(|name| !done(name))
}

fn begin(name: Option<&str>) -> String {
    match name {
        Some(name) => format!("next: ikesim lab start {name}"),
        None => "There is no further exercise: you have done them all.".into(),
    }
}

/// The debrief was read.
fn is_done(work: &Work) -> bool {
    work.closed
}

fn standing(begun: &[(PathBuf, Work)], name: &str, exercise: &Exercise) -> String {
    let own = begun.iter().filter(|(_, work)| work.name == name);
    let best = own.map(|(_, work)| work).max_by_key(|work| (is_done(work), work.points(exercise)));
    best.map_or(String::new(), |work| points(work, exercise))
}

fn points(work: &Work, exercise: &Exercise) -> String {
    let verb = if is_done(work) { "done" } else { "begun" };
    format!("{verb}, {} of {}", work.points(exercise), exercise.points())
}
